//! Functions of PostgreSQL that texts are put together with, and those that look something up.

use super::select::Run;
use super::{Datum, Object};
use crate::ddl;
use crate::schema::{Action, ConstraintKind, Name, QualifiedName};

/// Texts longer than this are not put together.
const MAX_TEXT: usize = 1 << 20;

impl Run<'_> {
    pub(super) fn call(&self, function: &str, arguments: &[Datum]) -> Datum {
        let value = match function {
            "current_schema" => Some(Datum::text(&self.schema.creation_namespace())),
            "current_database" | "current_catalog" => Some(Datum::Object(Object::Database)),
            "pg_get_constraintdef" => arguments.first().and_then(|constraint| self.constraint(constraint)),
            "pg_get_indexdef" | "pg_get_functiondef" => Some(Datum::Some),
            "pg_table_is_visible" | "pg_type_is_visible" => match arguments.first() {
                Some(Datum::Object(Object::Relation(name) | Object::Type(name))) => {
                    Some(Datum::Boolean(!self.shown(name).contains('.') || name.name.contains('.')))
                }
                _ => None,
            },
            "to_regclass" => self.to_regclass(arguments.first()),
            "coalesce" => coalesced(arguments),
            "concat" => texts(arguments, true).map(|texts| Datum::text(&texts.concat())),
            "concat_ws" => {
                arguments.split_first().and_then(|(separator, rest)| Some(Datum::text(&texts(rest, true)?.join(&separator.as_text()?))))
            }
            "format" => arguments.split_first().and_then(|(template, rest)| {
                let convert = |index: usize, conversion| rest.get(index).and_then(|value| converted(value, conversion));
                Some(Datum::text(&format(&template.as_text()?, convert)?))
            }),
            "quote_literal" | "quote_nullable" => arguments.first().and_then(|value| converted(value, 'L')).map(|text| Datum::text(&text)),
            "nullif" => match arguments {
                [left, right] => match super::datum::equal(left, right) {
                    Some(true) => Some(Datum::Null),
                    Some(false) => Some(left.clone()),
                    None => None,
                },
                _ => None,
            },
            _ if arguments.contains(&Datum::Null) => Some(Datum::Null),
            _ => of_arrays(function, arguments).or_else(|| of_texts(function, arguments)),
        };
        value.filter(|value| !matches!(value, Datum::Text(text) if text.len() > MAX_TEXT)).unwrap_or(Datum::Unknown)
    }

    fn to_regclass(&self, name: Option<&Datum>) -> Option<Datum> {
        let Datum::Text(text) = name? else { return None };
        let name = self.named_relation(text);
        let may_be = || self.schema.uncertainty.spares_relations() && self.schema.uncertainty.created.is_empty() && !text.contains('.');
        match name {
            Some(name) => Some(Datum::text(&self.shown(&name))),
            None => may_be().then_some(Datum::Null),
        }
    }

    /// As `pg_get_constraintdef` writes it. Expressions are not written as the server does.
    fn constraint(&self, constraint: &Datum) -> Option<Datum> {
        let Datum::Object(Object::Constraint(table, name)) = constraint else { return None };
        let table = self.schema.table(table)?;
        let mut constraint = table.constraint(name)?.clone();
        match &mut constraint.kind {
            ConstraintKind::Check { .. } | ConstraintKind::Exclude { .. } => return Some(Datum::Some),
            ConstraintKind::PrimaryKey | ConstraintKind::Unique => {}
            ConstraintKind::ForeignKey(key) => {
                if self.shown(&key.references) == key.references.name.to_sql() {
                    key.references = QualifiedName::unqualified(key.references.name.clone());
                }
                key.on_delete = key.on_delete.filter(|action| *action != Action::NoAction);
                key.on_update = key.on_update.filter(|action| *action != Action::NoAction);
            }
        }
        let definition = ddl::constraint_definition(table, &constraint);
        let head = format!("CONSTRAINT {} ", constraint.name.to_sql());
        definition.strip_prefix(&head).map(Datum::text)
    }
}

fn of_arrays(function: &str, arguments: &[Datum]) -> Option<Datum> {
    let Some(Datum::Array(elements)) = arguments.first() else { return None };
    let length = || i64::try_from(elements.len()).ok().map(Datum::Integer);
    match (function, arguments) {
        ("cardinality", _) => length(),
        ("array_length" | "array_upper", _) => {
            if elements.is_empty() {
                Some(Datum::Null)
            } else {
                length()
            }
        }
        ("array_to_string", [_, separator]) => Some(Datum::text(&texts(elements, true)?.join(&separator.as_text()?))),
        _ => None,
    }
}

fn of_texts(function: &str, arguments: &[Datum]) -> Option<Datum> {
    let arguments = texts(arguments, false)?;
    let texts: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let text = |text: &str| Some(Datum::text(text));
    match (function, &texts[..]) {
        ("text" | "varchar" | "name", [one]) => text(one),
        ("lower", [one]) => text(&one.to_lowercase()),
        ("upper", [one]) => text(&one.to_uppercase()),
        ("trim" | "btrim", [one]) => text(one.trim_matches(' ')),
        ("quote_ident", [one]) => text(&Name::from(*one).to_sql()),
        ("replace", [one, from, to]) if !from.is_empty() => text(&one.replace(from, to)),
        ("length" | "char_length", [one]) => i64::try_from(one.chars().count()).ok().map(Datum::Integer),
        ("starts_with", [one, start]) => Some(Datum::Boolean(one.starts_with(start))),
        ("left", [one, count]) => text(&one.chars().take(count.parse().ok()?).collect::<String>()),
        ("split_part", [one, separator, part]) if !separator.is_empty() => {
            let index = part.parse::<usize>().ok()?.checked_sub(1)?;
            text(one.split(separator).nth(index).unwrap_or_default())
        }
        _ => None,
    }
}

/// Values as texts; NULLs are left out where a function does that.
fn texts(values: &[Datum], skips_null: bool) -> Option<Vec<String>> {
    values.iter().filter(|value| !(skips_null && **value == Datum::Null)).map(Datum::as_text).collect()
}

fn coalesced(arguments: &[Datum]) -> Option<Datum> {
    for argument in arguments {
        match argument.is_null()? {
            true => {}
            false => return Some(argument.clone()),
        }
    }
    Some(Datum::Null)
}

/// A value as `%I`, `%L` or `%s` of `format` writes it.
fn converted(value: &Datum, conversion: char) -> Option<String> {
    match (conversion, value) {
        ('L', Datum::Null) => Some("NULL".into()),
        ('s', Datum::Null) => Some(String::new()),
        ('I', value) => Some(Name::from(value.as_text()?.as_str()).to_sql()),
        ('L', value) => Some(ddl::quote_literal(&value.as_text()?)),
        ('s', value) => value.as_text(),
        _ => None,
    }
}

/// `format(template, …)`, the arguments written by `convert`; `None` where the template has forms nobody uses, or where
/// `convert` says so.
pub fn format(template: &str, convert: impl Fn(usize, char) -> Option<String>) -> Option<String> {
    let mut text = String::with_capacity(template.len());
    let mut next = 0;
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('%') {
        text.push_str(before);
        let (position, behind) = explicit_position(behind);
        let conversion = behind.chars().next()?;
        rest = &behind[conversion.len_utf8()..];
        if conversion == '%' {
            text.push('%');
            continue;
        }
        let index = position.unwrap_or(next);
        next = index + 1;
        text.push_str(&convert(index, conversion)?);
        if text.len() > MAX_TEXT {
            return None;
        }
    }
    text.push_str(rest);
    Some(text)
}

/// The `2$` of `%2$I`, as an index.
fn explicit_position(rest: &str) -> (Option<usize>, &str) {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let behind = rest[digits..].strip_prefix('$');
    match (rest[..digits].parse::<usize>().ok().and_then(|number| number.checked_sub(1)), behind) {
        (Some(index), Some(behind)) => (Some(index), behind),
        _ => (None, rest),
    }
}

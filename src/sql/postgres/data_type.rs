//! Type names of the parser to [`Type`].

use std::ops::Range;

use pg_query::protobuf::TypeName;
use pg_query::{Node, NodeEnum};

use super::node::{kind, qualified};
use super::text::Text;
use crate::schema::{Name, QualifiedName, Type};
use crate::source::Span;
use crate::sql::types;

/// The type in its one spelling.
pub fn lower(name: &TypeName) -> Type {
    let written = qualified(&name.names);
    let built_in = written.schema().is_none_or(|schema| *schema == "pg_catalog");
    let canonical = if built_in { QualifiedName::builtin(types::canonical(&written.name)) } else { written.clone() };
    let mut lowered = Type { modifiers: modifiers(name), array: !name.array_bounds.is_empty(), ..Type::of(canonical) };
    let from_grammar = built_in && written.schema().is_some();
    if from_grammar && written.name == "bpchar" {
        lowered.name = QualifiedName::unqualified("character");
    }
    if lowered.is("interval") || (lowered.array && *lowered.name.name == *"interval") {
        lowered.modifiers = interval_modifiers(&lowered.modifiers);
    }
    if name.pct_type {
        lowered.name = QualifiedName::new(lowered.name.schema.clone(), format!("{}%type", lowered.name.name));
    }
    lowered
}

/// A type that may be missing, as a column's in `PARTITION OF` and `OF type` is: it has no name then.
pub fn lower_optional(name: &Option<TypeName>) -> Type {
    name.as_ref().map_or_else(|| Type::builtin(""), lower)
}

/// The type of the column that `serial` makes, if the name is such.
pub fn serial(name: &Option<TypeName>) -> Option<Type> {
    let name = name.as_ref()?;
    let written = qualified(&name.names);
    let unqualified = written.schema().is_none_or(|schema| *schema == "pg_catalog");
    types::serial(&written.name).filter(|_| unqualified && name.array_bounds.is_empty()).map(Type::builtin)
}

/// The type as it tells overloaded functions apart.
pub fn without_modifiers(data_type: Type) -> Type {
    Type { modifiers: Vec::new(), ..data_type }
}

fn modifiers(name: &TypeName) -> Vec<Name> {
    name.typmods.iter().filter_map(modifier).collect()
}

fn modifier(node: &Node) -> Option<Name> {
    use pg_query::protobuf::a_const::Val;
    match kind(node)? {
        NodeEnum::AConst(constant) => match constant.val.as_ref()? {
            Val::Ival(value) => Some(value.ival.to_string().into()),
            Val::Fval(value) => Some(value.fval.as_str().into()),
            Val::Sval(value) => Some(value.sval.as_str().into()),
            _ => None,
        },
        NodeEnum::ColumnRef(column) => Some(qualified(&column.fields).name.clone()),
        _ => None,
    }
}

/// PostgreSQL's bits for the fields of an interval, in the order they are written.
const INTERVAL_FIELDS: &[(u32, &str)] = &[(2, "year"), (1, "month"), (3, "day"), (10, "hour"), (11, "minute"), (12, "second")];

/// The parser gives a mask of fields and a precision.
fn interval_modifiers(modifiers: &[Name]) -> Vec<Name> {
    let Some((mask, precision)) = modifiers.split_first() else { return Vec::new() };
    let mask: u32 = mask.parse().unwrap_or(0);
    let fields: Vec<&str> = INTERVAL_FIELDS.iter().filter(|(bit, _)| mask & (1 << bit) != 0).map(|(_, field)| *field).collect();
    let range = match fields.as_slice() {
        [first, .., last] if mask != 0x7fff => Some(format!("{first} to {last}")),
        [only] => Some((*only).to_owned()),
        _ => None,
    };
    range.map(Name::from).into_iter().chain(precision.iter().cloned()).collect()
}

/// Words that continue a type's name.
const CONTINUATIONS: &[&str] =
    &["precision", "varying", "with", "without", "time", "zone", "year", "month", "day", "hour", "minute", "second", "to", "array"];

/// The type's text, modifiers and brackets included.
pub fn span(text: &Text, name: &TypeName) -> Span {
    text.token_at(name.location).map_or_else(|| text.statement(), |start| text.span(tokens(text, start)))
}

fn tokens(text: &Text, start: usize) -> Range<usize> {
    let mut end = text.name_tokens(start).end;
    loop {
        let continues = CONTINUATIONS.iter().any(|word| text.is_word(end, word)) && !text.are_words(end, &["with", "options"]);
        if continues {
            end += 1;
        } else if text.is_symbol(end, "(") || text.is_symbol(end, "[") {
            end = text.closing(end) + 1;
        } else {
            return start..end.min(text.tokens.len());
        }
    }
}

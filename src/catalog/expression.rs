//! The values of expressions, with three answers to a question: yes, no, not known.

use super::grouping::is_aggregate;
use super::pattern::{like, matches};
use super::select::{Run, Scope};
use super::{Datum, Object, Select, Term, datum};
use crate::schema::{Name, QualifiedName};

/// Texts and arrays larger than this are not put together.
const MAX_SIZE: usize = 1 << 16;

impl Run<'_> {
    /// The value of a term in a row, or of one that names no columns.
    pub(super) fn term(&self, term: &Term, scope: Option<&Scope>) -> Datum {
        match term {
            Term::Value(value) => value.clone(),
            Term::Column(alias, name) => column(alias.as_ref(), name, scope),
            Term::Call(call) if is_aggregate(call) => match scope {
                Some(Scope { group: Some(group), outer, .. }) => self.aggregate(call, group, *outer),
                _ => Datum::Unknown,
            },
            Term::Call(call) => {
                let arguments: Vec<Datum> = call.arguments.iter().map(|argument| self.term(argument, scope)).collect();
                self.call(&call.function, &arguments)
            }
            Term::Binary(operator, left, right) => self.binary(operator, &self.term(left, scope), &self.term(right, scope)),
            Term::Any(operator, operand, array) => self.each(operator, operand, array, scope, false),
            Term::All(operator, operand, array) => self.each(operator, operand, array, scope, true),
            Term::And(parts) => conjunction(parts.iter().map(|part| self.term(part, scope))),
            Term::Or(parts) => negation(&conjunction(parts.iter().map(|part| negation(&self.term(part, scope))))),
            Term::Not(inner) => negation(&self.term(inner, scope)),
            Term::IsNull(inner) => Datum::of(self.term(inner, scope).is_null()),
            Term::Is(inner, value) => match self.term(inner, scope) {
                Datum::Null => Datum::Boolean(false),
                other => Datum::of(other.truth().map(|truth| truth == *value)),
            },
            Term::In(operand, list) => {
                let operand = self.term(operand, scope);
                self.is_one_of(&operand, list.iter().map(|item| self.term(item, scope)))
            }
            Term::InQuery(operand, select) => match self.first_column(select, scope) {
                Some(values) => self.is_one_of(&self.term(operand, scope), values.into_iter()),
                None => Datum::Unknown,
            },
            Term::Exists(select) => self.exists(select, scope),
            Term::Query(select) => match self.first_column(select, scope).as_deref() {
                Some([]) => Datum::Null,
                Some([only]) => only.clone(),
                _ => Datum::Unknown,
            },
            Term::ArrayQuery(select) => self.first_column(select, scope).map_or(Datum::Unknown, Datum::Array),
            Term::Array(elements) => Datum::Array(elements.iter().map(|element| self.term(element, scope)).collect()),
            Term::Element(array, index) => element(&self.term(array, scope), &self.term(index, scope)),
            Term::Cast(inner, data_type, array) => self.cast(self.term(inner, scope), data_type, *array),
            Term::Case(branches, otherwise) => self.case(branches, otherwise, scope),
        }
    }

    fn exists(&self, select: &Select, scope: Option<&Scope>) -> Datum {
        let Some(relation) = self.select(select, scope) else { return Datum::Unknown };
        let found = relation.rows.iter().any(|row| row.certain);
        Datum::of((found || relation.rows.is_empty()).then_some(found))
    }

    /// The values a query yields, where all its rows are known.
    fn first_column(&self, select: &Select, scope: Option<&Scope>) -> Option<Vec<Datum>> {
        let relation = self.select(select, scope)?;
        relation.rows.iter().map(|row| row.values.first().filter(|_| row.certain).cloned()).collect()
    }

    fn case(&self, branches: &[(Term, Term)], otherwise: &Term, scope: Option<&Scope>) -> Datum {
        for (when, then) in branches {
            match self.term(when, scope).truth() {
                Some(true) => return self.term(then, scope),
                Some(false) => {}
                None => return Datum::Unknown,
            }
        }
        self.term(otherwise, scope)
    }

    fn each(&self, operator: &str, operand: &Term, array: &Term, scope: Option<&Scope>, every: bool) -> Datum {
        let operand = self.term(operand, scope);
        let elements = match self.term(array, scope) {
            Datum::Array(elements) => elements,
            Datum::Text(text) => match elements(&text) {
                Some(elements) => elements,
                None => return Datum::Unknown,
            },
            _ => return Datum::Unknown,
        };
        let compared = elements.iter().map(|element| self.binary(operator, &operand, element));
        if every { conjunction(compared) } else { negation(&conjunction(compared.map(|value| negation(&value)))) }
    }

    fn is_one_of(&self, operand: &Datum, values: impl Iterator<Item = Datum>) -> Datum {
        negation(&conjunction(values.map(|value| negation(&self.binary("=", operand, &value)))))
    }

    fn binary(&self, operator: &str, left: &Datum, right: &Datum) -> Datum {
        if *left == Datum::Null || *right == Datum::Null {
            return Datum::Null;
        }
        let texts = || Some((left.as_text()?, right.as_text()?));
        let tested = |test: fn(&str, &str) -> Option<bool>, folds: bool| {
            let (text, pattern) = texts()?;
            if folds { test(&text.to_lowercase(), &pattern.to_lowercase()) } else { test(&text, &pattern) }
        };
        let not = |value: Option<bool>| value.map(|value| !value);
        let order = || datum::order(left, right);
        Datum::of(match operator {
            "=" => self.equal(left, right),
            "<>" | "!=" => not(self.equal(left, right)),
            "<" => order().map(std::cmp::Ordering::is_lt),
            "<=" => order().map(std::cmp::Ordering::is_le),
            ">" => order().map(std::cmp::Ordering::is_gt),
            ">=" => order().map(std::cmp::Ordering::is_ge),
            "~~" => like_system_name(left, right).or_else(|| tested(like, false)),
            "!~~" => not(like_system_name(left, right).or_else(|| tested(like, false))),
            "~~*" => tested(like, true),
            "!~~*" => not(tested(like, true)),
            "~" => tested(matches, false),
            "!~" => not(tested(matches, false)),
            "~*" => tested(matches, true),
            "!~*" => not(tested(matches, true)),
            "||" => return concatenated(left, right),
            "+" | "-" | "*" => return calculated(operator, left, right).map_or(Datum::Unknown, Datum::Integer),
            _ => None,
        })
    }

    /// Whether two values are equal. An object is compared with a text as `regclass` and its kin read it.
    fn equal(&self, left: &Datum, right: &Datum) -> Option<bool> {
        match (left, right) {
            (Datum::Object(object), Datum::Text(text)) | (Datum::Text(text), Datum::Object(object)) => match object {
                Object::Relation(name) => Some(self.named_relation(text)? == *name),
                Object::Namespace(name) => Some(*name == **text),
                // What the model holds is not of the server.
                Object::System => self.named_relation(text).map(|_| false),
                Object::Type(name) => (self.shown(name) == **text).then_some(true),
                _ => None,
            },
            _ => datum::equal(left, right),
        }
    }

    /// The relation a text names, where it is there for certain.
    pub(super) fn named_relation(&self, text: &str) -> Option<QualifiedName> {
        let name = written_name(text)?;
        let found = self.schema.resolve(name.schema(), &name.name, |name| self.schema.relation(name).is_some())?;
        (!self.schema.is_uncertain(&found)).then_some(found)
    }

    /// An object's name as `regclass` and its kin print it: with its schema where it would not be found without.
    pub(super) fn shown(&self, name: &QualifiedName) -> String {
        let is_this = |candidate: &QualifiedName| self.schema.relation(candidate).is_some() || self.schema.types.contains_key(candidate);
        match self.schema.resolve(None, &name.name, is_this) {
            Some(found) if found == *name => name.name.to_sql(),
            _ => name.to_sql(),
        }
    }

    fn cast(&self, value: Datum, data_type: &str, array: bool) -> Datum {
        let is_known = !matches!(value, Datum::Null | Datum::Unknown | Datum::Some | Datum::SystemName);
        if !is_known || data_type == "unknown" {
            return value;
        }
        if array {
            return match value {
                Datum::Text(text) => elements(&text).map_or(Datum::Unknown, Datum::Array),
                other => other,
            };
        }
        match (data_type, &value) {
            ("regclass", Datum::Object(Object::Relation(name))) => Datum::text(&self.shown(name)),
            ("regclass", Datum::Text(text)) => self.named_relation(text).map_or(Datum::Unknown, |name| Datum::text(&self.shown(&name))),
            ("regtype", Datum::Object(Object::Type(name))) => Datum::text(&self.shown(name)),
            ("regnamespace", Datum::Object(Object::Namespace(name))) => Datum::text(&name.to_sql()),
            ("regnamespace" | "char", Datum::Text(_)) | ("oid", Datum::Object(_)) => value,
            ("text" | "name" | "character varying" | "sql_identifier" | "character_data", _) => {
                value.as_text().map_or(Datum::Some, |text| Datum::text(&text))
            }
            ("integer" | "bigint" | "smallint" | "oid" | "int2", _) => match value {
                Datum::Position(..) => value,
                other => other.as_integer().map_or(Datum::Some, Datum::Integer),
            },
            ("boolean", _) => Datum::of(value.truth()),
            _ => Datum::Unknown,
        }
    }
}

fn column(alias: Option<&Name>, name: &Name, scope: Option<&Scope>) -> Datum {
    let mut scope = scope;
    while let Some(here) = scope {
        if let Some(value) = here.bound.column(alias, name) {
            return value.clone();
        }
        scope = here.outer;
    }
    Datum::Unknown
}

/// Bytes of a text, elements of an array.
fn size(datum: &Datum) -> usize {
    match datum {
        Datum::Text(text) => text.len(),
        Datum::Array(elements) => elements.len(),
        _ => 0,
    }
}

/// `AND` of all values.
fn conjunction(parts: impl Iterator<Item = Datum>) -> Datum {
    let mut result = Datum::Boolean(true);
    for part in parts {
        match (part.truth(), part.is_null()) {
            (Some(false), Some(false)) => return Datum::Boolean(false),
            (Some(true), _) => {}
            (_, Some(true)) if result == Datum::Boolean(true) => result = Datum::Null,
            (_, Some(true)) => {}
            _ => result = Datum::Unknown,
        }
    }
    result
}

fn negation(value: &Datum) -> Datum {
    match value {
        Datum::Null => Datum::Null,
        other => Datum::of(other.truth().map(|truth| !truth)),
    }
}

fn concatenated(left: &Datum, right: &Datum) -> Datum {
    if size(left) + size(right) > MAX_SIZE {
        return Datum::Unknown;
    }
    match (left, right) {
        (Datum::Array(left), Datum::Array(right)) => Datum::Array(left.iter().chain(right).cloned().collect()),
        (Datum::Array(left), right) => Datum::Array(left.iter().chain([right]).cloned().collect()),
        _ => match (left.as_text(), right.as_text()) {
            (Some(left), Some(right)) => Datum::text(&(left + &right)),
            _ => Datum::Unknown,
        },
    }
}

fn calculated(operator: &str, left: &Datum, right: &Datum) -> Option<i64> {
    let (left, right) = (left.as_integer()?, right.as_integer()?);
    match operator {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        _ => left.checked_mul(right),
    }
}

fn element(array: &Datum, index: &Datum) -> Datum {
    let (Datum::Array(elements), Some(index)) = (array, index.as_integer()) else { return Datum::Unknown };
    let index = usize::try_from(index).ok().and_then(|index| index.checked_sub(1));
    index.and_then(|index| elements.get(index)).cloned().unwrap_or(Datum::Null)
}

/// The elements of an array written as `'{a,b}'`.
pub(super) fn elements(text: &str) -> Option<Vec<Datum>> {
    let inside = text.strip_prefix('{')?.strip_suffix('}')?;
    if inside.contains(['"', '{', '\\']) {
        return None;
    }
    let elements = inside.split(',').filter(|_| !inside.is_empty());
    Some(elements.map(|element| Datum::text(element.trim())).collect())
}

/// A name the server gave begins with `pg_` or a number.
fn like_system_name(left: &Datum, pattern: &Datum) -> Option<bool> {
    let (Datum::SystemName, Datum::Text(pattern)) = (left, pattern) else { return None };
    let plain = pattern.split(['%', '_', '\\']).next().unwrap_or_default();
    let may_be = plain.len() < 4 || plain.starts_with(|first: char| first.is_ascii_digit());
    (!may_be).then_some(false)
}

/// `[schema.]name` as `'…'::regclass` reads it.
fn written_name(text: &str) -> Option<QualifiedName> {
    let mut parts: Vec<String> = vec![String::new()];
    let mut quoted = false;
    for character in text.trim().chars() {
        match character {
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            other => parts.last_mut()?.extend(if quoted { vec![other] } else { other.to_lowercase().collect() }),
        }
    }
    match &parts[..] {
        [name] => Some(QualifiedName::unqualified(name.as_str())),
        [schema, name] => Some(QualifiedName::new(schema.as_str(), name.as_str())),
        _ => None,
    }
}

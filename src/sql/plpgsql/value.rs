//! What is known about a block's variables, and the value of an expression over them.

use imbl::OrdMap;

use super::catalog::Lookup;
use super::token::{Kind, Token, dotted, enclosed, find_outer, outer, split_outer, wholly_enclosed};
use crate::catalog::{self, Datum, Term};
use crate::schema::Name;
use crate::sql::Condition;

/// Stands for a part of a text that is not known; nothing people write holds this character.
pub(super) const HOLE: char = '\u{FFFC}';

/// Begins the name of some partition or child of the table whose name follows, up to a [`HOLE`].
pub(super) const CHILD_OF: char = '\u{FFFA}';

/// Stands for `current_schema()` while a text is put together.
const CURRENT_SCHEMA: char = '\u{FFFB}';

/// Texts longer than this are not put together.
const MAX_TEXT: usize = 1 << 20;

const MAX_DEPTH: usize = 64;

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Unknown,
    Null,
    /// A text or number; parts that are not known are [`HOLE`]s.
    Text(String),
    List(Vec<Value>),
    Record(Vec<(Name, Value)>),
    /// A boolean.
    Truth(Condition),
    /// What a query of a catalog finds.
    Lookup(Lookup),
    /// What the model answered, where it is no text.
    Answer(Datum),
}

impl From<Datum> for Value {
    fn from(datum: Datum) -> Self {
        match datum {
            Datum::Null => Value::Null,
            Datum::Boolean(value) => Value::Truth(Condition::Constant(value)),
            Datum::Integer(number) => Value::Text(number.to_string()),
            Datum::Text(text) => Value::Text(text.to_string()),
            Datum::Array(elements) => Value::List(elements.into_iter().map(Value::from).collect()),
            Datum::Unknown | Datum::Some | Datum::SystemName => Value::Unknown,
            object @ (Datum::Object(_) | Datum::Position(..)) => Value::Answer(object),
        }
    }
}

/// The variable that a path names, as a term of a query.
pub(super) fn variable(path: &[Name], variables: &Variables) -> Option<Term> {
    let (first, fields) = path.split_first()?;
    let mut value = variables.get(first)?;
    for field in fields {
        let Value::Record(record) = value else { return Some(Term::Value(Datum::Unknown)) };
        value = record.iter().find(|(name, _)| name == field).map(|(_, value)| value)?;
    }
    Some(value.term())
}

/// The variables of a block; one that is not in it has no known value.
pub(super) type Variables = OrdMap<Name, Value>;

impl Value {
    /// As a part of a query.
    fn term(&self) -> Term {
        Term::Value(match self {
            Value::Null => Datum::Null,
            Value::Truth(Condition::Constant(value)) => Datum::Boolean(*value),
            Value::Answer(datum) => datum.clone(),
            Value::List(elements) => return Term::Array(elements.iter().map(Value::term).collect()),
            Value::Record(fields) => match &fields[..] {
                [(_, only)] => return only.term(),
                _ => Datum::Unknown,
            },
            value if value.is_current_schema() => return Term::function("current_schema", Vec::new()),
            value => value.known_text().map_or(Datum::Unknown, Datum::text),
        })
    }

    /// As it is put into a text; `None` for NULL.
    fn text(&self) -> Option<String> {
        match self {
            Value::Null => None,
            Value::Text(text) => Some(text.clone()),
            Value::Record(fields) => match &fields[..] {
                // A row of one column that is assigned to a plain variable.
                [(_, only)] => only.text(),
                _ => Some(HOLE.to_string()),
            },
            _ => Some(HOLE.to_string()),
        }
    }

    /// The text, where all of it is known.
    pub(super) fn known_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) if !text.contains([HOLE, CURRENT_SCHEMA]) => Some(text),
            Value::Record(fields) => match &fields[..] {
                [(_, only)] => only.known_text(),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is the name of the schema that new objects go into.
    pub(super) fn is_current_schema(&self) -> bool {
        matches!(self, Value::Text(text) if text.chars().eq([CURRENT_SCHEMA]))
    }

    /// The elements of an array, also of one written as `'{a,b}'`.
    pub(super) fn elements(self) -> Option<Vec<Value>> {
        match self {
            Value::List(elements) => Some(elements),
            Value::Text(text) => {
                let inside = text.strip_prefix('{')?.strip_suffix('}')?;
                let is_plain = !inside.contains(['"', '{', '\\', HOLE]);
                is_plain.then(|| inside.split(',').map(|element| Value::Text(element.trim().to_owned())).collect())
            }
            _ => None,
        }
    }
}

/// An SQL text for `EXECUTE`, unknown parts as [`HOLE`]s. A schema that is `current_schema()` need not be named.
pub(super) fn sql_text(tokens: &[Token], variables: &Variables) -> Option<String> {
    let text = evaluate(tokens, variables).text()?;
    let plain = text.replace(&format!("\"{CURRENT_SCHEMA}\"."), "").replace(&format!("{CURRENT_SCHEMA}."), "");
    let plain = plain.replace(&format!("'{CURRENT_SCHEMA}'"), "current_schema()");
    Some(plain.replace(CURRENT_SCHEMA, &HOLE.to_string()))
}

/// The value of an expression that asks no table.
pub(super) fn evaluate(tokens: &[Token], variables: &Variables) -> Value {
    Evaluation { variables, depth: 0 }.expression(tokens).unwrap_or(Value::Unknown)
}

struct Evaluation<'a> {
    variables: &'a Variables,
    depth: usize,
}

impl Evaluation<'_> {
    fn expression(&mut self, tokens: &[Token]) -> Option<Value> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let value = self.concatenation(tokens);
        self.depth -= 1;
        value
    }

    fn concatenation(&mut self, tokens: &[Token]) -> Option<Value> {
        let pieces = split_outer(tokens, |token| token.is_symbol("||"));
        if let [single] = pieces[..] {
            return self.operand(single);
        }
        let mut text = String::new();
        for piece in pieces {
            let Some(part) = self.expression(piece).unwrap_or(Value::Unknown).text() else { return Some(Value::Null) };
            text.push_str(&part);
            if text.len() > MAX_TEXT {
                return None;
            }
        }
        Some(Value::Text(text))
    }

    fn operand(&mut self, tokens: &[Token]) -> Option<Value> {
        if let Some(inside) = wholly_enclosed(tokens) {
            return self.expression(inside);
        }
        if let Some(cast) = outer(tokens).filter(|(_, token)| token.is_symbol("::")).map(|(index, _)| index).last() {
            return self.expression(&tokens[..cast]);
        }
        match tokens {
            [] => None,
            [only] => self.constant_or_variable(only),
            [array, ..] if array.is_word("array") => self.list(&tokens[1..]),
            [left, operator, right] if operator.kind == Kind::Symbol => self.arithmetic(left, operator, right),
            _ => self.reference(tokens),
        }
    }

    fn constant_or_variable(&self, token: &Token) -> Option<Value> {
        match token.kind {
            Kind::Text if is_placeholder(&token.value) => Some(Value::Text(CURRENT_SCHEMA.to_string())),
            Kind::Text | Kind::Number => Some(Value::Text(token.value.clone())),
            Kind::Word if token.value == "null" => Some(Value::Null),
            Kind::Word if token.value == "true" || token.value == "false" => Some(Value::Truth(Condition::Constant(token.value == "true"))),
            Kind::Word if token.value == "current_schema" => Some(Value::Text(CURRENT_SCHEMA.to_string())),
            Kind::Word | Kind::Quoted => self.variables.get(token.value.as_str()).cloned(),
            // `$1`
            Kind::Symbol => self.variables.get(token.value.as_str()).cloned(),
        }
    }

    fn list(&mut self, tokens: &[Token]) -> Option<Value> {
        let (inside, rest) = enclosed(tokens)?;
        if !rest.is_empty() {
            return None;
        }
        let elements = split_outer(inside, |token| token.is_symbol(","));
        Some(Value::List(elements.into_iter().map(|element| self.expression(element).unwrap_or(Value::Unknown)).collect()))
    }

    fn arithmetic(&self, left: &Token, operator: &Token, right: &Token) -> Option<Value> {
        if operator.is_symbol(".") {
            return self.field(&[left.identifier()?, right.identifier()?]);
        }
        let number = |token| -> Option<i64> { self.constant_or_variable(token)?.known_text()?.parse().ok() };
        let result = match operator.value.as_str() {
            "+" => number(left)?.checked_add(number(right)?)?,
            "-" => number(left)?.checked_sub(number(right)?)?,
            "*" => number(left)?.checked_mul(number(right)?)?,
            _ => return None,
        };
        Some(Value::Text(result.to_string()))
    }

    /// `record.field`, `array[1]`, `function(…)`.
    fn reference(&mut self, tokens: &[Token]) -> Option<Value> {
        let (name, rest) = dotted(tokens)?;
        let Some(open) = rest.first() else { return self.field(&name) };
        let (inside, behind) = enclosed(rest)?;
        if !behind.is_empty() {
            return None;
        }
        if open.is_symbol("(") {
            return self.call(name.last()?, inside);
        }
        let index: usize = self.expression(inside)?.known_text()?.parse().ok()?;
        self.field(&name)?.elements()?.into_iter().nth(index.checked_sub(1)?)
    }

    fn field(&self, path: &[Name]) -> Option<Value> {
        let (first, fields) = path.split_first()?;
        let mut value = self.variables.get(first)?;
        for field in fields {
            let Value::Record(record) = value else { return None };
            value = record.iter().find(|(name, _)| name == field).map(|(_, value)| value)?;
        }
        Some(value.clone())
    }

    fn call(&mut self, function: &str, arguments: &[Token]) -> Option<Value> {
        if function == "current_schema" {
            return Some(Value::Text(CURRENT_SCHEMA.to_string()));
        }
        if find_outer(arguments, |token| token.is_word("variadic")).is_some() {
            return None;
        }
        let mut values = Vec::new();
        for argument in split_outer(arguments, |token| token.is_symbol(",")) {
            values.push(self.expression(argument).unwrap_or(Value::Unknown));
        }
        let texts = || values.iter().map(Value::text);
        match function {
            "quote_ident" => Some(Value::Text(quoted_identifier(&values.first()?.text()?))),
            "quote_literal" | "quote_nullable" => Some(Value::Text(quoted_literal(values.first()?))),
            "format" => format_text(&values.first()?.text()?, &values[1..]).map(Value::Text),
            "concat" => Some(Value::Text(texts().flatten().collect())),
            // What is not known of a text stays unknown in either case.
            "lower" => Some(Value::Text(values.first()?.text()?.to_lowercase())),
            "upper" => Some(Value::Text(values.first()?.text()?.to_uppercase())),
            "replace" => match &values[..] {
                [text, from, to] => Some(Value::Text(text.known_text()?.replace(from.known_text()?, to.known_text()?))),
                _ => None,
            },
            "coalesce" => values.into_iter().find(|value| *value != Value::Null),
            _ => None,
        }
        .filter(|value| !matches!(value, Value::Text(text) if text.len() > MAX_TEXT))
    }
}

/// Whether a text is but a placeholder (`${schema}`), which is taken for the default schema as elsewhere in statements.
fn is_placeholder(text: &str) -> bool {
    let inside = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let inside = inside.or_else(|| text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")));
    inside.is_some_and(|inside| !inside.is_empty() && !inside.contains(['{', '}']))
}

fn quoted_identifier(text: &str) -> String {
    if text.contains([HOLE, CURRENT_SCHEMA]) { text.to_owned() } else { Name::from(text).to_sql() }
}

fn quoted_literal(value: &Value) -> String {
    value.text().map_or_else(|| "NULL".to_owned(), |text| format!("'{}'", text.replace('\'', "''")))
}

/// `format(template, …)`; `None` where the template itself has forms nobody uses.
fn format_text(template: &str, arguments: &[Value]) -> Option<String> {
    catalog::format(template, |index, conversion| {
        let value = arguments.get(index).unwrap_or(&Value::Unknown);
        match conversion {
            'I' => Some(quoted_identifier(&value.text()?)),
            'L' => Some(quoted_literal(value)),
            's' => Some(value.text().unwrap_or_default()),
            _ => None,
        }
    })
}

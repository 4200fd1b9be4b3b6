//! Reads the conditions of `IF`, and the queries whose answers decide them.

use super::catalog::{Lookup, negate, regclass};
use super::token::{Kind, Token, after, enclosed, find_outer, split_outer, wholly_enclosed};
use super::value::{Value, Variables, evaluate};
use crate::sql::{CatalogQuery, Condition};

const MAX_DEPTH: usize = 64;

/// The condition that `tokens` are; what is not understood of it is [`Condition::Unknown`].
pub(super) fn read(tokens: &[Token], variables: &Variables) -> Condition {
    Reader { variables, depth: 0 }.condition(tokens)
}

/// The value of an expression that may ask a catalog.
pub(super) fn value(tokens: &[Token], variables: &Variables) -> Value {
    Reader { variables, depth: 0 }.value(tokens)
}

struct Reader<'a> {
    variables: &'a Variables,
    depth: usize,
}

impl Reader<'_> {
    fn condition(&mut self, tokens: &[Token]) -> Condition {
        if self.depth >= MAX_DEPTH || find_outer(tokens, |token| token.is_any_word(&["case", "between"])).is_some() {
            return Condition::Unknown;
        }
        self.depth += 1;
        let condition = self.disjunction(tokens);
        self.depth -= 1;
        condition
    }

    fn disjunction(&mut self, tokens: &[Token]) -> Condition {
        let choices = split_outer(tokens, |token| token.is_word("or"));
        if choices.len() > 1 {
            return any(choices.into_iter().map(|choice| self.condition(choice)).collect());
        }
        let parts = split_outer(tokens, |token| token.is_word("and"));
        if parts.len() > 1 {
            return all(parts.into_iter().map(|part| self.condition(part)).collect());
        }
        self.negation(tokens)
    }

    fn negation(&mut self, tokens: &[Token]) -> Condition {
        if let Some(rest) = after(tokens, &["not"]) {
            return negate(self.condition(rest));
        }
        if let Some(inside) = wholly_enclosed(tokens) {
            let is_query = inside.first().is_some_and(|token| token.is_word("select"));
            return if is_query { self.truth(tokens) } else { self.condition(inside) };
        }
        if let Some((inside, [])) = after(tokens, &["exists"]).and_then(enclosed) {
            return Lookup::read(inside, self.variables).exists();
        }
        self.comparison(tokens)
    }

    fn comparison(&mut self, tokens: &[Token]) -> Condition {
        const OPERATORS: [&str; 8] = ["=", "<>", "!=", "<", "<=", ">", ">=", "~"];
        let is_operator = |token: &Token| {
            token.is_any_word(&["is", "in", "like", "not"]) || (token.kind == Kind::Symbol && OPERATORS.contains(&token.value.as_str()))
        };
        let Some(position) = find_outer(tokens, is_operator) else { return self.truth(tokens) };
        let (left, right) = (&tokens[..position], &tokens[position + 1..]);
        match tokens[position].value.as_str() {
            "is" => self.is(left, right),
            "in" | "like" | "not" | "~" => Condition::Unknown,
            operator => self.compare(left, operator, right),
        }
    }

    /// `IS [NOT] NULL`, `IS [NOT] TRUE`.
    fn is(&mut self, left: &[Token], right: &[Token]) -> Condition {
        let (negated, right) = after(right, &["not"]).map_or((false, right), |rest| (true, rest));
        let [word] = right else { return Condition::Unknown };
        let condition = match word.value.as_str() {
            "null" => self.is_null(left),
            "true" => self.condition(left),
            "false" => negate(self.condition(left)),
            _ => Condition::Unknown,
        };
        if negated { negate(condition) } else { condition }
    }

    fn is_null(&mut self, tokens: &[Token]) -> Condition {
        if let Some(query) = self.named_object(tokens) {
            return negate(Condition::Exists(query));
        }
        match self.value(tokens) {
            Value::Null => Condition::Constant(true),
            Value::Lookup(lookup) => lookup.is_null(),
            Value::Text(_) | Value::List(_) | Value::Record(_) | Value::Answer(_) => Condition::Constant(false),
            Value::Truth(_) | Value::Unknown => Condition::Unknown,
        }
    }

    /// `to_regclass('x')` and its kin, which are NULL where there is no such object.
    fn named_object(&self, tokens: &[Token]) -> Option<CatalogQuery> {
        let function = tokens.first()?;
        let (inside, rest) = enclosed(&tokens[1..])?;
        let cast = rest.first().is_none_or(|token| token.is_symbol("::"));
        let argument = evaluate(inside, self.variables);
        let name = regclass(argument.known_text().filter(|_| cast)?)?;
        match function.value.as_str() {
            "to_regclass" => Some(CatalogQuery::Relation { name, kinds: Vec::new() }),
            "to_regtype" => Some(CatalogQuery::Type { name }),
            "to_regproc" => Some(CatalogQuery::Function { name }),
            "to_regnamespace" => Some(CatalogQuery::Namespace { name: name.name }),
            _ => None,
        }
    }

    fn compare(&mut self, left: &[Token], operator: &str, right: &[Token]) -> Condition {
        let (left, right) = (self.value(left), self.value(right));
        match (left, right) {
            (Value::Lookup(lookup), other) => other.known_text().map_or_else(
                || if other == Value::Truth(Condition::Constant(true)) && operator == "=" { lookup.truth() } else { Condition::Unknown },
                |text| lookup.compare(operator, text),
            ),
            (other, Value::Lookup(lookup)) => {
                other.known_text().map_or(Condition::Unknown, |text| lookup.compare(mirrored(operator), text))
            }
            (Value::Truth(condition), Value::Truth(Condition::Constant(value))) => match operator {
                "=" if value => condition,
                "=" => negate(condition),
                _ => Condition::Unknown,
            },
            (left, right) => match (left.known_text(), right.known_text()) {
                (Some(left), Some(right)) => constants(left, operator, right),
                _ => Condition::Unknown,
            },
        }
    }

    /// A boolean variable, constant or query.
    fn truth(&mut self, tokens: &[Token]) -> Condition {
        let is_query = wholly_enclosed(tokens).and_then(<[Token]>::first).is_some_and(|token| token.is_word("select"));
        let value = if is_query { self.value(tokens) } else { evaluate(tokens, self.variables) };
        match value {
            Value::Truth(condition) => condition,
            Value::Lookup(lookup) => lookup.truth(),
            _ => Condition::Unknown,
        }
    }

    fn value(&mut self, tokens: &[Token]) -> Value {
        if self.depth >= MAX_DEPTH {
            return Value::Unknown;
        }
        self.depth += 1;
        let value = self.value_within(tokens);
        self.depth -= 1;
        value
    }

    /// What a query yields; a text it puts together (`SELECT 'ALTER TABLE t DROP CONSTRAINT ' || conname`) is known in part.
    fn looked_up(&self, tokens: &[Token]) -> Value {
        let from = find_outer(tokens, |token| token.is_word("from")).unwrap_or(tokens.len());
        let list = &tokens[1..from];
        match evaluate(list, self.variables) {
            text @ Value::Text(_) if list.len() > 1 && text.known_text().is_none() => text,
            _ => Value::Lookup(Lookup::read(tokens, self.variables)),
        }
    }

    fn value_within(&mut self, tokens: &[Token]) -> Value {
        if let Some(inside) = wholly_enclosed(tokens) {
            return self.value(inside);
        }
        if let Some(list) = after(tokens, &["select"]) {
            let reads = find_outer(tokens, |token| token.is_word("from")).is_some();
            return if reads { self.looked_up(tokens) } else { self.value(list) };
        }
        match evaluate(tokens, self.variables) {
            Value::Unknown if tokens.len() > 1 => match self.condition(tokens) {
                Condition::Unknown => Value::Unknown,
                condition => Value::Truth(condition),
            },
            known => known,
        }
    }
}

fn mirrored(operator: &str) -> &str {
    match operator {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        same => same,
    }
}

fn constants(left: &str, operator: &str, right: &str) -> Condition {
    let order = match (left.parse::<i64>(), right.parse::<i64>()) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        _ if matches!(operator, "=" | "<>" | "!=") => left.cmp(right),
        // How texts sort depends on the database's collation.
        _ => return Condition::Unknown,
    };
    Condition::Constant(match operator {
        "=" => order.is_eq(),
        "<>" | "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        _ => return Condition::Unknown,
    })
}

/// `AND`, constants and what they decide left out.
fn all(parts: Vec<Condition>) -> Condition {
    if parts.contains(&Condition::Constant(false)) {
        return Condition::Constant(false);
    }
    combined(parts, true, Condition::All)
}

/// `OR`, constants and what they decide left out.
fn any(parts: Vec<Condition>) -> Condition {
    if parts.contains(&Condition::Constant(true)) {
        return Condition::Constant(true);
    }
    combined(parts, false, Condition::Any)
}

fn combined(parts: Vec<Condition>, neutral: bool, combine: fn(Vec<Condition>) -> Condition) -> Condition {
    let mut parts: Vec<Condition> = parts.into_iter().filter(|part| *part != Condition::Constant(neutral)).collect();
    match parts.len() {
        0 => Condition::Constant(neutral),
        1 => parts.remove(0),
        _ if parts.iter().all(|part| *part == Condition::Unknown) => Condition::Unknown,
        _ => combine(parts),
    }
}

//! Messages with expressions in braces: `` `{table.name}.{column.name}` has no comment ``. Doubled braces are braces.

use cel::Value;

use super::expression::{Evaluation, Expression, Mistake};
use super::names::Scope;

/// Longer values are cut: a message is read by people.
const MAX_VALUE: usize = 200;

/// A message whose expressions were checked.
#[derive(Clone, Debug)]
pub(super) struct Message {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Value(Expression),
}

impl Message {
    /// Parses a text and checks its expressions.
    ///
    /// # Errors
    /// The first mistake.
    pub(super) fn compile(text: &str, scope: &Scope) -> Result<Self, Mistake> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(position) = rest.find(['{', '}']) {
            let offset = text.len() - rest.len() + position;
            plain.push_str(rest.get(..position).unwrap_or_default());
            let brace = rest.get(position..=position).unwrap_or_default();
            let after = rest.get(position + 1..).unwrap_or_default();
            if let Some(behind) = after.strip_prefix(brace) {
                plain.push_str(brace);
                rest = behind;
                continue;
            }
            let end = after.find('}').filter(|_| brace == "{");
            let Some(end) = end else {
                let help = Some(format!("write `{brace}{brace}` for a brace"));
                return Err(Mistake { offset, length: 1, message: "this brace has no other half".to_owned(), help });
            };
            let inside = after.get(..end).unwrap_or_default();
            let expression =
                Expression::compile(inside, scope).map_err(|mistake| Mistake { offset: mistake.offset + offset + 1, ..mistake })?;
            parts.push(Part::Text(std::mem::take(&mut plain)));
            parts.push(Part::Value(expression));
            rest = after.get(end + 1..).unwrap_or_default();
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        Ok(Self { parts })
    }

    /// The expressions in it.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(expression) => Some(expression),
            Part::Text(_) => None,
        })
    }

    /// The message for what the evaluation is about.
    ///
    /// # Errors
    /// Why one of the expressions has no value, in words.
    pub(super) fn render(&self, evaluation: &mut Evaluation) -> Result<String, String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Value(expression) => text.extend(shown(&evaluation.value(expression)?).chars().take(MAX_VALUE)),
            }
        }
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null => "null".to_owned(),
        Value::List(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        _ => "…".to_owned(),
    }
}

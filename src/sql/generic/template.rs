//! Placeholders of migration tools: `${schema}`.

use std::ops::Range;

use crate::sql::Values;

/// The text with its placeholders filled in, of the same length; `None` where it has none. A schema that a placeholder
/// stands for is left out, and what is not known becomes an identifier of its own letters.
pub fn filled(text: &str, range: Range<usize>, values: &Values) -> Option<String> {
    let part = text.get(range.clone())?;
    if !part.contains("${") {
        return None;
    }
    let mut filled = String::with_capacity(text.len());
    filled.push_str(text.get(..range.start)?);
    let mut rest = part;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest.get(start..)?.find('}') else { break };
        let end = start + length + 1;
        filled.push_str(rest.get(..start)?);
        let written = rest.get(start..end)?;
        let behind = rest.get(end..)?;
        match behind.starts_with('.') {
            true => filled.push_str(&" ".repeat(written.len() + 1)),
            false => filled.push_str(&value(written, values)),
        }
        rest = if behind.starts_with('.') { behind.get(1..)? } else { behind };
    }
    filled.push_str(rest);
    filled.push_str(text.get(range.end..)?);
    Some(filled)
}

/// What stands for a placeholder, as long as that is.
fn value(written: &str, values: &Values) -> String {
    let name = written.trim_start_matches("${").trim_end_matches('}');
    match values.get(name).filter(|value| value.len() <= written.len()) {
        Some(value) => format!("{value}{}", " ".repeat(written.len() - value.len())),
        None => written.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte) } else { '_' }).collect(),
    }
}

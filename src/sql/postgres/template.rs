//! Placeholders of templates in SQL: told apart from mistakes, and where possible read as if they were filled in.

use std::ops::Range;

use super::text::{Fill, Text};
use crate::sql::Values;
use crate::sql::split::{Token, TokenKind};

/// Longer placeholders are not recognised.
const MAX_LENGTH: usize = 300;

/// A placeholder in a text.
struct Placeholder {
    range: Range<usize>,
    /// Whether it stands for a name or value, so that one can be put in its place.
    fillable: bool,
}

/// The placeholder that stands at an offset or right before it, as written.
pub fn placeholder_at(text: &Text, offset: usize) -> Option<String> {
    let stands_there = |placeholder: &Placeholder| {
        let between = text.text.get(placeholder.range.end..offset);
        placeholder.range.contains(&offset) || between.is_some_and(|between| between.trim().is_empty())
    };
    let found = placeholders(text).into_iter().find(stands_there)?;
    text.text.get(found.range).map(str::to_owned)
}

/// Whether the text holds commands of a template language rather than placeholders.
pub fn has_commands(text: &Text) -> bool {
    let is_command = |placeholder: &Placeholder| {
        let inside = text.text.get(placeholder.range.clone()).unwrap_or_default();
        let inside = inside.trim_start_matches(['{', '%', '-', '<', '#', ' ']);
        inside.len() + 2 < placeholder.range.len() && COMMANDS.iter().any(|command| starts_with_word(inside, command))
    };
    let opens_block = text.text.contains("{{") || text.text.contains("{%") || text.text.contains("<%");
    opens_block && placeholders(text).iter().any(is_command)
}

/// Words that begin a command in Go templates, Jinja, Handlebars, ERB.
const COMMANDS: &[&str] =
    &["if", "else", "end", "range", "with", "for", "each", "endif", "endfor", "set", "define", "template", "block", "/if", "/each"];

fn starts_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == '.'))
}

/// The text with the placeholders filled in that `values` names, and where; `None` if there are none. What templates
/// are written in does not know quotes; psql leaves strings alone.
pub fn with_values(text: &Text, values: &Values) -> Option<(String, Vec<Fill>)> {
    if values.is_empty() {
        return None;
    }
    let mut known = in_braces(text.text, values);
    known.extend((0..text.tokens.len()).filter_map(|index| variable_with_value(text, index, values)));
    known.sort_by_key(|(range, _)| range.start);
    let mut filled = String::with_capacity(text.text.len());
    let mut fills: Vec<Fill> = Vec::new();
    let mut position = 0;
    for (written, value) in known.into_iter() {
        let Some(between) = text.text.get(position..written.start) else { continue };
        filled.push_str(between);
        let start = filled.len();
        filled.push_str(&value);
        position = written.end;
        fills.push(Fill { filled: start..filled.len(), written });
    }
    filled.push_str(text.text.get(position..)?);
    (!fills.is_empty()).then_some((filled, fills))
}

/// `${name}`, `{{name}}` and `{{ .name }}`, wherever they stand.
fn in_braces(text: &str, values: &Values) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut position = 0;
    while let Some(start) = text.get(position..).and_then(|rest| rest.find(['$', '{'])).map(|offset| position + offset) {
        position = start + 1;
        let rest = text.get(start..).unwrap_or_default();
        let Some((open, close)) = [("${", "}"), ("{{", "}}")].into_iter().find(|(open, _)| rest.starts_with(open)) else { continue };
        let Some(length) = length_to(rest, close) else { continue };
        let name = rest.get(open.len()..length - close.len()).unwrap_or_default().trim();
        if let Some(value) = values.get(name).or_else(|| values.get(name.strip_prefix('.')?)) {
            found.push((start..start + length, value.clone()));
            position = start + length;
        }
    }
    found
}

/// `:name`, `:'name'`, `:"name"`.
fn variable_with_value(text: &Text, index: usize, values: &Values) -> Option<(Range<usize>, String)> {
    let token = text.tokens.get(index).filter(|token| token.text(text.text) == ":")?;
    let range = variable(text, index)?.range;
    let name = text.text.get(token.range.end..range.end)?;
    let value = values.get(name.trim_matches(['\'', '"']))?;
    let value = match name.as_bytes().first() {
        Some(b'\'') => format!("'{}'", value.replace('\'', "''")),
        Some(b'"') => format!("\"{}\"", value.replace('"', "\"\"")),
        _ => value.clone(),
    };
    Some((range, value))
}

/// The text with every placeholder replaced by a name made of its own letters, at equal length, so that places stay
/// right: `${role}` becomes `__role_`. One that stands for a schema is taken for the default schema and blanked out
/// with its dot. `None` if there is nothing to replace.
pub fn filled_in(text: &Text) -> Option<String> {
    let placeholders = placeholders(text);
    let fillable: Vec<Range<usize>> =
        placeholders.into_iter().filter(|placeholder| placeholder.fillable).map(|placeholder| placeholder.range).collect();
    if fillable.is_empty() {
        return None;
    }
    let mut filled = String::with_capacity(text.text.len());
    let mut position = 0;
    for range in fillable {
        let qualifier = qualifier(text.text, &range);
        let range = qualifier.clone().unwrap_or(range);
        filled.push_str(text.text.get(position..range.start)?);
        match qualifier {
            Some(_) => filled.extend(std::iter::repeat_n(' ', range.len())),
            None => filled.push_str(&neutral(text.text.get(range.clone())?)),
        }
        position = range.end;
    }
    filled.push_str(text.text.get(position..)?);
    Some(filled)
}

/// The placeholder with the quotes around it and the dot behind it, if it is all that stands before that dot.
fn qualifier(text: &str, placeholder: &Range<usize>) -> Option<Range<usize>> {
    let byte = |position: usize| text.as_bytes().get(position).copied();
    let before = placeholder.start.checked_sub(1).and_then(byte);
    let quoted = before == Some(b'"') && byte(placeholder.end) == Some(b'"');
    let range = if quoted { placeholder.start - 1..placeholder.end + 1 } else { placeholder.clone() };
    let before = range.start.checked_sub(1).and_then(byte);
    let stands_alone = before.is_none_or(|before| before.is_ascii_whitespace() || matches!(before, b'(' | b',' | b'.'));
    (stands_alone && byte(range.end) == Some(b'.')).then_some(range.start..range.end + 1)
}

/// A name, or for `:'var'` and `:"var"` a quoted text, of the same length in bytes.
fn neutral(placeholder: &str) -> String {
    let quote = placeholder.as_bytes().get(1).copied().filter(|quote| placeholder.starts_with(':') && matches!(quote, b'\'' | b'"'));
    let letter = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte.to_ascii_lowercase()) } else { '_' };
    let mut letters: Vec<char> = placeholder.bytes().map(letter).collect();
    if let (Some(quote), [first, .., last]) = (quote, letters.as_mut_slice()) {
        (*first, *last) = (char::from(quote), char::from(quote));
    }
    letters.into_iter().collect()
}

/// All placeholders outside quotes, in order, none within another.
fn placeholders(text: &Text) -> Vec<Placeholder> {
    let mut found: Vec<Placeholder> = Vec::new();
    for (index, token) in text.tokens.iter().enumerate() {
        let is_free = found.last().is_none_or(|last| last.range.end <= token.range.start);
        if is_free {
            found.extend(placeholder(text, index, token));
        }
    }
    found
}

fn placeholder(text: &Text, index: usize, token: &Token) -> Option<Placeholder> {
    if matches!(token.kind, TokenKind::QuotedIdentifier | TokenKind::String) {
        return cut_by_quotes(text, token);
    }
    let start = token.range.start;
    let rest = text.text.get(start..)?;
    let up_to = |close: &str, fillable: bool| {
        let length = length_to(rest, close)?;
        Some(Placeholder { range: start..start + length, fillable })
    };
    match token.text(text.text) {
        "$" if rest.starts_with("${") => up_to("}", true),
        "{" if rest.starts_with("{{") => up_to("}}", true),
        "{" if rest.starts_with("{%") => up_to("%}", false),
        "{" => up_to("}", false),
        "[" => named_in_brackets(text, index),
        ":" => variable(text, index),
        operator if operator.starts_with("<%") => up_to("%>", false),
        "%" => adjacent(text, index)
            .filter(|next| next.text(text.text) == "s")
            .map(|next| Placeholder { range: start..next.range.end, fillable: false }),
        _ => None,
    }
}

/// How far it is to behind `close`, on the same line and within [`MAX_LENGTH`].
fn length_to(text: &str, close: &str) -> Option<usize> {
    let near = text.as_bytes().get(..MAX_LENGTH).unwrap_or(text.as_bytes());
    let line = near.split(|byte| *byte == b'\n').next()?;
    let offset = line.windows(close.len()).position(|window| window == close.as_bytes())?;
    Some(offset + close.len())
}

/// `"{{ index . "name" }}"`: what SQL takes for the end of the quotes is within the placeholder.
fn cut_by_quotes(text: &Text, token: &Token) -> Option<Placeholder> {
    let written = token.text(text.text);
    let start = written.rfind("{{").filter(|start| !written[*start..].contains("}}"))? + token.range.start;
    let length = length_to(text.text.get(start..)?, "}}")?;
    Some(Placeholder { range: start..start + length, fillable: true })
}

/// The next token, if nothing stands between.
fn adjacent<'a>(text: &'a Text, index: usize) -> Option<&'a Token> {
    let token = text.tokens.get(index)?;
    text.tokens.get(index + 1).filter(|next| next.range.start == token.range.end)
}

/// psql's `:name`, `:'name'`, `:"name"`; not the slice `[a:b]`.
fn variable(text: &Text, index: usize) -> Option<Placeholder> {
    let start = text.tokens.get(index)?.range.start;
    let follows_closely = index > 0 && text.tokens.get(index - 1).is_some_and(|before| before.range.end == start);
    let follows_operand =
        follows_closely && !text.is_symbol(index - 1, "(") && !text.is_symbol(index - 1, ",") && !text.is_symbol(index - 1, ".");
    let name = adjacent(text, index)?;
    let is_name = matches!(name.kind, TokenKind::Word | TokenKind::String | TokenKind::QuotedIdentifier);
    (is_name && !follows_operand).then_some(Placeholder { range: start..name.range.end, fillable: true })
}

/// `[ids]` where no array stands before it.
fn named_in_brackets(text: &Text, index: usize) -> Option<Placeholder> {
    let [open, name, close] = text.tokens.get(index..index + 3)? else { return None };
    let subscripts = index > 0 && text.tokens.get(index - 1).is_some_and(|before| before.range.end == open.range.start);
    let is_one = name.kind == TokenKind::Word && text.is_symbol(index + 2, "]");
    (is_one && !subscripts).then_some(Placeholder { range: open.range.start..close.range.end, fillable: false })
}

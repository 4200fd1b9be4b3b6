//! What the parser rejects: its message, and the place it does not tell.

use super::template;
use super::text::Text;
use crate::source::Span;
use crate::sql::ParseError;

/// Longer quotations of the text in messages are cut.
const MAX_QUOTATION: usize = 40;

/// The parser's message as a [`ParseError`] at the token it stumbled over.
pub fn rejected(text: &Text, message: &str) -> ParseError {
    let offset = place(text, message);
    let span = text
        .tokens
        .iter()
        .find(|token| token.range.start == offset)
        .map_or_else(|| text.bytes(offset..offset), |token| text.bytes(token.range.clone()));
    ParseError { message: in_house_style(message), span, placeholder: template::placeholder_at(text, offset) }
}

/// A text the parser cannot even be given, because it holds a NUL character.
pub fn holds_nul(text: &Text) -> ParseError {
    let offset = text.text.find('\0').unwrap_or(0);
    ParseError { message: "the text holds a NUL character".to_owned(), span: text.bytes(offset..offset + 1), placeholder: None }
}

/// A quote or comment that never closes.
pub fn unterminated(text: &Text, opening: std::ops::Range<usize>, span: Span) -> ParseError {
    let what = match text.text.get(opening).unwrap_or_default() {
        "/*" => "comment",
        opening if opening.starts_with('$') => "dollar-quoted string",
        opening if opening.ends_with('"') => "quoted identifier",
        _ => "quoted string",
    };
    ParseError { message: format!("unterminated {what}"), span, placeholder: None }
}

/// The offset of the offending token in the statement.
fn place(text: &Text, message: &str) -> usize {
    if message.ends_with("at end of input") {
        return text.text.len();
    }
    let Some(near) = near(message) else { return 0 };
    let candidates: Vec<usize> = text.tokens.iter().filter(|token| token.text(text.text) == near).map(|token| token.range.end).collect();
    // Up to the offending token the parser is content: what is cut before it either parses or merely ends too early.
    let first = candidates.partition_point(|end| !is_rejected_near(text.text.get(..*end).unwrap_or_default(), near));
    match candidates.get(first) {
        Some(end) => end - near.len(),
        None => text.text.find(near).unwrap_or(0),
    }
}

/// The text the parser quotes.
fn near(message: &str) -> Option<&str> {
    let (_, quoted) = message.split_once(" at or near \"")?;
    quoted.strip_suffix('"')
}

fn is_rejected_near(text: &str, token: &str) -> bool {
    matches!(super::run_parser(text), Err(pg_query::Error::Parse(message)) if near(&message) == Some(token))
}

/// Backticks for quotes, and no long quotations.
fn in_house_style(message: &str) -> String {
    if let Some((what, near)) = message.split_once(" at or near ").zip(near(message)).map(|((what, _), near)| (what, near)) {
        return format!("{what} at or near `{}`", shortened(near));
    }
    message.replace('"', "`")
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(MAX_QUOTATION).collect();
    if short.len() < text.len() { short + "…" } else { short }
}

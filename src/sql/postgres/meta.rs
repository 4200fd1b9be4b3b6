//! psql's commands.

use super::text::Text;
use crate::sql::{Body, ParseError, Reach};

/// Commands that change nothing in the database.
const HARMLESS: &[&str] = &[
    "!",
    "?",
    "a",
    ".",
    "cd",
    "dt",
    "d",
    "echo",
    "encoding",
    "errverbose",
    "g",
    "gset",
    "gx",
    "h",
    "html",
    "o",
    "p",
    "prompt",
    "pset",
    "q",
    "qecho",
    "quit",
    "r",
    "reset",
    "restrict",
    "s",
    "set",
    "setenv",
    "t",
    "timing",
    "unrestrict",
    "unset",
    "w",
    "warn",
    "x",
];

/// Commands whose effect cannot be known from this file, and why.
const OPAQUE: &[(&str, &str)] = &[
    ("i", "reads another file"),
    ("ir", "reads another file"),
    ("include", "reads another file"),
    ("include_relative", "reads another file"),
    ("c", "connects to another database"),
    ("connect", "connects to another database"),
    ("gexec", "runs the results of a query as statements"),
    ("if", "psql decides what is run"),
    ("elif", "psql decides what is run"),
    ("else", "psql decides what is run"),
    ("endif", "psql decides what is run"),
];

/// Cuts a command into its name and what stands behind.
pub fn cut(written: &str) -> (&str, &str) {
    let rest = written.trim_start_matches('\\');
    let end = rest.find(|character: char| !character.is_ascii_alphanumeric() && character != '_').unwrap_or(rest.len());
    rest.split_at(end.max(rest.chars().next().map_or(0, char::len_utf8)))
}

/// The arguments of a command, quotes taken off.
pub fn words(arguments: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut started) = (String::new(), false, false);
    let mut characters = arguments.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\'' if quoted && characters.peek() == Some(&'\'') => {
                characters.next();
                word.push('\'');
            }
            '\'' => (quoted, started) = (!quoted, true),
            _ if character.is_whitespace() && !quoted => {
                if std::mem::take(&mut started) {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => {
                started = true;
                word.push(character);
            }
        }
    }
    if started {
        words.push(word);
    }
    words
}

/// What the command does. One that psql does not know is an error.
pub fn lower(text: &Text) -> Body {
    let (command, arguments) = cut(text.text);
    let opaque = OPAQUE.iter().find(|(name, _)| *name == command);
    match opaque {
        _ if command == "copy" => copy(text, arguments),
        // `\connect - user`: the same database.
        Some(_) if command.starts_with('c') && arguments.trim_start().starts_with("- ") => Body::Other,
        Some((_, reason)) => {
            Body::Opaque { reason: format!("the psql command `\\{command}`, which {reason}"), may_touch: Reach::anything() }
        }
        None if HARMLESS.contains(&command) => Body::Other,
        None => unknown(text, command),
    }
}

/// The same as the statement, but that files are those of the client.
fn copy(text: &Text, arguments: &str) -> Body {
    let end = text.text.len() - (arguments.len() - arguments.trim_end().trim_end_matches(';').len());
    let lowered = super::sql(&text.within(1..end));
    // psql takes options that the server does not.
    if matches!(lowered, Body::Unparsed(_)) { Body::Other } else { lowered }
}

fn unknown(text: &Text, command: &str) -> Body {
    let span = text.bytes(0..command.len() + 1);
    Body::Unparsed(ParseError { message: format!("`\\{command}` is no psql command"), span, placeholder: None })
}

//! psql's commands.

use super::text::Text;
use crate::sql::{Body, ParseError, Reach};

/// Commands that change nothing in the database.
const HARMLESS: &[&str] = &[
    "!",
    "?",
    "a",
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

/// What the command does. One that psql does not know is an error.
pub fn lower(text: &Text) -> Body {
    let rest = text.text.trim_start_matches('\\');
    let end = rest.find(|character: char| !character.is_ascii_alphanumeric() && character != '_').unwrap_or(rest.len());
    let command = rest.get(..end.max(1)).unwrap_or_default();
    let opaque = OPAQUE.iter().find(|(name, _)| *name == command);
    match opaque {
        Some((_, reason)) => {
            Body::Opaque { reason: format!("the psql command `\\{command}`, which {reason}"), may_touch: Reach::anything() }
        }
        None if HARMLESS.contains(&command) || command == "copy" || command == "." => Body::Other,
        None => unknown(text, command),
    }
}

fn unknown(text: &Text, command: &str) -> Body {
    let span = text.bytes(0..command.len() + 1);
    Body::Unparsed(ParseError { message: format!("`\\{command}` is no psql command"), span, placeholder: None })
}

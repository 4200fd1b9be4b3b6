//! Short ways to say what became of a change.

use super::{Applied, ErrorKind, Missing, NoEffect, Refusal};
use crate::schema::QualifiedName;
use crate::source::Span;

/// What became of a change.
pub(super) type Outcome = Result<Applied, Refusal>;

/// The change was carried out.
pub(super) fn done() -> Outcome {
    Ok(Applied::default())
}

/// A guarded change found nothing to do.
pub(super) fn nothing(reason: String, existing: Option<Span>, differs: bool) -> Outcome {
    Ok(Applied { no_effect: Some(NoEffect { reason, existing, differs }), took_along: Vec::new() })
}

/// A refusal without a place that explains it.
pub(super) fn refusal(error: ErrorKind, message: String) -> Refusal {
    Refusal { error, message, because: None, missing: None }
}

/// A refusal explained by another place.
pub(super) fn refusal_because(error: ErrorKind, message: String, span: Option<Span>, why: &str) -> Refusal {
    Refusal { error, message, because: span.map(|span| (span, why.to_owned())), missing: None }
}

/// Refuses without a place that explains it.
pub(super) fn refuse<T>(error: ErrorKind, message: String) -> Result<T, Refusal> {
    Err(refusal(error, message))
}

/// Refuses, and points at the place that explains it.
pub(super) fn refuse_at<T>(error: ErrorKind, message: String, span: Span, why: &str) -> Result<T, Refusal> {
    Err(refusal_because(error, message, Some(span), why))
}

/// The object is missing: nothing to do under `IF EXISTS`, an error otherwise.
pub(super) fn missing(guarded: bool, error: ErrorKind, message: String) -> Outcome {
    if guarded { nothing(message, None, false) } else { refuse(error, message) }
}

/// The relation is missing: nothing to do under `IF EXISTS`, an error otherwise.
pub(super) fn missing_relation(guarded: bool, written: &QualifiedName) -> Outcome {
    let refusal = no_relation(written);
    if guarded { nothing(refusal.message, None, false) } else { Err(refusal) }
}

/// ``relation `x` does not exist``
pub(super) fn no_relation(written: &QualifiedName) -> Refusal {
    let message = format!("relation `{}` does not exist", shown(written));
    Refusal { missing: Some(Missing::Relation(written.clone())), ..refusal(ErrorKind::UndefinedTable, message) }
}

/// ``type `x` does not exist``
pub(super) fn no_type(written: &QualifiedName) -> Refusal {
    let message = format!("type `{}` does not exist", shown(written));
    Refusal { missing: Some(Missing::Type(written.clone())), ..refusal(ErrorKind::UndefinedObject, message) }
}

/// The object is there already: nothing to do under `IF NOT EXISTS`, an error otherwise.
pub(super) fn existing(guarded: bool, differs: bool, error: ErrorKind, message: String, span: Option<Span>) -> Outcome {
    if guarded { nothing(message, span, differs) } else { Err(refusal_because(error, message, span, "it was created here")) }
}

/// A name as messages show it: without quotes, `public` left out.
pub(super) fn shown(name: &QualifiedName) -> String {
    match name.schema() {
        Some(schema) if *schema != "public" => name.to_string(),
        _ => name.name.to_string(),
    }
}

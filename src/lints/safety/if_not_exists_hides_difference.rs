//! `IF NOT EXISTS` that finds an object with another definition, and leaves it.

use crate::change::NoEffect;
use crate::history::{Event, EventKind};
use crate::lint::{Finding, HistoryContext};
use crate::source::Span;
use crate::sql::split::tokens;
use crate::sql::{Body, Statement};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    context.history.events.iter().filter_map(|event| of_event(context, event)).collect()
}

fn of_event(context: &HistoryContext, event: &Event) -> Option<Finding> {
    let EventKind::NoEffect(NoEffect { reason, existing, differs: true }) = &event.kind else { return None };
    // Code that looks before it acts knows what it finds.
    let is_plain = matches!(statement(context, event.statement)?.body, Body::Changes(_));
    // A statement that is repeated describes what it made, whatever was altered since.
    let is_repeated = existing.is_some_and(|existing| is_same(context, event.statement, existing));
    if !is_plain || is_repeated {
        return None;
    }
    let message = format!("{reason}, and is not what this statement describes: it stays as it is");
    let finding = Finding::new(event.span, message).help("alter what there is, instead of making it again");
    Some(match existing {
        Some(place) => finding.because(*place, "what there is was made here"),
        None => finding,
    })
}

/// The statement at a place.
fn statement<'a>(context: &'a HistoryContext, place: Span) -> Option<&'a Statement> {
    let migration = context.history.migrations.get(context.history.migration_of(place)?)?;
    migration.up.iter().find(|statement| statement.span.contains(place))
}

/// Whether the statement says the same as the one that made the object.
fn is_same(context: &HistoryContext, repeated: Span, existing: Span) -> bool {
    let words = |place: Span| {
        let text = context.sources.text(place);
        let words = tokens(text, 0..text.len()).map(|token| token.text(text).trim_matches('"').to_ascii_lowercase());
        words.filter(|word| !["if", "not", "exists"].contains(&word.as_str())).collect::<Vec<_>>()
    };
    statement(context, existing).is_some_and(|first| words(first.span) == words(repeated))
}

//! Column definitions: of `CREATE TABLE` and `ADD COLUMN`.

use std::ops::Range;

use pg_query::NodeEnum;
use pg_query::protobuf::{ColumnDef, ConstrType, Constraint as Parsed};

use super::node::{collation, kind};
use super::text::Text;
use super::{constraint, data_type, expression, options};
use crate::schema::{Column, Generated, Identity, Name, Storage};
use crate::source::{Span, Spanned};

/// The column, and what was written on it that PostgreSQL makes constraints of the table.
pub fn lower(text: &Text, definition: &ColumnDef) -> (Column, Vec<constraint::Lowered>) {
    let name = Name::from(definition.colname.as_str());
    let start = text.token_at(definition.location);
    let span = start.map_or_else(|| text.statement(), |start| text.span(start..start + 1));
    let mut column = Column::new(name, data_type::lower_optional(&definition.type_name), span);
    if let Some(written) = &definition.type_name {
        column.data_type.span = data_type::span(text, written);
        column.nullable.span = span;
    }
    if let Some(serial) = data_type::serial(&definition.type_name) {
        column.data_type.value = serial;
        column.nullable = Spanned::new(false, column.data_type.span);
        column.serial = true;
    }
    column.collation = collation(&definition.coll_clause);
    column.storage = Storage::written(options::storage_word(&definition.storage_name), options::storage_word(&definition.compression));
    let constraints = apply_clauses(text, definition, &mut column);
    (column, constraints)
}

/// The clauses behind a column's type, in order. Their places bound each other.
fn apply_clauses(text: &Text, definition: &ColumnDef, column: &mut Column) -> Vec<constraint::Lowered> {
    let clauses: Vec<&Parsed> = definition.constraints.iter().filter_map(constraint::parsed).collect();
    let mut starts: Vec<usize> = clauses
        .iter()
        .filter(|clause| !is_attribute(clause.contype()))
        .map(|clause| clause.location)
        .chain(definition.coll_clause.iter().map(|clause| clause.location))
        .filter_map(|location| text.token_at(location))
        .collect();
    starts.sort_unstable();
    let mut constraints: Vec<constraint::Lowered> = Vec::new();
    for clause in clauses {
        if is_attribute(clause.contype()) {
            apply_attribute(clause.contype(), constraints.last_mut());
            continue;
        }
        let tokens = clause_tokens(text, clause, &starts);
        match constraint::lower(text, clause, tokens.clone(), Some(&column.name)) {
            Some(lowered) => constraints.push(lowered),
            None => apply_to_column(clause, text.span(tokens), column),
        }
    }
    constraints
}

fn clause_tokens(text: &Text, clause: &Parsed, starts: &[usize]) -> Range<usize> {
    let Some(start) = text.token_at(clause.location) else { return 0..text.tokens.len() };
    let next = starts.get(starts.partition_point(|other| *other <= start)).copied();
    start..text.clause_end(start, |index| Some(index) == next)
}

fn is_attribute(kind: ConstrType) -> bool {
    matches!(
        kind,
        ConstrType::ConstrAttrDeferrable
            | ConstrType::ConstrAttrNotDeferrable
            | ConstrType::ConstrAttrDeferred
            | ConstrType::ConstrAttrImmediate
            | ConstrType::ConstrAttrEnforced
            | ConstrType::ConstrAttrNotEnforced
    )
}

/// `DEFERRABLE` and its kin are the parser's clauses of their own, about the one before.
fn apply_attribute(kind: ConstrType, constraint: Option<&mut constraint::Lowered>) {
    let Some(constraint::Lowered { constraint, .. }) = constraint else { return };
    match kind {
        ConstrType::ConstrAttrDeferrable => constraint.deferrable = true,
        ConstrType::ConstrAttrNotDeferrable => constraint.deferrable = false,
        ConstrType::ConstrAttrDeferred => (constraint.deferrable, constraint.initially_deferred) = (true, true),
        ConstrType::ConstrAttrImmediate => constraint.initially_deferred = false,
        ConstrType::ConstrAttrNotEnforced => constraint.validated.value = false,
        _ => {}
    }
}

fn apply_to_column(clause: &Parsed, span: Span, column: &mut Column) {
    match clause.contype() {
        ConstrType::ConstrNotnull => column.nullable = Spanned::new(false, span),
        ConstrType::ConstrNull => column.nullable.span = span,
        ConstrType::ConstrDefault => {
            column.default = expression::lower_optional(&clause.raw_expr).map(|value| Spanned::new(value, span).into());
        }
        ConstrType::ConstrIdentity => {
            column.identity = Some(Spanned::new(identity(&clause.generated_when), span));
            column.sequence_options = Some(Box::new(options::sequence(&clause.options)));
            column.nullable = Spanned::new(false, span);
        }
        ConstrType::ConstrGenerated => column.generated = generated(clause).map(|value| Spanned::new(value, span).into()),
        _ => {}
    }
}

/// `ALWAYS` or `BY DEFAULT`, by the parser's code for it.
pub fn identity(code: &str) -> Identity {
    if code == "a" { Identity::Always } else { Identity::ByDefault }
}

fn generated(clause: &Parsed) -> Option<Generated> {
    let expression = expression::lower_optional(&clause.raw_expr)?;
    Some(Generated { expression, stored: clause.generated_kind != "v" })
}

/// The column definition in a node.
pub fn definition(node: &pg_query::Node) -> Option<&ColumnDef> {
    match kind(node)? {
        NodeEnum::ColumnDef(definition) => Some(definition),
        _ => None,
    }
}

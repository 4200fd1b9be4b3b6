//! A foreign key whose column has another type than the key it references. PostgreSQL refuses the worst of them; these it lets pass,
//! and others refuse.

mod refused;

use super::{base_type, columns_of, known_foreign_keys, later, path};
use crate::diagnostic::Severity;
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Constraint, Dialect, ForeignKey, Schema, Table, Type};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    known_foreign_keys(context.schema).flat_map(|(table, constraint, key)| mismatches(context, table, constraint, key)).collect()
}

fn mismatches(context: &SchemaContext, table: &Table, constraint: &Constraint, key: &ForeignKey) -> Vec<Finding> {
    let Some(parent) = context.schema.table(&key.references).filter(|parent| !context.schema.is_uncertain(&parent.name)) else {
        return Vec::new();
    };
    let pairs = constraint.columns.iter().zip(&key.referenced_columns);
    let pairs = pairs.filter_map(|(own, referenced)| Some((table.column(own)?, parent.column(referenced)?)));
    pairs.filter_map(|(own, referenced)| finding(context, table, constraint, own, parent, referenced)).collect()
}

fn finding(
    context: &SchemaContext,
    table: &Table,
    constraint: &Constraint,
    own: &Column,
    parent: &Table,
    referenced: &Column,
) -> Option<Finding> {
    let (severity, consequence) = match refused::refusal(context.schema.dialect, (table, own), (parent, referenced)) {
        Some(refusal) => (Severity::Error, refusal),
        None => mismatch(context.schema, own, referenced)?,
    };
    let (own_type, referenced_type) = (&own.data_type.value, &referenced.data_type.value);
    let message = format!(
        "`{}` is {own_type} and references `{}.{}`, which is {referenced_type}: {consequence}",
        columns_of(table, std::slice::from_ref(&own.name)),
        parent.name.name,
        referenced.name
    );
    let history = context.history.history;
    // The reference is as old as its constraint; either type may have been changed since.
    let span = later(history, later(history, constraint.span, own.data_type.span), referenced.data_type.span);
    let help = format!("ALTER TABLE {} ALTER COLUMN {} TYPE {referenced_type};", table.name.to_sql(), own.name.to_sql());
    let finding = Finding::new(span, message).object(path(table, &own.name)).severity(severity).help(help);
    Some(finding.because(referenced.data_type.span, format!("the referenced key, {referenced_type}")))
}

/// What goes wrong between two types that the database can compare.
fn mismatch(schema: &Schema, own: &Column, referenced: &Column) -> Option<(Severity, String)> {
    // In MySQL, text of one character set and collation may be shorter or longer; SQL Server has refused what differs.
    if schema.dialect != Dialect::Postgres && own.data_type.value.is_string() {
        return None;
    }
    let own_type = base_type(schema, &own.data_type.value);
    let referenced_type = base_type(schema, &referenced.data_type.value);
    if let (Some(own_bytes), Some(referenced_bytes)) = (integer_bytes(own_type), integer_bytes(referenced_type)) {
        return (own_bytes < referenced_bytes).then(|| (Severity::Error, "keys beyond its range cannot be referenced".to_owned()));
    }
    if own_type.is_string() && referenced_type.is_string() {
        return string_mismatch(own, own_type, referenced, referenced_type);
    }
    let numeric =
        |data_type: &Type| data_type.is_integer() || data_type.is("numeric") || data_type.is("double precision") || data_type.is("real");
    let families_differ = numeric(own_type) && numeric(referenced_type) && own_type.name != referenced_type.name;
    families_differ.then(|| (Severity::Error, "joins convert every key before comparing it".to_owned()))
}

fn integer_bytes(data_type: &Type) -> Option<u8> {
    [("smallint", 2), ("integer", 4), ("bigint", 8)].into_iter().find(|(name, _)| data_type.is(name)).map(|(_, bytes)| bytes)
}

fn string_mismatch(own: &Column, own_type: &Type, referenced: &Column, referenced_type: &Type) -> Option<(Severity, String)> {
    let collation =
        |column: &Column| column.collation.as_ref().filter(|collation| collation.name != "default").map(|collation| collation.name.clone());
    if collation(own) != collation(referenced) {
        return Some((Severity::Warning, "they also differ in collation, so joins on it need a COLLATE and may miss its index".to_owned()));
    }
    let padded = |data_type: &Type| data_type.is("character");
    if padded(own_type) != padded(referenced_type) {
        return Some((
            Severity::Warning,
            "one of them pads with blanks and the other does not, so equal keys can look different".to_owned(),
        ));
    }
    let short = own_type.max_characters()?;
    let too_short = referenced_type.max_characters().is_none_or(|length| length > short);
    too_short.then(|| (Severity::Warning, format!("keys longer than {short} characters cannot be referenced")))
}

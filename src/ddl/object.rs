//! Schemas, extensions, types, sequences and views.

use super::quote::operand;
use super::{join, list, quote_literal, with_options};
use crate::schema::{DomainCheck, Extension, Name, Sequence, SequenceOptions, SequenceValues, TypeDefinition, TypeKind, View};

/// `CREATE SCHEMA`
pub fn create_namespace(name: &Name) -> String {
    format!("CREATE SCHEMA IF NOT EXISTS {}", name.to_sql())
}

/// `CREATE EXTENSION`
pub fn create_extension(name: &Name, extension: &Extension) -> String {
    let schema = extension.schema.as_ref().map(|schema| format!(" WITH SCHEMA {}", schema.to_sql())).unwrap_or_default();
    format!("CREATE EXTENSION IF NOT EXISTS {}{schema}", name.to_sql())
}

/// `CREATE TYPE` or `CREATE DOMAIN`
pub fn create_type(definition: &TypeDefinition) -> String {
    let name = definition.name.to_sql();
    match &definition.kind {
        TypeKind::Enum { labels } => {
            let labels = join(labels.iter().map(|label| quote_literal(&label.value)));
            format!("CREATE TYPE {name} AS ENUM ({labels})")
        }
        TypeKind::Composite { attributes } => {
            let attributes = join(attributes.iter().map(|attribute| format!("{} {}", attribute.name.to_sql(), attribute.data_type)));
            format!("CREATE TYPE {name} AS ({attributes})")
        }
        TypeKind::Range { subtype } => format!("CREATE TYPE {name} AS RANGE (SUBTYPE = {subtype})"),
        TypeKind::Base => format!("CREATE TYPE {name}"),
        TypeKind::Domain { base, not_null, default, checks } => {
            let mut written = format!("CREATE DOMAIN {name} AS {base}");
            if let Some(default) = default {
                written.push_str(&format!(" DEFAULT {}", operand(&default.text)));
            }
            if *not_null {
                written.push_str(" NOT NULL");
            }
            // A check that is not validated can only be added later.
            checks.iter().filter(|check| check.validated).for_each(|check| written.push_str(&format!(" {}", domain_check(check))));
            written
        }
    }
}

/// `CONSTRAINT name CHECK (…)` of a domain.
pub(crate) fn domain_check(check: &DomainCheck) -> String {
    let valid = if check.validated { "" } else { " NOT VALID" };
    format!("CONSTRAINT {} CHECK ({}){valid}", check.name.to_sql(), check.expression.text)
}

/// `CREATE SEQUENCE`, its owner left to [`own_sequence`].
pub fn create_sequence(sequence: &Sequence) -> String {
    let temporary = if sequence.temporary { "TEMPORARY " } else { "" };
    format!("CREATE {temporary}SEQUENCE {} AS {}{}", sequence.name.to_sql(), sequence.data_type, sequence_values(sequence))
}

/// What differs from a new sequence of the same type, each clause with a space before it.
pub(super) fn sequence_values(sequence: &Sequence) -> String {
    let SequenceValues { start, increment, min, max, cache, cycle } = sequence.values;
    let usual = SequenceValues::new(&sequence.data_type, &SequenceOptions { increment: Some(increment), ..SequenceOptions::default() });
    let clauses = [
        (increment != 1, format!(" INCREMENT BY {increment}")),
        (min != usual.min, format!(" MINVALUE {min}")),
        (max != usual.max, format!(" MAXVALUE {max}")),
        (start != if increment < 0 { max } else { min }, format!(" START WITH {start}")),
        (cache != 1, format!(" CACHE {cache}")),
        (cycle, " CYCLE".to_owned()),
    ];
    clauses.into_iter().filter(|(differs, _)| *differs).map(|(_, clause)| clause).collect()
}

/// `ALTER SEQUENCE … OWNED BY …`, where a column owns it.
pub fn own_sequence(sequence: &Sequence) -> Option<String> {
    let (table, column) = sequence.owned_by.as_ref()?;
    Some(format!("ALTER SEQUENCE {} OWNED BY {}.{}", sequence.name.to_sql(), table.to_sql(), column.to_sql()))
}

/// `CREATE VIEW` or `CREATE MATERIALIZED VIEW`
pub fn create_view(view: &View) -> String {
    let materialized = if view.materialized { "MATERIALIZED " } else { "" };
    let columns = if view.columns_known { format!(" {}", list(&view.columns)) } else { String::new() };
    let options = with_options(&view.options);
    let end = if view.populated { "" } else { "\nWITH NO DATA" };
    format!("CREATE {materialized}VIEW {}{columns}{options} AS\n{}{end}", view.name.to_sql(), view.query)
}

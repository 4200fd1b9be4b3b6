//! The schema as PostgreSQL's own catalogs show it (`pg_catalog`, `information_schema`), and queries of them.
//!
//! Procedural code asks the catalogs what is there and puts statements together out of the answers. [`rows`] and
//! [`evaluate`] give these answers from the model, where all that a query looks at is known, and nothing otherwise: whatever
//! the model does not hold is [`Datum::Unknown`], and a row whose filter is not known makes the whole answer unknown.

mod datum;
mod expression;
mod functions;
mod grouping;
mod information_schema;
mod pattern;
mod query;
mod relation;
mod select;
mod system;

pub use datum::{Datum, Object};
pub use functions::format;
pub use query::{Call, From, Item, JoinKind, Order, Select, Term};
pub use system::{internal_name, is_built_in, is_internal};

use crate::schema::{Name, Schema};
use select::Run;

/// A row of an answer: the columns' names and values.
pub type Record = Vec<(Name, Datum)>;

/// The rows of a query; `None` where not all is known about them.
pub fn rows(select: &Select, schema: &Schema) -> Option<Vec<Record>> {
    if schema.uncertainty.everything.is_some() {
        return None;
    }
    let relation = Run::new(schema).select(select, None)?;
    let record = |row: &relation::Row| relation.columns.iter().cloned().zip(row.values.iter().cloned()).collect();
    let is_known = relation.rows.iter().all(|row| row.certain);
    is_known.then(|| relation.rows.iter().map(|row| record(row)).collect())
}

/// The value of an expression that may ask the catalogs.
pub fn evaluate(term: &Term, schema: &Schema) -> Datum {
    if schema.uncertainty.everything.is_some() && term.asks() {
        return Datum::Unknown;
    }
    Run::new(schema).term(term, None)
}

/// Whether the catalogs hold a relation of this name, so that a query of it can be answered.
pub fn has_relation(schema: Option<&str>, name: &str) -> bool {
    match schema {
        Some("information_schema") => information_schema::columns(name).is_some(),
        Some("pg_catalog") | None => system::columns(name).is_some(),
        Some(_) => false,
    }
}

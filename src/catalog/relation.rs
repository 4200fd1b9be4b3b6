//! Rows: those of the catalogs, and those that queries make of them.

use std::rc::Rc;

use super::{Datum, Object, information_schema, system};
use crate::schema::{Name, QualifiedName, Schema};

/// A row.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) values: Vec<Datum>,
    /// Whether it is known that there is such a row.
    pub(super) certain: bool,
}

/// Rows with the same columns.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) columns: Rc<Vec<Name>>,
    pub(super) rows: Vec<Rc<Row>>,
}

impl Relation {
    pub(super) fn new(columns: Vec<Name>, rows: Vec<Rc<Row>>) -> Self {
        Self { columns: Rc::new(columns), rows }
    }
}

/// A catalog as the model fills it; `None` where it is none of those that are modelled.
pub(super) fn read(schema: &Schema, namespace: Option<&Name>, name: &Name) -> Option<Relation> {
    let in_standard = namespace.is_some_and(|namespace| *namespace == "information_schema");
    let columns = if in_standard { information_schema::columns(name)? } else { system::columns(name)? };
    let mut rows = Rows { columns, rows: Vec::new() };
    if in_standard {
        information_schema::fill(schema, name, &mut rows)
    } else {
        system::fill(schema, name, &mut rows)
    }
    let names = columns.iter().map(|column| Name::from(*column)).collect();
    Some(Relation::new(names, rows.rows.into_iter().map(Rc::new).collect()))
}

/// The rows of a catalog while it is filled.
pub(super) struct Rows {
    columns: &'static [&'static str],
    rows: Vec<Row>,
}

impl Rows {
    /// Adds a row of which these columns are known.
    pub(super) fn add(&mut self, certain: bool, values: &[(&str, Datum)]) {
        let value = |column: &&str| values.iter().find(|(name, _)| name == column).map_or(Datum::Unknown, |(_, value)| value.clone());
        self.rows.push(Row { values: self.columns.iter().map(value).collect(), certain });
    }
}

/// Relations that a statement replay could not follow may have made: their names, as far as those are known.
pub(super) fn doubtful(schema: &Schema) -> Vec<(Datum, Datum)> {
    let uncertainty = &schema.uncertainty;
    let unseen = uncertainty.relations.iter().filter(|name| schema.relation(name).is_none());
    let named = unseen.map(|name| (namespace_of(name), Datum::text(&name.name)));
    let patterns = uncertainty.patterns.iter().chain(&uncertainty.created).map(|name| (namespace_of(name), Datum::Some));
    named.chain(patterns).chain(of_extensions(schema)).collect()
}

/// Tables and views that extensions may have brought.
fn of_extensions(schema: &Schema) -> Vec<(Datum, Datum)> {
    const WITHOUT_RELATIONS: [&str; 21] = [
        "btree_gin",
        "btree_gist",
        "citext",
        "cube",
        "dblink",
        "earthdistance",
        "fuzzystrmatch",
        "hstore",
        "http",
        "intarray",
        "ltree",
        "moddatetime",
        "pg_trgm",
        "pgcrypto",
        "pgjwt",
        "plpgsql",
        "tablefunc",
        "unaccent",
        "uuid-ossp",
        "vector",
        "xml2",
    ];
    const WITH_SYSTEM_NAMES: [&str; 2] = ["pg_buffercache", "pg_stat_statements"];
    let brings = schema.extensions.keys().filter(|name| !WITHOUT_RELATIONS.contains(&name.as_str()));
    let brought = |name: &Name| if WITH_SYSTEM_NAMES.contains(&name.as_str()) { Datum::SystemName } else { Datum::Some };
    brings.map(|name| (Datum::Some, brought(name))).collect()
}

fn namespace_of(name: &QualifiedName) -> Datum {
    name.schema().map_or(Datum::Some, |schema| Datum::text(schema))
}

/// The oid of a schema by its name.
pub(super) fn namespace_object(name: &Datum) -> Datum {
    match name {
        Datum::Text(text) => Datum::Object(Object::Namespace((**text).into())),
        _ => Datum::Some,
    }
}

/// The oid of a relation.
pub(super) fn relation_object(name: &QualifiedName) -> Datum {
    Datum::Object(Object::Relation(name.clone()))
}

/// The schema's name of an object that has one.
pub(super) fn schema_name(name: &QualifiedName) -> Datum {
    Datum::optional(name.schema().map(Name::as_str))
}

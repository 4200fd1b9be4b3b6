//! `migralint schema --format json`: a contract with scripts, described by `docs/schema.schema.json`. Its structs are its
//! own. New fields may be added, none changed. Tools that judge a schema see it under these names too.

#![expect(missing_docs, reason = "docs/schema.schema.json describes the fields")]

mod objects;
mod table;

use serde::Serialize;

pub use objects::{Extension, Function, Namespace, Sequence, TypeDefinition, View};
pub use table::{Column, Constraint, Index, Policy, References, Table, Trigger};

use super::origins::Origins;
use crate::difference::Object;
use crate::schema::{Name, QualifiedName, Schema};
use crate::source::{SourceMap, Span, Spanned};

/// Version of the format; it grows when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// A schema at one version.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    pub schema_version: u32,
    pub dialect: String,
    pub version: Option<String>,
    pub schemas: Vec<Namespace>,
    pub extensions: Vec<Extension>,
    pub types: Vec<TypeDefinition>,
    pub sequences: Vec<Sequence>,
    pub tables: Vec<Table>,
    pub views: Vec<View>,
    pub functions: Vec<Function>,
}

/// A relation or another object that has a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    pub schema: String,
    pub name: String,
}

/// Where an object comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    pub made: Option<Place>,
    pub changed: Option<Place>,
}

/// A place in a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    pub path: String,
    pub line: usize,
    pub column: usize,
}

impl Place {
    /// Where a span begins.
    pub fn of(span: Span, sources: &SourceMap) -> Self {
        let start = sources.start(span);
        Self { path: sources.path(span.file).to_owned(), line: start.line, column: start.column }
    }
}

/// The whole schema. `version` is the one it is at, where there is any; with `origins` every object says where it comes
/// from.
pub fn document(schema: &Schema, dialect: &str, version: Option<&str>, sources: &SourceMap, origins: Option<&Origins>) -> Document {
    let writer = Writer { schema, sources, origins };
    Document {
        schema_version: SCHEMA_VERSION,
        dialect: dialect.to_owned(),
        version: version.map(str::to_owned),
        schemas: schema.namespaces.iter().map(|(name, namespace)| writer.namespace(name, namespace)).collect(),
        extensions: schema.extensions.iter().map(|(name, extension)| writer.extension(name, extension)).collect(),
        types: schema.types.values().map(|definition| writer.type_definition(definition)).collect(),
        sequences: schema.sequences.values().map(|sequence| writer.sequence(sequence)).collect(),
        tables: schema.tables.values().map(|table| writer.table(table)).collect(),
        views: schema.views.values().map(|view| writer.view(view)).collect(),
        functions: schema.functions.values().map(|function| writer.function(function)).collect(),
    }
}

/// What every object is written with.
struct Writer<'a> {
    schema: &'a Schema,
    sources: &'a SourceMap,
    origins: Option<&'a Origins>,
}

impl Writer<'_> {
    fn origin(&self, object: &Object, made: Option<Span>) -> Option<Origin> {
        let origins = self.origins?;
        let place = |span| Place::of(span, self.sources);
        Some(Origin { made: made.map(place), changed: origins.changed(object).map(place) })
    }
}

fn reference(name: &QualifiedName) -> Reference {
    Reference { schema: name.schema.to_string(), name: name.name.to_string() }
}

fn names(names: &[Name]) -> Vec<String> {
    names.iter().map(Name::to_string).collect()
}

fn comment(comment: &Option<Spanned<std::sync::Arc<str>>>) -> Option<String> {
    comment.as_ref().map(|comment| comment.value.to_string())
}

fn text(expression: Option<&crate::schema::Expression>) -> Option<String> {
    expression.map(|expression| expression.text.to_string())
}

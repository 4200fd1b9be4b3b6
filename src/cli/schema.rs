//! `migralint schema`: the schema at any version, as SQL, JSON or a diagram.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::naming::{Written, unknown};
use super::opened::{Opened, relations};
use super::target::Reading;
use super::{Status, fail};
use crate::ddl;
use crate::nearest::did_you_mean;
use crate::report::schema::origins::Origins;
use crate::report::schema::select::Selection;
use crate::report::schema::{dot, json, mermaid, sql};
use crate::report::write_json;
use crate::schema::{Name, QualifiedName, Schema};

/// Arguments of `migralint schema`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  migralint schema db/migrations > schema.sql\n  \
    migralint schema --at 018 --table users --origins db/migrations\n  \
    migralint schema --format mermaid --schema billing db/migrations")]
pub(super) struct SchemaArguments {
    /// Directory of migrations; the file of one shows the schema that one leaves [default: .]
    #[arg(value_name = "DIR")]
    path: Option<PathBuf>,
    /// The version to show: its number, the beginning of a timestamp, a migration's name or file [default: the last]
    #[arg(long, value_name = "VERSION")]
    at: Option<String>,
    /// How the schema is written
    #[arg(long, value_enum, default_value_t = SchemaFormat::Sql)]
    format: SchemaFormat,
    /// Show this table or view only, with what belongs to it; may be given several times
    #[arg(long = "table", value_name = "NAME")]
    tables: Vec<String>,
    /// Show only what lives in this schema; may be given several times
    #[arg(long = "schema", value_name = "NAME")]
    namespaces: Vec<String>,
    /// Say of everything where it comes from: the line that made it and the line that changed it last
    #[arg(long)]
    origins: bool,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SchemaFormat {
    /// SQL that PostgreSQL accepts and that makes the same schema
    Sql,
    /// For scripts; see docs/schema.schema.json
    Json,
    /// A Mermaid entity-relationship diagram
    Mermaid,
    /// A Graphviz diagram
    Dot,
}

/// Writes the schema.
pub(super) fn run(arguments: &SchemaArguments, out: &mut dyn Write) -> io::Result<Status> {
    match text(arguments) {
        Ok((text, status)) => out.write_all(&text).map(|()| status),
        Err(message) => Ok(fail(&message)),
    }
}

fn text(arguments: &SchemaArguments) -> Result<(Vec<u8>, Status), String> {
    if arguments.origins && matches!(arguments.format, SchemaFormat::Mermaid | SchemaFormat::Dot) {
        return Err("a diagram has no room for --origins: use --format sql or json".to_owned());
    }
    let opened = Opened::new(arguments.path.as_ref(), &arguments.reading)?;
    let version = opened.version(arguments.at.as_deref())?;
    let schema = selection(arguments, opened.schema(version))?.of(opened.schema(version));
    let origins = arguments.origins.then(|| {
        let touches = opened.touches();
        Origins::new(touches.iter().filter(|touch| touch.migration <= version))
    });
    let text = match (arguments.format, &origins) {
        (SchemaFormat::Sql, Some(origins)) => sql::with_origins(&schema, &opened.sources, origins).into_bytes(),
        (SchemaFormat::Sql, None) => ddl::create_schema(&schema).into_bytes(),
        (SchemaFormat::Json, origins) => {
            let dialect = opened.history.directory.dialect.name();
            let labels = opened.labels();
            let label = labels.get(version).map(String::as_str);
            let document = json::document(&schema, dialect, label, &opened.sources, origins.as_ref());
            let mut text = Vec::new();
            write_json(&document, &mut text).map_err(|error| error.to_string())?;
            text
        }
        (SchemaFormat::Mermaid, _) => mermaid::render(&schema).into_bytes(),
        (SchemaFormat::Dot, _) => dot::render(&schema).into_bytes(),
    };
    Ok((text, opened.status(version)))
}

fn selection(arguments: &SchemaArguments, schema: &Schema) -> Result<Selection, String> {
    let namespaces = match arguments.namespaces.is_empty() {
        true => None,
        false => Some(namespaces(&arguments.namespaces, schema)?),
    };
    let is_candidate = |name: &QualifiedName| namespaces.as_ref().is_none_or(|namespaces: &Vec<Name>| namespaces.contains(&name.schema));
    let known: Vec<QualifiedName> = relations(schema).into_iter().filter(is_candidate).collect();
    let relations = match arguments.tables.is_empty() {
        true => None,
        false => Some(tables(&arguments.tables, &known)?),
    };
    Ok(Selection { relations, namespaces })
}

fn namespaces(written: &[String], schema: &Schema) -> Result<Vec<Name>, String> {
    let known: Vec<Name> = schema.namespaces.keys().cloned().collect();
    let mut found = Vec::new();
    for text in written {
        let names = Written::parse(text)?.names(&known);
        if names.is_empty() {
            let hint = did_you_mean(text, known.iter().map(Name::as_str)).map(|hint| format!("; {hint}")).unwrap_or_default();
            return Err(format!("there is no schema `{text}`{hint}"));
        }
        found.extend(names);
    }
    Ok(found)
}

fn tables(written: &[String], known: &[QualifiedName]) -> Result<Vec<QualifiedName>, String> {
    let mut found = Vec::new();
    for text in written {
        let relations = Written::parse(text)?.relations(known);
        if relations.is_empty() {
            return Err(unknown("table or view", text, known.iter()));
        }
        found.extend(relations);
    }
    Ok(found)
}

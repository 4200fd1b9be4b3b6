//! What a schema holds besides tables, in JSON.

use serde::Serialize;

use super::table::Index;
use super::{Origin, Reference, Writer, comment, names, reference, text};
use crate::difference::Object;
use crate::schema::{self, Name, TypeKind};

/// One of PostgreSQL's schemas.
#[derive(Clone, Debug, Serialize)]
pub struct Namespace {
    pub name: String,
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// An extension.
#[derive(Clone, Debug, Serialize)]
pub struct Extension {
    pub name: String,
    pub schema: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A user-defined type.
#[derive(Clone, Debug, Serialize)]
pub struct TypeDefinition {
    pub schema: String,
    pub name: String,
    pub kind: &'static str,
    pub labels: Vec<String>,
    pub attributes: Vec<Attribute>,
    pub base: Option<String>,
    pub nullable: bool,
    pub default: Option<String>,
    pub checks: Vec<DomainCheck>,
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// An attribute of a composite type.
#[derive(Clone, Debug, Serialize)]
pub struct Attribute {
    pub name: String,
    #[serde(rename = "type")]
    pub data_type: String,
}

/// A check of a domain.
#[derive(Clone, Debug, Serialize)]
pub struct DomainCheck {
    pub name: String,
    pub expression: String,
    pub validated: bool,
}

/// A sequence.
#[derive(Clone, Debug, Serialize)]
pub struct Sequence {
    pub schema: String,
    pub name: String,
    #[serde(rename = "type")]
    pub data_type: String,
    pub owned_by: Option<ColumnReference>,
    pub identity: bool,
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A column of a table.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnReference {
    pub schema: String,
    pub table: String,
    pub column: String,
}

/// A view or materialized view.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    pub schema: String,
    pub name: String,
    pub materialized: bool,
    pub columns: Option<Vec<String>>,
    pub query: String,
    pub reads: Vec<Reference>,
    pub security_invoker: bool,
    pub indexes: Vec<Index>,
    pub comment: Option<String>,
    pub uncertain: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A function, procedure or aggregate.
#[derive(Clone, Debug, Serialize)]
pub struct Function {
    pub schema: String,
    pub name: String,
    pub kind: &'static str,
    pub arguments: Vec<Argument>,
    pub returns: Option<String>,
    pub language: String,
    pub body: String,
    pub security_definer: bool,
    pub sets_search_path: bool,
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// An argument of a function.
#[derive(Clone, Debug, Serialize)]
pub struct Argument {
    pub name: Option<String>,
    #[serde(rename = "type")]
    pub data_type: String,
    pub input: bool,
    pub default: Option<String>,
}

impl Writer<'_> {
    pub(super) fn namespace(&self, name: &Name, namespace: &schema::Namespace) -> Namespace {
        Namespace {
            name: name.to_string(),
            comment: comment(&namespace.comment),
            origin: self.origin(&Object::Namespace(name.clone()), namespace.span),
        }
    }

    pub(super) fn extension(&self, name: &Name, extension: &schema::Extension) -> Extension {
        Extension {
            name: name.to_string(),
            schema: extension.schema.as_ref().map(Name::to_string),
            origin: self.origin(&Object::Extension(name.clone()), Some(extension.span)),
        }
    }

    pub(super) fn type_definition(&self, definition: &schema::TypeDefinition) -> TypeDefinition {
        let mut written = TypeDefinition {
            schema: definition.name.schema.to_string(),
            name: definition.name.name.to_string(),
            kind: "base",
            labels: Vec::new(),
            attributes: Vec::new(),
            base: None,
            nullable: true,
            default: None,
            checks: Vec::new(),
            comment: comment(&definition.comment),
            origin: self.origin(&Object::Type(definition.name.clone()), Some(definition.span)),
        };
        match &definition.kind {
            TypeKind::Enum { labels } => {
                written.kind = "enum";
                written.labels = labels.iter().map(|label| label.value.to_string()).collect();
            }
            TypeKind::Domain { base, not_null, default, checks } => {
                written.kind = "domain";
                written.base = Some(base.to_string());
                written.nullable = !not_null;
                written.default = text(default.as_ref());
                written.checks = checks.iter().map(domain_check).collect();
            }
            TypeKind::Composite { attributes } => {
                written.kind = "composite";
                written.attributes = attributes.iter().map(attribute).collect();
            }
            TypeKind::Range { subtype } => {
                written.kind = "range";
                written.base = Some(subtype.to_string());
            }
            TypeKind::Base => {}
        }
        written
    }

    pub(super) fn sequence(&self, sequence: &schema::Sequence) -> Sequence {
        let owner = sequence.owned_by.as_ref().map(|(table, column)| ColumnReference {
            schema: table.schema.to_string(),
            table: table.name.to_string(),
            column: column.to_string(),
        });
        Sequence {
            schema: sequence.name.schema.to_string(),
            name: sequence.name.name.to_string(),
            data_type: sequence.data_type.to_string(),
            owned_by: owner,
            identity: sequence.identity,
            comment: comment(&sequence.comment),
            origin: self.origin(&Object::Sequence(sequence.name.clone()), Some(sequence.span)),
        }
    }

    pub(super) fn view(&self, view: &schema::View) -> View {
        View {
            schema: view.name.schema.to_string(),
            name: view.name.name.to_string(),
            materialized: view.materialized,
            columns: view.columns_known.then(|| names(&view.columns)),
            query: view.query.to_string(),
            reads: view.relations.iter().map(reference).collect(),
            security_invoker: view.security_invoker,
            indexes: view.indexes.iter().map(|index| self.index(&view.name, index)).collect(),
            comment: comment(&view.comment),
            uncertain: self.schema.is_uncertain(&view.name),
            origin: self.origin(&Object::View(view.name.clone()), Some(view.span)),
        }
    }

    pub(super) fn function(&self, function: &schema::Function) -> Function {
        Function {
            schema: function.key.name.schema.to_string(),
            name: function.key.name.name.to_string(),
            kind: match (function.procedure, function.aggregate) {
                (true, _) => "procedure",
                (_, true) => "aggregate",
                _ => "function",
            },
            arguments: function.arguments.iter().map(argument).collect(),
            returns: function.returns.as_ref().map(ToString::to_string),
            language: function.language.to_string(),
            body: function.body.to_string(),
            security_definer: function.security_definer,
            sets_search_path: function.sets_search_path,
            comment: comment(&function.comment),
            origin: self.origin(&Object::Function(function.key.clone()), Some(function.span)),
        }
    }
}

fn domain_check(check: &schema::DomainCheck) -> DomainCheck {
    DomainCheck { name: check.name.to_string(), expression: check.expression.text.to_string(), validated: check.validated }
}

fn attribute(attribute: &schema::Attribute) -> Attribute {
    Attribute { name: attribute.name.to_string(), data_type: attribute.data_type.to_string() }
}

fn argument(argument: &schema::FunctionArgument) -> Argument {
    Argument {
        name: argument.name.as_ref().map(Name::to_string),
        data_type: argument.data_type.to_string(),
        input: argument.is_input,
        default: argument.default.as_ref().map(ToString::to_string),
    }
}

//! What differs between two versions of a schema: objects that came and went, and attributes that changed.
//!
//! Two objects are the same where PostgreSQL's catalog would say so: where they were written, by which statement, and
//! how an equal type or expression was spelled makes no difference. What one version shares with the other is passed
//! over, so that comparing neighbours costs what changed between them.

mod alter;
mod expressions;
mod facets;
mod members;
mod objects;
mod value;

use std::fmt;

pub use alter::{Alteration, alter};
pub use objects::between;

use self::facets::Facet;
use crate::schema::{FunctionKey, Name, QualifiedName, Type};
use crate::source::Span;

/// One difference between two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What differs.
    pub object: Object,
    /// How.
    pub kind: DifferenceKind,
    /// The place that made it, or set its attribute, as it was before.
    pub before: Option<Span>,
    /// The place that made it, or set its attribute, as it is after.
    pub after: Option<Span>,
}

/// How an object differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// It is there after, and was not before. What came with it is not listed.
    Added,
    /// It was there before, and is not after. What went with it is not listed.
    Removed,
    /// It is there in both, with another value of one attribute.
    Altered {
        /// The attribute, in words: `type`, `default`, `not null`, `column order` …
        attribute: &'static str,
        /// Its value before, as SQL; `None` where there was none.
        from: Option<String>,
        /// Its value after.
        to: Option<String>,
    },
}

/// The identity of an object of a schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// One of PostgreSQL's schemas.
    Namespace(Name),
    /// An extension.
    Extension(Name),
    /// A type of any kind.
    Type(QualifiedName),
    /// A value of an enum.
    EnumLabel(QualifiedName, Name),
    /// An attribute of a composite type.
    Attribute(QualifiedName, Name),
    /// A check of a domain.
    DomainConstraint(QualifiedName, Name),
    /// A sequence.
    Sequence(QualifiedName),
    /// Extended statistics.
    Statistics(QualifiedName),
    /// A function, procedure or aggregate.
    Function(FunctionKey),
    /// A table.
    Table(QualifiedName),
    /// A column of a table.
    Column(QualifiedName, Name),
    /// A constraint of a table, with the index behind it.
    Constraint(QualifiedName, Name),
    /// An index of a table or materialized view, none behind a constraint.
    Index(QualifiedName, Name),
    /// A trigger of a table.
    Trigger(QualifiedName, Name),
    /// A policy of a table.
    Policy(QualifiedName, Name),
    /// A view or materialized view.
    View(QualifiedName),
}

impl Object {
    /// The kind of object in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Object::Namespace(_) => "schema",
            Object::Extension(_) => "extension",
            Object::Type(_) => "type",
            Object::EnumLabel(..) => "enum value",
            Object::Attribute(..) => "attribute",
            Object::DomainConstraint(..) => "domain constraint",
            Object::Sequence(_) => "sequence",
            Object::Statistics(_) => "statistics object",
            Object::Function(_) => "function",
            Object::Table(_) => "table",
            Object::Column(..) => "column",
            Object::Constraint(..) => "constraint",
            Object::Index(..) => "index",
            Object::Trigger(..) => "trigger",
            Object::Policy(..) => "policy",
            Object::View(_) => "view",
        }
    }

    /// The object that it is a part of, where it is one.
    pub fn owner(&self) -> Option<&QualifiedName> {
        match self {
            Object::EnumLabel(owner, _)
            | Object::Attribute(owner, _)
            | Object::DomainConstraint(owner, _)
            | Object::Column(owner, _)
            | Object::Constraint(owner, _)
            | Object::Index(owner, _)
            | Object::Trigger(owner, _)
            | Object::Policy(owner, _) => Some(owner),
            _ => None,
        }
    }

    /// The relation it is or belongs to, where it has one.
    pub fn relation(&self) -> Option<&QualifiedName> {
        match self {
            Object::Table(name) | Object::View(name) | Object::Sequence(name) => Some(name),
            Object::EnumLabel(..) | Object::Attribute(..) | Object::DomainConstraint(..) => None,
            _ => self.owner(),
        }
    }
}

/// Its path: `public.users.email`, `public.mood.happy`, `public.touch(integer, text)`. An index is named by its schema
/// and itself, as PostgreSQL does.
impl fmt::Display for Object {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Object::Namespace(name) | Object::Extension(name) => write!(formatter, "{name}"),
            Object::Type(name) | Object::Sequence(name) | Object::Statistics(name) | Object::Table(name) | Object::View(name) => {
                write!(formatter, "{name}")
            }
            Object::Index(table, name) => write!(formatter, "{}.{name}", table.schema),
            Object::EnumLabel(owner, name)
            | Object::Attribute(owner, name)
            | Object::DomainConstraint(owner, name)
            | Object::Column(owner, name)
            | Object::Constraint(owner, name)
            | Object::Trigger(owner, name)
            | Object::Policy(owner, name) => write!(formatter, "{owner}.{name}"),
            Object::Function(key) => {
                let arguments: Vec<String> = key.arguments.iter().map(Type::to_string).collect();
                write!(formatter, "{}({})", key.name, arguments.join(", "))
            }
        }
    }
}

/// Objects that are compared attribute by attribute.
trait Faceted {
    /// Where it was made.
    fn span(&self) -> Option<Span>;
    /// Its attributes, always the same ones in the same order for objects of one kind.
    fn facets(&self) -> Vec<Facet<'_>>;
}

/// A member of an object: a column, a constraint, a label.
trait Member: Faceted + Eq {
    /// Its name, unique among its kind.
    fn name(&self) -> &Name;
    /// Whether it came from a parent, whose own difference says the same.
    fn is_inherited(&self) -> bool {
        false
    }
}

impl Difference {
    /// The attribute that differs; none where the object came or went.
    pub fn attribute(&self) -> Option<&'static str> {
        match self.kind {
            DifferenceKind::Altered { attribute, .. } => Some(attribute),
            DifferenceKind::Added | DifferenceKind::Removed => None,
        }
    }

    /// Whether only the order of what there is differs.
    pub fn is_about_order(&self) -> bool {
        matches!(self.attribute(), Some("column order" | "order of attributes"))
    }

    fn added(object: Object, new: &impl Faceted) -> Self {
        Self { object, kind: DifferenceKind::Added, before: None, after: new.span() }
    }

    fn removed(object: Object, old: &impl Faceted) -> Self {
        Self { object, kind: DifferenceKind::Removed, before: old.span(), after: None }
    }
}

/// The attributes in which two versions of an object differ.
fn attributes<O: Faceted>(object: &Object, old: &O, new: &O, found: &mut Vec<Difference>) {
    for (before, after) in old.facets().into_iter().zip(new.facets()) {
        if !before.value.is_same(&after.value) {
            let kind = DifferenceKind::Altered { attribute: before.attribute, from: before.value.to_sql(), to: after.value.to_sql() };
            let (before, after) = (before.span.or_else(|| old.span()), after.span.or_else(|| new.span()));
            found.push(Difference { object: object.clone(), kind, before, after });
        }
    }
}

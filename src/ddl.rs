//! A schema as SQL that its database accepts: whole, or for PostgreSQL one object at a time.
//!
//! The functions are pure and give one statement each, without its semicolon. Names of objects are written as
//! [`QualifiedName::to_sql`] writes them, so `public` is left out: the statements are for a session whose search path
//! begins with it.

mod comment;
mod constraint;
mod drop;
mod function;
mod index;
mod object;
mod order;
pub mod plain;
mod policy;
mod quote;
mod statistics;
mod table;
mod trigger;
mod whole;

pub use comment::{comment_on, comments_of_table};
pub use constraint::{add_constraint, constraint_definition};
pub use drop::{
    drop_constraint, drop_function, drop_index, drop_policy, drop_sequence, drop_statistics, drop_table, drop_trigger, drop_type, drop_view,
};
pub use function::{create_function, function_attributes, function_signature};
pub use index::create_index;
pub(crate) use object::domain_check;
pub use object::{create_extension, create_namespace, create_sequence, create_type, create_view, own_sequence};
pub(crate) use order::{Object as Definition, ordered};
pub use policy::create_policy;
pub use quote::{quote_identifier, quote_literal};
pub use statistics::{create_statistics, statistics_target};
pub use table::{attach_partition, column_definition, create_table, replica_identity, row_security, storage};
pub use trigger::{create_trigger, enable_trigger, firing};
pub(crate) use whole::parts_of_table;
pub use whole::{create_schema, statements};

use crate::schema::{Name, Options, QualifiedName};

/// Names as a list between parentheses: `(a, "B")`.
fn list<'a>(names: impl IntoIterator<Item = &'a Name>) -> String {
    format!("({})", join(names.into_iter().map(Name::to_sql)))
}

/// ` WITH (name='value')`, with a space before it; nothing where there are no options.
fn with_options(options: &Options) -> String {
    let pairs = join(options.iter().map(|(name, value)| format!("{}={}", option_name(name), quote_literal(value))));
    if pairs.is_empty() { pairs } else { format!(" WITH ({pairs})") }
}

/// A parameter of an overflow table has that before its name.
fn option_name(name: &Name) -> String {
    match name.split_once('.') {
        Some((namespace, name)) => format!("{namespace}.{}", quote_identifier(name)),
        None => name.to_sql(),
    }
}

/// Parts with commas between them.
fn join(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().collect::<Vec<_>>().join(", ")
}

/// A name in another object's schema, as an index has it.
fn beside(relation: &QualifiedName, name: &Name) -> QualifiedName {
    QualifiedName::new(relation.schema.clone(), name.clone())
}

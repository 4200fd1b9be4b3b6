//! The whole schema, in an order that its database accepts.

use super::comment::{self, comments_of_table};
use super::order::{self, Object};
use super::table::{has_twin, is_late};
use super::{beside, join};
use crate::schema::{Dialect, Index, Name, Persistence, QualifiedName, Schema, Sequence, TEMPORARY, Table, TypeKind};

/// The schema as SQL for an empty database: one statement a paragraph, the same for the same schema.
pub fn create_schema(schema: &Schema) -> String {
    statements(schema).into_iter().map(|statement| format!("{statement};\n")).collect::<Vec<_>>().join("\n")
}

/// The statements of [`create_schema`]. Temporary objects are gone with their session and left out.
pub fn statements(schema: &Schema) -> Vec<String> {
    if schema.dialect != Dialect::Postgres {
        return super::plain::statements(schema);
    }
    let mut written = preamble(schema);
    written.extend(order::in_order(schema).iter().flat_map(|object| create(schema, object)));
    let tables: Vec<&Table> =
        schema.tables.values().map(AsRef::as_ref).filter(|table| table.persistence != Persistence::Temporary).collect();
    written.extend(
        schema.sequences.values().filter(|sequence| !sequence.identity && !sequence.temporary).filter_map(|it| super::own_sequence(it)),
    );
    written.extend(tables.iter().flat_map(|table| indexes(table)));
    written.extend(tables.iter().filter_map(|table| super::attach_partition(table)));
    written.extend(tables.iter().flat_map(|table| late_constraints(table)));
    written.extend(tables.iter().flat_map(|table| super::storage(table)));
    let is_kept = |relation: &QualifiedName| schema.table(relation).is_none_or(|table| table.persistence != Persistence::Temporary);
    let statistics = schema.statistics.values().filter(|statistics| is_kept(&statistics.relation));
    written.extend(statistics.flat_map(|it| std::iter::once(super::create_statistics(it)).chain(super::statistics_target(it))));
    written.extend(tables.iter().flat_map(|table| rules_of_rows(table)));
    let on_views =
        schema.views.values().flat_map(|view| view.triggers.iter().map(move |trigger| super::create_trigger(&view.name, trigger)));
    written.extend(on_views);
    written.extend(comments(schema, &tables));
    written
}

/// What the statements rely on: bodies may name what comes later, and texts are read along the path they were written for.
fn preamble(schema: &Schema) -> Vec<String> {
    let mut written = vec!["SET check_function_bodies = false".to_owned()];
    let others: Vec<&Name> = schema.namespaces.keys().filter(|name| **name != "public" && **name != TEMPORARY).collect();
    let missing = !schema.namespaces.contains_key("public");
    if missing {
        written.push("DROP SCHEMA public".to_owned());
    }
    written.extend(others.iter().map(|name| super::create_namespace(name)));
    if !others.is_empty() {
        let path = std::iter::once("public".to_owned()).chain(others.iter().map(|name| name.to_sql()));
        written.push(format!("SET search_path = {}", join(path)));
    }
    written.extend(schema.extensions.iter().map(|(name, extension)| super::create_extension(name, extension)));
    written
}

fn create(schema: &Schema, object: &Object) -> Vec<String> {
    match object {
        Object::Type(name) => schema.types.get(name).map(|definition| super::create_type(definition)).into_iter().collect(),
        Object::Sequence(name) => {
            let sequence = schema.sequences.get(name).filter(|sequence| !sequence.temporary);
            sequence.map(|sequence| create_sequence(schema, sequence)).into_iter().collect()
        }
        Object::Function(key) => schema.functions.get(key).map(|function| super::create_function(function)).into_iter().collect(),
        Object::Table(name) => {
            let table = schema.table(name).filter(|table| table.persistence != Persistence::Temporary);
            table.map(|table| super::create_table(schema, table)).into_iter().collect()
        }
        Object::View(name) => {
            let Some(view) = schema.views.get(name).filter(|view| *view.name.schema != *TEMPORARY) else { return Vec::new() };
            let indexes = view.indexes.iter().map(|index| super::create_index(&view.name, index));
            std::iter::once(super::create_view(view)).chain(indexes).collect()
        }
    }
}

/// What is made after a table and its partitions' parents: foreign keys, storage, triggers, policies, comments.
pub(crate) fn parts_of_table(table: &Table) -> impl Iterator<Item = String> {
    late_constraints(table).chain(super::storage(table)).chain(rules_of_rows(table)).chain(comments_of_table(table))
}

/// A sequence is kept as the table it belongs to is.
fn create_sequence(schema: &Schema, sequence: &Sequence) -> String {
    let owner = sequence.owned_by.as_ref().and_then(|(table, _)| schema.table(table));
    let statement = super::create_sequence(sequence);
    match owner.is_some_and(|table| table.persistence == Persistence::Unlogged) {
        true => statement.replacen("CREATE ", "CREATE UNLOGGED ", 1),
        false => statement,
    }
}

fn indexes(table: &Table) -> impl Iterator<Item = String> {
    let statement = |index: &Index| match table.constraint(&index.name).filter(|_| index.from_constraint) {
        None => Some(super::create_index(&table.name, index)),
        Some(constraint) => has_twin(table, index).then(|| super::add_constraint(table, constraint)),
    };
    table.indexes.iter().filter_map(move |index| statement(index))
}

/// Foreign keys, and what is not validated.
fn late_constraints(table: &Table) -> impl Iterator<Item = String> {
    let own = table.constraints.iter().filter(|constraint| !constraint.inherited);
    let late =
        own.filter(|constraint| is_late(table, constraint) && table.index(&constraint.name).is_none_or(|index| !has_twin(table, index)));
    late.map(|constraint| super::add_constraint(table, constraint))
}

fn rules_of_rows(table: &Table) -> impl Iterator<Item = String> {
    let own = table.triggers.iter().filter(|trigger| !trigger.inherited).map(|trigger| super::create_trigger(&table.name, trigger));
    let triggers = own.chain(table.triggers.iter().filter_map(|trigger| super::enable_trigger(&table.name, trigger)));
    let policies = table.policies.iter().map(|policy| super::create_policy(&table.name, policy));
    triggers.chain(super::row_security(table)).chain(policies)
}

fn comments(schema: &Schema, tables: &[&Table]) -> Vec<String> {
    let namespaces = schema.namespaces.iter().filter_map(|(name, it)| comment::of(format!("SCHEMA {}", name.to_sql()), &it.comment));
    let types = schema.types.values().filter_map(|definition| {
        let kind = if matches!(definition.kind, TypeKind::Domain { .. }) { "DOMAIN" } else { "TYPE" };
        comment::of(format!("{kind} {}", definition.name.to_sql()), &definition.comment)
    });
    let sequences = schema.sequences.values().filter_map(|it| comment::of(format!("SEQUENCE {}", it.name.to_sql()), &it.comment));
    let statistics = schema.statistics.values().filter_map(|it| comment::of(format!("STATISTICS {}", it.name.to_sql()), &it.comment));
    let functions = schema.functions.values().filter_map(|function| {
        comment::of(format!("{} {}", super::function::kind(function), super::function_signature(&function.key)), &function.comment)
    });
    let of_tables = tables.iter().flat_map(|table| comments_of_table(table));
    let views = schema.views.values().flat_map(|view| {
        let kind = if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        let itself = comment::of(format!("{kind} {}", view.name.to_sql()), &view.comment);
        let indexes =
            view.indexes.iter().filter_map(|it| comment::of(format!("INDEX {}", beside(&view.name, &it.name).to_sql()), &it.comment));
        let columns = view
            .column_comments
            .iter()
            .map(|(column, text)| comment::comment_on(&format!("COLUMN {}.{}", view.name.to_sql(), column.to_sql()), Some(&text.value)));
        itself.into_iter().chain(columns).chain(indexes).collect::<Vec<_>>()
    });
    namespaces.chain(types).chain(sequences).chain(statistics).chain(functions).chain(of_tables).chain(views).collect()
}

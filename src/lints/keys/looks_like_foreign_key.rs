//! A column named like a key of another table, without a foreign key.

use std::collections::{BTreeMap, HashSet};

use super::{base_type, known_tables, path, unknown_reference};
use crate::diagnostic::Severity;
use crate::lint::tenancy::{elsewhere, keeps_records, key_noun, same_words, table_noun, vendor, words};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Column, Name, QualifiedName, Schema, Table, Type};

/// A table that columns may be named after, with the single column of its primary key.
#[derive(Clone, Copy)]
struct Parent<'a> {
    table: &'a Table,
    key: &'a Column,
}

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let schema = context.schema;
    let parents = parents(schema);
    let referenced: HashSet<&QualifiedName> = schema.foreign_keys().map(|(_, _, key)| &key.references).collect();
    // A schema without any foreign key does without them on purpose.
    if referenced.is_empty() {
        return Vec::new();
    }
    let judged = known_tables(schema).filter(|table| !is_foreign_to_keys(table));
    let columns = judged.flat_map(|table| table.columns.iter().map(move |column| (table, column.as_ref())));
    // A foreign key that cannot be made is reported as such.
    let refused = unknown_reference::refused_columns(context.history.history);
    let findings = columns.filter(|(table, column)| !refused.contains(&(&table.name.name, &column.name))).filter_map(|(table, column)| {
        let parent = parent_of(context, &parents, table, column)?;
        judge(schema, table, column, parent, referenced.contains(&parent.table.name))
    });
    findings.collect()
}

/// Tables by the noun they hold. Two tables of the same noun, in different schemas, make it ambiguous.
fn parents(schema: &Schema) -> BTreeMap<String, Vec<Parent<'_>>> {
    let mut parents: BTreeMap<String, Vec<Parent>> = BTreeMap::new();
    for table in known_tables(schema).filter(|table| !table.is_child() && !table.foreign) {
        let [name] = table.primary_key().map_or(&[][..], |key| key.columns.as_slice()) else { continue };
        let Some(key) = table.column(name) else { continue };
        parents.entry(table_noun(&table.name.name)).or_default().push(Parent { table, key });
    }
    parents
}

/// Partitions, foreign tables, and tables that keep what happened or mirror another system: they do without keys on purpose.
fn is_foreign_to_keys(table: &Table) -> bool {
    let name = &table.name.name;
    let mirrors = |name: &str| vendor(name).is_some() || elsewhere(name).is_some();
    table.is_child() || table.foreign || table.partition_by.is_some() || keeps_records(name) || mirrors(name) || mirrors(&table.name.schema)
}

/// The table a column's name points at, unless something says that the id is another system's.
fn parent_of<'a>(
    context: &SchemaContext,
    parents: &BTreeMap<String, Vec<Parent<'a>>>,
    table: &Table,
    column: &Column,
) -> Option<Parent<'a>> {
    let noun = key_noun(&column.name)?;
    let mut candidates = parents.get(&noun)?.iter();
    let (parent, None) = (*candidates.next()?, candidates.next()) else { return None };
    let tenancy = &context.history.facts.tenancy;
    let spared = tenancy.spared.iter().any(|spared| spared.table == table.name && spared.column == column.name);
    let is_key = table.primary_key().is_some_and(|key| key.columns == [column.name.clone()]);
    let referenced = table.foreign_keys_of(&column.name).next().is_some();
    // A name cannot mean a table that was made later.
    let history = context.history.history;
    let is_older = history.migration_of(column.span) < history.migration_of(parent.table.span);
    let taken = is_older || referenced || is_key || column.generated.is_some() || parent.table.name == table.name;
    let judged = tenancy.judges(&table.name, &column.name) || spared;
    (!taken && !judged && !is_external(table, column, &noun)).then_some(parent)
}

/// Whether the column or its neighbours say that the id was made elsewhere.
fn is_external(table: &Table, column: &Column, noun: &str) -> bool {
    let says_source = |other: &Name| {
        let words = words(other);
        let kind_of_noun = words.split_last().is_some_and(|(last, rest)| last == "type" && rest.join("_") == noun);
        kind_of_noun || ["provider", "source", "platform", "integration", "connector"].iter().any(|word| words == [*word])
    };
    vendor(&column.name).is_some() || elsewhere(&column.name).is_some() || table.columns.iter().any(|other| says_source(&other.name))
}

fn judge(schema: &Schema, table: &Table, column: &Column, parent: Parent, is_referenced: bool) -> Option<Finding> {
    let own = base_type(schema, &column.data_type.value);
    let key = base_type(schema, &parent.key.data_type.value);
    if own == key {
        return Some(without_constraint(table, column, parent));
    }
    // A string column may well hold another system's id: only where this schema references the parent does the name count.
    let same_family = (own.is_string() && key.is_string()) || (own.is_integer() && key.is_integer());
    let refers_to_another_key = !own.is_string() && has_unique_of(parent.table, own);
    // The parent itself has a column of that name besides its key: `actionId` is the action's handle, there as here.
    let namesake = |other: &Column| same_words(&other.name, &column.name) && base_type(schema, &other.data_type.value).name == own.name;
    let refers_to_another_key = refers_to_another_key || parent.table.columns.iter().any(|other| namesake(other));
    let cannot_hold = !same_family && !own.array && is_key_type(own) && is_key_type(key);
    (cannot_hold && is_referenced && !refers_to_another_key).then(|| of_wrong_type(table, column, parent))
}

fn is_key_type(data_type: &Type) -> bool {
    data_type.is_string() || data_type.is_integer() || data_type.is("uuid")
}

fn has_unique_of(table: &Table, data_type: &Type) -> bool {
    let unique = table.indexes.iter().filter(|index| index.unique && index.keys.len() == 1);
    unique
        .flat_map(|index| index.key_columns().flatten())
        .filter_map(|name| table.column(name))
        .any(|column| column.data_type.value == *data_type)
}

fn without_constraint(table: &Table, column: &Column, parent: Parent) -> Finding {
    let message = format!(
        "`{}.{}` has the name and type of `{}.{}` but no foreign key: nothing keeps it from naming a row that does not exist",
        table.name.name, column.name, parent.table.name.name, parent.key.name
    );
    let help = format!("{};", add_reference(table, column, parent));
    let finding = Finding::new(column.span, message).object(path(table, &column.name)).severity(Severity::Info).help(help);
    finding
        .because(parent.key.data_type.span, format!("`{}.{}` is {}", parent.table.name.name, parent.key.name, parent.key.data_type.value))
}

fn of_wrong_type(table: &Table, column: &Column, parent: Parent) -> Finding {
    let (own, key) = (&column.data_type.value, &parent.key.data_type.value);
    let parent_name = &parent.table.name.name;
    let message = format!(
        "`{}.{}` is {own}, which cannot hold a key of `{parent_name}` ({key}): no foreign key is possible, and joins need a cast",
        table.name.name, column.name
    );
    let using = if own.is_string() { format!(" USING {}::{key}", column.name.to_sql()) } else { String::new() };
    let help = format!(
        "-- if it means a row of {parent_name}; otherwise a name that says whose id it is\n\
         ALTER TABLE {} ALTER COLUMN {} TYPE {key}{using};\n{};",
        table.name.to_sql(),
        column.name.to_sql(),
        add_reference(table, column, parent)
    );
    Finding::new(column.span, message)
        .object(path(table, &column.name))
        .severity(Severity::Warning)
        .because(parent.key.data_type.span, format!("`{parent_name}.{}` is {key}", parent.key.name))
        .help(help)
}

fn add_reference(table: &Table, column: &Column, parent: Parent) -> String {
    let rule = if column.nullable.value { "SET NULL" } else { "RESTRICT" };
    format!(
        "ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE {rule}",
        table.name.to_sql(),
        column.name.to_sql(),
        parent.table.name.to_sql(),
        parent.key.name.to_sql()
    )
}

//! The schema as SQL in which comments say where everything comes from.

use std::collections::HashMap;

use super::origins::Origins;
use crate::ddl::{self, plain};
use crate::difference::Object;
use crate::report::escape::line;
use crate::report::place;
use crate::schema::{Constraint, Dialect, Index, QualifiedName, Schema, Table, View};
use crate::source::{SourceMap, Span};

/// The SQL of [`ddl::create_schema`] with a comment above each object, and beside each column and constraint.
pub fn with_origins(schema: &Schema, sources: &SourceMap, origins: &Origins) -> String {
    let writer = Writer { schema, sources, origins };
    let made = writer.by_statement();
    let paragraphs = ddl::statements(schema).into_iter().map(|statement| match made.get(&statement) {
        Some(annotated) => format!("{annotated};\n"),
        None => format!("{statement};\n"),
    });
    paragraphs.collect::<Vec<_>>().join("\n")
}

struct Writer<'a> {
    schema: &'a Schema,
    sources: &'a SourceMap,
    origins: &'a Origins,
}

impl Writer<'_> {
    /// For the statements that make an object, the same with its origin.
    fn by_statement(&self) -> HashMap<String, String> {
        let mut known = HashMap::new();
        let mut add = |statement: String, object: Object, made: Span| {
            let annotated = format!("-- {}\n{statement}", self.origin(&object, made));
            known.insert(statement, annotated);
        };
        for definition in self.schema.types.values() {
            add(ddl::create_type(definition), Object::Type(definition.name.clone()), definition.span);
        }
        for sequence in self.schema.sequences.values() {
            add(ddl::create_sequence(sequence), Object::Sequence(sequence.name.clone()), sequence.span);
        }
        for (name, extension) in &self.schema.extensions {
            add(ddl::create_extension(name, extension), Object::Extension(name.clone()), extension.span);
        }
        for function in self.schema.functions.values() {
            add(ddl::create_function(function), Object::Function(function.key.clone()), function.span);
        }
        for view in self.schema.views.values() {
            add(self.create_view(view), Object::View(view.name.clone()), view.span);
            for index in &view.indexes {
                add(self.create_index(&view.name, index), Object::Index(view.name.clone(), index.name.clone()), index.span);
            }
        }
        for table in self.schema.tables.values() {
            let name = || table.name.clone();
            for index in &table.indexes {
                add(self.create_index(&table.name, index), Object::Index(name(), index.name.clone()), index.span);
            }
            for constraint in &table.constraints {
                add(self.add_constraint(table, constraint), Object::Constraint(name(), constraint.name.clone()), constraint.span);
            }
            for trigger in &table.triggers {
                add(ddl::create_trigger(&table.name, trigger), Object::Trigger(name(), trigger.name.clone()), trigger.span);
            }
            for policy in &table.policies {
                add(ddl::create_policy(&table.name, policy), Object::Policy(name(), policy.name.clone()), policy.span);
            }
        }
        known.extend(self.schema.tables.values().map(|table| (self.create_table(table), self.table(table))));
        known
    }

    fn create_view(&self, view: &View) -> String {
        match self.schema.dialect {
            Dialect::Postgres => ddl::create_view(view),
            dialect => plain::create_view(dialect, view),
        }
    }

    fn create_index(&self, relation: &QualifiedName, index: &Index) -> String {
        match self.schema.dialect {
            Dialect::Postgres => ddl::create_index(relation, index),
            dialect => plain::create_index(dialect, relation, index),
        }
    }

    fn add_constraint(&self, table: &Table, constraint: &Constraint) -> String {
        match self.schema.dialect {
            Dialect::Postgres => ddl::add_constraint(table, constraint),
            dialect => plain::add_constraint(dialect, table, constraint),
        }
    }

    fn create_table(&self, table: &Table) -> String {
        match self.schema.dialect {
            Dialect::Postgres => ddl::create_table(self.schema, table),
            dialect => plain::create_table(dialect, table),
        }
    }

    /// The lines that may stand in `CREATE TABLE`, each with its origin, in their order.
    fn parts(&self, table: &Table) -> Vec<(String, String)> {
        let name = || table.name.clone();
        if self.schema.dialect != Dialect::Postgres {
            let parts = plain::parts(self.schema.dialect, table).into_iter().map(|(part, text)| {
                let (object, made) = match part {
                    plain::Part::Column(column) => (Object::Column(name(), column.name.clone()), column.span),
                    plain::Part::Constraint(constraint) => (Object::Constraint(name(), constraint.name.clone()), constraint.span),
                    plain::Part::Index(index) => (Object::Index(name(), index.name.clone()), index.span),
                };
                (text, self.origin(&object, made))
            });
            return parts.collect();
        }
        let columns = table.columns.iter().map(|column| {
            let object = Object::Column(name(), column.name.clone());
            (ddl::column_definition(self.schema, table, column), self.origin(&object, column.span))
        });
        let constraints = table.constraints.iter().map(|constraint| {
            let object = Object::Constraint(name(), constraint.name.clone());
            (ddl::constraint_definition(table, constraint), self.origin(&object, constraint.span))
        });
        columns.chain(constraints).collect()
    }

    /// `CREATE TABLE` with a comment behind each line that is a column's or a constraint's.
    fn table(&self, table: &Table) -> String {
        let statement = self.create_table(table);
        let mut rest = statement.as_str();
        let mut text = format!("-- {}\n", self.origin(&Object::Table(table.name.clone()), table.span));
        if let Some((head, behind)) = rest.split_once(" (\n") {
            text.extend([head, " ("]);
            rest = behind;
        }
        for (definition, origin) in self.parts(table) {
            // What comes from a parent is not written.
            let Some(behind) = rest.trim_start().strip_prefix(&definition).filter(|rest| rest.starts_with([',', '\n'])) else { continue };
            let (comma, behind) = behind.strip_prefix(',').map_or(("", behind), |behind| (",", behind));
            text.push_str(&format!("\n    {definition}{comma} -- {origin}"));
            rest = behind;
        }
        text.push_str(rest);
        text
    }

    /// `001_users.sql:3, changed in 004_names.sql:1`
    fn origin(&self, object: &Object, made: Span) -> String {
        let place = |span| line(&place(span, self.sources));
        match self.origins.changed(object) {
            Some(changed) => format!("{}, changed in {}", place(made), place(changed)),
            None => place(made),
        }
    }
}

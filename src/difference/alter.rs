//! The SQL that leads from one version of a schema to another.

mod attributes;
mod renames;
mod views;

use std::collections::BTreeSet;

use super::{Difference, DifferenceKind, Object, between};
use crate::ddl::{self, Definition};
use crate::schema::{Column, Constraint, ConstraintKind, Index, Name, QualifiedName, Schema, Sequence, Table};

/// Statements that lead from one version to another, and what no statement does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alteration {
    /// In an order in which PostgreSQL accepts them, without semicolons.
    pub statements: Vec<String>,
    /// Differences that stay: values of an enum cannot be taken back, columns keep their order.
    pub unsolved: Vec<Difference>,
}

/// The statements that turn `from` into `to`.
pub fn alter(from: &Schema, to: &Schema) -> Alteration {
    let (from, mut statements) = renames::apply(from, to);
    let differences = between(&from, to);
    let mut plan = Plan { from: &from, to, gone: gone_columns(&differences), steps: Vec::new(), unsolved: Vec::new() };
    plan.whole_objects(&differences);
    differences.iter().for_each(|difference| plan.solve(difference));
    plan.steps.sort_by_key(|(phase, _)| *phase);
    // Several attributes may ask for the same statement.
    let mut seen = BTreeSet::new();
    statements.extend(plan.steps.into_iter().map(|(_, statement)| statement).filter(|statement| seen.insert(statement.clone())));
    Alteration { statements, unsolved: plan.unsolved }
}

/// When a statement comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    DropRules,
    DropViews,
    DropForeignKeys,
    DropTables,
    DropKeys,
    DropIndexes,
    DropIdentity,
    Create,
    AddColumns,
    AlterColumns,
    DropColumns,
    AddKeys,
    AddIndexes,
    AddForeignKeys,
    Drop,
    CreateViews,
    AddRules,
    Comment,
}

struct Plan<'a> {
    from: &'a Schema,
    to: &'a Schema,
    /// Columns that are dropped, and with them what is made of them.
    gone: BTreeSet<(&'a QualifiedName, &'a Name)>,
    steps: Vec<(Phase, String)>,
    unsolved: Vec<Difference>,
}

fn gone_columns(differences: &[Difference]) -> BTreeSet<(&QualifiedName, &Name)> {
    let removed = differences.iter().filter(|difference| difference.kind == DifferenceKind::Removed);
    removed
        .filter_map(|difference| if let Object::Column(table, column) = &difference.object { Some((table, column)) } else { None })
        .collect()
}

impl<'a> Plan<'a> {
    fn step(&mut self, phase: Phase, statement: String) {
        self.steps.push((phase, statement));
    }

    /// Objects that come or go as a whole, after what they need or before it.
    fn whole_objects(&mut self, differences: &[Difference]) {
        let of = |kind: DifferenceKind| -> Vec<Definition> {
            differences
                .iter()
                .filter(|difference| difference.kind == kind)
                .filter_map(|difference| definition(&difference.object))
                .collect()
        };
        let (mut come, mut gone) = (of(DifferenceKind::Added), of(DifferenceKind::Removed));
        for view in views::made_anew(self.from, self.to, differences) {
            come.extend(self.to.views.contains_key(&view).then(|| Definition::View(view.clone())));
            gone.push(Definition::View(view));
        }
        let listed: BTreeSet<Definition> = come.iter().cloned().collect();
        for object in ddl::ordered(self.to, come).iter().filter(|object| listed.contains(object)) {
            self.create(object);
        }
        let listed: BTreeSet<Definition> = gone.iter().cloned().collect();
        for object in ddl::ordered(self.from, gone).iter().rev().filter(|object| listed.contains(object)) {
            self.drop(object);
        }
    }

    fn create(&mut self, object: &Definition) {
        let to = self.to;
        match object {
            Definition::Type(name) => self.steps.extend(to.types.get(name).map(|it| (Phase::Create, ddl::create_type(it)))),
            Definition::Sequence(name) => to.sequences.get(name).into_iter().for_each(|sequence| self.create_sequence(sequence)),
            Definition::Function(key) => self.steps.extend(to.functions.get(key).map(|it| (Phase::Create, ddl::create_function(it)))),
            Definition::Table(name) => to.table(name).into_iter().for_each(|table| self.create_table(table)),
            Definition::View(name) => {
                let Some(view) = to.views.get(name) else { return };
                self.step(Phase::CreateViews, ddl::create_view(view));
                let indexes = view.indexes.iter().map(|index| (Phase::AddRules, ddl::create_index(name, index)));
                self.steps.extend(indexes);
            }
        }
    }

    fn create_table(&mut self, table: &Table) {
        self.owned_sequences(table, None);
        self.step(Phase::Create, ddl::create_table(self.to, table));
        let indexes = table.indexes.iter().filter(|index| !index.from_constraint && !index.inherited);
        self.steps.extend(indexes.map(|index| (Phase::AddIndexes, ddl::create_index(&table.name, index))));
        self.steps.extend(ddl::attach_partition(table).map(|statement| (Phase::AddIndexes, statement)));
        self.steps.extend(ddl::parts_of_table(table).map(|statement| (Phase::AddForeignKeys, statement)));
    }

    /// Sequences behind new `serial` columns come before them and belong to them afterwards.
    fn owned_sequences(&mut self, table: &Table, column: Option<&Name>) {
        let owned = self.to.sequences.values().filter(|sequence| {
            let owner = sequence.owned_by.as_ref().filter(|(owner, _)| *owner == table.name);
            !sequence.identity && owner.is_some_and(|(_, owner)| column.is_none_or(|column| column == owner))
        });
        owned.filter(|sequence| !self.from.sequences.contains_key(&sequence.name)).for_each(|sequence| self.create_sequence(sequence));
    }

    /// The one behind an identity column comes with that.
    fn create_sequence(&mut self, sequence: &Sequence) {
        if !sequence.identity {
            self.step(Phase::Create, ddl::create_sequence(sequence));
            self.steps.extend(ddl::own_sequence(sequence).map(|statement| (Phase::AddIndexes, statement)));
        }
    }

    fn drop(&mut self, object: &Definition) {
        let from = self.from;
        let step = match object {
            Definition::Type(name) => from.types.get(name).map(|it| (Phase::Drop, ddl::drop_type(it))),
            // The one behind an identity column goes with that.
            Definition::Sequence(name) => {
                from.sequences.get(name).filter(|it| !it.identity).map(|it| (Phase::Drop, ddl::drop_sequence(&it.name)))
            }
            Definition::Function(key) => from.functions.get(key).map(|it| (Phase::Drop, ddl::drop_function(it))),
            Definition::Table(name) => from.table(name).map(|it| (Phase::DropTables, ddl::drop_table(it))),
            Definition::View(name) => from.views.get(name).map(|it| (Phase::DropViews, ddl::drop_view(it))),
        };
        self.steps.extend(step);
    }

    fn solve(&mut self, difference: &Difference) {
        let solved = match &difference.kind {
            DifferenceKind::Added => self.add(&difference.object),
            DifferenceKind::Removed => self.remove(&difference.object),
            DifferenceKind::Altered { attribute, to, .. } => self.change(&difference.object, attribute, to.as_deref()),
        };
        if solved.is_none() {
            self.unsolved.push(difference.clone());
        }
    }

    fn add(&mut self, object: &Object) -> Option<()> {
        let to = self.to;
        match object {
            Object::Namespace(name) => self.step(Phase::Create, ddl::create_namespace(name)),
            Object::Extension(name) => self.step(Phase::Create, ddl::create_extension(name, to.extensions.get(name)?)),
            Object::EnumLabel(name, label) => self.add_label(name, label)?,
            Object::Attribute(name, attribute) => {
                let data_type = attributes::attribute_type(to, name, attribute)?;
                self.step(Phase::Create, format!("ALTER TYPE {} ADD ATTRIBUTE {} {data_type}", name.to_sql(), attribute.to_sql()));
            }
            Object::DomainConstraint(name, check) => {
                let check = attributes::domain_check(to, name, check)?;
                self.step(Phase::AddKeys, format!("ALTER DOMAIN {} ADD {}", name.to_sql(), ddl::domain_check(check)));
            }
            Object::Column(table, column) => {
                let table = to.table(table)?;
                let column = table.column(column)?;
                self.owned_sequences(table, Some(&column.name));
                let definition = ddl::column_definition(to, table, column);
                self.step(Phase::AddColumns, format!("ALTER TABLE {} ADD COLUMN {definition}", table.name.to_sql()));
                let on = format!("COLUMN {}.{}", table.name.to_sql(), column.name.to_sql());
                let comment = column.comment.as_ref().map(|comment| (Phase::Comment, ddl::comment_on(&on, Some(&comment.value))));
                self.steps.extend(comment);
            }
            Object::Constraint(table, name) => {
                let table = to.table(table)?;
                let constraint = table.constraint(name)?;
                self.step(
                    if is_foreign(constraint) { Phase::AddForeignKeys } else { Phase::AddKeys },
                    ddl::add_constraint(table, constraint),
                );
            }
            Object::Index(relation, name) => self.step(Phase::AddIndexes, ddl::create_index(relation, index(to, relation, name)?)),
            Object::Trigger(relation, name) => {
                let trigger = attributes::trigger(to, relation, name)?;
                self.step(Phase::AddRules, ddl::create_trigger(relation, trigger));
                self.steps.extend(ddl::enable_trigger(relation, trigger).map(|statement| (Phase::Comment, statement)));
            }
            Object::Policy(table, name) => {
                let policy = to.table(table)?.policies.iter().find(|policy| policy.name == *name)?;
                self.step(Phase::AddRules, ddl::create_policy(table, policy));
            }
            Object::Statistics(name) => {
                let statistics = to.statistics.get(name)?;
                self.step(Phase::AddIndexes, ddl::create_statistics(statistics));
                self.steps.extend(ddl::statistics_target(statistics).map(|statement| (Phase::AddRules, statement)));
            }
            Object::Type(_) | Object::Sequence(_) | Object::Function(_) | Object::Table(_) | Object::View(_) => {}
        }
        Some(())
    }

    fn add_label(&mut self, name: &QualifiedName, label: &Name) -> Option<()> {
        let labels = attributes::labels(self.to, name)?;
        let position = labels.iter().position(|other| other.value == *label)?;
        let place = match position.checked_sub(1).and_then(|before| labels.get(before)) {
            Some(before) => format!("AFTER {}", ddl::quote_literal(&before.value)),
            None => format!("BEFORE {}", ddl::quote_literal(&attributes::labels(self.from, name)?.first()?.value)),
        };
        self.step(Phase::Create, format!("ALTER TYPE {} ADD VALUE {} {place}", name.to_sql(), ddl::quote_literal(label)));
        Some(())
    }

    fn remove(&mut self, object: &Object) -> Option<()> {
        let from = self.from;
        match object {
            Object::Namespace(name) => self.step(Phase::Drop, format!("DROP SCHEMA {}", name.to_sql())),
            Object::Extension(name) => self.step(Phase::Drop, format!("DROP EXTENSION {}", name.to_sql())),
            Object::EnumLabel(..) => return None,
            Object::Attribute(name, attribute) => {
                self.step(Phase::AlterColumns, format!("ALTER TYPE {} DROP ATTRIBUTE {}", name.to_sql(), attribute.to_sql()));
            }
            Object::DomainConstraint(name, check) => {
                self.step(Phase::DropKeys, format!("ALTER DOMAIN {} DROP CONSTRAINT {}", name.to_sql(), check.to_sql()));
            }
            Object::Column(table, column) => {
                self.step(Phase::DropColumns, format!("ALTER TABLE {} DROP COLUMN {}", table.to_sql(), column.to_sql()));
            }
            Object::Constraint(table, name) => {
                let constraint = from.table(table)?.constraint(name)?;
                if !self.goes_along(table, constraint.columns.iter()) {
                    self.drop_constraint(table, constraint);
                }
            }
            Object::Index(relation, name) => {
                let index = index(from, relation, name)?;
                let columns = index.key_columns().flatten().chain(&index.include);
                if !self.goes_along(relation, columns) {
                    self.step(Phase::DropIndexes, ddl::drop_index(relation, name));
                }
            }
            Object::Trigger(relation, name) => self.step(Phase::DropRules, ddl::drop_trigger(relation, name)),
            Object::Policy(table, name) => self.step(Phase::DropRules, ddl::drop_policy(table, name)),
            Object::Statistics(name) => self.step(Phase::DropIndexes, ddl::drop_statistics(name)),
            Object::Type(_) | Object::Sequence(_) | Object::Function(_) | Object::Table(_) | Object::View(_) => {}
        }
        Some(())
    }

    /// Whether something goes with a column that is dropped.
    fn goes_along<'n>(&self, table: &QualifiedName, mut columns: impl Iterator<Item = &'n Name>) -> bool {
        columns.any(|column| self.gone.contains(&(table, column)))
    }

    fn drop_constraint(&mut self, table: &QualifiedName, constraint: &Constraint) {
        let phase = if is_foreign(constraint) { Phase::DropForeignKeys } else { Phase::DropKeys };
        self.step(phase, ddl::drop_constraint(table, &constraint.name));
    }
}

fn is_foreign(constraint: &Constraint) -> bool {
    matches!(constraint.kind, ConstraintKind::ForeignKey(_))
}

/// The object as [`ddl`] knows those that have a statement of their own.
fn definition(object: &Object) -> Option<Definition> {
    match object {
        Object::Type(name) => Some(Definition::Type(name.clone())),
        Object::Sequence(name) => Some(Definition::Sequence(name.clone())),
        Object::Function(key) => Some(Definition::Function(key.clone())),
        Object::Table(name) => Some(Definition::Table(name.clone())),
        Object::View(name) => Some(Definition::View(name.clone())),
        _ => None,
    }
}

/// An index of a table or materialized view.
fn index<'a>(schema: &'a Schema, relation: &QualifiedName, name: &Name) -> Option<&'a Index> {
    let of_view = || schema.views.get(relation)?.indexes.iter().map(AsRef::as_ref).find(|index: &&Index| index.name == *name);
    schema.table(relation).and_then(|table| table.index(name)).or_else(of_view)
}

/// A column of a table.
fn column<'a>(schema: &'a Schema, table: &QualifiedName, name: &Name) -> Option<&'a Column> {
    schema.column(table, name)
}

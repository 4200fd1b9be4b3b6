//! Notes which names the objects mention that a change has made or altered, so that drops and renames find them.

use std::sync::Arc;

use imbl::OrdMap;
use imbl::ordmap::DiffItem;

use super::store::differing;
use super::{dependents, types};
use crate::schema::{
    Column, Constraint, ConstraintKind, Expression, ExpressionTree, Function, Holder, Index, Mentions, Name, Policy, QualifiedName, Schema,
    Sequence, Table, Trigger, Type, TypeDefinition, TypeKind, View,
};

/// Functions that most histories call and none makes.
const BUILT_IN: &[&str] = &["now", "nextval", "current_timestamp"];

/// Unless a schema is written, `pg_catalog` is looked into first.
fn is_built_in(written: &QualifiedName, is: impl Fn(&Name) -> bool) -> bool {
    written.schema().is_none() && is(&written.name)
}

/// Notes what one version of a table mentions and the other did not.
pub(super) fn of_table(mentions: &mut Mentions, old: Option<&Table>, new: &Table) {
    let old = old.filter(|old| old.name == new.name);
    let mut noted = Noted { mentions, by: Holder::Table(new.name.clone()) };
    fresh(old.map(|old| &old.columns), &new.columns).for_each(|column| noted.column(column));
    fresh(old.map(|old| &old.constraints), &new.constraints).for_each(|constraint| noted.constraint(constraint, new));
    fresh(old.map(|old| &old.indexes), &new.indexes).for_each(|index| noted.index(index));
    fresh(old.map(|old| &old.triggers), &new.triggers).for_each(|trigger| noted.trigger(trigger));
    fresh(old.map(|old| &old.policies), &new.policies).for_each(|policy| noted.policy(policy));
}

/// The parts of a table that may not have been there before.
fn fresh<'a, T>(old: Option<&'a Vec<Arc<T>>>, new: &'a [Arc<T>]) -> impl Iterator<Item = &'a T> {
    let (_, new) = differing(old.map_or(&[], Vec::as_slice), new, Arc::ptr_eq);
    new.iter().map(Arc::as_ref)
}

/// Notes what the other objects mention that came or changed on the way from one version to the next.
pub(super) fn follow(before: &Schema, after: &mut Schema) {
    let mut mentions = std::mem::take(&mut after.mentions);
    each_fresh(&before.views, &after.views, |view| of_view(&mut mentions, view));
    each_fresh(&before.sequences, &after.sequences, |sequence| of_sequence(&mut mentions, sequence));
    each_fresh(&before.types, &after.types, |definition| of_type(&mut mentions, definition));
    each_fresh(&before.functions, &after.functions, |function| of_function(&mut mentions, function));
    after.mentions = mentions;
}

fn each_fresh<K: Ord, T: Eq>(before: &OrdMap<K, Arc<T>>, after: &OrdMap<K, Arc<T>>, mut note: impl FnMut(&T)) {
    if before.ptr_eq(after) {
        return;
    }
    for item in before.diff(after) {
        match item {
            DiffItem::Add(_, object) | DiffItem::Update { new: (_, object), .. } => note(object),
            DiffItem::Remove(..) => {}
        }
    }
}

fn of_view(mentions: &mut Mentions, view: &View) {
    let mut noted = Noted { mentions, by: Holder::View(view.name.clone()) };
    view.relations.iter().chain(&view.functions).for_each(|mentioned| noted.name(&mentioned.name));
    view.column_references.iter().for_each(|(relation, _)| noted.name(&relation.name));
}

fn of_sequence(mentions: &mut Mentions, sequence: &Sequence) {
    let mut noted = Noted { mentions, by: Holder::Sequence(sequence.name.clone()) };
    sequence.owned_by.iter().for_each(|(table, _)| noted.name(&table.name));
}

fn of_type(mentions: &mut Mentions, definition: &TypeDefinition) {
    let mut noted = Noted { mentions, by: Holder::Type(definition.name.clone()) };
    match &definition.kind {
        TypeKind::Domain { base: data_type, .. } | TypeKind::Range { subtype: data_type } => noted.data_type(data_type),
        TypeKind::Composite { attributes } => attributes.iter().for_each(|attribute| noted.data_type(&attribute.data_type)),
        TypeKind::Enum { .. } | TypeKind::Base => {}
    }
}

fn of_function(mentions: &mut Mentions, function: &Function) {
    let mut noted = Noted { mentions, by: Holder::Function(function.key.name.clone()) };
    function.relations.iter().chain(&function.calls).for_each(|mentioned| noted.name(&mentioned.name));
    dependents::function_types(function).for_each(|data_type| noted.data_type(data_type));
}

/// Where the mentions of one object are noted.
struct Noted<'a> {
    mentions: &'a mut Mentions,
    by: Holder,
}

impl Noted<'_> {
    fn name(&mut self, name: &Name) {
        self.mentions.insert(name, &self.by);
    }

    /// Types that migrations make are in a schema.
    fn data_type(&mut self, data_type: &Type) {
        if data_type.name.schema().is_some() {
            self.name(&data_type.name.name);
        }
    }

    fn column(&mut self, column: &Column) {
        self.data_type(&column.data_type.value);
        column.default.iter().for_each(|default| self.expression(&default.value));
        column.generated.iter().for_each(|generated| self.expression(&generated.value.expression));
    }

    fn constraint(&mut self, constraint: &Constraint, of: &Table) {
        match &constraint.kind {
            ConstraintKind::ForeignKey(key) if key.references != of.name => self.name(&key.references.name),
            ConstraintKind::Check { expression, .. } => self.expression(expression),
            _ => {}
        }
    }

    fn index(&mut self, index: &Index) {
        index.expressions().for_each(|expression| self.expression(expression));
    }

    fn trigger(&mut self, trigger: &Trigger) {
        self.name(&trigger.function.name);
        trigger.condition.iter().for_each(|condition| self.expression(condition));
    }

    fn policy(&mut self, policy: &Policy) {
        dependents::conditions(policy).for_each(|condition| self.expression(condition));
    }

    fn expression(&mut self, expression: &Expression) {
        expression.tree.walk(&mut |node| match node {
            ExpressionTree::Cast { target, .. } if is_built_in(&target.name, types::is_builtin) => {}
            ExpressionTree::Cast { target, .. } => self.name(&target.name.name),
            ExpressionTree::Function { name, .. } if is_built_in(name, |name| BUILT_IN.contains(&name.as_str())) => {}
            ExpressionTree::Function { name, .. } => self.name(&name.name),
            ExpressionTree::Subquery { relations, .. } => relations.iter().for_each(|relation| self.name(&relation.name)),
            _ => {}
        });
        dependents::written_sequences(&expression.tree).iter().for_each(|sequence| self.name(&sequence.name));
    }
}

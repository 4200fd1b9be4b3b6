//! What depends on what, as PostgreSQL's catalog of dependencies records it.

use std::sync::Arc;

use super::{Refusal, foreign_keys, resolve};
use crate::schema::{
    Constraint, ConstraintKind, Expression, ExpressionTree, Function, FunctionKey, Index, KeyPart, Name, Policy, QualifiedName, Schema,
    Table, Trigger, Type, TypeKind, View,
};
use crate::source::Span;

/// Something that can be dropped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Object {
    Namespace(Name),
    Table(QualifiedName),
    Column(QualifiedName, Name),
    Default(QualifiedName, Name),
    Constraint(QualifiedName, Name),
    Index(QualifiedName),
    Trigger(QualifiedName, Name),
    Policy(QualifiedName, Name),
    View(QualifiedName),
    Sequence(QualifiedName),
    Statistics(QualifiedName),
    Type(QualifiedName),
    Attribute(QualifiedName, Name),
    Function(FunctionKey),
    Extension(Name),
}

impl Object {
    /// As a message names it: ``index `users_email_idx` ``.
    pub(super) fn describe(&self) -> String {
        use super::outcome::shown;
        match self {
            Object::Namespace(name) => format!("schema `{name}`"),
            Object::Table(name) => format!("table `{}`", shown(name)),
            Object::Column(table, name) => format!("column `{name}` of table `{}`", shown(table)),
            Object::Default(table, name) => format!("default value for column `{name}` of table `{}`", shown(table)),
            Object::Constraint(table, name) => format!("constraint `{name}` on table `{}`", shown(table)),
            Object::Index(name) => format!("index `{}`", shown(name)),
            Object::Trigger(table, name) => format!("trigger `{name}` on table `{}`", shown(table)),
            Object::Policy(table, name) => format!("policy `{name}` on table `{}`", shown(table)),
            Object::View(name) => format!("view `{}`", shown(name)),
            Object::Sequence(name) => format!("sequence `{}`", shown(name)),
            Object::Statistics(name) => format!("statistics object `{}`", shown(name)),
            Object::Type(name) => format!("type `{}`", shown(name)),
            Object::Attribute(name, attribute) => format!("column `{attribute}` of composite type `{}`", shown(name)),
            Object::Function(key) => format!("function `{}`", shown(&key.name)),
            Object::Extension(name) => format!("extension `{name}`"),
        }
    }

    /// Where it was made.
    pub(super) fn span(&self, schema: &Schema) -> Option<Span> {
        match self {
            Object::Namespace(name) => schema.namespaces.get(name).and_then(|namespace| namespace.span),
            Object::Table(name) => schema.table(name).map(|table| table.span),
            Object::Column(table, name) => schema.column(table, name).map(|column| column.span),
            Object::Default(table, name) => schema.column(table, name).and_then(|column| Some(column.default.as_ref()?.span)),
            Object::Constraint(table, name) => {
                schema.table(table).and_then(|table| table.constraint(name)).map(|constraint| constraint.span)
            }
            Object::Index(name) => super::indexes::relation_span(schema, name),
            Object::Trigger(table, name) => schema
                .table(table)
                .and_then(|table| table.triggers.iter().find(|trigger| trigger.name == *name))
                .map(|trigger| trigger.span),
            Object::Policy(table, name) => {
                schema.table(table).and_then(|table| table.policies.iter().find(|policy| policy.name == *name)).map(|policy| policy.span)
            }
            Object::View(name) => schema.views.get(name).map(|view| view.span),
            Object::Sequence(name) => schema.sequences.get(name).map(|sequence| sequence.span),
            Object::Statistics(name) => super::statistics::span(schema, name),
            Object::Type(name) | Object::Attribute(name, _) => schema.types.get(name).map(|definition| definition.span),
            Object::Function(key) => schema.functions.get(key).map(|function| function.span),
            Object::Extension(name) => schema.extensions.get(name).map(|extension| extension.span),
        }
    }

    /// Whether it is gone when the other is.
    pub(super) fn is_part_of(&self, whole: &Object) -> bool {
        match (self, whole) {
            (Object::Default(table, column), Object::Column(of, name)) => table == of && column == name,
            (Object::Attribute(name, _), Object::Type(of)) => name == of,
            (
                Object::Column(table, _)
                | Object::Default(table, _)
                | Object::Constraint(table, _)
                | Object::Trigger(table, _)
                | Object::Policy(table, _),
                Object::Table(of),
            ) => table == of,
            _ => false,
        }
    }
}

/// What depends on an object: what goes silently with it, and what stands in its way.
#[derive(Default)]
pub(super) struct Dependents {
    /// Parts of it: indexes and constraints of a column, partitions, owned sequences.
    pub parts: Vec<Object>,
    /// Others, which only CASCADE takes along.
    pub others: Vec<Object>,
}

/// What depends on an object.
pub(super) fn of(schema: &Schema, object: &Object) -> Dependents {
    match object {
        Object::Namespace(name) => Dependents { parts: Vec::new(), others: in_namespace(schema, name) },
        Object::Table(name) => of_table(schema, name),
        Object::Column(table, column) => of_column(schema, table, column),
        Object::Constraint(table, name) => of_constraint(schema, table, name),
        Object::Index(name) => of_index(schema, name),
        Object::View(name) => Dependents { parts: super::statistics::parts(schema, name, None), others: readers(schema, name) },
        Object::Sequence(name) => Dependents { parts: Vec::new(), others: defaults_from(schema, name) },
        Object::Type(name) => Dependents { parts: Vec::new(), others: users_of_type(schema, name) },
        Object::Function(key) => Dependents { parts: Vec::new(), others: callers(schema, key) },
        Object::Extension(name) => super::extensions::dependents(schema, name),
        Object::Default(..) | Object::Trigger(..) | Object::Policy(..) | Object::Attribute(..) | Object::Statistics(_) => {
            Dependents::default()
        }
    }
}

fn in_namespace(schema: &Schema, name: &Name) -> Vec<Object> {
    let within = |qualified: &&QualifiedName| qualified.schema == *name;
    let tables = schema.tables.keys().filter(within).cloned().map(Object::Table);
    let views = schema.views.keys().filter(within).cloned().map(Object::View);
    let owned = |sequence: &&QualifiedName| schema.sequences.get(*sequence).is_none_or(|sequence| sequence.owned_by.is_none());
    let sequences = schema.sequences.keys().filter(within).filter(owned).cloned().map(Object::Sequence);
    let types = schema.types.keys().filter(within).cloned().map(Object::Type);
    let functions = schema.functions.keys().filter(|key| key.name.schema == *name).cloned().map(Object::Function);
    let statistics = schema.statistics.keys().filter(within).cloned().map(Object::Statistics);
    tables.chain(views).chain(sequences).chain(statistics).chain(types).chain(functions).collect()
}

fn of_table(schema: &Schema, name: &QualifiedName) -> Dependents {
    let children = schema.children.get(name).into_iter().flatten();
    let (partitions, heirs): (Vec<_>, Vec<_>) = children
        .partition(|child| schema.table(child).is_some_and(|child| child.partition_of.as_ref().is_some_and(|of| of.parent == *name)));
    let owned =
        schema.sequences_mentioning(&name.name).filter(|sequence| sequence.owned_by.as_ref().is_some_and(|(table, _)| table == name));
    let keys = schema.references_to(name).filter(|(holder, _, _)| holder.name != *name);
    let keys = keys.map(|(holder, constraint, _)| Object::Constraint(holder.name.clone(), constraint.name.clone()));
    let parts = partitions.into_iter().cloned().map(Object::Table);
    let parts =
        parts.chain(owned.map(|sequence| Object::Sequence(sequence.name.clone()))).chain(super::statistics::parts(schema, name, None));
    let others = heirs.into_iter().cloned().map(Object::Table).chain(keys).chain(readers(schema, name)).chain(users_of_type(schema, name));
    Dependents { parts: parts.collect(), others: others.filter(|other| !other.is_part_of(&Object::Table(name.clone()))).collect() }
}

/// Views and policies that read a relation.
fn readers(schema: &Schema, name: &QualifiedName) -> Vec<Object> {
    let views = schema.views_mentioning(&name.name).filter(|view| view.name != *name && view.relations.contains(name));
    let tables = schema.tables_mentioning(&name.name).filter(|table| table.name != *name);
    let policies =
        tables.flat_map(|table| table.policies.iter().map(move |policy| (table, policy))).filter(|(_, policy)| reads(policy, name));
    let views = views.map(|view| Object::View(view.name.clone()));
    let functions = schema.functions_mentioning(&name.name).filter(|function| function.relations.contains(name));
    let views = views.chain(functions.map(|function| Object::Function(function.key.clone())));
    views.chain(policies.map(|(table, policy)| Object::Policy(table.name.clone(), policy.name.clone()))).collect()
}

/// The conditions of a policy.
pub(super) fn conditions(policy: &Policy) -> impl Iterator<Item = &Expression> {
    policy.using.iter().chain(&policy.check)
}

fn reads(policy: &Policy, name: &QualifiedName) -> bool {
    conditions(policy).any(|condition| relations_in(&condition.tree).contains(&name))
}

/// Relations that subqueries of an expression read.
pub(super) fn relations_in(tree: &ExpressionTree) -> Vec<&QualifiedName> {
    let mut found = Vec::new();
    tree.walk(&mut |node| {
        if let ExpressionTree::Subquery { relations, .. } = node {
            found.extend(relations);
        }
    });
    found
}

fn of_column(schema: &Schema, table: &QualifiedName, column: &Name) -> Dependents {
    let Some(found) = schema.table(table) else { return Dependents::default() };
    let indexes = found.indexes.iter().filter(|index| index_uses(index, column) && !index.from_constraint);
    let indexes = indexes.map(|index| Object::Index(QualifiedName::new(table.schema.clone(), index.name.clone())));
    let constraints = found.constraints.iter().filter(|constraint| constraint_uses(found, constraint, column));
    let constraints = constraints.map(|constraint| Object::Constraint(table.clone(), constraint.name.clone()));
    let owner = (table.clone(), column.clone());
    let sequences = schema.sequences_mentioning(&table.name).filter(|sequence| sequence.owned_by.as_ref() == Some(&owner));
    let sequences = sequences.map(|sequence| Object::Sequence(sequence.name.clone()));
    // What is referenced is unique.
    let is_key = found.columns_uncertain || found.indexes.iter().any(|index| index.unique && index_uses(index, column));
    let keys = is_key.then(|| schema.references_to(table)).into_iter().flatten();
    let keys = keys.filter(|(_, _, key)| key.referenced_columns.contains(column));
    let keys = keys.map(|(holder, constraint, _)| Object::Constraint(holder.name.clone(), constraint.name.clone()));
    let statistics = super::statistics::parts(schema, table, Some(column));
    let parts: Vec<Object> = indexes.chain(constraints).chain(sequences).chain(statistics).collect();
    let others = keys.chain(definitions_with(schema, found, column)).filter(|other| !parts.contains(other)).collect();
    Dependents { parts, others }
}

/// Views, generated columns, triggers and policies whose definition names a column.
fn definitions_with<'a>(schema: &'a Schema, table: &'a Table, column: &'a Name) -> impl Iterator<Item = Object> + 'a {
    let name = &table.name;
    let views = schema.views_mentioning(&name.name).filter(move |view| view_uses(view, name, column));
    let views = views.map(|view| Object::View(view.name.clone()));
    let generated = table.columns.iter().filter(move |other| {
        other.name != *column && other.generated.as_ref().is_some_and(|generated| mentions(&generated.value.expression, column))
    });
    let generated = generated.map(move |other| Object::Column(name.clone(), other.name.clone()));
    let triggers = table.triggers.iter().filter(move |trigger| trigger_uses(trigger, column));
    let triggers = triggers.map(move |trigger| Object::Trigger(name.clone(), trigger.name.clone()));
    let policies = table.policies.iter().filter(move |policy| conditions(policy).any(|condition| mentions(condition, column)));
    let policies = policies.map(move |policy| Object::Policy(name.clone(), policy.name.clone()));
    views.chain(generated).chain(triggers).chain(policies)
}

/// The first view, generated column, trigger or policy whose definition names a column.
pub(super) fn of_column_definition(schema: &Schema, table: &QualifiedName, column: &Name) -> Option<Object> {
    definitions_with(schema, schema.table(table)?, column).next()
}

fn view_uses(view: &View, table: &QualifiedName, column: &Name) -> bool {
    view.column_references.iter().any(|(relation, name)| relation == table && name == column)
}

fn trigger_uses(trigger: &Trigger, column: &Name) -> bool {
    trigger.columns.contains(column) || trigger.condition.as_ref().is_some_and(|condition| mentions(condition, column))
}

/// Whether an expression names a column.
pub(super) fn mentions(expression: &Expression, column: &Name) -> bool {
    expression.tree.columns().contains(&column)
}

fn index_uses(index: &Index, column: &Name) -> bool {
    let in_keys = index.keys.iter().any(|key| match &key.part {
        KeyPart::Column(name) => name == column,
        KeyPart::Expression(expression) => mentions(expression, column),
    });
    in_keys || index.include.contains(column) || index.predicate.as_ref().is_some_and(|predicate| mentions(predicate, column))
}

fn constraint_uses(table: &Table, constraint: &Constraint, column: &Name) -> bool {
    let in_index = || table.index(&constraint.name).is_some_and(|index| index.from_constraint && index_uses(index, column));
    let in_check = match &constraint.kind {
        ConstraintKind::Check { expression, .. } => mentions(expression, column),
        _ => false,
    };
    constraint.columns.contains(column) || in_check || in_index()
}

fn of_constraint(schema: &Schema, table: &QualifiedName, name: &Name) -> Dependents {
    let Some(constraint) = schema.table(table).and_then(|table| table.constraint(name)) else { return Dependents::default() };
    let heirs = schema.children.get(table).into_iter().flatten().filter_map(|child| {
        let child = schema.table(child)?;
        let copy =
            child.constraints.iter().find(|copy| copy.inherited && copy.columns == constraint.columns && copy.kind == constraint.kind)?;
        Some(Object::Constraint(child.name.clone(), copy.name.clone()))
    });
    let index = QualifiedName::new(table.schema.clone(), name.clone());
    let others = match constraint.kind {
        ConstraintKind::PrimaryKey | ConstraintKind::Unique => of_index(schema, &index).others,
        _ => Vec::new(),
    };
    Dependents { parts: heirs.collect(), others }
}

/// Foreign keys rely on the first index that makes their columns unique.
fn of_index(schema: &Schema, name: &QualifiedName) -> Dependents {
    let Some((table, index)) = schema.index(name) else { return Dependents::default() };
    let relies = |columns: &[Name]| foreign_keys::index_behind(table, columns).is_some_and(|behind| behind.name == index.name);
    let keys = index.unique.then(|| schema.references_to(&table.name)).into_iter().flatten();
    let keys = keys.filter(|(_, _, key)| relies(&key.referenced_columns));
    let others = keys.map(|(holder, constraint, _)| Object::Constraint(holder.name.clone(), constraint.name.clone())).collect();
    let heirs = schema.children.get(&table.name).into_iter().flatten().filter_map(|child| {
        let child = schema.table(child)?;
        let copy = child
            .indexes
            .iter()
            .find(|copy| copy.inherited && !copy.from_constraint && copy.keys == index.keys && copy.unique == index.unique)?;
        Some(Object::Index(QualifiedName::new(child.name.schema.clone(), copy.name.clone())))
    });
    Dependents { parts: heirs.filter(|_| !index.from_constraint).collect(), others }
}

/// Column defaults that take their values from a sequence.
fn defaults_from(schema: &Schema, sequence: &QualifiedName) -> Vec<Object> {
    let may_mean = |name: &QualifiedName| name.name == sequence.name;
    let uses = |expression: &Expression| sequences_where(schema, &expression.tree, may_mean).contains(sequence);
    let tables = schema.tables_mentioning(&sequence.name);
    let columns = tables.flat_map(|table| table.columns.iter().map(move |column| (table, column)));
    let using = columns.filter(|(_, column)| column.default.as_ref().is_some_and(|default| uses(&default.value)));
    using.map(|(table, column)| Object::Default(table.name.clone(), column.name.clone())).collect()
}

/// Sequences named in `nextval('…'::regclass)`.
pub(super) fn sequences_in(schema: &Schema, tree: &ExpressionTree) -> Vec<QualifiedName> {
    sequences_where(schema, tree, |_| true)
}

fn sequences_where(schema: &Schema, tree: &ExpressionTree, wanted: impl Fn(&QualifiedName) -> bool) -> Vec<QualifiedName> {
    written_sequences(tree).iter().filter(|written| wanted(written)).filter_map(|written| resolve::relation(schema, written)).collect()
}

/// The sequences that an expression takes values from, as written.
pub(super) fn written_sequences(tree: &ExpressionTree) -> Vec<QualifiedName> {
    let mut found = Vec::new();
    tree.walk(&mut |node| {
        let ExpressionTree::Function { name, arguments } = node else { return };
        if name.name == "nextval" {
            found.extend(arguments.first().and_then(ExpressionTree::as_string).map(parse_name));
        }
    });
    found
}

/// PostgreSQL looks a default's sequences up at once.
pub(super) fn require_sequences(schema: &Schema, default: &Expression) -> Result<(), Refusal> {
    written_sequences(&default.tree).iter().try_for_each(|written| resolve::required_relation(schema, written).map(|_| ()))
}

/// A name as it is written in a `regclass` constant.
pub(super) fn parse_name(text: &str) -> QualifiedName {
    let mut parts: Vec<String> = vec![String::new()];
    let mut quoted = false;
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            other => {
                if let Some(part) = parts.last_mut() {
                    part.push(if quoted { other } else { other.to_ascii_lowercase() });
                }
            }
        }
    }
    let name = parts.pop().unwrap_or_default();
    QualifiedName::new(parts.pop().unwrap_or_default(), name)
}

/// Columns, attributes, domains and functions of a type, and expressions that cast to it.
fn users_of_type(schema: &Schema, name: &QualifiedName) -> Vec<Object> {
    let is = |data_type: &Type| data_type.name == *name;
    let mut users: Vec<Object> = Vec::new();
    for table in schema.tables_mentioning(&name.name) {
        let columns = table.columns.iter().filter(|column| is(&column.data_type.value));
        users.extend(columns.map(|column| Object::Column(table.name.clone(), column.name.clone())));
        users.extend(defined_with(table, |expression| casts_to(schema, &expression.tree, name)));
    }
    for definition in schema.types_mentioning(&name.name) {
        match &definition.kind {
            TypeKind::Domain { base, .. } if is(base) => users.push(Object::Type(definition.name.clone())),
            TypeKind::Range { subtype } if is(subtype) => users.push(Object::Type(definition.name.clone())),
            TypeKind::Composite { attributes } => {
                let using = attributes.iter().filter(|attribute| is(&attribute.data_type));
                users.extend(using.map(|attribute| Object::Attribute(definition.name.clone(), attribute.name.clone())));
            }
            _ => {}
        }
    }
    let functions = schema.functions_mentioning(&name.name).filter(|function| function_types(function).any(is));
    users.extend(functions.map(|function| Object::Function(function.key.clone())));
    users
}

/// The types of its arguments and of what it returns.
pub(super) fn function_types(function: &Function) -> impl Iterator<Item = &Type> {
    function.arguments.iter().map(|argument| &argument.data_type).chain(&function.returns)
}

fn casts_to(schema: &Schema, tree: &ExpressionTree, name: &QualifiedName) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        if let ExpressionTree::Cast { target, .. } = node {
            found |= target.name.name == name.name && resolve::user_type(schema, &target.name).as_ref() == Some(name);
        }
    });
    found
}

/// What an expression belongs to: how the object is named after its table, and its own name.
type Definition<'a> = (Named, &'a Name);

/// Names an object after its table.
type Named = fn(QualifiedName, Name) -> Object;

/// The objects of a table whose definition is such an expression.
fn defined_with(table: &Table, is: impl Fn(&Expression) -> bool) -> impl Iterator<Item = Object> {
    let found = expressions(table).filter(move |(_, expression)| is(expression));
    found.map(|((object, name), _)| object(table.name.clone(), name.clone()))
}

/// Every expression that belongs to a table, with what it is the definition of.
fn expressions(table: &Table) -> impl Iterator<Item = (Definition<'_>, &Expression)> {
    let [default, column, constraint, trigger, policy]: [Named; 5] =
        [Object::Default, Object::Column, Object::Constraint, Object::Trigger, Object::Policy];
    let index: Named = |table, name| Object::Index(QualifiedName::new(table.schema.clone(), name));
    let columns = table.columns.iter().flat_map(move |of| {
        let defaults = of.default.iter().map(move |written| ((default, &of.name), &written.value));
        defaults.chain(of.generated.iter().map(move |generated| ((column, &of.name), &generated.value.expression)))
    });
    let checks = table.checks().map(move |(of, expression)| ((constraint, &of.name), expression));
    let indexes = table.indexes.iter().flat_map(move |of| index_expressions(of).map(move |expression| ((index, &of.name), expression)));
    let triggers = table.triggers.iter().filter_map(move |of| Some(((trigger, &of.name), of.condition.as_ref()?)));
    let policies = table.policies.iter().flat_map(move |of| conditions(of).map(move |condition| ((policy, &of.name), condition)));
    columns.chain(checks).chain(indexes).chain(triggers).chain(policies)
}

fn index_expressions(index: &Arc<Index>) -> impl Iterator<Item = &Expression> {
    let keys = index.keys.iter().filter_map(|key| match &key.part {
        KeyPart::Expression(expression) => Some(expression),
        KeyPart::Column(_) => None,
    });
    keys.chain(&index.predicate)
}

/// Triggers, expressions and views that call a function.
fn callers(schema: &Schema, key: &FunctionKey) -> Vec<Object> {
    let name = &key.name;
    // With overloads it cannot be told which one is called.
    if schema.functions_named(name).nth(1).is_some() {
        return triggers_calling(schema, name).filter(|_| key.arguments.is_empty()).collect();
    }
    let is = |written: &QualifiedName| written.name == name.name && function(schema, written).as_ref() == Some(name);
    let mut users: Vec<Object> = triggers_calling(schema, name).collect();
    for table in schema.tables_mentioning(&name.name) {
        users.extend(defined_with(table, |expression| calls(&expression.tree, &is)));
    }
    users.extend(super::statistics::calling(schema, &is));
    let views = schema.views_mentioning(&name.name).filter(|view| view.functions.iter().any(is));
    users.extend(views.map(|view| Object::View(view.name.clone())));
    let functions = schema.functions_mentioning(&name.name).filter(|function| function.key != *key && function.calls.iter().any(is));
    users.extend(functions.map(|function| Object::Function(function.key.clone())));
    users
}

fn triggers_calling<'a>(schema: &'a Schema, name: &'a QualifiedName) -> impl Iterator<Item = Object> + 'a {
    schema.tables_mentioning(&name.name).flat_map(move |table| {
        let calling = table.triggers.iter().filter(move |trigger| trigger.function == *name);
        calling.map(move |trigger| Object::Trigger(table.name.clone(), trigger.name.clone()))
    })
}

/// Whether an expression calls a function.
pub(super) fn calls(tree: &ExpressionTree, is: &impl Fn(&QualifiedName) -> bool) -> bool {
    let mut found = false;
    tree.walk(&mut |node| {
        if let ExpressionTree::Function { name, .. } = node {
            found |= is(name);
        }
    });
    found
}

/// The function a written name stands for.
pub(super) fn function(schema: &Schema, written: &QualifiedName) -> Option<QualifiedName> {
    schema.resolve(written.schema(), &written.name, |name| schema.functions_named(name).next().is_some())
}

/// The expression with the relations of its subqueries looked up, so that renames and drops find them.
pub(super) fn resolved(schema: &Schema, expression: &Expression) -> Expression {
    let mut expression = expression.clone();
    super::rewrite::each_node(&mut expression.tree, &mut |node| {
        if let ExpressionTree::Subquery { relations, .. } = node {
            for written in relations {
                if let Some(name) = resolve::relation(schema, written) {
                    *written = name;
                }
            }
        }
    });
    expression
}

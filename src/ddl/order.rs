//! The order in which objects can be made: whatever a definition names comes before it.

use std::collections::BTreeSet;

use crate::schema::{ExpressionTree, Function, FunctionKey, QualifiedName, Schema, Table, Type, TypeDefinition, TypeKind, View};

/// An object with a statement of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Object {
    Type(QualifiedName),
    Sequence(QualifiedName),
    Function(FunctionKey),
    Table(QualifiedName),
    View(QualifiedName),
}

/// Types, sequences, functions, tables and views, by kind and name as far as what they name allows.
///
/// Where definitions name each other in a circle, the first by kind and name comes first.
pub(super) fn in_order(schema: &Schema) -> Vec<Object> {
    let types = schema.types.keys().cloned().map(Object::Type);
    let sequences = schema.sequences.values().filter(|sequence| !sequence.identity).map(|sequence| Object::Sequence(sequence.name.clone()));
    let functions = schema.functions.keys().cloned().map(Object::Function);
    let tables = schema.tables.keys().cloned().map(Object::Table);
    let views = schema.views.keys().cloned().map(Object::View);
    ordered(schema, types.chain(sequences).chain(functions).chain(tables).chain(views).collect())
}

/// The objects in an order in which they can be made, and between them those they need.
pub(crate) fn ordered(schema: &Schema, all: Vec<Object>) -> Vec<Object> {
    let mut ordered = Vec::with_capacity(all.len());
    let mut seen = BTreeSet::new();
    for object in all {
        visit(schema, object, &mut seen, &mut ordered);
    }
    ordered
}

/// Puts what an object needs before it. The objects on the way are kept in a list, as a history may chain any number.
fn visit(schema: &Schema, object: Object, seen: &mut BTreeSet<Object>, ordered: &mut Vec<Object>) {
    if !seen.insert(object.clone()) {
        return;
    }
    let mut path = vec![(object.clone(), needs(schema, &object))];
    while let Some((object, pending)) = path.last_mut() {
        match pending.pop() {
            Some(next) if seen.insert(next.clone()) => {
                let of_next = needs(schema, &next);
                path.push((next, of_next));
            }
            Some(_) => {}
            None => {
                ordered.push(object.clone());
                path.pop();
            }
        }
    }
}

/// What has to be there first; the last of them is made first.
fn needs(schema: &Schema, object: &Object) -> Vec<Object> {
    let mut needs = match object {
        Object::Type(name) => schema.types.get(name).map(|definition| needs_of_type(schema, definition)),
        Object::Sequence(_) => None,
        Object::Function(key) => schema.functions.get(key).map(|function| needs_of_function(schema, function)),
        Object::Table(name) => schema.table(name).map(|table| needs_of_table(schema, table)),
        Object::View(name) => schema.views.get(name).map(|view| needs_of_view(schema, view)),
    }
    .unwrap_or_default();
    needs.reverse();
    needs
}

fn needs_of_type(schema: &Schema, definition: &TypeDefinition) -> Vec<Object> {
    match &definition.kind {
        TypeKind::Enum { .. } | TypeKind::Base => Vec::new(),
        TypeKind::Range { subtype } => named_type(schema, subtype).into_iter().collect(),
        TypeKind::Composite { attributes } => attributes.iter().filter_map(|attribute| named_type(schema, &attribute.data_type)).collect(),
        TypeKind::Domain { base, default, checks, .. } => {
            let expressions = default.iter().chain(checks.iter().map(|check| &check.expression));
            let named = expressions.flat_map(|expression| named_in(schema, &expression.tree));
            named_type(schema, base).into_iter().chain(named).collect()
        }
    }
}

fn needs_of_function(schema: &Schema, function: &Function) -> Vec<Object> {
    let types = function.arguments.iter().map(|argument| &argument.data_type).chain(&function.returns);
    let types = types.filter_map(|data_type| named_type(schema, data_type));
    let relations = function.relations.iter().filter_map(|name| relation(schema, name));
    let calls = function.calls.iter().flat_map(|name| functions(schema, name));
    types.chain(relations).chain(calls).collect()
}

fn needs_of_table(schema: &Schema, table: &Table) -> Vec<Object> {
    let types = table.columns.iter().filter_map(|column| named_type(schema, &column.data_type.value));
    let parents = table.inherits.iter().chain(table.partition_of.iter().map(|of| &of.parent)).cloned().map(Object::Table);
    let named = table.expressions().into_iter().flat_map(|expression| named_in(schema, &expression.tree));
    types.chain(parents).chain(named).collect()
}

fn needs_of_view(schema: &Schema, view: &View) -> Vec<Object> {
    let relations = view.relations.iter().filter_map(|name| relation(schema, name));
    let functions = view.functions.iter().flat_map(|name| functions(schema, name));
    relations.chain(functions).collect()
}

/// The user-defined type, or the relation whose rows a type means.
fn named_type(schema: &Schema, data_type: &Type) -> Option<Object> {
    let known = |name: &QualifiedName| schema.types.contains_key(name) || relation(schema, name).is_some();
    let name = schema.resolve(data_type.name.schema(), &data_type.name.name, known)?;
    if schema.types.contains_key(&name) { Some(Object::Type(name)) } else { relation(schema, &name) }
}

fn relation(schema: &Schema, name: &QualifiedName) -> Option<Object> {
    if schema.tables.contains_key(name) {
        Some(Object::Table(name.clone()))
    } else {
        schema.views.contains_key(name).then(|| Object::View(name.clone()))
    }
}

fn functions(schema: &Schema, written: &QualifiedName) -> Vec<Object> {
    schema.functions_meant(written).into_iter().map(|function| Object::Function(function.key.clone())).collect()
}

/// The types and functions that an expression names.
fn named_in(schema: &Schema, tree: &ExpressionTree) -> Vec<Object> {
    let mut found = Vec::new();
    tree.walk(&mut |node| match node {
        ExpressionTree::Cast { target, .. } => found.extend(named_type(schema, target)),
        ExpressionTree::Function { name, .. } => found.extend(functions(schema, name)),
        _ => {}
    });
    found
}

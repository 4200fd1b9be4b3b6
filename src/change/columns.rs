//! Columns: adding them and changing what they hold.

use std::sync::Arc;

use super::outcome::{Outcome, done, existing, missing, refusal_because, refuse, shown};
use super::store::edit_table;
use super::{ErrorKind, Refusal, dependents, kept_casts, naming, resolve};
use crate::schema::{
    Column, Expression, ExpressionTree, Generated, Identity, Literal, Name, QualifiedName, Schema, Sequence, SequenceOptions,
    SequenceValues, Table, Type, TypeKind,
};
use crate::source::{Span, Spanned};

/// `ADD COLUMN`, partitions and inheritance children included.
pub(super) fn add(schema: &mut Schema, span: Span, table: &QualifiedName, column: &Column, if_not_exists: bool) -> Outcome {
    let Some(found) = schema.table(table) else { return done() };
    if let Some(there) = found.column(&column.name) {
        let message = format!("column `{}` of relation `{}` already exists", column.name, shown(table));
        let differs = if_not_exists && differs(schema, found, there, column);
        return existing(if_not_exists, differs, ErrorKind::DuplicateColumn, message, Some(there.span));
    }
    if found.partition_of.is_some() {
        return refuse(ErrorKind::WrongObjectType, "cannot add column to a partition".to_owned());
    }
    let column = prepare(schema, table, column)?;
    for child in schema.descendants(table) {
        edit_table(schema, &child, |child| {
            merge_inherited(child, &column);
            resolve::note(child, span);
        });
    }
    edit_table(schema, table, |table| table.columns.push(Arc::new(column)));
    done()
}

/// Gives a child its parent's column; one it has already stays.
pub(super) fn merge_inherited(child: &mut Table, column: &Column) {
    if child.column(&column.name).is_none() {
        child.columns.push(Arc::new(Column { inherited: true, ..column.clone() }));
    }
}

/// The column as the catalog holds it: types found, sequences made.
pub(super) fn prepare(schema: &mut Schema, table: &QualifiedName, column: &Column) -> Result<Column, Refusal> {
    let mut column = column.clone();
    column.data_type.value = resolve::data_type(schema, &column.data_type.value)?;
    if column.serial {
        let sequence = make_sequence(schema, table, &column, None);
        column.default = Some(Arc::new(Spanned::new(next_value(&sequence), column.data_type.span)));
        if column.nullable.value {
            column.nullable = Spanned::new(false, column.data_type.span);
        }
    }
    if let Some(identity) = &column.identity {
        if column.nullable.value {
            column.nullable = Spanned::new(false, identity.span);
        }
        let options = column.sequence_options.take().unwrap_or_default();
        make_sequence(schema, table, &column, Some(&options));
    }
    column.null_default = column.null_default.or_else(|| kept_null(schema, &column.data_type.value, &column.default.as_ref()?.value));
    if let Some(default) = column.default.take() {
        dependents::require_sequences(schema, &default.value)?;
        let kept = kept_default(schema, &default.value);
        column.default = kept.map(|kept| if kept == default.value { default } else { Arc::new(Spanned::new(kept, default.span)) });
    }
    Ok(column)
}

/// The type of the NULL that a default leaves in the catalog: of a type with modifiers or a domain it is an expression,
/// not a constant.
fn kept_null(schema: &Schema, data_type: &Type, default: &Expression) -> Option<Arc<Type>> {
    let is_domain = base_type(schema, data_type) != data_type;
    let is_expression = is_domain || !data_type.modifiers.is_empty() || data_type.is("character");
    let of_null = || match is_domain {
        true => data_type.clone(),
        // Without a length, CHARACTER would mean one character.
        false if data_type.is("character") => Type::builtin("bpchar"),
        false => Type { modifiers: Vec::new(), ..data_type.clone() },
    };
    (is_expression && is_null(default)).then(|| Arc::new(of_null()))
}

fn is_null(default: &Expression) -> bool {
    matches!(default.tree.without_casts(), ExpressionTree::Literal(Literal::Null))
}

/// A default as the catalog keeps it: NULL is none.
fn kept_default(schema: &Schema, default: &Expression) -> Option<Expression> {
    (!is_null(default)).then(|| dependents::resolved(schema, default))
}

/// The sequence of a `serial` column, or of an identity column with its options.
fn make_sequence(schema: &mut Schema, table: &QualifiedName, column: &Column, identity: Option<&SequenceOptions>) -> QualifiedName {
    let written = identity.and_then(|options| options.name.as_ref());
    let name = written.map_or_else(
        || {
            let name = naming::relation_name(schema, &table.schema, &table.name, Some(&column.name), "seq", false);
            QualifiedName::new(table.schema.clone(), name)
        },
        |name| QualifiedName::new(name.schema().unwrap_or(&table.schema).clone(), name.name.clone()),
    );
    let data_type = identity.and_then(|options| options.data_type.as_ref()).unwrap_or(&column.data_type.value);
    let sequence = Sequence {
        name: name.clone(),
        data_type: data_type.clone(),
        values: SequenceValues::new(data_type, identity.unwrap_or(&SequenceOptions::default())),
        owned_by: Some((table.clone(), column.name.clone())),
        identity: identity.is_some(),
        temporary: *table.schema == *crate::schema::TEMPORARY,
        comment: None,
        span: column.span,
    };
    schema.sequences.insert(name.clone(), Arc::new(sequence));
    name
}

/// `nextval('sequence'::regclass)`
pub(super) fn next_value(sequence: &QualifiedName) -> Expression {
    let name = sequence.to_sql();
    let literal = ExpressionTree::Literal(Literal::String(name.as_str().into()));
    let argument = ExpressionTree::Cast { operand: Box::new(literal), target: Type::builtin("regclass") };
    let tree = ExpressionTree::Function { name: QualifiedName::unqualified("nextval"), arguments: vec![argument] };
    Expression { text: format!("nextval('{}'::regclass)", name.replace('\'', "''")).into(), tree }
}

/// Whether an existing column is another than the one a guarded statement describes.
pub(super) fn differs(schema: &Schema, table: &Table, there: &Column, described: &Column) -> bool {
    let described_type = resolve::data_type(schema, &described.data_type.value).unwrap_or_else(|_| described.data_type.value.clone());
    let in_primary_key = table.primary_key().is_some_and(|key| key.columns.contains(&there.name));
    let not_null = !described.nullable.value || described.serial || described.identity.is_some();
    let default = |column: &Column| column.default.as_ref().and_then(|default| kept_default(schema, &default.value));
    let same_default = match (default(there), default(described)) {
        (Some(one), Some(other)) => one.says_the_same(&other),
        (one, other) => one.is_none() && other.is_none(),
    };
    there.data_type.value != described_type
        || (there.nullable.value == not_null && !in_primary_key)
        || there.identity.map(|identity| identity.value) != described.identity.map(|identity| identity.value)
        || there.generated.as_ref().map(|generated| &generated.value) != described.generated.as_ref().map(|generated| &generated.value)
        || (!there.serial && !described.serial && !same_default)
}

/// Changes a column of a table and of its partitions and children.
fn edit(schema: &mut Schema, table: &QualifiedName, column: &Name, span: Span, change: impl Fn(&mut Column)) {
    let children = schema.descendants(table);
    for name in std::iter::once(table).chain(&children) {
        edit_table(schema, name, |table| {
            if let Some(column) = table.columns.iter_mut().find(|existing| existing.name == *column) {
                change(Arc::make_mut(column));
                resolve::note(table, span);
            }
        });
    }
}

/// `ALTER COLUMN … TYPE`.
pub(super) fn set_type(
    schema: &mut Schema,
    span: Span,
    table: &QualifiedName,
    column: &Name,
    data_type: &Type,
    collation: Option<&QualifiedName>,
) -> Outcome {
    let known = resolve::required_column(schema, table, column)?;
    let data_type = resolve::data_type(schema, data_type)?;
    if !known {
        return done();
    }
    let same = schema.column(table, column).is_some_and(|there| there.data_type.value == data_type);
    if !same {
        refuse_if_used(schema, table, column)?;
        refuse_default(schema, table, column, &data_type)?;
    }
    let before = schema.clone();
    edit(schema, table, column, span, |column| {
        if !same {
            keep_type_of_default(column);
        }
        column.data_type = Spanned::new(data_type.clone(), span);
        column.collation = collation.cloned();
    });
    if !same {
        kept_casts::carry(schema, &before, table, column);
    }
    if schema.column(table, column).is_some_and(|column| column.identity.is_some()) {
        let options = SequenceOptions { data_type: Some(data_type), ..SequenceOptions::default() };
        alter_identity_sequence(schema, table, column, &options);
    }
    super::foreign_keys::check_types(schema, table, column)?;
    done()
}

/// A quoted constant was read as the old type when the default was set, and stays one.
fn keep_type_of_default(column: &mut Column) {
    let Some(default) = column.default.as_mut().map(Arc::make_mut) else { return };
    if let ExpressionTree::Literal(Literal::String(_)) = default.value.tree {
        let target = column.data_type.value.clone();
        let target = Type { modifiers: Vec::new(), ..target };
        default.value.text = format!("{}::{target}", default.value.text).into();
        default.value.tree = ExpressionTree::Cast { operand: Box::new(default.value.tree.clone()), target };
    }
}

/// A default is converted by itself, whatever `USING` says of the rows, and not from text to anything else, nor from
/// one enum to another.
fn refuse_default(schema: &Schema, table: &QualifiedName, column: &Name, data_type: &Type) -> Result<(), Refusal> {
    let is_enum = |data_type: &Type| {
        let definition = schema.types.get(&data_type.name);
        !data_type.array && definition.is_some_and(|definition| matches!(definition.kind, TypeKind::Enum { .. }))
    };
    let refuses_text = ["uuid", "integer", "bigint", "smallint", "numeric", "boolean", "json", "jsonb", "date"];
    let refuses_text = is_enum(data_type) || refuses_text.iter().any(|name| data_type.is(name));
    let Some(there) = schema.column(table, column) else { return Ok(()) };
    let Some(default) = there.default.as_ref().filter(|default| default.value.tree != ExpressionTree::Literal(Literal::Null)) else {
        return Ok(());
    };
    let old = &there.data_type.value;
    if refuses_text && (old.is_string() || is_enum(old)) && !schema.uncertainty.conversions {
        let message = format!("default for column `{column}` cannot be cast automatically to type `{data_type}`");
        return Err(refusal_because(ErrorKind::DatatypeMismatch, message, Some(default.span), "the default is set here"));
    }
    Ok(())
}

/// Views, policies, triggers and generated columns that name a column forbid to retype it.
fn refuse_if_used(schema: &Schema, table: &QualifiedName, column: &Name) -> Result<(), Refusal> {
    let Some(user) = dependents::of_column_definition(schema, table, column) else { return Ok(()) };
    let message = format!("cannot alter type of a column used by {}", user.describe());
    Err(refusal_because(ErrorKind::InvalidDefinition, message, user.span(schema), "it depends on the column"))
}

/// `SET NOT NULL`, `DROP NOT NULL`.
pub(super) fn set_nullable(schema: &mut Schema, span: Span, table: &QualifiedName, column: &Name, nullable: bool) -> Outcome {
    if !resolve::required_column(schema, table, column)? {
        return done();
    }
    if nullable {
        refuse_nullable(schema, table, column)?;
    }
    edit(schema, table, column, span, |column| {
        if column.nullable.value != nullable {
            column.nullable = Spanned::new(nullable, span);
        }
    });
    done()
}

fn refuse_nullable(schema: &Schema, table: &QualifiedName, column: &Name) -> Result<(), Refusal> {
    let Some(found) = schema.table(table) else { return Ok(()) };
    if let Some(key) = found.primary_key().filter(|key| key.columns.contains(column)) {
        let message = format!("column `{column}` is in a primary key");
        return Err(refusal_because(ErrorKind::InvalidDefinition, message, Some(key.span), "the primary key"));
    }
    if found.column(column).is_some_and(|column| column.identity.is_some()) {
        return refuse(ErrorKind::InvalidDefinition, format!("column `{column}` of relation `{}` is an identity column", shown(table)));
    }
    Ok(())
}

/// `SET DEFAULT`, `DROP DEFAULT`.
pub(super) fn set_default(schema: &mut Schema, span: Span, table: &QualifiedName, column: &Name, default: Option<&Expression>) -> Outcome {
    if !resolve::required_column(schema, table, column)? {
        return done();
    }
    let there = schema.column(table, column);
    let kind = there.and_then(|there| match (&there.identity, &there.generated) {
        (Some(_), _) => Some("an identity"),
        (_, Some(_)) => Some("a generated"),
        _ => None,
    });
    if let Some(kind) = kind {
        return refuse(ErrorKind::InvalidDefinition, format!("column `{column}` of relation `{}` is {kind} column", shown(table)));
    }
    default.map_or(Ok(()), |default| dependents::require_sequences(schema, default))?;
    let null = there.and_then(|there| kept_null(schema, &there.data_type.value, default?));
    let default = default.and_then(|default| Some(Arc::new(Spanned::new(kept_default(schema, default)?, span))));
    edit(schema, table, column, span, |column| {
        column.default = default.clone();
        column.null_default = null.clone();
    });
    done()
}

/// `ADD GENERATED AS IDENTITY`, `SET GENERATED`, `DROP IDENTITY`.
pub(super) fn set_identity(
    schema: &mut Schema,
    span: Span,
    table: &QualifiedName,
    column: &Name,
    identity: Option<(Identity, &SequenceOptions)>,
    replace: bool,
    if_exists: bool,
) -> Outcome {
    if !resolve::required_column(schema, table, column)? {
        return done();
    }
    let Some(there) = schema.column(table, column).cloned() else { return done() };
    let is_not = || format!("column `{column}` of relation `{}` is not an identity column", shown(table));
    match identity {
        None if there.identity.is_none() => return missing(if_exists, ErrorKind::InvalidDefinition, is_not()),
        None => drop_identity_sequence(schema, table, column),
        Some(_) if replace && there.identity.is_none() => return refuse(ErrorKind::InvalidDefinition, is_not()),
        Some((_, options)) if !replace => add_identity(schema, table, &there, options)?,
        Some((_, options)) => alter_identity_sequence(schema, table, column, options),
    }
    edit_table(schema, table, |table| {
        if let Some(column) = table.columns.iter_mut().find(|existing| existing.name == *column) {
            Arc::make_mut(column).identity = identity.map(|(identity, _)| Spanned::new(identity, span));
        }
    });
    done()
}

fn add_identity(schema: &mut Schema, table: &QualifiedName, there: &Column, options: &SequenceOptions) -> Result<(), Refusal> {
    let described = format!("column `{}` of relation `{}`", there.name, shown(table));
    if there.nullable.value {
        return refuse(ErrorKind::InvalidDefinition, format!("{described} must be declared NOT NULL before identity can be added"));
    }
    if there.identity.is_some() {
        return refuse(ErrorKind::InvalidDefinition, format!("{described} is already an identity column"));
    }
    if there.default.is_some() {
        return refuse(ErrorKind::InvalidDefinition, format!("{described} already has a default value"));
    }
    make_sequence(schema, table, there, Some(options));
    Ok(())
}

/// `ALTER COLUMN … SET sequence option`.
pub(super) fn alter_identity(schema: &mut Schema, table: &QualifiedName, column: &Name, options: &SequenceOptions) -> Outcome {
    if schema.column(table, column).is_some_and(|column| column.identity.is_none()) {
        let message = format!("column `{column}` of relation `{}` is not an identity column", shown(table));
        return refuse(ErrorKind::InvalidDefinition, message);
    }
    alter_identity_sequence(schema, table, column, options);
    done()
}

fn alter_identity_sequence(schema: &mut Schema, table: &QualifiedName, column: &Name, options: &SequenceOptions) {
    if let Some(sequence) = identity_sequence(schema, table, column).and_then(|name| schema.sequences.get_mut(&name)) {
        super::objects::alter_values(Arc::make_mut(sequence), options);
    }
}

fn identity_sequence(schema: &Schema, table: &QualifiedName, column: &Name) -> Option<QualifiedName> {
    let owner = (table.clone(), column.clone());
    let found = schema.sequences.values().find(|sequence| sequence.identity && sequence.owned_by.as_ref() == Some(&owner));
    found.map(|sequence| sequence.name.clone())
}

fn drop_identity_sequence(schema: &mut Schema, table: &QualifiedName, column: &Name) {
    if let Some(name) = identity_sequence(schema, table, column) {
        schema.sequences.remove(&name);
    }
}

/// `SET EXPRESSION`, `DROP EXPRESSION`.
pub(super) fn set_generated(
    schema: &mut Schema,
    span: Span,
    table: &QualifiedName,
    column: &Name,
    generated: Option<&Generated>,
    if_exists: bool,
) -> Outcome {
    if !resolve::required_column(schema, table, column)? {
        return done();
    }
    if schema.column(table, column).is_some_and(|column| column.generated.is_none()) {
        let message = format!("column `{column}` of relation `{}` is not a generated column", shown(table));
        return missing(if_exists, ErrorKind::InvalidDefinition, message);
    }
    let generated = generated.map(|generated| Arc::new(Spanned::new(generated.clone(), span)));
    edit(schema, table, column, span, |column| column.generated.clone_from(&generated));
    done()
}

/// The built-in type behind domains.
pub(super) fn base_type<'a>(schema: &'a Schema, data_type: &'a Type) -> &'a Type {
    let mut found = data_type;
    // Domains cannot be circular, but a chain is bounded all the same.
    for _ in 0..32 {
        match schema.types.get(&found.name).map(|definition| &definition.kind) {
            Some(TypeKind::Domain { base, .. }) if !found.array => found = base,
            _ => break,
        }
    }
    found
}

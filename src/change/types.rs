//! User-defined types: enums, domains, composite types.

use std::sync::Arc;

use super::outcome::{Outcome, done, existing, missing, refuse, refuse_at, shown};
use super::{AttributeChange, DomainChange, EnumPosition, ErrorKind, Refusal, extensions, naming, resolve, rewrite};
use crate::schema::{Attribute, DomainCheck, EnumLabel, Name, QualifiedName, Schema, Type, TypeDefinition, TypeKind};
use crate::source::Span;

/// Whether this is the canonical name of a type of `pg_catalog`.
pub(super) fn is_builtin(name: &Name) -> bool {
    BUILT_IN.contains(&name.as_str())
}

/// Whether a type nothing is known of may exist all the same.
pub(super) fn may_be_an_extension_s(schema: &Schema, name: &Name) -> bool {
    name.is_unnamed() || name.ends_with("%type") || name.starts_with("reg") || extensions::may_have_type(schema, name)
}

#[rustfmt::skip]
const BUILT_IN: &[&str] = &[
    "any", "anyarray", "anyelement", "anyenum", "anynonarray", "anyrange", "anycompatible", "anycompatiblearray", "anycompatiblenonarray",
    "anycompatiblerange", "anymultirange", "aclitem", "bigint", "bit", "bit varying", "boolean", "box", "bytea", "char", "\"char\"",
    "character", "character varying", "cid", "cidr", "circle", "cstring", "date", "datemultirange", "daterange", "double precision",
    "event_trigger", "inet", "int2vector", "int4multirange", "int4range", "int8multirange", "int8range", "integer", "internal", "interval",
    "json", "jsonb", "jsonpath", "language_handler", "line", "lseg", "macaddr", "macaddr8", "money", "name", "numeric", "nummultirange",
    "numrange", "oid", "oidvector", "path", "pg_lsn", "pg_snapshot", "point", "polygon", "real", "record", "refcursor", "regclass",
    "regcollation", "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc", "regprocedure", "regrole", "regtype",
    "smallint", "text", "tid", "time with time zone", "time without time zone", "timestamp with time zone", "timestamp without time zone",
    "trigger", "tsmultirange", "tsquery", "tsrange", "tstzmultirange", "tstzrange", "tsvector", "txid_snapshot", "unknown", "uuid", "void",
    "xid", "xid8", "xml",
];

/// `CREATE TYPE`, `CREATE DOMAIN`.
pub(super) fn create(schema: &mut Schema, written: &TypeDefinition) -> Outcome {
    let name = resolve::new_name(schema, &written.name, false)?;
    let message = || format!("type `{}` already exists", shown(&name));
    if let Some(there) = schema.types.get(&name) {
        let finishes_shell = matches!(there.kind, TypeKind::Base) && matches!(written.kind, TypeKind::Base);
        if !finishes_shell {
            return existing(false, false, ErrorKind::DuplicateObject, message(), Some(there.span));
        }
    }
    if let Some(span) = super::indexes::relation_span(schema, &name) {
        use crate::schema::RelationKind as R;
        let (error, message) = match (schema.relation(&name), &written.kind) {
            // Tables and views have a row type of their name.
            (Some(R::Table | R::View | R::CompositeType), _) => (ErrorKind::DuplicateObject, message()),
            (_, TypeKind::Composite { .. }) => (ErrorKind::DuplicateTable, super::indexes::already(&name)),
            _ => return insert(schema, written, name),
        };
        return refuse_at(error, message, span, "it was created here");
    }
    insert(schema, written, name)
}

fn insert(schema: &mut Schema, written: &TypeDefinition, name: QualifiedName) -> Outcome {
    let mut definition = TypeDefinition { name: name.clone(), ..written.clone() };
    match &mut definition.kind {
        TypeKind::Domain { base, checks, .. } => {
            *base = resolve::data_type(schema, base)?;
            name_checks(schema, &name, checks);
        }
        TypeKind::Composite { attributes } => {
            for attribute in attributes {
                attribute.data_type = resolve::data_type(schema, &attribute.data_type)?;
            }
        }
        TypeKind::Enum { labels } => check_labels(labels)?,
        TypeKind::Range { subtype } => *subtype = resolve::data_type(schema, subtype)?,
        TypeKind::Base => {}
    }
    schema.types.insert(name, Arc::new(definition));
    done()
}

fn check_labels(labels: &[EnumLabel]) -> Result<(), Refusal> {
    let mut seen = std::collections::BTreeSet::new();
    match labels.iter().find(|label| !seen.insert(&label.value)) {
        Some(twice) => refuse(ErrorKind::DuplicateObject, format!("enum label `{}` used more than once", twice.value)),
        None => Ok(()),
    }
}

fn name_checks(schema: &Schema, domain: &QualifiedName, checks: &mut [DomainCheck]) {
    let mut taken: Vec<Name> = checks.iter().map(|check| check.name.clone()).collect();
    for check in checks.iter_mut().filter(|check| check.name.is_unnamed()) {
        check.name = check_name(schema, domain, &taken);
        taken.push(check.name.clone());
    }
}

/// PostgreSQL's name for a domain's check, other than those already taken.
fn check_name(schema: &Schema, domain: &QualifiedName, taken: &[Name]) -> Name {
    let mut pass = 0_u32;
    loop {
        let label = if pass == 0 { "check".to_owned() } else { format!("check{pass}") };
        let name = naming::object_name(&domain.name, None, &label);
        let qualified = QualifiedName::new(domain.schema.clone(), name.clone());
        if !taken.contains(&name) && !schema.members.has_constraint(&qualified) {
            return name;
        }
        pass += 1;
    }
}

/// Finds a type and changes it; one that may exist unseen is left alone.
fn on_type(
    schema: &mut Schema,
    written: &QualifiedName,
    span: Span,
    change: impl FnOnce(&Schema, &mut TypeDefinition) -> Outcome,
) -> Outcome {
    let Some(name) = resolve::user_type(schema, written) else {
        if resolve::may_exist_unseen(schema, written) || extensions::may_have_type(schema, &written.name) {
            return done();
        }
        return refuse(ErrorKind::UndefinedObject, format!("type `{}` does not exist", shown(written)));
    };
    let Some(definition) = schema.types.get(&name) else { return done() };
    let mut definition = definition.as_ref().clone();
    let applied = change(schema, &mut definition)?;
    if applied.no_effect.is_none() {
        definition.changed.push_back(span);
        schema.types.insert(name, Arc::new(definition));
    }
    Ok(applied)
}

/// `ADD VALUE`.
pub(super) fn add_value(
    schema: &mut Schema,
    span: Span,
    name: &QualifiedName,
    value: &Name,
    position: &EnumPosition,
    if_not_exists: bool,
) -> Outcome {
    on_type(schema, name, span, |_, definition| {
        let labels = labels(definition)?;
        if let Some(there) = labels.iter().find(|label| label.value == *value) {
            let message = format!("enum label `{value}` already exists");
            return existing(if_not_exists, false, ErrorKind::DuplicateObject, message, Some(there.span));
        }
        let at = match position {
            EnumPosition::Last => labels.len(),
            EnumPosition::Before(neighbour) => label_position(labels, neighbour)?,
            EnumPosition::After(neighbour) => label_position(labels, neighbour)? + 1,
        };
        labels.insert(at, EnumLabel { value: value.clone(), span });
        done()
    })
}

/// `RENAME VALUE`.
pub(super) fn rename_value(schema: &mut Schema, span: Span, name: &QualifiedName, value: &Name, to: &Name) -> Outcome {
    let found = resolve::user_type(schema, name);
    let applied = on_type(schema, name, span, |_, definition| {
        let labels = labels(definition)?;
        let at = label_position(labels, value)?;
        if let Some(there) = labels.iter().find(|label| label.value == *to) {
            return refuse_at(ErrorKind::DuplicateObject, format!("enum label `{to}` already exists"), there.span, "it was added here");
        }
        if let Some(label) = labels.get_mut(at) {
            *label = EnumLabel { value: to.clone(), span };
        }
        done()
    })?;
    if let Some(name) = found {
        rewrite::rename_label(schema, &name, value, to);
    }
    Ok(applied)
}

fn labels(definition: &mut TypeDefinition) -> Result<&mut Vec<EnumLabel>, Refusal> {
    match &mut definition.kind {
        TypeKind::Enum { labels } => Ok(labels),
        _ => refuse(ErrorKind::WrongObjectType, format!("`{}` is not an enum", shown(&definition.name))),
    }
}

fn label_position(labels: &[EnumLabel], value: &Name) -> Result<usize, Refusal> {
    match labels.iter().position(|label| label.value == *value) {
        Some(position) => Ok(position),
        None => refuse(ErrorKind::UndefinedObject, format!("`{value}` is not an existing enum label")),
    }
}

/// `ALTER TYPE … ATTRIBUTE`.
pub(super) fn alter_attribute(schema: &mut Schema, span: Span, name: &QualifiedName, change: &AttributeChange) -> Outcome {
    on_type(schema, name, span, |schema, definition| {
        let shown = shown(&definition.name);
        let TypeKind::Composite { attributes } = &mut definition.kind else {
            return refuse(ErrorKind::WrongObjectType, format!("`{shown}` is not a composite type"));
        };
        let found = |name: &Name| attributes.iter().position(|attribute| attribute.name == *name);
        let absent = |name: &Name| format!("column `{name}` of relation `{shown}` does not exist");
        match change {
            AttributeChange::Add(attribute) => {
                if found(&attribute.name).is_some() {
                    let message = format!("column `{}` of relation `{shown}` already exists", attribute.name);
                    return refuse(ErrorKind::DuplicateColumn, message);
                }
                let data_type = resolve::data_type(schema, &attribute.data_type)?;
                attributes.push(Attribute { data_type, ..attribute.clone() });
                done()
            }
            AttributeChange::Drop { name, if_exists } => match found(name) {
                Some(position) => {
                    attributes.remove(position);
                    done()
                }
                None => missing(*if_exists, ErrorKind::UndefinedColumn, absent(name)),
            },
            AttributeChange::SetType { name, data_type } => match found(name).and_then(|position| attributes.get_mut(position)) {
                Some(attribute) => {
                    attribute.data_type = resolve::data_type(schema, data_type)?;
                    done()
                }
                None => refuse(ErrorKind::UndefinedColumn, absent(name)),
            },
        }
    })
}

/// `ALTER DOMAIN`.
pub(super) fn alter_domain(schema: &mut Schema, span: Span, name: &QualifiedName, change: &DomainChange) -> Outcome {
    on_type(schema, name, span, |schema, definition| {
        let name = definition.name.clone();
        let TypeKind::Domain { not_null, default, checks, .. } = &mut definition.kind else {
            return refuse(ErrorKind::WrongObjectType, format!("`{}` is not a domain", shown(&name)));
        };
        match change {
            DomainChange::Default(expression) => *default = expression.clone(),
            DomainChange::NotNull(set) => *not_null = *set,
            change => return alter_checks(schema, &name, checks, change),
        }
        done()
    })
}

fn alter_checks(schema: &Schema, domain: &QualifiedName, checks: &mut Vec<DomainCheck>, change: &DomainChange) -> Outcome {
    let find = |checks: &[DomainCheck], name: &Name| checks.iter().position(|check| check.name == *name);
    let absent = |name: &Name| format!("constraint `{name}` of domain `{}` does not exist", shown(domain));
    match change {
        DomainChange::Default(_) | DomainChange::NotNull(_) => {}
        DomainChange::AddCheck(check) => {
            let mut check = check.clone();
            if check.name.is_unnamed() {
                let taken: Vec<Name> = checks.iter().map(|check| check.name.clone()).collect();
                check.name = check_name(schema, domain, &taken);
            } else if find(checks, &check.name).is_some() {
                let message = format!("constraint `{}` for domain `{}` already exists", check.name, shown(domain));
                return refuse(ErrorKind::DuplicateObject, message);
            }
            checks.push(check);
        }
        DomainChange::DropCheck { name, if_exists } => match find(checks, name) {
            Some(position) => drop(checks.remove(position)),
            None => return missing(*if_exists, ErrorKind::UndefinedObject, absent(name)),
        },
        DomainChange::Validate(name) => match find(checks, name).and_then(|position| checks.get_mut(position)) {
            Some(check) => check.validated = true,
            None => return refuse(ErrorKind::UndefinedObject, absent(name)),
        },
        DomainChange::RenameCheck { name, to } => match find(checks, name).and_then(|position| checks.get_mut(position)) {
            Some(check) => check.name = to.clone(),
            None => return refuse(ErrorKind::UndefinedObject, absent(name)),
        },
    }
    done()
}

/// Renames a type wherever it is used.
pub(super) fn rename_in(data_type: &mut Type, from: &QualifiedName, to: &QualifiedName) -> bool {
    let is = data_type.name == *from;
    if is {
        data_type.name = to.clone();
    }
    is
}

//! Answers what procedural code asks the catalogs, from the model.
//!
//! `None` means that the model does not know: a statement that could not be followed may have made or removed the
//! object, or it may have been there before the first migration.

mod plain;

use crate::catalog::{self, internal_name, is_built_in, is_internal};
use crate::schema::{Column, Constraint, ConstraintKind, Dialect, Name, QualifiedName, Schema, Table, TypeKind};
use crate::sql::{CatalogName, CatalogQuery, CatalogRelation, ColumnProperty, ColumnTest, Condition, ConstraintClass, Scope};

impl Condition {
    /// Whether the condition holds for this schema, where that can be known.
    pub fn evaluate(&self, schema: &Schema) -> Option<bool> {
        match self {
            Condition::Exists(query) => query.finds(schema),
            Condition::Not(inner) => inner.evaluate(schema).map(|holds| !holds),
            Condition::All(parts) => decided_by(parts, schema, false),
            Condition::Any(parts) => decided_by(parts, schema, true),
            Condition::Constant(value) => Some(*value),
            Condition::Asked(term) => catalog::evaluate(term, schema).truth(),
            Condition::Unknown => None,
        }
    }
}

/// One part that is `decisive` settles it; otherwise every part must be known.
fn decided_by(parts: &[Condition], schema: &Schema, decisive: bool) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part.evaluate(schema) {
            Some(value) if value == decisive => return Some(decisive),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!decisive)
}

impl CatalogQuery {
    fn finds(&self, schema: &Schema) -> Option<bool> {
        if schema.uncertainty.everything.is_some() {
            return None;
        }
        if schema.dialect != Dialect::Postgres {
            return plain::finds(self, schema);
        }
        match self {
            CatalogQuery::Relation { name, kinds } => name.any(schema, |name| relation_exists(schema, name, kinds)),
            CatalogQuery::Column { table, column, tests } => table.any(schema, |table| column_exists(schema, table, column, tests)),
            CatalogQuery::Constraint { table, name, kind, columns } => {
                let is_meant = |constraint: &Constraint| {
                    name.as_ref().is_none_or(|name| constraint.name == *name)
                        && kind.is_none_or(|kind| class(constraint) == kind)
                        && columns.iter().all(|column| constraint.columns.contains(column))
                };
                part_exists(schema, table.as_ref(), |table| table.constraints.iter().any(|constraint| is_meant(constraint)))
            }
            CatalogQuery::ConstraintUsage { table, name } => table.any(schema, |table| constraint_uses(schema, table, name)),
            CatalogQuery::Index { table, name } => name.any(schema, |name| index_exists(schema, table.as_ref(), name)),
            CatalogQuery::Type { name } => type_exists(schema, name),
            CatalogQuery::EnumLabel { name, label } => name.any(schema, |name| label_exists(schema, name, label)),
            CatalogQuery::Trigger { table, name } => {
                let exists = |table: &Table| table.triggers.iter().any(|trigger| trigger.name == *name);
                attachment_exists(schema, table.as_ref(), exists)
            }
            CatalogQuery::Policy { table, name } => {
                let exists = |table: &Table| table.policies.iter().any(|policy| policy.name == *name);
                attachment_exists(schema, table.as_ref(), exists)
            }
            CatalogQuery::Function { name } => function_exists(schema, name),
            CatalogQuery::Namespace { name } => Some(schema.namespaces.contains_key(name) || is_system_schema(name)),
            CatalogQuery::Extension { name } => Some(schema.extensions.contains_key(name) || *name == "plpgsql"),
        }
    }
}

impl CatalogName {
    /// The names it may stand for; `None` where it names a schema that no migration has made.
    fn candidates(&self, schema: &Schema) -> Option<Vec<QualifiedName>> {
        let namespaces: Vec<Name> = match &self.scope {
            Scope::Anywhere => schema.namespaces.keys().cloned().collect(),
            Scope::SearchPath => schema.search_path.clone(),
            Scope::Current => vec![schema.creation_namespace()],
            Scope::Schema(name) if schema.namespaces.contains_key(name) => vec![name.clone()],
            Scope::Schema(name) if is_template(name) => vec![schema.creation_namespace()],
            Scope::Schema(_) => return None,
        };
        Some(namespaces.into_iter().map(|namespace| QualifiedName::new(namespace, self.name.clone())).collect())
    }

    /// Whether `exists` holds for one of the names.
    fn any(&self, schema: &Schema, exists: impl Fn(&QualifiedName) -> Option<bool>) -> Option<bool> {
        let mut known = true;
        for name in self.candidates(schema)? {
            match Some(&name).filter(|name| !schema.is_uncertain(name)).and_then(&exists) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => known = false,
            }
        }
        known.then_some(false)
    }
}

/// A text that a template fills in with a schema's name: the default one, as it is where SQL names it.
fn is_template(name: &Name) -> bool {
    name.contains("{{") || name.contains("${")
}

fn relation_exists(schema: &Schema, name: &QualifiedName, kinds: &[CatalogRelation]) -> Option<bool> {
    let Some(kind) = relation_kind(schema, name) else { return Some(false) };
    Some(kinds.is_empty() || kinds.contains(&kind))
}

fn relation_kind(schema: &Schema, name: &QualifiedName) -> Option<CatalogRelation> {
    if let Some(table) = schema.tables.get(name) {
        return Some(match (table.foreign, &table.partition_by) {
            (true, _) => CatalogRelation::ForeignTable,
            (false, Some(_)) => CatalogRelation::PartitionedTable,
            (false, None) => CatalogRelation::Table,
        });
    }
    if let Some(view) = schema.views.get(name) {
        return Some(if view.materialized { CatalogRelation::MaterializedView } else { CatalogRelation::View });
    }
    if schema.members.index_table(name).is_some() {
        return Some(CatalogRelation::Index);
    }
    if schema.sequences.contains_key(name) {
        return Some(CatalogRelation::Sequence);
    }
    let definition = schema.types.get(name)?;
    matches!(definition.kind, TypeKind::Composite { .. }).then_some(CatalogRelation::CompositeType)
}

fn column_exists(schema: &Schema, table: &QualifiedName, column: &Name, tests: &[ColumnTest]) -> Option<bool> {
    if let Some(view) = schema.views.get(table) {
        let listed = view.columns.contains(column);
        return match (listed, view.columns_known) {
            (false, true) => Some(false),
            (true, _) if tests.is_empty() => Some(true),
            _ => None,
        };
    }
    let Some(table) = schema.table(table) else { return Some(false) };
    match table.column(column) {
        Some(column) => all_pass(schema, column, tests),
        None if table.columns_uncertain => None,
        None => Some(false),
    }
}

fn all_pass(schema: &Schema, column: &Column, tests: &[ColumnTest]) -> Option<bool> {
    let results: Vec<Option<bool>> = tests.iter().map(|test| Some(has_property(schema, column, &test.property)? != test.negated)).collect();
    if results.contains(&Some(false)) {
        return Some(false);
    }
    (!results.contains(&None)).then_some(true)
}

fn has_property(schema: &Schema, column: &Column, property: &ColumnProperty) -> Option<bool> {
    let data_type = &column.data_type.value;
    match property {
        ColumnProperty::DataType(name) => Some(information_schema_type(schema, data_type)? == name.as_str()),
        ColumnProperty::UdtName(name) => Some(internal_name(data_type) == name.as_str()),
        ColumnProperty::Nullable => Some(column.nullable.value),
        ColumnProperty::MaximumLength(length) => Some(!data_type.array && data_type.max_characters() == Some(*length)),
        ColumnProperty::HasDefault => Some(column.default.is_some()),
        ColumnProperty::Identity => Some(column.identity.is_some()),
    }
}

/// The word of `information_schema.columns.data_type`; `None` for a type nobody has seen defined.
fn information_schema_type(schema: &Schema, data_type: &crate::schema::Type) -> Option<String> {
    if data_type.array {
        return Some("ARRAY".into());
    }
    let written = data_type.name.schema();
    let Some(name) = schema.resolve(written, &data_type.name.name, |name| schema.types.contains_key(name)) else {
        // Built-in types have no schema; what an extension brings is user-defined as well.
        let is_built_in = written.is_none() && is_built_in(&data_type.name.name);
        return is_built_in.then(|| data_type.name.name.to_string());
    };
    match &schema.types.get(&name)?.kind {
        TypeKind::Domain { base, .. } if base.array => Some("ARRAY".into()),
        TypeKind::Domain { base, .. } => Some(base.name.name.to_string()),
        _ => Some("USER-DEFINED".into()),
    }
}

fn class(constraint: &Constraint) -> ConstraintClass {
    match constraint.kind {
        ConstraintKind::PrimaryKey => ConstraintClass::PrimaryKey,
        ConstraintKind::Unique => ConstraintClass::Unique,
        ConstraintKind::ForeignKey(_) => ConstraintClass::ForeignKey,
        ConstraintKind::Check { .. } => ConstraintClass::Check,
        ConstraintKind::Exclude { .. } => ConstraintClass::Exclude,
    }
}

/// Whether a constraint of this name is on columns of the table, or a foreign key of this name references it.
fn constraint_uses(schema: &Schema, table: &QualifiedName, name: &Name) -> Option<bool> {
    let own = schema.table(table).and_then(|table| table.constraint(name));
    let is_own = own.is_some_and(|constraint| class(constraint) != ConstraintClass::ForeignKey);
    let found = is_own || schema.references_to(table).any(|(_, constraint, _)| constraint.name == *name);
    (found || schema.uncertainty.spares_relations()).then_some(found)
}

/// Whether a table has a trigger or policy.
fn attachment_exists(schema: &Schema, table: Option<&CatalogName>, exists: impl Fn(&Table) -> bool) -> Option<bool> {
    match table {
        Some(table) => table.any(schema, |name| (!schema.has_uncertain_attachments(name)).then(|| schema.table(name).is_some_and(&exists))),
        None => part_exists(schema, None, exists).filter(|found| *found || schema.uncertainty.attachments.is_empty()),
    }
}

/// Whether the table, or any where none is named, has such a part.
fn part_exists(schema: &Schema, table: Option<&CatalogName>, has_part: impl Fn(&Table) -> bool) -> Option<bool> {
    match table {
        Some(table) => table.any(schema, |name| Some(schema.table(name).is_some_and(&has_part))),
        None => {
            let found = schema.tables.iter().any(|(name, table)| has_part(table) && !schema.is_uncertain(name));
            (found || schema.uncertainty.spares_relations()).then_some(found)
        }
    }
}

fn index_exists(schema: &Schema, table: Option<&CatalogName>, index: &QualifiedName) -> Option<bool> {
    let Some(owner) = schema.members.index_table(index) else { return Some(false) };
    match table {
        None => Some(true),
        Some(table) => Some(owner.name == table.name && table.candidates(schema)?.contains(owner)),
    }
}

/// A type of an extension, or one the server comes with, is not in the model.
fn type_exists(schema: &Schema, name: &CatalogName) -> Option<bool> {
    let is_built_in = is_internal(&name.name);
    if is_built_in && matches!(name.scope, Scope::Anywhere | Scope::SearchPath) {
        return Some(true);
    }
    name.any(schema, |name| Some(schema.types.contains_key(name)))
}

fn label_exists(schema: &Schema, name: &QualifiedName, label: &Name) -> Option<bool> {
    match schema.types.get(name).map(|definition| &definition.kind) {
        Some(TypeKind::Enum { labels }) => Some(labels.iter().any(|candidate| candidate.value == *label)),
        _ => Some(false),
    }
}

/// Functions the server or an extension comes with are not in the model.
fn function_exists(schema: &Schema, name: &CatalogName) -> Option<bool> {
    let is_defined = |name: &QualifiedName| schema.functions.keys().any(|key| key.name == *name);
    let found = name.any(schema, |name| Some(is_defined(name)))?;
    let may_be_built_in = matches!(name.scope, Scope::Anywhere | Scope::SearchPath) && ["gen_random_uuid", "uuidv7"].contains(&&*name.name);
    (found || !(may_be_built_in || !schema.extensions.is_empty() && name.name.starts_with("uuid_generate"))).then_some(found)
}

fn is_system_schema(name: &str) -> bool {
    matches!(name, "pg_catalog" | "information_schema" | "pg_toast")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::schema::{EnumLabel, Index, Namespace, Trigger, Type, TypeDefinition, View};
    use crate::source::{SourceMap, Span};
    use crate::sql::{self, Body, Dialect, Step};

    fn span() -> Span {
        Span::new(SourceMap::default().add("a.sql", ""), 0..0)
    }

    fn built_in(name: &str) -> Type {
        Type::builtin(name)
    }

    fn constraint(name: &str, kind: ConstraintKind, column: &str) -> Arc<Constraint> {
        Arc::new(Constraint {
            name: name.into(),
            columns: vec![column.into()],
            kind,
            deferrable: false,
            initially_deferred: false,
            validated: crate::source::Spanned::new(true, span()),
            inherited: false,
            comment: None,
            span: span(),
        })
    }

    fn index(name: &str) -> Arc<Index> {
        Arc::new(Index::plain(name.into(), "btree", Vec::new(), span()))
    }

    fn trigger(name: &str) -> Arc<Trigger> {
        Arc::new(Trigger {
            name: name.into(),
            timing: "after".into(),
            events: Vec::new(),
            columns: Vec::new(),
            for_each_row: true,
            condition: None,
            function: QualifiedName::new("public", "f"),
            constraint: false,
            enabled: true,
            arguments: Vec::new(),
            old_table: None,
            new_table: None,
            from_table: None,
            deferrable: false,
            initially_deferred: false,
            firing: crate::schema::Firing::Origin,
            inherited: false,
            comment: None,
            span: span(),
        })
    }

    /// `users (id integer NOT NULL PRIMARY KEY, name varchar(50), tags text[])` with an index and a trigger, a table and
    /// an enum in `app`, a view.
    fn schema() -> Schema {
        let mut schema = Schema::default();
        schema.namespaces.insert("app".into(), Arc::new(Namespace { span: None, comment: None }));
        let mut users = Table::new(QualifiedName::new("public", "users"), span());
        let mut id = Column::new("id".into(), built_in("integer"), span());
        id.nullable.value = false;
        let name = Column::new("name".into(), Type { modifiers: vec!["50".into()], ..built_in("character varying") }, span());
        let tags = Column::new("tags".into(), Type { array: true, ..built_in("text") }, span());
        users.columns = [id, name, tags].map(Arc::new).to_vec();
        users.constraints.push(constraint("users_pkey", ConstraintKind::PrimaryKey, "id"));
        users.indexes.push(index("users_name_idx"));
        users.triggers.push(trigger("touch"));
        schema.members.add_index(QualifiedName::new("public", "users_name_idx"), users.name.clone());
        schema.tables.insert(users.name.clone(), Arc::new(users));
        let jobs = QualifiedName::new("app", "jobs");
        schema.tables.insert(jobs.clone(), Arc::new(Table::new(jobs, span())));
        let state = QualifiedName::new("app", "state");
        let kind = TypeKind::Enum { labels: vec![EnumLabel { value: "on".into(), span: span() }] };
        let definition = TypeDefinition { name: state.clone(), kind, comment: None, span: span(), changed: imbl::Vector::new() };
        schema.types.insert(state, Arc::new(definition));
        let names = QualifiedName::new("public", "names");
        schema.views.insert(names.clone(), Arc::new(view(names)));
        schema
    }

    fn view(name: QualifiedName) -> View {
        View {
            name,
            materialized: false,
            columns: vec!["name".into()],
            column_types: Vec::new(),
            columns_known: true,
            query: String::new().into(),
            relations: Vec::new(),
            aliases: Vec::new(),
            column_references: Vec::new(),
            functions: Vec::new(),
            security_invoker: false,
            options: crate::schema::Options::default(),
            populated: true,
            indexes: Vec::new(),
            triggers: Vec::new(),
            comment: None,
            column_comments: Vec::new(),
            span: span(),
            changed: imbl::Vector::new(),
        }
    }

    fn answer(condition: &str, schema: &Schema) -> Option<bool> {
        let text = format!("DO $$ BEGIN IF {condition} THEN DROP TABLE x; END IF; END $$");
        let mut sources = SourceMap::default();
        let file = sources.add("a.sql", text.as_str());
        let statements = sql::parse(&sources, file, 0..text.len(), Dialect::Postgres);
        match statements.first().map(|statement| &statement.body) {
            Some(Body::Block(steps)) => match &steps[..] {
                [Step::If { condition, .. }] => condition.evaluate(schema),
                other => panic!("{text}: {other:?}"),
            },
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn catalogs_are_answered_from_the_model() {
        let cases = [
            ("EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'public' AND table_name = 'users')", Some(true)),
            ("EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 'jobs')", Some(true)),
            ("EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 'names')", Some(true)),
            ("EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'names')", Some(false)),
            ("EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 'Users')", Some(false)),
            ("EXISTS (SELECT 1 FROM pg_class WHERE relname = 'users' AND relkind = 'v')", Some(false)),
            ("EXISTS (SELECT 1 FROM pg_class WHERE relname = 'users_name_idx' AND relkind = 'i')", Some(true)),
            ("EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'auth' AND table_name = 'users')", None),
            ("to_regclass('users') IS NOT NULL", Some(true)),
            ("to_regclass('jobs') IS NOT NULL", Some(false)),
            ("to_regclass('app.jobs') IS NULL", Some(false)),
            ("to_regclass('\"Users\"') IS NULL", Some(true)),
            ("EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'users_pkey')", Some(true)),
            ("EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'users_pkey' AND conrelid = 'app.jobs'::regclass)", Some(false)),
            ("EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = 'users'::regclass AND contype = 'p')", Some(true)),
            ("EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = 'users'::regclass AND contype = 'f')", Some(false)),
            (
                "EXISTS (SELECT 1 FROM information_schema.table_constraints WHERE table_name = 'users' AND constraint_type = 'PRIMARY KEY')",
                Some(true),
            ),
            ("EXISTS (SELECT 1 FROM pg_indexes WHERE tablename = 'users' AND indexname = 'users_name_idx')", Some(true)),
            ("EXISTS (SELECT 1 FROM pg_indexes WHERE tablename = 'jobs' AND indexname = 'users_name_idx')", Some(false)),
            ("EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'touch' AND NOT tgisinternal)", Some(true)),
            ("EXISTS (SELECT 1 FROM pg_policies WHERE tablename = 'users' AND policyname = 'own')", Some(false)),
            ("EXISTS (SELECT 1 FROM pg_type WHERE typname = 'state')", Some(true)),
            ("EXISTS (SELECT 1 FROM pg_type WHERE typname = 'state' AND typnamespace = 'public'::regnamespace)", Some(false)),
            ("EXISTS (SELECT 1 FROM pg_enum WHERE enumlabel = 'on' AND enumtypid = 'app.state'::regtype)", Some(true)),
            (
                "EXISTS (SELECT 1 FROM pg_enum WHERE enumlabel = 'off' AND enumtypid = (SELECT oid FROM pg_type WHERE typname = 'state'))",
                Some(false),
            ),
            ("EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'app')", Some(true)),
            ("EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = 'other')", Some(false)),
            ("EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'plpgsql')", Some(true)),
            ("EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'f')", Some(false)),
            ("EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'gen_random_uuid')", None),
        ];
        let schema = schema();
        for (condition, expected) in cases {
            assert_eq!(answer(condition, &schema), expected, "{condition}");
        }
    }

    #[test]
    fn columns_are_asked_for_what_they_are() {
        let cases = [
            ("column_name = 'id'", Some(true)),
            ("column_name = 'ID'", Some(false)),
            ("column_name = 'id' AND is_nullable = 'NO'", Some(true)),
            ("column_name = 'id' AND is_nullable = 'YES'", Some(false)),
            ("column_name = 'id' AND data_type = 'integer'", Some(true)),
            ("column_name = 'id' AND data_type <> 'integer'", Some(false)),
            ("column_name = 'id' AND data_type IN ('bigint', 'integer')", Some(true)),
            ("column_name = 'id' AND udt_name = 'int4'", Some(true)),
            ("column_name = 'tags' AND data_type = 'ARRAY'", Some(true)),
            ("column_name = 'tags' AND udt_name = '_text'", Some(true)),
            ("column_name = 'name' AND character_maximum_length = 50", Some(true)),
            ("column_name = 'name' AND column_default IS NULL", Some(true)),
            ("column_name = 'name' AND collation_name = 'C'", None),
        ];
        let schema = schema();
        for (filter, expected) in cases {
            let condition = format!("EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'users' AND {filter})");
            assert_eq!(answer(&condition, &schema), expected, "{filter}");
        }
    }

    #[test]
    fn what_replay_could_not_follow_is_not_answered() {
        let mut schema = schema();
        schema.uncertainty.relations.insert(QualifiedName::new("public", "users"));
        assert_eq!(answer("to_regclass('users') IS NULL", &schema), None);
        assert_eq!(answer("to_regclass('app.jobs') IS NULL", &schema), Some(false));
        assert_eq!(answer("to_regclass('users') IS NULL OR to_regclass('app.jobs') IS NOT NULL", &schema), Some(true));
        schema.uncertainty.everything = Some(span());
        assert_eq!(answer("to_regclass('app.jobs') IS NULL", &schema), None);
    }
}

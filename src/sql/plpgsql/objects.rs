//! From the filters of a catalog query to the object it looks for: which column of which catalog holds what.

use super::catalog::{Fact, Object, Query, Test};
use super::filters::Filters;
use crate::schema::Name;
use crate::sql::{CatalogName, CatalogQuery, CatalogRelation, ColumnProperty, ColumnTest, ConstraintClass, Scope};

/// Columns of the catalogs that are compared with values; other names may be variables.
const COLUMNS: [&str; 52] = [
    "table_schema",
    "table_name",
    "column_name",
    "data_type",
    "udt_name",
    "is_nullable",
    "character_maximum_length",
    "column_default",
    "is_identity",
    "table_type",
    "constraint_schema",
    "constraint_name",
    "constraint_type",
    "schema_name",
    "trigger_schema",
    "trigger_name",
    "event_object_schema",
    "event_object_table",
    "routine_schema",
    "routine_name",
    "sequence_schema",
    "sequence_name",
    "schemaname",
    "tablename",
    "viewname",
    "matviewname",
    "indexname",
    "sequencename",
    "policyname",
    "extname",
    "nspname",
    "typname",
    "typnamespace",
    "typtype",
    "enumlabel",
    "enumtypid",
    "proname",
    "pronamespace",
    "attname",
    "attrelid",
    "attnum",
    "conname",
    "conrelid",
    "connamespace",
    "contype",
    "tgname",
    "tgrelid",
    "polname",
    "polrelid",
    "relname",
    "relnamespace",
    "relkind",
];

/// Whether a catalog has a column of this name.
pub(super) fn is_catalog_column(name: &str) -> bool {
    COLUMNS.contains(&name) || name == "oid"
}

/// Whether a column names tables or columns of the `information_schema`.
pub(super) fn names_tables(column: &str) -> bool {
    matches!(column, "table_name" | "table_schema" | "table_catalog" | "column_name")
}

/// Whether a catalog has such columns.
pub(super) fn lists_tables(catalog: &str) -> bool {
    const LISTING: [&str; 7] =
        ["columns", "tables", "views", "table_constraints", "key_column_usage", "constraint_column_usage", "referential_constraints"];
    LISTING.contains(&catalog)
}

/// Whether the column of a catalog may be NULL although there is a row.
pub(super) fn is_nullable(column: &str) -> bool {
    matches!(column, "column_default" | "character_maximum_length" | "numeric_precision" | "datetime_precision")
        || !is_catalog_column(column)
}

/// What the query looks for, if each of its filters is understood.
pub(super) fn looked_for(query: &Query, facts: Vec<Fact>) -> Option<CatalogQuery> {
    let filters = Filters::new(query, facts);
    let object = filters.object()?;
    filters.all_understood().then_some(object)
}

/// The single relation, type or schema a query of `oid` yields.
pub(super) fn single(query: &Query, facts: Vec<Fact>) -> Option<Object> {
    match looked_for(query, facts)? {
        CatalogQuery::Relation { name, .. } | CatalogQuery::Type { name } => Some(Object::Named(name)),
        CatalogQuery::Namespace { name } => Some(Object::Schemas(Scope::Schema(name))),
        _ => None,
    }
}

impl Filters<'_> {
    fn has(&self, catalog: &str) -> bool {
        self.query.relations.iter().any(|relation| relation.catalog == *catalog)
    }

    fn object(&self) -> Option<CatalogQuery> {
        const MOST_SPECIFIC_FIRST: [&str; 26] = [
            "pg_enum",
            "pg_constraint",
            "pg_trigger",
            "pg_policy",
            "pg_policies",
            "pg_attribute",
            "pg_index",
            "pg_indexes",
            "pg_type",
            "pg_proc",
            "pg_extension",
            "pg_class",
            "pg_namespace",
            "pg_tables",
            "pg_views",
            "pg_matviews",
            "pg_sequences",
            "columns",
            "table_constraints",
            "key_column_usage",
            "referential_constraints",
            "tables",
            "views",
            "triggers",
            "routines",
            "schemata",
        ];
        let known = |relation: &super::catalog::Relation| {
            MOST_SPECIFIC_FIRST.contains(&&*relation.catalog)
                || matches!(&*relation.catalog, "sequences" | "check_constraints" | "constraint_column_usage")
        };
        if !self.query.relations.iter().all(known) {
            return None;
        }
        let Some(main) = MOST_SPECIFIC_FIRST.into_iter().find(|catalog| self.has(catalog)) else { return self.rest() };
        match main {
            "pg_enum" => Some(CatalogQuery::EnumLabel {
                name: self.reference("enumtypid", "typname", "typnamespace")?,
                label: self.text("enumlabel")?,
            }),
            "pg_constraint" => self.constraint(),
            "pg_trigger" => {
                Some(CatalogQuery::Trigger { table: self.reference("tgrelid", "relname", "relnamespace"), name: self.text("tgname")? })
            }
            "pg_policy" => {
                Some(CatalogQuery::Policy { table: self.reference("polrelid", "relname", "relnamespace"), name: self.text("polname")? })
            }
            "pg_policies" => Some(CatalogQuery::Policy { table: self.flat("schemaname", "tablename"), name: self.text("policyname")? }),
            "pg_attribute" => self.attribute(),
            "pg_index" => self.index(),
            "pg_indexes" => Some(self.listed_index()?),
            "pg_type" => self.type_name(),
            "pg_proc" => Some(CatalogQuery::Function { name: self.named("proname", "pronamespace")? }),
            "pg_extension" => Some(CatalogQuery::Extension { name: self.text("extname")? }),
            "pg_class" => self.class(),
            "pg_namespace" => Some(CatalogQuery::Namespace { name: self.text("nspname")? }),
            _ => self.view_of_catalog(main),
        }
    }

    /// The `information_schema` and the catalogs' readable views.
    fn view_of_catalog(&self, main: &str) -> Option<CatalogQuery> {
        use CatalogRelation as R;
        let relation = |schema, name, kinds: &[R]| Some(CatalogQuery::Relation { name: self.flat(schema, name)?, kinds: kinds.to_vec() });
        match main {
            "pg_tables" => relation("schemaname", "tablename", &[R::Table, R::PartitionedTable]),
            "pg_views" => relation("schemaname", "viewname", &[R::View]),
            "pg_matviews" => relation("schemaname", "matviewname", &[R::MaterializedView]),
            "pg_sequences" => relation("schemaname", "sequencename", &[R::Sequence]),
            "views" => relation("table_schema", "table_name", &[R::View]),
            "tables" => {
                let kinds = self.table_kinds()?;
                relation("table_schema", "table_name", &kinds)
            }
            "columns" => self.column(),
            "table_constraints" | "key_column_usage" | "referential_constraints" => self.listed_constraint(),
            "triggers" => Some(CatalogQuery::Trigger { table: self.event_table(), name: self.text("trigger_name")? }),
            "routines" => Some(CatalogQuery::Function { name: self.flat("routine_schema", "routine_name")? }),
            "schemata" => Some(CatalogQuery::Namespace { name: self.text("schema_name")? }),
            _ => None,
        }
    }

    /// Catalogs that say little on their own.
    fn rest(&self) -> Option<CatalogQuery> {
        if self.has("sequences") {
            let name = self.flat("sequence_schema", "sequence_name")?;
            return Some(CatalogQuery::Relation { name, kinds: vec![CatalogRelation::Sequence] });
        }
        let name = self.text("constraint_name")?;
        if self.has("constraint_column_usage") && self.query.relations.len() == 1 && self.is_open("table_name") {
            return Some(CatalogQuery::ConstraintUsage { table: self.flat("table_schema", "table_name")?, name });
        }
        let kind = self.constraint_kind("constraint_type")?;
        // A constraint lives in its table's schema, which says nothing without the table.
        self.scope("constraint_schema");
        Some(CatalogQuery::Constraint { table: None, name: Some(name), kind, columns: Vec::new() })
    }

    fn table_kinds(&self) -> Option<Vec<CatalogRelation>> {
        use CatalogRelation as R;
        match self.take("table_type") {
            None => Some(vec![R::Table, R::PartitionedTable, R::ForeignTable, R::View]),
            Some(Test::Is(Object::Text(kind))) if kind == "BASE TABLE" => Some(vec![R::Table, R::PartitionedTable]),
            Some(Test::Is(Object::Text(kind))) if kind == "VIEW" => Some(vec![R::View]),
            Some(_) => None,
        }
    }

    fn event_table(&self) -> Option<CatalogName> {
        let trigger_schema = self.scope("trigger_schema");
        let table = self.flat("event_object_schema", "event_object_table")?;
        Some(if table.scope == Scope::Anywhere { CatalogName { scope: trigger_schema, ..table } } else { table })
    }

    fn column(&self) -> Option<CatalogQuery> {
        let table = self.flat("table_schema", "table_name")?;
        let column = self.text("column_name")?;
        Some(CatalogQuery::Column { table, column, tests: self.column_tests()? })
    }

    fn column_tests(&self) -> Option<Vec<ColumnTest>> {
        let mut tests = Vec::new();
        for column in ["data_type", "udt_name", "is_nullable", "character_maximum_length", "column_default", "is_identity"] {
            while let Some(test) = self.take(column) {
                tests.push(column_test(column, test)?);
            }
        }
        Some(tests)
    }

    fn attribute(&self) -> Option<CatalogQuery> {
        if self.has("pg_constraint") || self.has("pg_index") {
            return None;
        }
        let table = self.reference("attrelid", "relname", "relnamespace")?;
        let column = self.text("attname")?;
        let not_null = self.take("attnotnull");
        let tests = match not_null {
            None => Vec::new(),
            Some(Test::Is(Object::Truth(value))) => vec![ColumnTest { property: ColumnProperty::Nullable, negated: value }],
            Some(_) => return None,
        };
        self.ignore_kind();
        Some(CatalogQuery::Column { table, column, tests })
    }

    fn constraint(&self) -> Option<CatalogQuery> {
        let name = self.optional_text("conname")?;
        let kind = self.constraint_kind("contype")?;
        let schema = self.schema_of("connamespace");
        let mut table = self.reference("conrelid", "relname", "relnamespace");
        if let (Some(table), Some(schema)) = (&mut table, &schema)
            && table.scope == Scope::Anywhere
        {
            table.scope = schema.clone();
        }
        let columns = self.optional_text("attname")?.into_iter().collect();
        if name.is_none() && table.is_none() {
            return None;
        }
        Some(CatalogQuery::Constraint { table, name, kind, columns })
    }

    fn listed_constraint(&self) -> Option<CatalogQuery> {
        let name = self.optional_text("constraint_name")?;
        let kind = self.constraint_kind("constraint_type")?;
        let constraint_schema = self.scope("constraint_schema");
        let joined = self.has("constraint_column_usage");
        if joined && self.query.relations.len() > 1 && self.is_open("column_name") && !self.has("key_column_usage") {
            // The column belongs to the referenced table of a foreign key; for the others it is the constrained one.
            return kind
                .filter(|kind| *kind != ConstraintClass::ForeignKey)
                .and_then(|kind| self.named_constraint(name, Some(kind), constraint_schema));
        }
        self.named_constraint(name, kind, constraint_schema)
    }

    fn named_constraint(&self, name: Option<Name>, kind: Option<ConstraintClass>, schema: Scope) -> Option<CatalogQuery> {
        let mut table = self.flat("table_schema", "table_name");
        if let Some(table) = &mut table
            && table.scope == Scope::Anywhere
        {
            table.scope = schema;
        }
        let columns = self.optional_text("column_name")?.into_iter().collect();
        if name.is_none() && table.is_none() {
            return None;
        }
        Some(CatalogQuery::Constraint { table, name, kind, columns })
    }

    /// `Some(None)` where the query does not ask.
    fn constraint_kind(&self, column: &str) -> Option<Option<ConstraintClass>> {
        let Some(kind) = self.optional_text(column)? else { return Some(None) };
        match kind.as_str() {
            "p" | "PRIMARY KEY" => Some(Some(ConstraintClass::PrimaryKey)),
            "u" | "UNIQUE" => Some(Some(ConstraintClass::Unique)),
            "f" | "FOREIGN KEY" => Some(Some(ConstraintClass::ForeignKey)),
            "c" | "CHECK" => Some(Some(ConstraintClass::Check)),
            "x" => Some(Some(ConstraintClass::Exclude)),
            _ => None,
        }
    }

    fn index(&self) -> Option<CatalogQuery> {
        let table = self.reference("indrelid", "relname", "relnamespace");
        let name = match self.reference("indexrelid", "relname", "relnamespace") {
            Some(name) => name,
            None => self.named("relname", "relnamespace")?,
        };
        self.ignore_kind();
        Some(CatalogQuery::Index { table, name })
    }

    fn listed_index(&self) -> Option<CatalogQuery> {
        let table = self.optional_text("tablename")?;
        let name = self.flat("schemaname", "indexname")?;
        let table = table.map(|table| CatalogName { scope: name.scope.clone(), name: table });
        Some(CatalogQuery::Index { table, name })
    }

    fn type_name(&self) -> Option<CatalogQuery> {
        let name = self.identified("oid").or_else(|| self.named("typname", "typnamespace"))?;
        match self.take("typtype") {
            None | Some(Test::Is(Object::Text(_))) => Some(CatalogQuery::Type { name }),
            Some(_) => None,
        }
    }

    fn class(&self) -> Option<CatalogQuery> {
        let name = self.identified("oid").or_else(|| self.named("relname", "relnamespace"))?;
        let kinds = match self.take("relkind") {
            None => Vec::new(),
            Some(Test::Is(Object::Text(kind))) => relation_kinds(&kind)?,
            Some(_) => return None,
        };
        Some(CatalogQuery::Relation { name, kinds })
    }

    /// `oid = 'x'::regclass`.
    fn identified(&self, column: &str) -> Option<CatalogName> {
        match self.take(column)? {
            Test::Is(Object::Named(name)) => Some(name),
            _ => None,
        }
    }

    /// A table's or index's kind beside its name says nothing new.
    fn ignore_kind(&self) {
        while self.take("relkind").is_some() {}
    }
}

fn relation_kinds(kind: &str) -> Option<Vec<CatalogRelation>> {
    use CatalogRelation as R;
    let kind = match kind {
        "r" => R::Table,
        "p" => R::PartitionedTable,
        "f" => R::ForeignTable,
        "i" | "I" => R::Index,
        "v" => R::View,
        "m" => R::MaterializedView,
        "S" => R::Sequence,
        "c" => R::CompositeType,
        _ => return None,
    };
    Some(vec![kind])
}

fn column_test(column: &str, test: Test) -> Option<ColumnTest> {
    let (object, negated) = match test {
        Test::Is(object) => (Some(object), false),
        Test::IsNot(object) => (Some(object), true),
        Test::NotNull => (None, false),
        Test::Null => (None, true),
        Test::Positive => return None,
    };
    let property = match (column, object) {
        ("data_type", Some(Object::Text(name))) => ColumnProperty::DataType(name.into()),
        ("udt_name", Some(Object::Text(name))) => ColumnProperty::UdtName(name.into()),
        ("character_maximum_length", Some(Object::Text(length))) => ColumnProperty::MaximumLength(length.parse().ok()?),
        ("column_default", None) => ColumnProperty::HasDefault,
        ("is_nullable" | "is_identity", Some(Object::Text(answer))) => {
            let property = if column == "is_nullable" { ColumnProperty::Nullable } else { ColumnProperty::Identity };
            return Some(ColumnTest { property, negated: negated != (answer == "NO") });
        }
        _ => return None,
    };
    Some(ColumnTest { property, negated })
}

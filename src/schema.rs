//! The schema: what a database looks like after some of its migrations.
//!
//! The maps are persistent and the objects shared, so a copy of a [`Schema`] costs a few pointers and
//! every version of a history is kept. Objects know the span that made them (`span`, the object's name
//! where it was introduced) and, per attribute that a later statement may alter, the span that set it
//! last ([`Spanned`]). Nothing here changes a schema: that is [`crate::change`]'s.
//!
//! Names are compared as PostgreSQL compares them: folded when unquoted, verbatim when quoted.

mod canonical;
mod coverage;
mod data_type;
mod dialect;
mod expression;
mod index;
mod members;
mod mentions;
mod name;
mod objects;
mod options;
mod recent;
mod reserved;
mod statistics;
mod table;
mod uncertainty;

pub use canonical::Canonical;
pub use coverage::{Coverage, Obstacle};
pub use data_type::Type;
pub use dialect::Dialect;
pub use expression::{BinaryOperator, Expression, ExpressionTree, Literal};
pub use index::{Index, IndexKey, KeyPart};
pub use members::Members;
pub use mentions::{Holder, Mentions};
pub use name::{Name, NameParts, QualifiedName};
pub use objects::{
    ArgumentMode, Attribute, DomainCheck, EnumLabel, Extension, Function, FunctionArgument, FunctionKey, Namespace, Sequence,
    TypeDefinition, TypeKind, View,
};
pub use options::{FunctionAttributes, Options, Parallel, SequenceOptions, SequenceValues, Volatility};
pub use statistics::Statistics;
pub use table::{
    Action, Column, Constraint, ConstraintKind, Firing, ForeignKey, Generated, Identity, Partition, PartitionBy, Persistence, Policy,
    PolicyCommand, ReplicaIdentity, RowSecurity, Storage, Table, Trigger,
};
pub use uncertainty::{UNKNOWN_PART, Uncertainty};

use std::sync::Arc;

use imbl::{OrdMap, OrdSet, Vector};

use crate::source::{Span, Spanned};

/// A version of a database's schema.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The database it is a schema of.
    pub dialect: Dialect,
    /// PostgreSQL's schemas ("namespaces"), `public` among them.
    pub namespaces: OrdMap<Name, Arc<Namespace>>,
    /// Schemas that are known not to be there: they were dropped, or a later migration makes them. Others that are not among
    /// `namespaces` may have been made elsewhere.
    pub absent_namespaces: OrdSet<Name>,
    /// Tables, partitioned tables, partitions and foreign tables.
    pub tables: OrdMap<QualifiedName, Arc<Table>>,
    /// Partitions and inheritance children by parent, in the order they came.
    pub children: OrdMap<QualifiedName, Vector<QualifiedName>>,
    /// The names of indexes and constraints, which themselves stand in [`Table::indexes`] and [`Table::constraints`].
    pub members: Members,
    /// What mentions a name.
    pub mentions: Mentions,
    /// Views and materialized views.
    pub views: OrdMap<QualifiedName, Arc<View>>,
    /// Sequences, those behind `serial` and identity columns included.
    pub sequences: OrdMap<QualifiedName, Arc<Sequence>>,
    /// Extended statistics.
    pub statistics: OrdMap<QualifiedName, Arc<Statistics>>,
    /// Enums, domains, composite and other types.
    pub types: OrdMap<QualifiedName, Arc<TypeDefinition>>,
    /// Functions and procedures by name and argument types.
    pub functions: OrdMap<FunctionKey, Arc<Function>>,
    /// Installed extensions.
    pub extensions: OrdMap<Name, Arc<Extension>>,
    /// Where unqualified names are looked up; a new object goes into the first that exists.
    pub search_path: Vec<Name>,
    /// What replay could not follow.
    pub uncertainty: Uncertainty,
}

/// The schema temporary tables are kept in; it comes before the search path.
pub const TEMPORARY: &str = "pg_temp";

impl Default for Schema {
    /// An empty database: the schema `public` and nothing in it.
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            namespaces: OrdMap::unit("public".into(), Arc::new(Namespace { span: None, comment: None })),
            absent_namespaces: OrdSet::new(),
            tables: OrdMap::new(),
            children: OrdMap::new(),
            members: Members::default(),
            mentions: Mentions::default(),
            views: OrdMap::new(),
            sequences: OrdMap::new(),
            statistics: OrdMap::new(),
            types: OrdMap::new(),
            functions: OrdMap::new(),
            extensions: OrdMap::new(),
            search_path: vec!["public".into()],
            uncertainty: Uncertainty::default(),
        }
    }
}

/// What kind of relation a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// A table of any kind.
    Table,
    /// An index.
    Index,
    /// A view or materialized view.
    View,
    /// A sequence.
    Sequence,
    /// A composite type, which shares the relations' namespace.
    CompositeType,
}

impl Schema {
    /// An empty database of this kind.
    pub fn empty(dialect: Dialect) -> Self {
        Self { dialect, ..Self::default() }
    }

    /// Whether one is an untouched copy of the other.
    pub fn is_same_version(&self, other: &Schema) -> bool {
        self.dialect == other.dialect
            && self.namespaces.ptr_eq(&other.namespaces)
            && self.absent_namespaces.ptr_eq(&other.absent_namespaces)
            && self.tables.ptr_eq(&other.tables)
            && self.views.ptr_eq(&other.views)
            && self.sequences.ptr_eq(&other.sequences)
            && self.statistics.ptr_eq(&other.statistics)
            && self.types.ptr_eq(&other.types)
            && self.functions.ptr_eq(&other.functions)
            && self.extensions.ptr_eq(&other.extensions)
            && self.search_path == other.search_path
            && self.uncertainty.is_same_version(&other.uncertainty)
    }

    /// The table with exactly this name.
    pub fn table(&self, name: &QualifiedName) -> Option<&Table> {
        self.tables.get(name).map(Arc::as_ref)
    }

    /// The column of a table.
    pub fn column(&self, table: &QualifiedName, column: &str) -> Option<&Column> {
        self.table(table)?.column(column)
    }

    /// The index with exactly this name, and its table.
    pub fn index(&self, name: &QualifiedName) -> Option<(&Table, &Index)> {
        let table = self.table(self.members.index_table(name)?)?;
        Some((table, table.index(&name.name)?))
    }

    /// Every foreign key, with the table that holds it.
    pub fn foreign_keys(&self) -> impl Iterator<Item = (&Table, &Constraint, &ForeignKey)> {
        self.tables.values().flat_map(|table| table.foreign_keys().map(move |(constraint, key)| (table.as_ref(), constraint, key)))
    }

    /// Foreign keys that reference `table`, with the tables that hold them.
    pub fn references_to<'a>(&'a self, table: &'a QualifiedName) -> impl Iterator<Item = (&'a Table, &'a Constraint, &'a ForeignKey)> {
        let mut holders: Vec<&Table> = self.tables_mentioning(&table.name).chain(self.tables.get(table)).map(Arc::as_ref).collect();
        holders.sort_by_key(|holder| &holder.name);
        holders.dedup_by_key(|holder| &holder.name);
        let keys = holders.into_iter().flat_map(|holder| holder.foreign_keys().map(move |(constraint, key)| (holder, constraint, key)));
        keys.filter(move |(_, _, key)| key.references == *table)
    }

    /// What relation, if any, has exactly this name.
    pub fn relation(&self, name: &QualifiedName) -> Option<RelationKind> {
        if self.tables.contains_key(name) {
            Some(RelationKind::Table)
        } else if self.views.contains_key(name) {
            Some(RelationKind::View)
        } else if self.members.index_table(name).is_some() {
            Some(RelationKind::Index)
        } else if self.sequences.contains_key(name) {
            Some(RelationKind::Sequence)
        } else if self.types.get(name).is_some_and(|definition| matches!(definition.kind, TypeKind::Composite { .. })) {
            Some(RelationKind::CompositeType)
        } else {
            None
        }
    }

    /// The schema that unqualified new objects go into: the first of the search path that exists. Where the history
    /// made none of them, the first: it then exists outside of what the history shows.
    pub fn creation_namespace(&self) -> Name {
        let exists = |name: &&Name| self.namespaces.contains_key(*name);
        let existing = self.search_path.iter().find(exists);
        existing.or_else(|| self.search_path.iter().find(|name| **name != "$user")).cloned().unwrap_or_else(|| "public".into())
    }

    /// The name an existing object is meant by: as written when qualified, otherwise the first for which `exists` holds
    /// among temporary objects and along the search path.
    pub fn resolve(&self, schema: Option<&Name>, name: &Name, exists: impl Fn(&QualifiedName) -> bool) -> Option<QualifiedName> {
        match schema {
            Some(schema) => Some(QualifiedName::new(schema.clone(), name.clone())).filter(|name| exists(name)),
            None => {
                let temporary = std::iter::once(QualifiedName::new(TEMPORARY, name.clone()));
                let listed = self.search_path.iter().map(|schema| QualifiedName::new(schema.clone(), name.clone()));
                temporary.chain(listed).find(|name| exists(name))
            }
        }
    }

    /// The functions and procedures of this name, whatever their arguments.
    pub fn functions_named<'a>(&'a self, name: &'a QualifiedName) -> impl Iterator<Item = &'a Function> {
        let first = FunctionKey { name: name.clone(), arguments: Vec::new() };
        self.functions.range(first..).map(|(_, function)| function.as_ref()).take_while(move |function| function.key.name == *name)
    }

    /// The partitions and inheritance children of a table, theirs included, parents first.
    pub fn descendants(&self, table: &QualifiedName) -> Vec<QualifiedName> {
        let mut found: Vec<QualifiedName> = Vec::new();
        let mut pending: Vec<&QualifiedName> = self.children.get(table).into_iter().flatten().collect();
        let mut seen = OrdSet::unit(table.clone());
        while let Some(child) = pending.pop() {
            if seen.insert(child.clone()).is_none() {
                found.push(child.clone());
                pending.extend(self.children.get(child).into_iter().flatten());
            }
        }
        found
    }

    /// The functions a call by this name may mean: those of that name in the first schema that has any.
    pub fn functions_meant(&self, name: &QualifiedName) -> Vec<&Function> {
        let schemas = name.schema().map_or(self.search_path.as_slice(), std::slice::from_ref);
        let of_schema = |schema: &Name| {
            let name = QualifiedName::new(schema.clone(), name.name.clone());
            self.functions_named(&name).map(|function| function.key.clone()).collect::<Vec<_>>()
        };
        let keys = schemas.iter().map(of_schema).find(|keys| !keys.is_empty()).unwrap_or_default();
        keys.iter().filter_map(|key| self.functions.get(key)).map(Arc::as_ref).collect()
    }

    /// The unique keys of a table a foreign key could reference: column sets, primary key first.
    pub fn referenceable_keys<'a>(&'a self, table: &'a Table) -> impl Iterator<Item = Vec<Name>> + 'a {
        let mut keys: Vec<&Index> =
            table.indexes.iter().map(Arc::as_ref).filter(|index| index.unique && index.predicate.is_none()).collect();
        keys.sort_by_key(|index| !index.primary);
        keys.into_iter().filter_map(|index| index.key_columns().map(|column| column.cloned()).collect())
    }
}

/// The span that set a value, where one did.
pub fn set_at<T>(value: &Option<Spanned<T>>) -> Option<Span> {
    value.as_ref().map(|spanned| spanned.span)
}

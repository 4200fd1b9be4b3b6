//! Which table holds the tenants, which columns are keys to it, and how sure that is.
//!
//! A schema does not say that it serves several tenants, so this is inferred, in one place, from the schema at the
//! end of history and the configuration; every lint of the group *tenant* asks here. Names alone decide nothing:
//! most columns called `customer_id` that are strings are somebody else's ids. What counts is what the rest of the
//! schema does with the same name.
//!
//! - Tables with a telling name, or whose key appears in row-level security policies, are candidates and get points
//!   for every piece of evidence (`root`). The best is the root if it has [`ACCEPTED`] points and leads by [`MARGIN`].
//! - A root is [`Confidence::Established`] when its name means tenants and nothing else, when policies or a table of
//!   members isolate its rows, or when the configuration names it. Otherwise, as with a `customers` table that many
//!   tables reference, it is [`Confidence::Presumed`]: a parent whose keys should at least agree with it. Lints that
//!   ask for isolation (indexes, NOT NULL, keys on every table) need an established root.
//! - Columns named after the root, or referencing it, are keys of one of four kinds, or spared for a reason (`keys`).

mod former;
mod keys;
mod root;
#[cfg(test)]
mod tests;
mod words;

pub use former::FormerKey;
pub use keys::{KeyKind, Spared, TenantKey, leads_an_index, same_family, says_not_null};
pub use root::{Candidate, Evidence};
pub use words::{elsewhere, is_person, keeps_records, key_noun, reference_noun, root_weight, same_words, table_noun, vendor, words};

use std::collections::{BTreeMap, BTreeSet};

use crate::schema::{Action, Constraint, ForeignKey, Index, Name, QualifiedName, Schema, Table, Type};
use crate::source::Span;

/// Points a candidate needs to be taken for the root.
pub const ACCEPTED: f64 = 4.0;
/// Points by which it must lead the next candidate.
pub const MARGIN: f64 = 1.5;

/// What the configuration says about tenants; everything in it overrides inference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantSettings {
    /// The table of tenants, with or without its schema.
    pub table: Option<String>,
    /// Names of columns that are tenant keys, in any case style.
    pub keys: Vec<String>,
    /// Columns that hold somebody else's ids: `column` or `table.column`.
    pub external_ids: Vec<String>,
    /// Tables that belong to no tenant.
    pub global_tables: Vec<String>,
}

impl TenantSettings {
    /// Whether the table of tenants that was named is in a schema; `None` where none was named.
    pub fn has_table(&self, schema: &Schema) -> Option<bool> {
        let written = self.table.as_deref()?;
        Some(schema.tables.keys().any(|name| is_named(name, written)))
    }
}

/// What was inferred about a schema.
#[derive(Clone, Debug, Default)]
pub struct Tenancy {
    /// The table of tenants, if there is one.
    pub root: Option<Root>,
    /// All tables that were considered, best first.
    pub candidates: Vec<Candidate>,
    /// Columns with a key's name that are not taken for keys, and why.
    pub spared: Vec<Spared>,
    keys: BTreeMap<QualifiedName, Vec<TenantKey>>,
    roles: BTreeMap<QualifiedName, Role>,
    carriers: BTreeMap<String, Vec<(QualifiedName, Name)>>,
    delete_rule: Option<Action>,
    former: Vec<FormerKey>,
}

/// The table of tenants.
#[derive(Clone, Debug)]
pub struct Root {
    /// The table.
    pub table: QualifiedName,
    /// The column that keys refer to.
    pub column: Name,
    /// Its type.
    pub data_type: Type,
    /// Where that column was made.
    pub span: Span,
    /// What the table holds, and keys are named after: `customer`.
    pub noun: String,
    /// How sure it is that rows of this table are tenants.
    pub confidence: Confidence,
}

/// How sure inference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Many tables belong to it, but it may be an ordinary parent.
    Presumed,
    /// Its rows are tenants.
    Established,
}

/// What a table is to the tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The table of tenants itself.
    Root,
    /// Carries a tenant key.
    Scoped,
    /// Carries none, but every row of it belongs to a row of this table, which leads to a tenant.
    Derived(QualifiedName),
    /// Belongs to no tenant, as far as the schema says.
    Global,
}

/// What a table is to the tenants, tables of no tenant told apart by what they are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// The table of tenants itself.
    Root,
    /// Carries a tenant key.
    Scoped,
    /// Belongs to a tenant through this table.
    Derived(QualifiedName),
    /// Holds people, or says who belongs to which tenant.
    Identity,
    /// Keeps records, queues and the like.
    Infrastructure,
    /// Any other table of no tenant.
    Reference,
}

impl Tenancy {
    /// Infers the tenancy of a schema.
    pub fn infer(schema: &Schema, settings: &TenantSettings) -> Self {
        let survey = root::Survey::new(schema);
        let candidates = root::candidates(&survey, settings);
        let root = root::choose(schema, &survey, &candidates, settings);
        let mut tenancy = Self { root, candidates, carriers: survey.carriers, ..Self::default() };
        if let Some(root) = &tenancy.root {
            (tenancy.keys, tenancy.spared) = keys::find(schema, root, settings);
            tenancy.roles = roles(schema, root, &tenancy.keys, settings);
            tenancy.delete_rule = usual_delete_rule(schema, root);
        }
        tenancy.former = former::find(schema, &tenancy);
        tenancy
    }

    /// The root, if it is certain enough that its rows are tenants.
    pub fn established(&self) -> Option<&Root> {
        self.root.as_ref().filter(|root| root.confidence == Confidence::Established)
    }

    /// All tenant keys, by table.
    pub fn keys(&self) -> impl Iterator<Item = &TenantKey> {
        self.keys.values().flatten()
    }

    /// The tenant keys of a table.
    pub fn keys_of(&self, table: &QualifiedName) -> &[TenantKey] {
        self.keys.get(table).map_or(&[], Vec::as_slice)
    }

    /// The tenant key that is this column.
    pub fn key(&self, table: &QualifiedName, column: &str) -> Option<&TenantKey> {
        self.keys_of(table).iter().find(|key| key.column == *column)
    }

    /// What most foreign keys to the root say ON DELETE, if they say anything.
    pub fn usual_delete_rule(&self) -> Option<Action> {
        self.delete_rule
    }

    /// What the table is to the tenants; `None` where no root is known.
    pub fn role(&self, table: &QualifiedName) -> Option<&Role> {
        self.roles.get(table)
    }

    /// What the table is to the tenants, in more detail; `None` where no root is known.
    pub fn class(&self, table: &QualifiedName) -> Option<Class> {
        Some(match self.role(table)? {
            Role::Root => Class::Root,
            Role::Scoped => Class::Scoped,
            Role::Derived(parent) => Class::Derived(parent.clone()),
            Role::Global if is_person(&table_noun(&table.name)) => Class::Identity,
            Role::Global if keeps_records(&table.name) => Class::Infrastructure,
            Role::Global => Class::Reference,
        })
    }

    /// Whether the table carries a tenant key.
    pub fn is_scoped(&self, table: &QualifiedName) -> bool {
        self.role(table) == Some(&Role::Scoped)
    }

    /// Columns named like the key of this noun, whatever their type.
    pub fn carriers(&self, noun: &str) -> &[(QualifiedName, Name)] {
        self.carriers.get(noun).map_or(&[], Vec::as_slice)
    }

    /// Columns that look like the tenant key of an earlier day.
    pub fn former_keys(&self) -> impl Iterator<Item = &FormerKey> {
        self.former.iter()
    }

    /// Whether a lint of the group *tenant* judges this column's type or missing foreign key, so that lints about
    /// keys in general leave it alone.
    pub fn judges(&self, table: &QualifiedName, column: &str) -> bool {
        if self.former.iter().any(|former| former.table == *table && former.column == *column) {
            return true;
        }
        let Some(root) = &self.root else { return false };
        self.key(table, column).is_some_and(|key| match &key.kind {
            KeyKind::Mistyped { .. } => true,
            KeyKind::Unreferenced => root.confidence == Confidence::Established,
            KeyKind::Reference | KeyKind::CodeReference { .. } => false,
        })
    }

    /// The index that would serve this foreign key if the tenant key did not stand first in it. Joins within a tenant
    /// use it; the check behind a delete of the parent, which knows no tenant, cannot.
    pub fn index_behind_key<'a>(&self, table: &'a Table, constraint: &Constraint) -> Option<&'a Index> {
        self.established()?;
        let wanted: BTreeSet<&Name> = constraint.columns.iter().collect();
        table.indexes.iter().map(AsRef::as_ref).find(|index| {
            let columns: Vec<Option<&Name>> = index.key_columns().collect();
            let Some((Some(first), rest)) = columns.split_first() else { return false };
            let behind: BTreeSet<&Name> = rest.iter().take(wanted.len()).filter_map(|column| *column).collect();
            index.predicate.is_none() && !wanted.contains(first) && self.key(&table.name, first).is_some() && behind == wanted
        })
    }
}

/// Whether a table takes part: permanent, its own (no partition or child), and known for certain.
pub fn takes_part(schema: &Schema, table: &Table) -> bool {
    table.persistence != crate::schema::Persistence::Temporary
        && !table.is_child()
        && !table.foreign
        && !table.columns_uncertain
        && !schema.is_uncertain(&table.name)
}

/// Whether `name` is what a person wrote in the configuration: with or without its schema.
pub(super) fn is_named(name: &QualifiedName, written: &str) -> bool {
    written.replace('"', "") == name.to_string() || *name.name == *written.replace('"', "")
}

fn usual_delete_rule(schema: &Schema, root: &Root) -> Option<Action> {
    let mut counts: BTreeMap<Option<Action>, usize> = BTreeMap::new();
    for (_, _, key) in schema.references_to(&root.table) {
        *counts.entry(key.on_delete).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count)?.0
}

/// Every table's role. A table is derived when a foreign key that no row can leave empty leads to a table that
/// belongs to tenants; people are not followed, since they usually belong to several.
fn roles(
    schema: &Schema,
    root: &Root,
    keys: &BTreeMap<QualifiedName, Vec<TenantKey>>,
    settings: &TenantSettings,
) -> BTreeMap<QualifiedName, Role> {
    let mut roles: BTreeMap<QualifiedName, Role> = schema.tables.keys().map(|name| (name.clone(), Role::Global)).collect();
    roles.insert(root.table.clone(), Role::Root);
    let is_global = |name: &QualifiedName| settings.global_tables.iter().any(|written| is_named(name, written));
    let mut pending: Vec<QualifiedName> = keys.keys().filter(|name| !is_global(name)).cloned().collect();
    for name in &pending {
        roles.insert(name.clone(), Role::Scoped);
    }
    let mut children: BTreeMap<&QualifiedName, Vec<(&Table, &Constraint, &ForeignKey)>> = BTreeMap::new();
    for (table, constraint, key) in schema.foreign_keys() {
        children.entry(&key.references).or_default().push((table, constraint, key));
    }
    while let Some(parent) = pending.pop() {
        if is_person(&table_noun(&parent.name)) {
            continue;
        }
        for (table, constraint, _) in children.get(&parent).into_iter().flatten() {
            let belongs = constraint.columns.iter().all(|column| table.column(column).is_some_and(|column| !column.nullable.value));
            if belongs && roles.get(&table.name) == Some(&Role::Global) && !is_global(&table.name) {
                roles.insert(table.name.clone(), Role::Derived(parent.clone()));
                pending.push(table.name.clone());
            }
        }
    }
    roles
}

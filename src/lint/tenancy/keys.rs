//! Which columns are tenant keys, of which kind, and which only look like one.

use std::collections::BTreeMap;

use super::words::{billing, commerce, elsewhere, key_noun, reference_noun, root_weight, same_words, vendor, words};
use super::{Root, TenantSettings, is_named, takes_part};
use crate::schema::{Column, ExpressionTree, ForeignKey, KeyPart, Name, QualifiedName, Schema, Table, Type};
use crate::source::Span;

/// A column that says which tenant a row belongs to.
#[derive(Clone, Debug)]
pub struct TenantKey {
    /// Its table.
    pub table: QualifiedName,
    /// The column.
    pub column: Name,
    /// Where the column was made.
    pub span: Span,
    /// How it refers to the root.
    pub kind: KeyKind,
}

/// How a tenant key refers to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// By a foreign key, directly or as part of one that leads through another scoped table.
    Reference,
    /// By a foreign key to another unique column than the root's key.
    CodeReference {
        /// That column.
        column: Name,
    },
    /// By its name and type only.
    Unreferenced,
    /// By its name, with a type that cannot hold the root's key, and with enough evidence that it should.
    Mistyped {
        /// Why it is taken for a key all the same.
        evidence: Vec<String>,
    },
}

/// A column with a key's name that is not taken for one.
#[derive(Clone, Debug)]
pub struct Spared {
    /// Its table.
    pub table: QualifiedName,
    /// The column.
    pub column: Name,
    /// Why.
    pub reason: String,
}

/// Columns of the right type or with a foreign key first; they are the precedent for the rest.
pub fn find(schema: &Schema, root: &Root, settings: &TenantSettings) -> (BTreeMap<QualifiedName, Vec<TenantKey>>, Vec<Spared>) {
    let finder = Finder { schema, root, settings, alias: alias(schema, root) };
    let tables: Vec<&Table> = schema.tables.values().map(AsRef::as_ref).filter(|table| finder.may_be_scoped(table)).collect();
    let mut keys: BTreeMap<QualifiedName, Vec<TenantKey>> = BTreeMap::new();
    let mut spared = Vec::new();
    let mut doubtful = Vec::new();
    for (table, column) in tables.iter().flat_map(|table| table.columns.iter().map(move |column| (*table, column.as_ref()))) {
        match finder.classify(table, column) {
            Class::Key(kind) => keys.entry(table.name.clone()).or_default().push(tenant_key(table, column, kind)),
            Class::Mistyped => doubtful.push((table, column)),
            Class::Spared(reason) => spared.push(Spared { table: table.name.clone(), column: column.name.clone(), reason }),
            Class::Unrelated => {}
        }
    }
    let precedents = keys.values().flatten().filter(|key| key.kind == KeyKind::Reference).count();
    let mut mistyped = Vec::new();
    for (table, column) in doubtful {
        let evidence = finder.evidence(table, column, precedents);
        match finder.reason_to_spare(table, column) {
            Some(reason) => spared.push(Spared { table: table.name.clone(), column: column.name.clone(), reason }),
            None if keys.contains_key(&table.name) => {
                let reason = "the table has a key of the right type beside it".to_owned();
                spared.push(Spared { table: table.name.clone(), column: column.name.clone(), reason });
            }
            None if evidence.len() < 2 => {
                let reason = format!("`{}` cannot hold the key, and nothing shows that it should", column.data_type.value);
                spared.push(Spared { table: table.name.clone(), column: column.name.clone(), reason });
            }
            None => mistyped.push(tenant_key(table, column, KeyKind::Mistyped { evidence })),
        }
    }
    for key in mistyped {
        keys.entry(key.table.clone()).or_default().push(key);
    }
    (keys, spared)
}

fn tenant_key(table: &Table, column: &Column, kind: KeyKind) -> TenantKey {
    TenantKey { table: table.name.clone(), column: column.name.clone(), span: column.span, kind }
}

enum Class {
    Key(KeyKind),
    Mistyped,
    Spared(String),
    Unrelated,
}

struct Finder<'a> {
    schema: &'a Schema,
    root: &'a Root,
    settings: &'a TenantSettings,
    /// What most keys are called where they are not named after the root.
    alias: Option<Name>,
}

/// Tables that must call their reference to the root by one name before it counts as the key's.
const SPREAD: usize = 5;

/// The name by which most tables refer to the root, if it is a custom: `owner_id` for organizations.
fn alias(schema: &Schema, root: &Root) -> Option<Name> {
    let mut tables: BTreeMap<&Name, usize> = BTreeMap::new();
    let (mut all, mut seen) = (0, None);
    for (table, constraint, _) in schema.references_to(&root.table) {
        let [column] = constraint.columns.as_slice() else { continue };
        *tables.entry(column).or_default() += 1;
        all += usize::from(seen.replace(&table.name) != Some(&table.name));
    }
    let (column, count) = tables.into_iter().max_by_key(|(_, count)| *count)?;
    (count >= SPREAD && count * 2 > all).then(|| column.clone())
}

impl Finder<'_> {
    fn may_be_scoped(&self, table: &Table) -> bool {
        table.name != self.root.table && takes_part(self.schema, table)
    }

    fn classify(&self, table: &Table, column: &Column) -> Class {
        let named = self.is_named_after_root(&column.name);
        if self.settings.global_tables.iter().any(|written| is_named(&table.name, written)) {
            return if named { Class::Spared("the configuration says that the table is global".to_owned()) } else { Class::Unrelated };
        }
        let reference =
            table.foreign_keys_of(&column.name).find_map(|(constraint, key)| self.reference(&constraint.columns, key, &column.name));
        if let Some(kind) = reference {
            let noun = reference_noun(&column.name);
            let alias = root_weight(&noun).is_some() || noun.split('_').next() == Some(self.root.noun.as_str());
            let alias = alias || self.alias.as_ref() == Some(&column.name);
            return if named || alias { Class::Key(kind) } else { Class::Unrelated };
        }
        if !named || column.inherited {
            return Class::Unrelated;
        }
        if table.foreign_keys_of(&column.name).next().is_some() {
            return Class::Spared("its foreign key leads elsewhere".to_owned());
        }
        if !same_family(&column.data_type.value, &self.root.data_type) {
            return Class::Mistyped;
        }
        match self.reason_to_spare(table, column) {
            Some(reason) => Class::Spared(reason),
            None => Class::Key(KeyKind::Unreferenced),
        }
    }

    /// Whether the column is called what keys to the root are called, here or in the configuration.
    fn is_named_after_root(&self, column: &Name) -> bool {
        key_noun(column).as_ref() == Some(&self.root.noun) || self.settings.keys.iter().any(|key| same_words(key, column))
    }

    /// What the foreign key makes of this column of it: a reference to the root, or to another table's tenant key.
    fn reference(&self, columns: &[Name], key: &ForeignKey, column: &Name) -> Option<KeyKind> {
        let place = columns.iter().position(|name| name == column)?;
        let referenced = key.referenced_columns.get(place)?;
        if key.references == self.root.table {
            return Some(if *referenced == self.root.column {
                KeyKind::Reference
            } else {
                KeyKind::CodeReference { column: referenced.clone() }
            });
        }
        (columns.len() > 1 && self.is_named_after_root(column) && self.is_named_after_root(referenced)).then_some(KeyKind::Reference)
    }

    /// Why a column with the key's name is somebody else's id all the same.
    fn reason_to_spare(&self, table: &Table, column: &Column) -> Option<String> {
        let configured = |written: &&String| match written.rsplit_once('.') {
            Some((name, of)) => is_named(&table.name, name) && same_words(of, &column.name),
            None => same_words(written, &column.name),
        };
        if self.settings.external_ids.iter().any(|written| configured(&written)) {
            return Some("the configuration says it is an external id".to_owned());
        }
        let place = [table.name.schema.as_str(), table.name.name.as_str(), column.name.as_str()];
        if let Some(word) = place.iter().find_map(|name| vendor(name).or_else(|| elsewhere(name))) {
            return Some(format!("`{word}` in its name says that the id was made elsewhere"));
        }
        // A uuid beside uuids is hardly ever somebody else's; what follows is about strings and numbers.
        if column.data_type.value.is("uuid") && self.root.data_type.is("uuid") {
            return None;
        }
        let comments = table.comment.iter().chain(&column.comment).map(|comment| comment.value.as_ref());
        if let Some(word) = comments.clone().find_map(|text| vendor(text).or_else(|| find_external(text))) {
            return Some(format!("a comment speaks of `{word}`"));
        }
        if let Some(sibling) = table.columns.iter().find(|sibling| self.says_elsewhere(&sibling.name)) {
            return Some(format!("`{}` beside it says where the id was made", sibling.name));
        }
        let noun = self.root.noun.as_str();
        if noun == "client" && words(&table.name.name).iter().any(|word| ["token", "grant", "oauth", "auth"].contains(&word.as_str())) {
            return Some("a client of a token is an OAuth application".to_owned());
        }
        let sold_to = ["customer", "account", "client"].contains(&noun) && column.data_type.value.is_string();
        let word = billing(&table.name.name).filter(|_| sold_to)?;
        Some(format!("a `{noun}` in a table about `{word}` is usually a payment provider's or an accountant's"))
    }

    fn says_elsewhere(&self, sibling: &Name) -> bool {
        let origin = ["provider", "source", "platform", "integration", "connector"].iter().any(|word| *sibling == **word);
        let kind = same_words(sibling, &format!("{}_type", self.root.noun));
        origin || kind || commerce(sibling).is_some()
    }

    /// What shows that a column which cannot hold the root's key is meant to.
    fn evidence(&self, table: &Table, column: &Column, precedents: usize) -> Vec<String> {
        let root = &self.root;
        let data_type = &column.data_type.value;
        let mut evidence = Vec::new();
        if root.data_type.is("uuid") {
            evidence.push(format!("`{}.{}` is a uuid", root.table.name, root.column));
        }
        if precedents >= 1 {
            evidence.push("another table references it under the same name".to_owned());
        }
        if precedents >= 2 {
            evidence.push(format!("{precedents} tables do so"));
        }
        if data_type.is_string()
            && root.data_type.is("uuid")
            && data_type.max_characters().is_some_and(|length| [32, 36, 38].contains(&length))
        {
            evidence.push("its length is a uuid's".to_owned());
        }
        if !column.nullable.value {
            evidence.push("no row can do without it".to_owned());
        }
        if leads_an_index(table, &column.name) {
            evidence.push("it leads an index".to_owned());
        }
        if is_in_a_policy(table, &column.name) {
            evidence.push("a policy compares it".to_owned());
        }
        if column.default.as_ref().is_some_and(|default| default.value.text.contains("uuid")) {
            evidence.push("its default is a uuid".to_owned());
        }
        evidence
    }
}

fn find_external(text: &str) -> Option<String> {
    words(text)
        .into_iter()
        .find(|word| ["external", "mirror", "mirrored", "imported", "synced", "upstream", "legacy"].contains(&word.as_str()))
}

/// Types a value of which the other can hold: all strings, all integers.
pub fn same_family(left: &Type, right: &Type) -> bool {
    if left.array || right.array {
        return left == right;
    }
    left.name == right.name || (left.is_string() && right.is_string()) || (left.is_integer() && right.is_integer())
}

/// Whether a usable index starts with the column, for every row that has a value in it.
pub fn leads_an_index(table: &Table, column: &Name) -> bool {
    table.indexes.iter().any(|index| {
        let first = index.keys.first().is_some_and(|key| matches!(&key.part, KeyPart::Column(name) if name == column));
        first && index.predicate.as_ref().is_none_or(|predicate| says_not_null(&predicate.tree, column))
    })
}

/// Whether the condition is `column IS NOT NULL` and nothing else.
pub fn says_not_null(tree: &ExpressionTree, column: &Name) -> bool {
    matches!(tree, ExpressionTree::IsNull { operand, negated: true } if operand.as_column() == Some(column))
}

fn is_in_a_policy(table: &Table, column: &Name) -> bool {
    let conditions = table.policies.iter().flat_map(|policy| policy.using.iter().chain(&policy.check));
    conditions.flat_map(|condition| condition.tree.columns()).any(|name| name == column)
}

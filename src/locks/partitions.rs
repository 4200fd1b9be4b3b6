//! Locks of statements about partitions.

use super::{Held, LockMode, Work};
use crate::schema::{Constraint, ConstraintKind, ExpressionTree, QualifiedName, Schema, Table};

/// The default partition of a table.
pub(super) fn default_partition(schema: &Schema, parent: &QualifiedName) -> Option<QualifiedName> {
    let is_default = |child: &&QualifiedName| {
        let of = schema.table(child).and_then(|child| child.partition_of.as_ref());
        of.is_some_and(|of| of.bound.eq_ignore_ascii_case("default"))
    };
    schema.children.get(parent)?.iter().find(is_default).cloned()
}

impl Held<'_> {
    /// `CREATE TABLE … PARTITION OF`.
    pub(super) fn create_partition(&mut self, parent: &QualifiedName) {
        self.one(parent, LockMode::AccessExclusive, Work::None);
        self.default_partition_of(parent);
        self.tables_referenced_by(parent);
    }

    pub(super) fn attach_partition(&mut self, table: &QualifiedName, partition: &QualifiedName, bound: &str) {
        self.one(table, LockMode::ShareUpdateExclusive, Work::None);
        let work = self.work_of_attaching(table, partition, bound);
        self.tree(partition, LockMode::AccessExclusive, work);
        if !bound.eq_ignore_ascii_case("default") {
            self.default_partition_of(table);
        }
        self.tables_referenced_by(table);
    }

    pub(super) fn detach_partition(&mut self, table: &QualifiedName, partition: &QualifiedName, concurrently: bool) {
        let mode = if concurrently { LockMode::ShareUpdateExclusive } else { LockMode::AccessExclusive };
        self.one(table, mode, Work::None);
        // The second half of the concurrent form takes the partition for a moment.
        self.one(partition, LockMode::AccessExclusive, Work::None);
        if let Some(default) = default_partition(self.schema, &self.resolve(table)) {
            self.one(&default, mode, Work::None);
        }
        self.tables_referenced_by(table);
    }

    /// Rows of the default partition may belong to the new one.
    fn default_partition_of(&mut self, parent: &QualifiedName) {
        if let Some(default) = default_partition(self.schema, &self.resolve(parent)) {
            self.one(&default, LockMode::AccessExclusive, Work::Scan);
        }
    }

    fn tables_referenced_by(&mut self, table: &QualifiedName) {
        let keys = self.schema.table(&self.resolve(table)).map(|table| table.foreign_keys().map(|(_, key)| key.references.clone()));
        let referenced: Vec<QualifiedName> = keys.into_iter().flatten().collect();
        referenced.iter().for_each(|name| self.one(name, LockMode::ShareRowExclusive, Work::None));
    }

    fn work_of_attaching(&self, table: &QualifiedName, partition: &QualifiedName, bound: &str) -> Work {
        let (table, partition) = (self.resolve(table), self.resolve(partition));
        let (Some(parent), Some(child)) = (self.schema.table(&table), self.schema.table(&partition)) else { return Work::Scan };
        let lacks_index =
            parent.indexes.iter().any(|index| !child.indexes.iter().any(|own| own.keys == index.keys && own.unique == index.unique));
        if lacks_index {
            Work::IndexBuild
        } else if proves_bound(parent, child, bound) && !parent.foreign_keys().any(|(key, _)| lacks_key(child, key)) {
            Work::None
        } else {
            Work::Scan
        }
    }
}

/// Whether the partition has no such foreign key of its own, which then has to be verified.
fn lacks_key(child: &Table, key: &Constraint) -> bool {
    !child.constraints.iter().any(|own| own.columns == key.columns && own.validated.value && own.kind == key.kind)
}

/// Whether a valid CHECK of the partition says what its bound says, as far as can be told: for a range over one plain
/// column, that it is not null and on both sides of it is compared.
fn proves_bound(parent: &Table, child: &Table, bound: &str) -> bool {
    let Some(by) = parent.partition_by.as_ref().filter(|by| by.strategy == "range") else { return false };
    let [crate::schema::KeyPart::Column(column)] = by.keys.as_slice() else { return false };
    let Some((low, high)) = range(bound) else { return false };
    let conditions: Vec<&ExpressionTree> = child
        .constraints
        .iter()
        .filter(|constraint| constraint.validated.value)
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Check { expression, .. } => Some(&expression.tree),
            _ => None,
        })
        .flat_map(|tree| match tree {
            ExpressionTree::And(parts) => parts.iter().collect(),
            other => vec![other],
        })
        .collect();
    use crate::schema::BinaryOperator as B;
    let compares = |operator: B, value: &str| {
        conditions.iter().any(|condition| match condition {
            ExpressionTree::Binary { operator: found, left, right } => {
                *found == operator && left.as_column() == Some(column) && constant(right) == Some(value)
            }
            _ => false,
        })
    };
    let not_null = child.column(column).is_some_and(|column| !column.nullable.value) || super::columns::proves_not_null(child, column);
    not_null && compares(B::GreaterOrEqual, low) && compares(B::Less, high)
}

fn constant(tree: &ExpressionTree) -> Option<&str> {
    match tree.without_casts() {
        ExpressionTree::Literal(crate::schema::Literal::String(text) | crate::schema::Literal::Number(text)) => Some(text),
        _ => None,
    }
}

/// The two constants of `FOR VALUES FROM (…) TO (…)` over one column.
fn range(bound: &str) -> Option<(&str, &str)> {
    let rest = bound.split_once('(')?.1;
    let (low, rest) = rest.split_once(')')?;
    let high = rest.split_once('(')?.1.split_once(')')?.0;
    let plain = |text: &'_ str| (!text.contains(',')).then_some(());
    plain(low).and(plain(high))?;
    Some((low.trim().trim_matches('\''), high.trim().trim_matches('\'')))
}

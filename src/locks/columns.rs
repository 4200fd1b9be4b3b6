//! Locks of statements about columns.

use super::widening::{TypeChange, type_change};
use super::{Held, LockMode, Work, volatile};
use crate::schema::{Column, Constraint, ConstraintKind, Expression, ExpressionTree, Name, QualifiedName, Schema, Table, Type, TypeKind};

impl Held<'_> {
    pub(super) fn add_column(&mut self, table: &QualifiedName, column: &Column) {
        let work = added_column(self.schema, column);
        self.tree(table, LockMode::AccessExclusive, work);
    }

    pub(super) fn set_nullable(&mut self, table: &QualifiedName, column: &Name, nullable: bool) {
        let name = self.resolve(table);
        let is_known = |table: &Table| self.schema.column(&table.name, column).is_some_and(|there| !there.nullable.value);
        let scans = |table: &Table| !nullable && !is_known(table) && !proves_not_null(table, column);
        let work = if self.schema.table(&name).is_none_or(scans) && !nullable { Work::Scan } else { Work::None };
        self.tree(table, LockMode::AccessExclusive, work);
    }

    pub(super) fn set_type(
        &mut self,
        written: &QualifiedName,
        column: &Name,
        data_type: &Type,
        collation: Option<&QualifiedName>,
        using: Option<&Expression>,
    ) {
        let name = self.resolve(written);
        let Some((table, there)) = self.schema.table(&name).and_then(|table| Some((table, table.column(column)?))) else {
            return self.tree(written, LockMode::AccessExclusive, Work::Rewrite);
        };
        let change = type_change(self.schema, there, data_type, collation, using, self.in_utc);
        let work = match change {
            TypeChange::Rewrite => Work::Rewrite,
            _ if rebuilds_index(table, column, change) => Work::IndexBuild,
            _ if checks_again(table, column) => Work::Scan,
            _ => Work::None,
        };
        self.tree(written, LockMode::AccessExclusive, work);
        self.keys_of(table, column, change);
    }

    /// Foreign keys over a column whose type changes are made anew.
    fn keys_of(&mut self, table: &Table, column: &Name, change: TypeChange) {
        let compared_anew = change == TypeChange::Rewrite;
        for (_, key) in table.foreign_keys_of(column) {
            self.one(&key.references, LockMode::AccessExclusive, Work::None);
        }
        let referring: Vec<QualifiedName> = self
            .schema
            .references_to(&table.name)
            .filter(|(_, _, key)| key.referenced_columns.contains(column))
            .map(|(holder, _, _)| holder.name.clone())
            .collect();
        for holder in referring {
            self.one(&holder, LockMode::AccessExclusive, if compared_anew { Work::Scan } else { Work::None });
        }
    }
}

/// What adding this column costs.
fn added_column(schema: &Schema, column: &Column) -> Work {
    let default = column.default.as_ref().map(|default| &default.value);
    let computed = column.serial
        || column.identity.is_some()
        || column.generated.as_ref().is_some_and(|generated| generated.value.stored)
        || default.is_some_and(|default| volatile::is_volatile(schema, &default.tree));
    if computed || has_constrained_domain(schema, &column.data_type.value) {
        return Work::Rewrite;
    }
    let is_null = default.is_none_or(|default| default.tree == ExpressionTree::Literal(crate::schema::Literal::Null));
    let is_virtual = column.generated.is_some();
    // PostgreSQL makes sure that there is no row without a value.
    if !column.nullable.value && (is_null || is_virtual) { Work::Scan } else { Work::None }
}

/// Whether the type is a domain that demands something, or is made from one.
pub(super) fn has_constrained_domain(schema: &Schema, data_type: &Type) -> bool {
    let mut data_type = data_type;
    for _ in 0..16 {
        match super::widening::definition(schema, data_type) {
            Some(TypeKind::Domain { not_null, checks, .. }) if *not_null || !checks.is_empty() => return true,
            Some(TypeKind::Domain { base, .. }) => data_type = base,
            _ => return false,
        }
    }
    false
}

/// Whether a valid CHECK of the table says that the column is not null.
pub(super) fn proves_not_null(table: &Table, column: &Name) -> bool {
    let proves = |constraint: &Constraint| match &constraint.kind {
        ConstraintKind::Check { expression, .. } => constraint.validated.value && implies_not_null(&expression.tree, column),
        _ => false,
    };
    table.constraints.iter().any(|constraint| proves(constraint))
}

fn implies_not_null(condition: &ExpressionTree, column: &Name) -> bool {
    match condition {
        ExpressionTree::IsNull { operand, negated: true } => {
            matches!(operand.as_ref(), ExpressionTree::Column { name, .. } if name == column)
        }
        ExpressionTree::And(parts) => parts.iter().any(|part| implies_not_null(part, column)),
        ExpressionTree::Or(parts) => parts.iter().all(|part| implies_not_null(part, column)),
        _ => false,
    }
}

/// Whether an index over the column has to be built again although the table keeps its rows.
fn rebuilds_index(table: &Table, column: &Name, change: TypeChange) -> bool {
    table.indexes.iter().any(|index| {
        let is_key = index.key_columns().any(|key| key == Some(column));
        let in_expression = index.keys.iter().any(|key| match &key.part {
            crate::schema::KeyPart::Expression(expression) => expression.tree.columns().contains(&column),
            crate::schema::KeyPart::Column(_) => false,
        });
        let in_predicate = index.predicate.as_ref().is_some_and(|predicate| predicate.tree.columns().contains(&column));
        let has_parts = index.predicate.is_some() || index.keys.iter().any(|key| matches!(key.part, crate::schema::KeyPart::Expression(_)));
        // PostgreSQL does not compare expressions and predicates: such an index is always built again.
        in_expression || in_predicate || is_key && (has_parts || change == TypeChange::OtherOrder)
    })
}

/// Whether a CHECK over the column has to be verified again.
fn checks_again(table: &Table, column: &Name) -> bool {
    table.checks().any(|(constraint, expression)| constraint.validated.value && expression.tree.columns().contains(&column))
}

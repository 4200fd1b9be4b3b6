//! `DROP`, and what `ALTER TABLE` drops.

use super::{beside, function_signature};
use crate::schema::{Function, Name, QualifiedName, Table, TypeDefinition, TypeKind, View};

/// `DROP TABLE`
pub fn drop_table(table: &Table) -> String {
    format!("DROP {}TABLE {}", if table.foreign { "FOREIGN " } else { "" }, table.name.to_sql())
}

/// `DROP VIEW` or `DROP MATERIALIZED VIEW`
pub fn drop_view(view: &View) -> String {
    format!("DROP {}VIEW {}", if view.materialized { "MATERIALIZED " } else { "" }, view.name.to_sql())
}

/// `DROP SEQUENCE`
pub fn drop_sequence(name: &QualifiedName) -> String {
    format!("DROP SEQUENCE {}", name.to_sql())
}

/// `DROP STATISTICS`
pub fn drop_statistics(name: &QualifiedName) -> String {
    format!("DROP STATISTICS {}", name.to_sql())
}

/// `DROP TYPE` or `DROP DOMAIN`
pub fn drop_type(definition: &TypeDefinition) -> String {
    let kind = if matches!(definition.kind, TypeKind::Domain { .. }) { "DOMAIN" } else { "TYPE" };
    format!("DROP {kind} {}", definition.name.to_sql())
}

/// `DROP FUNCTION`, `PROCEDURE` or `AGGREGATE`
pub fn drop_function(function: &Function) -> String {
    format!("DROP {} {}", super::function::kind(function), function_signature(&function.key))
}

/// `DROP INDEX`, of a table or materialized view.
pub fn drop_index(relation: &QualifiedName, index: &Name) -> String {
    format!("DROP INDEX {}", beside(relation, index).to_sql())
}

/// `ALTER TABLE … DROP CONSTRAINT`
pub fn drop_constraint(table: &QualifiedName, constraint: &Name) -> String {
    format!("ALTER TABLE {} DROP CONSTRAINT {}", table.to_sql(), constraint.to_sql())
}

/// `DROP TRIGGER`
pub fn drop_trigger(table: &QualifiedName, trigger: &Name) -> String {
    format!("DROP TRIGGER {} ON {}", trigger.to_sql(), table.to_sql())
}

/// `DROP POLICY`
pub fn drop_policy(table: &QualifiedName, policy: &Name) -> String {
    format!("DROP POLICY {} ON {}", policy.to_sql(), table.to_sql())
}

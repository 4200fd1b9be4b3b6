//! `LOCK TABLE`, `VACUUM`, `REINDEX` and their like, and the forms of `ALTER TABLE` that the model does not hold.

use pg_query::protobuf::{AlterTableCmd, AlterTableStmt, AlterTableType, LockStmt, RangeVar, ReindexObjectType, ReindexStmt, VacuumStmt};
use pg_query::{Node, NodeEnum};

use super::node::{self, kind};
use super::text::Text;
use crate::sql::{LockMode, Maintenance, MaintenanceKind, TableOption};

/// What a statement does to relations besides changing the schema; nothing for most statements.
pub fn lower(text: &Text, statement: &NodeEnum) -> Vec<Maintenance> {
    match statement {
        NodeEnum::LockStmt(lock) => lock_table(text, lock),
        NodeEnum::VacuumStmt(vacuum) => self::vacuum(text, vacuum),
        NodeEnum::ClusterStmt(cluster) => vec![on(text, cluster.relation.as_ref(), MaintenanceKind::Cluster)],
        NodeEnum::ReindexStmt(reindex) => vec![self::reindex(text, reindex)],
        NodeEnum::AlterTableStmt(alter) => alter_table(text, alter),
        NodeEnum::RuleStmt(rule) => vec![on(text, rule.relation.as_ref(), MaintenanceKind::CreateRule)],
        _ => Vec::new(),
    }
}

fn on(text: &Text, relation: Option<&RangeVar>, kind: MaintenanceKind) -> Maintenance {
    let span = relation.map_or_else(|| text.statement(), |relation| text.name_at(relation.location));
    Maintenance { relation: relation.map(node::relation), kind, span }
}

fn relations(nodes: &[Node]) -> impl Iterator<Item = &RangeVar> {
    nodes.iter().filter_map(|node| match kind(node)? {
        NodeEnum::RangeVar(relation) => Some(relation),
        _ => None,
    })
}

fn lock_table(text: &Text, lock: &LockStmt) -> Vec<Maintenance> {
    // PostgreSQL numbers the modes from 1.
    let position = usize::try_from(lock.mode).unwrap_or_default().saturating_sub(1);
    let mode = LockMode::ALL.get(position).copied().unwrap_or(LockMode::AccessExclusive);
    relations(&lock.relations).map(|relation| on(text, Some(relation), MaintenanceKind::Lock(mode))).collect()
}

fn vacuum(text: &Text, vacuum: &VacuumStmt) -> Vec<Maintenance> {
    let full = node::option(&vacuum.options, "full").is_some_and(node::is_set);
    let what = if vacuum.is_vacuumcmd { MaintenanceKind::Vacuum { full } } else { MaintenanceKind::Analyze };
    let named = vacuum.rels.iter().filter_map(|node| match kind(node)? {
        NodeEnum::VacuumRelation(relation) => relation.relation.as_ref(),
        _ => None,
    });
    let named: Vec<Maintenance> = named.map(|relation| on(text, Some(relation), what.clone())).collect();
    if named.is_empty() { vec![on(text, None, what)] } else { named }
}

fn reindex(text: &Text, reindex: &ReindexStmt) -> Maintenance {
    let concurrently = node::option(&reindex.params, "concurrently").is_some_and(node::is_set);
    let index = reindex.kind() == ReindexObjectType::ReindexObjectIndex;
    on(text, reindex.relation.as_ref(), MaintenanceKind::Reindex { index, concurrently })
}

fn alter_table(text: &Text, alter: &AlterTableStmt) -> Vec<Maintenance> {
    use pg_query::protobuf::ObjectType as O;
    if !matches!(alter.objtype(), O::ObjectTable | O::ObjectMatview | O::ObjectForeignTable) {
        return Vec::new();
    }
    let commands = alter.cmds.iter().filter_map(|node| match kind(node)? {
        NodeEnum::AlterTableCmd(command) => Some(command),
        _ => None,
    });
    commands.map(|command| on(text, alter.relation.as_ref(), MaintenanceKind::Alter(option(command)))).collect()
}

fn option(command: &AlterTableCmd) -> TableOption {
    use AlterTableType as A;
    match command.subtype() {
        A::AtSetTableSpace => TableOption::Tablespace,
        A::AtSetAccessMethod => TableOption::AccessMethod,
        _ => TableOption::Other,
    }
}

//! `CREATE STATISTICS` and `ALTER STATISTICS`.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterStatsStmt, CreateStatsStmt};

use super::expression;
use super::node::{inner, kind, names, qualified, relation};
use super::text::Text;
use crate::change::{Change, ChangeKind};
use crate::schema::{KeyPart, Name, QualifiedName, Statistics};

/// The change; `None` for statistics about several relations, which no server takes.
pub fn create(text: &Text, statement: &CreateStatsStmt) -> Option<Change> {
    let [from] = statement.relations.as_slice() else { return None };
    let Some(NodeEnum::RangeVar(from)) = kind(from) else { return None };
    let name = if statement.defnames.is_empty() { QualifiedName::unqualified(Name::unnamed()) } else { qualified(&statement.defnames) };
    let place = text.find_name(2..text.tokens.len(), &name.name).unwrap_or(1);
    let span = text.span(place..place + 1);
    let parts = statement.exprs.iter().filter_map(|node| match kind(node)? {
        NodeEnum::StatsElem(element) if element.name.is_empty() => Some(part(element.expr.as_deref()?)),
        NodeEnum::StatsElem(element) => Some(KeyPart::Column(element.name.as_str().into())),
        _ => None,
    });
    let statistics = Statistics {
        relation: relation(from),
        kinds: names(&statement.stat_types),
        parts: parts.collect(),
        target: None,
        comment: None,
        name,
        span,
    };
    let kind = ChangeKind::CreateStatistics { statistics: Box::new(statistics), if_not_exists: statement.if_not_exists };
    Some(Change { kind, span })
}

/// A column between parentheses is a column.
fn part(node: &pg_query::Node) -> KeyPart {
    match kind(node) {
        Some(NodeEnum::ColumnRef(column)) => match expression::reference(column) {
            Some((None, name)) => KeyPart::Column(name),
            _ => KeyPart::Expression(expression::lower(node)),
        },
        _ => KeyPart::Expression(expression::lower(node)),
    }
}

/// `ALTER STATISTICS … SET STATISTICS`.
pub fn alter(text: &Text, statement: &AlterStatsStmt) -> Change {
    let name = qualified(&statement.defnames);
    let target = match inner(&statement.stxstattarget) {
        Some(NodeEnum::Integer(target)) if target.ival >= 0 => Some(target.ival),
        _ => None,
    };
    let span = super::reference::name_behind(text, 2, &name.name);
    Change { kind: ChangeKind::AlterStatistics { statistics: name, target, if_exists: statement.missing_ok }, span }
}

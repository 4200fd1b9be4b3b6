//! Extended statistics.

use super::{join, list};
use crate::schema::{KeyPart, Statistics};

/// `CREATE STATISTICS`
pub fn create_statistics(statistics: &Statistics) -> String {
    let kinds = if statistics.kinds.is_empty() { String::new() } else { format!(" {}", list(&statistics.kinds)) };
    let parts = join(statistics.parts.iter().map(|part| match part {
        KeyPart::Column(column) => column.to_sql(),
        KeyPart::Expression(expression) => format!("({})", expression.text),
    }));
    format!("CREATE STATISTICS {}{kinds} ON {parts} FROM {}", statistics.name.to_sql(), statistics.relation.to_sql())
}

/// `ALTER STATISTICS … SET STATISTICS`, where that is not the default.
pub fn statistics_target(statistics: &Statistics) -> Option<String> {
    let target = statistics.target?;
    Some(format!("ALTER STATISTICS {} SET STATISTICS {target}", statistics.name.to_sql()))
}

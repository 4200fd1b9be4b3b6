//! Triggers.

use super::{join, list};
use crate::schema::{Name, QualifiedName, Trigger};

/// `CREATE TRIGGER`
pub fn create_trigger(table: &QualifiedName, trigger: &Trigger) -> String {
    let constraint = if trigger.constraint { "CONSTRAINT " } else { "" };
    let events = trigger.events.iter().map(|event| event_clause(event, &trigger.columns)).collect::<Vec<_>>().join(" OR ");
    let each = if trigger.for_each_row { "ROW" } else { "STATEMENT" };
    let mut written =
        format!("CREATE {constraint}TRIGGER {} {} {events} ON {} FOR EACH {each}", trigger.name.to_sql(), trigger.timing, table.to_sql());
    if let Some(condition) = &trigger.condition {
        written.push_str(&format!(" WHEN ({})", condition.text));
    }
    format!("{written} EXECUTE FUNCTION {}({})", trigger.function.to_sql(), join([]))
}

fn event_clause(event: &Name, columns: &[Name]) -> String {
    if *event == "UPDATE" && !columns.is_empty() {
        let columns = list(columns);
        format!("UPDATE OF {}", columns.trim_matches(['(', ')']))
    } else {
        event.to_string()
    }
}

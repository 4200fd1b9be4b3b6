//! Triggers.

use super::{join, quote_literal};
use crate::schema::{Firing, Name, QualifiedName, Trigger};

/// `CREATE TRIGGER`, on a table or view.
pub fn create_trigger(relation: &QualifiedName, trigger: &Trigger) -> String {
    let constraint = if trigger.constraint { "CONSTRAINT " } else { "" };
    let events = trigger.events.iter().map(|event| event_clause(event, &trigger.columns)).collect::<Vec<_>>().join(" OR ");
    let name = trigger.name.to_sql();
    let mut written = format!("CREATE {constraint}TRIGGER {name} {} {events} ON {}", trigger.timing, relation.to_sql());
    if let Some(other) = &trigger.from_table {
        written.push_str(&format!(" FROM {}", other.to_sql()));
    }
    if trigger.deferrable {
        written.push_str(" DEFERRABLE");
    }
    if trigger.initially_deferred {
        written.push_str(" INITIALLY DEFERRED");
    }
    written.push_str(&transition_tables(trigger));
    written.push_str(if trigger.for_each_row { " FOR EACH ROW" } else { " FOR EACH STATEMENT" });
    if let Some(condition) = &trigger.condition {
        written.push_str(&format!(" WHEN ({})", condition.text));
    }
    let arguments = join(trigger.arguments.iter().map(|argument| quote_literal(argument)));
    format!("{written} EXECUTE FUNCTION {}({arguments})", trigger.function.to_sql())
}

fn event_clause(event: &Name, columns: &[Name]) -> String {
    match *event == "UPDATE" && !columns.is_empty() {
        true => format!("UPDATE OF {}", join(columns.iter().map(Name::to_sql))),
        false => event.to_string(),
    }
}

fn transition_tables(trigger: &Trigger) -> String {
    let named = [("OLD", &trigger.old_table), ("NEW", &trigger.new_table)];
    let named = named.into_iter().filter_map(|(rows, name)| name.as_ref().map(|name| format!(" {rows} TABLE AS {}", name.to_sql())));
    let clauses: String = named.collect();
    if clauses.is_empty() { clauses } else { format!(" REFERENCING{clauses}") }
}

/// `ALTER TABLE … DISABLE TRIGGER` and its kin, for a trigger that does not fire as a new one does.
pub fn enable_trigger(table: &QualifiedName, trigger: &Trigger) -> Option<String> {
    let verb = match (trigger.enabled, trigger.firing) {
        (true, Firing::Origin) => return None,
        (false, _) => "DISABLE",
        (true, firing) => self::firing(firing),
    };
    Some(format!("ALTER TABLE {} {verb} TRIGGER {}", table.to_sql(), trigger.name.to_sql()))
}

/// The words that make a trigger fire in these sessions.
pub fn firing(firing: Firing) -> &'static str {
    match firing {
        Firing::Origin => "ENABLE",
        Firing::Replica => "ENABLE REPLICA",
        Firing::Always => "ENABLE ALWAYS",
    }
}

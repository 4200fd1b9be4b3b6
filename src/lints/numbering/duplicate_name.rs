//! One description under two versions.

use std::collections::{HashMap, HashSet};

use crate::history::Migration;
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;
use crate::lints::replay::no_effect::made;
use crate::schema::Name;
use crate::sql::Statement;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let mut first: HashMap<String, &Migration> = HashMap::new();
    let mut findings = Vec::new();
    for migration in &context.history.migrations {
        let name = migration.file.name.to_lowercase();
        // One word ("init", "migration", "update") is no description.
        if !name.contains(['_', '-', ' ']) || migration.file.version.is_none() {
            continue;
        }
        match first.get(&name) {
            Some(earlier) if earlier.file.version != migration.file.version && has_same_work(earlier, migration) => {
                findings.push(finding(context, earlier, migration));
            }
            Some(_) => {}
            None => {
                first.insert(name, migration);
            }
        }
    }
    findings
}

/// Whether both make something of one name. "Add indexes" may well be done twice.
fn has_same_work(earlier: &Migration, migration: &Migration) -> bool {
    let names = |migration: &'_ Migration| -> HashSet<Name> {
        migration.up.iter().flat_map(Statement::changes).filter_map(|change| made(change).cloned()).collect()
    };
    !names(earlier).is_disjoint(&names(migration))
}

fn finding(context: &HistoryContext, earlier: &Migration, migration: &Migration) -> Finding {
    let (name, before) = (files::title(context, migration), files::title(context, earlier));
    Finding::new(
        files::first_line(context.sources, migration.file.up),
        format!("`{name}` is described as `{before}` is: readers cannot tell whether it repeats or replaces it"),
    )
    .because(files::first_line(context.sources, earlier.file.up), "the earlier migration of that description")
    .object(name)
}

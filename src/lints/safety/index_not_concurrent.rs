//! An index built while nobody can write.

use super::{BESIDE, changes, concurrently, finding, is_mysql};
use crate::change::ChangeKind;
use crate::ddl;
use crate::lint::{Finding, HistoryContext};
use crate::schema::{Index, Table};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::CreateIndex { table, index, concurrently: false, only: false, .. } = change else { return None };
        let (table, lock) = step.working_lock(table)?;
        if is_mysql(step) {
            return Some(finding(step, lock, "building this index").help(help_in_mysql(index)));
        }
        let fix = concurrently(step).filter(|_| table.partition_by.is_none());
        Some(finding(step, lock, "building this index").help(help(table, index)).fix(fix))
    });
    found.collect()
}

fn help(table: &Table, index: &Index) -> String {
    if table.partition_by.is_some() {
        return format!(
            "make it on the partitioned table alone, build each partition's concurrently, and attach these:\n\
             CREATE INDEX … ON ONLY {} …;\nCREATE INDEX CONCURRENTLY … ON partition …;\nALTER INDEX … ATTACH PARTITION …;",
            table.name.to_sql()
        );
    }
    let create = ddl::create_index(&table.name, index).replacen(" INDEX ", " INDEX CONCURRENTLY ", 1);
    format!("build it outside of a transaction, while rows are written:\n{create};")
}

fn help_in_mysql(index: &Index) -> &'static str {
    match index.method.as_str() {
        "fulltext" | "spatial" => BESIDE,
        _ => "leave ALGORITHM and LOCK out: MySQL builds it in place then, while rows are written",
    }
}

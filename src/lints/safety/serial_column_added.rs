//! A column that numbers every row when it is added.

use super::{BESIDE, changes, finding, is_mysql};
use crate::change::ChangeKind;
use crate::lint::{Finding, HistoryContext};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let found = changes(context).filter_map(|(step, change)| {
        let ChangeKind::AddColumn { table, column, .. } = change else { return None };
        if !column.serial && column.identity.is_none() {
            return None;
        }
        let (table, lock) = step.working_lock(table)?;
        if is_mysql(step) {
            let what = format!("adding `{}` numbers every row: it", column.name);
            return Some(finding(step, lock, &what).object(format!("{}.{}", table.name, column.name)).help(BESIDE));
        }
        let (name, column) = (table.name.to_sql(), &column.name);
        let help = format!(
            "add it without a default, number new rows, and fill the others in batches:\n\
             ALTER TABLE {name} ADD COLUMN {0} bigint;\nCREATE SEQUENCE {1} OWNED BY {name}.{0};\n\
             ALTER TABLE {name} ALTER COLUMN {0} SET DEFAULT nextval('{1}');",
            column.to_sql(),
            crate::schema::Name::from(format!("{}_{column}_seq", table.name.name)).to_sql()
        );
        let what = format!("adding `{column}` numbers every row: it");
        Some(finding(step, lock, &what).object(format!("{}.{column}", table.name)).help(help))
    });
    found.collect()
}

//! Tables made anew: what cannot be altered in SQLite is copied into a new table that takes the old one's name.

use crate::change::{ChangeKind, ObjectReference};
use crate::schema::Name;
use crate::sql::{Body, DataKind, Statement};

/// Marks the `DROP TABLE`s of tables whose rows the same file has copied into another: nothing is lost by them.
pub fn mark(statements: &mut [Statement]) {
    let mut copied: Vec<(Name, Name)> = Vec::new();
    for statement in statements {
        match &mut statement.body {
            Body::Data(data) if data.kind == DataKind::Insert => {
                let Some(target) = &data.table else { continue };
                copied.extend(data.reads.iter().map(|source| (source.name.clone(), target.name.clone())));
            }
            Body::Changes(changes) => {
                for change in changes {
                    let ChangeKind::Drop { object: ObjectReference::Table(table), if_exists, .. } = &change.kind else { continue };
                    let copy = copied.iter().find(|(source, _)| source.eq_ignore_ascii_case(&table.name));
                    if let Some((_, copy)) = copy {
                        change.kind = ChangeKind::DropCopied { table: table.clone(), copy: copy.clone(), if_exists: *if_exists };
                    }
                }
            }
            _ => {}
        }
    }
}

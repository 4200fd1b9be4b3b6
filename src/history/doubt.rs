//! Puts objects in doubt that a statement may have touched which replay could not follow.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};

use crate::schema::{QualifiedName, Schema, Table, UNKNOWN_PART};

impl Schema {
    /// A relation may have been made, altered or dropped.
    pub(super) fn doubt(&mut self, written: &QualifiedName) {
        if [&written.schema, &written.name].iter().any(|part| part.contains(UNKNOWN_PART)) {
            self.uncertainty.patterns.insert(written.clone());
            return;
        }
        let schemas = written.schema().map_or_else(|| self.search_path.clone(), |schema| vec![schema.clone()]);
        for schema in schemas {
            let name = QualifiedName::new(schema, written.name.clone());
            // Without an index a table is another.
            self.uncertainty.relations.extend(self.index_tables.get(&name).cloned());
            self.uncertainty.relations.insert(name);
        }
    }

    /// What differs in a version that may have come about or not is in doubt, and so is what was in doubt there.
    pub(super) fn doubt_changes(&mut self, tried: Schema) {
        let mut doubtful: OrdSet<QualifiedName> = changed_keys(&self.views, &tried.views).into_iter().collect();
        for name in changed_keys(&self.tables, &tried.tables) {
            match (self.tables.get(&name), tried.tables.get(&name)) {
                (Some(before), Some(after)) if same_structure(before, after) => _ = self.uncertainty.attachments.insert(name),
                _ => _ = doubtful.insert(name),
            }
        }
        self.uncertainty.relations.extend(doubtful);
        self.uncertainty.join(tried.uncertainty);
    }
}

/// The names whose objects differ between two versions.
fn changed_keys<T>(before: &OrdMap<QualifiedName, Arc<T>>, after: &OrdMap<QualifiedName, Arc<T>>) -> Vec<QualifiedName> {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let differs = |(name, object): &(&QualifiedName, &Arc<T>)| !before.get(*name).is_some_and(|old| Arc::ptr_eq(old, object));
    gone.chain(after.iter().filter(differs).map(|(name, _)| name)).cloned().collect()
}

/// Whether two versions of a table have the same columns, constraints and indexes, the same place among their parents,
/// and differ in triggers, policies and comments only.
fn same_structure(before: &Table, after: &Table) -> bool {
    same_parts(&before.columns, &after.columns)
        && same_parts(&before.constraints, &after.constraints)
        && same_parts(&before.indexes, &after.indexes)
        && before.persistence == after.persistence
        && before.partition_by == after.partition_by
        && before.partition_of == after.partition_of
        && before.inherits == after.inherits
        && before.columns_uncertain == after.columns_uncertain
}

fn same_parts<T>(before: &[Arc<T>], after: &[Arc<T>]) -> bool {
    before.len() == after.len() && before.iter().zip(after).all(|(before, after)| Arc::ptr_eq(before, after))
}

//! Which index, if any, finds the rows of a table that refer to a given key.

use super::{Expression, ExpressionTree, Index, Name, Table};

/// How well a table's indexes serve a search for given values in some of its columns.
#[derive(Clone, Copy, Debug)]
pub enum Coverage<'a> {
    /// This index finds the rows.
    Covered(&'a Index),
    /// This one mentions all the columns and still cannot be used.
    NearMiss(&'a Index, Obstacle),
    /// No index mentions all of them.
    Uncovered,
}

impl Coverage<'_> {
    /// Whether an index finds the rows.
    pub fn is_covered(&self) -> bool {
        matches!(self, Coverage::Covered(_))
    }
}

/// Why an index that mentions the columns does not find their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Other columns come before them.
    Behind,
    /// Some of them are only carried along by `INCLUDE`.
    Included,
    /// Its method cannot search for equal values without reading most of the table.
    Method,
    /// Its predicate leaves rows out.
    Predicate,
    /// It sorts by another collation than the column compares by.
    Collation,
    /// It is marked invalid.
    Invalid,
}

impl Table {
    /// Whether an index can answer "which rows have these values in these columns", as the check behind a foreign key
    /// asks for every deleted parent row: a valid B-tree or hash index whose first keys are these columns in any order,
    /// and that leaves out no row but those where one of them is NULL.
    pub fn covers(&self, columns: &[Name]) -> Coverage<'_> {
        let mut near_miss = None;
        for index in &self.indexes {
            match self.obstacle(index, columns) {
                None => return Coverage::Covered(index),
                Some(obstacle) if near_miss.is_none() && mentions(index, columns) => near_miss = Some((index.as_ref(), obstacle)),
                Some(_) => {}
            }
        }
        near_miss.map_or(Coverage::Uncovered, |(index, obstacle)| Coverage::NearMiss(index, obstacle))
    }

    fn obstacle(&self, index: &Index, columns: &[Name]) -> Option<Obstacle> {
        let leading: Vec<&Name> = index.key_columns().take(columns.len()).flatten().collect();
        let leads = leading.len() == columns.len() && columns.iter().all(|column| leading.contains(&column));
        if index.method != "btree" && index.method != "hash" {
            Some(Obstacle::Method)
        } else if !leads {
            let is_key = |column: &Name| index.key_columns().flatten().any(|key| key == column);
            Some(if columns.iter().all(is_key) { Obstacle::Behind } else { Obstacle::Included })
        } else if !index.predicate.as_ref().is_none_or(|predicate| spares_only_nulls(predicate, columns)) {
            Some(Obstacle::Predicate)
        } else if !self.collates(index, columns.len()) {
            Some(Obstacle::Collation)
        } else {
            (!index.valid).then_some(Obstacle::Invalid)
        }
    }

    /// Whether the leading keys sort as their columns compare.
    fn collates(&self, index: &Index, keys: usize) -> bool {
        index.key_columns().zip(&index.keys).take(keys).all(|(column, key)| {
            let Some(collation) = &key.collation else { return true };
            let of_column = column.and_then(|column| self.column(column)).and_then(|column| column.collation.as_ref());
            of_column.map_or(collation.name == "default", |of_column| of_column.name == collation.name)
        })
    }
}

fn mentions(index: &Index, columns: &[Name]) -> bool {
    columns.iter().all(|column| index.key_columns().flatten().chain(&index.include).any(|other| other == column))
}

/// Whether the predicate only says that some of the columns are not NULL: a foreign key ignores such rows anyway.
fn spares_only_nulls(predicate: &Expression, columns: &[Name]) -> bool {
    let mut pending = vec![&predicate.tree];
    while let Some(tree) = pending.pop() {
        match tree {
            ExpressionTree::And(parts) => pending.extend(parts),
            ExpressionTree::IsNull { operand, negated: true } => {
                let ExpressionTree::Column { name, .. } = operand.as_ref() else { return false };
                if !columns.contains(name) {
                    return false;
                }
            }
            _ => return false,
        }
    }
    true
}

//! Queries and statements on rows, level by level: what each can name, and what it names.

use pg_query::protobuf::{AExpr, AExprKind, DeleteStmt, InsertStmt, JoinExpr, RangeVar, ReturningClause, SelectStmt, UpdateStmt};
use pg_query::{Node, NodeEnum};

use super::node::{inner, kind, names, optional_relation, relation, string};
use super::{children, expression, query};
use crate::change::{ColumnName, Columns, Level, OutputColumn};
use crate::schema::Name;

/// The levels of a query or a statement on rows; `None` where the statement is of another kind.
pub fn lower(node: &Node) -> Option<Level> {
    Walk { tables: Vec::new() }.statement(kind(node)?)
}

struct Walk {
    /// Common table expressions in scope.
    tables: Vec<(Name, Columns)>,
}

impl Walk {
    /// What begins with WITH sees its common table expressions, and they see those before them.
    fn statement(&mut self, node: &NodeEnum) -> Option<Level> {
        let outer = self.tables.len();
        let level = match node {
            NodeEnum::SelectStmt(select) => Some(self.select(select)),
            NodeEnum::InsertStmt(insert) => Some(self.insert(insert)),
            NodeEnum::UpdateStmt(update) => Some(self.update(update)),
            NodeEnum::DeleteStmt(delete) => Some(self.delete(delete)),
            _ => None,
        };
        self.tables.truncate(outer);
        level
    }

    fn with(&mut self, clause: &Option<pg_query::protobuf::WithClause>, level: &mut Level) {
        let recursive = clause.as_ref().is_some_and(|clause| clause.recursive);
        let tables: Vec<_> = children::of_with(clause)
            .into_iter()
            .filter_map(|node| match kind(node)? {
                NodeEnum::CommonTableExpr(table) => Some(table),
                _ => None,
            })
            .collect();
        if recursive {
            self.tables.extend(tables.iter().map(|table| (table.ctename.as_str().into(), Columns::Unknown)));
        }
        for table in tables {
            let query = inner(&table.ctequery);
            level.within.extend(query.and_then(|query| self.statement(query)));
            let written = names(&table.aliascolnames);
            let columns = if written.is_empty() { query.map_or(Columns::Unknown, yielded) } else { Columns::Unknown };
            self.tables.push((table.ctename.as_str().into(), columns));
        }
    }

    fn select(&mut self, select: &SelectStmt) -> Level {
        let mut level = Level::default();
        self.with(&select.with_clause, &mut level);
        for operand in [&select.larg, &select.rarg].into_iter().flatten() {
            // The operands of UNION have levels of their own, and see the WITH of the whole.
            let outer = self.tables.len();
            level.within.push(self.select(operand));
            self.tables.truncate(outer);
        }
        if select.larg.is_some() {
            return level;
        }
        self.from(&select.from_clause, &mut level);
        let clauses = select.target_list.iter().chain(select.where_clause.as_deref()).chain(select.having_clause.as_deref());
        let clauses = clauses.chain(&select.window_clause).chain(&select.values_lists);
        clauses
            .chain(select.limit_offset.as_deref())
            .chain(select.limit_count.as_deref())
            .for_each(|node| self.expression(node, &mut level));
        self.sorting(select, &mut level);
        level
    }

    /// `ORDER BY` and `GROUP BY` may name what the query yields.
    fn sorting(&mut self, select: &SelectStmt, level: &mut Level) {
        let mut named = Level::default();
        let clauses = select.sort_clause.iter().chain(&select.group_clause).chain(&select.distinct_clause);
        clauses.for_each(|node| self.expression(node, &mut named));
        let yielded: Vec<Name> = query::output(select).into_iter().filter_map(|column| output_name(&column)).collect();
        named.columns.retain(|(qualifier, column)| qualifier.is_some() || !yielded.contains(column));
        named.columns.into_iter().for_each(|(qualifier, column)| note(level, qualifier, column));
        level.compared.extend(named.compared);
        level.within.extend(named.within);
    }

    fn insert(&mut self, insert: &InsertStmt) -> Level {
        let mut whole = Level::default();
        self.with(&insert.with_clause, &mut whole);
        whole.within.extend(inner(&insert.select_stmt).and_then(|select| self.statement(select)));
        let table = optional_relation(&insert.relation);
        let excluded = (Name::from("excluded"), Columns::Of(table.clone()));
        let mut row = Level { sources: vec![(target_name(&insert.relation), Columns::Of(table)), excluded], ..Level::default() };
        if let Some(conflict) = &insert.on_conflict_clause {
            let clauses = conflict.target_list.iter().chain(conflict.where_clause.as_deref());
            clauses.for_each(|node| self.expression(node, &mut row));
            targets(&conflict.target_list).for_each(|column| note(&mut row, None, column));
            let keys = conflict.infer.iter().flat_map(|infer| &infer.index_elems).filter_map(kind);
            let keys = keys.filter_map(|key| match key {
                NodeEnum::IndexElem(key) if !key.name.is_empty() => Some(Name::from(key.name.as_str())),
                _ => None,
            });
            keys.for_each(|column| note(&mut row, None, column));
        }
        self.returning(&insert.returning_clause, &mut row);
        whole.within.push(row);
        whole
    }

    fn update(&mut self, update: &UpdateStmt) -> Level {
        let mut level = Level::default();
        self.with(&update.with_clause, &mut level);
        level.sources.push((target_name(&update.relation), Columns::Of(optional_relation(&update.relation))));
        self.from(&update.from_clause, &mut level);
        update.target_list.iter().chain(update.where_clause.as_deref()).for_each(|node| self.expression(node, &mut level));
        self.returning(&update.returning_clause, &mut level);
        level
    }

    fn delete(&mut self, delete: &DeleteStmt) -> Level {
        let mut level = Level::default();
        self.with(&delete.with_clause, &mut level);
        level.sources.push((target_name(&delete.relation), Columns::Of(optional_relation(&delete.relation))));
        self.from(&delete.using_clause, &mut level);
        delete.where_clause.as_deref().into_iter().for_each(|node| self.expression(node, &mut level));
        self.returning(&delete.returning_clause, &mut level);
        level
    }

    /// `RETURNING` may name the row before and after.
    fn returning(&mut self, clause: &Option<ReturningClause>, level: &mut Level) {
        let (rows, mut others) = (["old", "new"], Level::default());
        clause.iter().flat_map(|clause| &clause.exprs).for_each(|node| self.expression(node, &mut others));
        others.columns.retain(|(qualifier, _)| qualifier.as_ref().is_none_or(|name| !rows.contains(&name.as_str())));
        others.columns.into_iter().for_each(|(qualifier, column)| note(level, qualifier, column));
        level.compared.extend(others.compared);
        level.within.extend(others.within);
    }

    fn from(&mut self, clause: &[Node], level: &mut Level) {
        clause.iter().for_each(|item| self.source(item, level));
    }

    fn source(&mut self, item: &Node, level: &mut Level) {
        match kind(item) {
            Some(NodeEnum::RangeVar(range)) => level.sources.push(self.range(range)),
            Some(NodeEnum::RangeTableSample(sample)) => sample.relation.as_deref().into_iter().for_each(|item| self.source(item, level)),
            Some(NodeEnum::JoinExpr(join)) => self.join(join, level),
            Some(NodeEnum::RangeSubselect(range)) => {
                let query = inner(&range.subquery);
                level.within.extend(query.and_then(|query| self.statement(query)));
                let renamed = range.alias.as_ref().is_some_and(|alias| !alias.colnames.is_empty());
                let columns = if renamed { Columns::Unknown } else { query.map_or(Columns::Unknown, yielded) };
                let name = range.alias.as_ref().map_or_else(Name::unnamed, |alias| alias.aliasname.as_str().into());
                level.sources.push((name, columns));
            }
            Some(NodeEnum::RangeFunction(range)) => {
                range.functions.iter().for_each(|node| self.expression(node, level));
                let name = range.alias.as_ref().map_or_else(Name::unnamed, |alias| alias.aliasname.as_str().into());
                level.sources.push((name, Columns::Unknown));
            }
            _ => level.sources.push((Name::unnamed(), Columns::Unknown)),
        }
    }

    fn join(&mut self, join: &JoinExpr, level: &mut Level) {
        [&join.larg, &join.rarg].into_iter().flatten().for_each(|item| self.source(item, level));
        if let Some(alias) = &join.alias {
            level.sources.push((alias.aliasname.as_str().into(), Columns::Unknown));
        }
        if let Some(alias) = &join.join_using_alias {
            level.sources.push((alias.aliasname.as_str().into(), Columns::Unknown));
        }
        join.quals.as_deref().into_iter().for_each(|node| self.expression(node, level));
    }

    fn range(&self, range: &RangeVar) -> (Name, Columns) {
        let written = relation(range);
        let common = self.tables.iter().rev().find(|(name, _)| written.schema().is_none() && *name == written.name);
        let renamed = range.alias.as_ref().is_some_and(|alias| !alias.colnames.is_empty());
        let columns = match common {
            Some(_) if renamed => Columns::Unknown,
            Some((_, columns)) => columns.clone(),
            None if renamed => Columns::Unknown,
            None => Columns::Of(written),
        };
        (query::goes_by(range), columns)
    }

    /// The columns that an expression names; its subqueries are levels of their own.
    fn expression(&mut self, node: &Node, level: &mut Level) {
        let Some(node) = kind(node) else { return };
        match node {
            NodeEnum::ColumnRef(column) => {
                if let Some((qualifier, column)) = expression::reference(column) {
                    note(level, qualifier, column);
                }
            }
            NodeEnum::SelectStmt(_) => level.within.extend(self.statement(node)),
            NodeEnum::AExpr(comparison) => {
                level.compared.extend(compared(comparison).filter(|_| level.compared.len() < MAX_COLUMNS));
                children::of(node).into_iter().for_each(|child| self.expression(child, level));
            }
            _ => children::of(node).into_iter().for_each(|child| self.expression(child, level)),
        }
    }
}

/// More columns than this are not looked up at a level.
const MAX_COLUMNS: usize = 1000;

/// Notes a column, once.
fn note(level: &mut Level, qualifier: Option<Name>, column: Name) {
    let reference: ColumnName = (qualifier, column);
    if level.columns.len() < MAX_COLUMNS && !level.columns.contains(&reference) {
        level.columns.push(reference);
    }
}

/// The columns on both sides of `=`.
fn compared(comparison: &AExpr) -> Option<[ColumnName; 2]> {
    let is_equality = comparison.kind() == AExprKind::AexprOp && comparison.name.last().and_then(string) == Some("=");
    let column = |node| match inner(node)? {
        NodeEnum::ColumnRef(column) => expression::reference(column),
        _ => None,
    };
    Some([column(&comparison.lexpr)?, column(&comparison.rexpr)?]).filter(|_| is_equality)
}

fn target_name(range: &Option<RangeVar>) -> Name {
    range.as_ref().map_or_else(Name::unnamed, query::goes_by)
}

fn targets(nodes: &[Node]) -> impl Iterator<Item = Name> {
    nodes.iter().filter_map(|node| match kind(node)? {
        NodeEnum::ResTarget(target) => Some(Name::from(target.name.as_str())),
        _ => None,
    })
}

/// The columns that a query yields, where their names can be told from its text.
fn yielded(node: &NodeEnum) -> Columns {
    let NodeEnum::SelectStmt(select) = node else { return Columns::Unknown };
    let names: Option<Vec<Name>> = query::output(select).iter().map(output_name).collect();
    names.map_or(Columns::Unknown, Columns::Listed)
}

fn output_name(column: &OutputColumn) -> Option<Name> {
    match column {
        OutputColumn::Column { name, .. } | OutputColumn::Expression { name, .. } => Some(name.clone()),
        OutputColumn::Star(_) => None,
    }
}

//! The relations and columns a statement names, and every name it gives to something itself.

use pg_query::protobuf::{Alias, ColumnRef, InsertStmt, RangeVar, ReturningClause, SelectStmt};
use pg_query::{Node, NodeEnum};

use super::node::{kind, names, relation, string};
use super::text::Text;
use super::{children, expression};
use crate::schema::Name;
use crate::source::FileId;
use crate::sql::mentions::{ColumnMention, RelationMention, StatementMentions};
use crate::sql::split;

/// What the statement `written` at offset `base` of a file names; `None` if it does not parse.
pub fn of_statement(written: &str, file: FileId, base: usize) -> Option<StatementMentions> {
    let text = Text::new(written, file, base);
    let result = super::run_parser(written).ok()?;
    let mut collector = Collector { text, mentions: StatementMentions { complete: true, ..StatementMentions::default() } };
    result.protobuf.stmts.iter().filter_map(|raw| raw.stmt.as_deref()).for_each(|node| collector.visit(node));
    Some(collector.mentions)
}

/// What each statement of `range` of a text names; those that do not parse are left out.
pub fn of_statements(text: &str, file: FileId, range: std::ops::Range<usize>) -> Vec<StatementMentions> {
    let chunks = split::statements(text, range).into_iter();
    chunks.filter_map(|chunk| of_statement(text.get(chunk.range.clone())?, file, chunk.range.start)).collect()
}

struct Collector<'a> {
    text: Text<'a>,
    mentions: StatementMentions,
}

impl Collector<'_> {
    fn visit(&mut self, node: &Node) {
        if let Some(node) = kind(node) {
            self.visit_kind(node);
        }
    }

    fn visit_all<'b>(&mut self, nodes: impl IntoIterator<Item = &'b Node>) {
        nodes.into_iter().for_each(|node| self.visit(node));
    }

    fn visit_kind(&mut self, node: &NodeEnum) {
        match node {
            NodeEnum::SelectStmt(select) => return self.visit_select(select),
            NodeEnum::RangeVar(range) => self.relation(range),
            NodeEnum::ColumnRef(column) => self.column(column),
            NodeEnum::CommonTableExpr(table) => {
                self.mentions.sources.insert(table.ctename.as_str().into());
                self.give(table.ctename.as_str());
                self.mentions.given.extend(names(&table.aliascolnames));
            }
            NodeEnum::RangeSubselect(subselect) => self.other_source(subselect.alias.as_ref()),
            NodeEnum::JoinExpr(join) => self.other_source(join.alias.as_ref()),
            NodeEnum::RangeFunction(function) => self.opaque_source(function.alias.as_ref()),
            NodeEnum::RangeTableFunc(function) => self.opaque_source(function.alias.as_ref()),
            NodeEnum::ResTarget(target) => self.give(target.name.as_str()),
            // A result without an alias is named after what makes it.
            NodeEnum::FuncCall(call) => self.give(expression::function_name(call).name.as_str()),
            NodeEnum::TypeCast(cast) => {
                let names = cast.type_name.iter().flat_map(|name| &name.names).filter_map(string).map(Name::from);
                self.mentions.given.extend(names);
            }
            NodeEnum::CreateStmt(statement) => return self.made(statement.relation.as_ref()),
            NodeEnum::CreateTableAsStmt(statement) => {
                self.made(statement.into.as_ref().and_then(|into| into.rel.as_ref()));
                return self.visit_all(statement.query.as_deref());
            }
            NodeEnum::TruncateStmt(statement) => return self.visit_all(&statement.relations),
            NodeEnum::InsertStmt(insert) => return self.visit_insert(insert),
            NodeEnum::UpdateStmt(update) => {
                self.target(update.relation.as_ref());
                self.columns_written(update.relation.as_ref(), &update.target_list);
                self.returning(update.returning_clause.as_ref());
            }
            NodeEnum::DeleteStmt(delete) => {
                self.target(delete.relation.as_ref());
                self.returning(delete.returning_clause.as_ref());
            }
            NodeEnum::MergeStmt(merge) => {
                self.target(merge.relation.as_ref());
                self.mentions.complete = false;
            }
            _ => {}
        }
        self.visit_all(children::of(node));
    }

    fn visit_select(&mut self, select: &SelectStmt) {
        self.visit_all(children::of_select(select));
        [&select.larg, &select.rarg].into_iter().flatten().for_each(|operand| self.visit_select(operand));
    }

    fn visit_insert(&mut self, insert: &InsertStmt) {
        self.target(insert.relation.as_ref());
        self.columns_written(insert.relation.as_ref(), &insert.cols);
        if let Some(conflict) = &insert.on_conflict_clause {
            self.columns_written(insert.relation.as_ref(), &conflict.target_list);
        }
        if let Some(range) = &insert.relation {
            let row = (relation(range), Some("excluded".into()));
            self.mentions.aliases.push(row);
        }
        self.visit_all(children::of_with(&insert.with_clause));
        self.visit_all(insert.select_stmt.as_deref());
        let conflict = insert.on_conflict_clause.as_deref();
        self.visit_all(conflict.into_iter().flat_map(|clause| clause.target_list.iter().chain(clause.where_clause.as_deref())));
        self.returning(insert.returning_clause.as_ref());
    }

    fn returning(&mut self, clause: Option<&ReturningClause>) {
        self.visit_all(clause.into_iter().flat_map(|clause| &clause.exprs));
    }

    fn target(&mut self, range: Option<&RangeVar>) {
        range.into_iter().for_each(|range| self.relation(range));
    }

    fn relation(&mut self, range: &RangeVar) {
        let span = self.text.name_at(range.location);
        let name = relation(range);
        let alias = range.alias.as_ref().map(|alias| Name::from(alias.aliasname.as_str()));
        self.mentions.aliases.push((name.clone(), alias));
        self.mentions.relations.push(RelationMention { name, span });
        // A column alias or the whole row under the table's name is no column of the table.
        self.give(range.relname.as_str());
        self.alias(range.alias.as_ref());
    }

    fn columns_written(&mut self, range: Option<&RangeVar>, targets: &[Node]) {
        let Some(range) = range else { return };
        for target in targets.iter().filter_map(kind) {
            let NodeEnum::ResTarget(target) = target else { continue };
            let span = self.text.located(target.location);
            self.mentions.written.push((relation(range), Name::from(target.name.as_str()), span));
        }
    }

    fn column(&mut self, column: &ColumnRef) {
        if let Some((qualifier, name)) = expression::reference(column) {
            let span = self.text.name_at(column.location);
            self.mentions.columns.push(ColumnMention { qualifier, name, span });
        }
    }

    fn made(&mut self, range: Option<&RangeVar>) {
        self.mentions.made.extend(range.map(|range| Name::from(range.relname.as_str())));
    }

    fn opaque_source(&mut self, alias: Option<&Alias>) {
        self.mentions.complete = false;
        self.other_source(alias);
    }

    fn other_source(&mut self, alias: Option<&Alias>) {
        self.mentions.sources.extend(alias.map(|alias| Name::from(alias.aliasname.as_str())));
        self.alias(alias);
    }

    fn alias(&mut self, alias: Option<&Alias>) {
        let Some(alias) = alias else { return };
        self.give(alias.aliasname.as_str());
        self.mentions.given.extend(names(&alias.colnames));
    }

    fn give(&mut self, name: &str) {
        if !name.is_empty() {
            self.mentions.given.insert(name.into());
        }
    }
}

//! Statements that work on rows.

use pg_query::protobuf::CallStmt;
use pg_query::{Node, NodeEnum};

use super::node::{kind, optional_relation};
use super::text::Text;
use super::{children, expression, level, query};
use crate::schema::{Name, QualifiedName};
use crate::sql::split::{self, Token, TokenKind};
use crate::sql::{DataKind, DataStatement, RowChange, plpgsql};

/// The statement, if it is one that works on rows.
pub fn lower(text: &Text, node: &Node) -> Option<DataStatement> {
    let found = written(kind(node)?).or_else(|| writing_part(kind(node)?))?;
    let query = query::references(node);
    let reads = query.relations.into_iter().map(|(name, _)| name).collect();
    let calls = plpgsql::calls(text.text, &query.functions);
    let rows = row_change(text, kind(node)?).map(Box::new);
    let level = level::lower(node).map(Box::new);
    Some(DataStatement { functions: query.functions, calls, reads, rows, level, ..found })
}

/// What an UPDATE or DELETE does to which rows.
fn row_change(text: &Text, node: &NodeEnum) -> Option<RowChange> {
    let (targets, condition): (&[Node], _) = match node {
        NodeEnum::UpdateStmt(update) => (&update.target_list, &update.where_clause),
        NodeEnum::DeleteStmt(delete) => (&[], &delete.where_clause),
        _ => return None,
    };
    let assignment = |node: &Node| match kind(node)? {
        NodeEnum::ResTarget(target) => match super::node::inner(&target.val)? {
            NodeEnum::MultiAssignRef(_) => None,
            _ => Some((Name::from(target.name.as_str()), expression::tree(target.val.as_deref()?))),
        },
        _ => None,
    };
    Some(RowChange {
        assignments: targets.iter().filter_map(assignment).collect(),
        condition: condition.as_deref().map(expression::tree),
        limited: text.tokens.iter().any(|token| token.is_word(text.text, "limit") || token.is_word(text.text, "fetch")),
    })
}

fn data(kind: DataKind, table: Option<QualifiedName>, columns: Vec<Name>, has_where: bool) -> DataStatement {
    let (functions, calls, reads) = (Vec::new(), Vec::new(), Vec::new());
    DataStatement { kind, table, columns, has_where, rows: None, functions, calls, reads, level: None }
}

/// What a statement writes by itself.
fn written(node: &NodeEnum) -> Option<DataStatement> {
    Some(match node {
        NodeEnum::InsertStmt(insert) => data(DataKind::Insert, Some(optional_relation(&insert.relation)), targets(&insert.cols), false),
        NodeEnum::UpdateStmt(update) => {
            let table = optional_relation(&update.relation);
            data(DataKind::Update, Some(table), targets(&update.target_list), update.where_clause.is_some())
        }
        NodeEnum::DeleteStmt(delete) => {
            data(DataKind::Delete, Some(optional_relation(&delete.relation)), Vec::new(), delete.where_clause.is_some())
        }
        // A MERGE touches the rows its condition finds.
        NodeEnum::MergeStmt(merge) => data(DataKind::Merge, Some(optional_relation(&merge.relation)), Vec::new(), true),
        NodeEnum::CopyStmt(copy) if copy.is_from => {
            let table = optional_relation(&copy.relation);
            data(DataKind::Copy, Some(table), super::node::names(&copy.attlist), copy.where_clause.is_some())
        }
        NodeEnum::CopyStmt(_) => data(DataKind::Select, None, Vec::new(), false),
        _ => return None,
    })
}

/// A SELECT, which may write in its WITH clause.
fn writing_part(node: &NodeEnum) -> Option<DataStatement> {
    let NodeEnum::SelectStmt(select) = node else { return None };
    let common_tables = children::of_with(&select.with_clause).into_iter().filter_map(kind);
    let writing = common_tables.filter_map(|table| match table {
        NodeEnum::CommonTableExpr(table) => written(super::node::inner(&table.ctequery)?),
        _ => None,
    });
    let mut writing = writing;
    writing.next().or_else(|| Some(data(DataKind::Select, None, Vec::new(), select.where_clause.is_some())))
}

fn targets(nodes: &[Node]) -> Vec<Name> {
    let target = |node: &Node| match kind(node)? {
        NodeEnum::ResTarget(target) => Some(Name::from(target.name.as_str())),
        _ => None,
    };
    nodes.iter().filter_map(target).collect()
}

/// `CALL`.
pub fn call(text: &Text, statement: &CallStmt) -> DataStatement {
    let functions: Vec<QualifiedName> = statement.funccall.iter().map(|call| expression::function_name(call)).collect();
    DataStatement { calls: plpgsql::calls(text.text, &functions), functions, ..data(DataKind::Select, None, Vec::new(), false) }
}

/// How many tokens of a statement are looked at for the table it writes to.
const HEAD: usize = 2000;

/// A statement too large or too deep to be parsed, by its tokens alone. Only what it writes to is known then.
pub fn from_tokens(written: &str) -> Option<DataStatement> {
    let head: Vec<Token> = split::tokens(written, 0..written.len()).take(HEAD).collect();
    let word = |index: usize, keyword: &str| head.get(index).is_some_and(|token: &Token| token.is_word(written, keyword));
    let (kind, name) = match () {
        () if word(0, "insert") && word(1, "into") => (DataKind::Insert, 2),
        () if word(0, "update") => (DataKind::Update, 1),
        () if word(0, "delete") && word(1, "from") => (DataKind::Delete, 2),
        () if word(0, "select") || word(0, "values") => return Some(data(DataKind::Select, None, Vec::new(), has_where(written))),
        () => return None,
    };
    let name = if word(name, "only") { name + 1 } else { name };
    let table = name_at(written, &head, name)?;
    let columns = if kind == DataKind::Insert { column_list(written, &head, name) } else { Vec::new() };
    let has_where = kind != DataKind::Insert && has_where(written);
    Some(data(kind, Some(table), columns, has_where))
}

fn identifier(written: &str, token: &Token) -> Option<Name> {
    match token.kind {
        TokenKind::Word => Some(token.text(written).to_ascii_lowercase().into()),
        TokenKind::QuotedIdentifier => Some(written.get(token.inside_quotes(written)?)?.replace("\"\"", "\"").into()),
        _ => None,
    }
}

fn name_at(written: &str, head: &[Token], start: usize) -> Option<QualifiedName> {
    let first = identifier(written, head.get(start)?)?;
    let dot = head.get(start + 1).is_some_and(|token| token.is_symbol(written, "."));
    match head.get(start + 2).filter(|_| dot) {
        Some(second) => Some(QualifiedName::new(first, identifier(written, second)?)),
        None => Some(QualifiedName::unqualified(first)),
    }
}

fn column_list(written: &str, head: &[Token], start: usize) -> Vec<Name> {
    let before_list = |token: &&Token| !token.is_symbol(written, "(") && !token.is_word(written, "values");
    let behind_name = head.iter().skip(start).skip_while(before_list);
    behind_name
        .take_while(|token| !token.is_symbol(written, ")") && !token.is_word(written, "values"))
        .filter_map(|token| identifier(written, token))
        .collect()
}

fn has_where(written: &str) -> bool {
    let mut depth = 0_usize;
    split::tokens(written, 0..written.len()).any(|token| {
        match token.text(written) {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => return depth == 0 && token.is_word(written, "where"),
        }
        false
    })
}

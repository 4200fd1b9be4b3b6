//! `SET`, `RESET`, `set_config` and transaction control.

use pg_query::protobuf::{SelectStmt, TransactionStmt, TransactionStmtKind, VariableSetKind, VariableSetStmt};
use pg_query::{Node, NodeEnum};

use super::expression;
use super::node::{inner, kind};
use super::text::Text;
use crate::change::{Change, ChangeKind};
use crate::schema::{ExpressionTree, Literal, Name};
use crate::sql::split::{self, TokenKind};
use crate::sql::{Body, TransactionControl};

/// `SET` and `RESET`.
pub fn set(text: &Text, statement: &VariableSetStmt) -> Body {
    let values: Vec<String> = statement.args.iter().map(value).collect();
    let is_default = matches!(statement.kind(), VariableSetKind::VarSetDefault | VariableSetKind::VarReset);
    match statement.kind() {
        VariableSetKind::VarSetMulti | VariableSetKind::VarSetCurrent => Body::Other,
        _ if statement.name == "search_path" => search_path(text, (!is_default).then(|| path(values))),
        VariableSetKind::VarResetAll => Body::Setting { name: "all".into(), value: "DEFAULT".to_owned() },
        _ if is_default => Body::Setting { name: statement.name.as_str().into(), value: "DEFAULT".to_owned() },
        _ => Body::Setting { name: statement.name.as_str().into(), value: values.join(", ") },
    }
}

fn value(node: &Node) -> String {
    match expression::tree(node) {
        ExpressionTree::Literal(Literal::String(text) | Literal::Number(text)) => text.to_string(),
        _ => expression::deparse(node),
    }
}

fn path(schemas: Vec<String>) -> Vec<Name> {
    schemas.into_iter().filter(|schema| !schema.is_empty()).map(Name::from).collect()
}

fn search_path(text: &Text, path: Option<Vec<Name>>) -> Body {
    Body::Changes(vec![Change { kind: ChangeKind::SetSearchPath { path }, span: text.statement() }])
}

/// `SELECT set_config('parameter', 'value', …)` and nothing else.
pub fn set_config(text: &Text, select: &SelectStmt) -> Option<Body> {
    let [target] = select.target_list.as_slice() else { return None };
    let Some(NodeEnum::ResTarget(target)) = kind(target) else { return None };
    let Some(NodeEnum::FuncCall(call)) = inner(&target.val) else { return None };
    if !select.from_clause.is_empty() || expression::function_name(call).name != "set_config" {
        return None;
    }
    let [name, setting, ..] = call.args.as_slice() else { return None };
    let (name, setting) = (expression::tree(name), expression::tree(setting));
    let (name, setting) = (name.as_string()?, setting.as_string()?);
    if name.eq_ignore_ascii_case("search_path") {
        return Some(search_path(text, Some(path(identifiers(setting)))));
    }
    Some(Body::Setting { name: name.into(), value: setting.to_owned() })
}

/// The identifiers of a comma-separated list.
fn identifiers(list: &str) -> Vec<String> {
    let tokens = split::tokens(list, 0..list.len());
    let names = tokens.filter_map(|token| match token.kind {
        TokenKind::Word => Some(token.text(list).to_ascii_lowercase()),
        TokenKind::QuotedIdentifier => token.inside_quotes(list).and_then(|range| list.get(range)).map(str::to_owned),
        _ => None,
    });
    names.collect()
}

/// `BEGIN`, `COMMIT` and their kin.
pub fn transaction(statement: &TransactionStmt) -> Body {
    use TransactionStmtKind as K;
    match statement.kind() {
        K::TransStmtBegin | K::TransStmtStart => Body::Transaction(TransactionControl::Begin),
        K::TransStmtCommit => Body::Transaction(TransactionControl::Commit),
        K::TransStmtRollback => Body::Transaction(TransactionControl::Rollback),
        K::TransStmtSavepoint | K::TransStmtRelease | K::TransStmtRollbackTo => Body::Transaction(TransactionControl::Savepoint),
        _ => Body::Other,
    }
}

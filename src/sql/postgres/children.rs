//! The direct parts of the parser's expression and query nodes, in source order.

use pg_query::protobuf::{FuncCall, InsertStmt, SelectStmt, WindowDef, WithClause};
use pg_query::{Node, NodeEnum};

/// The nodes directly below an expression or query node; none for nodes of other kinds.
pub fn of(node: &NodeEnum) -> Vec<&Node> {
    match node {
        NodeEnum::List(list) => list.items.iter().collect(),
        NodeEnum::ReturnStmt(node) => one(&node.returnval),
        NodeEnum::AExpr(node) => both(&node.lexpr, &node.rexpr),
        NodeEnum::BoolExpr(node) => node.args.iter().collect(),
        NodeEnum::TypeCast(node) => one(&node.arg),
        NodeEnum::NullTest(node) => one(&node.arg),
        NodeEnum::BooleanTest(node) => one(&node.arg),
        NodeEnum::CollateClause(node) => one(&node.arg),
        NodeEnum::NamedArgExpr(node) => one(&node.arg),
        NodeEnum::AIndirection(node) => one(&node.arg).into_iter().chain(&node.indirection).collect(),
        NodeEnum::AIndices(node) => both(&node.lidx, &node.uidx),
        NodeEnum::AArrayExpr(node) => node.elements.iter().collect(),
        NodeEnum::RowExpr(node) => node.args.iter().collect(),
        NodeEnum::CoalesceExpr(node) => node.args.iter().collect(),
        NodeEnum::MinMaxExpr(node) => node.args.iter().collect(),
        NodeEnum::CaseExpr(node) => one(&node.arg).into_iter().chain(&node.args).chain(one(&node.defresult)).collect(),
        NodeEnum::CaseWhen(node) => both(&node.expr, &node.result),
        NodeEnum::FuncCall(node) => node.args.iter().chain(of_call_clauses(node)).collect(),
        NodeEnum::SubLink(node) => both(&node.testexpr, &node.subselect),
        NodeEnum::XmlExpr(node) => node.named_args.iter().chain(&node.args).collect(),
        NodeEnum::XmlSerialize(node) => one(&node.expr),
        NodeEnum::GroupingFunc(node) => node.args.iter().collect(),
        NodeEnum::GroupingSet(node) => node.content.iter().collect(),
        NodeEnum::SortBy(node) => one(&node.node),
        NodeEnum::WindowDef(node) => of_window(node),
        NodeEnum::ResTarget(node) => one(&node.val),
        NodeEnum::MultiAssignRef(node) => one(&node.source),
        NodeEnum::JoinExpr(node) => both(&node.larg, &node.rarg).into_iter().chain(one(&node.quals)).collect(),
        NodeEnum::RangeSubselect(node) => one(&node.subquery),
        NodeEnum::RangeFunction(node) => node.functions.iter().collect(),
        NodeEnum::RangeTableSample(node) => one(&node.relation).into_iter().chain(&node.args).collect(),
        NodeEnum::RangeTableFunc(node) => both(&node.docexpr, &node.rowexpr),
        NodeEnum::CommonTableExpr(node) => one(&node.ctequery),
        NodeEnum::SelectStmt(node) => of_select(node),
        NodeEnum::InsertStmt(node) => of_insert(node),
        NodeEnum::UpdateStmt(node) => {
            let clauses = node.target_list.iter().chain(&node.from_clause).chain(one(&node.where_clause));
            of_with(&node.with_clause).into_iter().chain(clauses).collect()
        }
        NodeEnum::DeleteStmt(node) => {
            of_with(&node.with_clause).into_iter().chain(&node.using_clause).chain(one(&node.where_clause)).collect()
        }
        NodeEnum::MergeStmt(node) => {
            let clauses = both(&node.source_relation, &node.join_condition).into_iter().chain(&node.merge_when_clauses);
            of_with(&node.with_clause).into_iter().chain(clauses).collect()
        }
        NodeEnum::MergeWhenClause(node) => one(&node.condition).into_iter().chain(&node.target_list).chain(&node.values).collect(),
        NodeEnum::JsonFuncExpr(node) => one(&node.pathspec).into_iter().chain(&node.passing).collect(),
        NodeEnum::JsonValueExpr(node) => both(&node.raw_expr, &node.formatted_expr),
        NodeEnum::JsonIsPredicate(node) => one(&node.expr),
        NodeEnum::JsonObjectConstructor(node) => node.exprs.iter().collect(),
        NodeEnum::JsonArrayConstructor(node) => node.exprs.iter().collect(),
        _ => Vec::new(),
    }
}

/// `FILTER`, `ORDER BY` and `OVER` of a function call.
pub fn of_call_clauses(call: &FuncCall) -> Vec<&Node> {
    let window = call.over.as_deref().map(of_window).unwrap_or_default();
    call.agg_order.iter().chain(one(&call.agg_filter)).chain(window).collect()
}

/// The common table expressions of a WITH clause.
pub fn of_with(clause: &Option<WithClause>) -> Vec<&Node> {
    clause.iter().flat_map(|clause| &clause.ctes).collect()
}

fn one(node: &Option<Box<Node>>) -> Vec<&Node> {
    node.as_deref().into_iter().collect()
}

fn both<'a>(left: &'a Option<Box<Node>>, right: &'a Option<Box<Node>>) -> Vec<&'a Node> {
    left.as_deref().into_iter().chain(right.as_deref()).collect()
}

fn of_window(window: &WindowDef) -> Vec<&Node> {
    window.partition_clause.iter().chain(&window.order_clause).chain(both(&window.start_offset, &window.end_offset)).collect()
}

/// The operands of UNION and its kin, which are no nodes of their own, are left to the caller.
pub fn of_select(select: &SelectStmt) -> Vec<&Node> {
    let clauses = of_with(&select.with_clause).into_iter().chain(&select.target_list).chain(&select.from_clause);
    let grouping = one(&select.where_clause).into_iter().chain(&select.group_clause).chain(one(&select.having_clause));
    let ordering = select.window_clause.iter().chain(&select.values_lists).chain(&select.sort_clause);
    let limits = both(&select.limit_offset, &select.limit_count);
    clauses.chain(&select.distinct_clause).chain(grouping).chain(ordering).chain(limits).collect()
}

fn of_insert(insert: &InsertStmt) -> Vec<&Node> {
    let conflict = insert.on_conflict_clause.as_ref();
    let updates = conflict.into_iter().flat_map(|clause| clause.target_list.iter().chain(one(&clause.where_clause)));
    of_with(&insert.with_clause).into_iter().chain(one(&insert.select_stmt)).chain(updates).collect()
}

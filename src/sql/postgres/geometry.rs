//! PostGIS's `AddGeometryColumn`, a function that alters a table.

use pg_query::NodeEnum;
use pg_query::protobuf::SelectStmt;

use super::expression;
use super::node::{inner, kind};
use super::text::Text;
use crate::change::{Change, ChangeKind};
use crate::schema::{Column, ExpressionTree, Literal, Name, QualifiedName, Type};

/// `SELECT AddGeometryColumn([schema,] table, column, reference system, type, dimensions)` and nothing else.
pub fn added_column(text: &Text, select: &SelectStmt) -> Option<Change> {
    let [target] = select.target_list.as_slice() else { return None };
    let Some(NodeEnum::ResTarget(target)) = kind(target) else { return None };
    let Some(NodeEnum::FuncCall(call)) = inner(&target.val) else { return None };
    if !select.from_clause.is_empty() || expression::function_name(call).name != "addgeometrycolumn" {
        return None;
    }
    let arguments: Vec<Name> = call.args.iter().map(|node| constant(&expression::tree(node))).collect::<Option<_>>()?;
    let (table, rest) = match arguments.as_slice() {
        [table, rest @ ..] if rest.len() == 4 => (QualifiedName::unqualified(table.clone()), rest),
        [schema, table, rest @ ..] if rest.len() == 4 => (QualifiedName::new(schema.clone(), table.clone()), rest),
        _ => return None,
    };
    let [column, system, shape, dimensions] = rest else { return None };
    let data_type = Type {
        name: QualifiedName::unqualified("geometry"),
        modifiers: vec![shape_with_dimensions(shape, dimensions), system.clone()],
        array: false,
    };
    let span = text.statement();
    let column = Box::new(Column::new(column.clone(), data_type, span));
    Some(Change { kind: ChangeKind::AddColumn { table, column, if_not_exists: false, if_table_exists: false }, span })
}

fn constant(tree: &ExpressionTree) -> Option<Name> {
    match tree.without_casts() {
        ExpressionTree::Literal(Literal::String(text) | Literal::Number(text)) => Some(text.to_string().into()),
        _ => None,
    }
}

fn shape_with_dimensions(shape: &Name, dimensions: &Name) -> Name {
    let suffix = match dimensions.as_str() {
        "3" if !shape.to_ascii_uppercase().ends_with('M') => "Z",
        "4" => "ZM",
        _ => "",
    };
    format!("{shape}{suffix}").into()
}

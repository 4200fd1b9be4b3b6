//! PostGIS's `AddGeometryColumn` and `DropGeometryColumn`, functions that alter a table.

use pg_query::NodeEnum;
use pg_query::protobuf::SelectStmt;

use super::expression;
use super::node::{inner, kind};
use super::text::Text;
use crate::change::{Change, ChangeKind, ObjectReference};
use crate::schema::{Column, ExpressionTree, Literal, Name, QualifiedName, Type};

/// What a SELECT of one of these functions and nothing else does.
pub fn change(text: &Text, select: &SelectStmt) -> Option<Change> {
    let [target] = select.target_list.as_slice() else { return None };
    let Some(NodeEnum::ResTarget(target)) = kind(target) else { return None };
    let Some(NodeEnum::FuncCall(call)) = inner(&target.val) else { return None };
    let arguments = || call.args.iter().map(|node| constant(&expression::tree(node))).collect::<Option<Vec<Name>>>();
    match expression::function_name(call).name.as_str() {
        _ if !select.from_clause.is_empty() => None,
        "addgeometrycolumn" => added_column(text, &arguments()?),
        "dropgeometrycolumn" => dropped_column(text, &arguments()?),
        "dropgeometrytable" => dropped_table(text, &arguments()?),
        _ => None,
    }
}

/// A table with or without its schema.
fn table(names: &[Name]) -> Option<QualifiedName> {
    match names {
        [table] => Some(QualifiedName::unqualified(table.clone())),
        [schema, table] | [_, schema, table] => Some(QualifiedName::new(schema.clone(), table.clone())),
        _ => None,
    }
}

/// `DropGeometryColumn([[catalog,] schema,] table, column)`
fn dropped_column(text: &Text, arguments: &[Name]) -> Option<Change> {
    let (column, names) = arguments.split_last()?;
    let (table, column) = (table(names)?, column.clone());
    let kind = ChangeKind::DropColumn { table, column, if_exists: false, cascade: false, if_table_exists: false };
    Some(Change { kind, span: text.statement() })
}

/// `DropGeometryTable([[catalog,] schema,] table)`
fn dropped_table(text: &Text, names: &[Name]) -> Option<Change> {
    let object = ObjectReference::Table(table(names)?);
    let kind = ChangeKind::Drop { object, together: Vec::new(), if_exists: true, cascade: false, concurrently: false };
    Some(Change { kind, span: text.statement() })
}

/// `AddGeometryColumn([[catalog,] schema,] table, column, reference system, type, dimensions)`
fn added_column(text: &Text, arguments: &[Name]) -> Option<Change> {
    let (names, rest) = arguments.split_at_checked(arguments.len().checked_sub(4)?)?;
    let table = table(names)?;
    let [column, system, shape, dimensions] = rest else { return None };
    let data_type = Type { modifiers: vec![shape_with_dimensions(shape, dimensions), system.clone()], ..Type::builtin("geometry") };
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

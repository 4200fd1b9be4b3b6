//! What a query refers to and yields.

use std::sync::Arc;

use pg_query::protobuf::{Alias, RangeVar, ResTarget, SelectStmt, WithClause};
use pg_query::{Node, NodeEnum};

use super::node::{inner, kind, relation, string};
use super::output_type::{self, Typed};
use super::{children, data_type, expression, level};
use crate::change::{OutputColumn, Query};
use crate::schema::{Name, QualifiedName};

/// The references of a query and its output columns. An unqualified column of a SELECT from one relation only is
/// qualified with that relation, as it is resolved there first.
pub fn lower(node: &Node) -> Query {
    let mut query = Collector::new(true).lower(node);
    query.level = level::lower(node).map(Arc::new);
    query
}

/// The references of a query or expression, columns as they are written.
pub fn references(node: &Node) -> Query {
    let mut collector = Collector::new(false);
    collector.visit(node);
    collector.query
}

struct Collector {
    query: Query,
    /// Names of the common table expressions in scope, which are no relations.
    hidden: Vec<Name>,
    /// The queries of common table expressions seen so far.
    tables: Vec<(Name, Arc<Query>)>,
    /// Whether columns get the qualifier they could have been written with.
    qualifies: bool,
    /// What the innermost SELECT selects from, if that is one relation.
    only_relation: Option<Name>,
}

impl Collector {
    fn new(qualifies: bool) -> Self {
        Self { query: Query::default(), hidden: Vec::new(), tables: Vec::new(), qualifies, only_relation: None }
    }

    fn lower(mut self, node: &Node) -> Query {
        self.visit(node);
        if let Some(NodeEnum::SelectStmt(select)) = kind(node) {
            self.query.output = output(select);
        }
        self.query
    }

    /// A query within this one, which sees the same common table expressions.
    fn lower_within(&self, node: &Node) -> Query {
        Self { hidden: self.hidden.clone(), tables: self.tables.clone(), ..Self::new(true) }.lower(node)
    }

    fn visit(&mut self, node: &Node) {
        if let Some(node) = kind(node) {
            self.visit_kind(node);
        }
    }

    fn visit_kind(&mut self, node: &NodeEnum) {
        match node {
            NodeEnum::SelectStmt(select) => return self.visit_select(select),
            NodeEnum::RangeVar(range) => {
                let name = relation(range);
                let is_hidden = name.schema().is_none() && self.hidden.contains(&name.name);
                if !is_hidden {
                    let alias = range.alias.as_ref().map(|alias| alias.aliasname.as_str().into());
                    self.query.relations.push((name, alias));
                } else if let Some((_, table)) = self.tables.iter().rev().find(|(table, _)| *table == name.name) {
                    self.query.subqueries.push((goes_by(range), table.clone()));
                }
            }
            NodeEnum::ColumnRef(column) => {
                let reference = expression::reference(column);
                self.query.columns.extend(reference.map(|(qualifier, name)| (qualifier.or_else(|| self.only_relation.clone()), name)));
            }
            NodeEnum::FuncCall(call) => self.query.functions.push(expression::function_name(call)),
            NodeEnum::SqlvalueFunction(function) => {
                self.query.functions.push(QualifiedName::unqualified(expression::value_function(function.op())));
            }
            NodeEnum::RangeSubselect(range) if self.qualifies => {
                let subquery = range.subquery.as_deref().map(|node| self.lower_within(node));
                self.query.subqueries.extend(range.alias.as_ref().zip(subquery).map(|(alias, query)| named(alias, query)));
            }
            NodeEnum::CommonTableExpr(table) if self.qualifies => {
                let query = table.ctequery.as_deref().map(|node| self.lower_within(node)).unwrap_or_default();
                let query = super::table::with_column_names(query, super::node::names(&table.aliascolnames));
                self.tables.push((table.ctename.as_str().into(), Arc::new(query)));
            }
            NodeEnum::TypeCast(cast) => self.query.types.extend(cast.type_name.as_ref().map(data_type::lower)),
            NodeEnum::InsertStmt(statement) => return self.visit_statement(node, &statement.with_clause),
            NodeEnum::UpdateStmt(statement) => return self.visit_statement(node, &statement.with_clause),
            NodeEnum::DeleteStmt(statement) => return self.visit_statement(node, &statement.with_clause),
            NodeEnum::MergeStmt(statement) => return self.visit_statement(node, &statement.with_clause),
            _ => {}
        }
        children::of(node).into_iter().for_each(|child| self.visit(child));
    }

    /// A statement that may begin with WITH: its common table expressions are seen in it only.
    fn visit_scope(&mut self, children: Vec<&Node>, recursive: bool) {
        if recursive {
            self.hidden.extend(children.iter().filter_map(|child| common_table(child)));
        }
        for child in children {
            self.visit(child);
            // Without RECURSIVE, a name within its own definition is that of a relation.
            self.hidden.extend(common_table(child));
        }
    }

    fn visit_statement(&mut self, node: &NodeEnum, clause: &Option<WithClause>) {
        let outer = self.hidden.len();
        self.visit_scope(children::of(node), is_recursive(clause));
        self.hidden.truncate(outer);
    }

    fn visit_select(&mut self, select: &SelectStmt) {
        let outer = (self.hidden.len(), self.only_relation.take());
        self.only_relation = only_relation(select).filter(|_| self.qualifies);
        self.visit_scope(children::of_select(select), is_recursive(&select.with_clause));
        for operand in [&select.larg, &select.rarg].into_iter().flatten() {
            self.visit_select(operand);
        }
        self.hidden.truncate(outer.0);
        self.only_relation = outer.1;
    }
}

fn is_recursive(clause: &Option<WithClause>) -> bool {
    clause.as_ref().is_some_and(|clause| clause.recursive)
}

fn only_relation(select: &SelectStmt) -> Option<Name> {
    match select.from_clause.as_slice() {
        [only] => match kind(only)? {
            NodeEnum::RangeVar(range) => Some(goes_by(range)),
            NodeEnum::RangeSubselect(range) => range.alias.as_ref().map(|alias| alias.aliasname.as_str().into()),
            _ => None,
        },
        _ => None,
    }
}

/// A subquery under its alias, which may name its columns, too.
fn named(alias: &Alias, query: Query) -> (Name, Arc<Query>) {
    let query = super::table::with_column_names(query, super::node::names(&alias.colnames));
    (alias.aliasname.as_str().into(), Arc::new(query))
}

/// The name a relation is referred to by.
pub fn goes_by(range: &RangeVar) -> Name {
    range.alias.as_ref().map_or(range.relname.as_str(), |alias| alias.aliasname.as_str()).into()
}

fn common_table(node: &Node) -> Option<Name> {
    match kind(node)? {
        NodeEnum::CommonTableExpr(expression) => Some(expression.ctename.as_str().into()),
        _ => None,
    }
}

/// The first SELECT of a set operation names the columns.
pub fn output(select: &SelectStmt) -> Vec<OutputColumn> {
    let mut first = select;
    while let Some(left) = &first.larg {
        first = left;
    }
    if let Some(row) = first.values_lists.first() {
        let width = super::node::items(row).len();
        return (1..=width)
            .map(|index| OutputColumn::Expression { name: format!("column{index}").into(), data_type: None, like: None })
            .collect();
    }
    let only = only_relation(first);
    let columns = first.target_list.iter().filter_map(kind).filter_map(output_column).map(|column| qualified(column, only.as_ref()));
    columns.flat_map(|column| if matches!(column, OutputColumn::Star(None)) { stars(first) } else { vec![column] }).collect()
}

/// A column without a qualifier is one of the only relation there is.
fn qualified(mut column: OutputColumn, only: Option<&Name>) -> OutputColumn {
    let source = match &mut column {
        OutputColumn::Column { source, .. } | OutputColumn::Expression { like: Some(source), .. } => source,
        OutputColumn::Expression { .. } | OutputColumn::Star(_) => return column,
    };
    source.0 = source.0.take().or_else(|| only.cloned());
    column
}

/// `*` as one star for each entry of FROM; as it is where a join merges columns.
fn stars(select: &SelectStmt) -> Vec<OutputColumn> {
    let entries: Option<Vec<Name>> = select.from_clause.iter().map(from_names).collect::<Option<Vec<_>>>().map(|names| names.concat());
    match entries {
        Some(entries) if !entries.is_empty() => entries.into_iter().map(|name| OutputColumn::Star(Some(name))).collect(),
        _ => vec![OutputColumn::Star(None)],
    }
}

/// The names that an entry of FROM brings into scope, in order.
fn from_names(entry: &Node) -> Option<Vec<Name>> {
    let alias = |alias: &Option<Alias>| vec![alias.as_ref().map(|alias| alias.aliasname.as_str()).unwrap_or_default().into()];
    match kind(entry)? {
        NodeEnum::RangeVar(range) => Some(vec![goes_by(range)]),
        NodeEnum::RangeSubselect(range) => Some(alias(&range.alias)),
        NodeEnum::RangeFunction(range) => Some(alias(&range.alias)),
        NodeEnum::JoinExpr(join) if !join.is_natural && join.using_clause.is_empty() && join.alias.is_none() => {
            let (left, right) = (join.larg.as_deref()?, join.rarg.as_deref()?);
            Some([from_names(left)?, from_names(right)?].concat())
        }
        _ => None,
    }
}

fn output_column(target: &NodeEnum) -> Option<OutputColumn> {
    let NodeEnum::ResTarget(target) = target else { return None };
    let value = inner(&target.val)?;
    if let NodeEnum::ColumnRef(column) = value {
        return Some(match expression::reference(column) {
            Some(source) => OutputColumn::Column { name: written_name(target).unwrap_or_else(|| source.1.clone()), source },
            None => OutputColumn::Star(column.fields.iter().rev().nth(1).and_then(string).map(Name::from)),
        });
    }
    let name = written_name(target).unwrap_or_else(|| implicit_name(value));
    let (data_type, like) = match output_type::of(value) {
        Typed::Known(data_type) => (Some(data_type), None),
        Typed::Like(column) => (None, Some(column)),
        Typed::Unknown | Typed::Untyped => (None, None),
    };
    Some(OutputColumn::Expression { name, data_type, like })
}

fn written_name(target: &ResTarget) -> Option<Name> {
    Some(target.name.as_str()).filter(|name| !name.is_empty()).map(Name::from)
}

/// The name PostgreSQL gives to an output column without an alias.
fn implicit_name(value: &NodeEnum) -> Name {
    named_after(value).unwrap_or_else(|| "?column?".into())
}

fn named_after(value: &NodeEnum) -> Option<Name> {
    match value {
        NodeEnum::ColumnRef(column) => expression::reference(column).map(|(_, name)| name),
        NodeEnum::FuncCall(call) => Some(expression::function_name(call).name.clone()),
        NodeEnum::SqlvalueFunction(function) => Some(expression::value_function(function.op()).into()),
        NodeEnum::CoalesceExpr(_) => Some("coalesce".into()),
        NodeEnum::MinMaxExpr(expression) => {
            let greatest = expression.op() == pg_query::protobuf::MinMaxOp::IsGreatest;
            Some(if greatest { "greatest" } else { "least" }.into())
        }
        NodeEnum::AExpr(expression) if expression.kind() == pg_query::protobuf::AExprKind::AexprNullif => Some("nullif".into()),
        NodeEnum::AArrayExpr(_) => Some("array".into()),
        NodeEnum::RowExpr(_) => Some("row".into()),
        NodeEnum::CollateClause(clause) => inner(&clause.arg).and_then(named_after),
        NodeEnum::AIndirection(indirection) => {
            let field = indirection.indirection.iter().rev().find_map(string).map(Name::from);
            field.or_else(|| inner(&indirection.arg).and_then(named_after))
        }
        NodeEnum::TypeCast(cast) => {
            let by_type = || cast.type_name.as_ref().map(|name| super::node::qualified(&name.names).name.clone());
            inner(&cast.arg).and_then(strongly_named).or_else(by_type)
        }
        NodeEnum::CaseExpr(case) => Some(inner(&case.defresult).and_then(strongly_named).unwrap_or_else(|| "case".into())),
        NodeEnum::SubLink(link) => sublink_name(link),
        other => named_after_syntax(other).map(Name::from),
    }
}

/// What looks like a call of a function and is a part of the language.
fn named_after_syntax(value: &NodeEnum) -> Option<&'static str> {
    use pg_query::protobuf::{JsonExprOp, XmlExprOp};
    Some(match value {
        NodeEnum::GroupingFunc(_) => "grouping",
        NodeEnum::MergeSupportFunc(_) => "merge_action",
        NodeEnum::XmlSerialize(_) => "xmlserialize",
        NodeEnum::XmlExpr(expression) => match expression.op() {
            XmlExprOp::IsXmlconcat => "xmlconcat",
            XmlExprOp::IsXmlelement => "xmlelement",
            XmlExprOp::IsXmlforest => "xmlforest",
            XmlExprOp::IsXmlparse => "xmlparse",
            XmlExprOp::IsXmlpi => "xmlpi",
            XmlExprOp::IsXmlroot => "xmlroot",
            XmlExprOp::IsXmlserialize => "xmlserialize",
            XmlExprOp::IsDocument | XmlExprOp::Undefined => return None,
        },
        NodeEnum::JsonParseExpr(_) => "json",
        NodeEnum::JsonScalarExpr(_) => "json_scalar",
        NodeEnum::JsonSerializeExpr(_) => "json_serialize",
        NodeEnum::JsonObjectConstructor(_) => "json_object",
        NodeEnum::JsonArrayConstructor(_) | NodeEnum::JsonArrayQueryConstructor(_) => "json_array",
        NodeEnum::JsonObjectAgg(_) => "json_objectagg",
        NodeEnum::JsonArrayAgg(_) => "json_arrayagg",
        NodeEnum::JsonFuncExpr(expression) => match expression.op() {
            JsonExprOp::JsonExistsOp => "json_exists",
            JsonExprOp::JsonQueryOp => "json_query",
            JsonExprOp::JsonValueOp => "json_value",
            JsonExprOp::JsonTableOp | JsonExprOp::Undefined => return None,
        },
        _ => return None,
    })
}

/// The name a cast or CASE takes over from its operand: not one that was itself only made up.
fn strongly_named(value: &NodeEnum) -> Option<Name> {
    match value {
        NodeEnum::TypeCast(cast) => inner(&cast.arg).and_then(strongly_named),
        NodeEnum::CaseExpr(case) => inner(&case.defresult).and_then(strongly_named),
        _ => named_after(value),
    }
}

fn sublink_name(link: &pg_query::protobuf::SubLink) -> Option<Name> {
    use pg_query::protobuf::SubLinkType;
    match link.sub_link_type() {
        SubLinkType::ExistsSublink => Some("exists".into()),
        SubLinkType::ArraySublink => Some("array".into()),
        SubLinkType::ExprSublink => match inner(&link.subselect)? {
            NodeEnum::SelectStmt(select) => output(select).into_iter().next().and_then(|column| match column {
                OutputColumn::Column { name, .. } | OutputColumn::Expression { name, .. } => Some(name),
                OutputColumn::Star(_) => None,
            }),
            _ => None,
        },
        _ => None,
    }
}

//! Expressions and queries of procedural code to [`Term`]s that the model can answer.

use std::cell::Cell;

use pg_query::NodeEnum;
use pg_query::protobuf::{AExpr, AExprKind, BoolExprType, BoolTestType, CaseExpr, FuncCall, NullTestType, SelectStmt, SetOperation};
use pg_query::protobuf::{JoinType, LimitOption, SortByDir, SubLink, SubLinkType, a_const};

use super::node::{inner, items, kind, names, string};
use super::{data_type, expression, run_parser};
use crate::catalog::{self, Call, Datum, From, Item, JoinKind, Order, Select, Term};
use crate::schema::Name;
use crate::sql::plpgsql::Variable;

/// Queries within queries deeper than this ask nothing that can be answered.
const MAX_DEPTH: usize = 12;

/// Texts with more parentheses in parentheses are not handed to the parser, which this code calls from deep within blocks.
const MAX_PARENTHESES: usize = 24;

/// Texts longer than this ask nothing that can be answered.
const MAX_TEXT: usize = 10_000;

/// The expression that is selected by `SELECT text`.
pub fn term(text: &str, variable: Variable) -> Option<Term> {
    let select = Lowering { variable, depth: Cell::new(0) }.parsed(&format!("SELECT {text}"))?;
    match select.items.into_iter().next()? {
        Item::Term(_, term) if select.from.is_empty() && select.filter.is_none() => Some(term),
        _ => None,
    }
}

/// A query of the catalogs; `None` where it reads anything else.
pub fn select(text: &str, variable: Variable) -> Option<Select> {
    Lowering { variable, depth: Cell::new(0) }.parsed(text).filter(|select| !select.from.is_empty())
}

struct Lowering<'a> {
    variable: Variable<'a>,
    depth: Cell<usize>,
}

impl Lowering<'_> {
    fn parsed(&self, text: &str) -> Option<Select> {
        let result = Some(text).filter(|text| text.len() <= MAX_TEXT && parentheses(text) <= MAX_PARENTHESES).map(run_parser)?.ok()?;
        match kind(super::first(&result)?)? {
            NodeEnum::SelectStmt(select) => self.select(select),
            _ => None,
        }
    }

    fn select(&self, select: &SelectStmt) -> Option<Select> {
        if self.depth.get() >= MAX_DEPTH {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let lowered = self.united(select);
        self.depth.set(self.depth.get() - 1);
        lowered
    }

    fn united(&self, select: &SelectStmt) -> Option<Select> {
        if select.with_clause.is_some() || !select.values_lists.is_empty() || select.limit_offset.is_some() {
            return None;
        }
        match select.op() {
            SetOperation::SetopNone | SetOperation::Undefined => self.simple(select),
            SetOperation::SetopUnion => {
                let (left, right) = (self.select(select.larg.as_deref()?)?, self.select(select.rarg.as_deref()?)?);
                let is_plain =
                    select.sort_clause.is_empty() && select.limit_count.is_none() && left.union.is_none() && left.order.is_empty();
                is_plain.then(|| Select { distinct: left.distinct || !select.all, union: Some(Box::new(right)), ..left })
            }
            _ => None,
        }
    }

    fn simple(&self, select: &SelectStmt) -> Option<Select> {
        let is_plain = select.window_clause.is_empty() && select.limit_option() != LimitOption::WithTies;
        // `DISTINCT ON` has expressions.
        let distinct_on = select.distinct_clause.iter().any(|node| node.node.is_some());
        if !is_plain || distinct_on {
            return None;
        }
        let mut lowered = Select { distinct: !select.distinct_clause.is_empty(), ..Select::default() };
        for node in &select.from_clause {
            self.from(kind(node)?, JoinKind::Inner, None, &mut lowered)?;
        }
        lowered.items = select.target_list.iter().map(|node| self.item(kind(node)?)).collect::<Option<_>>()?;
        unnest_items(&mut lowered);
        lowered.filter = select.where_clause.as_deref().map(|node| self.term(kind(node)));
        lowered.group = select.group_clause.iter().map(|node| self.output_or_term(kind(node), &lowered.items)).collect();
        lowered.having = select.having_clause.as_deref().map(|node| self.term(kind(node)));
        lowered.order = self.order(&select.sort_clause, &lowered.items);
        lowered.limit = select.limit_count.as_deref().map(|node| self.term(kind(node)));
        Some(lowered)
    }

    fn item(&self, node: &NodeEnum) -> Option<Item> {
        let NodeEnum::ResTarget(target) = node else { return None };
        let value = inner(&target.val)?;
        if let NodeEnum::ColumnRef(column) = value
            && matches!(column.fields.last().and_then(kind), Some(NodeEnum::AStar(_)))
        {
            return Some(Item::All(names(&column.fields).pop()));
        }
        let name = if target.name.is_empty() { implicit_name(value) } else { target.name.as_str().into() };
        Some(Item::Term(name, self.term(Some(value))))
    }

    fn order(&self, clauses: &[pg_query::Node], items: &[Item]) -> Vec<Order> {
        let lower = |node| match kind(node) {
            Some(NodeEnum::SortBy(sort)) => {
                Some(Order { term: self.output_or_term(inner(&sort.node), items), descending: sort.sortby_dir() == SortByDir::SortbyDesc })
            }
            _ => None,
        };
        clauses.iter().filter_map(lower).collect()
    }

    /// In `ORDER BY` and `GROUP BY`, the name or number of an output column means that.
    fn output_or_term(&self, node: Option<&NodeEnum>, items: &[Item]) -> Term {
        let number = match node {
            Some(NodeEnum::AConst(constant)) => match &constant.val {
                Some(a_const::Val::Ival(number)) => usize::try_from(number.ival).ok(),
                _ => None,
            },
            _ => None,
        };
        let output = |item: &Item| match item {
            Item::Term(_, term) => Some(term.clone()),
            Item::All(_) => None,
        };
        if let Some(number) = number {
            return number.checked_sub(1).and_then(|index| items.get(index)).and_then(output).unwrap_or(Term::Value(Datum::Unknown));
        }
        let named = match node {
            Some(NodeEnum::ColumnRef(column)) => match &names(&column.fields)[..] {
                [name] => items.iter().find(|item| matches!(item, Item::Term(own, _) if own == name)).and_then(output),
                _ => None,
            },
            _ => None,
        };
        named.unwrap_or_else(|| self.term(node))
    }

    fn from(&self, node: &NodeEnum, join: JoinKind, on: Option<Term>, select: &mut Select) -> Option<()> {
        let from = match node {
            NodeEnum::JoinExpr(expression) => {
                let kind_of_join = match expression.jointype() {
                    JoinType::JoinInner => JoinKind::Inner,
                    JoinType::JoinLeft if join == JoinKind::Inner => JoinKind::Left,
                    _ => return None,
                };
                if expression.is_natural || expression.alias.is_some() || join != JoinKind::Inner {
                    return None;
                }
                self.from(inner(&expression.larg)?, JoinKind::Inner, None, select)?;
                let right = inner(&expression.rarg)?;
                let on = match &expression.quals {
                    Some(quals) => Some(self.term(kind(quals))),
                    None => using(&names(&expression.using_clause), select, right),
                };
                return self.from(right, kind_of_join, on, select);
            }
            NodeEnum::RangeVar(range) => {
                let schema = Some(range.schemaname.as_str()).filter(|schema| !schema.is_empty());
                if !catalog::has_relation(schema, &range.relname) {
                    return None;
                }
                let alias = range.alias.as_ref().map_or(range.relname.as_str(), |alias| alias.aliasname.as_str());
                let schema = schema.filter(|schema| *schema == "information_schema").map(Name::from);
                From::Relation { schema, name: range.relname.as_str().into(), alias: alias.into() }
            }
            NodeEnum::RangeSubselect(range) => {
                let alias = range.alias.as_ref()?;
                let NodeEnum::SelectStmt(query) = inner(&range.subquery)? else { return None };
                let query = renamed(self.select(query)?, &names(&alias.colnames));
                From::Query(Box::new(query), alias.aliasname.as_str().into())
            }
            NodeEnum::RangeFunction(range) => self.unnest(range)?,
            _ => return None,
        };
        select.from.push((join, from, on));
        Some(())
    }

    fn unnest(&self, range: &pg_query::protobuf::RangeFunction) -> Option<From> {
        let [only] = &range.functions[..] else { return None };
        let NodeEnum::FuncCall(call) = kind(items(only).first()?)? else { return None };
        let [array] = &call.args[..] else { return None };
        if expression::function_name(call).name != *"unnest" {
            return None;
        }
        let alias: Name = range.alias.as_ref().map_or("unnest", |alias| alias.aliasname.as_str()).into();
        let given = range.alias.as_ref().map(|alias| names(&alias.colnames)).unwrap_or_default();
        let element = given.first().cloned().unwrap_or_else(|| alias.clone());
        let number = given.get(1).cloned().unwrap_or_else(|| "ordinality".into());
        Some(From::Unnest { array: self.term(kind(array)), alias, columns: [element, number] })
    }

    fn terms(&self, nodes: &[pg_query::Node]) -> Vec<Term> {
        nodes.iter().map(|node| self.term(kind(node))).collect()
    }

    fn boxed(&self, node: Option<&NodeEnum>) -> Box<Term> {
        Box::new(self.term(node))
    }

    fn term(&self, node: Option<&NodeEnum>) -> Term {
        node.and_then(|node| self.known(node)).unwrap_or(Term::Value(Datum::Unknown))
    }

    fn known(&self, node: &NodeEnum) -> Option<Term> {
        Some(match node {
            NodeEnum::ColumnRef(column) => {
                let path = names(&column.fields);
                match ((self.variable)(&path), &path[..]) {
                    (Some(value), _) => value,
                    (None, [name]) => Term::Column(None, name.clone()),
                    (None, [.., alias, name]) => Term::Column(Some(alias.clone()), name.clone()),
                    (None, []) => return None,
                }
            }
            NodeEnum::ParamRef(parameter) => (self.variable)(&[format!("${}", parameter.number).into()])?,
            NodeEnum::AConst(constant) => Term::Value(literal(constant)),
            NodeEnum::TypeCast(cast) => {
                let data_type = data_type::lower_optional(&cast.type_name);
                Term::Cast(self.boxed(inner(&cast.arg)), data_type.name.name.clone(), data_type.array)
            }
            NodeEnum::BoolExpr(boolean) => match boolean.boolop() {
                BoolExprType::NotExpr => Term::Not(self.boxed(boolean.args.first().and_then(kind))),
                BoolExprType::OrExpr => Term::Or(self.terms(&boolean.args)),
                _ => Term::And(self.terms(&boolean.args)),
            },
            NodeEnum::NullTest(test) => {
                let is_null = Term::IsNull(self.boxed(inner(&test.arg)));
                if test.nulltesttype() == NullTestType::IsNull { is_null } else { Term::Not(Box::new(is_null)) }
            }
            NodeEnum::BooleanTest(test) => {
                let (value, negated) = match test.booltesttype() {
                    BoolTestType::IsTrue => (true, false),
                    BoolTestType::IsNotTrue => (true, true),
                    BoolTestType::IsFalse => (false, false),
                    BoolTestType::IsNotFalse => (false, true),
                    _ => return None,
                };
                let is = Term::Is(self.boxed(inner(&test.arg)), value);
                if negated { Term::Not(Box::new(is)) } else { is }
            }
            NodeEnum::AExpr(expression) => self.operator(expression)?,
            NodeEnum::FuncCall(call) => Term::Call(self.call(call)?),
            NodeEnum::SqlvalueFunction(function) => Term::function(expression::value_function(function.op()), Vec::new()),
            NodeEnum::CoalesceExpr(coalesce) => Term::function("coalesce", self.terms(&coalesce.args)),
            NodeEnum::AArrayExpr(array) => Term::Array(self.terms(&array.elements)),
            NodeEnum::AIndirection(indirection) => match &indirection.indirection[..] {
                [index] => match kind(index)? {
                    NodeEnum::AIndices(index) if !index.is_slice => {
                        Term::Element(self.boxed(inner(&indirection.arg)), self.boxed(inner(&index.uidx)))
                    }
                    _ => return None,
                },
                _ => return None,
            },
            NodeEnum::CaseExpr(case) => self.case(case)?,
            NodeEnum::SubLink(link) => self.sublink(link)?,
            _ => return None,
        })
    }

    fn call(&self, call: &FuncCall) -> Option<Call> {
        if call.over.is_some() || call.func_variadic || call.agg_within_group {
            return None;
        }
        Some(Call {
            function: expression::function_name(call).name.clone(),
            arguments: self.terms(&call.args),
            distinct: call.agg_distinct,
            order: self.order(&call.agg_order, &[]),
            filter: call.agg_filter.as_deref().map(|node| self.boxed(kind(node))),
        })
    }

    fn case(&self, case: &CaseExpr) -> Option<Term> {
        let operand = case.arg.as_deref().map(|node| self.boxed(kind(node)));
        let mut branches = Vec::new();
        for node in &case.args {
            let NodeEnum::CaseWhen(when) = kind(node)? else { return None };
            let condition = self.term(inner(&when.expr));
            let condition = match &operand {
                Some(operand) => Term::Binary("=".into(), operand.clone(), Box::new(condition)),
                None => condition,
            };
            branches.push((condition, self.term(inner(&when.result))));
        }
        let otherwise = case.defresult.as_deref().map_or(Term::Value(Datum::Null), |node| self.term(kind(node)));
        Some(Term::Case(branches, Box::new(otherwise)))
    }

    fn operator(&self, expression: &AExpr) -> Option<Term> {
        let name = names(&expression.name).pop()?;
        let (left, right) = (inner(&expression.lexpr), inner(&expression.rexpr));
        let binary = |operator: &str| Some(Term::Binary(operator.into(), self.boxed(left), self.boxed(right)));
        match expression.kind() {
            AExprKind::AexprOp if left.is_some() => binary(&name),
            AExprKind::AexprLike | AExprKind::AexprIlike => binary(&name),
            AExprKind::AexprOpAny => Some(Term::Any(name, self.boxed(left), self.boxed(right))),
            AExprKind::AexprOpAll => Some(Term::All(name, self.boxed(left), self.boxed(right))),
            AExprKind::AexprIn => {
                let list = expression.rexpr.as_deref().map(items).unwrap_or_default();
                let is_in = Term::In(self.boxed(left), self.terms(list));
                Some(if *name == *"<>" { Term::Not(Box::new(is_in)) } else { is_in })
            }
            AExprKind::AexprDistinct | AExprKind::AexprNotDistinct => {
                let (left, right) = (self.boxed(left), self.boxed(right));
                let both = Term::And(vec![Term::IsNull(left.clone()), Term::IsNull(right.clone())]);
                let equal = Term::Is(Box::new(Term::Binary("=".into(), left, right)), true);
                let same = Term::Or(vec![both, equal]);
                Some(if expression.kind() == AExprKind::AexprDistinct { Term::Not(Box::new(same)) } else { same })
            }
            AExprKind::AexprNullif => Some(Term::function("nullif", vec![self.term(left), self.term(right)])),
            _ => None,
        }
    }

    fn sublink(&self, link: &SubLink) -> Option<Term> {
        let NodeEnum::SelectStmt(select) = inner(&link.subselect)? else { return None };
        let select = Box::new(self.select(select)?);
        match link.sub_link_type() {
            SubLinkType::ExistsSublink => Some(Term::Exists(select)),
            SubLinkType::ExprSublink => Some(Term::Query(select)),
            SubLinkType::ArraySublink => Some(Term::ArrayQuery(select)),
            SubLinkType::AnySublink if link.oper_name.first().and_then(string).is_none_or(|name| name == "=") => {
                Some(Term::InQuery(self.boxed(inner(&link.testexpr)), select))
            }
            _ => None,
        }
    }
}

fn literal(constant: &pg_query::protobuf::AConst) -> Datum {
    match &constant.val {
        Some(a_const::Val::Ival(value)) => Datum::Integer(value.ival.into()),
        Some(a_const::Val::Boolval(value)) => Datum::Boolean(value.boolval),
        Some(a_const::Val::Sval(value)) => Datum::text(&value.sval),
        Some(_) => Datum::Some,
        None => Datum::Null,
    }
}

/// How deep parentheses nest, those in texts counted.
fn parentheses(text: &str) -> usize {
    let mut depth = 0_usize;
    let depths = text.bytes().map(|byte| {
        depth = match byte {
            b'(' | b'[' => depth + 1,
            b')' | b']' => depth.saturating_sub(1),
            _ => depth,
        };
        depth
    });
    depths.max().unwrap_or_default()
}

/// The query with other names for its columns.
fn renamed(mut query: Select, names: &[Name]) -> Select {
    for (item, given) in query.items.iter_mut().zip(names) {
        if let Item::Term(name, _) = item {
            *name = given.clone();
        }
    }
    query
}

/// `SELECT unnest(array) FROM …` joins the elements to each row.
fn unnest_items(select: &mut Select) {
    let is_unnest = |item: &Item| matches!(item, Item::Term(_, Term::Call(call)) if *call.function == *"unnest");
    let Some(Item::Term(_, term)) = select.items.iter_mut().find(|item| is_unnest(item)) else { return };
    let [alias, element, number] = ["?unnest?", "element", "number"].map(Name::from);
    let unnested = std::mem::replace(term, Term::Column(Some(alias.clone()), element.clone()));
    let Term::Call(call) = unnested else { return };
    let array = call.arguments.into_iter().next().unwrap_or(Term::Value(Datum::Unknown));
    select.from.push((JoinKind::Inner, From::Unnest { array, alias, columns: [element, number] }, None));
}

/// The name of an output column that is given none.
fn implicit_name(value: &NodeEnum) -> Name {
    match value {
        NodeEnum::ColumnRef(column) => names(&column.fields).pop().unwrap_or_else(|| "?column?".into()),
        NodeEnum::FuncCall(call) => expression::function_name(call).name.clone(),
        NodeEnum::TypeCast(cast) => match inner(&cast.arg) {
            Some(value @ (NodeEnum::ColumnRef(_) | NodeEnum::FuncCall(_) | NodeEnum::TypeCast(_))) => implicit_name(value),
            _ => data_type::lower_optional(&cast.type_name).name.name.clone(),
        },
        NodeEnum::CoalesceExpr(_) => "coalesce".into(),
        NodeEnum::CaseExpr(_) => "case".into(),
        NodeEnum::AArrayExpr(_) => "array".into(),
        NodeEnum::SubLink(link) if link.sub_link_type() == SubLinkType::ExistsSublink => "exists".into(),
        _ => "?column?".into(),
    }
}

/// `USING (column, …)`: each is equal on both sides.
fn using(columns: &[Name], select: &Select, right: &NodeEnum) -> Option<Term> {
    let alias_of = |from: &From| match from {
        From::Relation { alias, .. } | From::Query(_, alias) | From::Unnest { alias, .. } => alias.clone(),
    };
    let left = select.from.last().map(|(_, from, _)| alias_of(from))?;
    let right: Name = match right {
        NodeEnum::RangeVar(range) => range.alias.as_ref().map_or(range.relname.as_str(), |alias| alias.aliasname.as_str()).into(),
        NodeEnum::RangeSubselect(range) => range.alias.as_ref()?.aliasname.as_str().into(),
        _ => return None,
    };
    let equal = |column: &Name| {
        let side = |alias: &Name| Box::new(Term::Column(Some(alias.clone()), column.clone()));
        Term::Binary("=".into(), side(&left), side(&right))
    };
    (!columns.is_empty()).then(|| Term::And(columns.iter().map(equal).collect()))
}

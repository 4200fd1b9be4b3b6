//! Answers queries: joins, filters, order. Filters are applied as soon as what they name has been joined.

use std::cell::Cell;
use std::rc::Rc;

use super::relation::{Relation, Row, read};
use super::{Datum, From, Item, JoinKind, Order, Select, Term, datum};
use crate::schema::{Name, Schema};

/// Rows looked at to answer one question, those of joins counted each time; what needs more is not answered.
const BUDGET: usize = 500_000;

/// Queries within queries deeper than this are not answered.
const MAX_DEPTH: usize = 16;

/// The answering of one question.
pub(super) struct Run<'a> {
    pub(super) schema: &'a Schema,
    budget: Cell<usize>,
    depth: Cell<usize>,
    /// Whether the rows that are grouped come in an order their query asks for.
    pub(super) in_order: Cell<bool>,
}

/// A row of joined relations, and those of the queries around.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) bound: &'a Joined,
    /// The rows that aggregates are over.
    pub(super) group: Option<&'a [Joined]>,
    pub(super) outer: Option<&'a Scope<'a>>,
}

/// A row of each relation that has been joined.
#[derive(Clone)]
pub(super) struct Joined {
    pub(super) parts: Vec<(Name, Rc<Vec<Name>>, Rc<Row>)>,
    pub(super) certain: bool,
}

impl Joined {
    fn nothing() -> Self {
        Self { parts: Vec::new(), certain: true }
    }

    fn with(&self, alias: &Name, relation: &Relation, row: &Rc<Row>, certain: bool) -> Self {
        let mut parts = self.parts.clone();
        parts.push((alias.clone(), relation.columns.clone(), row.clone()));
        Self { parts, certain: self.certain && certain && row.certain }
    }

    /// The value of a column, where one of the relations has it.
    pub(super) fn column(&self, alias: Option<&Name>, name: &Name) -> Option<&Datum> {
        self.parts.iter().filter(|(own, ..)| alias.is_none_or(|alias| alias == own)).find_map(|(_, columns, row)| {
            let index = columns.iter().position(|column| column == name)?;
            row.values.get(index)
        })
    }
}

impl<'a> Run<'a> {
    pub(super) fn new(schema: &'a Schema) -> Self {
        Self { schema, budget: Cell::new(BUDGET), depth: Cell::new(0), in_order: Cell::new(false) }
    }

    /// The rows of a query; `None` where it cannot be answered at all.
    pub(super) fn select(&self, select: &Select, outer: Option<&Scope>) -> Option<Relation> {
        if self.depth.get() >= MAX_DEPTH {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let relation = self.united(select, outer);
        self.depth.set(self.depth.get() - 1);
        relation
    }

    fn united(&self, select: &Select, outer: Option<&Scope>) -> Option<Relation> {
        let Some(other) = &select.union else { return self.ordered(select, outer) };
        let mut relation = self.ordered(select, outer)?;
        let other = self.select(other, outer).filter(|other| other.columns.len() == relation.columns.len())?;
        relation.rows.extend(other.rows);
        if select.distinct { distinct(relation) } else { Some(relation) }
    }

    fn ordered(&self, select: &Select, outer: Option<&Scope>) -> Option<Relation> {
        let mut found = self.joined(select, outer)?;
        if super::grouping::is_needed(select) {
            return self.limited(select, self.grouped(select, found, outer)?, outer);
        }
        if !self.sort(&mut found, &select.order, outer) {
            found.iter_mut().for_each(|row| row.certain = false);
        }
        let columns = self.columns(select, found.first());
        let rows = found.iter().map(|row| Rc::new(self.output(select, row, outer))).collect();
        let relation = Relation::new(columns, rows);
        let relation = if select.distinct && select.union.is_none() { distinct(relation)? } else { relation };
        self.limited(select, relation, outer)
    }

    fn limited(&self, select: &Select, mut relation: Relation, outer: Option<&Scope>) -> Option<Relation> {
        if let Some(limit) = &select.limit {
            let limit = self.term(limit, outer).as_integer()?;
            let limit = usize::try_from(limit).ok()?;
            let chosen = relation.rows.len() > limit;
            // Which rows come first is not known without an order.
            if chosen && (select.order.is_empty() || relation.rows.iter().any(|row| !row.certain)) {
                return None;
            }
            relation.rows.truncate(limit);
        }
        Some(relation)
    }

    fn columns(&self, select: &Select, row: Option<&Joined>) -> Vec<Name> {
        let columns = |item: &Item| match item {
            Item::Term(name, _) => vec![name.clone()],
            Item::All(alias) => {
                let parts = row.iter().flat_map(|row| &row.parts).filter(|(own, ..)| alias.as_ref().is_none_or(|alias| alias == own));
                parts.flat_map(|(_, columns, _)| columns.iter().cloned()).collect()
            }
        };
        select.items.iter().flat_map(columns).collect()
    }

    fn output(&self, select: &Select, row: &Joined, outer: Option<&Scope>) -> Row {
        let scope = Scope { bound: row, group: None, outer };
        let values = |item: &Item| match item {
            Item::Term(_, term) => vec![self.term(term, Some(&scope))],
            Item::All(alias) => {
                let parts = row.parts.iter().filter(|(own, ..)| alias.as_ref().is_none_or(|alias| alias == own));
                parts.flat_map(|(_, _, row)| row.values.iter().cloned()).collect()
            }
        };
        Row { values: select.items.iter().flat_map(values).collect(), certain: row.certain }
    }

    /// What FROM and WHERE leave.
    fn joined(&self, select: &Select, outer: Option<&Scope>) -> Option<Vec<Joined>> {
        let mut filters: Vec<&Term> = select.filter.iter().flat_map(conjuncts).collect();
        let mut found = vec![Joined::nothing()];
        for (kind, from, on) in &select.from {
            found = self.join(&found, *kind, from, on.as_ref(), outer)?;
            let Some(first) = found.first() else { return Some(found) };
            let (ready, waiting): (Vec<&Term>, Vec<&Term>) = filters.into_iter().partition(|filter| names_only(filter, first));
            filters = waiting;
            found = self.filtered(found, &ready, outer)?;
        }
        self.filtered(found, &filters, outer)
    }

    fn join(&self, found: &[Joined], kind: JoinKind, from: &From, on: Option<&Term>, outer: Option<&Scope>) -> Option<Vec<Joined>> {
        let mut joined = Vec::new();
        let fixed = match from {
            From::Relation { schema, name, alias } => Some((alias, read(self.schema, schema.as_ref(), name)?)),
            From::Query(query, alias) => Some((alias, self.select(query, outer)?)),
            From::Unnest { .. } => None,
        };
        for row in found {
            let lateral = match (&fixed, from) {
                (None, From::Unnest { array, alias, columns }) => Some((alias, self.elements(array, columns, row, outer)?)),
                _ => None,
            };
            let (alias, relation) = fixed.as_ref().or(lateral.as_ref())?;
            self.spend(relation.rows.len())?;
            let before = joined.len();
            for candidate in &relation.rows {
                let together = row.with(alias, relation, candidate, true);
                match on.map_or(Some(true), |on| self.holds(on, &together, outer)) {
                    Some(true) => joined.push(together),
                    Some(false) => {}
                    None => joined.push(Joined { certain: false, ..together }),
                }
            }
            let matched = joined[before..].iter().any(|row| row.certain);
            if kind == JoinKind::Left && !matched {
                let nulls = Rc::new(Row { values: vec![Datum::Null; relation.columns.len()], certain: true });
                joined.push(row.with(alias, relation, &nulls, joined.len() == before));
            }
        }
        Some(joined)
    }

    /// The elements of an array, each with its number.
    fn elements(&self, array: &Term, columns: &[Name; 2], row: &Joined, outer: Option<&Scope>) -> Option<Relation> {
        let elements = match self.term(array, Some(&Scope { bound: row, group: None, outer })) {
            Datum::Array(elements) => elements,
            Datum::Null => Vec::new(),
            _ => return None,
        };
        let numbered =
            (1..).zip(elements).map(|(number, element)| Rc::new(Row { values: vec![element, Datum::Integer(number)], certain: true }));
        Some(Relation::new(columns.to_vec(), numbered.collect()))
    }

    fn filtered(&self, mut found: Vec<Joined>, filters: &[&Term], outer: Option<&Scope>) -> Option<Vec<Joined>> {
        if filters.is_empty() {
            return Some(found);
        }
        self.spend(found.len())?;
        found.retain_mut(|row| {
            let holds = datum::all(filters.iter().map(|filter| self.holds(filter, row, outer)));
            row.certain &= holds.is_some();
            holds != Some(false)
        });
        Some(found)
    }

    fn holds(&self, filter: &Term, row: &Joined, outer: Option<&Scope>) -> Option<bool> {
        self.term(filter, Some(&Scope { bound: row, group: None, outer })).truth()
    }

    fn spend(&self, rows: usize) -> Option<()> {
        self.budget.set(self.budget.get().checked_sub(rows)?);
        Some(())
    }

    /// Whether the order is known; without one, rows come as they were made.
    pub(super) fn sort(&self, rows: &mut [Joined], by: &[Order], outer: Option<&Scope>) -> bool {
        if by.is_empty() {
            return true;
        }
        let keys = |row: &Joined| -> Vec<Datum> {
            by.iter().map(|order| self.term(&order.term, Some(&Scope { bound: row, group: None, outer }))).collect()
        };
        let mut keyed: Vec<(Vec<Datum>, Joined)> = rows.iter().map(|row| (keys(row), row.clone())).collect();
        let known = Cell::new(true);
        let compare = |left: &Datum, right: &Datum| match (left, right) {
            (Datum::Null, Datum::Null) => std::cmp::Ordering::Equal,
            (Datum::Null, _) => std::cmp::Ordering::Greater,
            (_, Datum::Null) => std::cmp::Ordering::Less,
            (left, right) => datum::order(left, right).unwrap_or_else(|| {
                known.set(left == right && known.get());
                std::cmp::Ordering::Equal
            }),
        };
        keyed.sort_by(|(left, _), (right, _)| {
            let pairs = left.iter().zip(right).zip(by);
            pairs.fold(std::cmp::Ordering::Equal, |order, ((left, right), by)| {
                let next = compare(left, right);
                order.then(if by.descending { next.reverse() } else { next })
            })
        });
        rows.iter_mut().zip(keyed).for_each(|(row, (_, sorted))| *row = sorted);
        known.get()
    }
}

/// The parts of a filter of which each must hold.
fn conjuncts(term: &Term) -> Vec<&Term> {
    match term {
        Term::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        other => vec![other],
    }
}

/// Whether all columns a filter names are there already. Queries in it may name any.
fn names_only(filter: &Term, row: &Joined) -> bool {
    let is_missing = |term: &Term| matches!(term, Term::Column(alias, name) if row.column(alias.as_ref(), name).is_none());
    !filter.has_query() && !filter.any(&is_missing)
}

/// Each row once; `None` where nobody knows which are equal.
fn distinct(mut relation: Relation) -> Option<Relation> {
    let is_vague = |value: &Datum| matches!(value, Datum::Unknown | Datum::Some | Datum::SystemName);
    let mut kept: Vec<Rc<Row>> = Vec::new();
    for row in relation.rows {
        if row.values.iter().any(is_vague) && row.certain {
            return None;
        }
        match kept.iter_mut().find(|other| other.values == row.values) {
            Some(other) if row.certain && !other.certain => *other = row,
            Some(_) => {}
            None => kept.push(row),
        }
    }
    relation.rows = kept;
    Some(relation)
}

//! `GROUP BY` and aggregates.

use std::rc::Rc;

use super::relation::{Relation, Row};
use super::select::{Joined, Run, Scope};
use super::{Call, Datum, From, Item, Select, Term, datum};

const AGGREGATES: [&str; 7] = ["count", "string_agg", "array_agg", "bool_and", "bool_or", "min", "max"];

/// Whether a call is of an aggregate.
pub(super) fn is_aggregate(call: &Call) -> bool {
    AGGREGATES.contains(&call.function.as_str())
}

/// Whether a query groups its rows.
pub(super) fn is_needed(select: &Select) -> bool {
    let aggregates = |term: &Term| term.any(&|term| matches!(term, Term::Call(call) if is_aggregate(call)));
    let in_items = select.items.iter().any(|item| matches!(item, Item::Term(_, term) if aggregates(term)));
    in_items || !select.group.is_empty() || select.having.is_some()
}

impl Run<'_> {
    /// A row for each group; without `GROUP BY` all rows are one.
    pub(super) fn grouped(&self, select: &Select, rows: Vec<Joined>, outer: Option<&Scope>) -> Option<Relation> {
        let names = select.items.iter().map(|item| match item {
            Item::Term(name, _) => Some(name.clone()),
            Item::All(_) => None,
        });
        let names = names.collect::<Option<Vec<_>>>()?;
        let in_order = matches!(&select.from[..], [(_, From::Query(query, _), _)] if !query.order.is_empty());
        let nothing = Joined { parts: Vec::new(), certain: true };
        let mut made = Vec::new();
        for group in self.groups(select, rows, outer)? {
            self.in_order.set(in_order);
            let scope = Scope { bound: group.first().unwrap_or(&nothing), group: Some(&group), outer };
            let kept = select.having.as_ref().map_or(Some(true), |having| self.term(having, Some(&scope)).truth());
            if kept == Some(false) {
                continue;
            }
            let value = |item: &Item| match item {
                Item::Term(_, term) => self.term(term, Some(&scope)),
                Item::All(_) => Datum::Unknown,
            };
            let exists = select.group.is_empty() || group.iter().any(|row| row.certain);
            made.push(Rc::new(Row { values: select.items.iter().map(value).collect(), certain: exists && kept.is_some() }));
        }
        // How groups are ordered is not looked at.
        if select.order.is_empty() || made.len() < 2 { Some(Relation::new(names, made)) } else { None }
    }

    fn groups(&self, select: &Select, rows: Vec<Joined>, outer: Option<&Scope>) -> Option<Vec<Vec<Joined>>> {
        if select.group.is_empty() {
            return Some(vec![rows]);
        }
        let mut groups: Vec<(Vec<Datum>, Vec<Joined>)> = Vec::new();
        for row in rows {
            let scope = Scope { bound: &row, group: None, outer };
            let key: Vec<Datum> = select.group.iter().map(|term| self.term(term, Some(&scope))).collect();
            if key.iter().any(|value| matches!(value, Datum::Unknown | Datum::Some)) {
                return None;
            }
            match groups.iter_mut().find(|(other, _)| *other == key) {
                Some((_, group)) => group.push(row),
                None => groups.push((key, vec![row])),
            }
        }
        Some(groups.into_iter().map(|(_, group)| group).collect())
    }

    /// The value of an aggregate over rows.
    pub(super) fn aggregate(&self, call: &Call, group: &[Joined], outer: Option<&Scope>) -> Datum {
        let mut rows = group.to_vec();
        let needs_order = matches!(call.function.as_str(), "string_agg" | "array_agg") && rows.len() > 1;
        let has_order = !call.order.is_empty() || self.in_order.get();
        if needs_order && !has_order || !self.sort(&mut rows, &call.order, outer) {
            return Datum::Unknown;
        }
        let mut values: Vec<Vec<Datum>> = Vec::new();
        for row in &rows {
            let scope = Scope { bound: row, group: None, outer };
            let counted = call.filter.as_ref().map_or(Some(true), |filter| self.term(filter, Some(&scope)).truth());
            match counted.filter(|_| row.certain) {
                Some(true) => values.push(call.arguments.iter().map(|argument| self.term(argument, Some(&scope))).collect()),
                Some(false) => {}
                None => return Datum::Unknown,
            }
        }
        if call.distinct {
            let mut seen: Vec<Vec<Datum>> = Vec::new();
            values.retain(|value| {
                !seen.contains(value) && {
                    seen.push(value.clone());
                    true
                }
            });
        }
        combined(&call.function, values).unwrap_or(Datum::Unknown)
    }
}

fn combined(function: &str, values: Vec<Vec<Datum>>) -> Option<Datum> {
    let number = |count: usize| i64::try_from(count).ok().map(Datum::Integer);
    if values.iter().all(Vec::is_empty) && function == "count" {
        return number(values.len());
    }
    let separator = values.first().and_then(|value| value.get(1)).map_or(Some(String::new()), Datum::as_text)?;
    let first: Vec<Datum> = values.into_iter().filter_map(|value| value.into_iter().next()).collect();
    if function == "array_agg" {
        return Some(if first.is_empty() { Datum::Null } else { Datum::Array(first) });
    }
    let mut known = Vec::new();
    for value in first {
        if !value.is_null()? {
            known.push(value);
        }
    }
    match function {
        "count" => number(known.len()),
        _ if known.is_empty() => Some(Datum::Null),
        "string_agg" => {
            let texts = known.iter().map(Datum::as_text).collect::<Option<Vec<String>>>()?;
            Some(Datum::text(&texts.join(&separator)))
        }
        "bool_and" => Some(Datum::of(datum::all(known.iter().map(Datum::truth)))),
        "bool_or" => Some(Datum::of(datum::any(known.iter().map(Datum::truth)))),
        "min" | "max" => known.into_iter().map(Some).reduce(|best, next| {
            let (best, next) = (best?, next?);
            let takes_next = (datum::order(&next, &best)? == std::cmp::Ordering::Less) == (function == "min");
            Some(if takes_next { next } else { best })
        })?,
        _ => None,
    }
}

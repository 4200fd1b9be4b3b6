//! Two transactions that lock the same tables in opposite orders.

use std::collections::BTreeMap;

use super::{Step, steps};
use crate::lint::{Finding, HistoryContext};
use crate::schema::QualifiedName;
use crate::source::Span;

/// The tables a transaction locks, in order, each with the place.
type Order<'a> = Vec<(&'a QualifiedName, Span)>;

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let orders: Vec<Order> = orders(context).into_values().filter(|order| order.len() > 1).collect();
    // Who locks one table before another first, with both places.
    let mut first: BTreeMap<(&QualifiedName, &QualifiedName), (Span, Span)> = BTreeMap::new();
    let mut findings = Vec::new();
    for order in &orders {
        for (position, (later, place)) in order.iter().enumerate() {
            for (earlier, since) in order.iter().take(position) {
                if let Some((one, other)) = first.get(&(*later, *earlier)) {
                    findings.push(finding((earlier, *since), (later, *place), (*one, *other)));
                }
                first.entry((earlier, later)).or_insert((*since, *place));
            }
        }
    }
    findings.truncate(MAX_FINDINGS);
    findings
}

/// More would say the same.
const MAX_FINDINGS: usize = 20;

/// Transactions by file and number. More tables than this in one are a dump, not a change.
fn orders<'a>(context: &'a HistoryContext<'a>) -> BTreeMap<(crate::source::FileId, usize), Order<'a>> {
    let mut orders: BTreeMap<(crate::source::FileId, usize), Order> = BTreeMap::new();
    for step in steps(context) {
        let Some(transaction) = step.moment.transaction else { continue };
        let order = orders.entry((step.moment.whole.file, transaction)).or_default();
        // What one statement locks at once has no order that could be changed.
        let new = one_lock(&step).filter(|lock| !order.iter().any(|(table, _)| *table == *lock));
        order.extend(new.filter(|_| order.len() < 50).map(|table| (table, step.moment.span)));
    }
    orders
}

fn one_lock<'a>(step: &Step<'a>) -> Option<&'a QualifiedName> {
    let mut locks = step.strong_locks();
    locks.next().filter(|_| locks.next().is_none()).map(|lock| &lock.relation)
}

fn finding(earlier: (&QualifiedName, Span), later: (&QualifiedName, Span), elsewhere: (Span, Span)) -> Finding {
    let message = format!(
        "this locks `{}` after `{}`, and another transaction the other way round: whoever runs both at once waits for a deadlock",
        later.0.name, earlier.0.name
    );
    let finding = Finding::new(later.1, message).object(later.0);
    finding
        .because(elsewhere.0, format!("there `{}` is locked first", later.0.name))
        .because(elsewhere.1, format!("and `{}` after it", earlier.0.name))
        .help("take the tables in the same order everywhere")
}

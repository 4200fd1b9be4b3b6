//! What a loop runs over, where that can be known: literal lists, ranges of numbers, names a catalog is asked for.

use super::catalog::Lookup;
use super::structure::Header;
use super::token::{Token, after, dotted, enclosed, find_outer, split_outer, wholly_enclosed};
use super::value::{CHILD_OF, HOLE, Value, Variables, evaluate};
use crate::schema::Name;
use crate::sql::Condition;

/// Ranges of numbers longer than this are not run through.
const MAX_RANGE: usize = 1000;

/// One turn of a loop: the value of its variable, and whether there is such a turn at all.
pub(super) struct Turn {
    pub(super) value: Value,
    pub(super) condition: Condition,
}

impl Turn {
    fn certain(value: Value) -> Self {
        Turn { value, condition: Condition::Constant(true) }
    }
}

/// The turns of a loop; `None` where they cannot be known.
pub(super) fn turns(header: &Header, variables: &Variables) -> Option<Vec<Turn>> {
    match header {
        Header::Foreach { source, .. } => Some(evaluate(source, variables).elements()?.into_iter().map(Turn::certain).collect()),
        Header::For { source, .. } => match find_outer(source, |token| token.is_symbol("..")) {
            Some(dots) => range(&source[..dots], &source[dots + 1..], variables),
            None => rows(source, variables),
        },
        Header::Unbounded { .. } => None,
    }
}

fn range(first: &[Token], last: &[Token], variables: &Variables) -> Option<Vec<Turn>> {
    let bound = |tokens| -> Option<i64> { evaluate(tokens, variables).known_text()?.parse().ok() };
    let numbers = bound(first)?..=bound(last)?;
    let length = numbers.end().checked_sub(*numbers.start())?;
    let is_short = usize::try_from(length.max(0)).is_ok_and(|length| length < MAX_RANGE);
    is_short.then(|| numbers.map(|number| Turn::certain(Value::Text(number.to_string()))).collect())
}

/// The rows of a query over constants, or over the names a catalog is asked for.
pub(super) fn rows(source: &[Token], variables: &Variables) -> Option<Vec<Turn>> {
    if source.first()?.is_word("values") {
        return values(source, &[], variables);
    }
    let list = after(source, &["select"])?;
    if let Some((array, rest)) = after(list, &["unnest"]).and_then(enclosed) {
        let alias = after(rest, &["as"]).unwrap_or(rest).first().and_then(Token::identifier);
        return elements(array, alias.unwrap_or_else(|| "unnest".into()), variables);
    }
    let from = &list[find_outer(list, |token| token.is_word("from"))? + 1..];
    if let Some((array, rest)) = after(from, &["unnest"]).and_then(enclosed) {
        let alias = aliases(rest)?.pop().unwrap_or_else(|| "unnest".into());
        return elements(array, alias, variables);
    }
    if let Some((inside, rest)) = enclosed(from) {
        return values(inside, &aliases(rest)?, variables);
    }
    let named = Lookup::read(source, variables).listed()?;
    Some(named.into_iter().map(|(name, value, condition)| Turn { value: record(vec![(name, value)]), condition }).collect())
}

fn record(fields: Vec<(Name, String)>) -> Value {
    Value::Record(fields.into_iter().map(|(name, value)| (name, Value::Text(value))).collect())
}

fn elements(array: &[Token], field: Name, variables: &Variables) -> Option<Vec<Turn>> {
    let elements = evaluate(array, variables).elements()?;
    Some(elements.into_iter().map(|element| Turn::certain(Value::Record(vec![(field.clone(), element)]))).collect())
}

/// `VALUES (…), (…)`, its columns under these names.
fn values(tokens: &[Token], names: &[Name], variables: &Variables) -> Option<Vec<Turn>> {
    let rows = split_outer(after(tokens, &["values"])?, |token| token.is_symbol(","));
    let row = |tokens: &&[Token]| {
        let columns = split_outer(wholly_enclosed(tokens)?, |token| token.is_symbol(","));
        let field = |(index, column): (usize, &[Token])| {
            let name = names.get(index).cloned().unwrap_or_else(|| format!("column{}", index + 1).into());
            (name, evaluate(column, variables))
        };
        Some(Turn::certain(Value::Record(columns.into_iter().enumerate().map(field).collect())))
    };
    rows.iter().map(row).collect()
}

/// The column names of `[AS] alias [(column, …)]`; the alias itself where no columns are listed.
fn aliases(tokens: &[Token]) -> Option<Vec<Name>> {
    let tokens = after(tokens, &["as"]).unwrap_or(tokens);
    if tokens.is_empty() {
        return Some(Vec::new());
    }
    let (alias, rest) = dotted(tokens)?;
    match enclosed(rest) {
        Some((columns, [])) => {
            split_outer(columns, |token| token.is_symbol(",")).into_iter().map(|column| column.first()?.identifier()).collect()
        }
        None if rest.is_empty() => Some(alias),
        _ => None,
    }
}

/// What is known of the rows of a query for the partitions or children of a known table (`pg_inherits`), whichever they
/// are: the columns that hold their names.
pub(super) fn children(source: &[Token], variables: &Variables) -> Option<Value> {
    const BEYOND: [&str; 8] = ["or", "left", "right", "full", "union", "except", "not", "recursive"];
    let source = wholly_enclosed(source).unwrap_or(source);
    let list = after(source, &["select"])?;
    let (list, from) = list.split_at(find_outer(list, |token| token.is_word("from"))?);
    if from.iter().any(|token| token.is_any_word(&BEYOND)) || !from.iter().any(|token| token.is_word("pg_inherits")) {
        return None;
    }
    let parent = parent(from, variables)?;
    let is_plain = parent.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let child = joined(from, "inhrelid");
    let some_child = Value::Text(format!("{CHILD_OF}{parent}{HOLE}"));
    let field = |item: &[Token]| {
        let is_child = names_child(item, child.as_ref());
        Some((item.last()?.identifier()?, if is_child { some_child.clone() } else { Value::Unknown }))
    };
    let fields = split_outer(list, |token| token.is_symbol(",")).into_iter().filter_map(field).collect();
    is_plain.then_some(Value::Record(fields))
}

/// The table whose children are asked for: `p.relname = 't'` where `p.oid = i.inhparent`, or `inhparent = 't'::regclass`.
fn parent(from: &[Token], variables: &Variables) -> Option<String> {
    let text = |token: &Token| evaluate(std::slice::from_ref(token), variables).known_text().map(str::to_owned);
    let by_cast = from
        .windows(5)
        .find(|part| part[0].is_word("inhparent") && part[1].is_symbol("=") && part[3].is_symbol("::") && part[4].is_word("regclass"));
    if let Some([_, _, name, ..]) = by_cast {
        return text(name);
    }
    let alias = joined(from, "inhparent")?;
    let named = from.windows(5).find(|part| {
        part[0].identifier().as_ref() == Some(&alias) && part[1].is_symbol(".") && part[2].is_word("relname") && part[3].is_symbol("=")
    })?;
    text(&named[4])
}

/// The `a` of `a.oid = i.column`.
fn joined(from: &[Token], column: &str) -> Option<Name> {
    from.windows(7).find_map(|part| {
        let dots = part[1].is_symbol(".") && part[3].is_symbol("=") && part[5].is_symbol(".");
        match (&part[2], &part[6]) {
            (left, right) if dots && left.is_word("oid") && right.is_word(column) => part[0].identifier(),
            (left, right) if dots && right.is_word("oid") && left.is_word(column) => part[4].identifier(),
            _ => None,
        }
    })
}

/// Whether an item of a select list is `c.relname` or `inhrelid::regclass`, under whatever name.
fn names_child(item: &[Token], child: Option<&Name>) -> bool {
    match item {
        [alias, dot, column, rest @ ..] if dot.is_symbol(".") && column.is_word("relname") => {
            child.is_some() && alias.identifier().as_ref() == child && !rest.iter().any(|token| token.is_symbol("||"))
        }
        [column, cast, regclass, ..] => column.is_word("inhrelid") && cast.is_symbol("::") && regclass.is_word("regclass"),
        _ => false,
    }
}

//! Reads `SELECT … FROM pg_catalog …` and `… information_schema …`: which object a query looks for.

use super::objects;
use super::token::{Kind, Token, after, dotted, enclosed, find_outer, outer, read, split_outer, wholly_enclosed};
use super::value::{Value, Variables, evaluate};
use crate::schema::Name;
use crate::sql::{CatalogName, Condition, Scope};

/// More alternatives than this in one WHERE are not followed.
const MAX_ALTERNATIVES: usize = 256;

/// More filters than this in one WHERE are not followed.
const MAX_FILTERS: usize = 32;

const MAX_DEPTH: usize = 64;

/// A query of the catalogs, and which value it yields.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lookup {
    /// `None` where it cannot be understood.
    query: Option<Query>,
    selected: Selected,
}

/// What a query yields.
#[derive(Clone, Debug, PartialEq)]
enum Selected {
    /// `count(…)`, compared with a number where the select list does that.
    Count(Option<(String, i64)>),
    Column(ColumnReference),
    /// `1`, `true`: there is a row.
    Constant,
    Other,
}

/// Relations, joins, and the filters as alternatives of which each must hold in full.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    pub(super) relations: Vec<Relation>,
    pub(super) joins: Vec<(ColumnReference, ColumnReference)>,
    alternatives: Vec<Vec<Fact>>,
}

/// A catalog by its name and the alias it goes by.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Relation {
    pub(super) catalog: Name,
    pub(super) alias: Name,
}

/// `alias.column` or `column`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ColumnReference {
    pub(super) alias: Option<Name>,
    pub(super) column: Name,
}

/// A filter of one column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    pub(super) column: ColumnReference,
    pub(super) test: Test,
}

/// What a filter demands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Is(Object),
    IsNot(Object),
    Null,
    NotNull,
    /// `> 0`, as in `attnum > 0`.
    Positive,
}

/// What a column is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Text(String),
    /// A relation or type by its name.
    Named(CatalogName),
    Schemas(Scope),
    /// The current database.
    Database,
    Truth(bool),
}

impl Lookup {
    /// The query that `tokens` are, from `SELECT` on.
    pub(super) fn read(tokens: &[Token], variables: &Variables) -> Lookup {
        let from = find_outer(tokens, |token| token.is_word("from"));
        let list = tokens.get(1..from.unwrap_or(tokens.len())).unwrap_or_default();
        let query = from.and_then(|index| Reader { variables, depth: 0, lists_tables: false }.query(&tokens[index + 1..]));
        Lookup { query, selected: selected(list) }
    }

    /// Whether there is a row.
    pub(super) fn exists(&self) -> Condition {
        self.exists_where(None)
    }

    /// Whether the value is NULL because there is no row.
    pub(super) fn is_null(&self) -> Condition {
        match &self.selected {
            Selected::Column(column) if !objects::is_nullable(&column.column) => negate(self.exists()),
            Selected::Constant => negate(self.exists()),
            Selected::Count(_) => Condition::Constant(false),
            Selected::Column(_) | Selected::Other => Condition::Unknown,
        }
    }

    /// The value as a boolean.
    pub(super) fn truth(&self) -> Condition {
        match &self.selected {
            Selected::Count(Some((operator, number))) => self.count(operator, *number),
            Selected::Column(column) => self.exists_where(Some(Fact { column: column.clone(), test: Test::Is(Object::Truth(true)) })),
            Selected::Constant => self.exists(),
            Selected::Count(None) | Selected::Other => Condition::Unknown,
        }
    }

    /// The value compared with a known one.
    pub(super) fn compare(&self, operator: &str, with: &str) -> Condition {
        match (&self.selected, operator) {
            (Selected::Count(None), _) => with.parse().map_or(Condition::Unknown, |number| self.count(operator, number)),
            (Selected::Constant, "=") => self.exists(),
            (Selected::Column(column), "=" | "<>" | "!=") => {
                let fact = |test: fn(Object) -> Test| Fact { column: column.clone(), test: test(Object::Text(with.to_owned())) };
                self.exists_where(Some(if operator == "=" { fact(Test::Is) } else { fact(Test::IsNot) }))
            }
            _ => Condition::Unknown,
        }
    }

    /// Where the query lists the names it looks for (`tablename IN ('a', 'b')`): the selected column, each name, and
    /// whether it is found.
    pub(super) fn listed(&self) -> Option<Vec<(Name, String, Condition)>> {
        let (Some(query), Selected::Column(column)) = (&self.query, &self.selected) else { return None };
        let name = |facts: &Vec<Fact>| {
            let fact = facts.iter().find(|fact| fact.column.column == column.column)?;
            let Test::Is(Object::Text(name)) = &fact.test else { return None };
            Some((column.column.clone(), name.clone(), Condition::Exists(objects::looked_for(query, facts.clone())?)))
        };
        query.alternatives.iter().map(name).collect()
    }

    /// Counts are only told apart from zero, and from the number of names that are looked for.
    fn count(&self, operator: &str, number: i64) -> Condition {
        match (operator, number) {
            (">" | "<>" | "!=", 0) | (">=", 1) => self.exists(),
            ("=" | "<=", 0) | ("<", 1) => negate(self.exists()),
            ("=", 1) if self.query.as_ref().is_some_and(|query| query.alternatives.len() == 1) => self.exists(),
            ("=", number) if number > 1 && self.names_as_many(number) => self.exists_each(),
            (">=", 0) => Condition::Constant(true),
            _ => Condition::Unknown,
        }
    }

    /// Whether the query lists this many names.
    fn names_as_many(&self, number: i64) -> bool {
        let alternatives = self.query.as_ref().map_or(0, |query| query.alternatives.len());
        usize::try_from(number) == Ok(alternatives)
    }

    /// Whether there is a row for each name.
    fn exists_each(&self) -> Condition {
        match self.exists() {
            Condition::Any(each) => Condition::All(each),
            other => other,
        }
    }

    fn exists_where(&self, extra: Option<Fact>) -> Condition {
        let Some(query) = &self.query else { return Condition::Unknown };
        let one = |facts: &Vec<Fact>| {
            let facts = facts.iter().cloned().chain(extra.clone()).collect();
            objects::looked_for(query, facts).map_or(Condition::Unknown, Condition::Exists)
        };
        match &query.alternatives[..] {
            [single] => one(single),
            several => Condition::Any(several.iter().map(one).collect()),
        }
    }
}

pub(super) fn negate(condition: Condition) -> Condition {
    match condition {
        Condition::Constant(value) => Condition::Constant(!value),
        Condition::Unknown => Condition::Unknown,
        other => Condition::Not(Box::new(other)),
    }
}

fn selected(list: &[Token]) -> Selected {
    let list = if list.first().is_some_and(|token| token.is_word("distinct")) { &list[1..] } else { list };
    let end = find_outer(list, |token| token.is_word("as")).unwrap_or(list.len());
    let list = without_casts(&list[..end]);
    if let Some((_, rest)) = after(list, &["count"]).and_then(enclosed) {
        return match rest {
            [] => Selected::Count(None),
            [operator, number] if number.kind == Kind::Number => {
                number.value.parse().map_or(Selected::Other, |number| Selected::Count(Some((operator.value.clone(), number))))
            }
            _ => Selected::Other,
        };
    }
    match list {
        [only] if only.kind == Kind::Number || only.kind == Kind::Text || only.is_word("true") => Selected::Constant,
        _ => column(list).map_or(Selected::Other, Selected::Column),
    }
}

/// The tokens before the first outer `::`.
fn without_casts(tokens: &[Token]) -> &[Token] {
    let cast = find_outer(tokens, |token| token.is_symbol("::"));
    tokens.get(..cast.unwrap_or(tokens.len())).unwrap_or_default()
}

fn column(tokens: &[Token]) -> Option<ColumnReference> {
    let (parts, rest) = dotted(without_casts(tokens))?;
    match &parts[..] {
        _ if !rest.is_empty() => None,
        [column] => Some(ColumnReference { alias: None, column: column.clone() }),
        [.., alias, column] => Some(ColumnReference { alias: Some(alias.clone()), column: column.clone() }),
        [] => None,
    }
}

/// A name as `'…'::regclass` reads it.
pub(super) fn regclass(text: &str) -> Option<CatalogName> {
    let tokens = read(text, 0..text.len())?;
    let (parts, rest) = dotted(&tokens)?;
    match &parts[..] {
        _ if !rest.is_empty() => None,
        [name] => Some(CatalogName { scope: Scope::SearchPath, name: name.clone() }),
        [.., schema, name] => Some(CatalogName { scope: Scope::Schema(schema.clone()), name: name.clone() }),
        [] => None,
    }
}

struct Reader<'a> {
    variables: &'a Variables,
    depth: usize,
    /// Whether a relation of the query has columns that name tables and their columns.
    lists_tables: bool,
}

impl Reader<'_> {
    /// What follows `FROM`.
    fn query(&mut self, tokens: &[Token]) -> Option<Query> {
        const TAIL: [&str; 4] = ["order", "limit", "group", "fetch"];
        const BEYOND: [&str; 6] = ["having", "union", "intersect", "except", "offset", "window"];
        if find_outer(tokens, |token| token.is_any_word(&BEYOND)).is_some() {
            return None;
        }
        let end = find_outer(tokens, |token| token.is_any_word(&TAIL)).unwrap_or(tokens.len());
        let body = &tokens[..end];
        let filter = find_outer(body, |token| token.is_word("where"));
        let mut query = Query { relations: Vec::new(), joins: Vec::new(), alternatives: vec![Vec::new()] };
        self.relations(&body[..filter.unwrap_or(body.len())], &mut query)?;
        if let Some(filter) = filter {
            let alternatives = self.filter(&body[filter + 1..], &mut query.joins)?;
            query.alternatives = product(&query.alternatives, &alternatives)?;
        }
        Some(query)
    }

    fn relations(&mut self, tokens: &[Token], query: &mut Query) -> Option<()> {
        const OUTER: [&str; 3] = ["left", "right", "full"];
        const NOISE: [&str; 8] = ["left", "right", "full", "inner", "outer", "cross", "natural", "lateral"];
        let has_outer = find_outer(tokens, |token| token.is_any_word(&OUTER)).is_some();
        for item in split_outer(tokens, |token| token.is_symbol(",") || token.is_word("join")) {
            let noise = item.iter().rev().take_while(|token| token.is_any_word(&NOISE)).count();
            let item = &item[..item.len() - noise];
            let on = find_outer(item, |token| token.is_any_word(&["on", "using"])).unwrap_or(item.len());
            let relation = relation(&item[..on])?;
            self.lists_tables |= objects::lists_tables(&relation.catalog);
            query.relations.push(relation);
            if item.get(on).is_some_and(|token| token.is_word("on")) {
                let alternatives = self.filter(&item[on + 1..], &mut query.joins)?;
                // A filter in the ON of an outer join removes no row.
                let filters = alternatives.iter().any(|facts| !facts.is_empty());
                if has_outer && filters {
                    return None;
                }
                query.alternatives = product(&query.alternatives, &alternatives)?;
            }
        }
        Some(())
    }

    fn filter(&mut self, tokens: &[Token], joins: &mut Vec<(ColumnReference, ColumnReference)>) -> Option<Vec<Vec<Fact>>> {
        if self.depth >= MAX_DEPTH || find_outer(tokens, |token| token.is_any_word(&["case", "between"])).is_some() {
            return None;
        }
        self.depth += 1;
        let alternatives = self.disjunction(tokens, joins);
        self.depth -= 1;
        alternatives
    }

    fn disjunction(&mut self, tokens: &[Token], joins: &mut Vec<(ColumnReference, ColumnReference)>) -> Option<Vec<Vec<Fact>>> {
        let choices = split_outer(tokens, |token| token.is_word("or"));
        if choices.len() > 1 {
            let joins_before = joins.len();
            let mut alternatives = Vec::new();
            for choice in choices {
                alternatives.extend(self.filter(choice, joins)?);
            }
            // A join that holds only in one of the choices is none.
            return (joins.len() == joins_before && alternatives.len() <= MAX_ALTERNATIVES).then_some(alternatives);
        }
        let mut alternatives = vec![Vec::new()];
        for part in split_outer(tokens, |token| token.is_word("and")) {
            let part = match wholly_enclosed(part) {
                Some(inside) => self.filter(inside, joins)?,
                None => self.comparison(part, joins)?,
            };
            alternatives = product(&alternatives, &part)?;
        }
        Some(alternatives)
    }

    fn comparison(&mut self, tokens: &[Token], joins: &mut Vec<(ColumnReference, ColumnReference)>) -> Option<Vec<Vec<Fact>>> {
        if let Some(rest) = after(tokens, &["not"]) {
            return Some(vec![vec![Fact { column: column(rest)?, test: Test::Is(Object::Truth(false)) }]]);
        }
        let is_operator =
            |token: &Token| (token.kind == Kind::Symbol && is_comparison(&token.value)) || token.is_any_word(&["in", "is", "not"]);
        let Some(position) = find_outer(tokens, is_operator) else {
            return Some(vec![vec![Fact { column: column(tokens)?, test: Test::Is(Object::Truth(true)) }]]);
        };
        let (left, operator, right) = (&tokens[..position], &tokens[position], &tokens[position + 1..]);
        let facts = |tests: Vec<Test>, column: ColumnReference| {
            Some(tests.into_iter().map(|test| vec![Fact { column: column.clone(), test }]).collect())
        };
        match operator.value.as_str() {
            "is" => facts(vec![null_test(right)?], column(left)?),
            "in" => facts(self.objects(right)?.into_iter().map(Test::Is).collect(), column(left)?),
            ">" if matches!(right, [zero] if zero.value == "0") => facts(vec![Test::Positive], column(left)?),
            "=" => self.equality(left, right, joins),
            "<>" | "!=" => facts(vec![Test::IsNot(self.object(right)?)], column(left)?),
            _ => None,
        }
    }

    fn equality(&mut self, left: &[Token], right: &[Token], joins: &mut Vec<(ColumnReference, ColumnReference)>) -> Option<Vec<Vec<Fact>>> {
        if let Some((inside, _)) = after(right, &["any"]).and_then(enclosed) {
            if let Some(array) = column(inside) {
                joins.push((column(left)?, array));
                return Some(vec![Vec::new()]);
            }
            let column = column(left)?;
            let objects = self.array(inside)?;
            return Some(objects.into_iter().map(|object| vec![Fact { column: column.clone(), test: Test::Is(object) }]).collect());
        }
        let (column_side, other) = if self.is_column(left) { (left, right) } else { (right, left) };
        let found = column(column_side)?;
        if self.is_column(other) {
            joins.push((found, column(other)?));
            return Some(vec![Vec::new()]);
        }
        Some(vec![vec![Fact { column: found, test: Test::Is(self.object(other)?) }]])
    }

    /// A name that is neither a variable with a known value nor a keyword that is one. Where a variable is called as a column
    /// is, the column is meant if the query has it.
    fn is_column(&self, tokens: &[Token]) -> bool {
        let is_value = |name: &str| matches!(name, "current_schema" | "current_catalog" | "true" | "false" | "null");
        match column(tokens) {
            Some(ColumnReference { alias: None, column }) => {
                let is_variable = self.variables.contains_key(&column);
                let is_hidden = is_variable && objects::names_tables(&column) && !self.lists_tables;
                objects::is_catalog_column(&column) && !is_hidden || !(is_value(&column) || is_variable)
            }
            Some(ColumnReference { alias: Some(alias), .. }) => !self.variables.contains_key(&alias),
            None => false,
        }
    }

    /// The elements of `ARRAY[…]`, `'{…}'` or `current_schemas(false)`.
    fn array(&mut self, tokens: &[Token]) -> Option<Vec<Object>> {
        if after(tokens, &["current_schemas"]).is_some() {
            return Some(vec![Object::Schemas(Scope::SearchPath)]);
        }
        let elements = evaluate(tokens, self.variables).elements()?;
        elements.iter().map(|element| element.known_text().map(|text| Object::Text(text.to_owned()))).collect()
    }

    /// The list behind `IN`: values, or a query that yields one object.
    fn objects(&mut self, tokens: &[Token]) -> Option<Vec<Object>> {
        let inside = wholly_enclosed(tokens)?;
        if inside.first()?.is_word("select") {
            return Some(vec![self.object(tokens)?]);
        }
        split_outer(inside, |token| token.is_symbol(",")).into_iter().map(|element| self.object(element)).collect()
    }

    fn object(&mut self, tokens: &[Token]) -> Option<Object> {
        if let Some(inside) = wholly_enclosed(tokens) {
            return if inside.first()?.is_word("select") { self.subquery(inside) } else { self.object(inside) };
        }
        let cast = outer(tokens).find(|(_, token)| token.is_symbol("::")).map(|(index, _)| index);
        if let Some(cast) = cast {
            let target = tokens.get(cast + 1)?;
            let text = || evaluate(&tokens[..cast], self.variables).known_text().map(str::to_owned);
            return match target.value.as_str() {
                "regclass" | "regtype" => Some(Object::Named(regclass(&text()?)?)),
                "regnamespace" => Some(Object::Schemas(Scope::Schema(regclass(&text()?)?.name))),
                _ => self.object(&tokens[..cast]),
            };
        }
        if let Some((inside, [])) = after(tokens, &["to_regclass"]).or_else(|| after(tokens, &["to_regtype"])).and_then(enclosed) {
            let value = evaluate(without_casts(inside), self.variables);
            return Some(Object::Named(regclass(value.known_text()?)?));
        }
        match tokens.first()?.value.as_str() {
            "current_schema" if tokens[0].kind == Kind::Word => Some(Object::Schemas(Scope::Current)),
            "current_database" | "current_catalog" if tokens[0].kind == Kind::Word => Some(Object::Database),
            _ => match evaluate(tokens, self.variables) {
                Value::Truth(Condition::Constant(value)) => Some(Object::Truth(value)),
                value if value.is_current_schema() => Some(Object::Schemas(Scope::Current)),
                value => value.known_text().map(|text| Object::Text(text.to_owned())),
            },
        }
    }

    /// `(SELECT oid FROM pg_class WHERE relname = 'x')`.
    fn subquery(&mut self, tokens: &[Token]) -> Option<Object> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        let from = find_outer(tokens, |token| token.is_word("from"))?;
        self.depth += 1;
        let is_oid = column(&tokens[1..from]).is_some_and(|column| column.column == "oid");
        let query = self.query(&tokens[from + 1..]).filter(|query| is_oid && query.alternatives.len() == 1);
        self.depth -= 1;
        let query = query?;
        let facts = query.alternatives.first()?.clone();
        objects::single(&query, facts)
    }
}

/// `catalog [AS] alias`.
fn relation(tokens: &[Token]) -> Option<Relation> {
    let (parts, rest) = dotted(tokens)?;
    let catalog = match &parts[..] {
        [name] if name.starts_with("pg_") => name.clone(),
        [schema, name] if *schema == "pg_catalog" || *schema == "information_schema" => name.clone(),
        _ => return None,
    };
    let rest = after(rest, &["as"]).unwrap_or(rest);
    let alias = match rest {
        [] => catalog.clone(),
        [alias] => alias.identifier()?,
        _ => return None,
    };
    Some(Relation { catalog, alias })
}

fn is_comparison(operator: &str) -> bool {
    !matches!(operator, "(" | ")" | "[" | "]" | "," | "." | "::" | "||")
}

fn null_test(tokens: &[Token]) -> Option<Test> {
    match tokens {
        [null] if null.is_word("null") => Some(Test::Null),
        [not, null] if not.is_word("not") && null.is_word("null") => Some(Test::NotNull),
        [truth] if truth.is_any_word(&["true", "false"]) => Some(Test::Is(Object::Truth(truth.value == "true"))),
        _ => None,
    }
}

/// Every alternative of the one with every alternative of the other.
fn product(left: &[Vec<Fact>], right: &[Vec<Fact>]) -> Option<Vec<Vec<Fact>>> {
    let filters = |facts: &[Vec<Fact>]| facts.iter().map(Vec::len).max().unwrap_or(0);
    if left.len() * right.len() > MAX_ALTERNATIVES || filters(left) + filters(right) > MAX_FILTERS {
        return None;
    }
    let pairs = left.iter().flat_map(|one| right.iter().map(move |other| one.iter().chain(other).cloned().collect()));
    Some(pairs.collect())
}

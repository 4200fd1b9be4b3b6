//! Runs a block's statements with what is known of its variables, and writes down what they do to the schema.

use std::cell::OnceCell;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::calls;
use super::condition;
use super::dynamic::{self, Made};
use super::iteration::{Turn, children, turns};
use super::structure::{Block, Branch, Header, Node};
use super::token::{Token, covered, dotted, find_outer, read, split_outer};
use super::value::{HOLE, Value, Variables};
use super::{Continuation, Kept, Source};
use crate::catalog::Record;
use crate::schema::Name;
use crate::source::Span;
use crate::sql::{Body, CatalogQuery, Condition, Statement, Step};

/// Statements run, those of repeated loop bodies counted each time; a block that needs more is not followed.
const BUDGET: usize = 20_000;

/// Branches within branches, those that a `RETURN` puts there included.
const MAX_DEPTH: usize = 64;

/// How often what follows a branch is written down once for each way to get there: each time, it doubles.
const MAX_FORKS: usize = 4;

/// Blocks with more variables than this are not followed.
const MAX_VARIABLES: usize = 1000;

/// The steps of a block in which these variables are known from its surroundings; `None` where it is too large to follow.
pub(super) fn run(block: &Block, source: &dyn Source, end: usize, mut variables: Variables) -> Option<Vec<Step>> {
    Run::new(source, end, is_dynamic(source.text())).block(block, None, &mut variables)
}

/// The steps of statements that go on where a question was asked.
pub(super) fn resume(nodes: &[Node], source: &dyn Source, end: usize, mut variables: Variables) -> Option<Vec<Step>> {
    // Code that has asked something is: the whole of it is not looked through again for each answer.
    Run::new(source, end, true).nodes(nodes, None, &mut variables)
}

/// The variables of a block once a question is answered.
pub(super) fn answered(continuation: &Continuation, answer: Option<Record>) -> Variables {
    let mut variables = continuation.variables.clone();
    variables.insert("found".into(), Value::Truth(Condition::Constant(answer.is_some())));
    let fields: Vec<(Name, Value)> = answer.unwrap_or_default().into_iter().map(|(name, datum)| (name, datum.into())).collect();
    match &continuation.targets[..] {
        [only] if fields.is_empty() => _ = variables.insert(only.clone(), Value::Null),
        [only] => _ = variables.insert(only.clone(), Value::Record(fields)),
        several => {
            let values = fields.into_iter().map(|(_, value)| value).chain(std::iter::repeat(Value::Null));
            variables.extend(several.iter().cloned().zip(values));
        }
    }
    variables
}

fn is_dynamic(code: &str) -> bool {
    static SIGNS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let signs = ["execute", "pg_", "information_schema", "to_reg"];
        AhoCorasick::builder().ascii_case_insensitive(true).build(signs).ok()
    });
    SIGNS.as_ref().is_none_or(|signs| signs.is_match(code))
}

pub(super) struct Run<'a> {
    pub(super) source: &'a dyn Source,
    /// Where the code ends in the text.
    pub(super) end: usize,
    /// The text, once a part of it is to be read again.
    pub(super) kept: OnceCell<Kept>,
    budget: usize,
    depth: usize,
    forks: usize,
    /// Questions that the steps written down now stand behind.
    pub(super) asked: usize,
    made: Made,
    /// Whether the code executes texts or speaks of the catalogs. Otherwise what its variables hold makes no difference to the
    /// schema, and working it out would have the parser read every expression.
    pub(super) is_dynamic: bool,
}

/// What runs after a list of statements, unless one of them leaves.
#[derive(Clone, Copy)]
pub(super) struct Rest<'a> {
    nodes: &'a [Node<'a>],
    next: Option<&'a Rest<'a>>,
}

impl<'s> Run<'s> {
    fn new(source: &'s dyn Source, end: usize, is_dynamic: bool) -> Self {
        Self { source, end, kept: OnceCell::new(), budget: BUDGET, depth: 0, forks: 0, asked: 0, made: Made::new(), is_dynamic }
    }

    pub(super) fn nodes(&mut self, nodes: &[Node], then: Option<&Rest>, variables: &mut Variables) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            self.budget = self.budget.checked_sub(1)?;
            match node {
                Node::Leave(_) | Node::Exit | Node::Fail => return Some(steps),
                _ if leaves(node) || self.forks(node, &nodes[index + 1..]) => {
                    let rest = Rest { nodes: &nodes[index + 1..], next: then };
                    steps.extend(self.nested(node, Some(&rest), variables)?);
                    return Some(steps);
                }
                _ => {
                    if let Some(ask) = self.ask(node, &nodes[index + 1..], then, variables)? {
                        steps.push(ask);
                        return Some(steps);
                    }
                    steps.extend(self.nested(node, None, variables)?);
                }
            }
        }
        if let Some(rest) = then {
            steps.extend(self.nodes(rest.nodes, rest.next, variables)?);
        }
        Some(steps)
    }

    /// Whether what follows executes a text that differs by the branch taken here.
    fn forks(&mut self, node: &Node, rest: &[Node]) -> bool {
        let Node::If { branches, otherwise } = node else { return false };
        let mut written = Vec::new();
        branches.iter().for_each(|branch| collect_written(&branch.body, &mut written));
        collect_written(otherwise, &mut written);
        let forks = self.forks < MAX_FORKS && executes_any(rest, &written);
        self.forks += usize::from(forks);
        forks
    }

    /// One statement, and behind it what is left to do where it may leave before that.
    pub(super) fn nested(&mut self, node: &Node, then: Option<&Rest>, variables: &mut Variables) -> Option<Vec<Step>> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let steps = match node {
            Node::Block(block) => self.block(block, then, variables),
            Node::If { branches, otherwise } => self.branches(branches, otherwise, then, variables),
            Node::Loop { header, body, start } => self.repeat(header, body, *start, variables),
            _ => Some(self.simple(node, variables)),
        };
        self.depth -= 1;
        steps
    }

    fn block(&mut self, block: &Block, then: Option<&Rest>, variables: &mut Variables) -> Option<Vec<Step>> {
        for declaration in &block.declarations {
            let value = declaration.value.map_or(Value::Null, |tokens| condition::value(tokens, variables));
            variables.insert(declaration.name.clone(), value);
        }
        if variables.len() > MAX_VARIABLES {
            return None;
        }
        if block.handlers.is_empty() {
            return self.nodes(&block.body, then, variables);
        }
        let mut steps = vec![self.protected(block, variables)?];
        if let Some(rest) = then {
            // Whether the block was left by a `RETURN` or by an exception decides on the rest.
            let rest = self.nodes(rest.nodes, rest.next, variables)?;
            steps.extend(branch(Condition::Unknown, rest, Vec::new()));
        }
        Some(steps)
    }

    fn protected(&mut self, block: &Block, variables: &mut Variables) -> Option<Step> {
        let mut written = Vec::new();
        collect_written(&block.body, &mut written);
        let mut interrupted = variables.clone();
        forget(&written, &mut interrupted);
        let body = self.nodes(&block.body, None, variables)?;
        let mut handlers = Vec::new();
        for (names, nodes) in &block.handlers {
            let mut handling = interrupted.clone();
            handlers.push((names.clone(), self.nodes(nodes, None, &mut handling)?));
            merge(variables, &handling);
        }
        Some(Step::Protected { body, handlers })
    }

    /// A branch that raises an exception is taken not to run: a migration that fails leaves no schema to look at.
    fn branches(&mut self, branches: &[Branch], otherwise: &[Node], then: Option<&Rest>, variables: &mut Variables) -> Option<Vec<Step>> {
        let mut decided: Vec<(Condition, &[Node])> = Vec::new();
        for branch in branches.iter().filter(|branch| !fails(&branch.body)) {
            let condition = branch.condition.map_or(Condition::Unknown, |tokens| self.condition(tokens, variables));
            decided.push((condition, &branch.body));
        }
        let last = if fails(otherwise) { decided.pop().map_or(&[][..], |(_, nodes)| nodes) } else { otherwise };
        let before = variables.clone();
        let mut steps = self.nodes(last, then, variables)?;
        for (condition, nodes) in decided.into_iter().rev() {
            let mut within = before.clone();
            match condition {
                Condition::Constant(false) => {}
                Condition::Constant(true) => {
                    steps = self.nodes(nodes, then, &mut within)?;
                    *variables = within;
                }
                condition => {
                    let taken = self.nodes(nodes, then, &mut within)?;
                    merge(variables, &within);
                    steps = branch(condition, taken, steps);
                }
            }
        }
        Some(steps)
    }

    fn repeat(&mut self, header: &Header, body: &[Node], start: usize, variables: &mut Variables) -> Option<Vec<Step>> {
        match turns(header, variables).filter(|_| !exits(body)) {
            // Without texts to execute, every turn does the same to the schema.
            Some(turns) if !executes(body) => match turns.first() {
                Some(turn) if turn.condition == Condition::Constant(true) => self.any_turn(header, body, variables),
                Some(_) => self.unknown_turns(header, body, variables),
                None => Some(Vec::new()),
            },
            Some(turns) => self.unrolled(header, turns, body, variables),
            None => self.asked_turns(header, body, start, variables),
        }
    }

    fn unrolled(&mut self, header: &Header, turns: Vec<Turn>, body: &[Node], variables: &mut Variables) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        for turn in turns {
            self.budget = self.budget.checked_sub(1)?;
            let before = variables.clone();
            assign_row(header, turn.value, variables);
            let taken = self.nodes(body, None, variables)?;
            if turn.condition == Condition::Constant(true) {
                steps.extend(taken);
            } else {
                merge(variables, &before);
                steps.extend(branch(turn.condition, taken, Vec::new()));
            }
        }
        Some(steps)
    }

    /// A loop that may run any number of times, of which one turn is written down.
    pub(super) fn unknown_turns(&mut self, header: &Header, body: &[Node], variables: &mut Variables) -> Option<Vec<Step>> {
        let steps = self.any_turn(header, body, variables)?;
        Some(branch(Condition::Unknown, steps, Vec::new()))
    }

    /// What each turn does, whatever its variables are.
    fn any_turn(&mut self, header: &Header, body: &[Node], variables: &mut Variables) -> Option<Vec<Step>> {
        let mut written = targets(header);
        collect_written(body, &mut written);
        let known = match header {
            Header::For { source, .. } => children(source, variables),
            _ => None,
        };
        forget(&written, variables);
        if let Some(row) = known {
            assign_row(header, row, variables);
        }
        let steps = self.nodes(body, None, variables)?;
        forget(&written, variables);
        Some(steps)
    }

    fn simple(&mut self, node: &Node, variables: &mut Variables) -> Vec<Step> {
        match node {
            Node::Assign { target, value } => {
                assign(target, self.value(value, variables), variables);
                Vec::new()
            }
            Node::Forget(tokens) => {
                forget(&tokens.iter().filter_map(Token::identifier).collect::<Vec<_>>(), variables);
                Vec::new()
            }
            Node::Execute { arguments, statement } => self.execute(arguments, statement, variables),
            Node::Perform(statement) => self.perform(statement, variables),
            Node::Statement(statement) => self.statement(statement, variables),
            _ => Vec::new(),
        }
    }

    fn span(&self, tokens: &[Token]) -> Span {
        self.source.span(covered(tokens))
    }

    fn slice(&self, tokens: &[Token]) -> &str {
        self.source.text().get(covered(tokens)).unwrap_or_default()
    }

    fn execute(&mut self, arguments: &[Token], statement: &[Token], variables: &mut Variables) -> Vec<Step> {
        let end = find_outer(arguments, |token| token.is_any_word(&["into", "using"])).unwrap_or(arguments.len());
        let text = self.executed(&arguments[..end], variables);
        forget(&written_into(arguments), variables);
        let span = self.span(statement);
        let statements = match text {
            None => Vec::new(),
            Some(text) if text.contains(HOLE) => vec![Statement { span, body: dynamic::body(&text, &mut self.made) }],
            Some(text) => {
                let tokens = read(&text, 0..text.len()).unwrap_or_default();
                outdate(&tokens, variables);
                if let ([only], Some(select)) = (&written_into(arguments)[..], tokens.first()) {
                    // The text sees no variables.
                    let value = if select.is_word("select") { condition::value(&tokens, &Variables::new()) } else { Value::Unknown };
                    variables.insert(only.clone(), value);
                }
                self.source.assembled(&text, span)
            }
        };
        if statements.iter().any(|statement| matches!(statement.body, Body::Opaque { .. })) {
            outdate_all(variables);
        }
        statements.into_iter().map(Step::Statement).collect()
    }

    fn perform(&mut self, statement: &[Token], variables: &mut Variables) -> Vec<Step> {
        let text = format!("SELECT {}", self.slice(&statement[1..]));
        let steps = self.with_arguments(self.source.assembled(&text, self.span(statement)), statement, variables);
        variables.insert("found".into(), found(statement, variables));
        steps
    }

    /// The steps of a statement whose calls of functions are given the values of variables.
    fn with_arguments(&self, statements: Vec<Statement>, tokens: &[Token], variables: &Variables) -> Vec<Step> {
        let mut steps = Vec::new();
        for mut statement in statements {
            if let Body::Data(data) = &mut statement.body {
                data.calls = calls::of_tokens(tokens, &data.functions, variables);
                // What looks like a column may be a variable.
                data.level = None;
            }
            steps.push(Step::Statement(statement));
        }
        steps
    }

    fn statement(&mut self, statement: &[Token], variables: &mut Variables) -> Vec<Step> {
        let Some((before, target, after)) = into_clause(statement) else {
            let statements = self.source.statements(covered(statement));
            if statements.iter().any(|statement| {
                !matches!(statement.body, Body::Data(_) | Body::Maintenance(_) | Body::Access(_) | Body::Other | Body::Setting { .. })
            }) {
                outdate(statement, variables);
            }
            return self.with_arguments(statements, statement, variables);
        };
        let query: Vec<Token> = before.iter().chain(after).cloned().collect();
        let is_query = query.first().is_some_and(|token| token.is_word("select"));
        let (value, found) = match is_query {
            true => (condition::value(&query, variables), found(&query, variables)),
            false => (Value::Unknown, Value::Unknown),
        };
        let given = variables.clone();
        match &written_names(target)[..] {
            [_] => assign(target, value, variables),
            several => forget(several, variables),
        }
        let text = format!("{} {}", self.slice(before), self.slice(after));
        let steps = self.with_arguments(self.source.assembled(&text, self.span(statement)), &query, &given);
        variables.insert("found".into(), found);
        steps
    }
}

/// A branch, unless nothing happens either way.
fn branch(condition: Condition, then: Vec<Step>, otherwise: Vec<Step>) -> Vec<Step> {
    if then.is_empty() && otherwise.is_empty() {
        return Vec::new();
    }
    vec![Step::If { condition, then, otherwise }]
}

/// Whether a query found a row, as `FOUND` tells afterwards.
fn found(query: &[Token], variables: &Variables) -> Value {
    match find_outer(query, |token| token.is_word("from")) {
        None => Value::Unknown,
        Some(_) => match super::catalog::Lookup::read(query, variables).exists() {
            Condition::Unknown => Value::Unknown,
            condition => Value::Truth(condition),
        },
    }
}

/// Whether a statement may end the list it stands in early.
fn leaves(node: &Node) -> bool {
    match node {
        Node::Leave(_) | Node::Exit => true,
        Node::If { branches, otherwise } => branches.iter().flat_map(|branch| &branch.body).chain(otherwise).any(leaves),
        Node::Block(block) => block.body.iter().any(leaves),
        _ => false,
    }
}

fn fails(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| matches!(node, Node::Fail))
}

/// Whether a loop's body may end the loop.
pub(super) fn exits(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Exit => true,
        Node::If { branches, otherwise } => exits(otherwise) || branches.iter().any(|branch| exits(&branch.body)),
        Node::Block(block) => exits(&block.body),
        _ => false,
    })
}

/// Whether texts are executed, or conditions asked that may differ from turn to turn.
pub(super) fn executes(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Execute { .. } | Node::If { .. } => true,
        Node::Block(block) => executes(&block.body) || block.handlers.iter().any(|(_, handler)| executes(handler)),
        Node::Loop { body, .. } => executes(body),
        _ => false,
    })
}

/// Whether a text is executed into which one of these variables goes.
pub(super) fn executes_any(nodes: &[Node], variables: &[Name]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Execute { arguments, .. } => arguments.iter().filter_map(Token::identifier).any(|name| variables.contains(&name)),
        Node::If { branches, otherwise } => {
            executes_any(otherwise, variables) || branches.iter().any(|branch| executes_any(&branch.body, variables))
        }
        Node::Block(block) => executes_any(&block.body, variables),
        Node::Loop { body, .. } => executes_any(body, variables),
        _ => false,
    })
}

/// The part of an SQL statement before `INTO`, its targets, and the part behind them.
pub(super) fn into_clause(statement: &[Token]) -> Option<(&[Token], &[Token], &[Token])> {
    const WITH_TARGETS: [&str; 7] = ["select", "with", "insert", "update", "delete", "merge", "values"];
    if !statement.first()?.is_any_word(&WITH_TARGETS) {
        return None;
    }
    let is_target = |index: usize| !statement[index - 1].is_any_word(&["insert", "merge"]);
    let into = super::token::outer(statement).find(|(index, token)| *index > 0 && token.is_word("into") && is_target(*index))?.0;
    let behind = &statement[into + 1..];
    let strict = usize::from(behind.first().is_some_and(|token| token.is_word("strict")));
    let mut rest = &behind[strict..];
    loop {
        let (_, after) = dotted(rest)?;
        rest = after;
        match rest.first() {
            Some(comma) if comma.is_symbol(",") => rest = &rest[1..],
            _ => break,
        }
    }
    let target = &behind[strict..behind.len() - rest.len()];
    Some((&statement[..into], target, rest))
}

pub(super) fn written_names(targets: &[Token]) -> Vec<Name> {
    split_outer(targets, |token| token.is_symbol(",")).into_iter().filter_map(|target| target.first()?.identifier()).collect()
}

/// The variables behind an `EXECUTE`'s `INTO`.
fn written_into(arguments: &[Token]) -> Vec<Name> {
    let Some(into) = find_outer(arguments, |token| token.is_word("into")) else { return Vec::new() };
    arguments[into + 1..].iter().take_while(|token| !token.is_word("using")).filter_map(Token::identifier).collect()
}

pub(super) fn targets(header: &Header) -> Vec<Name> {
    match header {
        Header::For { targets, .. } | Header::Foreach { target: targets, .. } => written_names(targets),
        Header::Unbounded { .. } => Vec::new(),
    }
}

/// All variables that statements write to.
pub(super) fn collect_written(nodes: &[Node], written: &mut Vec<Name>) {
    for node in nodes {
        match node {
            Node::Assign { target, .. } => written.extend(written_names(target)),
            Node::Execute { arguments, .. } => written.extend(written_into(arguments)),
            Node::Forget(tokens) => written.extend(tokens.iter().filter_map(Token::identifier)),
            Node::Perform(_) => written.push("found".into()),
            Node::Statement(statement) => {
                written.push("found".into());
                written.extend(into_clause(statement).map(|(_, target, _)| written_names(target)).unwrap_or_default());
            }
            Node::If { branches, otherwise } => {
                branches.iter().for_each(|branch| collect_written(&branch.body, written));
                collect_written(otherwise, written);
            }
            Node::Loop { header, body, .. } => {
                written.extend(targets(header));
                collect_written(body, written);
            }
            Node::Block(block) => {
                collect_written(&block.body, written);
                block.handlers.iter().for_each(|(_, handler)| collect_written(handler, written));
            }
            Node::Leave(_) | Node::Evaluate(_) | Node::Exit | Node::Fail => {}
        }
    }
}

pub(super) fn forget(names: &[Name], variables: &mut Variables) {
    for name in names {
        variables.insert(name.clone(), Value::Unknown);
    }
}

fn assign(target: &[Token], value: Value, variables: &mut Variables) {
    match target {
        [only] => variables.extend(only.identifier().map(|name| (name, value))),
        _ => forget(&written_names(target), variables),
    }
}

/// Puts a row into a loop's one record or its several variables.
fn assign_row(header: &Header, row: Value, variables: &mut Variables) {
    match (&targets(header)[..], row) {
        ([only], row) => variables.extend([(only.clone(), row)]),
        (several, Value::Record(fields)) if several.len() == fields.len() => {
            variables.extend(several.iter().cloned().zip(fields.into_iter().map(|(_, value)| value)));
        }
        (several, _) => forget(several, variables),
    }
}

/// Keeps of two ways to get here what both agree on.
fn merge(variables: &mut Variables, other: &Variables) {
    if variables.ptr_eq(other) {
        return;
    }
    let differing: Vec<Name> =
        variables.iter().filter(|(name, value)| other.get(*name) != Some(value)).map(|(name, _)| name.clone()).collect();
    forget(&differing, variables);
}

/// Forgets answers of the catalogs that a change of the schema, `statement`, may have made untrue.
fn outdate(statement: &[Token], variables: &mut Variables) {
    let reaches_far = statement.windows(2).any(|pair| {
        pair[0].is_word("rename")
            || (pair[0].is_word("drop") && !pair[1].is_any_word(&["column", "constraint", "not", "default"]))
            || pair[1].is_word("schema")
    });
    let outdated = |value: &Value| {
        answer(value).is_some_and(|condition| {
            reaches_far || subjects(&condition).iter().any(|name| statement.iter().any(|token| token.value == **name))
        })
    };
    let names: Vec<Name> = variables.iter().filter(|(_, value)| outdated(value)).map(|(name, _)| name.clone()).collect();
    forget(&names, variables);
}

fn outdate_all(variables: &mut Variables) {
    let names: Vec<Name> = variables.iter().filter(|(_, value)| answer(value).is_some()).map(|(name, _)| name.clone()).collect();
    forget(&names, variables);
}

/// What a variable was answered by a catalog.
fn answer(value: &Value) -> Option<Condition> {
    match value {
        Value::Truth(Condition::Constant(_)) => None,
        Value::Truth(condition) => Some(condition.clone()),
        Value::Lookup(lookup) => Some(lookup.exists()),
        _ => None,
    }
}

/// The names of the objects a condition is about.
fn subjects(condition: &Condition) -> Vec<Name> {
    match condition {
        Condition::Exists(query) => subject(query).into_iter().collect(),
        Condition::Not(inner) => subjects(inner),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(subjects).collect(),
        Condition::Asked(_) | Condition::Constant(_) | Condition::Unknown => Vec::new(),
    }
}

fn subject(query: &CatalogQuery) -> Option<Name> {
    match query {
        CatalogQuery::Relation { name, .. }
        | CatalogQuery::Index { name, .. }
        | CatalogQuery::Type { name }
        | CatalogQuery::Function { name } => Some(name.name.clone()),
        CatalogQuery::Column { column, .. } => Some(column.clone()),
        CatalogQuery::Constraint { table, name, .. } => name.clone().or_else(|| table.as_ref().map(|table| table.name.clone())),
        CatalogQuery::EnumLabel { label, .. } => Some(label.clone()),
        CatalogQuery::ConstraintUsage { name, .. }
        | CatalogQuery::Trigger { name, .. }
        | CatalogQuery::Policy { name, .. }
        | CatalogQuery::Namespace { name }
        | CatalogQuery::Extension { name } => Some(name.clone()),
    }
}

//! Expressions: compiled and checked when they are loaded, and evaluated in bounded time.
//!
//! What strangers write in a card must neither hang nor crash a run. The text's length and depth are bounded, parsing
//! has a stack of its own, every round of a comprehension is counted, and texts that grow are stopped.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, operators};
use cel::{Context, Env, ExecutionError, ParseErrors, Value};
use regex::Regex;
use serde::Serialize;

use super::names::Scope;
use crate::lint::Options;

/// Longer texts are no expressions that anybody reads.
const MAX_LENGTH: usize = 4_000;
/// Deeper ones would only cost stack.
const MAX_DEPTH: usize = 80;
/// Rounds of comprehensions for one object.
const MAX_ROUNDS: u64 = 100_000;
/// Rounds for a whole run.
const MAX_ROUNDS_OF_RUN: u64 = 5_000_000;
/// Characters and items that an expression may build at once.
const MAX_SIZE: usize = 20_000;
/// Functions of this program's own, under names that no expression can write.
const TICK: &str = "@tick";
const BOUNDED: &str = "@bounded";
const MATCHES: &str = "@matches";
/// The standard function that [`MATCHES`] stands for.
const STANDARD_MATCHES: &str = "matches";
/// Compiled patterns that are kept. Those of a card are few, unless it puts them together from names.
const MAX_PATTERNS: usize = 200;

/// What is wrong with a text, and where in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// In bytes.
    pub(super) offset: usize,
    pub(super) length: usize,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// An expression that was checked.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    tree: Arc<IdedExpr>,
    variables: Vec<String>,
}

static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut environment = Env::stdlib();
    // Two extensions that define one function would be a mistake of this program's.
    let _ = cel::extensions::strings(&mut environment);
    Arc::new(environment)
});

impl Expression {
    /// Parses and checks a text.
    ///
    /// # Errors
    /// The first mistake.
    pub(super) fn compile(text: &str, scope: &Scope) -> Result<Self, Mistake> {
        if text.len() > MAX_LENGTH {
            return Err(whole(text, format!("an expression has at most {MAX_LENGTH} characters")));
        }
        if nesting(text) > MAX_DEPTH {
            return Err(whole(text, "this expression is nested too deeply"));
        }
        on_large_stack(|| {
            let program = ENVIRONMENT.compile(text).map_err(|errors| of_parser(text, &errors))?;
            if depth(program.expression()) > MAX_DEPTH {
                return Err(whole(text, "this expression is nested too deeply"));
            }
            scope.check(text, &program)?;
            let variables = program.references().variables().into_iter().map(str::to_owned).collect();
            let mut tree = program.expression().clone();
            guard(&mut tree);
            Ok(Self { tree: Arc::new(tree), variables })
        })
        .unwrap_or_else(|| Err(whole(text, "this expression cannot be read")))
    }

    /// Whether it speaks of a variable.
    pub(super) fn mentions(&self, variable: &str) -> bool {
        self.variables.iter().any(|known| known == variable)
    }
}

/// Whether a function or method of this name exists.
pub(super) fn is_function(name: &str) -> bool {
    // What is defined already cannot be defined again.
    Context::with_env(Arc::clone(&ENVIRONMENT)).add_function(name, |value: i64| value).is_err()
}

fn whole(text: &str, message: impl Into<String>) -> Mistake {
    Mistake { offset: 0, length: text.len(), message: message.into(), help: None }
}

fn of_parser(text: &str, errors: &ParseErrors) -> Mistake {
    let Some(error) = errors.errors.first() else { return whole(text, "this is no expression") };
    let (line, column) = error.pos;
    let line = usize::try_from(line).unwrap_or(1).max(1);
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let inside = text.get(start..).unwrap_or_default();
    let column = usize::try_from(column).unwrap_or(1).max(1) - 1;
    let offset = inside.char_indices().nth(column).map_or(text.trim_end().len(), |(offset, _)| start + offset);
    let first = error.msg.lines().next().unwrap_or_default();
    Mistake { offset: offset.min(text.len()), length: 1, message: format!("this is no expression: {first}"), help: None }
}

/// Runs on a thread with a large stack; nothing where it panics.
fn on_large_stack<T: Send>(run: impl FnOnce() -> T + Send) -> Option<T> {
    const STACK: usize = 64 << 20;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).ok()?;
        thread.join().ok()
    })
}

/// How deep brackets are nested, and how many signs of negation follow each other.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest, mut signs) = (0_usize, 0, 0_usize);
    for byte in text.bytes() {
        signs = if matches!(byte, b'!' | b'-' | b' ' | b'\n') { signs + 1 } else { 0 };
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth).max(signs);
    }
    deepest
}

/// How deep a tree is, counted without recursion.
fn depth(tree: &IdedExpr) -> usize {
    let mut deepest = 0;
    let mut open = vec![(tree, 1)];
    while let Some((node, depth)) = open.pop() {
        deepest = deepest.max(depth);
        open.extend(children(node).into_iter().map(|child| (child, depth + 1)));
    }
    deepest
}

/// The expressions that an expression consists of.
pub(super) fn children(node: &IdedExpr) -> Vec<&IdedExpr> {
    match &node.expr {
        Expr::Call(call) => call.target.iter().map(AsRef::as_ref).chain(&call.args).collect(),
        Expr::Comprehension(it) => vec![&it.iter_range, &it.accu_init, &it.loop_cond, &it.loop_step, &it.result],
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Map(map) => map.entries.iter().flat_map(|entry| of_entry(&entry.expr)).collect(),
        Expr::Struct(made) => made.entries.iter().flat_map(|entry| of_entry(&entry.expr)).collect(),
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => Vec::new(),
    }
}

fn of_entry(entry: &EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        EntryExpr::StructField(field) => vec![&field.value],
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
    }
}

/// Counts every round of a comprehension, and bounds what calls build. The depth was checked.
fn guard(node: &mut IdedExpr) {
    let is_building = match &mut node.expr {
        Expr::Call(call) => {
            call.target.iter_mut().for_each(|target| guard(target));
            call.args.iter_mut().for_each(guard);
            remember_pattern(call);
            call.func_name == operators::ADD || call.target.is_some()
        }
        Expr::Comprehension(it) => {
            guard(&mut it.iter_range);
            guard(&mut it.loop_cond);
            it.loop_cond = call(TICK, std::mem::take(&mut it.loop_cond));
            guard_step(&mut it.loop_step, &it.accu_var);
            guard(&mut it.result);
            true
        }
        Expr::List(list) => {
            list.elements.iter_mut().for_each(guard);
            false
        }
        Expr::Select(select) => {
            guard(&mut select.operand);
            false
        }
        Expr::Map(map) => {
            map.entries.iter_mut().for_each(|entry| guard_entry(&mut entry.expr));
            false
        }
        Expr::Struct(made) => {
            made.entries.iter_mut().for_each(|entry| guard_entry(&mut entry.expr));
            false
        }
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => false,
    };
    if is_building {
        let whole = std::mem::take(node);
        *node = call(BOUNDED, whole);
    }
}

/// Makes a call of `matches` one of the function that compiles each pattern once.
fn remember_pattern(call: &mut CallExpr) {
    if call.func_name == STANDARD_MATCHES && call.args.len() + usize::from(call.target.is_some()) == 2 {
        call.args.splice(0..0, call.target.take().map(|target| *target));
        call.func_name = MATCHES.to_owned();
    }
}

/// A step that adds to what the comprehension gathers is bounded by the number of rounds.
fn guard_step(step: &mut IdedExpr, gathered: &str) {
    match &mut step.expr {
        Expr::Call(call) if call.args.iter().any(|argument| matches!(&argument.expr, Expr::Ident(name) if name == gathered)) => {
            call.args.iter_mut().for_each(guard);
        }
        Expr::Call(call) if call.func_name == operators::CONDITIONAL => {
            call.args.iter_mut().for_each(|argument| guard_step(argument, gathered));
        }
        _ => guard(step),
    }
}

fn guard_entry(entry: &mut EntryExpr) {
    match entry {
        EntryExpr::StructField(field) => guard(&mut field.value),
        EntryExpr::MapEntry(entry) => {
            guard(&mut entry.key);
            guard(&mut entry.value);
        }
    }
}

fn call(function: &str, argument: IdedExpr) -> IdedExpr {
    let call = CallExpr { func_name: function.to_owned(), target: None, args: vec![argument] };
    IdedExpr { id: 0, expr: Expr::Call(call) }
}

/// Patterns that were compiled.
#[derive(Default)]
struct Patterns(Mutex<HashMap<String, Regex>>);

impl Patterns {
    fn matches(&self, text: &str, pattern: &str) -> Result<bool, ExecutionError> {
        // Nothing in here panics while it holds the lock.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(compiled) = known.get(pattern) {
            return Ok(compiled.is_match(text));
        }
        let refused = |error: regex::Error| ExecutionError::function_error(STANDARD_MATCHES, format!("`{pattern}` is no pattern: {error}"));
        let compiled = Regex::new(pattern).map_err(refused)?;
        let is_match = compiled.is_match(text);
        if known.len() >= MAX_PATTERNS {
            known.clear();
        }
        known.insert(pattern.to_owned(), compiled);
        Ok(is_match)
    }
}

/// What expressions are evaluated with, over many objects.
pub(super) struct Evaluation {
    context: Context<'static, 'static>,
    rounds: Arc<AtomicU64>,
    rounds_before: u64,
}

impl Evaluation {
    /// With a lint's options.
    pub(super) fn new(options: &Options) -> Self {
        let rounds = Arc::new(AtomicU64::new(0));
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        let counted = Arc::clone(&rounds);
        let tick = move |goes_on: bool| match counted.fetch_add(1, Ordering::Relaxed) {
            rounds if rounds < MAX_ROUNDS => Ok(goes_on),
            _ => Err(ExecutionError::function_error("comprehension", "too many rounds")),
        };
        let bounded = |value: Value| match size(&value, MAX_SIZE) {
            Some(_) => Ok(value),
            None => Err(ExecutionError::function_error("expression", "what it builds is too large")),
        };
        // Nobody else defines these names.
        let _ = context.add_function(TICK, tick);
        let _ = context.add_function(BOUNDED, bounded);
        let patterns = Patterns::default();
        let _ = context.add_function(MATCHES, move |text: Arc<String>, pattern: Arc<String>| patterns.matches(&text, &pattern));
        let mut evaluation = Self { context, rounds, rounds_before: 0 };
        evaluation.set("options", value(&options.0));
        evaluation
    }

    /// Sets a variable.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.context.add_variable_from_value(name, value);
    }

    /// Whether the run has taken so long that it ends here.
    pub(super) fn is_spent(&self) -> bool {
        self.rounds_before > MAX_ROUNDS_OF_RUN
    }

    /// Whether an expression is true.
    ///
    /// # Errors
    /// Why it is neither true nor false, in words.
    pub(super) fn truth(&mut self, expression: &Expression) -> Result<bool, String> {
        match self.value(expression)? {
            Value::Bool(truth) => Ok(truth),
            other => Err(format!("`when` gives {}, neither true nor false", kind(&other))),
        }
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// Why it has none, in words.
    pub(super) fn value(&mut self, expression: &Expression) -> Result<Value, String> {
        self.rounds.store(0, Ordering::Relaxed);
        let value = Value::resolve(&expression.tree, &self.context);
        let rounds = self.rounds.load(Ordering::Relaxed);
        self.rounds_before += rounds;
        // An error may be absorbed by `||`, and is one all the same.
        if rounds > MAX_ROUNDS {
            return Err(format!("it takes more than {MAX_ROUNDS} rounds"));
        }
        if self.is_spent() {
            return Err(format!("for all objects together it takes more than {MAX_ROUNDS_OF_RUN} rounds"));
        }
        value.map_err(|error| reason(&error))
    }
}

/// Anything that can be written as JSON, as expressions see it.
pub(super) fn value(value: &impl Serialize) -> Value {
    cel::to_value(value).unwrap_or(Value::Null)
}

fn reason(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchKey(key) => format!("nothing has the name `{key}`"),
        ExecutionError::UndeclaredReference(name) => format!("there is no `{name}`"),
        error => {
            let text = error.to_string();
            let text: String = text.lines().next().unwrap_or_default().chars().take(200).collect();
            let mut letters = text.chars();
            letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

/// What there is in a value, up to `limit`; `None` beyond.
fn size(value: &Value, limit: usize) -> Option<usize> {
    let own = match value {
        Value::String(text) => text.len(),
        Value::List(items) => items.iter().try_fold(items.len(), |sum, item| Some(sum + size(item, limit.checked_sub(sum)?)?))?,
        _ => 1,
    };
    (own <= limit).then_some(own)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Int(_) | Value::UInt(_) | Value::Float(_) => "a number",
        Value::List(_) => "a list",
        Value::Map(_) => "an object",
        Value::Null => "null",
        _ => "a value",
    }
}

//! Which names an expression may use: those of `docs/schema.schema.json`, with a few for migrations and statements.

use std::sync::LazyLock;

use cel::Program;
use cel::common::ast::{ComprehensionExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};
use serde_json::Value;

use super::expression::{Mistake, children, is_function};
use super::meant;
use crate::lint::card::OptionCard;
use crate::lint::own::Subject;

/// What `migralint schema --format json` prints.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("../../docs/schema.schema.json")).unwrap_or_default());

/// What no schema holds.
static HISTORY: LazyLock<Value> = LazyLock::new(|| {
    let (text, number, truth) = (("string", "text"), ("integer", "number"), ("boolean", "truth"));
    let object = |fields: &[(&str, (&str, &str))]| {
        let properties = fields.iter().map(|(name, (kind, _))| ((*name).to_owned(), serde_json::json!({ "type": kind })));
        serde_json::json!({ "type": "object", "properties": properties.collect::<serde_json::Map<_, _>>() })
    };
    let migration = [
        ("version", text),
        ("name", text),
        ("path", text),
        ("has_rollback", truth),
        ("in_transaction", truth),
        ("unapplied", truth),
        ("statements", number),
    ];
    let statement = [("text", text), ("kind", text), ("changes_schema", truth), ("line", number)];
    serde_json::json!({ "migration": object(&migration), "statement": object(&statement) })
});

/// The types, which expressions may name to compare with.
const TYPES: [&str; 10] = ["int", "uint", "double", "string", "bytes", "bool", "list", "map", "null_type", "type"];
/// Offered to those who mistype one.
const FUNCTIONS: [&str; 17] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "lowerAscii",
    "upperAscii",
    "split",
    "join",
    "trim",
    "replace",
    "substring",
    "indexOf",
    "int",
    "string",
    "double",
    "type",
];
const MACROS: [&str; 6] = ["has", "all", "exists", "exists_one", "map", "filter"];

/// What is known of a value.
#[derive(Clone, Copy, Debug)]
enum Shape<'a> {
    /// Nothing.
    Any,
    /// A description as JSON schema.
    Described(&'static Value),
    /// A lint's options.
    Options(&'a [OptionCard]),
}

/// The variables of an expression.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    variables: Vec<(&'static str, Shape<'a>)>,
}

impl<'a> Scope<'a> {
    /// The variables for a subject.
    pub(super) fn of(subject: Subject, options: &'a [OptionCard]) -> Self {
        let definition = |name: &str| SCHEMA.pointer(&format!("/$defs/{name}")).map_or(Shape::Any, Shape::Described);
        let history = |name: &str| HISTORY.get(name).map_or(Shape::Any, Shape::Described);
        let mut variables = vec![("options", Shape::Options(options)), ("schema", Shape::Described(&SCHEMA))];
        match subject {
            Subject::Statement => variables.extend([("statement", history("statement")), ("migration", history("migration"))]),
            Subject::Migration => variables.push(("migration", history("migration"))),
            _ => variables.push(("table", definition("table"))),
        }
        match subject {
            Subject::Column => variables.push(("column", definition("column"))),
            Subject::ForeignKey => variables.push(("foreign_key", definition("constraint"))),
            Subject::Constraint => variables.push(("constraint", definition("constraint"))),
            Subject::Index => variables.push(("index", definition("index"))),
            Subject::Policy => variables.push(("policy", definition("policy"))),
            Subject::Table | Subject::Statement | Subject::Migration => {}
        }
        Self { variables }
    }

    /// Whether all names in a program exist.
    ///
    /// # Errors
    /// The first that does not.
    pub(super) fn check(&self, text: &str, program: &Program) -> Result<(), Mistake> {
        let mut walk = Walk { text, program, scope: self, locals: Vec::new() };
        walk.shape(program.expression()).map(|_| ())
    }
}

impl<'a> Shape<'a> {
    /// The description itself, references followed.
    fn resolved(self) -> Option<&'static Value> {
        let Shape::Described(node) = self else { return None };
        match node.get("$ref").and_then(Value::as_str) {
            Some(reference) => SCHEMA.pointer(reference.trim_start_matches('#')),
            None => Some(node),
        }
    }

    /// The names of its fields; `None` where they are not known.
    fn fields(self) -> Option<Vec<&'a str>> {
        if let Shape::Options(options) = self {
            return Some(options.iter().map(|option| option.name.as_str()).collect());
        }
        let node = self.resolved()?;
        match node.get("properties").and_then(Value::as_object) {
            Some(properties) => Some(properties.keys().map(String::as_str).filter(|name| *name != "origin").collect()),
            None => (node.get("type").is_some() || node.get("enum").is_some()).then(Vec::new),
        }
    }

    fn field(self, name: &str) -> Shape<'a> {
        self.resolved().and_then(|node| node.get("properties")?.get(name)).map_or(Shape::Any, Shape::Described)
    }

    fn item(self) -> Shape<'a> {
        self.resolved().and_then(|node| node.get("items")).map_or(Shape::Any, Shape::Described)
    }
}

/// One walk over a program. Its depth was checked.
struct Walk<'w, 'a> {
    text: &'w str,
    program: &'w Program,
    scope: &'w Scope<'a>,
    locals: Vec<(&'w str, Shape<'a>)>,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn shape(&mut self, node: &'w IdedExpr) -> Result<Shape<'a>, Mistake> {
        match &node.expr {
            Expr::Ident(name) => self.variable(node, name),
            Expr::Select(select) => {
                let operand = self.shape(&select.operand)?;
                self.selected(node, operand, select)
            }
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Call(call) if call.func_name == operators::INDEX => {
                let shapes = call.args.iter().map(|argument| self.shape(argument)).collect::<Result<Vec<_>, _>>()?;
                let of = shapes.first().copied().unwrap_or(Shape::Any);
                match call.args.get(1).map(|index| &index.expr) {
                    Some(Expr::Literal(LiteralValue::String(name))) => self.named(node, of, name.inner()),
                    _ => Ok(of.item()),
                }
            }
            Expr::Call(call) => {
                let is_operator = !call.func_name.starts_with(|first: char| first.is_ascii_alphabetic());
                for child in children(node) {
                    self.shape(child)?;
                }
                if is_operator || is_function(&call.func_name) {
                    return Ok(Shape::Any);
                }
                if MACROS.contains(&call.func_name.as_str()) {
                    return Err(self.mistake(node, format!("`{}` takes other arguments", call.func_name), None));
                }
                let help = meant(&call.func_name, FUNCTIONS.into_iter().chain(MACROS));
                Err(self.mistake(node, format!("there is no function `{}`", call.func_name), help))
            }
            _ => {
                for child in children(node) {
                    self.shape(child)?;
                }
                Ok(Shape::Any)
            }
        }
    }

    fn variable(&self, node: &IdedExpr, name: &str) -> Result<Shape<'a>, Mistake> {
        if let Some((_, shape)) = self.locals.iter().rev().find(|(local, _)| *local == name) {
            return Ok(*shape);
        }
        if let Some((_, shape)) = self.scope.variables.iter().find(|(known, _)| *known == name) {
            return Ok(*shape);
        }
        if TYPES.contains(&name) {
            return Ok(Shape::Any);
        }
        let known = self.locals.iter().map(|(local, _)| *local).chain(self.scope.variables.iter().map(|(known, _)| *known));
        let known: Vec<&str> = known.filter(|known| !known.starts_with('@')).collect();
        let help = meant(name, known.iter().copied()).or_else(|| Some(format!("there are `{}`", known.join("`, `"))));
        Err(self.mistake(node, format!("there is no variable `{name}`"), help))
    }

    fn selected(&self, node: &IdedExpr, operand: Shape<'a>, select: &SelectExpr) -> Result<Shape<'a>, Mistake> {
        self.named(node, operand, &select.field)
    }

    fn named(&self, node: &IdedExpr, operand: Shape<'a>, field: &str) -> Result<Shape<'a>, Mistake> {
        match operand.fields() {
            Some(fields) if !fields.contains(&field) => {
                let message =
                    if fields.is_empty() { format!("nothing has the name `{field}` here") } else { format!("there is no field `{field}`") };
                let help = meant(field, fields.iter().copied());
                let help = help.or_else(|| (!fields.is_empty()).then(|| format!("there are `{}`", fields.join("`, `"))));
                Err(self.mistake(node, message, help))
            }
            _ => Ok(operand.field(field)),
        }
    }

    fn comprehension(&mut self, it: &'w ComprehensionExpr) -> Result<Shape<'a>, Mistake> {
        let range = self.shape(&it.iter_range)?;
        self.shape(&it.accu_init)?;
        let before = self.locals.len();
        self.locals.push((&it.accu_var, Shape::Any));
        match &it.iter_var2 {
            Some(second) => self.locals.extend([(it.iter_var.as_str(), Shape::Any), (second.as_str(), range.item())]),
            None => self.locals.push((&it.iter_var, range.item())),
        }
        for part in [&it.loop_cond, &it.loop_step, &it.result] {
            self.shape(part)?;
        }
        self.locals.truncate(before);
        // What `filter` keeps has the shape of what it was given.
        Ok(Shape::Any)
    }

    fn mistake(&self, node: &IdedExpr, message: String, help: Option<String>) -> Mistake {
        let (start, stop) = self.program.source_info().offset_for(node.id).unwrap_or((0, 0));
        // The parser counts characters.
        let byte = |index: u32| self.text.char_indices().nth(index as usize).map_or(self.text.len(), |(offset, _)| offset);
        let (start, stop) = (byte(start), byte(stop.max(start)));
        Mistake { offset: start, length: stop.saturating_sub(start) + 1, message, help }
    }
}

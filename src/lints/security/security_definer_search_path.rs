//! A function that runs with its owner's rights and looks its names up wherever the caller says.

use crate::lint::{Finding, SchemaContext};
use crate::lints::places::{Place, per_migration};
use crate::schema::Function;
use crate::sql::Body;

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let repairs = repairs(context);
    let functions = context.schema.functions.values().map(AsRef::as_ref);
    let functions = functions.filter(|function| is_open(function) && !repairs.iter().any(|repair| repair.may_cover(context, function)));
    let places = functions.map(|function| {
        let types: Vec<String> = function.key.arguments.iter().map(ToString::to_string).collect();
        let kind = if function.procedure { "PROCEDURE" } else { "FUNCTION" };
        Place {
            span: function.span,
            object: function.key.name.to_string(),
            label: format!("`{}` runs with its owner's rights and sets no `search_path`", function.key.name.name),
            sql: format!(
                "ALTER {kind} {}({}) SET search_path = '';  -- and qualify its names",
                function.key.name.to_sql(),
                types.join(", ")
            ),
        }
    });
    per_migration(context, places.collect(), "function", ": a caller who may create objects can have it use his own in place of yours")
}

/// A block that puts `ALTER FUNCTION … SET search_path` together while it runs, for whichever functions it finds.
struct Repair<'a> {
    migration: usize,
    text: &'a str,
}

fn repairs<'a>(context: &SchemaContext<'a>) -> Vec<Repair<'a>> {
    let (history, sources) = (context.history.history, context.history.sources);
    let migrations = history.migrations.iter().enumerate();
    let blocks = migrations.flat_map(|(migration, found)| {
        let blocks = found.up.iter().filter(|statement| matches!(statement.body, Body::Block(_) | Body::Opaque { .. }));
        blocks.map(move |statement| Repair { migration, text: sources.text(statement.span) })
    });
    blocks.filter(|repair| repair.says("search_path") && ["alter function", "alter routine"].iter().any(|verb| repair.says(verb))).collect()
}

impl Repair<'_> {
    fn says(&self, words: &str) -> bool {
        self.text.to_ascii_lowercase().contains(words)
    }

    /// Whether it comes after the function and either names it or takes names as they come.
    fn may_cover(&self, context: &SchemaContext, function: &Function) -> bool {
        let is_later = context.history.history.migration_of(function.span).is_none_or(|made| made <= self.migration);
        is_later && (self.text.contains(['%', '|']) || self.says(&function.key.name.name.to_ascii_lowercase()))
    }
}

/// Names in the body of SQL itself are looked up when the function is made, and code in C names nothing.
fn is_open(function: &Function) -> bool {
    function.security_definer
        && !function.sets_search_path
        && !function.sql_body
        && !function.aggregate
        && !["c", "internal"].contains(&function.language.as_str())
}

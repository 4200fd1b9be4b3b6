//! What differs between two versions of a schema: the objects, then both versions' SQL side by side.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};

use super::escape::line as printable;
use super::place;
use super::schema::json::Place;
use crate::difference::{Difference, DifferenceKind};
use crate::source::{SourceMap, Span};

/// Version of the JSON; it grows when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// Lines of SQL around a change.
const CONTEXT: usize = 3;

/// Two versions and what differs.
pub struct Comparison<'a> {
    /// What the versions are called.
    pub versions: [String; 2],
    /// Both as SQL.
    pub sql: [String; 2],
    /// The objects that differ.
    pub differences: &'a [Difference],
}

/// Writes the comparison for people.
///
/// # Errors
/// Those of `out`.
pub fn render(comparison: &Comparison, sources: &SourceMap, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let [from, to] = &comparison.versions;
    if comparison.differences.is_empty() {
        return writeln!(out, "{} and {} have the same schema", printable(from), printable(to));
    }
    let paint = |code: &str, text: &str| if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    for difference in comparison.differences {
        let (sign, code) = match difference.kind {
            DifferenceKind::Added => ("+", GREEN),
            DifferenceKind::Removed => ("-", RED),
            DifferenceKind::Altered { .. } => ("~", YELLOW),
        };
        let place = difference.after.or(difference.before).map(|span| format!("  ({})", place(span, sources))).unwrap_or_default();
        writeln!(out, "{}{}", paint(code, &format!("{sign} {}", printable(&sentence(difference)))), printable(&place))?;
    }
    writeln!(out)?;
    for line in unified(comparison).lines() {
        let code = match line.as_bytes().first() {
            Some(b'+') => GREEN,
            Some(b'-') => RED,
            Some(b'@') => CYAN,
            _ => PLAIN,
        };
        writeln!(out, "{}", if code == PLAIN { printable(line) } else { paint(code, &printable(line)) })?;
    }
    Ok(())
}

const GREEN: &str = "32";
const RED: &str = "31";
const YELLOW: &str = "33";
const CYAN: &str = "36";
const PLAIN: &str = "0";

/// `column public.users.email: type from integer to bigint`
pub fn sentence(difference: &Difference) -> String {
    Change::of(difference).sentence()
}

/// `type from integer to bigint`
pub fn altered(attribute: &str, from: Option<&str>, to: Option<&str>) -> String {
    let is_long = |text: Option<&str>| text.is_some_and(|text| text.contains('\n') || text.chars().count() > 120);
    match (from, to) {
        _ if is_long(from) || is_long(to) => attribute.to_owned(),
        (Some("no"), Some("yes")) => format!("now {attribute}"),
        (Some("yes"), Some("no")) => format!("no longer {attribute}"),
        (Some(from), Some(to)) => format!("{attribute} from {from} to {to}"),
        (None, Some(to)) => format!("{attribute} {to}"),
        (Some(from), None) => format!("no {attribute}, which was {from}"),
        (None, None) => attribute.to_owned(),
    }
}

/// The unified diff of both versions' SQL.
pub fn unified(comparison: &Comparison) -> String {
    let [from, to] = &comparison.sql;
    let diff = TextDiff::from_lines(from, to);
    if diff.iter_all_changes().all(|change| change.tag() == ChangeTag::Equal) {
        return String::new();
    }
    let [old, new] = &comparison.versions;
    diff.unified_diff().context_radius(CONTEXT).header(old, new).to_string()
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    from: &'a str,
    to: &'a str,
    differences: Vec<JsonDifference>,
    sql: String,
}

#[derive(Serialize)]
struct JsonDifference {
    #[serde(flatten)]
    change: Change,
    before: Option<Place>,
    after: Option<Place>,
}

/// A difference without its places, as every JSON document has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What happens to the object.
    pub change: ChangeWord,
    /// What kind of object it is: `column`, `table` …
    pub kind: String,
    /// `schema.table.column` without quotes.
    pub object: String,
    /// What of it is altered: `type`, `default` …
    pub attribute: Option<String>,
    /// The attribute's value before, as SQL.
    pub from: Option<String>,
    /// Its value after.
    pub to: Option<String>,
}

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeWord {
    /// It comes.
    Added,
    /// It goes.
    Removed,
    /// It becomes another.
    Altered,
}

/// The comparison as a JSON value, described by `docs/diff.schema.json`.
pub fn json(comparison: &Comparison, sources: &SourceMap) -> impl Serialize {
    let [from, to] = &comparison.versions;
    let differences = comparison.differences.iter().map(|difference| json_difference(difference, sources)).collect();
    Document { schema_version: SCHEMA_VERSION, from, to, differences, sql: unified(comparison) }
}

fn json_difference(difference: &Difference, sources: &SourceMap) -> JsonDifference {
    let place = |span: Option<Span>| span.map(|span| Place::of(span, sources));
    JsonDifference { change: Change::of(difference), before: place(difference.before), after: place(difference.after) }
}

impl Change {
    /// What a difference is, in the words of the JSON documents.
    pub fn of(difference: &Difference) -> Self {
        let (change, attribute, from, to) = match &difference.kind {
            DifferenceKind::Added => (ChangeWord::Added, None, None, None),
            DifferenceKind::Removed => (ChangeWord::Removed, None, None, None),
            DifferenceKind::Altered { attribute, from, to } => (ChangeWord::Altered, Some(*attribute), from.clone(), to.clone()),
        };
        let (kind, object) = (difference.object.kind().to_owned(), difference.object.to_string());
        Self { change, kind, object, attribute: attribute.map(str::to_owned), from, to }
    }

    /// `column public.users.email: type from integer to bigint`
    pub fn sentence(&self) -> String {
        let object = format!("{} {}", self.kind, self.object);
        match &self.attribute {
            None => object,
            Some(attribute) => format!("{object}: {}", altered(attribute, self.from.as_deref(), self.to.as_deref())),
        }
    }
}

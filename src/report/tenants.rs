//! What was inferred about tenants, from which evidence, and how to override it: for people and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::escape::line as printable;
use super::{place, plural};
use crate::lint::tenancy::{ACCEPTED, Candidate, Class, Confidence, KeyKind, MARGIN, Root, Tenancy, TenantKey};
use crate::schema::{QualifiedName, Schema};
use crate::source::{SourceMap, Span};

/// Version of the JSON; it grows when a field changes its meaning.
const SCHEMA_VERSION: u32 = 1;

/// So many candidates are worth reading about.
const CANDIDATES: usize = 5;

/// What was inferred, and what it was inferred from.
pub struct Report<'a> {
    /// The texts that spans point into.
    pub sources: &'a SourceMap,
    /// The schema at the end of history.
    pub schema: &'a Schema,
    /// What was inferred.
    pub tenancy: &'a Tenancy,
}

/// The classes of tables, in the order they are told.
const CLASSES: [(&str, &str); 5] = [
    ("scoped", "carry the key"),
    ("derived", "belong to a tenant through another table"),
    ("identity", "people and who belongs to which tenant"),
    ("infrastructure", "jobs, logs and the like, of no tenant"),
    ("reference", "of no tenant"),
];

/// The report as text.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_root(report, out)?;
    write_candidates(report.tenancy, out)?;
    write_keys(report, out)?;
    write_classes(report, out)?;
    let snippet: String = snippet(report).lines().map(|line| format!("  {line}\n")).collect();
    write!(out, "\nto override it, in migralint.yaml:\n{snippet}")
}

fn write_root(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(root) = &report.tenancy.root else { return writeln!(out, "no tenants: {}", why_none(report.tenancy)) };
    let (table, column) = (printable(&root.table.to_string()), printable(&root.column));
    writeln!(out, "tenants: `{table}`, key `{column}` ({}), {}", root.data_type, place(root.span, report.sources))?;
    writeln!(out, "  {}", meaning(root))
}

fn why_none(tenancy: &Tenancy) -> &'static str {
    match tenancy.candidates.as_slice() {
        [] => "no table looks like one that holds tenants",
        [best, ..] if best.score() < ACCEPTED => "no table has enough evidence for being the table of tenants",
        _ => "several tables may be the table of tenants; name the right one in the configuration",
    }
}

fn meaning(root: &Root) -> &'static str {
    match root.confidence {
        Confidence::Established => "its rows are tenants: every lint of the group `tenant` applies",
        Confidence::Presumed => "many tables belong to it, but it may be an ordinary parent: only agreement with it is checked",
    }
}

fn write_candidates(tenancy: &Tenancy, out: &mut dyn Write) -> io::Result<()> {
    if tenancy.candidates.is_empty() {
        return Ok(());
    }
    writeln!(out, "\ncandidates; it takes {ACCEPTED} points, and {MARGIN} more than the next:")?;
    for candidate in tenancy.candidates.iter().take(CANDIDATES) {
        writeln!(out, "  `{}`: {}", printable(&candidate.table.to_string()), candidate.score())?;
        for evidence in &candidate.evidence {
            writeln!(out, "    {:+}  {}", evidence.points, printable(&evidence.reason))?;
        }
    }
    match tenancy.candidates.len().saturating_sub(CANDIDATES) {
        0 => Ok(()),
        more => writeln!(out, "  and {}", plural(more, "more table")),
    }
}

fn write_keys(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let tenancy = report.tenancy;
    if tenancy.keys().next().is_some() {
        writeln!(out, "\nkeys:")?;
    }
    for key in tenancy.keys() {
        let path = printable(&format!("{}.{}", key.table, key.column));
        writeln!(out, "  `{path}`: {}, {}", printable(&described(key)), place(key.span, report.sources))?;
    }
    if !tenancy.spared.is_empty() {
        writeln!(out, "\nnot taken for keys:")?;
    }
    for spared in &tenancy.spared {
        writeln!(out, "  `{}`: {}", printable(&format!("{}.{}", spared.table, spared.column)), printable(&spared.reason))?;
    }
    Ok(())
}

fn described(key: &TenantKey) -> String {
    match &key.kind {
        KeyKind::Reference => "a foreign key".to_owned(),
        KeyKind::CodeReference { column } => format!("a foreign key to `{column}`, not to the key"),
        KeyKind::Unreferenced => "by its name and type, no foreign key".to_owned(),
        KeyKind::Mistyped { evidence } => format!("of the wrong type, and meant: {}", evidence.join(", ")),
    }
}

fn write_classes(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let tables = tables(report);
    for (class, meaning) in CLASSES {
        let of_class: Vec<&(&QualifiedName, Class)> = tables.iter().filter(|(_, found)| name(found) == class).collect();
        if of_class.is_empty() {
            continue;
        }
        writeln!(out, "\n{class} tables ({}, {meaning}):", of_class.len())?;
        for (table, found) in of_class {
            let through = match found {
                Class::Derived(parent) => format!(" through `{parent}`"),
                _ => String::new(),
            };
            writeln!(out, "  {}", printable(&format!("`{table}`{through}")))?;
        }
    }
    Ok(())
}

fn tables<'a>(report: &Report<'a>) -> Vec<(&'a QualifiedName, Class)> {
    report.schema.tables.keys().filter_map(|table| Some((table, report.tenancy.class(table)?))).collect()
}

fn name(class: &Class) -> &'static str {
    match class {
        Class::Root => "root",
        Class::Scoped => "scoped",
        Class::Derived(_) => "derived",
        Class::Identity => "identity",
        Class::Infrastructure => "infrastructure",
        Class::Reference => "reference",
    }
}

/// What to write into the configuration: what was inferred, to be changed. Names are quoted as YAML wants them.
fn snippet(report: &Report) -> String {
    let quoted = |name: &str| serde_json::Value::from(printable(name)).to_string();
    let best = report.tenancy.root.as_ref().map(|root| &root.table).or(report.tenancy.candidates.first().map(|best| &best.table));
    let table = best.map_or_else(|| "the_table_of_tenants".to_owned(), |table| quoted(&table.to_string()));
    let mut keys: Vec<String> = report.tenancy.keys().map(|key| quoted(&key.column)).collect();
    keys.sort();
    keys.dedup();
    let keys = keys.join(", ");
    format!(
        "tenant:\n  table: {table}\n  keys: [{keys}]\n  external-ids: []   # columns with a key's name that are somebody else's: table.column\n  \
         global-tables: []  # tables that belong to no tenant\n"
    )
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tenants: Option<RootEntry<'a>>,
    /// Why there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    candidates: Vec<CandidateEntry<'a>>,
    keys: Vec<KeyEntry<'a>>,
    spared: Vec<SparedEntry<'a>>,
    tables: Vec<TableEntry>,
    configuration: String,
}

#[derive(Serialize)]
struct RootEntry<'a> {
    table: String,
    column: &'a str,
    r#type: String,
    confidence: &'static str,
    path: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct CandidateEntry<'a> {
    table: String,
    score: f64,
    evidence: Vec<EvidenceEntry<'a>>,
}

#[derive(Serialize)]
struct EvidenceEntry<'a> {
    points: f64,
    reason: &'a str,
}

#[derive(Serialize)]
struct KeyEntry<'a> {
    table: String,
    column: &'a str,
    kind: &'static str,
    evidence: &'a [String],
    path: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct SparedEntry<'a> {
    table: String,
    column: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct TableEntry {
    table: String,
    class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<String>,
}

/// The report as one JSON document.
pub fn json<'a>(report: &Report<'a>) -> impl Serialize + 'a {
    let tenancy = report.tenancy;
    let spared = tenancy.spared.iter();
    Document {
        schema_version: SCHEMA_VERSION,
        tenants: tenancy.root.as_ref().map(|root| root_entry(report, root)),
        reason: tenancy.root.is_none().then(|| why_none(tenancy)),
        candidates: tenancy.candidates.iter().map(candidate_entry).collect(),
        keys: tenancy.keys().map(|key| key_entry(report, key)).collect(),
        spared: spared.map(|it| SparedEntry { table: it.table.to_string(), column: &it.column, reason: &it.reason }).collect(),
        tables: tables(report).into_iter().map(table_entry).collect(),
        configuration: snippet(report),
    }
}

fn start<'a>(report: &Report<'a>, span: Span) -> (&'a str, usize) {
    (report.sources.path(span.file), report.sources.start(span).line)
}

fn root_entry<'a>(report: &Report<'a>, root: &'a Root) -> RootEntry<'a> {
    let (path, line) = start(report, root.span);
    let confidence = match root.confidence {
        Confidence::Established => "established",
        Confidence::Presumed => "presumed",
    };
    RootEntry { table: root.table.to_string(), column: &root.column, r#type: root.data_type.to_string(), confidence, path, line }
}

fn candidate_entry(candidate: &Candidate) -> CandidateEntry<'_> {
    let evidence = candidate.evidence.iter().map(|evidence| EvidenceEntry { points: evidence.points, reason: &evidence.reason });
    CandidateEntry { table: candidate.table.to_string(), score: candidate.score(), evidence: evidence.collect() }
}

fn key_entry<'a>(report: &Report<'a>, key: &'a TenantKey) -> KeyEntry<'a> {
    let (kind, evidence): (_, &[String]) = match &key.kind {
        KeyKind::Reference => ("reference", &[]),
        KeyKind::CodeReference { .. } => ("code-reference", &[]),
        KeyKind::Unreferenced => ("unreferenced", &[]),
        KeyKind::Mistyped { evidence } => ("mistyped", evidence),
    };
    let (path, line) = start(report, key.span);
    KeyEntry { table: key.table.to_string(), column: &key.column, kind, evidence, path, line }
}

fn table_entry((table, class): (&QualifiedName, Class)) -> TableEntry {
    let through = match &class {
        Class::Derived(parent) => Some(parent.to_string()),
        _ => None,
    };
    TableEntry { table: table.to_string(), class: name(&class), through }
}

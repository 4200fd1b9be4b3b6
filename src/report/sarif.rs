//! SARIF 2.1.0 as GitHub's code scanning takes it: every result has a place, every rule a text, paths begin at the root
//! of the repository, columns count code points.

mod line_hash;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use serde_json::{Value, json};

use super::escape::uri;
use super::{Report, Rule, Surroundings, write_json};
use crate::diagnostic::{Diagnostic, Fix, Label, Severity};
use crate::source::{FileId, SourceMap, Span};

/// GitHub refuses a file with more results in a run.
const MAX_RESULTS: usize = 25_000;

/// GitHub keeps this many places of a result.
const MAX_RELATED: usize = 100;

/// Writes the findings; the gravest first where there are more than GitHub takes.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &Report, surroundings: &Surroundings, out: &mut dyn Write) -> io::Result<()> {
    let mut diagnostics: Vec<&Diagnostic> = report.diagnostics.iter().collect();
    if diagnostics.len() > MAX_RESULTS {
        diagnostics.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
        diagnostics.truncate(MAX_RESULTS);
    }
    let mut writer = Writer { sources: report.sources, surroundings, rules: BTreeMap::new(), hashes: HashMap::new() };
    writer.rules = rules(&diagnostics, surroundings);
    let results: Vec<Value> = diagnostics.into_iter().map(|diagnostic| writer.result(diagnostic)).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "migralint",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": writer.rules.values().map(|(_, rule)| rule_object(rule)).collect::<Vec<_>>(),
            } },
            "automationDetails": { "id": "migralint/" },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "%SRCROOT%": { "description": { "text": "The root of the repository." } } },
            "results": results,
        }],
    });
    write_json(&document, out)
}

/// The rules of these findings by id, each with its place in the list.
fn rules(diagnostics: &[&Diagnostic], surroundings: &Surroundings) -> BTreeMap<String, (usize, Rule)> {
    let mut rules: BTreeMap<String, (usize, Rule)> = BTreeMap::new();
    for diagnostic in diagnostics {
        if !rules.contains_key(&diagnostic.lint) {
            let rule = (surroundings.rule)(&diagnostic.lint).unwrap_or_else(|| plain_rule(diagnostic));
            rules.insert(diagnostic.lint.clone(), (0, rule));
        }
    }
    rules.values_mut().enumerate().for_each(|(index, (place, _))| *place = index);
    rules
}

/// What there is to say of findings that are no lint's: mistakes in the configuration.
fn plain_rule(diagnostic: &Diagnostic) -> Rule {
    Rule {
        id: diagnostic.lint.clone(),
        title: format!("what migralint says about `{}`", diagnostic.lint),
        why: "It keeps migralint from doing its work.".to_owned(),
        fix: "See the message.".to_owned(),
        severity: diagnostic.severity,
        url: None,
    }
}

fn rule_object(rule: &Rule) -> Value {
    let mut object = json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title.trim() },
        "fullDescription": { "text": rule.why.trim() },
        "help": {
            "text": format!("{}\n\n{}", rule.why.trim(), rule.fix.trim()),
            "markdown": format!("{}\n\n{}", rule.why.trim(), rule.fix.trim()),
        },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": ["sql", "migrations"],
            "precision": "high",
            "problem.severity": match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
    });
    if let (Some(url), Some(fields)) = (&rule.url, object.as_object_mut()) {
        fields.insert("helpUri".to_owned(), Value::from(url.as_str()));
    }
    object
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

struct Writer<'a> {
    sources: &'a SourceMap,
    surroundings: &'a Surroundings<'a>,
    rules: BTreeMap<String, (usize, Rule)>,
    hashes: HashMap<FileId, Vec<String>>,
}

impl Writer<'_> {
    fn result(&mut self, diagnostic: &Diagnostic) -> Value {
        let help = diagnostic.help.iter().map(|help| format!("\n\nhelp: {}", help.trim()));
        let message: String = std::iter::once(diagnostic.message.clone()).chain(help).collect();
        let related: Vec<Value> =
            diagnostic.labels.iter().take(MAX_RELATED).enumerate().map(|(index, label)| self.related(index, label)).collect();
        let hash = self.line_hash(diagnostic.primary);
        let mut result = json!({
            "ruleId": diagnostic.lint,
            "ruleIndex": self.rules.get(&diagnostic.lint).map(|(index, _)| *index),
            "level": level(diagnostic.severity),
            "message": { "text": plain(&message) },
            "locations": [self.location(diagnostic.primary)],
            "partialFingerprints": { "primaryLocationLineHash": hash, "migralint/v1": diagnostic.fingerprint },
        });
        if let (false, Some(fields)) = (related.is_empty(), result.as_object_mut()) {
            fields.insert("relatedLocations".to_owned(), Value::from(related));
        }
        // The format knows changes of files, and none that makes one.
        let fix = diagnostic.fix.as_ref().filter(|fix| fix.files.is_empty());
        if let (Some(fix), Some(fields)) = (fix, result.as_object_mut()) {
            fields.insert("fixes".to_owned(), json!([self.fix(fix)]));
        }
        result
    }

    /// One change for each file, as the format wants it.
    fn fix(&self, fix: &Fix) -> Value {
        let mut files: BTreeMap<FileId, Vec<Value>> = BTreeMap::new();
        for edit in &fix.edits {
            let region = self.region(edit.span);
            let replacement = json!({ "deletedRegion": region, "insertedContent": { "text": edit.text } });
            files.entry(edit.span.file).or_default().push(replacement);
        }
        let change = |(file, replacements): (FileId, Vec<Value>)| {
            let path = (self.surroundings.path)(self.sources.path(file));
            json!({ "artifactLocation": { "uri": uri(&path), "uriBaseId": "%SRCROOT%" }, "replacements": replacements })
        };
        json!({ "description": { "text": plain(&fix.title) }, "artifactChanges": files.into_iter().map(change).collect::<Vec<_>>() })
    }

    fn region(&self, span: Span) -> Value {
        let (start, end) = (self.sources.start(span), self.sources.end(span));
        json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
    }

    fn related(&self, index: usize, label: &Label) -> Value {
        let mut location = self.location(label.span);
        if let Some(fields) = location.as_object_mut() {
            fields.insert("id".to_owned(), Value::from(index + 1));
            fields.insert("message".to_owned(), json!({ "text": plain(&label.message) }));
        }
        location
    }

    fn location(&self, span: Span) -> Value {
        let path = (self.surroundings.path)(self.sources.path(span.file));
        json!({ "physicalLocation": {
            "artifactLocation": { "uri": uri(&path), "uriBaseId": "%SRCROOT%" },
            "region": self.region(span),
        } })
    }

    fn line_hash(&mut self, span: Span) -> String {
        let hashes = self.hashes.entry(span.file).or_insert_with(|| line_hash::of_lines(&self.sources.file(span.file).text));
        hashes.get(self.sources.start(span).line.saturating_sub(1)).cloned().unwrap_or_default()
    }
}

/// A message in which nothing is a link: `[text](target)` would be one.
fn plain(text: &str) -> String {
    text.replace("](", "]\u{200b}(")
}

//! A file as psql reads it: variables, conditions, files that it includes.

use rayon::prelude::*;

use super::text::Text;
use super::{meta, statement};
use crate::source::{FileId, SourceMap, Span};
use crate::sql::split::{self, Chunk, ChunkKind};
use crate::sql::{Body, Condition, Statement, Step, Values};

/// Files that include one another deeper than this are not followed.
const MAX_INCLUDES: usize = 8;

/// Reads pieces of a file, one after the other where psql's commands stand among them.
pub(super) fn read(sources: &SourceMap, file: FileId, chunks: Vec<Chunk>, values: &Values) -> Vec<Statement> {
    let mut script = Script { sources, main: file, files: Vec::new(), values: values.clone(), open: Vec::new(), statements: Vec::new() };
    script.read(chunks);
    while !script.open.is_empty() {
        script.end_if();
    }
    script.statements
}

struct Script<'a> {
    sources: &'a SourceMap,
    main: FileId,
    /// The file that is read in the place of a command, behind those that include it.
    files: Vec<FileId>,
    values: Values,
    /// Conditions that are not closed yet.
    open: Vec<Conditional>,
    statements: Vec<Statement>,
}

/// `\if … \endif`.
struct Conditional {
    span: Span,
    /// Whether the branch that is read runs, as far as that is known.
    runs: Option<bool>,
    /// Whether one of the branches so far runs, as far as that is known.
    any_runs: Option<bool>,
    /// The branches of which nobody knows whether they run.
    unknown: Vec<Vec<Statement>>,
    /// What stands before, and what runs for certain.
    before: Vec<Statement>,
}

impl Script<'_> {
    fn file(&self) -> FileId {
        self.files.last().copied().unwrap_or(self.main)
    }

    fn text(&self) -> &str {
        &self.sources.file(self.file()).text
    }

    fn read(&mut self, chunks: Vec<Chunk>) {
        let mut pending: Vec<Chunk> = Vec::new();
        for chunk in chunks {
            if chunk.kind == ChunkKind::MetaCommand {
                self.flush(&mut pending);
                self.command(&chunk);
            } else {
                pending.push(chunk);
            }
        }
        self.flush(&mut pending);
    }

    /// Reads the statements up to here with the values of here.
    fn flush(&mut self, pending: &mut Vec<Chunk>) {
        let chunks = std::mem::take(pending);
        if self.is_skipped() {
            return;
        }
        let (file, text, values) = (self.file(), &self.sources.file(self.file()).text, &self.values);
        let read: Vec<Statement> = chunks.into_par_iter().map(|chunk| statement(text, file, chunk, values)).collect();
        if self.statements.is_empty() {
            self.statements = read;
        } else {
            self.statements.extend(read);
        }
    }

    /// Whether a condition that does not hold stands around this place.
    fn is_skipped(&self) -> bool {
        self.open.iter().any(|conditional| conditional.runs == Some(false))
    }

    fn command(&mut self, chunk: &Chunk) {
        let written = self.text().get(chunk.range.clone()).unwrap_or_default().to_owned();
        let (name, arguments) = meta::cut(&written);
        let span = Span::new(self.file(), chunk.range.clone());
        if !self.is_skipped() {
            self.remember(name, arguments);
        }
        match name {
            "if" => self.begin_if(span, arguments),
            "elif" => self.next_branch(self.condition(arguments)),
            "else" => self.next_branch(Some(true)),
            "endif" => self.end_if(),
            _ if self.is_skipped() => {}
            "i" | "ir" | "include" | "include_relative" if self.include(arguments) => {}
            "gexec" if self.makes_no_schema() => {}
            "c" | "connect" if self.made_nothing() => self.statements.push(Statement { span, body: Body::Other }),
            _ => self.statements.push(Statement { span, body: meta::lower(&Text::new(&written, self.file(), chunk.range.start)) }),
        }
    }

    fn remember(&mut self, command: &str, arguments: &str) {
        match command {
            "set" => self.set(arguments),
            "unset" => _ = self.values.remove(arguments.trim()),
            _ => {}
        }
    }

    /// `\set name value …`; a value that a shell gives is not known.
    fn set(&mut self, arguments: &str) {
        let mut words = meta::words(arguments).into_iter();
        let Some(name) = words.next() else { return };
        if arguments.contains('`') {
            self.values.remove(&name);
            return;
        }
        let known = |word: String| match word.strip_prefix(':') {
            Some(name) => self.values.get(name).cloned().unwrap_or(word),
            None => word,
        };
        let value: String = words.map(known).collect();
        self.values.insert(name, value);
    }

    fn condition(&self, arguments: &str) -> Option<bool> {
        let written = arguments.trim();
        if let Some(name) = written.strip_prefix(":{?").and_then(|rest| rest.strip_suffix('}')) {
            // One that is not set here may be set by whoever calls psql.
            return self.values.contains_key(name).then_some(true);
        }
        let value = match written.strip_prefix(':') {
            Some(name) => self.values.get(name.trim_matches(['\'', '"']))?,
            None => written,
        };
        match value.trim_matches('\'').to_ascii_lowercase().as_str() {
            "true" | "t" | "on" | "yes" | "y" | "1" => Some(true),
            "false" | "f" | "off" | "no" | "n" | "0" => Some(false),
            _ => None,
        }
    }

    fn begin_if(&mut self, span: Span, arguments: &str) {
        let runs = self.condition(arguments);
        let before = std::mem::take(&mut self.statements);
        self.open.push(Conditional { span, runs, any_runs: runs, unknown: Vec::new(), before });
    }

    fn next_branch(&mut self, condition: Option<bool>) {
        let Some(conditional) = self.open.last_mut() else { return };
        conditional.close_branch(std::mem::take(&mut self.statements));
        conditional.runs = match (conditional.any_runs, condition) {
            (Some(true), _) | (_, Some(false)) => Some(false),
            (Some(false), condition) => condition,
            (None, _) => None,
        };
        if conditional.any_runs == Some(false) {
            conditional.any_runs = conditional.runs;
        }
    }

    fn end_if(&mut self) {
        let Some(mut conditional) = self.open.pop() else { return };
        conditional.close_branch(std::mem::take(&mut self.statements));
        self.statements = conditional.before;
        let step = |branch: Vec<Statement>| Step::If {
            condition: Condition::Unknown,
            then: branch.into_iter().map(Step::Statement).collect(),
            otherwise: Vec::new(),
        };
        let steps: Vec<Step> = conditional.unknown.into_iter().filter(|branch| !branch.is_empty()).map(step).collect();
        if !steps.is_empty() {
            self.statements.push(Statement { span: conditional.span, body: Body::Block(steps) });
        }
    }

    /// Reads another file of the directory in the place of the command.
    fn include(&mut self, arguments: &str) -> bool {
        let words = meta::words(arguments);
        let [path] = words.as_slice() else { return false };
        let found = self.sources.beside(self.file(), path).filter(|file| *file != self.main && !self.files.contains(file));
        let Some(file) = found.filter(|_| self.files.len() < MAX_INCLUDES) else { return false };
        let text = &self.sources.file(file).text;
        self.files.push(file);
        self.read(split::statements(text, 0..text.len()));
        self.files.pop();
        true
    }

    /// `SELECT 'CREATE DATABASE …' … \gexec`: what the query gives makes nothing in this database.
    fn makes_no_schema(&self) -> bool {
        let Some(query) = self.statements.last() else { return false };
        let text = self.sources.text(query.span);
        let mut strings = split::tokens(text, 0..text.len()).filter_map(|token| token.inside_quotes(text));
        let first = strings.next().and_then(|range| text.get(range)).unwrap_or_default().trim_start().to_ascii_lowercase();
        ["create database", "create role", "create user", "alter role", "alter database", "grant"]
            .iter()
            .any(|start| first.starts_with(start))
    }

    /// Whether nothing in this script has changed a schema: what makes its own database goes on in that one.
    fn made_nothing(&self) -> bool {
        self.statements.iter().all(|statement| matches!(statement.body, Body::Other | Body::Setting { .. }))
    }
}

impl Conditional {
    fn close_branch(&mut self, read: Vec<Statement>) {
        match self.runs {
            Some(true) => self.before.extend(read),
            Some(false) => {}
            None => self.unknown.push(read),
        }
    }
}

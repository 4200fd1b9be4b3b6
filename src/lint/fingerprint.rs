//! Identifies findings across edits: baselines, pull requests and code scanning recognise a finding by this.
//!
//! A fingerprint is made of the lint, the object, and the statement's tokens. No line number, file name or comment
//! goes into it where an object is named, so neither edits above nor a renumbered file change it. Where none is, the file's
//! path is taken as everybody calls it, wherever they stand.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::history::History;
use crate::path::absolute;
use crate::source::{FileId, SourceMap, Span};
use crate::sql::{Statement, split};

/// Gives every diagnostic its fingerprint; equal ones are counted in the order of `diagnostics`.
pub(crate) fn assign(diagnostics: &mut [Diagnostic], statements: &Statements, sources: &SourceMap, directory: &str) {
    let mut texts = HashMap::new();
    let mut seen: HashMap<u128, u32> = HashMap::new();
    let home = Home::of(directory);
    for diagnostic in diagnostics {
        let object = match diagnostic.object.as_deref() {
            // What is said of the directory as a whole.
            Some(object) if object == directory => home.path(object),
            Some(object) => object.to_owned(),
            None => home.path(sources.path(diagnostic.primary.file)),
        };
        // Whichever migration is blamed for the whole directory, it is the same finding.
        let is_of_statement = diagnostic.object.as_deref() != Some(directory);
        let statement = statements.around(diagnostic.primary).filter(|_| is_of_statement);
        let statement = statement.map(|span| *texts.entry(span).or_insert_with(|| tokens_hash(sources.text(span))));
        let mut hash = fnv(fnv(fnv(OFFSET, diagnostic.lint.as_bytes()), b"\0"), object.as_bytes());
        hash = fnv(hash, &statement.unwrap_or_default().to_le_bytes());
        let ordinal = seen.entry(hash).or_default();
        diagnostic.fingerprint = format!("{:032x}", fnv(hash, &ordinal.to_le_bytes()));
        *ordinal += 1;
    }
}

/// What paths are told from: the root of the repository, or, where there is none, the folder that the directory lies in.
struct Home(PathBuf);

impl Home {
    fn of(directory: &str) -> Self {
        let directory = absolute(Path::new(directory));
        let root = directory.ancestors().find(|folder| folder.join(".git").exists());
        Self(root.or(directory.parent()).unwrap_or(&directory).to_path_buf())
    }

    fn path(&self, path: &str) -> String {
        let full = absolute(Path::new(path));
        let inside = full.strip_prefix(&self.0).ok();
        inside.map_or_else(|| path.to_owned(), |inside| inside.to_string_lossy().replace('\\', "/"))
    }
}

/// Where the statements of a history are.
#[derive(Debug, Default)]
pub struct Statements(HashMap<FileId, Vec<Span>>);

impl Statements {
    /// Those of all ups, downs and orphaned downs.
    pub fn of(history: &History) -> Self {
        let ups = history.migrations.iter().map(|migration| (Some(migration.file.up), Some(&migration.up)));
        let downs = history.migrations.iter().map(|migration| (migration.file.down, migration.down.as_ref()));
        let orphans = history.directory.orphans.iter().map(Some).zip(history.orphans.iter().map(Some));
        let parts = ups.chain(downs).chain(orphans.map(|(part, statements)| (part.copied(), statements)));
        Self::new(parts.filter_map(|(part, statements)| Some((part?.file, statements?.as_slice()))))
    }

    pub(super) fn new<'a>(parts: impl Iterator<Item = (FileId, &'a [Statement])>) -> Self {
        let mut files: HashMap<FileId, Vec<Span>> = HashMap::new();
        for (file, statements) in parts {
            files.entry(file).or_default().extend(statements.iter().map(|statement| statement.span));
        }
        files.values_mut().for_each(|spans| spans.sort());
        Self(files)
    }

    /// The files, those without a statement too.
    pub fn files(&self) -> impl Iterator<Item = FileId> {
        self.0.keys().copied()
    }

    /// The statements of a file, in order.
    pub fn file(&self, file: FileId) -> &[Span] {
        self.0.get(&file).map_or(&[], Vec::as_slice)
    }

    /// The statement that holds `span`. An empty span means its whole file, and so no statement.
    pub fn around(&self, span: Span) -> Option<Span> {
        let spans = self.file(span.file);
        let last = spans.partition_point(|statement| statement.start <= span.start).checked_sub(1)?;
        spans.get(last).copied().filter(|statement| statement.contains(span) && span.start < span.end)
    }
}

fn tokens_hash(statement: &str) -> u128 {
    split::tokens(statement, 0..statement.len()).fold(OFFSET, |hash, token| fnv(fnv(hash, token.text(statement).as_bytes()), b" "))
}

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// FNV-1a with 128 bits: stable for ever, and nobody gains from forging a collision.
fn fnv(hash: u128, bytes: &[u8]) -> u128 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::sql::Body;

    const SQL: &str = "CREATE TABLE a (x int);\nCREATE TABLE a (x int);\nCREATE TABLE a (y int);\n";

    fn fingerprints(sql: &str, object: Option<&str>) -> Vec<String> {
        let mut sources = SourceMap::default();
        let file = sources.add("001.sql", sql);
        let spans: Vec<Span> = split::statements(sql, 0..sql.len()).into_iter().map(|chunk| Span::new(file, chunk.range)).collect();
        let statements: Vec<Statement> = spans.iter().map(|span| Statement { span: *span, body: Body::Other }).collect();
        let mut diagnostics: Vec<Diagnostic> = spans.iter().map(|span| diagnostic(*span, object)).collect();
        assign(&mut diagnostics, &Statements::new([(file, statements.as_slice())].into_iter()), &sources, ".");
        diagnostics.into_iter().map(|diagnostic| diagnostic.fingerprint).collect()
    }

    fn diagnostic(primary: Span, object: Option<&str>) -> Diagnostic {
        Diagnostic {
            lint: "money".into(),
            severity: Severity::Warning,
            message: String::new(),
            primary,
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            object: object.map(str::to_owned),
            fingerprint: String::new(),
        }
    }

    #[test]
    fn lines_and_comments_above_and_within_do_not_change_a_fingerprint() {
        let edited = "-- a new comment\n\nCREATE TABLE b ();\n".to_owned() + &SQL.replace("a (x", "a -- why\n  (x");
        assert_eq!(fingerprints(&edited, Some("public.a"))[1..], fingerprints(SQL, Some("public.a"))[..]);
    }

    #[test]
    fn equal_statements_with_equal_objects_are_told_apart() {
        let prints = fingerprints(SQL, Some("public.a"));
        assert!(prints[0] != prints[1] && prints[1] != prints[2] && prints[0] != prints[2], "{prints:?}");
    }

    #[test]
    fn the_object_goes_into_it() {
        assert_ne!(fingerprints(SQL, Some("public.a")), fingerprints(SQL, Some("public.b")));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // The test vector for "foobar" in the reference implementation's list.
        assert_eq!(fnv(OFFSET, b"foobar"), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }
}

//! Passwords and keys that stand in a migration, and so in the repository.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{secrets, statements};
use crate::diagnostic::Label;
use crate::lint::{Finding, HistoryContext};
use crate::source::{FileId, Span};
use crate::sql::{AccessKind, Body, Statement};

pub fn check(context: &HistoryContext) -> Vec<Finding> {
    let passwords = statements(context.history).filter_map(|statement| password(context, statement));
    passwords.chain(files(context).into_iter().flat_map(|file| keys(context, file))).collect()
}

/// The files of the migrations, rollbacks and companions, each once.
fn files(context: &HistoryContext) -> Vec<FileId> {
    let migrations = context.history.migrations.iter();
    let parts = migrations.flat_map(|migration| std::iter::once(migration.file.up).chain(migration.file.down));
    let mut files: Vec<FileId> = parts.chain(context.history.directory.companions.iter().copied()).map(|part| part.file).collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// One finding for each secret of a file, however often it stands there.
fn keys(context: &HistoryContext, file: FileId) -> Vec<Finding> {
    let text = context.sources.file(file).text.as_str();
    let mut findings: BTreeMap<&str, Finding> = BTreeMap::new();
    for secret in secrets::find(text) {
        let span = Span::new(file, secret.start..secret.end);
        match findings.entry(text.get(secret.start..secret.end).unwrap_or_default()) {
            Entry::Vacant(entry) => _ = entry.insert(finding(span, secret.what)),
            Entry::Occupied(mut entry) => entry.get_mut().labels.push(Label { span, message: "and here".to_owned(), at_fault: false }),
        }
    }
    findings.into_values().collect()
}

fn password(context: &HistoryContext, statement: &Statement) -> Option<Finding> {
    let Body::Access(access) = &statement.body else { return None };
    let (what, password) = match &access.kind {
        AccessKind::Role { name, password: Some(password), .. } => (format!("the password of the role `{name}`"), password),
        AccessKind::Login { what, password } => (format!("the password of a {what}"), password),
        _ => return None,
    };
    let text = context.sources.text(statement.span);
    // What code puts together, or a template fills in, stands nowhere.
    let place = text.find(&format!("'{password}'"))? + 1;
    let start = statement.span.range().start + place;
    let span = Span::new(statement.span.file, start..start + password.len());
    (!is_hashed(password) && !is_placeholder(password)).then(|| finding(span, &what))
}

fn finding(span: Span, what: &str) -> Finding {
    let help = "have it changed where it is used, since history keeps it; set it outside of the migrations, or from a variable";
    Finding::new(span, format!("{what} stands here in plain text: whoever can read the repository has it")).help(help)
}

/// Hashes as PostgreSQL stores them.
fn is_hashed(password: &str) -> bool {
    let is_md5 = password.strip_prefix("md5").is_some_and(|hash| hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_md5 || password.starts_with("SCRAM-SHA-256$")
}

/// Nothing, or something to be filled in.
fn is_placeholder(password: &str) -> bool {
    let lower = password.to_ascii_lowercase();
    let says_so =
        ["change_me", "changeme", "change-me", "your_", "your-", "placeholder", "replace"].iter().any(|word| lower.contains(word));
    says_so || password.is_empty() || password.contains(['$', '{', '}', '<', '>', '%', '['])
}

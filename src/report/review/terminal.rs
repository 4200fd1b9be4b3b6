//! The review that people read where they work.

use std::io::{self, Write};

use super::document::{EditWord, FateWord};
use super::{Against, ReviewReport, rollback_words, sign, strongest_locks, what_happened};
use crate::locks::{Lock, Work};
use crate::report::diff::Change;
use crate::report::{plural, terminal};
use crate::review::{DirectoryReview, Edit, MigrationReview};

/// Writes the review for a person.
///
/// # Errors
/// Those of `out`.
pub fn render(report: &ReviewReport, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", terminal::printable(&against(&report.against)))?;
    for directory in &report.directories {
        writeln!(out)?;
        let lines = of_directory(directory);
        lines.iter().try_for_each(|line| writeln!(out, "{}", terminal::printable(line)))?;
    }
    writeln!(out)?;
    let findings = report.findings();
    terminal::findings(&findings, colour, out)?;
    writeln!(out, "{}", closing(report, &terminal::counts(&findings)))
}

/// `compared with origin/main where the branch began (1a2b3c4d5e)`
fn against(against: &Against) -> String {
    match against {
        Against::Base { name, fork, tip } if fork == tip => format!("compared with {name} ({})", fork.short()),
        Against::Base { name, fork, .. } => format!("compared with {name} where this branch left it ({})", fork.short()),
        Against::Directory => "compared with the directory as it is".to_owned(),
    }
}

fn of_directory(review: &DirectoryReview) -> Vec<String> {
    let directory = &review.head.directory;
    let (fate, former_path) = FateWord::of(&review.fate);
    let former_path = former_path.map(|path| format!("`{path}`"));
    let edits: Vec<EditWord> = review.migrations.iter().map(|migration| EditWord::of(&migration.edit)).collect();
    let what = what_happened(fate, former_path.as_deref(), &edits);
    let mut lines = vec![format!("{}: {what}, {}, {}", review.path(), directory.kind.label(), directory.dialect.name())];
    for migration in &review.migrations {
        lines.push(of_migration(migration));
        lines.extend(strongest_locks(&migration.locks).iter().map(of_lock));
    }
    let changes = review.differences.iter().map(Change::of);
    lines.extend(changes.map(|change| format!("  {} {}", sign(&change), one_line(&change.sentence()))));
    lines
}

fn of_migration(migration: &MigrationReview) -> String {
    let MigrationReview { title, edit, rollback, .. } = migration;
    match edit {
        Edit::Removed => format!("  removed {title}"),
        Edit::RenamedFrom(former) => format!("  renamed {former} to {title}; rollback: {}", rollback_words(rollback)),
        edit => format!("  {} {title}; rollback: {}", edit.word(), rollback_words(rollback)),
    }
}

/// `    locks public.users ACCESS EXCLUSIVE, which blocks reads and writes, and scans the table`
fn of_lock(lock: &Lock) -> String {
    let blocks = format!("    locks {} {}, which blocks {}", lock.relation, lock.mode_in_words(), lock.mode.blocks());
    if lock.work == Work::None { blocks } else { format!("{blocks}, and {}", lock.work_in_words()) }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `1 error, 2 warnings are new; 7 findings were there before, 1 is gone`
fn closing(report: &ReviewReport, counts: &str) -> String {
    let mut text = match (report.directories.is_empty(), counts) {
        (true, "no findings") => return "no migrations changed".to_owned(),
        (_, counts) => format!("{counts} of this change"),
    };
    if report.known() > 0 {
        text += &format!("; {} of the base not shown", plural(report.known(), "finding"));
    }
    text += &report.hidden();
    if report.fixed() > 0 {
        text += &format!("; {} of the base gone", plural(report.fixed(), "finding"));
    }
    text
}

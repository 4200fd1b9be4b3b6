//! Comments that allow a finding: `-- migralint: allow(lint-id) reason` for a statement, `allow-file` for a file.
//!
//! A suppression needs a reason and must suppress something; both are reported otherwise, so that what was allowed
//! once does not hide what comes later.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::fingerprint::Statements;
use super::{Finding, Lint};
use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix};
use crate::nearest::did_you_mean;
use crate::source::{FileId, SourceMap, Span};
use crate::sql::split;

/// The lint about comments that mean to be suppressions and are none.
pub const INVALID: &str = "invalid-suppression";
/// The lint about suppressions without effect.
pub const UNUSED: &str = "unused-suppression";

/// What suppressions are matched against.
pub(super) struct Surroundings<'a> {
    /// All lints there are.
    pub(super) lints: &'a [Lint],
    /// The ids of those that ran: what others would have found is not known.
    pub(super) ran: HashSet<&'a str>,
    /// The statements of the history.
    pub(super) statements: &'a Statements,
    /// The texts.
    pub(super) sources: &'a SourceMap,
}

/// Takes out of `diagnostics` what is allowed, and gives what is wrong with the suppressions, by lint id.
pub(super) fn apply(diagnostics: &mut Vec<Diagnostic>, around: &Surroundings) -> Vec<(&'static str, Finding)> {
    let (mut allowances, mut wrong) = (Vec::new(), Vec::new());
    for file in around.statements.files() {
        for comment in comments(file, around.sources) {
            match read(comment, around) {
                Ok(found) => allowances.extend(found),
                Err(finding) => wrong.push((INVALID, finding)),
            }
        }
    }
    if allowances.is_empty() {
        return wrong;
    }
    let used = take_out(diagnostics, &allowances, around);
    let unused = allowances.iter().filter(|allowance| !used.contains(&allowance.span) && around.ran.contains(allowance.lint));
    wrong.extend(unused.map(|allowance| (UNUSED, unused_finding(allowance, around.sources))));
    wrong
}

/// One lint that is allowed somewhere.
struct Allowance<'a> {
    lint: &'a str,
    /// The lint's id in the comment.
    span: Span,
    comment: Span,
    /// The comment's line, for what is found there outside of statements: a whole file is blamed at its first line.
    line: usize,
    scope: Scope,
}

/// Where something is allowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Scope {
    File,
    /// The statement that starts there.
    Statement(u32),
    Line(usize),
    Nowhere,
}

/// The comments of a file that are addressed to this program, without the marks of a comment.
fn comments(file: FileId, sources: &SourceMap) -> Vec<Span> {
    let text = &sources.file(file).text;
    if !text.contains("migralint") {
        return Vec::new();
    }
    let addressed = |range: &Range<usize>| text.get(range.clone()).is_some_and(is_addressed);
    split::comments(text, 0..text.len()).into_iter().filter(addressed).map(|range| Span::new(file, range)).collect()
}

/// Whether a comment means this program, be it with the wrong mark of a comment or without the colon.
fn is_addressed(comment: &str) -> bool {
    let inside = comment.trim_start_matches(['-', '/', '*']).trim_start();
    inside.strip_prefix("migralint").is_some_and(|rest| rest.starts_with(':') || rest.trim_start().starts_with("allow"))
}

/// Reads one comment: the lints it allows, or what is wrong with it.
fn read<'a>(comment: Span, around: &Surroundings<'a>) -> Result<Vec<Allowance<'a>>, Finding> {
    let written = around.sources.text(comment);
    let Some((verb, lints, reason)) = clauses(written) else {
        let help = "write `-- migralint: allow(lint-id) reason`, or `allow-file` at the top of the file";
        return Err(Finding::new(comment, "this comment is not understood and suppresses nothing").help(help));
    };
    if reason.trim().is_empty() {
        return Err(
            Finding::new(comment, "a suppression without a reason suppresses nothing").help("write the reason behind the parenthesis")
        );
    }
    let scope = if verb == "allow" { statement(comment, around) } else { Scope::File };
    let first = around.statements.file(comment.file).first();
    if scope == Scope::File && first.is_some_and(|first| first.start < comment.start) {
        return Err(
            Finding::new(comment, "`allow-file` behind the first statement suppresses nothing").help("move it to the top of the file")
        );
    }
    let line = around.sources.start(comment).line;
    let allowance = |lint| allowance(lint, comment, around).map(|(lint, span)| Allowance { lint, span, comment, line, scope });
    lints.split(',').map(allowance).collect()
}

/// Cuts `-- migralint: verb(lints) reason`.
fn clauses(comment: &str) -> Option<(&str, &str, &str)> {
    let (_, directive) = comment.strip_prefix("--")?.split_once("migralint:")?;
    let (verb, rest) = directive.split_once('(')?;
    let (lints, reason) = rest.split_once(')')?;
    Some((verb.trim(), lints, reason)).filter(|(verb, ..)| matches!(*verb, "allow" | "allow-file"))
}

fn allowance<'a>(written: &str, comment: Span, around: &Surroundings<'a>) -> Result<(&'a str, Span), Finding> {
    let id = written.trim();
    let text = around.sources.text(comment);
    // `written` is a part of `text`, so the distance of their addresses is the offset.
    let offset = id.as_ptr() as usize - text.as_ptr() as usize;
    let start = comment.start as usize + offset;
    let span = Span::new(comment.file, start..start + id.len());
    let lint = around.lints.iter().find(|lint| lint.card.id == id);
    lint.map(|lint| (lint.card.id.as_str(), span)).ok_or_else(|| {
        let finding = Finding::new(span, format!("there is no lint `{id}` to suppress"));
        Finding { help: did_you_mean(id, around.lints.iter().map(|lint| lint.card.id.as_str())), ..finding }
    })
}

/// The statement that a comment belongs to: the one it stands in or at the end of whose line, otherwise the next.
fn statement(comment: Span, around: &Surroundings) -> Scope {
    let statements = around.statements.file(comment.file);
    let next = statements.partition_point(|statement| statement.start < comment.start);
    let before = next.checked_sub(1).and_then(|index| statements.get(index));
    let same_line = |statement: &&Span| {
        let between = Span { start: statement.end, end: comment.start, ..comment };
        statement.end > comment.start || !around.sources.text(between).contains('\n')
    };
    let statement = before.filter(same_line).or_else(|| statements.get(next));
    statement.map_or(Scope::Nowhere, |statement| Scope::Statement(statement.start))
}

/// Removes what is allowed; gives the allowances that were of use. Of two for the same place the first counts.
fn take_out(diagnostics: &mut Vec<Diagnostic>, allowances: &[Allowance], around: &Surroundings) -> HashSet<Span> {
    let mut places: HashMap<(FileId, &str, Scope), Span> = HashMap::new();
    for allowance in allowances {
        for scope in [allowance.scope, Scope::Line(allowance.line)] {
            places.entry((allowance.span.file, allowance.lint, scope)).or_insert(allowance.span);
        }
    }
    let mut used = HashSet::new();
    diagnostics.retain(|diagnostic| {
        let place = diagnostic.primary;
        let statement = around.statements.around(place).map(|statement| Scope::Statement(statement.start));
        let narrow = statement.unwrap_or_else(|| Scope::Line(around.sources.start(place).line));
        let allowed = [narrow, Scope::File].map(|scope| places.get(&(place.file, diagnostic.lint.as_str(), scope)));
        let allowed = allowed.into_iter().flatten().next();
        used.extend(allowed);
        allowed.is_none()
    });
    used
}

fn unused_finding(allowance: &Allowance, sources: &SourceMap) -> Finding {
    let place = match allowance.scope {
        Scope::File => "in this file",
        Scope::Statement(_) | Scope::Line(_) => "in its statement",
        Scope::Nowhere => "because no statement follows",
    };
    let message = format!("`{}` finds nothing {place}: the suppression has no effect", allowance.lint);
    let fix = removal(allowance, sources).map(|edit| Fix {
        title: "delete the suppression".to_owned(),
        applicability: Applicability::Certain,
        edits: vec![edit],
        files: Vec::new(),
    });
    Finding::new(allowance.span, message).help("delete it").fix(fix)
}

/// Takes a lint out of its comment, and the comment away where it was the only one.
fn removal(allowance: &Allowance, sources: &SourceMap) -> Option<Edit> {
    let comment = allowance.comment;
    let written = sources.text(comment);
    let (open, close) = (written.find('(')? + 1, written.find(')')?);
    let others: Vec<&str> = written.get(open..close)?.split(',').map(str::trim).filter(|id| *id != allowance.lint).collect();
    let start = comment.range().start;
    if !others.is_empty() {
        return Some(Edit { span: Span::new(comment.file, start + open..start + close), text: others.join(", ") });
    }
    let text = &sources.file(comment.file).text;
    let before = text.get(..start)?;
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let end = start + written.trim_end().len();
    let rest = text.get(end..)?;
    let is_alone = before.get(line..)?.trim().is_empty();
    let newline = ["\r\n", "\n"].into_iter().find(|newline| rest.starts_with(newline)).map_or(0, str::len);
    let range = if is_alone { line..end + newline } else { before.trim_end().len()..end };
    Some(Edit { span: Span::new(comment.file, range), text: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::lint::{Card, Check};
    use crate::sql::{Body, Statement};

    const CARD: &str = "{title: t, group: g, severity: error, what: w, why: w, fix: f, examples: []}";

    /// Every statement has a finding of `money` at its first word; gives the lines of those left, and of what is wrong.
    fn lines(sql: &str) -> (Vec<usize>, Vec<(usize, &'static str)>) {
        let mut sources = SourceMap::default();
        let file = sources.add("001.sql", sql);
        let lints = ["money", "gap", "off"].map(|id| Lint { card: Card::parse(id, CARD).unwrap(), check: Check::Run });
        let spans = split::statements(sql, 0..sql.len()).into_iter().map(|chunk| Span::new(file, chunk.range));
        let statements: Vec<Statement> = spans.map(|span| Statement { span, body: Body::Other }).collect();
        let mut diagnostics = statements.iter().map(|statement| diagnostic(statement.span)).collect();
        let statements = Statements::new([(file, statements.as_slice())].into_iter());
        let around = Surroundings { lints: &lints, ran: HashSet::from(["money", "gap"]), statements: &statements, sources: &sources };
        let wrong = apply(&mut diagnostics, &around);
        let line = |span| sources.start(span).line;
        let left = diagnostics.iter().map(|diagnostic| line(diagnostic.primary)).collect();
        (left, wrong.into_iter().map(|(id, finding)| (line(finding.span), id)).collect())
    }

    fn diagnostic(statement: Span) -> Diagnostic {
        Diagnostic {
            lint: "money".into(),
            severity: Severity::Error,
            message: String::new(),
            primary: Span { end: statement.start + 1, ..statement },
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            object: None,
            fingerprint: String::new(),
        }
    }

    #[test]
    fn a_suppression_is_for_the_statement_that_follows_it_or_whose_line_it_ends() {
        let cases = [
            ("-- migralint: allow(money) why\nSELECT 1;\nSELECT 2;", vec![3]),
            ("-- migralint: allow(money) why\n\n-- more words\nSELECT 1;\nSELECT 2;", vec![5]),
            ("SELECT 1; -- migralint: allow(money) why\nSELECT 2;", vec![2]),
            ("SELECT 1; SELECT 2; -- migralint: allow(money) why\n", vec![1]),
            ("SELECT\n  1, -- migralint: allow(money) why\n  2;\nSELECT 2;", vec![4]),
            ("--migralint:allow( gap ,money )why\nSELECT 1;", vec![]),
        ];
        for (sql, left) in cases {
            assert_eq!(lines(sql).0, left, "{sql}");
        }
    }

    #[test]
    fn a_file_is_spared_from_its_top_only() {
        assert_eq!(lines("-- migralint: allow-file(money) why\nSELECT 1;\nSELECT 2;"), (vec![], vec![]));
        assert_eq!(lines("SELECT 1;\n-- migralint: allow-file(money) why\nSELECT 2;"), (vec![1, 3], vec![(2, INVALID)]));
    }

    #[test]
    fn what_is_not_understood_suppresses_nothing_and_is_reported() {
        for comment in ["allow(money)", "allow(mony) why", "allow money why", "deny(money) why", "allow(money", "allow() why"] {
            let sql = format!("-- migralint: {comment}\nSELECT 1;");
            assert_eq!(lines(&sql), (vec![2], vec![(1, INVALID)]), "{comment}");
        }
        for comment in ["/* migralint: allow(money) why */", "-- migralint allow(money) why"] {
            assert_eq!(lines(&format!("{comment}\nSELECT 1;")), (vec![2], vec![(1, INVALID)]), "{comment}");
        }
        assert_eq!(lines("-- migralint is asked here\nSELECT 1;"), (vec![2], vec![]), "words about the program are no order to it");
    }

    #[test]
    fn what_suppresses_nothing_is_reported_unless_its_lint_is_off() {
        assert_eq!(lines("-- migralint: allow(gap, off) why\nSELECT 1;"), (vec![2], vec![(1, UNUSED)]));
        assert_eq!(lines("SELECT 1;\n-- migralint: allow(money) why\n"), (vec![1], vec![(2, UNUSED)]));
        let twice = "-- migralint: allow(money) why\n-- migralint: allow(money) again\nSELECT 1;";
        assert_eq!(lines(twice), (vec![], vec![(2, UNUSED)]));
    }

    #[test]
    fn only_comments_count() {
        assert_eq!(lines("SELECT '\n-- migralint: allow(money) why\n';"), (vec![1], vec![]));
        assert_eq!(lines("SELECT $$\n-- migralint: allow(money) why\n$$;"), (vec![1], vec![]));
    }
}

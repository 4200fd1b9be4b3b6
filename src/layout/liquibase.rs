//! Liquibase's formatted SQL: `--changeset author:id` opens each migration of a file, `--rollback` lines take it back, and
//! changelogs in XML, YAML or JSON include the files in order.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

use super::facts::{Facts, Late, WayBack};
use super::tree::{Arrangement, Item, Tree, is_sql};
use super::{ListFault, MigrationFile, SourcePart, Version, VersionOrder, delimiter, dialect, pairing};
use crate::source::{FileId, SourceMap, Span};
use crate::sql::Dialect;

pub(super) static FACTS: Facts = Facts {
    order: VersionOrder::Listed,
    way_back: Some(WayBack::Lines("--rollback")),
    without_transaction: Some("write `runInTransaction:false` behind the changeset's name"),
    late: Late::Runs,
    rewrite: Some(rewrite),
    ..Facts::new("liquibase", "Liquibase", arrange)
};

pub(super) fn recognise(_: &Path, tree: &Tree) -> Option<String> {
    let files: Vec<&Item> = tree.items.iter().filter(|item| item.is_sql() && !item.beside).collect();
    let formatted = files.iter().filter(|item| is_formatted(tree.text(item.file))).count();
    (formatted > 0 && formatted * 2 >= files.len())
        .then(|| format!("{formatted} of {} files hold `--liquibase formatted sql`", files.len()))
}

/// Whether the first line that is not blank says that directives count.
pub(super) fn is_formatted(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    comment(first).is_some_and(|words| words.to_ascii_lowercase().replace(' ', "").starts_with("liquibaseformatted"))
}

/// Whether a file of this name may include others.
pub(super) fn is_changelog(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("changelog") && [".xml", ".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending))
}

/// Whether a file of this name may hold all changesets by itself: `db.changelog-master.sql`.
pub(super) fn is_formatted_changelog(name: &str) -> bool {
    is_sql(name) && name.to_ascii_lowercase().contains("changelog")
}

fn rewrite(items: &mut [Item], sources: &mut SourceMap) {
    put_semicolons(items, sources);
    add_rollbacks(items, sources);
}

/// Puts semicolons where changesets have an `endDelimiter` of their own, every byte in its place.
fn put_semicolons(items: &mut [Item], sources: &mut SourceMap) {
    for item in items.iter_mut().filter(|item| item.is_sql()) {
        let source = sources.file(item.file);
        if let Some(text) = with_semicolons(&source.text).filter(|_| is_formatted(&source.text)) {
            let path = source.path.clone();
            item.file = sources.add(path, text);
        }
    }
}

fn with_semicolons(text: &str) -> Option<String> {
    let mut rewritten: Option<String> = None;
    for changeset in changesets(text) {
        let Some(written) = attribute(changeset.attributes, "endDelimiter") else { continue };
        let part = text.get(changeset.range.clone()).unwrap_or("");
        if let Some(part) = delimiter::to_semicolons(part, &plain(written)) {
            rewritten.get_or_insert_with(|| text.to_owned()).replace_range(changeset.range, &part);
        }
    }
    rewritten
}

/// A delimiter may be a pattern: `\n/\s*$` is a line with a slash.
fn plain(pattern: &str) -> String {
    ["\\n", "\\r", "\\s*", "\\s+", "\\s", "$", "^", "\\"].iter().fold(pattern.to_owned(), |rest, sign| rest.replace(sign, ""))
}

/// What goes back stands in comments: adds each file once more with nothing but that in it, every byte in its place.
fn add_rollbacks(items: &mut [Item], sources: &mut SourceMap) {
    for item in items.iter_mut().filter(|item| item.is_sql()) {
        let source = sources.file(item.file);
        if let Some(text) = rollbacks(&source.text).filter(|_| is_formatted(&source.text)) {
            let path = source.path.clone();
            item.back = Some(sources.add(path, text));
        }
    }
}

fn arrange(tree: &Tree, dialect: Dialect) -> Arrangement {
    let mut arrangement = Arrangement::default();
    let included = included(tree);
    let all = tree.items.iter().filter(|item| item.is_sql() && !item.beside);
    let (run, rest): (Vec<&Item>, Vec<&Item>) = match &included {
        Some(listed) => (listed.clone(), all.filter(|item| !listed.iter().any(|other| other.file == item.file)).collect()),
        None => all.partition(|item| is_formatted(tree.text(item.file))),
    };
    run.iter().for_each(|item| read(&mut arrangement, tree, item, dialect));
    for item in rest {
        if included.is_some() && is_formatted(tree.text(item.file)) {
            arrangement.ignore(item, "no changelog includes it", None);
        } else {
            arrangement.companions.push(tree.whole(item.file));
        }
    }
    arrangement
}

/// A changeset's first line, cut.
struct Changeset<'a> {
    author: &'a str,
    id: &'a str,
    attributes: &'a str,
    range: Range<usize>,
}

fn read(arrangement: &mut Arrangement, tree: &Tree, item: &Item, dialect: Dialect) {
    let text = tree.text(item.file);
    if !is_formatted(text) {
        let version = Version { text: item.path.clone(), parts: Vec::new() };
        let name = item.stem().to_string();
        arrangement.migrations.push(MigrationFile {
            version: Some(version),
            name,
            up: tree.whole(item.file),
            down: None,
            in_transaction: true,
        });
        return;
    }
    let mut seen = HashSet::new();
    for changeset in changesets(text) {
        if !is_for(attribute(changeset.attributes, "dbms").unwrap_or("all"), dialect)
            || attribute(changeset.attributes, "ignore") == Some("true")
        {
            continue;
        }
        let version = format!("{}:{}", changeset.author, changeset.id);
        if !seen.insert(version.clone()) {
            let message = format!("changeset `{version}` stands twice in `{}`: Liquibase refuses to run", item.name());
            let line = text.get(changeset.range.clone()).and_then(|part| part.lines().next()).unwrap_or("");
            let span = Span::new(item.file, changeset.range.start..changeset.range.start + line.len());
            arrangement.faults.push(ListFault { span, name: version.clone(), message, help: None });
        }
        let part = |file: FileId| SourcePart { file, span: Span::new(file, changeset.range.clone()) };
        let goes_back = text.get(changeset.range.clone()).is_some_and(has_rollback);
        arrangement.migrations.push(MigrationFile {
            version: Some(Version { text: version, parts: Vec::new() }),
            name: changeset.id.to_string(),
            up: part(item.file),
            down: item.back.filter(|_| goes_back).map(part),
            in_transaction: in_transaction(changeset.attributes, text.get(changeset.range.clone()).unwrap_or("")),
        });
    }
}

/// Whether a list like `postgresql,h2` or `!mysql` means the database.
fn is_for(names: &str, wanted: Dialect) -> bool {
    let mut names = names.split(',').map(str::trim);
    let is_meant = |name: &str| dialect::of_folder(name) == Some(wanted) || name.eq_ignore_ascii_case("all");
    if names.clone().all(|name| name.starts_with('!')) {
        return !names.any(|name| is_meant(name.trim_start_matches('!')));
    }
    names.any(is_meant)
}

/// Without a transaction of Liquibase's, statements that it does not split are still sent as one, which makes them one.
fn in_transaction(attributes: &str, text: &str) -> bool {
    let is_off = |key: &str| attribute(attributes, key).is_some_and(|value| value.eq_ignore_ascii_case("false"));
    !is_off("runInTransaction") || is_off("splitStatements") && pairing::several_statements(text)
}

fn changesets(text: &str) -> Vec<Changeset<'_>> {
    let mut found: Vec<Changeset> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if let Some((author, id, attributes)) = changeset(line) {
            if let Some(last) = found.last_mut() {
                last.range.end = offset;
            }
            found.push(Changeset { author, id, attributes, range: offset..text.len() });
        }
        offset += line.len();
    }
    found
}

/// `--changeset author:id attribute:value …`; either may be quoted.
fn changeset(line: &str) -> Option<(&str, &str, &str)> {
    let words = comment(line.trim())?;
    let rest = strip_word(words, "changeset")?;
    let (author, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').map(|(author, rest)| (author, rest.trim_start_matches(':')))?,
        None => rest.split_once(':')?,
    };
    let (id, attributes) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
    };
    (!id.is_empty()).then_some((author.trim(), id, attributes))
}

/// What stands in a comment on one line.
fn comment(line: &str) -> Option<&str> {
    line.strip_prefix("--").map(|rest| rest.trim_start_matches('-').trim())
}

/// What stands behind a directive's first word, in whatever case.
fn strip_word<'a>(words: &'a str, word: &str) -> Option<&'a str> {
    let start = words.get(..word.len())?;
    let rest = words.get(word.len()..)?;
    (start.eq_ignore_ascii_case(word) && rest.starts_with(char::is_whitespace)).then(|| rest.trim())
}

fn attribute<'a>(attributes: &'a str, key: &str) -> Option<&'a str> {
    let found = attributes.split_whitespace().find_map(|attribute| {
        let (name, value) = attribute.split_once(':')?;
        name.eq_ignore_ascii_case(key).then_some(value)
    });
    found.map(|value| value.trim_matches('"'))
}

/// The opening of a rollback that takes several lines.
const BLOCK: &str = "/* liquibase rollback";

fn has_rollback(part: &str) -> bool {
    part.lines().any(|line| rollback_line(line).is_some() || line.trim_start().starts_with(BLOCK))
}

/// The SQL of a `--rollback` line.
fn rollback_line(line: &str) -> Option<&str> {
    strip_word(comment(line.trim())?, "rollback")
}

/// The text with everything blanked out but the SQL of its rollbacks; `None` if there is none.
fn rollbacks(text: &str) -> Option<String> {
    if !has_rollback(text) {
        return None;
    }
    let mut view = String::with_capacity(text.len());
    let mut in_block = false;
    for line in text.split_inclusive('\n') {
        let kept = if in_block {
            line.find("*/").map_or(line, |end| line.get(..end).unwrap_or(""))
        } else {
            rollback_line(line).filter(|sql| !says_nothing(sql)).unwrap_or("")
        };
        if in_block && line.contains("*/") {
            in_block = false;
        } else if line.trim_start().starts_with(BLOCK) {
            in_block = !line.contains("*/");
        }
        let start = if kept.is_empty() { line.len() } else { line.find(kept).unwrap_or(0) };
        blank(&mut view, line.get(..start).unwrap_or(line));
        view.push_str(kept);
        blank(&mut view, line.get(start + kept.len()..).unwrap_or(""));
    }
    Some(view)
}

/// What is no SQL behind `--rollback`.
fn says_nothing(sql: &str) -> bool {
    let lower = sql.to_ascii_lowercase();
    ["empty", "not required"].contains(&lower.trim_end_matches(';').trim()) || lower.starts_with("changesetid:")
}

fn blank(view: &mut String, text: &str) {
    view.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

/// The SQL files that the changelogs include, in order; `None` where no changelog does.
fn included<'a>(tree: &'a Tree) -> Option<Vec<&'a Item>> {
    let changelogs: Vec<&Item> = tree.items.iter().filter(|item| is_changelog(item.name())).collect();
    let nested: HashSet<&str> =
        changelogs.iter().flat_map(|item| includes(tree, item)).filter(|item| !item.is_sql()).map(|item| item.path.as_str()).collect();
    let mut found = Vec::new();
    let mut visited = HashSet::new();
    for root in changelogs.iter().filter(|item| !nested.contains(item.path.as_str())) {
        follow(tree, root, &mut visited, &mut found);
    }
    (!found.is_empty()).then_some(found)
}

fn follow<'a>(tree: &'a Tree, changelog: &'a Item, visited: &mut HashSet<&'a str>, found: &mut Vec<&'a Item>) {
    let mut open = vec![changelog];
    while let Some(item) = open.pop() {
        if !visited.insert(item.path.as_str()) {
            continue;
        }
        if item.is_sql() {
            found.push(item);
        } else {
            open.extend(includes(tree, item).into_iter().rev());
        }
    }
}

/// What a changelog includes directly: files, and all files of folders.
fn includes<'a>(tree: &'a Tree, changelog: &Item) -> Vec<&'a Item> {
    let text = tree.text(changelog.file);
    let mut found = Vec::new();
    for (key, value) in values(text) {
        if key == "file" {
            found.extend(named(tree, value));
        } else {
            let folder = value.trim_matches('/');
            let inside = |item: &&Item| {
                let own = item.folder();
                !own.is_empty() && (own == folder || folder.ends_with(&format!("/{own}")) || own.ends_with(&format!("/{folder}")))
            };
            found.extend(tree.items.iter().filter(|item| item.is_sql() || is_changelog(item.name())).filter(inside));
        }
    }
    found
}

/// The file whose path a changelog's path ends in, the longest one.
fn named<'a>(tree: &'a Tree, path: &str) -> Option<&'a Item> {
    let path = path.trim_start_matches("classpath:").trim_start_matches("./").trim_start_matches('/');
    let fits = |item: &&Item| item.path == path || path.ends_with(&format!("/{}", item.path)) || item.path.ends_with(&format!("/{path}"));
    tree.items.iter().filter(fits).max_by_key(|item| item.path.len())
}

/// The values of `file` and `path` in XML, YAML and JSON alike.
fn values(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for line in text.lines() {
        for key in ["file", "path"] {
            let Some(start) = line.find(key).filter(|start| !line[..*start].ends_with(|before: char| before.is_alphanumeric())) else {
                continue;
            };
            let rest = line[start + key.len()..].trim_start_matches(['"', '\'', ' ']);
            let Some(rest) = rest.strip_prefix([':', '=']) else { continue };
            let rest = rest.trim_start();
            let value = match rest.chars().next().filter(|first| matches!(first, '"' | '\'')) {
                Some(quote) => rest[1..].split(quote).next(),
                None => rest.split([' ', ',', '}', '>']).next(),
            };
            found.extend(value.map(str::trim).filter(|value| !value.is_empty()).map(|value| (key, value)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changeset_is_an_author_an_id_and_attributes() {
        for (line, expected) in [
            ("--changeset ann:1", Some(("ann", "1", ""))),
            (
                "-- changeset ann:add-users dbms:postgresql runInTransaction:false",
                Some(("ann", "add-users", "dbms:postgresql runInTransaction:false")),
            ),
            ("--changeSet \"Ann B.\":\"two words\" context:test", Some(("Ann B.", "two words", " context:test"))),
            ("--changesets ann:1", None),
            ("--changeset ann", None),
        ] {
            assert_eq!(changeset(line), expected, "{line}");
        }
    }

    #[test]
    fn a_delimiter_counts_in_its_changeset_alone() {
        let text = "--changeset ann:1 endDelimiter:\\n/\\s*$\nSELECT 1\n/\n--changeset ann:2\nSELECT 4\n/\n2;\n";
        assert_eq!(with_semicolons(text).as_deref(), Some(text.replacen("\n/\n", "\n;\n", 1).as_str()));
    }

    #[test]
    fn changesets_name_the_databases_they_are_for() {
        for (names, expected) in [("postgresql,h2", true), ("all", true), ("!mysql", true), ("mysql", false), ("!postgresql,!h2", false)] {
            assert_eq!(is_for(names, Dialect::Postgres), expected, "{names}");
        }
    }

    #[test]
    fn statements_sent_at_once_are_one_transaction() {
        let two = "SELECT 1; SELECT 2;";
        for (attributes, expected) in
            [("", true), ("runInTransaction:false", false), ("runInTransaction:false splitStatements:false", true)]
        {
            assert_eq!(in_transaction(attributes, two), expected, "{attributes}");
        }
    }

    #[test]
    fn rollbacks_keep_their_places() {
        let text = "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a (é int);\n--rollback DROP TABLE a;\n/* liquibase rollback\nDROP TABLE b;\n*/\n--rollback empty\n";
        let view = rollbacks(text).unwrap_or_default();
        assert_eq!(view.len(), text.len());
        for sql in ["DROP TABLE a;", "DROP TABLE b;"] {
            assert_eq!(view.find(sql), text.find(sql), "{sql}");
        }
        assert_eq!(view.split_whitespace().collect::<Vec<_>>().join(" "), "DROP TABLE a; DROP TABLE b;");
    }

    #[test]
    fn changelogs_name_files_in_three_languages() {
        for text in
            ["<include file=\"a/b.sql\" relative=\"true\"/>", "- include:\n    file: a/b.sql", "{\"include\": {\"file\": \"a/b.sql\"}}"]
        {
            assert_eq!(values(text), [("file", "a/b.sql")], "{text}");
        }
    }
}

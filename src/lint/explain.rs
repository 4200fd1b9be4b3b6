//! The texts about lints: `migralint explain`, `migralint lints`, and the page `lints/README.md`.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_yaml::Value;

use super::Lint;
use super::card::{Card, Example, OptionCard};
use crate::schema::Dialect;

/// All there is to say about a lint, as plain text.
pub fn explain(card: &Card) -> String {
    let mut text = format!("{} ({}, {})\n{}\n\n{}\n", card.id, card.group, card.severity.as_str(), card.title, card.what.trim());
    section(&mut text, "Why", card.why.trim());
    section(&mut text, "Why in other databases", card.elsewhere.as_deref().unwrap_or_default().trim());
    section(&mut text, "What to do", card.fix.trim());
    section(&mut text, "Options", &options(card));
    let (bad, good): (Vec<&Example>, Vec<&Example>) = card.examples.iter().partition(|example| example.fires());
    section(&mut text, "Reported", &examples(&bad));
    section(&mut text, "Not reported", &examples(&good));
    section(&mut text, "References", &card.references.join("\n"));
    text
}

/// One line for each lint: id, level, title, by group.
pub fn list(lints: &[Lint]) -> String {
    let texts: Vec<String> = groups(lints).into_iter().map(|group| lines(lints, group)).collect();
    texts.join("\n")
}

/// The lints of a group, and how it is switched; `None` where there is no such group.
pub fn group(lints: &[Lint], name: &str) -> Option<String> {
    cards(lints, name).next()?;
    Some(format!(
        "{}\n`migralint explain LINT` says more about one of them. All of them at once: `--only {name}`, `--skip {name}`, and in \
         migralint.yaml `lints: {{ {name}: off }}`.\n",
        lines(lints, name)
    ))
}

fn lines(lints: &[Lint], group: &str) -> String {
    let width = lints.iter().map(|lint| lint.card.id.len()).max().unwrap_or(0);
    let line = |card: &Card| format!("  {:width$}  {:7}  {}\n", card.id, card.severity.as_str(), card.title);
    format!("{group}\n{}", cards(lints, group).map(line).collect::<String>())
}

/// The page that lists all lints, as Markdown.
pub fn page(lints: &[Lint]) -> String {
    let mut text = String::from(
        "# Lints\n\n<!-- Made from the cards in this folder: MIGRALINT_BLESS=1 cargo test --test cards -->\n\n\
         One card per lint: what it finds, why that matters, what to do, and examples that are tests.\n\
         `migralint explain LINT` shows the same.\n",
    );
    for group in groups(lints) {
        let _ = write!(text, "\n## {group}\n\n| lint | default | finds |\n|---|---|---|\n");
        for card in cards(lints, group) {
            let _ = writeln!(text, "| [{0}]({0}.yml) | {1} | {2} |", card.id, card.severity.as_str(), card.title.replace('|', "\\|"));
        }
    }
    text
}

/// The groups in alphabetical order.
fn groups(lints: &[Lint]) -> Vec<&str> {
    let groups: BTreeSet<&str> = lints.iter().map(|lint| lint.card.group.as_str()).collect();
    groups.into_iter().collect()
}

fn cards<'a>(lints: &'a [Lint], group: &'a str) -> impl Iterator<Item = &'a Card> {
    lints.iter().map(|lint| &lint.card).filter(move |card| card.group == group)
}

fn section(text: &mut String, title: &str, body: &str) {
    if !body.is_empty() {
        let _ = write!(text, "\n{title}\n\n{body}\n");
    }
}

fn options(card: &Card) -> String {
    let option = |option: &OptionCard| format!("  {} (default {}): {}", option.name, value(&option.default), option.what.trim());
    card.options.iter().map(option).collect::<Vec<_>>().join("\n")
}

/// On one line, as YAML.
fn value(value: &Value) -> String {
    match value {
        Value::Sequence(items) => format!("[{}]", items.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        value => serde_yaml::to_string(value).unwrap_or_default().trim().to_owned(),
    }
}

fn examples(examples: &[&Example]) -> String {
    examples.iter().map(|example| show(example)).collect::<Vec<_>>().join("\n\n")
}

fn show(example: &Example) -> String {
    let mut text = format!("  {}\n", example.name.trim());
    if let Some(config) = &example.config {
        let _ = write!(text, "\n{}", indent("migralint.yaml", &serde_yaml::to_string(config).unwrap_or_default()));
    }
    for (path, sql) in example.base.iter().flatten() {
        let _ = write!(text, "\n{}", indent(&format!("{path} on the base"), sql));
    }
    for (path, sql) in example.all_files() {
        let _ = write!(text, "\n{}", indent(path, sql));
    }
    text.trim_end().to_owned()
}

fn indent(path: &str, content: &str) -> String {
    let lines = content.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("      {line}\n") });
    format!("    {path}\n{}", lines.collect::<String>())
}

/// Which lint works in which database, as a table in Markdown, group by group.
pub fn matrix(lints: &[Lint]) -> String {
    let names = Dialect::ALL.map(Dialect::name).join(" | ");
    let mut table = format!("| lint | {names} |\n|---|{}\n", "---|".repeat(Dialect::ALL.len()));
    let mut cards: Vec<&Card> = lints.iter().map(|lint| &lint.card).collect();
    cards.sort_by_key(|card| (card.group.as_str(), card.id.as_str()));
    for card in cards {
        let works = Dialect::ALL.map(|dialect| if card.works_in(dialect) { "yes" } else { "" }).join(" | ");
        table += &format!("| `{}` | {works} |\n", card.id);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Check;

    const CARD: &str = r"
title: a table without a key
group: keys
severity: warning
what: A table that has no primary key.
why: Rows cannot be told apart.
fix: Add one.
references: [https://example.com/keys]
options:
  - { name: names, default: [log, audit], what: tables that need none }
examples:
  - name: No key at all.
    sql: |
      CREATE TABLE a (x int);
      -- ^ missing-key
  - name: A log needs none.
    config: { lints: { missing-key: { names: [l] } } }
    files: { 1_a.sql: 'CREATE TABLE l ();' }
";

    const EXPLAINED: &str = "missing-key (keys, warning)
a table without a key

A table that has no primary key.

Why

Rows cannot be told apart.

What to do

Add one.

Options

  names (default [log, audit]): tables that need none

Reported

  No key at all.

    001_example.sql
      CREATE TABLE a (x int);
      -- ^ missing-key

Not reported

  A log needs none.

    migralint.yaml
      lints:
        missing-key:
          names:
          - l

    1_a.sql
      CREATE TABLE l ();

References

https://example.com/keys
";

    fn lint() -> Lint {
        Lint { card: Card::parse("missing-key", CARD).unwrap(), check: Check::Run }
    }

    #[test]
    fn an_explanation_holds_everything_on_the_card() {
        assert_eq!(explain(&lint().card), EXPLAINED);
    }

    #[test]
    fn the_list_has_a_line_for_each_lint_below_its_group() {
        assert_eq!(list(&[lint()]), "keys\n  missing-key  warning  a table without a key\n");
    }
}

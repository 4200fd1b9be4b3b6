//! The texts about lints: `migralint explain`, `migralint lints`, and the page `lints/README.md`.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::Lint;
use super::card::{Card, Example, OptionCard};

/// All there is to say about a lint, as plain text.
pub fn explain(card: &Card) -> String {
    let mut text = format!("{} ({}, {})\n{}\n\n{}\n", card.id, card.group, card.severity.as_str(), card.title, card.what.trim());
    section(&mut text, "Why", card.why.trim());
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
    let width = lints.iter().map(|lint| lint.card.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for group in groups(lints) {
        let _ = writeln!(text, "{}{group}", if text.is_empty() { "" } else { "\n" });
        for card in cards(lints, group) {
            let _ = writeln!(text, "  {:width$}  {:7}  {}", card.id, card.severity.as_str(), card.title);
        }
    }
    text
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
    let option = |option: &OptionCard| {
        let default = serde_yaml::to_string(&option.default).unwrap_or_default();
        format!("  {} (default {}): {}", option.name, default.trim().replace('\n', ", "), option.what.trim())
    };
    card.options.iter().map(option).collect::<Vec<_>>().join("\n")
}

fn examples(examples: &[&Example]) -> String {
    examples.iter().map(|example| show(example)).collect::<Vec<_>>().join("\n\n")
}

fn show(example: &Example) -> String {
    let mut text = format!("  {}\n", example.name.trim());
    if let Some(config) = &example.config {
        let _ = write!(text, "\n{}", indent("migralint.yaml", &serde_yaml::to_string(config).unwrap_or_default()));
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

//! The cards of `lints/`: every example is a test, and every card keeps to the same conventions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use migralint::lint::card::{Embedded, Example};
use migralint::lint::{Card, Lint, OptionKind, explain};
use migralint::lints;
use migralint::own::examples::{self, Outcome};

/// Every example with the lint whose card it is on.
fn all_examples() -> impl Iterator<Item = (&'static Lint, &'static Example)> {
    lints::builtin().iter().flat_map(|lint| lint.card.examples.iter().map(move |example| (lint, example)))
}

#[test]
fn every_example_is_reported_exactly_where_it_is_marked() {
    let mut failures = Vec::new();
    for (lint, example) in all_examples() {
        match examples::run(lint, lints::builtin(), example) {
            Ok(Outcome { marked, reported }) if marked == reported => {}
            outcome => failures.push(format!("{}: `{}`: {outcome:?}", lint.card.id, example.name)),
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn messages_are_lower_case_without_a_final_period() {
    for (lint, example) in all_examples() {
        for diagnostic in examples::alone(lint, lints::builtin(), example).unwrap().diagnostics {
            let labels = diagnostic.labels.iter().map(|label| &label.message);
            for message in labels.chain([&diagnostic.message]) {
                let word = message.split(' ').next().unwrap_or_default();
                let keyword = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
                let starts = keyword || message.starts_with(|first: char| first == '`' || first.is_lowercase() || first.is_ascii_digit());
                assert!(starts && !message.ends_with('.'), "{}: {message}", lint.card.id);
            }
        }
    }
}

#[test]
fn every_card_has_a_check_and_every_check_a_card() {
    let cards: BTreeSet<&str> = lints::CARDS.iter().map(|card| card.id).collect();
    let checks: BTreeSet<&str> = lints::checks().map(|(id, _)| id).collect();
    assert_eq!(cards, checks);
    assert_eq!(lints::checks().count(), checks.len(), "two checks have one id");
}

#[test]
fn cards_keep_to_the_conventions() {
    for &Embedded { id, text, .. } in lints::CARDS {
        let card = Card::parse(id, text).unwrap_or_else(|error| panic!("{id}: {error}"));
        let kebab_case = |id: &str| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(kebab_case(id), "{id} is not in kebab case");
        for (field, value) in [("title", &card.title), ("what", &card.what), ("why", &card.why), ("fix", &card.fix)] {
            assert!(!value.trim().is_empty(), "{id}: {field} is empty");
        }
        assert!(!card.title.ends_with('.') && !card.title.contains('\n'), "{id}: the title is a noun phrase on one line");
        assert!(card.references.iter().all(|page| page.starts_with("https://")), "{id}: references are https pages");
        assert!(card.examples.iter().any(Example::fires), "{id}: no example fires");
        assert!(card.examples.iter().any(|example| !example.fires()), "{id}: no example is quiet");
        assert!(
            card.examples.iter().all(|example| example.sql.is_some() == example.files.is_empty()),
            "{id}: an example has `sql` or `files`"
        );
        for option in &card.options {
            assert!(OptionKind::of(&option.default).is_some(), "{id}: the default of {} is of no kind an option can have", option.name);
        }
    }
}

#[test]
fn a_card_names_the_group_its_check_is_registered_in() {
    let groups: BTreeMap<&str, &str> =
        lints::GROUPS.iter().flat_map(|(group, checks)| checks.iter().map(|(id, _)| (*id, *group))).collect();
    for lint in lints::builtin() {
        assert_eq!(Some(&lint.card.group.as_str()), groups.get(lint.card.id.as_str()), "{}", lint.card.id);
    }
}

/// What else is found in the examples: a lint that suddenly shows up here has become too eager, or another's example careless.
#[test]
fn overlap() {
    let mut text = String::new();
    for (lint, example) in all_examples() {
        let checked = examples::check(lints::builtin(), None, example).unwrap();
        // Hardly any example writes rollbacks.
        let other = |id: &&str| *id != lint.card.id && *id != "missing-rollback";
        let others: BTreeSet<&str> = checked.diagnostics.iter().map(|diagnostic| diagnostic.lint.as_str()).filter(other).collect();
        if !others.is_empty() {
            let others: Vec<&str> = others.into_iter().collect();
            text += &format!("{}: {}: {}\n", lint.card.id, example.name.trim(), others.join(", "));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_page_of_lints_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("lints/README.md");
    let page = explain::page(lints::builtin());
    if std::env::var_os("MIGRALINT_BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == page, "run MIGRALINT_BLESS=1 cargo test --test cards");
}

//! Rules of the house that the compiler does not know. docs/architecture.md gives the reasons.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const DOCUMENTS: [&str; 5] = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/github.md", "CHANGELOG.md"];

fn read(path: impl AsRef<Path>) -> String {
    let path = common::root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below a folder, relative to the repository's root, with its text.
fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(common::root().join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = folder.join(entry.file_name());
            match entry.file_type().expect("a type").is_dir() {
                true => folders.push(path),
                false => found.push((path.to_string_lossy().replace('\\', "/"), read(&path))),
            }
        }
    }
    found.sort();
    found
}

/// What stands between backticks, code blocks aside.
fn quoted(document: &str) -> Vec<String> {
    let outside_blocks: Vec<&str> = document.split("```").step_by(2).collect();
    outside_blocks.join("\n").split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// `src/sql/postgres.rs` and `src/sql.rs` belong to the module `sql`.
fn module(path: &str) -> &str {
    let below = path.strip_prefix("src/").unwrap_or(path);
    below.split(['/', '.']).next().unwrap_or(below)
}

#[test]
fn only_one_place_knows_postgresqls_parser() {
    for (path, text) in files("src") {
        assert!(path.starts_with("src/sql/postgres") || !text.contains("pg_query"), "{path} names the parser");
    }
}

#[test]
fn only_one_place_opens_connections() {
    for (path, text) in files("src") {
        let is_network = ["ureq", "std::net", "TcpStream"].iter().any(|word| text.contains(word));
        assert!(path == "src/github/http.rs" || !is_network, "{path} speaks to a network");
    }
    let module = read("src/github.rs");
    assert!(module.contains("#[cfg(feature = \"github\")]\npub mod http;"), "a build without the feature has no network code");
    assert!(read("Cargo.toml").contains("github = [\"dep:ureq\"]"));
}

#[test]
fn only_reports_write_and_only_to_the_writer_they_are_given() {
    for (path, text) in files("src") {
        for line in text.lines() {
            assert!(!["print!(", "println!("].iter().any(|print| line.contains(print)), "{path}: {line}");
        }
    }
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let library = read("src/lib.rs");
    let order: Vec<&str> = library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let place = |module: &str| order.iter().position(|known| *known == module);
    for (path, text) in files("src") {
        let Some(own) = place(module(&path)) else { continue };
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for used in line.split("crate::").skip(1) {
                let name = used.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default();
                assert!(place(name).is_some_and(|other| other <= own), "{path} uses `{name}`, which comes after it: {line}");
            }
        }
    }
}

#[test]
fn every_lint_is_one_card_and_one_file() {
    let cards: BTreeSet<String> =
        files("lints").iter().filter_map(|(path, _)| Some(path.strip_prefix("lints/")?.strip_suffix(".yml")?.to_owned())).collect();
    let built_in: BTreeSet<String> = migralint::lints::builtin().iter().map(|lint| lint.card.id.clone()).collect();
    assert_eq!(cards, built_in, "a card without its row in src/lints, or a row without its card");
    let sources = files("src/lints");
    for lint in migralint::lints::builtin().iter().filter(|lint| !matches!(lint.check, migralint::lint::Check::Run)) {
        let file = format!("src/lints/{}/{}.rs", lint.card.group, lint.card.id.replace('-', "_"));
        assert!(sources.iter().any(|(path, _)| *path == file), "{file} is missing");
    }
}

#[test]
fn documents_name_files_that_exist() {
    const FOLDERS: [&str; 8] = ["src/", "docs/", "lints/", "script/", "tests/", "testdata/", "examples/", ".ci/"];
    for document in DOCUMENTS {
        let text = read(document);
        // `lints/<id>.yml` stands for many.
        let quoted = quoted(&text).into_iter().filter(|path| FOLDERS.iter().any(|folder| path.starts_with(folder)) && !path.contains('<'));
        for path in quoted {
            assert!(common::root().join(&path).exists(), "{document} names `{path}`");
        }
        let folder = common::root().join(document).with_file_name("");
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://")) {
            assert!(folder.join(link).exists(), "{document} links to {link}");
        }
    }
}

#[test]
fn documents_name_code_that_exists() {
    let code: String = files("src").into_iter().map(|(_, text)| text).collect();
    for quoted in quoted(&read("docs/architecture.md")).iter().filter(|quoted| quoted.contains("::")) {
        let name = quoted.rsplit("::").next().unwrap_or(quoted);
        let exists = ["fn ", "struct ", "enum ", "mod ", "const "].iter().any(|kind| code.contains(&format!("{kind}{name}")));
        let is_variant = code.contains(&format!("\n    {name}"));
        assert!(exists || is_variant, "docs/architecture.md names `{quoted}`");
    }
}

#[test]
fn documents_name_tests_that_exist() {
    let code: String = files("src").into_iter().chain(files("tests/github")).map(|(_, text)| text).collect();
    let code = code + &read("tests/report_formats.rs") + &read("tests/report.rs");
    let document = read("docs/github.md");
    let is_name = |word: &&str| word.matches('_').count() > 2 && word.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase());
    let table = document.split("## Defects of other tools").nth(1).expect("a table");
    let names: Vec<&str> = table.split('`').skip(1).step_by(2).filter(is_name).collect();
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        assert!(code.contains(&format!("fn {name}()")), "docs/github.md names the test {name}");
    }
}

#[test]
fn the_readme_shows_what_the_program_says() {
    let readme = read("README.md");
    let shown = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a report in the README");
    let output = common::stdout(&common::migralint(&common::root(), &["lint", "testdata/cases/insights/database/migration"]));
    let mut rest = output.as_str();
    for part in shown.split("…\n").map(str::trim) {
        let at = rest.find(part).unwrap_or_else(|| panic!("the README's report is not what the program says: {part}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn the_readme_lists_every_layout() {
    let readme = read("README.md");
    for kind in migralint::layout::Kind::all() {
        assert!(readme.contains(&format!("\n| `{}` |", kind.name())), "{}", kind.name());
    }
}

#[test]
fn the_page_about_peers_names_lints_that_exist_or_says_why_there_is_none() {
    let page = read("docs/peers.md");
    let rows: Vec<Vec<&str>> =
        page.lines().filter(|line| line.starts_with("| ")).map(|line| line.split('|').map(str::trim).collect()).collect();
    for row in rows.iter().filter(|row| row.get(2) != Some(&"here")) {
        let [_, _, here, remark, _] = row.as_slice() else { panic!("a row of another shape: {row:?}") };
        let lints = quoted(here);
        assert!(lints.iter().all(|lint| migralint::lints::find(lint).is_some()), "no such lint: {row:?}");
        assert!(!lints.is_empty() || (*here == "–" && !remark.is_empty()), "neither a lint nor a reason: {row:?}");
    }
}

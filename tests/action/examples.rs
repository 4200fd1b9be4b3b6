//! What users paste is what was validated: `script/integrations` judges the files, this the texts that show them.

use std::fs;

use serde_yaml::Value;

use super::common::root;
use super::composite::definition;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_readme_shows_the_examples_as_they_are() {
    let readme = read("README.md");
    for example in ["examples/github/migrations.yml", "examples/lefthook.yml", "examples/pre-commit-config.yaml"] {
        assert!(readme.contains(&format!("```yaml\n{}```", read(example))), "the README does not show {example} as it is");
    }
    for linked in ["examples/github/migrations-of-forks.yml", "examples/github/migrations-comment.yml", "examples/gitlab/.gitlab-ci.yml"] {
        assert!(readme.contains(&format!("({linked})")), "the README does not lead to {linked}");
    }
}

#[test]
fn workflows_name_inputs_and_outputs_that_exist() {
    let definition = definition(&root());
    let mut seen = 0;
    for file in [
        "examples/github/migrations.yml",
        "examples/github/migrations-of-forks.yml",
        "examples/github/migrations-comment.yml",
        ".github/workflows/review.yml",
    ] {
        let text = read(file);
        let workflow: Value = serde_yaml::from_str(&text).expect("YAML");
        let jobs = workflow["jobs"].as_mapping().expect("jobs").values();
        let steps = jobs.flat_map(|job| job["steps"].as_sequence().expect("steps"));
        for step in steps.filter(|step| step["uses"].as_str().is_some_and(|used| used == "./" || used.starts_with("migralint/"))) {
            seen += 1;
            for (name, _) in step["with"].as_mapping().expect("inputs") {
                assert!(definition["inputs"].get(name).is_some(), "{file}: there is no input {name:?}");
            }
        }
        for output in text.split("steps.review.outputs.").skip(1) {
            let name = output.split(|letter: char| !letter.is_alphanumeric() && letter != '-').next().expect("a name");
            assert!(definition["outputs"].get(name).is_some(), "{file}: there is no output {name}");
        }
    }
    assert_eq!(seen, 4, "each uses the action once");
}

#[test]
fn the_readme_lists_every_input_and_output() {
    let readme = read("README.md");
    let definition = definition(&root());
    for part in ["inputs", "outputs"] {
        for (name, _) in definition[part].as_mapping().expect("a mapping") {
            let name = name.as_str().expect("a name");
            assert!(readme.contains(&format!("`{name}`")), "the README does not name {part} {name}");
        }
    }
}

#[test]
fn every_archive_of_a_release_is_one_that_the_action_looks_for() {
    let runners = read(".github/workflows/release.yml");
    let find = read("script/action/find.sh");
    for (runner, target) in [
        ("ubuntu-22.04", "x86_64-unknown-linux-gnu"),
        ("ubuntu-22.04-arm", "aarch64-unknown-linux-gnu"),
        ("macos-15-intel", "x86_64-apple-darwin"),
        ("macos-15", "aarch64-apple-darwin"),
        ("windows-2022", "x86_64-pc-windows-msvc"),
    ] {
        assert!(runners.contains(runner) && find.contains(&format!("echo {target} ;;")), "{runner}: {target}");
    }
}

//! What the action hands to `migralint github`.

use std::fs;

use tempfile::TempDir;

use super::common::root;
use super::composite::{Job, TOKEN, definition, entries, said, steps, stub};

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[test]
fn inputs_arrive_as_they_are_and_none_of_them_runs() {
    let machine = TempDir::new().expect("a folder");
    let workspace = machine.path().join("a workspace");
    fs::create_dir_all(workspace.join("-sub dir")).expect("a folder");
    let job = Job {
        action: root(),
        workspace: workspace.clone(),
        inputs: vec![
            ("directories", "db/one two\n  $(touch x)\n\n; touch x\n--help\n`touch x`\ndb/*\n"),
            ("base", "--upload-pack=touch x\n::add-mask::a"),
            ("config", "'; touch x; '"),
            ("fail-on", "never\" ; touch x"),
            ("working-directory", "-sub dir"),
        ],
        variables: Vec::new(),
        programs: vec![stub(machine.path(), "bin", VERSION)],
        machine: machine.path(),
    };
    let done = job.run();
    assert!(done.succeeded, "{done:?}");
    let expected = [
        "github",
        "--base=--upload-pack=touch x\n::add-mask::a",
        "--config='; touch x; '",
        "--fail-on=never\" ; touch x",
        "--comment=on-findings",
        "--comment-key=default",
        "--review=always",
        "--annotations=always",
        "--",
        "db/one two",
        "$(touch x)",
        "; touch x",
        "--help",
        "`touch x`",
        "db/*",
    ];
    assert_eq!(said(machine.path()).expect("a call"), expected);
    assert_eq!(fs::read_to_string(machine.path().join("stood")).expect("a file").trim(), workspace.join("-sub dir").to_string_lossy());
    assert_eq!(fs::read_to_string(machine.path().join("token")).expect("a file"), TOKEN);
    assert!(!workspace.join("x").exists() && !workspace.join("-sub dir/x").exists());
    assert!(!done.log.contains("::add-mask::"), "an input commands the runner: {}", done.log);
}

#[test]
fn no_script_holds_an_expression_and_the_token_is_known_to_one_step() {
    let steps = steps(&definition(&root()));
    for step in &steps {
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step:?}");
        if let Some(action) = step["uses"].as_str() {
            let commit = action.split_once('@').expect("a version").1;
            assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{action}");
        }
    }
    let with_token = steps.iter().filter(|step| entries(&step["env"]).iter().any(|(_, value)| value.contains("token")));
    assert_eq!(with_token.map(|step| step["id"].as_str()).collect::<Vec<_>>(), [Some("review")]);
}

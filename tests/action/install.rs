//! Where the action gets its binary from.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::common::root;
use super::composite::{Done, Job, program, said, stub};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn run(machine: &Path, action: &Path, programs: &[&PathBuf], inputs: &[(&str, &str)]) -> Done {
    let releases = format!("file://{}", machine.join("releases").display());
    let job = Job {
        action: action.to_owned(),
        workspace: machine.to_owned(),
        inputs: inputs.to_vec(),
        variables: vec![("MIGRALINT_RELEASES".to_owned(), releases)],
        programs: programs.iter().map(|folder| folder.to_path_buf()).collect(),
        machine,
    };
    let _ = fs::remove_file(machine.join("said"));
    job.run()
}

/// In place of cargo, a program that puts the stub where it is told to and counts how often.
fn cargo(machine: &Path) -> PathBuf {
    let built = stub(machine, "built", VERSION);
    let script = format!(
        "#!/bin/sh\necho \"$@\" >>'{}'\nwhile [ \"$1\" != --root ]; do shift; done\nmkdir -p \"$2/bin\"\ncp '{}/migralint' \"$2/bin\"\n",
        machine.join("cargo-calls").display(),
        built.display()
    );
    program(machine, "cargo", "cargo", &script)
}

fn builds(machine: &Path) -> usize {
    fs::read_to_string(machine.join("cargo-calls")).unwrap_or_default().lines().count()
}

/// The action as it is once a release was made of the stub, whose archive lies on the machine.
fn released(machine: &Path) -> (PathBuf, PathBuf) {
    let folder = machine.join(format!("releases/v{VERSION}"));
    let binary = stub(machine, "released", VERSION).join("migralint");
    let output = Command::new(root().join("script/package")).arg(&folder).env("MIGRALINT", binary).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let archive = fs::read_dir(&folder).expect("a folder").next().expect("an archive").expect("an entry").path();
    // The stand-in for the runner says it is one of these.
    let asset = folder.join(format!("migralint-{VERSION}-x86_64-unknown-linux-gnu.tar.gz"));
    fs::rename(&archive, &asset).expect("a file");
    let sum = Command::new("sha256sum").arg(asset.file_name().expect("a name")).current_dir(&folder).output().expect("it starts");
    let action = machine.join("action");
    fs::create_dir_all(action.join("script/action")).expect("a folder");
    for file in [
        "action.yml",
        "Cargo.toml",
        "script/action/common.sh",
        "script/action/find.sh",
        "script/action/install.sh",
        "script/action/review.sh",
    ] {
        fs::copy(root().join(file), action.join(file)).expect("a copy");
    }
    fs::write(action.join("script/action/checksums.txt"), [b"# comment\n".as_slice(), &sum.stdout].concat()).expect("a file");
    (action, asset)
}

#[test]
fn a_binary_of_this_version_on_the_path_is_taken_and_no_other() {
    let machine = TempDir::new().expect("a folder");
    let (same, other, cargo) = (stub(machine.path(), "same", VERSION), stub(machine.path(), "other", "0.0.1"), cargo(machine.path()));
    let done = run(machine.path(), &root(), &[&same, &cargo], &[]);
    assert_eq!(done.steps, ["Find migralint", "Review the migrations"], "{}", done.log);
    assert!(done.succeeded && said(machine.path()).is_some());
    let done = run(machine.path(), &root(), &[&other, &cargo], &[]);
    assert!(done.succeeded && builds(machine.path()) == 1, "{}", done.log);
    let done = run(machine.path(), &root(), &[&other, &cargo], &[("install", "path")]);
    assert!(!done.succeeded && done.log.contains("::error title=migralint::there is no migralint"), "{}", done.log);
    assert_eq!(said(machine.path()), None, "another version must not run");
}

#[test]
fn what_was_built_is_kept_until_the_source_changes() {
    let machine = TempDir::new().expect("a folder");
    let cargo = cargo(machine.path());
    for _ in 0..2 {
        let done = run(machine.path(), &root(), &[&cargo], &[("install", "source")]);
        assert_eq!(done.steps, ["Find migralint", "Restore or keep what is built", "Install migralint", "Review the migrations"]);
        assert!(done.succeeded && said(machine.path()).is_some(), "{}", done.log);
        // A hosted machine is used once.
        fs::remove_dir_all(machine.path().join("temp")).expect("a folder");
    }
    assert_eq!(builds(machine.path()), 1);
    let call = fs::read_to_string(machine.path().join("cargo-calls")).expect("a file");
    assert!(call.contains("install --locked --features github"), "{call}");
}

#[test]
fn a_release_is_taken_if_its_checksum_was_committed() {
    let machine = TempDir::new().expect("a folder");
    let (action, asset) = released(machine.path());
    let other = stub(machine.path(), "other", "0.0.1");
    let done = run(machine.path(), &action, &[&other], &[]);
    assert_eq!(done.steps, ["Find migralint", "Install migralint", "Review the migrations"], "{}", done.log);
    assert!(done.succeeded && said(machine.path()).is_some(), "{}", done.log);

    fs::remove_dir_all(machine.path().join("temp")).expect("a folder");
    fs::write(&asset, "something else").expect("a file");
    let done = run(machine.path(), &action, &[&other], &[]);
    assert!(!done.succeeded && done.log.contains("its checksum differs"), "{}", done.log);
    assert_eq!(said(machine.path()), None, "what was not released must not run");
}

#[test]
fn a_release_that_cannot_be_had_is_built_unless_it_was_asked_for() {
    let machine = TempDir::new().expect("a folder");
    let (action, asset) = released(machine.path());
    fs::remove_file(asset).expect("a file");
    fs::create_dir_all(action.join("script")).expect("a folder");
    fs::copy(root().join("script/setup"), action.join("script/setup")).expect("a copy");
    let (other, cargo) = (stub(machine.path(), "other", "0.0.1"), cargo(machine.path()));
    let done = run(machine.path(), &action, &[&other, &cargo], &[("install", "release")]);
    assert!(!done.succeeded && done.log.contains("cannot be had"), "{}", done.log);
    let done = run(machine.path(), &action, &[&other, &cargo], &[]);
    assert!(done.succeeded && builds(machine.path()) == 1 && done.log.contains("::notice"), "{}", done.log);
}

#[test]
fn what_cannot_be_installed_is_refused_by_name() {
    let machine = TempDir::new().expect("a folder");
    let cargo = cargo(machine.path());
    for (inputs, reason) in [
        (&[("install", "docker")][..], "none of auto, path, release and source"),
        (&[("version", "1.0; touch x")], "no version such as 1.2.3"),
        (&[("version", "9.9.9")], "can be built from this action"),
        (&[("install", "release"), ("version", "9.9.9")], "knows no checksum of migralint-9.9.9-x86_64-unknown-linux-gnu.tar.gz"),
    ] {
        let done = run(machine.path(), &root(), &[&cargo], inputs);
        assert!(!done.succeeded && done.log.contains(reason), "{inputs:?}: {}", done.log);
        assert_eq!((builds(machine.path()), said(machine.path())), (0, None), "{inputs:?}");
    }
}

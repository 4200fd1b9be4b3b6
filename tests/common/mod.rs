//! Runs the real binary as a user would. Every test crate compiles this and uses a part of it.
#![allow(dead_code)]

pub mod repository;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The founding cases below `testdata/cases`, the first one also as it was corrected: their migration directories.
pub const CASES: [&str; 6] = [
    "insights/database/migration",
    "insights-corrected/database/migration",
    "dual-write/supabase/migrations",
    "tenant-hierarchy/supabase/migrations",
    "backfill-companions/prisma/migrations",
    "log-and-backups/migrations",
];

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// `migralint ARGUMENTS`, standing in `directory`, with an environment that holds nothing of the tester's.
pub fn migralint(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migralint"));
    command.current_dir(directory).args(arguments);
    for variable in ["NO_COLOR", "CI", "CLICOLOR_FORCE", "GITHUB_ACTIONS"] {
        command.env_remove(variable);
    }
    command.output().expect("the binary starts")
}

/// As [`migralint`], with a text on standard input.
pub fn migralint_reading(directory: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migralint"));
    command.current_dir(directory).args(arguments).env_remove("GITHUB_ACTIONS");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    // A command that fails early does not read it.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

/// Standard output as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is UTF-8")
}

/// The report of `migralint lint --format json ARGUMENTS`.
pub fn json(directory: &Path, arguments: &[&str]) -> serde_json::Value {
    let output = migralint(directory, &[&["lint", "--format", "json"], arguments].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("not JSON ({error}): {}{}", stdout(&output), String::from_utf8_lossy(&output.stderr));
    })
}

/// What a document has against a JSON schema in `docs`, in which every field of an object must be described.
pub fn mistakes(schema: &str, document: &serde_json::Value) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("docs").join(schema)).expect("a schema");
    let mut schema = serde_json::from_str(&text).expect("JSON");
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).expect("a sound schema");
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn close(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(close);
            if fields.contains_key("properties") {
                fields.insert("additionalProperties".to_owned(), false.into());
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

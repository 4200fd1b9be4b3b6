//! A small stand-in for GitHub's runner: it reads an action's definition and runs what it says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;
use tempfile::TempDir;

/// Stands for what `github.token` is.
pub const TOKEN: &str = "ghs_S3CRETtokenS3CRET";

/// A job with one step that uses the action. Its folder is a machine's: a second job on it finds what was cached.
pub struct Job<'a> {
    /// The folder of the action's own files.
    pub action: PathBuf,
    /// Where steps begin.
    pub workspace: PathBuf,
    pub inputs: Vec<(&'a str, &'a str)>,
    /// What the runner and the workflow set.
    pub variables: Vec<(String, String)>,
    /// Folders that programs are looked for in first.
    pub programs: Vec<PathBuf>,
    pub machine: &'a Path,
}

/// What became of a job.
#[derive(Debug)]
pub struct Done {
    pub succeeded: bool,
    /// Names of the steps that ran.
    pub steps: Vec<String>,
    /// What the steps wrote for people, both streams.
    pub log: String,
    pub outputs: BTreeMap<String, String>,
}

/// What expressions can name.
type Known = BTreeMap<String, String>;

pub fn definition(action: &Path) -> Value {
    serde_yaml::from_str(&fs::read_to_string(action.join("action.yml")).expect("a file")).expect("YAML")
}

pub fn steps(definition: &Value) -> Vec<Value> {
    definition["runs"]["steps"].as_sequence().expect("steps").clone()
}

/// The entries of a mapping whose keys and values are texts.
pub fn entries(mapping: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{value:?} is no text")).to_owned();
    mapping.as_mapping().into_iter().flatten().map(|(name, value)| (text(name), text(value))).collect()
}

impl Job<'_> {
    /// Runs the steps. One that fails ends the job.
    pub fn run(&self) -> Done {
        let definition = definition(&self.action);
        let mut known = self.known_inputs(&definition);
        let mut done = Done { succeeded: true, steps: Vec::new(), log: String::new(), outputs: BTreeMap::new() };
        let mut path = self.programs.clone();
        let mut to_keep = None;
        for step in steps(&definition) {
            if !step["if"].as_str().is_none_or(|condition| holds(condition, &known)) || !done.succeeded {
                continue;
            }
            done.steps.push(step["name"].as_str().expect("a name").to_owned());
            match step["uses"].as_str() {
                Some(action) if action.starts_with("actions/cache@") => to_keep = self.restore(&step, &known),
                Some(other) => panic!("no stand-in for {other}"),
                None => self.run_script(&step, &mut known, &mut path, &mut done),
            }
        }
        if let Some((folder, kept)) = to_keep.filter(|_| done.succeeded) {
            copy(&folder, &kept);
        }
        for (name, output) in definition["outputs"].as_mapping().expect("outputs") {
            let value = fill(output["value"].as_str().expect("a value"), &known);
            done.outputs.insert(name.as_str().expect("a name").to_owned(), value);
        }
        done
    }

    fn known_inputs(&self, definition: &Value) -> Known {
        let mut known = Known::from([("github.token".to_owned(), TOKEN.to_owned())]);
        for (name, input) in definition["inputs"].as_mapping().expect("inputs") {
            let name = name.as_str().expect("a name");
            let given = self.inputs.iter().find(|(given, _)| *given == name).map(|(_, value)| (*value).to_owned());
            let value = given.unwrap_or_else(|| fill(input["default"].as_str().expect("a text"), &known));
            known.insert(format!("inputs.{name}"), value);
        }
        let unknown = self.inputs.iter().find(|(given, _)| !known.contains_key(&format!("inputs.{given}")));
        assert_eq!(unknown, None, "no such input");
        known
    }

    fn run_script(&self, step: &Value, known: &mut Known, path: &mut Vec<PathBuf>, done: &mut Done) {
        let files = TempDir::new().expect("a folder");
        let file = |name: &str| files.path().join(name);
        let names = ["GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_ENV"];
        names.iter().for_each(|name| fs::write(file(name), "").expect("a file"));
        fs::write(file("script"), step["run"].as_str().expect("a script")).expect("a file");
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(file("script")).current_dir(&self.workspace).env_clear();
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let all = path.iter().cloned().chain(std::env::split_paths(&inherited));
        command.env("PATH", std::env::join_paths(all).expect("a path")).env("HOME", std::env::var_os("HOME").unwrap_or_default());
        command.envs([
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", "X64"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ]);
        command.env("RUNNER_TEMP", self.machine.join("temp")).env("GITHUB_WORKSPACE", &self.workspace);
        command.envs(self.variables.iter().cloned()).env("GITHUB_ACTION_PATH", &self.action);
        command.envs(names.map(|name| (name, file(name))));
        command.envs(entries(&step["env"]).into_iter().map(|(name, value)| (name, fill(&value, known))));
        fs::create_dir_all(self.machine.join("temp")).expect("a folder");
        let output = command.output().expect("bash starts");
        done.succeeded = output.status.success();
        done.log += &String::from_utf8_lossy(&[output.stdout, output.stderr].concat());
        assert!(!done.log.contains(TOKEN), "the token is shown");
        let added = fs::read_to_string(file("GITHUB_PATH")).expect("a file");
        added.lines().for_each(|folder| path.insert(0, PathBuf::from(folder)));
        assert_eq!(fs::read_to_string(file("GITHUB_ENV")).expect("a file"), "", "steps that follow are changed");
        for (name, value) in outputs(&fs::read_to_string(file("GITHUB_OUTPUT")).expect("a file")) {
            known.insert(format!("steps.{}.outputs.{name}", step["id"].as_str().expect("an id")), value);
        }
    }

    /// What `actions/cache` does before a job's steps; where nothing was kept, what it is to keep afterwards, and where.
    fn restore(&self, step: &Value, known: &Known) -> Option<(PathBuf, PathBuf)> {
        let with: BTreeMap<String, String> = entries(&step["with"]).into_iter().map(|(name, value)| (name, fill(&value, known))).collect();
        let (folder, kept) = (PathBuf::from(&with["path"]), self.machine.join("cache").join(&with["key"]));
        if kept.exists() {
            copy(&kept, &folder);
            return None;
        }
        Some((folder, kept))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    let status = Command::new("cp").arg("-R").arg(from.join(".")).arg(to).status();
    assert!(status.is_ok_and(|status| status.success()), "{} to {}", from.display(), to.display());
}

/// `steps.a.outputs.b == 'c'` and its opposite: the action needs no more.
fn holds(condition: &str, known: &Known) -> bool {
    let operator = if condition.contains("!=") { "!=" } else { "==" };
    let (name, value) = condition.split_once(operator).unwrap_or_else(|| panic!("not understood: {condition}"));
    let value = value.trim().strip_prefix('\'').and_then(|value| value.strip_suffix('\'')).expect("a text");
    (known.get(name.trim()).map_or("", String::as_str) == value) == (operator == "==")
}

/// The text with what its expressions name.
fn fill(text: &str, known: &Known) -> String {
    let mut parts = text.split("${{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").expect("an expression's end");
        let is_known = name.trim().starts_with("steps.") || known.contains_key(name.trim());
        assert!(is_known, "nothing is called {name}");
        filled += known.get(name.trim()).map_or("", String::as_str);
        filled += rest;
    }
    filled
}

/// What a step wrote into the file of its outputs.
fn outputs(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some((name, end)) = line.split_once("<<") {
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
            found.push((name.to_owned(), value.join("\n")));
        } else {
            let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("no output: {line}"));
            found.push((name.to_owned(), value.to_owned()));
        }
    }
    found
}

/// A folder with a program that is a script.
pub fn program(machine: &Path, folder: &str, name: &str, script: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let folder = machine.join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(name), script).expect("a file");
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).expect("permissions");
    folder
}

/// In place of the real program, one that keeps its arguments and its token in `said` and `token` on the machine.
pub fn stub(machine: &Path, folder: &str, version: &str) -> PathBuf {
    let place = machine.display();
    let script = format!(
        "#!/bin/sh\ncase \"$1 $2\" in\n--version*) echo 'migralint {version}' ;;\n'github --help') ;;\n\
         *) printf '%s\\0' \"$@\" >'{place}/said'; pwd >'{place}/stood'; printf %s \"$GITHUB_TOKEN\" >'{place}/token' ;;\nesac\n"
    );
    program(machine, folder, "migralint", &script)
}

/// What the stub was called with.
pub fn said(machine: &Path) -> Option<Vec<String>> {
    let text = fs::read_to_string(machine.join("said")).ok()?;
    Some(text.split_terminator('\0').map(str::to_owned).collect())
}

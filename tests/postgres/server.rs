//! A PostgreSQL server on a Unix socket, through `psql`. Several test crates compile this, each uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A server, by the directory of its socket.
#[derive(Clone)]
pub struct Server {
    socket: String,
    /// Where scripts find the files they name.
    directory: PathBuf,
}

impl Server {
    /// The server that `MIGRALINT_POSTGRES` names.
    pub fn from_environment() -> Option<Self> {
        std::env::var("MIGRALINT_POSTGRES").ok().map(|socket| Self { socket, directory: ".".into() })
    }

    /// The same server, for scripts that name files in this directory.
    pub fn within(&self, directory: &Path) -> Self {
        Self { directory: directory.to_owned(), ..self.clone() }
    }

    fn database(&self, name: &str) -> Database {
        Database { server: self.clone(), name: name.to_owned() }
    }

    /// Runs something in an empty database of its own, and drops it.
    pub fn with_database<T>(&self, name: &str, act: impl FnOnce(&Database) -> T) -> T {
        let (database, maintenance) = (self.database(name), self.database("postgres"));
        maintenance.expect(&format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name};"));
        let result = act(&database);
        maintenance.expect(&format!("DROP DATABASE {name};"));
        result
    }
}

/// A database of the server.
pub struct Database {
    server: Server,
    name: String,
}

impl Database {
    /// Runs something in a copy of this database, and drops it.
    pub fn with_copy<T>(&self, name: &str, act: impl FnOnce(&Database) -> T) -> T {
        let (copy, maintenance) = (self.server.database(name), self.server.database("postgres"));
        maintenance.expect(&format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} TEMPLATE {};", self.name));
        let result = act(&copy);
        maintenance.expect(&format!("DROP DATABASE {name};"));
        result
    }

    /// Runs a script that must succeed, and gives the lines it prints.
    pub fn expect(&self, script: &str) -> BTreeSet<String> {
        self.run(script).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Runs a script in one session until its first error.
    pub fn run(&self, script: &str) -> Result<BTreeSet<String>, String> {
        let (lines, errors, succeeded) = self.psql(script, "1");
        if succeeded { Ok(lines) } else { Err(errors) }
    }

    /// Runs a script in one session, each statement whatever became of those before it.
    pub fn run_each(&self, script: &str) {
        self.psql(script, "0");
    }

    fn psql(&self, script: &str, stop: &str) -> (BTreeSet<String>, String, bool) {
        let stop = format!("ON_ERROR_STOP={stop}");
        let mut child = Command::new("psql")
            .args(["-X", "-q", "-A", "-t", "-v", &stop, "-U", "postgres", "-h", &self.server.socket, "-d", &self.name, "-f", "-"])
            .current_dir(&self.server.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("psql starts");
        let mut input = child.stdin.take().expect("a pipe");
        std::thread::scope(|scope| {
            // A script that prints much must not wait for its own input to be read.
            scope.spawn(move || input.write_all(script.as_bytes()));
            let output = child.wait_with_output().expect("psql ends");
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let lines = text(&output.stdout).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
            (lines, text(&output.stderr), output.status.success())
        })
    }
}

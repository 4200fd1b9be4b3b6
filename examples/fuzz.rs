//! Throws broken SQL and broken directories at `migralint lint` and fails on the first panic, signal or hang.
//!
//! `cargo build --release && cargo run --release --example fuzz -- target/release/migralint --seconds 600 --seed 1`
//!
//! Every round builds a directory from pieces of this repository's own examples, breaks it, and runs the binary
//! on it. The directory of a failing round is kept and its path printed; the seed reproduces it.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// A round that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Fragments that upset lexers, parsers and models.
const POISON: &[&str] = &[
    "'",
    "\"",
    "$$",
    "$a$",
    "/*",
    "*/",
    "--",
    ";",
    "(",
    ")",
    "((((((((",
    "[ids]",
    "${x}",
    "{{ .x }}",
    ":var",
    "\\i x.sql\n",
    "\\.\n",
    "E'\\",
    "U&\"",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "🦀",
    "\r\n",
    "\t",
    "BEGIN;",
    "COMMIT;",
    "BEGIN ATOMIC",
    "END;",
    "DO $$ BEGIN",
    "EXCEPTION WHEN others THEN NULL; END $$;",
    "COPY t FROM stdin;\n1\t2\n",
    "CASCADE",
    "IF NOT EXISTS",
    "CREATE TABLE t (",
    "PARTITION BY RANGE (a)",
    "INHERITS (t)",
    "LIKE t INCLUDING ALL",
    "REFERENCES t",
    "GENERATED ALWAYS AS (a) STORED",
    "ALTER TABLE t RENAME TO t;",
    "ALTER TABLE t INHERIT t;",
    "DROP SCHEMA public CASCADE;",
    "SET search_path = '';",
    "CREATE VIEW v AS SELECT * FROM v;",
    "ALTER TYPE e ADD VALUE 'x' BEFORE 'y';",
    "-- migralint: allow(gap) because\n",
    "-- migralint: allow(\n",
    "-- Dependencies: 999_x.sql\n",
    "99999999999999999999999999",
    "''''''",
    "SELECT 1",
    "CREATE INDEX ON t (a)",
    "ALTER TABLE a ADD b int, DROP b, ADD b text",
];

const NAMES: &[&str] = &[
    "001_a.sql",
    "1_b.sql",
    "0001_c.up.sql",
    "0001_c.down.sql",
    "002_d_rollback.sql",
    "V1__x.sql",
    "V1.0__y.sql",
    "U1__x.sql",
    "R__z.sql",
    "20240101000000_a.sql",
    "20249999999999_b.sql",
    "99999999999999999999999999999999999999999999_big.sql",
    "é_ü.sql",
    "003-a b.sql",
    "004.sql",
    "_.sql",
    ".sql",
    "20240101000000_a/migration.sql",
    "20240102000000_b/up.sql",
    "20240102000000_b/down.sql",
    "rollback/001_a_rollback.sql",
    "down/1.sql",
    "README.md",
    "migration_lock.toml",
    "meta/_journal.json",
    "migralint.yaml",
    "077a_x.sql",
    "005_x.undo.sql",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str, default: u64| {
        let position = arguments.iter().position(|argument| argument == name);
        position.and_then(|index| arguments.get(index + 1)?.parse().ok()).unwrap_or(default)
    };
    let binary = arguments.first().filter(|argument| !argument.starts_with("--")).map_or("target/release/migralint", String::as_str);
    let (seconds, seed) = (option("--seconds", 60), option("--seed", 1));
    let pieces = pieces(Path::new(env!("CARGO_MANIFEST_DIR")));
    let scratch = std::env::temp_dir().join(format!("migralint-fuzz-{seed}-{}", std::process::id()));
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut rounds = 0_u64;
    while Instant::now() < deadline {
        build_directory(&scratch, &pieces, &mut random);
        if let Err(failure) = round(binary, &scratch) {
            print(&format!("round {rounds} of seed {seed}: {failure}; kept in {}", scratch.display()));
            return ExitCode::FAILURE;
        }
        rounds += 1;
    }
    let _ = fs::remove_dir_all(&scratch);
    print(&format!("{rounds} rounds in {seconds} s without a panic, signal or hang"));
    ExitCode::SUCCESS
}

#[expect(clippy::print_stdout, reason = "the result of the run")]
fn print(line: &str) {
    println!("{line}");
}

/// One run of the binary; exit statuses 0, 1 and 2 are all it may end with.
fn round(binary: &str, directory: &Path) -> Result<(), String> {
    let format = ["terminal", "json"][directory.join("001_a.sql").exists() as usize];
    let mut child = Command::new(binary)
        .args(["lint", "--format", format])
        .arg(directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot start {binary}: {error}"))?;
    let start = Instant::now();
    loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) if matches!(status.code(), Some(0..=2)) => return Ok(()),
            Some(status) => return Err(format!("ended with {status}")),
            None if start.elapsed() > PATIENCE => {
                let _ = child.kill();
                return Err("hangs".to_owned());
            }
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// Statements of all SQL in `testdata` and the cards.
fn pieces(root: &Path) -> Vec<String> {
    let mut pieces: Vec<String> = POISON.iter().map(|poison| (*poison).to_owned()).collect();
    for entry in walkdir::WalkDir::new(root.join("testdata")).into_iter().chain(walkdir::WalkDir::new(root.join("lints"))).flatten() {
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        pieces.extend(text.split_inclusive(';').map(str::to_owned));
    }
    pieces
}

fn build_directory(directory: &Path, pieces: &[String], random: &mut Random) {
    let _ = fs::remove_dir_all(directory);
    for _ in 0..=random.below(8) {
        let path = directory.join(random.pick(NAMES));
        let _ = path.parent().map(fs::create_dir_all);
        let _ = fs::write(path, text(pieces, random));
    }
    if random.below(10) == 0 {
        link_to_itself(directory);
    }
}

#[cfg(unix)]
fn link_to_itself(directory: &Path) {
    let _ = std::os::unix::fs::symlink(directory, directory.join("loop"));
}

#[cfg(not(unix))]
fn link_to_itself(_: &Path) {}

fn text(pieces: &[String], random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..random.below(12) {
        bytes.extend_from_slice(pieces[random.below(pieces.len())].as_bytes());
        if random.below(4) == 0 {
            bytes.extend_from_slice(random.pick(POISON).as_bytes());
        }
    }
    for _ in 0..random.below(3) {
        mutate(&mut bytes, random);
    }
    bytes
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    if bytes.is_empty() {
        return;
    }
    let at = random.below(bytes.len());
    match random.below(5) {
        0 => bytes.truncate(at),
        1 => bytes[at] = random.below(256) as u8,
        2 => {
            bytes.remove(at);
        }
        3 => bytes.insert(at, b"'\"$;()/*-\\"[random.below(10)]),
        _ => {
            let depth = random.below(3000);
            bytes.splice(at..at, std::iter::repeat_n(b'(', depth));
        }
    }
}

/// xorshift64*: small, seeded, good enough to shuffle text.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

//! The table of locks beside a real PostgreSQL: every example that can run in a transaction is run, and the server is asked
//! what it locked, read and rewrote. `docs/locks.md` shows the same table.
//!
//! `script/postgres start DIR` makes a server and `MIGRALINT_POSTGRES=DIR cargo test --test locks` uses it; without one
//! the comparison says that it is skipped.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use migralint::locks::{self, EXAMPLES, Example, LockMode, SETUP, ServerVersion, Work};

#[test]
fn the_page_of_locks_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/locks.md");
    let page = locks::page() + &locks::online::page();
    if std::env::var_os("MIGRALINT_BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == page, "run MIGRALINT_BLESS=1 cargo test --test locks");
}

/// What is held on each relation, and what was done to it.
type Held = BTreeMap<String, (LockMode, Work)>;

#[test]
fn the_server_locks_scans_and_rewrites_what_the_table_says() {
    let Ok(server) = std::env::var("MIGRALINT_POSTGRES") else {
        println!("skipped: no server; `script/postgres start DIR` and MIGRALINT_POSTGRES=DIR");
        return;
    };
    let version: u8 = psql(&server, "postgres", "SELECT current_setting('server_version_num')::integer / 10000").trim().parse().unwrap();
    let runs = |example: &&Example| example.in_transaction && example.since <= version;
    let examples: Vec<&Example> = EXAMPLES.iter().filter(runs).collect();
    let observed = observe(&server, &examples);
    let version = ServerVersion::new(version).expect("a version that is known");
    let mut differences = String::new();
    for (example, observed) in examples.iter().zip(observed) {
        let (ours, theirs) = (comparable(expected(example, version)), comparable(observed));
        if ours != theirs {
            let _ = writeln!(differences, "{}\n  after {}\n  ours   {ours:?}\n  server {theirs:?}", example.statement, example.setup);
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn expected(example: &Example, version: ServerVersion) -> Held {
    let locks = example.locks(version).into_iter();
    locks.map(|lock| (lock.relation.name.to_string(), (lock.mode, lock.work))).collect()
}

/// Locks that block nothing are incidental, and so is what is read under them.
fn comparable(held: Held) -> Held {
    held.into_iter().filter(|(_, (mode, _))| *mode > LockMode::RowExclusive).collect()
}

/// What the examples take for granted: a time zone in which local times are not those of UTC, and foreign keys that are
/// verified by looking up the referenced rows, not by reading all of them.
const PREPARE: &str = "
SET client_min_messages = error;
SET TimeZone = 'Europe/Berlin';
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET allow_in_place_tablespaces = on;
DROP TABLESPACE IF EXISTS fast;
CREATE TABLESPACE fast LOCATION '';
CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler;
";

/// Notes what there is before the statement, to compare with afterwards.
const BEFORE: &str = "
CREATE TEMPORARY TABLE before ON COMMIT DROP AS
    SELECT c.oid, c.relname, c.relkind, c.relfilenode, coalesce(i.indrelid, c.oid) AS holder
    FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'i', 'I');
CREATE TEMPORARY TABLE scans ON COMMIT DROP AS SELECT relid, seq_scan FROM pg_stat_xact_all_tables WHERE schemaname = 'public';
";

/// One line for each relation that was there and is locked: its name, mode, and what was done to it.
const AFTER: &str = "
WITH modes AS (
    SELECT relation AS oid, max(array_position(ARRAY['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock',
        'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'], mode)) - 1 AS mode
    FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' GROUP BY 1
), indexes AS (
    SELECT i.indrelid AS holder FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relkind = 'i' AND c.relfilenode NOT IN (SELECT relfilenode FROM before)
)
SELECT before.relname, modes.mode,
    CASE WHEN before.relkind NOT IN ('r', 'm') THEN 0
         WHEN now.relfilenode <> before.relfilenode THEN CASE WHEN pg_relation_size(before.oid) > 0 THEN 3 ELSE 0 END
         WHEN before.oid IN (SELECT holder FROM indexes) THEN 2
         WHEN coalesce(pg_stat_get_xact_numscans(before.oid), 0) > coalesce(scans.seq_scan, 0) THEN 1
         ELSE 0 END
FROM before JOIN modes USING (oid) LEFT JOIN pg_class now USING (oid) LEFT JOIN scans ON relid = before.oid
WHERE before.relkind NOT IN ('i', 'I') OR modes.mode > coalesce((SELECT mode FROM modes AS of_table WHERE of_table.oid = before.holder), 0);
";

/// What the server says of each example.
fn observe(server: &str, examples: &[&Example]) -> Vec<Held> {
    psql(server, "postgres", "DROP DATABASE IF EXISTS migralint_locks; CREATE DATABASE migralint_locks");
    let mut script = PREPARE.to_owned();
    for example in examples {
        let Example { setup, statement, .. } = example;
        let _ = write!(
            script,
            "\\echo example\nDROP SCHEMA IF EXISTS archive CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;{SETUP}"
        );
        let _ = write!(script, "{setup};\nBEGIN;{BEFORE}\n{statement};\n\\echo locks\n{AFTER}\nROLLBACK;\n");
    }
    let output = psql(server, "migralint_locks", &script);
    psql(server, "postgres", "DROP DATABASE migralint_locks; DROP TABLESPACE fast");
    let lines = |part: &str| part.split_once("locks\n").unwrap().1.lines().filter(|line| !line.is_empty()).map(held).collect();
    output.split("example\n").skip(1).map(lines).collect()
}

fn held(line: &str) -> (String, (LockMode, Work)) {
    let cells: Vec<&str> = line.split('|').collect();
    let [name, mode, work] = cells.as_slice() else { panic!("{line}") };
    let work = [Work::None, Work::Scan, Work::IndexBuild, Work::Rewrite][work.parse::<usize>().unwrap()];
    ((*name).to_owned(), (LockMode::ALL[mode.parse::<usize>().unwrap()], work))
}

/// Runs a script in one session and returns what it prints.
fn psql(server: &str, database: &str, script: &str) -> String {
    let mut child = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h", server, "-d", database, "-f", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let script = script.to_owned();
    let writer = std::thread::spawn(move || pipe.write_all(script.as_bytes()));
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

//! What `locks` says of MariaDB beside a server: it must take the algorithm and lock that the table says, and refuse the
//! next lighter ones.

use std::fmt::Write;

use migralint::change::{Algorithm, AlterLock};
use migralint::locks::Work;
use migralint::locks::online::{EXAMPLES, Example, Operation, SETUP};

use super::Server;

#[test]
fn mariadb_takes_the_algorithm_and_lock_that_the_table_says_and_no_lighter_one() {
    let Ok(socket) = std::env::var("MIGRALINT_MARIADB") else {
        println!("skipped: no server; `script/mariadb start DIR` and MIGRALINT_MARIADB=DIR");
        return;
    };
    let server = Server { socket, database: "migralint_locks".to_owned() };
    let mut differences = String::new();
    for example in EXAMPLES.iter().filter(|example| example.comparable) {
        let Some(operations) = example.operations() else {
            let _ = writeln!(differences, "{}: not told", example.statement);
            continue;
        };
        let (algorithm, lock) = accepted_as(operations.mariadb);
        if let Err(error) = run(&server, example, algorithm, lock) {
            let _ = writeln!(differences, "{}: {} is refused: {}", example.statement, operations.mariadb, error.trim());
        }
        for (algorithm, lock) in lighter(algorithm, lock) {
            if run(&server, example, algorithm, lock).is_ok() {
                let _ = writeln!(differences, "{}: ALGORITHM={}, LOCK={} is taken", example.statement, algorithm.to_sql(), lock.to_sql());
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// MariaDB calls INPLACE that writes no table anew NOCOPY.
fn accepted_as(operation: Operation) -> (Algorithm, AlterLock) {
    match operation.algorithm {
        Algorithm::Inplace if operation.work != Work::Rewrite => (Algorithm::NoCopy, operation.lock),
        algorithm => (algorithm, operation.lock),
    }
}

fn lighter(algorithm: Algorithm, lock: AlterLock) -> Vec<(Algorithm, AlterLock)> {
    let algorithms = [Algorithm::Instant, Algorithm::NoCopy, Algorithm::Inplace, Algorithm::Copy];
    let locks = [AlterLock::None, AlterLock::Shared, AlterLock::Exclusive];
    let algorithm_below = algorithms.into_iter().rev().find(|other| *other < algorithm);
    let lock_below = locks.into_iter().rev().find(|other| *other < lock);
    let with_less_work = algorithm_below.map(|algorithm| (algorithm, lock));
    let with_less_lock = lock_below.map(|lock| (algorithm, lock));
    with_less_work.into_iter().chain(with_less_lock).collect()
}

fn run(server: &Server, example: &Example, algorithm: Algorithm, lock: AlterLock) -> Result<String, String> {
    let name = &server.database;
    server.run("", &format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4;"))?;
    server.run(name, SETUP).expect("the examples' schema");
    let checks = if example.unchecked { "SET foreign_key_checks = 0;" } else { "" };
    let (algorithm, lock) = (algorithm.to_sql(), lock.to_sql());
    let statement = example.statement;
    server.run(name, &format!("SET sql_mode = 'STRICT_ALL_TABLES';{checks}{statement}, ALGORITHM = {algorithm}, LOCK = {lock};"))
}

//! The JSON report keeps to the contract in docs/report.schema.json.

mod common;

use serde_json::Value;

#[test]
fn every_case_reports_what_the_schema_promises() {
    for case in common::CASES {
        let report = common::json(&common::root().join("testdata/cases"), &[case]);
        assert!(report["findings"].as_array().is_some_and(|findings| !findings.is_empty()), "{case} proves something");
        assert_eq!(common::mistakes("report.schema.json", &report), [""; 0], "{case}");
    }
}

#[test]
fn a_report_that_breaks_the_contract_is_noticed() {
    let sound = common::json(&common::root().join("testdata/cases"), &["insights/database/migration"]);
    let broken = [
        ("/schema_version", Value::from(2)),
        ("/findings/0/severity", Value::from("note")),
        ("/findings/0/line", Value::from(0)),
        ("/findings/0/object", Value::from(1)),
        ("/findings/0", Value::from("text")),
        ("/directories/0", serde_json::json!({})),
    ];
    for (place, value) in broken {
        let mut report = sound.clone();
        *report.pointer_mut(place).expect("a place") = value;
        assert_ne!(common::mistakes("report.schema.json", &report), [""; 0], "{place}");
    }
}

#[test]
fn a_finding_is_the_same_wherever_one_stands() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let directory = folder.path().join("project/db/migrations");
    std::fs::create_dir_all(&directory).expect("a folder");
    for (name, text) in [
        ("001_users.up.sql", "CREATE TABLE users (id bigint PRIMARY KEY);\n"),
        ("001_users.down.sql", "DROP TABLE users;\n"),
        ("002_orders.up.sql", "CREATE TABLE orders (id bigint PRIMARY KEY);\nDROP TABLE nowhere;\n"),
    ] {
        std::fs::write(directory.join(name), text).expect("a file");
    }
    let absolute = directory.to_string_lossy().into_owned();
    for has_root in [false, true] {
        if has_root {
            std::fs::create_dir(folder.path().join("project/.git")).expect("a folder");
        }
        let places = [("project", "db/migrations"), ("project/db", "migrations"), ("project/db/migrations", "."), ("", &absolute)];
        let prints = places.map(|(stand, path)| {
            let report = common::json(&folder.path().join(stand), &["--only", "missing-rollback,would-fail", path]);
            let findings = report["findings"].as_array().expect("findings").clone();
            assert!(findings.len() >= 2, "{report}");
            findings.iter().map(|finding| finding["fingerprint"].clone()).collect::<Vec<Value>>()
        });
        assert!(prints.iter().all(|other| *other == prints[0]), "in a repository: {has_root}: {prints:?}");
    }
}

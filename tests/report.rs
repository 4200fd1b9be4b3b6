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

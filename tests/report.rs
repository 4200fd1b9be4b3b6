//! The JSON report keeps to the contract in docs/report.schema.json.

mod common;

use serde_json::Value;

/// What a value does otherwise than this part of the schema says. Knows the keywords that the schema uses, and asks
/// besides that every field be described.
fn mistakes(schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut expect = |holds: bool, rule: &str| {
        if !holds {
            found.push(format!("{place}: {value} is not {}", schema[rule]));
        }
    };
    expect(schema.get("const").is_none_or(|wanted| wanted == value), "const");
    expect(schema["enum"].as_array().is_none_or(|choices| choices.contains(value)), "enum");
    expect(schema["minimum"].as_f64().is_none_or(|least| value.as_f64().is_some_and(|number| number >= least)), "minimum");
    expect(schema.get("type").is_none_or(|kinds| is_of(kinds, value)), "type");
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.push(format!("{place}: `{name}` is missing"));
        }
    }
    for (name, field) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(described) => found.extend(mistakes(described, field, &format!("{place}.{name}"))),
            None => found.push(format!("{place}: `{name}` is not described")),
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(mistakes(&schema["items"], item, &format!("{place}[{index}]")));
    }
    found
}

/// `"string"` or `["string", "null"]`.
fn is_of(kinds: &Value, value: &Value) -> bool {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    kinds == kind || kinds.as_array().is_some_and(|kinds| kinds.iter().any(|known| known == kind))
}

fn schema() -> Value {
    let path = common::root().join("docs/report.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the schema")).expect("JSON")
}

#[test]
fn every_case_reports_what_the_schema_promises() {
    let schema = schema();
    for case in common::CASES {
        let report = common::json(&common::root().join("testdata/cases"), &[case]);
        assert!(report["findings"].as_array().is_some_and(|findings| !findings.is_empty()), "{case} proves something");
        assert_eq!(mistakes(&schema, &report, "report"), [""; 0], "{case}");
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
        assert_ne!(mistakes(&schema(), &report, "report"), [""; 0], "{place}");
    }
}

//! Every format of a report: sound by somebody else's rules, right about places, deaf to what names say.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const FORMATS: [&str; 9] = ["terminal", "json", "markdown", "github", "sarif", "gitlab", "junit", "rdjson", "checkstyle"];

/// Findings whose lines hold characters of one, two and four bytes before what is reported.
const WIDE: &str = "-- größer\r\n\
    /* é💥 */ CREATE TABLE \"Größe\" (id bigint);\r\n\
    CREATE TABLE \"Maß\" (id bigint PRIMARY KEY, /* 💥 */ kind varchar(2) NOT NULL DEFAULT 'abc');\n\
    /* ÄÖÜ */ ALTER TABLE \"Maß\" ADD COLUMN note text, ADD COLUMN \"Größe_id\" bigint REFERENCES \"Maß\" (id);\n";

/// What is reported there: lint, line, and the beginning of the text.
const REPORTED: [(&str, usize, &str); 4] = [
    ("missing-primary-key", 2, "\"Größe\""),
    ("value-too-long", 3, "DEFAULT 'abc'"),
    ("foreign-key-without-index", 4, "REFERENCES"),
    ("foreign-key-without-on-delete", 4, "REFERENCES"),
];

/// A database in which every name says something to somebody.
fn hostile_sql() -> String {
    let names = [
        "::error file=x::pwned",
        "##[error]pwned",
        "a\n::add-mask::b",
        "a\r\n##[add-mask]b",
        "<script>alert(1)</script>",
        "--> <!-- ]]> &amp; ' \"\"",
        "a|b\\|c `x` ``` [l](https://example.com) @octocat #1",
        "100% %0A %s {0} ${x}",
        "\u{1b}[31mred\u{202e}",
    ];
    names
        .iter()
        .map(|name| {
            format!("CREATE TABLE \"{name}\" (\"{name}\" bigint, \"{name}_id\" varchar(1) DEFAULT '{}');\n", name.replace('\'', "''"))
        })
        .collect()
}

fn directory(sql: &str) -> TempDir {
    let root = TempDir::new().expect("a scratch directory");
    fs::create_dir_all(root.path().join("db")).expect("a folder");
    fs::write(root.path().join("db/001_a b,c:d%.sql"), sql).expect("a file");
    root
}

fn run(root: &Path, format: &str, workflow: bool) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migralint"));
    command.current_dir(root).args(["lint", "--format", format, "--fail-on", "never", "db"]);
    command.env_remove("GITHUB_ACTIONS").env_remove("NO_COLOR");
    if workflow {
        command.env("GITHUB_ACTIONS", "true");
    }
    command.output().expect("the binary starts")
}

fn report(root: &Path, format: &str) -> String {
    common::stdout(&run(root, format, false))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON ({error}): {text}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
}

fn published(name: &str) -> String {
    fs::read_to_string(common::root().join("testdata/formats").join(name)).expect("a published schema")
}

/// What a published JSON schema has against a document.
fn mistakes(schema: &str, document: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&json(&published(schema))).expect("a sound schema");
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Where a format says that a lint found something: line and, where it tells, column, counted in `Unit`s.
type Places = Vec<(String, usize, Option<(usize, Unit)>)>;

#[derive(Clone, Copy, Debug)]
enum Unit {
    Character,
    Byte,
}

fn places(format: &str, report: &str) -> Places {
    match format {
        "terminal" => places_in_terminal(report),
        "json" => {
            list(&json(report)["findings"], |it| (text(&it["lint"]), number(&it["line"]), Some((number(&it["column"]), Unit::Character))))
        }
        "markdown" => places_in_markdown(report),
        "github" => places_in_commands(report),
        "sarif" => list(&json(report)["runs"][0]["results"], |it| {
            let region = &it["locations"][0]["physicalLocation"]["region"];
            (text(&it["ruleId"]), number(&region["startLine"]), Some((number(&region["startColumn"]), Unit::Character)))
        }),
        "gitlab" => list(&json(report), |it| (text(&it["check_name"]), number(&it["location"]["lines"]["begin"]), None)),
        "rdjson" => list(&json(report)["diagnostics"], |it| {
            let start = &it["location"]["range"]["start"];
            (text(&it["code"]["value"]), number(&start["line"]), Some((number(&start["column"]), Unit::Byte)))
        }),
        "junit" => places_in_xml(report, "testcase", |node| {
            let (lint, place) = node.attribute("name")?.split_once(' ')?;
            let (line, column) = place.split_once(':')?;
            Some((lint.to_owned(), line.parse().ok()?, Some((column.parse().ok()?, Unit::Character))))
        }),
        "checkstyle" => places_in_xml(report, "error", |node| {
            let number = |name: &str| node.attribute(name)?.parse().ok();
            let lint = node.attribute("source")?.strip_prefix("migralint.")?;
            Some((lint.to_owned(), number("line")?, Some((number("column")?, Unit::Character))))
        }),
        other => panic!("{other}"),
    }
}

fn list(items: &Value, place: impl Fn(&Value) -> (String, usize, Option<(usize, Unit)>)) -> Places {
    items.as_array().expect("a list").iter().map(place).collect()
}

fn places_in_xml(report: &str, tag: &str, place: impl Fn(roxmltree::Node) -> Option<(String, usize, Option<(usize, Unit)>)>) -> Places {
    let document = roxmltree::Document::parse(report).expect("XML");
    document.descendants().filter(|node| node.has_tag_name(tag)).filter_map(place).collect()
}

/// `error[lint]: …`, then `┌─ path:line:column`.
fn places_in_terminal(report: &str) -> Places {
    let mut lint = None;
    let mut places = Vec::new();
    for line in report.lines() {
        if let Some(id) = line.split_once('[').and_then(|(_, rest)| Some(rest.split_once("]: ")?.0)).filter(|_| !line.starts_with(' ')) {
            lint = Some(id.to_owned());
        } else if let Some((_, place)) = line.split_once("┌─ ")
            && let Some(lint) = lint.take()
        {
            let mut numbers = place.rsplit(':').map(|number| number.parse().expect("a number"));
            let (column, line) = (numbers.next().expect("a column"), numbers.next().expect("a line"));
            places.push((lint, line, Some((column, Unit::Character))));
        }
    }
    places
}

/// `| error | `lint` | `path:line` | message |`
fn places_in_markdown(report: &str) -> Places {
    let rows = report.lines().filter(|line| ["| error |", "| warning |", "| info |"].iter().any(|start| line.starts_with(start)));
    let place = |row: &str| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let line = cells[2].trim_matches('`').rsplit(':').next().and_then(|line| line.parse().ok());
        (cells[1].trim_matches('`').to_owned(), line.expect("a line"), None)
    };
    rows.map(place).collect()
}

/// A workflow command as the runner reads it: name, properties, message.
type WorkflowCommand = (String, Vec<(String, String)>, String);

fn command(line: &str) -> Option<WorkflowCommand> {
    let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let unescape = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties =
        properties.split(',').filter_map(|property| property.split_once('=')).map(|(key, value)| (key.to_owned(), unescape(value)));
    Some((name.to_owned(), properties.collect(), unescape(message)))
}

fn places_in_commands(report: &str) -> Places {
    let place = |(_, properties, _): WorkflowCommand| {
        let get = |key: &str| properties.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        let lint = get("title")?.strip_prefix("migralint ")?.to_owned();
        let column = get("col").and_then(|column| column.parse().ok()).map(|column| (column, Unit::Character));
        Some((lint, get("line")?.parse().ok()?, column))
    };
    report.lines().filter_map(command).filter_map(place).collect()
}

#[test]
fn every_format_points_at_the_reported_text() {
    let root = directory(WIDE);
    let lines: Vec<&str> = WIDE.split('\n').collect();
    for format in FORMATS {
        let places = places(format, &report(root.path(), format));
        for (lint, line, reported) in REPORTED {
            let place = places.iter().find(|(id, at, _)| id == lint && *at == line);
            let (_, _, column) = place.unwrap_or_else(|| panic!("{format}: no {lint} in line {line}: {places:?}"));
            let source = lines[line - 1];
            let Some((column, unit)) = column else {
                assert!(source.contains(reported), "{format}: {lint}");
                continue;
            };
            let found = match unit {
                Unit::Byte => source.get(column - 1..).expect("a character's beginning").to_owned(),
                Unit::Character => source.chars().skip(column - 1).collect(),
            };
            assert!(found.starts_with(reported), "{format}: {lint} in line {line}, column {column}: {found}");
        }
    }
}

#[test]
fn every_format_reports_every_finding() {
    let cases = common::root().join("testdata/cases/insights");
    let all = |format: &str| -> BTreeSet<(String, usize)> {
        let output = common::migralint(&cases, &["lint", "--format", format, "database/migration"]);
        places(format, &common::stdout(&output)).into_iter().map(|(lint, line, _)| (lint, line)).collect()
    };
    let expected = all("json");
    assert!(expected.len() > 5);
    for format in FORMATS {
        assert_eq!(all(format), expected, "{format}");
    }
}

#[test]
fn sarif_is_what_the_standard_and_github_ask_for() {
    for sql in [WIDE, &hostile_sql(), "CREATE TABLE t (id bigint PRIMARY KEY);\n", "CREATE TABLE [;\n"] {
        let root = directory(sql);
        let document = json(&report(root.path(), "sarif"));
        assert_eq!(mistakes("sarif-2.1.0.json", &document), [""; 0], "{sql}");
        let run = &document["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
        for rule in rules {
            for place in ["/id", "/shortDescription/text", "/fullDescription/text", "/help/text"] {
                assert!(rule.pointer(place).is_some_and(|value| !text(value).is_empty()), "{place} of {rule}");
            }
        }
        for result in run["results"].as_array().expect("results") {
            assert_eq!(rules[number(&result["ruleIndex"])]["id"], result["ruleId"]);
            let location = &result["locations"][0]["physicalLocation"];
            let uri = text(&location["artifactLocation"]["uri"]);
            assert_eq!(uri, "db/001_a%20b%2Cc%3Ad%25.sql", "a URI, not a path");
            for field in ["startLine", "startColumn", "endLine", "endColumn"] {
                assert!(number(&location["region"][field]) >= 1, "{field} of {result}");
            }
            let hash = text(&result["partialFingerprints"]["primaryLocationLineHash"]);
            assert!(hash.split_once(':').is_some_and(|(hash, count)| !hash.is_empty() && count.parse::<usize>().is_ok()), "{hash}");
            assert!(!text(&result["message"]["text"]).contains("]("), "no link: {result}");
        }
    }
}

#[test]
fn rdjson_and_gitlab_keep_to_the_published_schemas() {
    for sql in [WIDE, &hostile_sql(), "CREATE TABLE t (id bigint PRIMARY KEY);\n"] {
        let root = directory(sql);
        assert_eq!(mistakes("rdjson.json", &json(&report(root.path(), "rdjson"))), [""; 0], "{sql}");
        let issues = json(&report(root.path(), "gitlab"));
        let issues = issues.as_array().expect("a list, empty where nothing was found");
        for issue in issues {
            assert_eq!(mistakes("gitlab-code-quality.json", issue), [""; 0], "{issue}");
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&text(&issue["severity"]).as_str()), "{issue}");
        }
        let fingerprints: BTreeSet<String> = issues.iter().map(|issue| text(&issue["fingerprint"])).collect();
        assert_eq!(fingerprints.len(), issues.len(), "GitLab shows equal ones once");
    }
}

#[test]
fn junit_keeps_to_the_schema_jenkins_uses() {
    for sql in [WIDE, &hostile_sql(), "CREATE TABLE t (id bigint PRIMARY KEY);\n"] {
        let root = directory(sql);
        let xml = report(root.path(), "junit");
        let document = roxmltree::Document::parse(&xml).expect("XML");
        let count = |tag: &str| document.descendants().filter(|node| node.has_tag_name(tag)).count().to_string();
        assert_eq!(document.root_element().attribute("tests"), Some(count("testcase").as_str()));
        assert_eq!(document.root_element().attribute("failures"), Some(count("failure").as_str()));
        let file = root.path().join("report.xml");
        fs::write(&file, &xml).expect("a file");
        let schema = common::root().join("testdata/formats/junit-4.xsd");
        match Command::new("xmllint").args(["--noout", "--schema"]).args([&schema, &file]).output() {
            Ok(output) => assert!(output.status.success(), "{}{xml}", String::from_utf8_lossy(&output.stderr)),
            Err(error) => println!("skipped: xmllint cannot be asked whether the report is sound ({error})"),
        }
    }
}

#[test]
fn checkstyle_is_xml_with_the_attributes_readers_know() {
    let root = directory(&hostile_sql());
    let xml = report(root.path(), "checkstyle");
    let document = roxmltree::Document::parse(&xml).expect("XML");
    assert!(document.root_element().has_tag_name("checkstyle"));
    let files: Vec<_> = document.root_element().children().filter(roxmltree::Node::is_element).collect();
    assert_eq!(files.iter().map(|file| file.attribute("name")).collect::<Vec<_>>(), [Some("db/001_a b,c:d%.sql")]);
    for error in files.iter().flat_map(|file| file.children()).filter(roxmltree::Node::is_element) {
        assert!(["error", "warning", "info"].contains(&error.attribute("severity").unwrap_or_default()), "{error:?}");
        assert!(["line", "column", "message", "source"].iter().all(|name| error.attribute(*name).is_some_and(|value| !value.is_empty())));
    }
}

#[test]
fn what_the_database_calls_something_is_told_unchanged() {
    let root = directory(&hostile_sql());
    let told = |messages: Vec<String>| messages.into_iter().collect::<BTreeSet<_>>();
    let findings = json(&report(root.path(), "json"));
    let messages =
        |lint: &str| told(list_of(&findings["findings"]).iter().filter(|it| it["lint"] == lint).map(|it| text(&it["message"])).collect());
    let expected = messages("missing-primary-key");
    assert_eq!(expected.len(), 9);
    let commands: Vec<_> = report(root.path(), "github").lines().filter_map(command).collect();
    for (name, properties, message) in &commands {
        assert!(["error", "warning", "notice"].contains(&name.as_str()), "{name}");
        let file = properties.iter().find(|(key, _)| key == "file").map(|(_, value)| value.as_str());
        assert!(file.is_none_or(|file| file == "db/001_a b,c:d%.sql"), "{properties:?}");
        let title = properties.iter().find(|(key, _)| key == "title").map(|(_, title)| title.clone()).unwrap_or_default();
        if title == "migralint missing-primary-key" {
            assert!(expected.contains(message.split("\nhelp: ").next().unwrap_or_default()), "{message}");
        }
    }
    let xml = report(root.path(), "checkstyle");
    let document = roxmltree::Document::parse(&xml).expect("XML");
    let in_xml = told(document.descendants().filter_map(|node| node.attribute("message")).map(str::to_owned).collect());
    let plain = expected.iter().filter(|message| !message.chars().any(|character| character.is_control()));
    for message in plain {
        assert!(in_xml.contains(message), "{message}");
    }
}

fn list_of(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

#[test]
fn a_workflow_obeys_nothing_that_a_migration_says() {
    for sql in [hostile_sql(), "CREATE TABLE [\n::error::x\n##[error]y\n;\n".to_owned()] {
        let root = directory(&sql);
        for format in FORMATS {
            let output = run(root.path(), format, true);
            let all = format!("{}{}", common::stdout(&output), String::from_utf8_lossy(&output.stderr));
            assert!(!all.contains("##["), "{format}: {all}");
            for line in all.split(['\n', '\r']).filter(|line| line.trim_start().starts_with("::")) {
                let (name, properties, _) = command(line).unwrap_or_else(|| panic!("{format}: {line}"));
                let title = properties.iter().find(|(key, _)| key == "title").map(|(_, title)| title.as_str());
                assert!(format == "github" && ["error", "warning", "notice"].contains(&name.as_str()), "{format}: {line}");
                assert!(title.is_some_and(|title| title.starts_with("migralint")), "{format}: {line}");
            }
            if ["json", "sarif", "gitlab", "rdjson"].contains(&format) {
                assert_eq!(json(&common::stdout(&output)), json(&report(root.path(), format)), "{format} says the same");
            }
        }
    }
}

#[test]
fn markdown_holds_no_markup_of_a_migration() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let root = directory(&hostile_sql());
    let markdown = report(root.path(), "markdown");
    for event in Parser::new_ext(&markdown, Options::ENABLE_TABLES | Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::InlineHtml(tag) => assert!(["<code>", "</code>"].contains(&&*tag), "{tag}"),
            Event::Html(html) => panic!("{html}"),
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::BlockQuote(_)) => {
                panic!("{event:?} in {markdown}")
            }
            Event::Text(text) => assert!(!text.contains("\u{1b}"), "{text:?}"),
            _ => {}
        }
    }
    let rows = markdown.lines().filter(|line| line.starts_with("| ")).count();
    let table = Parser::new_ext(&markdown, Options::ENABLE_TABLES).filter(|event| matches!(event, Event::Start(Tag::TableCell))).count();
    assert_eq!(table, rows * 4, "every row has its four cells");
}

#[test]
fn more_annotations_than_a_step_shows_are_counted_and_listed() {
    let sql: String = (0..25).map(|index| format!("CREATE TABLE t{index} (id bigint);\n")).collect();
    let root = directory(&sql);
    let report = report(root.path(), "github");
    let warnings: Vec<_> = report.lines().filter_map(command).filter(|(name, ..)| name == "warning").collect();
    assert_eq!(warnings.len(), 10);
    let rest = warnings.last().map(|(_, _, message)| message.as_str()).unwrap_or_default();
    let hidden: usize = rest.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or_default();
    let listed = report.lines().filter(|line| line.contains(": warning[")).count();
    assert_eq!((hidden, listed), (17, 17), "26 findings, nine of them annotated: {report}");
}

#[test]
fn several_formats_are_written_at_once() {
    let root = directory(WIDE);
    let arguments = ["lint", "--fail-on", "never", "--output", "sarif=report.sarif", "--output", "junit=report.xml", "db"];
    let output = common::migralint(root.path(), &arguments);
    assert!(common::stdout(&output).starts_with("db: 1 migration"), "the terminal's report comes as ever");
    for (format, file) in [("sarif", "report.sarif"), ("junit", "report.xml")] {
        assert_eq!(fs::read_to_string(root.path().join(file)).expect("a file"), report(root.path(), format));
    }
    for (argument, expected) in
        [("sarif", "write FORMAT=FILE"), ("sarf=x", "there is no format `sarf`"), ("json=no/such/folder/x", "`no/such/folder/x`")]
    {
        let output = common::migralint(root.path(), &["lint", "--output", argument, "db"]);
        assert_eq!(output.status.code(), Some(2), "{argument}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(expected), "{argument}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn paths_begin_at_the_root_of_the_repository_for_those_who_need_it() {
    let root = TempDir::new().expect("a scratch directory");
    for folder in [".git", "service/db", "elsewhere"] {
        fs::create_dir_all(root.path().join(folder)).expect("a folder");
    }
    fs::write(root.path().join("service/db/001_a.sql"), "CREATE TABLE t (id bigint);\n").expect("a file");
    for (stand, argument) in [(".", "service/db"), ("service", "db"), ("service/db", "."), ("elsewhere", "../service/db")] {
        let told = |format: &str| {
            common::stdout(&common::migralint(&root.path().join(stand), &["lint", "--format", format, "--fail-on", "never", argument]))
        };
        let sarif = json(&told("sarif"));
        assert_eq!(
            sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "service/db/001_a.sql",
            "in {stand}"
        );
        assert_eq!(json(&told("gitlab"))[0]["location"]["path"], "service/db/001_a.sql", "in {stand}");
        assert!(told("github").starts_with("::warning file=service/db/001_a.sql,line=1,endLine=1,col="), "in {stand}");
    }
}

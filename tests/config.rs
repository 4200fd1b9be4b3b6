//! `migralint.yaml`: what it says is done, and what is wrong with it is shown where it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use migralint::config::{Config, FailOn, KEYS};
use migralint::diagnostic::{Diagnostic, Severity};
use migralint::layout::Kind;
use migralint::lint::card::Level;
use migralint::lint::{Card, Check, Lint, Options, Preset};
use migralint::source::SourceMap;
use migralint::sql::Dialect;

/// Lints that no release changes.
fn lints() -> Vec<Lint> {
    let card = "{title: t, group: g, severity: warning, what: w, why: w, fix: f, examples: [], options: [
        {name: tables, default: 5, what: w}, {name: names, default: [id], what: w}, {name: strict, default: false, what: w}]}";
    ["cascade-reaches-far", "gap"].map(|id| Lint { card: Card::parse(id, card).unwrap(), check: Check::Run }).into()
}

struct Loaded {
    config: Config,
    mistakes: Vec<Diagnostic>,
    sources: SourceMap,
    folder: tempfile::TempDir,
}

fn load(text: &str) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("db/rollback")).unwrap();
    let path = folder.path().join("migralint.yaml");
    fs::write(&path, text).unwrap();
    let mut sources = SourceMap::default();
    let (config, mistakes) = Config::load(&path, &lints(), &mut sources).unwrap();
    Loaded { config, mistakes, sources, folder }
}

#[test]
fn every_setting_is_read() {
    let Loaded { config, mistakes, folder, .. } = load(
        "layout: flyway
dialect: postgresql
down-directory: db/rollback
fail-on: never
lints:
  gap: off
  cascade-reaches-far: { severity: error, tables: 8, names: [id, uuid] }
paths:
  - path: \"legacy/**\"
    lints: { gap: info }
tenant:
  table: app.organizations
  keys: [organization_id]
  external-ids: [stripe_customer_id]
  global-tables: [countries]
ignore: ['**/seed_*.sql']
",
    );
    assert_eq!(mistakes, []);
    assert_eq!(config.discover.layout, Some(Kind::Flyway));
    assert_eq!(config.discover.dialect, Some(Dialect::Postgres));
    assert_eq!(config.discover.down_directory, Some(folder.path().join("db/rollback")));
    assert_eq!(config.fail_on, Some(FailOn::Never));
    assert_eq!(config.settings.tenant.table.as_deref(), Some("app.organizations"));
    assert_eq!(config.settings.tenant.external_ids, ["stripe_customer_id"]);
    assert_eq!(config.settings.tenant.global_tables, ["countries"]);
    let file = |path: &str| folder.path().join(path).to_string_lossy().into_owned();
    assert!(config.ignore.contains(&file("a/b/seed_1.sql")) && !config.ignore.contains(&file("a/b/001.sql")));
    let lints = lints();
    let level = |path: &str| config.settings.configured_level(&lints[1].card, &file(path));
    assert_eq!(level("legacy/old/001.sql"), Some(Level::Info));
    assert_eq!(level("new/001.sql"), Some(Level::Off));
    let reaches_far = &config.settings.lints["cascade-reaches-far"];
    let options = Options::of(&lints[0].card, &reaches_far.options);
    assert_eq!(reaches_far.level, Some(Level::Error));
    assert_eq!((options.integer("tables"), options.strings("names"), options.boolean("strict")), (8, vec!["id", "uuid"], false));
}

#[test]
fn a_mistake_is_shown_at_its_place_with_what_was_meant() {
    let cases: &[(&str, &str, &str, Option<&str>)] = &[
        ("layouts: flyway", "layouts", "there is no `layouts` in the configuration", Some("did you mean `layout`?")),
        ("lints:\n  gaps: off", "gaps", "there is no lint `gaps`", Some("did you mean `gap`?")),
        ("lints:\n  gap: warn", "warn", "`gap` is `off`, `info`, `warning` or `error`, not `warn`", Some("did you mean `warning`?")),
        ("lints: { gap: false }", "false", "`gap` is `off`, `info`, `warning` or `error`, not `false`", None),
        ("lints: [gap]", "[gap]", "`lints` is a mapping of keys to values, not a list", None),
        ("lints:\n  gap: { tables: many }", "many", "`tables` is a whole number, not `many`", None),
        ("lints:\n  gap: { tables: -1 }", "-1", "`tables` is a whole number, not `-1`", None),
        ("lints:\n  gap: { names: [1] }", "1", "`names` holds texts, not `1`", None),
        ("lints:\n  gap: { table: 1 }", "table", "there is no `table` in `gap`", Some("did you mean `tables`?")),
        ("lints:\n  gap: off\n  gap: error", "gap", "`gap` stands twice in `lints`, and only the first counts", None),
        ("fail-on: fatal", "fatal", "`fail-on` is `info`, `warning`, `error` or `never`, not `fatal`", None),
        (
            "dialect: postgres",
            "postgres",
            "`dialect` is `postgresql`, `mysql`, `sqlite` or `sqlserver`, not `postgres`",
            Some("did you mean `postgresql`?"),
        ),
        ("tenant: { tabel: x }", "tabel", "there is no `tabel` in `tenant`", Some("did you mean `table`?")),
        ("tenant: { keys: x }", "x", "`keys` is a list, not `x`", None),
        (
            "ignore: ['a{']",
            "'a{'",
            "this is no pattern for files: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
            None,
        ),
        ("paths: [{ lints: { gap: off } }]", "{ lints: { gap: off } }", "this entry of `paths` has no `path` and concerns no file", None),
        ("# é\nlayout: *x", "*x", "this is not YAML: while parsing node, found unknown anchor", None),
    ];
    for (text, place, message, help) in cases {
        let Loaded { mistakes, sources, .. } = load(text);
        let [mistake] = mistakes.as_slice() else { panic!("{text}: {mistakes:?}") };
        assert_eq!(mistake.message, *message, "{text}");
        assert_eq!(mistake.help.as_deref(), *help, "{text}");
        assert!(
            sources.text(mistake.primary) == *place || mistake.message.contains("not YAML"),
            "{text}: {}",
            sources.text(mistake.primary)
        );
        assert_eq!((mistake.lint.as_str(), mistake.severity), ("config", Severity::Error));
    }
}

#[test]
fn the_version_of_the_server_may_stand_in_quotes() {
    for text in ["postgresql-version: 16", "postgresql-version: \"16\"", "postgresql-version: '16'"] {
        let Loaded { config, mistakes, .. } = load(text);
        assert_eq!((mistakes.len(), config.settings.postgresql_version.major()), (0, 16), "{text}");
    }
    for text in ["postgresql-version: sixteen", "postgresql-version: 9", "postgresql-version: 16.2"] {
        let Loaded { mistakes, .. } = load(text);
        let messages: Vec<&str> = mistakes.iter().map(|mistake| mistake.message.as_str()).collect();
        assert!(messages.len() == 1 && messages[0].contains("is a major version from 12 to 18"), "{text}: {messages:?}");
    }
}

#[test]
fn a_group_stands_for_its_lints_and_a_lint_for_itself() {
    for (text, reaches_far, gap) in [
        ("lints: { g: off }", Level::Off, Level::Off),
        ("lints: { g: error, cascade-reaches-far: info }", Level::Info, Level::Error),
        ("lints: { cascade-reaches-far: info, g: error }", Level::Info, Level::Error),
        ("lints: { cascade-reaches-far: { tables: 8 }, g: error }", Level::Error, Level::Error),
        ("paths: [{ path: '**', lints: { gap: warning, g: off } }]", Level::Off, Level::Warning),
    ] {
        let Loaded { config, mistakes, folder, .. } = load(text);
        assert_eq!(mistakes, [], "{text}");
        let (lints, file) = (lints(), folder.path().join("001.sql"));
        let level = |index: usize| config.settings.configured_level(&lints[index].card, &file.to_string_lossy());
        assert_eq!((level(0), level(1)), (Some(reaches_far), Some(gap)), "{text}");
    }
}

#[test]
fn all_mistakes_are_reported_and_the_rest_counts() {
    let Loaded { config, mistakes, sources, .. } = load("fial-on: error\nlayout: 7\nlints:\n  gpa: off\n  gap: error\n");
    let lines: Vec<usize> = mistakes.iter().map(|mistake| sources.start(mistake.primary).line).collect();
    assert_eq!(lines, [1, 2, 4]);
    assert_eq!(config.settings.lints["gap"].level, Some(Level::Error));
}

#[test]
fn a_file_that_is_not_yaml_is_reported_where_reading_stopped() {
    let Loaded { mistakes, sources, .. } = load("# größe\nlints:\n  gap: [off\n");
    assert_eq!(mistakes.len(), 1);
    assert!(mistakes[0].message.starts_with("this is not YAML: "), "{}", mistakes[0].message);
    assert!(sources.start(mistakes[0].primary).line >= 3);
}

#[test]
fn hostile_files_are_refused_in_little_time() {
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\n";
    for text in ["- ".repeat(50_000), "[".repeat(50_000), "{a: ".repeat(50_000), bomb.to_owned()] {
        assert_eq!(load(&text).mistakes.len(), 1, "{}", &text[..20]);
    }
}

#[test]
fn an_empty_file_says_nothing() {
    for text in ["", "# only a comment\n", "---\n", "\u{feff}lints:\n"] {
        assert_eq!(load(text).mistakes, [], "{text:?}");
    }
}

#[test]
fn the_nearest_file_upwards_governs() {
    let folder = tempfile::tempdir().unwrap();
    let migrations = folder.path().join("db/migrations");
    fs::create_dir_all(&migrations).unwrap();
    fs::write(folder.path().join("migralint.yml"), "").unwrap();
    let found = |directory: &Path| Config::find(directory).unwrap().strip_prefix(folder.path()).unwrap().to_owned();
    assert_eq!(found(&migrations), Path::new("migralint.yml"));
    fs::write(folder.path().join("db/migralint.yaml"), "").unwrap();
    assert_eq!(found(&migrations), Path::new("db/migralint.yaml"));
}

#[test]
fn the_configuration_in_the_readme_is_right() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let section = readme.split("### Configuration").nth(1).unwrap_or_default();
    let example = section.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("migralint.yaml");
    fs::create_dir(folder.path().join("own-lints")).unwrap();
    fs::write(&path, example).unwrap();
    let (_, mistakes) = Config::load(&path, migralint::lints::builtin(), &mut SourceMap::default()).unwrap();
    assert_eq!(mistakes, [], "{example}");
}

#[test]
fn presets_are_one_name_or_several() {
    let presets = |text: &str| load(text).config.settings.presets;
    assert_eq!(presets("preset: strict"), [Preset::Strict]);
    assert_eq!(presets("preset: [safety, tenancy]"), [Preset::Safety, Preset::Tenancy]);
    let Loaded { mistakes, .. } = load("preset: strickt");
    assert_eq!(mistakes[0].help.as_deref(), Some("did you mean `strict`?"));
}

#[test]
fn the_documentation_has_every_key_that_is_read_and_no_other_with_an_example_each() {
    let document = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md")).unwrap();
    let mut documented: Vec<&str> = document.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect();
    documented.sort_unstable();
    let mut keys = KEYS.to_vec();
    keys.sort_unstable();
    assert_eq!(documented, keys);
    for section in document.split("### `").skip(1) {
        let (key, text) = section.split_once('`').unwrap();
        let example = text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
        assert!(example.starts_with(&format!("{key}:")), "{key} has no example");
        let Loaded { mistakes, .. } = load(example);
        let is_of_disk = |mistake: &Diagnostic| mistake.message.starts_with("there is no folder");
        assert!(mistakes.iter().all(is_of_disk), "{key}: {mistakes:?}");
    }
}

#[test]
fn every_group_of_lints_belongs_to_one_concern_unless_it_is_about_files() {
    let of_files = ["numbering", "rollback", "replay", "suppressions"];
    let concerns = [Preset::Safety, Preset::Design, Preset::Tenancy];
    for (group, _) in migralint::lints::GROUPS {
        let presets = concerns.iter().filter(|preset| preset.groups().contains(group)).count();
        assert_eq!(presets, usize::from(!of_files.contains(group)), "{group}");
    }
}

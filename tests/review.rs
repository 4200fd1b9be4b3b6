//! What a branch does to its migrations, in real repositories.

mod common;

use common::repository::{Repository, json_in, review_in, run_git};
use serde_json::Value;

/// A table whose missing primary key is a finding.
const NO_KEY: &str = "CREATE TABLE logs (line text);\n";
const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY);\n";
const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);\n";

/// A repository with `main` and, checked out, a branch that begins there.
fn branched(files: &[(&str, &str)]) -> Repository {
    let repository = Repository::with(files);
    repository.git(&["switch", "--quiet", "--create", "feature"]);
    repository
}

/// The lints these tests are about; what others have to say about the same SQL is tested elsewhere.
const LINTS: [&str; 9] = [
    "version-taken",
    "out-of-order",
    "edited-after-merge",
    "deleted-after-merge",
    "syntax-error",
    "foreign-key-without-index",
    "missing-primary-key",
    "tenant-key-type",
    "looks-like-foreign-key",
];

/// Findings of these as `file:line lint`.
fn findings(review: &Value) -> Vec<String> {
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or("-").to_owned();
    let line = |finding: &Value| format!("{}:{} {}", text(finding, "path"), finding["line"], text(finding, "lint"));
    let findings = review["findings"].as_array().expect("findings").iter();
    findings.filter(|finding| finding["lint"].as_str().is_some_and(|lint| LINTS.contains(&lint))).map(line).collect()
}

/// What is done with each migration.
fn edits(review: &Value) -> Vec<String> {
    let directories = review["directories"].as_array().expect("directories").iter();
    let migrations = directories.flat_map(|directory| directory["migrations"].as_array().expect("migrations"));
    migrations
        .map(|migration| format!("{} {}", migration["edit"].as_str().unwrap_or("-"), migration["name"].as_str().unwrap_or("-")))
        .collect()
}

#[test]
fn only_what_the_branch_brings_is_shown_and_the_rest_counted() {
    let repository = branched(&[("db/001_users.sql", USERS), ("db/002_logs.sql", NO_KEY)]);
    repository.write("db/003_orders.sql", ORDERS);
    repository.commit("orders");
    let review = repository.json(&["--base", "main", "db"]);
    assert_eq!(findings(&review), ["db/003_orders.sql:1 foreign-key-without-index"]);
    assert_eq!(edits(&review), ["added 003_orders.sql"]);
    assert_eq!(review["directories"][0]["known_findings"], 1, "the table without a key");
    let changes = review["directories"][0]["changes"].as_array().expect("changes");
    assert_eq!((changes.len(), &changes[0]["object"], &changes[0]["change"]), (1, &"public.orders".into(), &"added".into()));
}

#[test]
fn uncommitted_staged_and_committed_work_are_told_apart() {
    let repository = branched(&[("db/001_users.sql", USERS)]);
    repository.write("db/002_committed.sql", "CREATE TABLE a (id bigint PRIMARY KEY);\n");
    repository.commit("a");
    repository.write("db/003_staged.sql", "CREATE TABLE b (id bigint PRIMARY KEY);\n");
    repository.git(&["add", "--all"]);
    repository.write("db/004_untracked.sql", "CREATE TABLE c (id bigint PRIMARY KEY);\n");
    repository.write("db/003_staged.sql", "CREATE TABLE half_written (");
    for (arguments, expected) in [
        (&["--head", "HEAD"][..], &["added 002_committed.sql"][..]),
        (&["--staged"], &["added 002_committed.sql", "added 003_staged.sql"]),
        (&[], &["added 002_committed.sql", "added 003_staged.sql", "added 004_untracked.sql"]),
    ] {
        let review = repository.json(&[arguments, &["--base", "main", "db"]].concat());
        assert_eq!(edits(&review), expected, "{arguments:?}");
        let broken = findings(&review).iter().any(|finding| finding.ends_with("syntax-error"));
        assert_eq!(broken, arguments.is_empty(), "{arguments:?}: only the work tree holds the half-written file");
    }
}

#[test]
fn a_base_that_moved_on_takes_numbers_but_is_not_reverted() {
    let repository = branched(&[("db/001_users.sql", USERS)]);
    repository.write("db/002_orders.sql", ORDERS);
    repository.commit("orders");
    repository.git(&["switch", "--quiet", "main"]);
    repository.write("db/002_products.sql", "CREATE TABLE products (id bigint PRIMARY KEY);\n");
    repository.write("db/005_prices.sql", "CREATE TABLE prices (id bigint PRIMARY KEY);\n");
    repository.commit("products");
    repository.git(&["switch", "--quiet", "feature"]);
    repository.write("db/003_shops.sql", "CREATE TABLE shops (id bigint PRIMARY KEY);\n");
    let review = repository.json(&["--base", "main", "db"]);
    assert_eq!(edits(&review), ["added 002_orders.sql", "added 003_shops.sql"], "what only the base has was not deleted here");
    assert_eq!(
        findings(&review),
        ["db/002_orders.sql:1 version-taken", "db/002_orders.sql:1 foreign-key-without-index", "db/003_shops.sql:1 out-of-order"]
    );
    let taken = &review["findings"].as_array().expect("findings").iter().find(|finding| finding["lint"] == "version-taken");
    let taken = taken.expect("a finding").to_string();
    assert!(taken.contains("002_products.sql") && taken.contains("006_orders.sql"), "{taken}");
}

#[test]
fn edited_deleted_and_renamed_migrations_are_found() {
    let repository = branched(&[
        ("db/001_users.sql", USERS),
        ("db/002_orders.sql", ORDERS),
        ("db/003_logs.sql", NO_KEY),
        ("db/004_shops.sql", "CREATE TABLE shops (id bigint PRIMARY KEY);\n"),
        ("db/005_notes.sql", "CREATE TABLE notes (id bigint PRIMARY KEY);\n"),
    ]);
    repository.write("db/001_users.sql", "-- People.\nCREATE TABLE users (id bigint PRIMARY KEY);\n");
    repository.write("db/005_notes.sql", "CREATE TABLE notes (id bigint PRIMARY KEY, note text);\n");
    repository.git(&["rm", "--quiet", "db/003_logs.sql"]);
    repository.git(&["mv", "db/004_shops.sql", "db/006_shops.sql"]);
    let review = repository.json(&["--base", "main", "db"]);
    let expected = ["reworded 001_users.sql", "changed 005_notes.sql", "renamed 006_shops.sql", "removed 003_logs.sql"];
    assert_eq!(edits(&review), expected);
    let numbering: Vec<String> = findings(&review).into_iter().filter(|finding| finding.contains("after-merge")).collect();
    assert_eq!(
        numbering,
        [
            "db/001_users.sql:1 edited-after-merge",
            "db/005_notes.sql:1 edited-after-merge",
            "db/006_shops.sql:1 deleted-after-merge",
            "db/003_logs.sql:1 deleted-after-merge"
        ]
    );
    assert_eq!(review["directories"][0]["fixed"].as_array().map(Vec::len), Some(1), "the table without a key is gone");
}

#[test]
fn a_shallow_clone_is_refused_with_what_to_do_and_never_clean() {
    let repository = branched(&[("db/001_users.sql", USERS)]);
    repository.write("db/002_orders.sql", ORDERS);
    repository.commit("orders");
    repository.git(&["switch", "--quiet", "main"]);
    repository.commit("more");
    let clone = repository.clone_with(&["--depth=1", "--no-single-branch", "--branch=feature"]);
    for arguments in [&["--base", "main", "db"][..], &["--base", "origin/main"]] {
        let output = review_in(&clone, &[], arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains("shallow") && error.contains("fetch-depth: 0"), "{error}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_shallow_clone_of_a_branch_alone_does_not_take_the_branch_for_its_own_base() {
    let repository = branched(&[("db/001_users.sql", USERS)]);
    repository.write("db/002_orders.sql", ORDERS);
    repository.commit("orders");
    repository.git(&["switch", "--quiet", "main"]);
    let clone = repository.clone_with(&["--depth=1", "--branch=feature"]);
    let output = review_in(&clone, &[], &["db"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("shallow") && error.contains("fetch-depth: 0"), "{error}");
}

#[test]
fn a_folder_above_stands_for_what_changed_below_it() {
    let repository = branched(&[("app/db/001_users.sql", USERS), ("other/db/001_users.sql", USERS)]);
    repository.write("app/db/002_orders.sql", ORDERS);
    repository.commit("orders");
    for arguments in [&["--base", "main", "."][..], &["--base", "main", "app"]] {
        let output = review_in(repository.root(), &[], &[arguments, &["--format", "json"]].concat());
        let review: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let paths: Vec<_> = review["directories"].as_array().into_iter().flatten().map(|directory| directory["path"].clone()).collect();
        assert_eq!(paths, ["app/db"], "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A clone as GitHub's checkout makes it of a pull request: the merge commit, detached, `depth` commits deep.
fn pull_request(depth: &str) -> (Repository, std::path::PathBuf) {
    let repository = branched(&[("db/001_users.sql", USERS), ("db/002_logs.sql", NO_KEY)]);
    repository.write("db/003_orders.sql", ORDERS);
    repository.commit("orders");
    repository.git(&["switch", "--quiet", "main"]);
    repository.write("db/004_shops.sql", "CREATE TABLE shops (id bigint PRIMARY KEY);\n");
    repository.commit("shops");
    repository.git(&["switch", "--quiet", "--detach"]);
    repository.git(&["merge", "--quiet", "--no-ff", "-m", "merge", "feature"]);
    repository.git(&["update-ref", "refs/pull/7/merge", "HEAD"]);
    repository.git(&["switch", "--quiet", "main"]);
    let clone = repository.root().with_file_name("checkout");
    std::fs::create_dir(&clone).expect("a folder");
    run_git(&clone, &["init", "--quiet"]);
    let url = format!("file://{}", repository.root().display());
    let depth = format!("--depth={depth}");
    run_git(&clone, &["fetch", "--quiet", &depth, &url, "+refs/pull/7/merge:refs/remotes/pull/7/merge"]);
    run_git(&clone, &["checkout", "--quiet", "--detach", "refs/remotes/pull/7/merge"]);
    (repository, clone)
}

const PULL_REQUEST: [(&str, &str); 3] =
    [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_BASE_REF", "main"), ("GITHUB_REF", "refs/pull/7/merge")];

#[test]
fn a_merge_commit_two_deep_is_enough_and_one_deep_is_not() {
    let (_repository, clone) = pull_request("2");
    let review = json_in(&clone, &PULL_REQUEST, &["db"]);
    assert_eq!(edits(&review), ["added 003_orders.sql"]);
    assert_eq!(findings(&review), ["db/003_orders.sql:1 out-of-order", "db/003_orders.sql:1 foreign-key-without-index"]);
    let (_repository, clone) = pull_request("1");
    let output = review_in(&clone, &PULL_REQUEST, &["db"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("fetch-depth: 2"), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn merge_queues_and_pushes_are_compared_with_what_their_event_says() {
    let repository = Repository::with(&[("db/001_users.sql", USERS)]);
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.write("db/002_orders.sql", ORDERS);
    repository.commit("orders");
    let event = repository.root().with_file_name("event.json");
    let path = event.to_string_lossy();
    for (name, content) in [
        ("merge_group", serde_json::json!({ "merge_group": { "base_sha": base } })),
        ("push", serde_json::json!({ "before": base, "repository": { "default_branch": "main" } })),
    ] {
        std::fs::write(&event, content.to_string()).expect("a file");
        let variables = [("GITHUB_EVENT_NAME", name), ("GITHUB_EVENT_PATH", &path), ("GITHUB_REF_NAME", "main")];
        assert_eq!(edits(&json_in(repository.root(), &variables, &["db"])), ["added 002_orders.sql"], "{name}");
    }
    let zeros = "0".repeat(40);
    std::fs::write(&event, serde_json::json!({ "before": zeros, "repository": { "default_branch": "main" } }).to_string()).expect("a file");
    let variables = [("GITHUB_EVENT_NAME", "push"), ("GITHUB_EVENT_PATH", &*path), ("GITHUB_REF_NAME", "main")];
    let output = review_in(repository.root(), &variables, &["db"]);
    assert_eq!(output.status.code(), Some(2), "a branch is not compared with itself");
}

#[test]
fn directories_are_found_by_what_changed_in_them() {
    let repository = branched(&[
        ("billing/migrations/001_users.sql", USERS),
        ("shop/migrations/20240101000000_users/migration.sql", USERS),
        ("shop/migrations/migration_lock.toml", "provider = \"postgresql\"\n"),
        ("idle/migrations/001_users.sql", USERS),
        ("old/migrations/001_users.sql", USERS),
    ]);
    repository.write("billing/migrations/002_logs.sql", NO_KEY);
    repository.write("shop/migrations/20240201000000_orders/migration.sql", ORDERS);
    repository.write("new/migrations/001_users.sql", USERS);
    repository.git(&["rm", "--quiet", "-r", "old"]);
    let review = repository.json(&["--base", "main"]);
    let directories = review["directories"].as_array().expect("directories").iter();
    let found: Vec<(&str, &str)> =
        directories.map(|directory| (directory["path"].as_str().unwrap_or("-"), directory["fate"].as_str().unwrap_or("-"))).collect();
    assert_eq!(
        found,
        [("billing/migrations", "kept"), ("new/migrations", "added"), ("old/migrations", "removed"), ("shop/migrations", "kept")]
    );
    let lints = findings(&review);
    assert!(lints.contains(&"old/migrations/001_users.sql:1 deleted-after-merge".to_owned()), "{lints:?}");
}

#[test]
fn a_renamed_directory_is_the_same_directory() {
    let repository = branched(&[("db/migrate/001_users.sql", USERS), ("db/migrate/002_logs.sql", NO_KEY), ("README", "")]);
    std::fs::create_dir(repository.root().join("database")).expect("a folder");
    repository.git(&["mv", "db/migrate", "database/migrations"]);
    repository.write("database/migrations/003_orders.sql", ORDERS);
    let review = repository.json(&["--base", "main", "database/migrations"]);
    assert_eq!(review["directories"][0]["former_path"], "db/migrate");
    assert_eq!(edits(&review), ["added 003_orders.sql"]);
    assert_eq!(findings(&review), ["database/migrations/003_orders.sql:1 foreign-key-without-index"]);
}

#[test]
fn nothing_changed_is_said_and_clean() {
    let repository = branched(&[("db/001_users.sql", NO_KEY)]);
    for arguments in [&[][..], &["db"]] {
        let output = repository.review(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(common::stdout(&output).starts_with("compared with `main`"), "{}", common::stdout(&output));
    }
}

#[test]
fn what_cannot_be_compared_is_named_and_never_clean() {
    let repository = branched(&[("db/001_users.sql", USERS)]);
    repository.git(&["switch", "--quiet", "--orphan", "unrelated"]);
    repository.write("db/001_users.sql", USERS);
    repository.commit("unrelated");
    let marker = repository.root().join("made");
    let hostile = format!("--output={}", marker.display());
    for (base, expected) in [
        ("main", "histories are not related"),
        ("nowhere", "the base `nowhere` is not in this repository"),
        (&*hostile, "is not in this repository"),
        ("--help", "is not in this repository"),
    ] {
        let output = repository.review(&["--base", base, "db"]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{base}: {error}");
        assert!(error.contains(expected), "{base}: {error}");
    }
    assert!(!marker.exists(), "a revision is never an option");
    let outside = tempfile::TempDir::new().expect("a folder");
    let output = review_in(outside.path(), &[], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no git repository"));
}

/// A case as a pull request: these migrations are new, the others the base.
fn case(directory: &str, new: &[&str]) -> Repository {
    let (case, inside) = directory.split_once('/').expect("a case and its directory");
    let from = common::root().join("testdata/cases").join(case).join(inside);
    let repository = Repository::new();
    repository.copy(&from, inside, |name| !new.contains(&name));
    repository.commit("base");
    repository.git(&["switch", "--quiet", "--create", "feature"]);
    repository.copy(&from, inside, |name| new.contains(&name));
    repository.commit("feature");
    repository
}

const INSIGHTS: [&str; 2] = ["018_add_customer_to_saved_insights.sql", "019_create_conversation_tables.sql"];
const DUAL_WRITE: [&str; 2] = ["20251110130000_organization_dual_write.sql", "20251110130500_backfill_organization_ids.sql"];

/// The comments were read, as GitHub would show them, before they were accepted.
#[test]
fn the_comments_of_the_cases_read_as_reviewed() {
    for (directory, new, page) in [
        ("insights/database/migration", &INSIGHTS, "docs/review-case-1.md"),
        ("dual-write/supabase/migrations", &DUAL_WRITE, "docs/review-case-2.md"),
    ] {
        let output = case(directory, new).review(&["--base", "main", "--format", "markdown"]);
        let comment = common::stdout(&output);
        let page = common::root().join(page);
        if std::env::var_os("MIGRALINT_BLESS").is_some() {
            std::fs::write(&page, &comment).expect("a page");
        }
        let known = std::fs::read_to_string(&page).unwrap_or_default();
        assert!(known == comment, "{} is not what is written now: run MIGRALINT_BLESS=1 cargo test --test review", page.display());
    }
}

#[test]
fn the_insights_review_says_what_a_careful_person_would() {
    let repository = case("insights/database/migration", &INSIGHTS);
    let review = repository.json(&["--base", "main"]);
    let all = review["findings"].as_array().expect("findings").iter();
    let without_rollback = all.filter(|finding| finding["lint"] == "missing-rollback").count();
    assert_eq!(without_rollback, 2, "each new migration has a finding of its own");
    assert_eq!(
        findings(&review),
        [
            "database/migration/018_add_customer_to_saved_insights.sql:1 version-taken",
            "database/migration/018_add_customer_to_saved_insights.sql:2 tenant-key-type",
            "database/migration/019_create_conversation_tables.sql:1 version-taken",
            "database/migration/019_create_conversation_tables.sql:4 looks-like-foreign-key",
            "database/migration/019_create_conversation_tables.sql:5 tenant-key-type",
            "database/migration/019_create_conversation_tables.sql:14 foreign-key-without-index",
        ]
    );
    let text = review["findings"].to_string();
    for expected in
        ["022_add_customer_to_saved_insights.sql", "023_create_conversation_tables.sql", "ON DELETE SET NULL", "ON DELETE CASCADE"]
    {
        assert!(text.contains(expected), "{expected}");
    }
}

#[test]
fn a_proposal_is_reviewed_at_its_own_lines() {
    let repository = case("insights/database/migration", &INSIGHTS);
    repository.git(&["switch", "--quiet", "main"]);
    let document = std::fs::read_to_string(common::root().join("testdata/cases/insights/design.md")).expect("a document");
    repository.write("docs/design.md", &document);
    let review = repository.json(&["--proposal", "docs/design.md", "database/migration"]);
    assert_eq!(edits(&review), ["added 018_add_customer_to_saved_insights.sql", "added 019_create_conversation_tables.sql"]);
    let found = findings(&review);
    let line = |text: &str| document.lines().position(|line| line.contains(text)).expect(text) + 1;
    for (text, lint) in [
        ("-- Proposal A", "version-taken"),
        ("\"customerId\" VARCHAR(50) NULL", "tenant-key-type"),
        ("-- Proposal B", "version-taken"),
        ("\"userId\" VARCHAR(255)", "looks-like-foreign-key"),
        ("\"customerId\" VARCHAR(50) NOT NULL", "tenant-key-type"),
        ("\"threadId\" UUID", "foreign-key-without-index"),
    ] {
        assert!(found.contains(&format!("docs/design.md:{} {lint}", line(text))), "{lint} at {text}: {found:?}");
    }
    assert_eq!(found.len(), 6, "{found:?}");
    let text = review["findings"].to_string();
    assert!(text.contains("022_add_customer_to_saved_insights.sql") && text.contains("023_create_conversation_tables.sql"), "{text}");
}

/// Everything a stranger can write into a migration that means something to who shows a comment.
const HOSTILE: &str = "-- <!-- --> @everyone #1\n\
    CREATE TABLE \"a|b` <script>alert(1)</script> @octocat #12 -->\" (\"x]](javascript:1)\" text);\n\
    CREATE TABLE \"::error::n\" (\"##[add-path]/x\" text, \"</details>\" text);\n\
    COMMENT ON TABLE \"::error::n\" IS '```\n::stop-commands::x\n@octocat';\n";

#[test]
fn nothing_from_sql_is_markup_in_a_comment() {
    let repository = branched(&[("db/001_users.sql", USERS)]);
    repository.write("db/002_hostile.sql", HOSTILE);
    repository.write("db/003_@octocat <b> `x`.sql", NO_KEY);
    let comment = common::stdout(&repository.review(&["--base", "main", "--format", "markdown", "db"]));
    let mut html = 0;
    let mut code = false;
    for event in pulldown_cmark::Parser::new_ext(&comment, pulldown_cmark::Options::ENABLE_TABLES) {
        use pulldown_cmark::{Event, Tag, TagEnd};
        match event {
            Event::Start(Tag::CodeBlock(_)) => code = true,
            Event::End(TagEnd::CodeBlock) => code = false,
            Event::Html(text) | Event::InlineHtml(text) => {
                html += 1;
                let ours = ["<!-- ", "<details>", "</details>", "<code>", "</code>", "<sub>", "</sub>", "<summary>", "</summary>"];
                assert!(ours.iter().any(|known| text.trim().starts_with(known)), "{text}");
                assert!(!text.contains("script"), "{text}");
            }
            Event::Text(text) if !code => assert!(!text.contains("@octocat"), "a mention: {text}"),
            Event::Start(Tag::Link { dest_url, .. }) => panic!("a link to {dest_url}"),
            _ => {}
        }
    }
    assert!(html > 0, "the comment folds its parts");
    let opened = comment.lines().filter(|line| line.starts_with("<details>")).count();
    assert_eq!(opened, comment.lines().filter(|line| *line == "</details>").count());
    let workflow = review_in(repository.root(), &[("GITHUB_ACTIONS", "true")], &["--base", "main", "db"]);
    for line in common::stdout(&workflow).lines() {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "a runner would obey {line}");
    }
}

#[test]
fn a_comment_is_never_longer_than_github_takes_and_says_what_is_missing() {
    let repository = branched(&[("db/001_users.sql", USERS)]);
    let tables: String = (0..3000).map(|number| format!("CREATE TABLE table_{number} (user_id bigint REFERENCES users (id));\n")).collect();
    repository.write("db/002_tables.sql", &tables);
    let comment = common::stdout(&repository.review(&["--base", "main", "--format", "markdown", "db"]));
    assert!(comment.len() <= 60_000, "{} bytes", comment.len());
    assert!(comment.contains("Shortened to fit:") && comment.contains("the schema as SQL"), "what is left out is named");
    assert!(comment.contains("3000 tables"), "what counts stays");
}

#[test]
fn places_are_linked_where_the_workflow_says_how() {
    let repository = branched(&[("services/shop/db/001_users.sql", USERS)]);
    repository.write("services/shop/db/002_two words.sql", NO_KEY);
    let sha = repository.commit("logs");
    let variables = [("GITHUB_SERVER_URL", "https://git.example.com"), ("GITHUB_REPOSITORY", "o/r"), ("GITHUB_SHA", &*sha)];
    let output = review_in(&repository.root().join("services/shop"), &variables, &["--base", "main", "--format", "markdown"]);
    let expected = format!("(https://git.example.com/o/r/blob/{sha}/services/shop/db/002_two%20words.sql#L1)");
    assert!(common::stdout(&output).contains(&expected), "{}", common::stdout(&output));
}

#[cfg(unix)]
#[test]
fn a_commit_hook_sees_what_is_about_to_be_committed() {
    use std::os::unix::fs::PermissionsExt;
    let repository = branched(&[("db/001_users.sql", USERS)]);
    let seen = repository.root().with_file_name("seen");
    let hook = repository.root().join(".git/hooks/pre-commit");
    let binary = env!("CARGO_BIN_EXE_migralint");
    let script = format!("#!/bin/sh\nexec '{binary}' review --staged --base main --format json db > '{}'\n", seen.display());
    std::fs::write(&hook, script).expect("a hook");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("permissions");
    repository.write("db/001_users.sql", &USERS.replace("bigint", "int"));
    repository.write("db/002_logs.sql", NO_KEY);
    // An edit of what was merged is an error; `--all` commits by another index than the usual one.
    let mut command = std::process::Command::new("git");
    command.current_dir(repository.root()).args(["-c", "user.name=tester", "-c", "user.email=tester@example.com"]);
    let output = command.args(["commit", "--all", "-m", "edit"]).output().expect("git starts");
    assert!(!output.status.success(), "the hook stops the commit");
    let review: Value = serde_json::from_str(&std::fs::read_to_string(&seen).expect("a review")).expect("JSON");
    assert_eq!(edits(&review), ["changed 001_users.sql"], "what is not tracked is not committed");
}

#[test]
fn the_json_keeps_to_its_published_schema() {
    let repository = case("dual-write/supabase/migrations", &DUAL_WRITE);
    let review = repository.json(&["--base", "main"]);
    assert_eq!(common::mistakes("review.schema.json", &review), [""; 0]);
    let mut other = review.clone();
    other["directories"][0]["migrations"][0]["edit"] = "forgotten".into();
    assert_ne!(common::mistakes("review.schema.json", &other), [""; 0], "the schema knows which edits there are");
}

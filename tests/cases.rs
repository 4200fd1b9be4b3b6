//! The five situations the product was founded on, each with the review a good reviewer would have written.

mod common;

use std::path::Path;

/// Findings of warning or above as `file:line lint object`, in report order.
fn review(case: &str, directory: &str) -> Vec<String> {
    let report = common::json(&common::root().join("testdata/cases").join(case), &[directory]);
    let findings = report["findings"].as_array().expect("an array").iter();
    findings.filter(|finding| finding["severity"] != "info").map(line).collect()
}

fn line(finding: &serde_json::Value) -> String {
    let text = |key: &str| finding[key].as_str().unwrap_or("-").to_owned();
    let file = Path::new(&text("path")).file_name().expect("a file").to_string_lossy().into_owned();
    format!("{file}:{} {} {} {}", finding["line"], text("severity"), text("lint"), text("object"))
}

#[test]
fn insights_proposals_are_reviewed_as_a_careful_person_would() {
    assert_eq!(
        review("insights", "database/migration"),
        [
            "018_add_customer_to_saved_insights.sql:1 error duplicate-version 018_add_customer_to_saved_insights.sql",
            "018_add_customer_to_saved_insights.sql:2 error tenant-key-type public.SavedInsights.customerId",
            "019_create_conversation_tables.sql:1 error duplicate-version 019_create_conversation_tables.sql",
            "019_create_conversation_tables.sql:4 warning looks-like-foreign-key public.ConversationThreads.userId",
            "019_create_conversation_tables.sql:5 error tenant-key-type public.ConversationThreads.customerId",
            "019_create_conversation_tables.sql:14 warning foreign-key-without-index public.ConversationMessages.ConversationMessages_threadId_fkey",
            "021_customer_activity.sql:1 warning missing-rollback database/migration",
        ]
    );
}

#[test]
fn insights_findings_name_the_precedent_and_the_way_out() {
    let report = common::json(&common::root().join("testdata/cases/insights"), &["database/migration"]);
    let find = |lint: &str, object: &str| {
        let matches = |finding: &&serde_json::Value| finding["lint"] == lint && (object.is_empty() || finding["object"] == object);
        report["findings"].as_array().expect("an array").iter().find(matches).unwrap_or_else(|| panic!("{lint} {object}")).to_string()
    };
    let optional = find("tenant-key-type", "public.SavedInsights.customerId");
    for expected in ["ContextDiscoveryRun", "SemanticIndex", "014_semantic_foundation.sql", "UUID", "ON DELETE SET NULL"] {
        assert!(optional.to_lowercase().contains(&expected.to_lowercase()), "{expected} in {optional}");
    }
    assert!(find("tenant-key-type", "public.ConversationThreads.customerId").contains("ON DELETE CASCADE"));
    let user = find("looks-like-foreign-key", "");
    assert!(user.contains("012_users.sql") && user.contains("integer"), "{user}");
    let numbers: Vec<_> = report["findings"].as_array().expect("an array").iter().filter(|f| f["lint"] == "duplicate-version").collect();
    assert!(numbers[0].to_string().contains("022"), "the first proposal is offered the next free number: {}", numbers[0]);
    assert!(numbers[1].to_string().contains("023"), "the second one the number behind it: {}", numbers[1]);
}

#[test]
fn insights_corrected_keeps_only_what_the_human_reviewers_missed() {
    assert_eq!(
        review("insights-corrected", "database/migration"),
        [
            "023_create_conversation_tables.sql:7 warning foreign-key-without-index public.ConversationThreads.ConversationThreads_customerId_fkey"
        ]
    );
}

#[test]
fn dual_write_tells_the_two_generations_apart_and_spares_external_ids() {
    assert_eq!(
        review("dual-write", "supabase/migrations"),
        [
            "20251110130000_organization_dual_write.sql:2 warning tenant-key-without-reference public.page_embeddings.organization_id",
            "20251110130000_organization_dual_write.sql:3 warning superseded-tenant-key public.conversations.customer_id",
        ]
    );
}

#[test]
fn tenant_hierarchy_is_past_the_dual_write_and_breaks_a_function() {
    assert_eq!(
        review("tenant-hierarchy", "supabase/migrations"),
        [
            "20251215090000_phase_three.sql:1 warning drop-column public.conversations.customer_id",
            "20251215090000_phase_three.sql:3 warning set-not-null-scan public.page_embeddings.organization_id",
            "20251215090000_phase_three.sql:3 warning wide-lock-window public.page_embeddings",
            "20251215090000_phase_three.sql:4 warning set-not-null-scan public.conversations.organization_id",
            "20251215090000_phase_three.sql:5 warning set-not-null-scan public.messages.organization_id",
            "20251215090000_phase_three.sql:6 warning set-not-null-scan public.scraped_pages.organization_id",
            "20251215090000_phase_three.sql:7 warning set-not-null-scan public.website_content.organization_id",
            "20251215090000_phase_three.sql:8 warning set-not-null-scan public.structured_extractions.organization_id",
            "20251215090000_phase_three.sql:10 warning rename-table public.customer_configs",
            "20251215090000_phase_three.sql:10 error stale-reference public.customer_configs",
        ]
    );
}

#[test]
fn backfill_companions_are_no_migrations_and_prisma_refuses_the_folder() {
    assert_eq!(
        review("backfill-companions", "prisma/migrations"),
        [
            "migration.sql:36 warning index-not-concurrent public.Lead",
            "migration.sql:36 warning wide-lock-window public.Lead",
            "migration.sql:37 warning index-not-concurrent public.Job",
            "migration.sql:41 warning foreign-key-not-valid-first public.Lead.Lead_customer_id_fkey",
            "migration.sql:42 warning foreign-key-not-valid-first public.Job.Job_customer_id_fkey",
            "rollback.sql:1 error ignored-file 20251110_backfill_customers",
            "rollback.sql:2 warning update-without-where public.Job",
        ]
    );
}

#[test]
fn log_and_backups_has_a_placeholder_in_its_rollback_and_leaves_copies_behind() {
    assert_eq!(
        review("log-and-backups", "migrations"),
        [
            "003_backups.sql:1 warning leftover-backup-table public.campaigns_backup_20251120",
            "004_unify_sources_rollback.sql:1 error syntax-error -",
        ]
    );
}

/// Whole reports as a terminal shows them. Every line of these snapshots was read before it was accepted.
#[test]
fn the_reports_read_as_reviewed() {
    for path in common::CASES {
        let (case, directory) = path.split_once('/').expect("a case and its directory");
        let output = common::migralint(&common::root().join("testdata/cases").join(case), &["lint", directory]);
        insta::assert_snapshot!(case, common::stdout(&output));
    }
}

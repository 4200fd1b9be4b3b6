//! Tables whose columns a library dictates: nobody here chose their types and names.

use crate::schema::Table;

/// Tables of migration tools, Spring, ShedLock, Envers and their like.
const NAMES: &[&str] = &[
    "alembic_version",
    "ar_internal_metadata",
    "casbin_rule",
    "databasechangelog",
    "databasechangeloglock",
    "flyway_schema_history",
    "oauth2_authorization",
    "oauth2_authorization_consent",
    "oauth2_registered_client",
    "oauth_access_token",
    "oauth_client_details",
    "oauth_refresh_token",
    "revinfo",
    "schema_migrations",
    "shedlock",
    "spring_session",
    "spring_session_attributes",
];

/// Prefixes of Spring Batch, Quartz, Activiti and Flowable.
const PREFIXES: &[&str] = &["act_ge_", "act_hi_", "act_id_", "act_re_", "act_ru_", "batch_job_", "batch_step_", "qrtz_"];

/// Columns that only a library would name so: express sessions, NextAuth.
const COLUMNS: &[&[&str]] = &[&["sid", "sess", "expire"], &["provider", "providerAccountId"], &["sessionToken", "expires"]];

/// Whether a library dictates the table's columns.
pub fn dictates(table: &Table) -> bool {
    let name = table.name.name.to_lowercase();
    let by_columns = COLUMNS.iter().any(|columns| columns.iter().all(|column| table.column(column).is_some()));
    NAMES.contains(&name.as_str()) || PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || by_columns
}

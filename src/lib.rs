//! migralint reads a directory of SQL migrations the way a database would — in order, statement by statement —
//! and keeps every version of the schema it passes through. Lints look at those versions, not at SQL text.
//!
//! Data goes one way; a module may use those above it in this list, never one below:
//!
//! text ([`source`]) → migrations ([`layout`]) → statements ([`sql`]) → schema versions ([`history`]) → findings ([`lint`]) → report.

pub mod source;
pub mod nearest;
pub mod path;
pub mod progress;
pub mod diagnostic;
pub mod schema;
pub mod change;
pub mod ddl;
pub mod difference;
pub mod catalog;
pub mod sql;
pub mod layout;
pub mod history;
pub mod locks;
pub mod lint;
pub mod lints;
pub mod config;
pub mod git;
pub mod review;
pub mod report;
pub mod github;
pub mod own;
pub mod fix;
pub mod cli;

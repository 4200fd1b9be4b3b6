//! `migralint tenants`: what was inferred about tenants, and from what.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::opened::Opened;
use super::output::for_people;
use super::target::Reading;
use super::{Format, Status, fail, warn};
use crate::history::History;
use crate::lint::{Tenancy, TenantSettings};
use crate::nearest::did_you_mean;
use crate::report::tenants::{Report, json, render};
use crate::report::write_json;

/// Arguments of `migralint tenants`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  migralint tenants db/migrations\n  migralint tenants --format json db/migrations")]
pub(super) struct TenantsArguments {
    /// Directory of migrations [default: .]
    #[arg(value_name = "DIR")]
    path: Option<PathBuf>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
}

/// Writes what the schema at the end of history says about tenants.
pub(super) fn run(arguments: &TenantsArguments, out: &mut dyn Write) -> io::Result<Status> {
    let opened = match Opened::new(arguments.path.as_ref(), &arguments.reading) {
        Ok(opened) => opened,
        Err(message) => return Ok(fail(&message)),
    };
    let schema = opened.history.end();
    if let Some(missing) = missing_table(&opened.tenant, &opened.history) {
        warn(&missing);
    }
    let tenancy = Tenancy::infer(schema, &opened.tenant);
    let report = Report { sources: &opened.sources, schema, tenancy: &tenancy };
    match arguments.format {
        Format::Terminal => for_people(out, |out| render(&report, out))?,
        Format::Json => write_json(&json(&report), out)?,
    }
    Ok(opened.status(opened.history.migrations.len()))
}

/// Says that the table of tenants which the configuration names is not there at the end, where that is so.
pub(super) fn missing_table(tenant: &TenantSettings, history: &History) -> Option<String> {
    let written = tenant.table.as_deref().filter(|_| tenant.has_table(history.end()) == Some(false))?;
    let last = history.migrations.iter().rev().find(|migration| tenant.has_table(&migration.before) == Some(true));
    let gone = match last.and_then(|migration| migration.file.version.as_ref()) {
        Some(version) => format!("is gone from version {} on", version.text),
        None => "exists at no version".to_owned(),
    };
    let tables: Vec<&str> = history.end().tables.keys().map(|name| name.name.as_str()).collect();
    let hint = did_you_mean(written, tables).map(|hint| format!("; {hint}")).unwrap_or_default();
    let path = &history.directory.path;
    Some(format!(
        "the table of tenants that is configured, `{written}`, {gone} of `{path}`: lints about tenants take no table for it{hint}"
    ))
}

//! `migralint tenants`: what was inferred about tenants, and from what.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::opened::Opened;
use super::output::for_people;
use super::target::Reading;
use super::{Format, Status, fail};
use crate::lint::Tenancy;
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
    let tenancy = Tenancy::infer(schema, &opened.tenant);
    let report = Report { sources: &opened.sources, schema, tenancy: &tenancy };
    match arguments.format {
        Format::Terminal => for_people(out, |out| render(&report, out))?,
        Format::Json => write_json(&json(&report), out)?,
    }
    Ok(opened.status(opened.history.migrations.len()))
}

//! `migralint diff`: what changed between two versions of the schema.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::opened::Opened;
use super::output::for_people;
use super::target::Reading;
use super::{ColourChoice, Format, Status, fail};
use crate::ddl;
use crate::difference;
use crate::report::diff::{self, Comparison};
use crate::report::write_json;

/// Arguments of `migralint diff`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  migralint diff 017 018 db/migrations\n  migralint diff 20240131 20240301 --format json")]
pub(super) struct DiffArguments {
    /// The version to compare: its number, the beginning of a timestamp, a migration's name or file
    #[arg(value_name = "V1")]
    from: String,
    /// The version to compare it with
    #[arg(value_name = "V2")]
    to: String,
    /// Directory of migrations [default: .]
    #[arg(value_name = "DIR")]
    path: Option<PathBuf>,
    /// How the differences are written; docs/diff.schema.json describes the JSON
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
    /// When to colour the output; NO_COLOR is honoured
    #[arg(long, value_enum, default_value_t = ColourChoice::Auto)]
    color: ColourChoice,
}

/// Writes the differences.
pub(super) fn run(arguments: &DiffArguments, out: &mut dyn Write) -> io::Result<Status> {
    let opened = match Opened::new(arguments.path.as_ref(), &arguments.reading) {
        Ok(opened) => opened,
        Err(message) => return Ok(fail(&message)),
    };
    let (from, to) = match (opened.version(Some(&arguments.from)), opened.version(Some(&arguments.to))) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(message), _) | (_, Err(message)) => return Ok(fail(&message)),
    };
    let (before, after) = (opened.schema(from), opened.schema(to));
    let differences = difference::between(before, after);
    let labels = opened.labels();
    let label = |version: usize| labels.get(version).cloned().unwrap_or_default();
    let comparison = Comparison {
        versions: [label(from), label(to)],
        sql: [ddl::create_schema(before), ddl::create_schema(after)],
        differences: &differences,
    };
    match arguments.format {
        Format::Terminal => for_people(out, |out| diff::render(&comparison, &opened.sources, arguments.color.enabled(), out))?,
        Format::Json => write_json(&diff::json(&comparison, &opened.sources), out)?,
    }
    Ok(opened.status(from.max(to)))
}

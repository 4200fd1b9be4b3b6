//! The command line: arguments, one function per subcommand, exit statuses. Wiring only.

mod review;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::layout::Kind;
use crate::lint::{self, Lint};
use crate::lints::builtin;
use crate::nearest::did_you_mean;

/// Exit statuses, the same for every subcommand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing at or above `--fail-on`.
    Clean = 0,
    /// Findings at or above `--fail-on`.
    Findings = 1,
    /// The job could not be done, or not wholly: bad arguments, no migrations, a file that does not parse.
    Failed = 2,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(status as u8)
    }
}

/// Reviews a directory of SQL migrations by replaying it into a model of the schema at every version.
#[derive(Debug, Parser)]
#[command(name = "migralint", version, max_term_width = 100)]
#[command(after_help = "Exit status: 0 clean, 1 findings at or above --fail-on, 2 could not do the job \
    (bad configuration, no migrations, a file that does not parse).")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Review migration directories
    Lint(Box<LintArguments>),
    /// Say what a lint finds, why it matters and what to do, with examples
    Explain {
        /// The lint's id, as findings show it in brackets
        lint: String,
    },
    /// List all lints
    Lints,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Arguments of `migralint lint`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  migralint lint database/migration\n  migralint lint db/migrations/022_add_customer.sql\n  \
    migralint lint --format json --fail-on warning migrations")]
struct LintArguments {
    /// Directories of migrations; a single migration's file shows only what concerns that file [default: .]
    #[arg(value_name = "DIR")]
    paths: Vec<std::path::PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    format: Format,
    /// The least severity that makes the exit status 1 [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
    /// Run these lints only, whatever the configuration says
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    only: Vec<String>,
    /// Do not run these lints
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    skip: Vec<String>,
    /// The directory's layout, instead of recognising it
    #[arg(long, value_name = "NAME", ignore_case = true, value_parser = PossibleValuesParser::new(Kind::all().map(Kind::name)))]
    layout: Option<String>,
    /// The configuration file, instead of the migralint.yaml found upwards from the directory
    #[arg(long, value_name = "FILE")]
    config: Option<std::path::PathBuf>,
    /// When to colour the output; NO_COLOR is honoured
    #[arg(long, value_enum, default_value_t = ColourChoice::Auto)]
    color: ColourChoice,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Terminal,
    /// For scripts; see docs/report.schema.json
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum FailOn {
    Info,
    Warning,
    Error,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ColourChoice {
    Auto,
    Always,
    Never,
}

impl ColourChoice {
    fn enabled(self) -> bool {
        match self {
            ColourChoice::Always => true,
            ColourChoice::Never => false,
            ColourChoice::Auto => io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

/// Runs the command that the process's arguments name.
pub fn run() -> Status {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output and are no failure; clap knows which is which.
            let status = if error.use_stderr() { Status::Failed } else { Status::Clean };
            let _ = error.print();
            return status;
        }
    };
    // Standard output by itself writes line by line.
    let mut out = io::BufWriter::new(io::stdout().lock());
    match dispatch(arguments.command, &mut out).and_then(|status| out.flush().map(|()| status)) {
        Ok(status) => status,
        // Whoever read our output has seen enough (`migralint lints | head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Status::Clean,
        Err(error) => fail(&format!("cannot write the output: {error}")),
    }
}

fn dispatch(command: Command, out: &mut dyn Write) -> io::Result<Status> {
    match command {
        Command::Lint(arguments) => review::run(&arguments, out),
        Command::Explain { lint } => explain(&lint, out),
        Command::Lints => lints(out),
        Command::Completions { shell } => {
            // The generator panics where it cannot write.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "migralint", &mut script);
            out.write_all(&script)?;
            Ok(Status::Clean)
        }
    }
}

fn explain(id: &str, out: &mut dyn Write) -> io::Result<Status> {
    match find_lint(id) {
        Ok(lint) => write!(out, "{}", lint::explain::explain(&lint.card)).map(|()| Status::Clean),
        Err(message) => Ok(fail(&message)),
    }
}

fn lints(out: &mut dyn Write) -> io::Result<Status> {
    write!(out, "{}", lint::explain::list(builtin()))?;
    Ok(Status::Clean)
}

/// The lint of this id; otherwise a message that names the nearest.
fn find_lint(id: &str) -> Result<&'static Lint, String> {
    let ids = builtin().iter().map(|lint| lint.card.id.as_str());
    builtin().iter().find(|lint| lint.card.id == id).ok_or_else(|| {
        let hint = did_you_mean(id, ids).unwrap_or_else(|| "`migralint lints` lists them".to_owned());
        format!("there is no lint `{id}`; {hint}")
    })
}

/// Tells the user what went wrong, on standard error.
fn fail(message: &str) -> Status {
    let _ = writeln!(io::stderr(), "migralint: {message}");
    Status::Failed
}

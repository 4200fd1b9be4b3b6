//! The command line: arguments, one function per subcommand, exit statuses. Wiring only.

mod baseline;
mod config;
mod diff;
mod fix;
mod github;
mod history;
mod judging;
mod layout;
mod lint;
mod naming;
mod opened;
mod output;
mod own;
mod review;
mod schema;
mod target;
mod tenants;
mod version;
mod waiting;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use crate::report::escape::console;

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
    Lint(Box<lint::LintArguments>),
    /// Review what a branch does to its migrations
    Review(Box<review::ReviewArguments>),
    /// Bring the review to a pull request on GitHub: a comment, comments at lines, a summary
    Github(Box<github::GithubArguments>),
    /// Say which tool a directory belongs to, what runs in which order, and what never runs
    Layout(layout::LayoutArguments),
    /// Print the schema at any version: as SQL, JSON or a diagram
    Schema(Box<schema::SchemaArguments>),
    /// Compare two versions of the schema
    Diff(Box<diff::DiffArguments>),
    /// Show every statement that ever touched a table or column
    History(Box<history::HistoryArguments>),
    /// Say which table holds the tenants, which columns are keys to it, from what evidence, and how to override that
    Tenants(tenants::TenantsArguments),
    /// Write down today's findings, so that only new ones are shown
    Baseline(Box<baseline::BaselineArguments>),
    /// Print what is configured and why: every setting and the level of every lint
    Config(Box<config::ConfigArguments>),
    /// Say what a lint finds, why it matters and what to do, with examples
    Explain(own::ExplainArguments),
    /// List all lints, or test your own
    Lints(own::LintsArguments),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Terminal,
    /// For scripts
    Json,
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
            ColourChoice::Auto => {
                let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
                io::stdout().is_terminal() && !is_refused && !is_dumb
            }
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
    let mut out = io::BufWriter::new(waiting::Awaited::new(io::stdout().lock()));
    match dispatch(arguments.command, &mut out).and_then(|status| out.flush().map(|()| status)) {
        Ok(status) => status,
        // Whoever read our output has seen enough (`migralint lints | head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Status::Clean,
        Err(error) => fail(&format!("cannot write the output: {error}")),
    }
}

fn dispatch(command: Command, out: &mut dyn Write) -> io::Result<Status> {
    match command {
        Command::Lint(arguments) => lint::run(&arguments, out),
        Command::Review(arguments) => review::run(&arguments, out),
        Command::Github(arguments) => github::run(&arguments, out),
        Command::Layout(arguments) => layout::run(&arguments, out),
        Command::Schema(arguments) => schema::run(&arguments, out),
        Command::Diff(arguments) => diff::run(&arguments, out),
        Command::History(arguments) => history::run(&arguments, out),
        Command::Tenants(arguments) => tenants::run(&arguments, out),
        Command::Baseline(arguments) => baseline::run(&arguments, out),
        Command::Config(arguments) => config::run(&arguments, out),
        Command::Explain(arguments) => own::explain(&arguments, out),
        Command::Lints(arguments) => own::run(&arguments, out),
        Command::Completions { shell } => {
            // The generator panics where it cannot write.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "migralint", &mut script);
            out.write_all(&script)?;
            Ok(Status::Clean)
        }
    }
}

/// Tells the user what went wrong, on standard error.
fn fail(message: &str) -> Status {
    warn(message);
    Status::Failed
}

/// Tells the user something that is no part of the output, on standard error.
fn warn(message: &str) {
    let message = if output::in_workflow() { console(message) } else { message.to_owned() };
    waiting::erase();
    let _ = writeln!(io::stderr(), "migralint: {message}");
}

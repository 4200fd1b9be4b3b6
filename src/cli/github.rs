//! `migralint github`: from what a runner says to a review that is delivered.

#[cfg(feature = "github")]
mod online;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::judging::Judging;
use super::output::Files;
use super::target::Reading;

/// Arguments of `migralint github`.
#[derive(Debug, Args)]
#[command(after_help = "It runs in a workflow of GitHub Actions and takes everything else from there: the event, the repository, the \
    address of the API, and GITHUB_TOKEN, which needs `pull-requests: write` for comments. Without that the review goes to the step's \
    summary and annotations. docs/github.md says what is written when.\n\nExamples:\n  migralint github\n  \
    migralint github --fail-on warning db/migrations\n  migralint github --from review.json")]
pub(super) struct GithubArguments {
    /// Directories of migrations [default: those in which something changed]
    #[arg(value_name = "DIR", conflicts_with = "from")]
    paths: Vec<PathBuf>,
    /// The branch or commit to compare with, instead of what the event says
    #[arg(long, value_name = "REF", allow_hyphen_values = true, conflicts_with = "from")]
    base: Option<String>,
    /// Deliver what `migralint review --format json` wrote in an earlier run; nothing in it is believed
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// When there is to be a comment on the pull request
    #[arg(long, value_enum, default_value_t = Commented::OnFindings)]
    comment: Commented,
    /// Whether findings are told at their lines of the pull request
    #[arg(long, value_enum, default_value_t = Wanted::Always)]
    review: Wanted,
    /// Whether what is not told at its line becomes an annotation
    #[arg(long, value_enum, default_value_t = Wanted::Always)]
    annotations: Wanted,
    /// Tells the comments of several runs on one pull request apart: letters, digits, `-`, `_`, `.` and `/`
    #[arg(long, value_name = "WORD", default_value = "default")]
    comment_key: String,
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    files: Files,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Commented {
    /// Also when nothing was found
    Always,
    /// When something was found, or an earlier comment has to be put right
    OnFindings,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Wanted {
    Always,
    Never,
}

/// Says how to get what this build has not.
#[cfg(not(feature = "github"))]
pub(super) fn run(_: &GithubArguments, _: &mut dyn std::io::Write) -> std::io::Result<super::Status> {
    Ok(super::fail("this build has no network code; `cargo install migralint --features github` makes one that has"))
}

#[cfg(feature = "github")]
pub(super) use online::run;

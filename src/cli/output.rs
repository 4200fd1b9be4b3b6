//! In which formats findings are written, and where to.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::ColourChoice;
use crate::lint::{Check, Lint};
use crate::path::absolute;
use crate::report::escape::console;
use crate::report::{self, Report, Rule, Surroundings};

/// What the user says about how findings are to be written.
#[derive(Clone, Debug, Args)]
pub(super) struct Output {
    /// How findings are written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Terminal)]
    format: ReportFormat,
    #[command(flatten)]
    files: Files,
    /// When to colour the output; NO_COLOR is honoured
    #[arg(long, value_enum, default_value_t = ColourChoice::Auto)]
    color: ColourChoice,
}

/// The files that findings are to be written to.
#[derive(Clone, Debug, Args)]
pub(super) struct Files {
    /// Write them to a file as well, in another format; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_file)]
    output: Vec<(ReportFormat, PathBuf)>,
}

/// A format that findings can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// For people
    Terminal,
    /// For scripts; see docs/report.schema.json, of a review docs/review.schema.json
    Json,
    /// For comments and summaries
    Markdown,
    /// Annotations by GitHub's workflow commands
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// GitLab's Code Quality report
    Gitlab,
    /// JUnit's XML, for test reports
    Junit,
    /// Reviewdog Diagnostic Format
    Rdjson,
    /// Checkstyle's XML
    Checkstyle,
}

/// `sarif=report.sarif`
fn parse_file(text: &str) -> Result<(ReportFormat, PathBuf), String> {
    let Some((format, file)) = text.split_once('=').filter(|(_, file)| !file.is_empty()) else {
        return Err("write FORMAT=FILE, as in sarif=report.sarif".to_owned());
    };
    if file == "-" {
        return Err(format!("what goes to standard output is chosen with --format {format}"));
    }
    let format = ReportFormat::from_str(format, true).map_err(|_| {
        let names: Vec<String> =
            ReportFormat::value_variants().iter().filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned())).collect();
        format!("there is no format `{format}`; there are {}", names.join(", "))
    })?;
    Ok((format, PathBuf::from(file)))
}

impl Output {
    /// Writes the report everywhere it was asked for.
    ///
    /// # Errors
    /// Those of `out`, and of the files with their names.
    pub(super) fn write(&self, report: &Report, lints: &[Lint], out: &mut dyn Write) -> io::Result<()> {
        self.write_by(&|format, colour, out| render(format, report, lints, colour, out), out)
    }

    /// Writes what `render` makes of each format that was asked for; it is told whether to colour it.
    ///
    /// # Errors
    /// Those of `render` and `out`, and of the files with their names.
    pub(super) fn write_by(
        &self,
        render: &dyn Fn(ReportFormat, bool, &mut dyn Write) -> io::Result<()>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.files.write_by(render)?;
        if !in_workflow() {
            return render(self.format, self.color.enabled(), out);
        }
        let mut text = Vec::new();
        render(self.format, self.color.enabled(), &mut text)?;
        out.write_all(self.format.guarded(&String::from_utf8_lossy(&text)).as_bytes())
    }
}

impl Files {
    /// Writes what `render` makes of each format that was asked for.
    ///
    /// # Errors
    /// Those of `render`, and of the files with their names.
    pub(super) fn write_by(&self, render: &dyn Fn(ReportFormat, bool, &mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        for (format, file) in &self.output {
            let mut text = Vec::new();
            render(*format, false, &mut text)?;
            fs::write(file, text).map_err(|error| io::Error::new(error.kind(), format!("`{}`: {error}", file.display())))?;
        }
        Ok(())
    }
}

impl ReportFormat {
    /// The same report, in which a workflow's runner sees no command that is not ours.
    pub(super) fn guarded(self, text: &str) -> String {
        match self {
            ReportFormat::Terminal | ReportFormat::Markdown => console(text),
            // Every command is ours, and all text in it is escaped.
            ReportFormat::Github => text.replace("##[", "##\u{200b}["),
            ReportFormat::Json | ReportFormat::Sarif | ReportFormat::Gitlab | ReportFormat::Rdjson => text.replace("##[", "#\\u0023["),
            ReportFormat::Junit | ReportFormat::Checkstyle => text.replace("##[", "##&#91;"),
        }
    }
}

/// Writes text for people, in which a workflow's runner sees no command.
pub(super) fn for_people(out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if !in_workflow() {
        return write(out);
    }
    let mut text = Vec::new();
    write(&mut text)?;
    out.write_all(console(&String::from_utf8_lossy(&text)).as_bytes())
}

/// Whether a runner of GitHub Actions reads what is written, and obeys it.
pub(super) fn in_workflow() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Writes what `lints` found in any format.
///
/// # Errors
/// Those of `out`.
pub(super) fn render(format: ReportFormat, report: &Report, lints: &[Lint], colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let root = repository();
    let path = |path: &str| from_root(root.as_deref(), path);
    let surroundings = Surroundings { rule: &|id| rule(id, lints), path: &path };
    match format {
        ReportFormat::Terminal => report::terminal::render(report, colour, out),
        ReportFormat::Json => report::json::render(report, out),
        ReportFormat::Markdown => report::markdown::render(report, out),
        ReportFormat::Github => report::github::render(report, &surroundings, out),
        ReportFormat::Sarif => report::sarif::render(report, &surroundings, out),
        ReportFormat::Gitlab => report::gitlab::render(report, &surroundings, out),
        ReportFormat::Junit => report::junit::render(report, out),
        ReportFormat::Rdjson => report::rdjson::render(report, &surroundings, out),
        ReportFormat::Checkstyle => report::checkstyle::render(report, out),
    }
}

/// The root of the repository the user stands in.
fn repository() -> Option<PathBuf> {
    let here = absolute(Path::new("."));
    here.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_path_buf)
}

/// A path relative to the root instead of to where the user stands; as it is where there is no root or it lies outside.
fn from_root(root: Option<&Path>, path: &str) -> String {
    let inside = root.and_then(|root| absolute(Path::new(path)).strip_prefix(root).ok().map(Path::to_path_buf));
    let parts = inside.map(|inside| inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>());
    parts.map_or_else(|| path.to_owned(), |parts| parts.join("/"))
}

fn rule(id: &str, lints: &[Lint]) -> Option<Rule> {
    let lint = lints.iter().find(|lint| lint.card.id == id)?;
    let page = || format!("{}/blob/v{}/lints/{id}.yml", env!("CARGO_PKG_REPOSITORY"), env!("CARGO_PKG_VERSION"));
    let card = &lint.card;
    Some(Rule {
        id: card.id.clone(),
        title: card.title.clone(),
        why: card.why.clone(),
        fix: card.fix.clone(),
        severity: card.severity.severity().unwrap_or(crate::diagnostic::Severity::Info),
        url: (!matches!(lint.check, Check::Own(_))).then(page),
    })
}

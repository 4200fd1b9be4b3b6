//! The comment on a pull request.

use super::ReviewReport;

/// The review as GitHub's Markdown.
pub fn render(_report: &ReviewReport) -> String {
    String::new()
}

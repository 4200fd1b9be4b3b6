//! The `migralint` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    migralint::cli::run().into()
}

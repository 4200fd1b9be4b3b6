//! The `migralint` command.

fn main() {}

//! What `migralint github` does with a pull request, against a stand-in for GitHub's API that remembers, refuses and fails.

#[path = "../common/mod.rs"]
mod common;
mod comment;
mod desk;
mod end_to_end;
mod handover;
mod hostile;
mod inline;
mod mock;
mod refusals;
mod runner;

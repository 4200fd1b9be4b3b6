//! `action.yml` as a runner would run it: every step in order, with its conditions, environment and files.

#[path = "../common/mod.rs"]
mod common;
mod composite;
#[cfg(feature = "github")]
mod end_to_end;
mod examples;
mod install;
#[cfg(feature = "github")]
#[path = "../github/mock.rs"]
#[allow(dead_code)]
mod mock;
mod review;
#[cfg(feature = "github")]
#[path = "../github/runner.rs"]
#[allow(dead_code)]
mod runner;

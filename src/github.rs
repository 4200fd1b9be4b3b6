//! `migralint github`: brings a review to where people read it. The summary of the step always holds all of it; a pull
//! request gets one comment, which is found again and edited, and comments at its lines; what can be said nowhere else
//! becomes an annotation. Whatever GitHub refuses is told once and fails nothing: findings alone decide how a run ends.

pub mod api;
pub mod client;
pub mod comment;
pub mod delivery;
pub mod environment;
pub mod event;
pub mod handover;
pub mod hunks;
#[cfg(feature = "github")]
pub mod http;
pub mod inline;
pub mod marker;
pub mod runner;
pub mod suggestion;

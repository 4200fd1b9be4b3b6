//! The schema at one version, as people and tools look at it: JSON, diagrams, SQL with origins.

pub mod dot;
pub mod json;
pub mod mermaid;
pub mod origins;
pub mod select;
pub mod sql;

mod diagram;

//! Cuts SQL text into statements.

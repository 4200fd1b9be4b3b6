//! [`Schema::apply`]: what PostgreSQL does to its catalog, done to the model.

use super::{Applied, Change, Refusal};
use crate::schema::Schema;

impl Schema {
    /// Does one change. A refused change leaves the schema as it was, and replay goes on with the next.
    ///
    /// # Errors
    /// Where PostgreSQL would raise an error that can be known from the schema alone.
    pub fn apply(&mut self, _change: &Change) -> Result<Applied, Refusal> {
        Ok(Applied::default())
    }
}

//! What ends with a session: temporary objects and the search path.

use imbl::OrdMap;

use super::store::remove_table;
use crate::schema::{FunctionKey, Name, QualifiedName, Schema, TEMPORARY};

impl Schema {
    /// Ends the session: temporary objects are gone, and names are looked up as at first.
    pub fn end_session(&mut self) {
        // Every version keeps its own, which mostly says what is said here.
        if !matches!(self.search_path.as_slice(), [only] if *only == "public") {
            self.search_path = Schema::default().search_path;
        }
        for name in temporary(&self.tables) {
            remove_table(self, &name);
        }
        for name in temporary(&self.sequences) {
            self.sequences.remove(&name);
        }
        for name in temporary(&self.views) {
            self.views.remove(&name);
        }
        let first = FunctionKey { name: QualifiedName::new(TEMPORARY, Name::unnamed()), arguments: Vec::new() };
        let functions = self.functions.range(first..).map(|(key, _)| key);
        let functions: Vec<FunctionKey> = functions.take_while(|key| *key.name.schema == *TEMPORARY).cloned().collect();
        for key in functions {
            self.functions.remove(&key);
        }
    }
}

fn temporary<T>(objects: &OrdMap<QualifiedName, T>) -> Vec<QualifiedName> {
    let first = QualifiedName::new(TEMPORARY, Name::unnamed());
    let names = objects.range(first..).map(|(name, _)| name);
    names.take_while(|name| *name.schema == *TEMPORARY).cloned().collect()
}

//! Queries of `information_schema`.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::text::Text;
use super::Session;
use super::value::{Value, split_at};
use crate::schema::Name;
use crate::sql::{CatalogName, CatalogQuery, ConstraintClass, Scope};

impl Session<'_> {
    /// What `FROM information_schema.… WHERE …` asks for, where that is understood as a whole.
    pub(super) fn catalog_query(&self, text: &Text, tokens: Range<usize>) -> Option<CatalogQuery> {
        let (catalog, place) = text.qualified(tokens.start + 1)?;
        catalog.schema().filter(|schema| schema.eq_ignore_ascii_case("information_schema"))?;
        let condition = text.find(tokens.clone(), &["where"])?;
        // An alias at most, and nothing behind the condition.
        let is_plain = condition <= place.end + 2 && !text.is_symbol(place.end, ",");
        let ends = ["group", "order", "limit", "having", "or", "union"].iter().any(|word| text.find(tokens.clone(), &[word]).is_some());
        if !is_plain || ends {
            return None;
        }
        let mut asked = BTreeMap::new();
        for part in split_at(text, condition + 1..tokens.end, "and") {
            let (column, value) = self.equality(text, part)?;
            asked.insert(column, value);
        }
        of_catalog(&catalog.name.to_ascii_lowercase(), Asked { asked })
    }

    /// `column = value`.
    fn equality(&self, text: &Text, tokens: Range<usize>) -> Option<(String, Value)> {
        let mut tokens = tokens;
        while text.is_symbol(tokens.start, "(") && text.closing(tokens.start) + 1 == tokens.end {
            tokens = tokens.start + 1..tokens.end - 1;
        }
        let (column, place) = text.qualified(tokens.start)?;
        let name = column.name.to_ascii_lowercase();
        // A variable of this name hides the column.
        let is_column = text.is_symbol(place.end, "=") && !self.known.variables.contains_key(&name);
        is_column.then(|| (name, self.value(text, place.end + 1..tokens.end)))
    }
}

/// What a query asks for, by the catalog's columns.
struct Asked {
    asked: BTreeMap<String, Value>,
}

impl Asked {
    fn text(&mut self, column: &str) -> Option<Option<Name>> {
        match self.asked.remove(column) {
            Some(Value::Text(text)) => Some(Some(Name::from(text))),
            Some(_) => None,
            None => Some(None),
        }
    }

    /// Whether only the database that is used is looked at: there is no other in a history.
    fn is_of_this_database(&mut self) -> bool {
        let schemas = ["table_schema", "index_schema", "constraint_schema", "table_catalog"];
        schemas.iter().all(|column| matches!(self.asked.remove(*column), None | Some(Value::Database)))
    }
}

fn of_catalog(catalog: &str, mut asked: Asked) -> Option<CatalogQuery> {
    if !asked.is_of_this_database() {
        return None;
    }
    let named = |name: Name| CatalogName { scope: Scope::Current, name };
    let table = asked.text("table_name")?.map(named);
    let query = match catalog {
        "tables" => CatalogQuery::Relation { name: table?, kinds: Vec::new() },
        "columns" => CatalogQuery::Column { table: table?, column: asked.text("column_name")??, tests: Vec::new() },
        "statistics" => CatalogQuery::Index { table: Some(table?), name: named(asked.text("index_name")??) },
        "table_constraints" => {
            let name = asked.text("constraint_name")?;
            let kind = asked.text("constraint_type")?.map(|kind| class(&kind));
            let kind = match kind {
                Some(kind) => Some(kind?),
                None => None,
            };
            CatalogQuery::Constraint { table: Some(table?), name, kind, columns: Vec::new() }
        }
        "referential_constraints" => {
            let (name, kind) = (asked.text("constraint_name")??, Some(ConstraintClass::ForeignKey));
            CatalogQuery::Constraint { table: Some(table?), name: Some(name), kind, columns: Vec::new() }
        }
        "key_column_usage" => {
            let columns = asked.text("column_name")?.into_iter().collect();
            CatalogQuery::Constraint { table: Some(table?), name: Some(asked.text("constraint_name")??), kind: None, columns }
        }
        _ => return None,
    };
    asked.asked.is_empty().then_some(query)
}

fn class(kind: &str) -> Option<ConstraintClass> {
    Some(match kind.to_ascii_uppercase().as_str() {
        "PRIMARY KEY" => ConstraintClass::PrimaryKey,
        "UNIQUE" => ConstraintClass::Unique,
        "FOREIGN KEY" => ConstraintClass::ForeignKey,
        "CHECK" => ConstraintClass::Check,
        _ => return None,
    })
}

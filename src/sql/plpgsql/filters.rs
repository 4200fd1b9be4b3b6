//! The filters of a catalog query, taken one by one: what nobody takes was not understood.

use std::cell::RefCell;

use super::catalog::{ColumnReference, Fact, Object, Query, Test, regclass};
use crate::schema::Name;
use crate::sql::{CatalogName, Scope};

/// Filters that every object a migration can make passes: a column and what it must be.
const ALWAYS_TRUE: [(&str, Test); 4] = [
    ("attnum", Test::Positive),
    ("attisdropped", Test::Is(Object::Truth(false))),
    ("tgisinternal", Test::Is(Object::Truth(false))),
    ("indisvalid", Test::Is(Object::Truth(true))),
];

/// Columns that hold the current database's name.
const DATABASES: [&str; 5] = ["table_catalog", "constraint_catalog", "schema_catalog", "catalog_name", "trigger_catalog"];

/// A query's filters.
pub(super) struct Filters<'a> {
    pub(super) query: &'a Query,
    /// Those nobody has asked for yet.
    open: RefCell<Vec<Fact>>,
}

impl<'a> Filters<'a> {
    pub(super) fn new(query: &'a Query, facts: Vec<Fact>) -> Self {
        Self { query, open: RefCell::new(facts) }
    }

    pub(super) fn is_open(&self, column: &str) -> bool {
        self.open.borrow().iter().any(|fact| fact.column.column == *column)
    }

    /// The filter of a column, which is then understood.
    pub(super) fn take(&self, column: &str) -> Option<Test> {
        self.take_of(None, column)
    }

    pub(super) fn take_of(&self, alias: Option<&Name>, column: &str) -> Option<Test> {
        let mut open = self.open.borrow_mut();
        let is_meant = |fact: &Fact| {
            let same_relation = alias.is_none() || fact.column.alias.is_none() || fact.column.alias.as_ref() == alias;
            fact.column.column == *column && same_relation
        };
        let index = open.iter().position(is_meant)?;
        Some(open.remove(index).test)
    }

    pub(super) fn text(&self, column: &str) -> Option<Name> {
        self.text_of(None, column)
    }

    pub(super) fn text_of(&self, alias: Option<&Name>, column: &str) -> Option<Name> {
        match self.take_of(alias, column)? {
            Test::Is(Object::Text(text)) => Some(as_stored(&text)),
            _ => None,
        }
    }

    /// `Some(None)` where nothing is asked of the column, `None` where something that is not understood is.
    pub(super) fn optional_text(&self, column: &str) -> Option<Option<Name>> {
        match self.take(column) {
            None => Some(None),
            Some(Test::Is(Object::Text(text))) => Some(Some(as_stored(&text))),
            Some(_) => None,
        }
    }

    /// The schema a filter on a schema's name selects.
    pub(super) fn scope(&self, column: &str) -> Scope {
        self.scope_of(None, column)
    }

    pub(super) fn scope_of(&self, alias: Option<&Name>, column: &str) -> Scope {
        let test = self.take_of(alias, column);
        match test {
            Some(Test::Is(Object::Text(schema))) => Scope::Schema(schema.into()),
            Some(Test::Is(Object::Schemas(scope))) => scope,
            Some(Test::Is(Object::Named(name))) => Scope::Schema(name.name),
            Some(test) => {
                // Not understood: it goes back, so that the query as a whole is not either.
                let column = ColumnReference { alias: alias.cloned(), column: column.into() };
                self.open.borrow_mut().push(Fact { column, test });
                Scope::Anywhere
            }
            None => Scope::Anywhere,
        }
    }

    /// An object by a schema's and its own name in the same relation.
    pub(super) fn flat(&self, schema: &str, name: &str) -> Option<CatalogName> {
        let name = self.text(name)?;
        // Joined views repeat the schema; their filters say the same.
        let scope = self.scope(schema);
        Some(CatalogName { scope, name })
    }

    /// An object of `pg_class`, `pg_type` or `pg_proc`, whose schema is an oid.
    pub(super) fn named(&self, name: &str, schema: &str) -> Option<CatalogName> {
        let name = self.text(name)?;
        Some(CatalogName { scope: self.schema_of(schema).unwrap_or(Scope::Anywhere), name })
    }

    /// The schema behind an oid column: by `'x'::regnamespace` or a join with `pg_namespace`.
    pub(super) fn schema_of(&self, column: &str) -> Option<Scope> {
        if self.is_open(column) {
            return Some(self.scope(column));
        }
        let partner = self.partner(None, column)?;
        Some(self.scope_of(partner.alias.as_ref(), "nspname"))
    }

    /// The other side of a join with this column.
    pub(super) fn partner(&self, alias: Option<&Name>, column: &str) -> Option<&ColumnReference> {
        let is_meant =
            |side: &ColumnReference| side.column == *column && (alias.is_none() || side.alias.is_none() || side.alias.as_ref() == alias);
        self.query.joins.iter().find_map(|(left, right)| match (is_meant(left), is_meant(right)) {
            (true, _) => Some(right),
            (_, true) => Some(left),
            _ => None,
        })
    }

    /// The object an oid column points to: by `'x'::regclass` or a join with the catalog that names it.
    pub(super) fn reference(&self, column: &str, name: &str, schema: &str) -> Option<CatalogName> {
        match self.take(column) {
            Some(Test::Is(Object::Named(name))) => return Some(name),
            Some(Test::Is(Object::Text(text))) => return regclass(&text),
            Some(_) => return None,
            None => {}
        }
        let partner = self.partner(None, column)?.clone();
        let alias = partner.alias.as_ref();
        if let Some(Test::Is(Object::Named(name))) = self.take_of(alias, "oid") {
            return Some(name);
        }
        let name = self.text_of(alias, name)?;
        let scope = match self.partner(alias, schema) {
            Some(namespace) => self.scope_of(namespace.alias.as_ref(), "nspname"),
            None => self.scope_of(alias, schema),
        };
        Some(CatalogName { scope, name })
    }

    /// Whether nothing is left but filters that everything passes.
    pub(super) fn all_understood(&self) -> bool {
        self.open.borrow().iter().all(|fact| {
            let database = DATABASES.contains(&&*fact.column.column) && fact.test == Test::Is(Object::Database);
            database
                || ALWAYS_TRUE.iter().any(|(column, test)| fact.column.column == **column && fact.test == *test)
                || is_repeated_schema(fact)
        })
    }
}

/// `table_schema` stands in several joined views.
fn is_repeated_schema(fact: &Fact) -> bool {
    matches!(&*fact.column.column, "table_schema" | "constraint_schema")
        && matches!(fact.test, Test::Is(Object::Text(_) | Object::Schemas(_)))
}

/// A text compared with a name is cut to a name's length first.
fn as_stored(text: &str) -> Name {
    let mut end = text.len().min(Name::MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].into()
}

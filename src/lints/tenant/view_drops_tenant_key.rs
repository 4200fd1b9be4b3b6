//! A view over scoped tables that neither shows nor filters by the tenant key.

use super::{Place, all_together, established};
use crate::lint::tenancy::{Tenancy, key_noun};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Name, Schema, View};

pub fn check(context: &SchemaContext) -> Vec<Finding> {
    let Some((tenancy, root)) = established(context) else { return Vec::new() };
    let views = context.schema.views.values().filter(|view| view.columns_known && !context.schema.is_uncertain(&view.name));
    let places = views.filter_map(|view| place(context.schema, tenancy, &root.noun, view)).collect();
    all_together(context, places, "view", "")
}

fn place(schema: &Schema, tenancy: &Tenancy, noun: &str, view: &View) -> Option<Place> {
    let scoped = view.relations.iter().find(|relation| tenancy.is_scoped(relation))?;
    let is_key = |column: &Name| key_noun(column).as_deref() == Some(noun) || tenancy.key(scoped, column).is_some();
    let shown = view.columns.iter().any(is_key);
    let filtered = view.column_references.iter().any(|(_, column)| is_key(column));
    let of_root = view.relations.iter().any(|relation| tenancy.role(relation) == Some(&crate::lint::tenancy::Role::Root));
    (!shown && !filtered && !of_root && schema.table(scoped).is_some()).then(|| Place {
        span: view.span,
        object: view.name.to_string(),
        label: format!("the view `{}` reads `{}` of all tenants and does not show whose a row is", view.name.name, scoped.name),
        sql: String::new(),
    })
}

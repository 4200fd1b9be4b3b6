//! What well-known extensions bring along, and what an unknown one might.

use super::dependents::{Dependents, Object};
use crate::schema::{Name, Schema};

/// Types and functions of an extension that schemas commonly depend on.
struct Contents {
    extension: &'static str,
    types: &'static [&'static str],
    functions: &'static [&'static str],
    operator_classes: &'static [&'static str],
}

const KNOWN: &[Contents] = &[
    Contents { extension: "citext", types: &["citext"], functions: &[], operator_classes: &["citext_ops"] },
    Contents { extension: "hstore", types: &["hstore"], functions: &[], operator_classes: &["gin_hstore_ops"] },
    Contents { extension: "ltree", types: &["ltree", "lquery", "ltxtquery"], functions: &[], operator_classes: &[] },
    Contents { extension: "postgis", types: &["geometry", "geography", "box2d", "box3d"], functions: &[], operator_classes: &[] },
    Contents { extension: "vector", types: &["vector", "halfvec", "sparsevec"], functions: &[], operator_classes: &[] },
    Contents {
        extension: "uuid-ossp",
        types: &[],
        functions: &["uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v3", "uuid_generate_v4", "uuid_generate_v5", "uuid_nil"],
        operator_classes: &[],
    },
    Contents { extension: "pg_trgm", types: &[], functions: &["similarity"], operator_classes: &["gin_trgm_ops", "gist_trgm_ops"] },
    Contents { extension: "moddatetime", types: &[], functions: &["moddatetime"], operator_classes: &[] },
    Contents { extension: "unaccent", types: &[], functions: &["unaccent"], operator_classes: &[] },
];

/// Whether a function may be an extension's or built in.
pub(super) fn may_have_function(schema: &Schema, name: &Name) -> bool {
    const BUILT_IN: &[&str] = &["tsvector_update_trigger", "tsvector_update_trigger_column", "suppress_redundant_updates_trigger"];
    !schema.extensions.is_empty()
        || BUILT_IN.contains(&name.as_str())
        || KNOWN.iter().any(|contents| contents.functions.contains(&name.as_str()))
}

/// Whether a type may be an extension's.
pub(super) fn may_have_type(schema: &Schema, name: &Name) -> bool {
    !schema.extensions.is_empty() || KNOWN.iter().any(|contents| contents.types.contains(&name.as_str()))
}

/// Whether there may be casts and operators between types that are built in.
pub(super) fn may_relate_types(schema: &Schema) -> bool {
    const WITHOUT: &[&str] = &["btree_gin", "btree_gist", "pg_stat_statements", "pgcrypto", "plpgsql", "tablefunc", "timescaledb"];
    let is_known = |name: &Name| WITHOUT.contains(&name.as_str()) || KNOWN.iter().any(|contents| *name == contents.extension);
    schema.uncertainty.conversions || !schema.extensions.keys().all(is_known)
}

/// Columns, defaults and indexes that need a well-known extension.
pub(super) fn dependents(schema: &Schema, extension: &Name) -> Dependents {
    let Some(contents) = KNOWN.iter().find(|contents| *extension == contents.extension) else { return Dependents::default() };
    let mut others = Vec::new();
    for table in schema.tables.values() {
        for column in &table.columns {
            let data_type = &column.data_type.value.name;
            if contents.types.contains(&data_type.name.as_str()) && !schema.types.contains_key(data_type) {
                others.push(Object::Column(table.name.clone(), column.name.clone()));
            }
            let calls = |name: &Name| contents.functions.contains(&name.as_str());
            let default = column.default.as_ref().map(|default| &default.value.tree);
            if default.is_some_and(|tree| super::dependents::calls(tree, &|name| calls(&name.name))) {
                others.push(Object::Default(table.name.clone(), column.name.clone()));
            }
        }
        for index in &table.indexes {
            let mut classes = index.keys.iter().filter_map(|key| key.operator_class.as_ref());
            if classes.any(|class| contents.operator_classes.contains(&class.name.as_str())) {
                others.push(Object::Index(crate::schema::QualifiedName::new(table.name.schema.clone(), index.name.clone())));
            }
        }
    }
    Dependents { parts: Vec::new(), others }
}

//! The part of a schema that somebody asked for.

use std::sync::Arc;

use imbl::OrdMap;

use crate::schema::{Name, QualifiedName, Schema};

/// What is to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// These tables and views only, with what belongs to them.
    pub relations: Option<Vec<QualifiedName>>,
    /// What lives in these schemas only.
    pub namespaces: Option<Vec<Name>>,
}

impl Selection {
    /// The schema without what was not asked for.
    pub fn of(&self, schema: &Schema) -> Schema {
        let mut shown = schema.clone();
        if let Some(namespaces) = &self.namespaces {
            keep_namespaces(&mut shown, namespaces);
        }
        if let Some(relations) = &self.relations {
            keep_relations(&mut shown, relations);
        }
        shown
    }
}

fn keep_namespaces(schema: &mut Schema, namespaces: &[Name]) {
    let wanted = |name: &QualifiedName| namespaces.contains(&name.schema);
    // `public` is there in every database unless it was dropped: leaving it out would say that it was.
    keep(&mut schema.namespaces, |name| *name == "public" || namespaces.contains(name));
    keep(&mut schema.tables, wanted);
    keep(&mut schema.views, wanted);
    keep(&mut schema.types, wanted);
    keep(&mut schema.sequences, wanted);
    keep(&mut schema.functions, |key| wanted(&key.name));
    schema.extensions = schema
        .extensions
        .iter()
        .filter(|(_, extension)| extension.schema.as_ref().is_some_and(|schema| namespaces.contains(schema)))
        .map(|(name, extension)| (name.clone(), Arc::clone(extension)))
        .collect();
}

fn keep_relations(schema: &mut Schema, relations: &[QualifiedName]) {
    keep(&mut schema.namespaces, |name| *name == "public" || relations.iter().any(|relation| relation.schema == *name));
    keep(&mut schema.tables, |name| relations.contains(name));
    keep(&mut schema.views, |name| relations.contains(name));
    schema.sequences = schema
        .sequences
        .iter()
        .filter(|(_, sequence)| sequence.owned_by.as_ref().is_some_and(|(table, _)| relations.contains(table)))
        .map(|(name, sequence)| (name.clone(), Arc::clone(sequence)))
        .collect();
    schema.types = OrdMap::new();
    schema.functions = OrdMap::new();
    schema.extensions = OrdMap::new();
}

fn keep<K: Ord + Clone, V>(map: &mut OrdMap<K, Arc<V>>, wanted: impl Fn(&K) -> bool) {
    *map = map.iter().filter(|(key, _)| wanted(key)).map(|(key, value)| (key.clone(), Arc::clone(value))).collect();
}

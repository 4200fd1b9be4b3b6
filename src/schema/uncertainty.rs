//! What replay could not follow, and which objects that leaves in doubt.

use imbl::OrdSet;
use imbl::ordset::DiffItem;

use super::{QualifiedName, RelationKind, Schema};
use crate::source::Span;

/// Stands for the part of a name that is not known.
pub const UNKNOWN_PART: char = '…';

/// What a statement that replay could not model may have touched.
///
/// A lint that would depend on an uncertain object stays quiet, and replay refuses nothing about it.
/// In the sets of patterns, [`UNKNOWN_PART`] stands for any part of a schema's or an object's name.
#[derive(Clone, Debug, Default)]
pub struct Uncertainty {
    /// The first statement that may have touched anything at all.
    pub everything: Option<Span>,
    /// Relations that may exist, be gone, or look different.
    pub relations: OrdSet<QualifiedName>,
    /// The same of all relations whose names match.
    pub patterns: OrdSet<QualifiedName>,
    /// Patterns of names that may have been given to new objects or taken from indexes and sequences. Tables and views
    /// that are known to exist are none of those.
    pub created: OrdSet<QualifiedName>,
    /// Patterns of tables whose triggers, policies and rules may be others.
    pub attachments: OrdSet<QualifiedName>,
    /// Whether casts or operators of the user's own may bring types together that PostgreSQL by itself keeps apart.
    pub conversions: bool,
}

impl Uncertainty {
    /// Adds all that is uncertain in another version.
    pub fn join(&mut self, other: Uncertainty) {
        self.everything = self.everything.or(other.everything);
        join_sets(&mut self.relations, &other.relations);
        join_sets(&mut self.patterns, &other.patterns);
        join_sets(&mut self.created, &other.created);
        join_sets(&mut self.attachments, &other.attachments);
        self.conversions |= other.conversions;
    }

    /// Whether one is an untouched copy of the other.
    pub(super) fn is_same_version(&self, other: &Uncertainty) -> bool {
        self.everything == other.everything
            && self.relations.ptr_eq(&other.relations)
            && self.patterns.ptr_eq(&other.patterns)
            && self.created.ptr_eq(&other.created)
            && self.attachments.ptr_eq(&other.attachments)
            && self.conversions == other.conversions
    }

    /// Whether a statement that could not be followed names this relation, in part at least.
    pub fn names(&self, relation: &QualifiedName) -> bool {
        let in_part = |patterns: &OrdSet<QualifiedName>| {
            let mut named = patterns.iter().filter(|pattern| pattern.name.chars().any(|character| character != UNKNOWN_PART));
            named.any(|pattern| pattern_matches(pattern, relation))
        };
        self.relations.contains(relation) || in_part(&self.patterns) || in_part(&self.created)
    }

    /// Whether nothing is known to be in doubt about relations that are in the schema.
    pub fn spares_relations(&self) -> bool {
        self.everything.is_none() && self.relations.is_empty() && self.patterns.is_empty()
    }
}

impl Schema {
    /// Whether replay may be wrong about this relation, because a statement it could not follow may have touched it.
    pub fn is_uncertain(&self, relation: &QualifiedName) -> bool {
        let uncertainty = &self.uncertainty;
        uncertainty.everything.is_some()
            || uncertainty.relations.contains(relation)
            || matches_any(&uncertainty.patterns, relation)
            || (matches_any(&uncertainty.created, relation)
                && !matches!(self.relation(relation), Some(RelationKind::Table | RelationKind::View)))
    }

    /// Whether replay may be wrong about a table's triggers, policies and rules.
    pub fn has_uncertain_attachments(&self, table: &QualifiedName) -> bool {
        self.is_uncertain(table) || matches_any(&self.uncertainty.attachments, table)
    }
}

/// Adds what only `other` has. The two mostly are versions of one set, whose common parts are passed over.
fn join_sets(names: &mut OrdSet<QualifiedName>, other: &OrdSet<QualifiedName>) {
    let added = |item| match item {
        DiffItem::Add(name) => Some(QualifiedName::clone(name)),
        DiffItem::Remove(_) => None,
    };
    let missing: Vec<QualifiedName> = names.diff(other).filter_map(added).collect();
    names.extend(missing);
}

fn matches_any(patterns: &OrdSet<QualifiedName>, name: &QualifiedName) -> bool {
    // Mostly there are none, and setting up an iterator takes its time.
    !patterns.is_empty() && patterns.iter().any(|pattern| pattern_matches(pattern, name))
}

fn pattern_matches(pattern: &QualifiedName, name: &QualifiedName) -> bool {
    let schema = name.schema().is_none_or(|schema| pattern.schema().is_none_or(|pattern| matches(pattern, schema)));
    schema && matches(&pattern.name, &name.name)
}

/// Whether a name fits a pattern. Parts are found from left to right, which is enough as they stand for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((prefix, rest)) = pattern.split_once(UNKNOWN_PART) else { return pattern == name };
    let Some(mut left) = name.strip_prefix(prefix) else { return false };
    let (middle, suffix) = rest.rsplit_once(UNKNOWN_PART).unwrap_or(("", rest));
    for part in middle.split(UNKNOWN_PART) {
        let Some((_, behind)) = left.split_once(part) else { return false };
        left = behind;
    }
    left.ends_with(suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_part_stands_for_anything() {
        let cases = [
            ("a", "a", true),
            ("a", "ab", false),
            ("a…", "abc", true),
            ("a…", "a", true),
            ("…_new", "events_new", true),
            ("…_new", "events_newer", false),
            ("a…b…c", "a1b2c", true),
            ("a…b…c", "a1c", false),
            ("a…a", "a", false),
            ("…", "anything", true),
            ("…x…", "axb", true),
            ("…x…", "ab", false),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_name_that_may_have_been_given_leaves_existing_tables_certain() {
        let span = Span::new(crate::source::SourceMap::default().add("a.sql", ""), 0..0);
        let mut schema = Schema::default();
        let name = QualifiedName::new("public", "task_events");
        schema.uncertainty.created.insert(QualifiedName::unqualified("task_…"));
        assert!(schema.is_uncertain(&name));
        let table = super::super::Table::new(name.clone(), span);
        schema.tables.insert(name.clone(), table.into());
        assert!(!schema.is_uncertain(&name));
    }
}

//! Which names indexes and constraints have.

use imbl::OrdMap;

use super::QualifiedName;

/// The indexes and constraints of all tables by schema and name. The two are kept in one map, since most indexes are those of
/// a constraint of the same name, and each version of a schema has its own copy of the part that it changed.
#[derive(Clone, Debug, Default)]
pub struct Members(OrdMap<QualifiedName, Member>);

/// What is called by a name.
#[derive(Clone, Debug, Default)]
struct Member {
    /// The table or materialized view of the index of this name.
    index_of: Option<QualifiedName>,
    /// How many tables of the schema have a constraint of this name.
    constraints: u32,
}

impl Members {
    /// The table or materialized view that an index belongs to.
    pub fn index_table(&self, index: &QualifiedName) -> Option<&QualifiedName> {
        self.0.get(index)?.index_of.as_ref()
    }

    /// The names of all indexes, in order.
    pub fn indexes(&self) -> impl Iterator<Item = &QualifiedName> {
        self.0.iter().filter(|(_, member)| member.index_of.is_some()).map(|(name, _)| name)
    }

    /// Whether a constraint has this name: implicit names avoid it.
    pub fn has_constraint(&self, name: &QualifiedName) -> bool {
        self.0.get(name).is_some_and(|member| member.constraints > 0)
    }

    /// Notes whose an index is.
    pub fn add_index(&mut self, index: QualifiedName, of: QualifiedName) {
        self.0.entry(index).or_default().index_of = Some(of);
    }

    /// Forgets an index.
    pub fn remove_index(&mut self, index: &QualifiedName) {
        self.edit(index, |member| member.index_of = None);
    }

    /// Notes a constraint of one more table.
    pub fn add_constraint(&mut self, constraint: QualifiedName) {
        self.0.entry(constraint).or_default().constraints += 1;
    }

    /// Forgets a constraint of one table.
    pub fn remove_constraint(&mut self, constraint: &QualifiedName) {
        self.edit(constraint, |member| member.constraints = member.constraints.saturating_sub(1));
    }

    fn edit(&mut self, name: &QualifiedName, edit: impl FnOnce(&mut Member)) {
        let Some(member) = self.0.get_mut(name) else { return };
        edit(member);
        if member.index_of.is_none() && member.constraints == 0 {
            self.0.remove(name);
        }
    }
}

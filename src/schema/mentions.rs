//! Which objects have mentioned a name: what has to be looked through when something of this name is dropped or renamed.

use std::sync::Arc;

use imbl::OrdSet;

use super::{Function, Name, QualifiedName, Schema, Sequence, Table, TypeDefinition, View};

/// Every mention of a name in the definition of another object, by the name alone, whatever schema it is in.
///
/// A mention stays when it is taken back or its object is gone: what is found here has to be looked at. So most changes
/// leave this as it is, which matters, as every version of a schema is kept.
#[derive(Clone, Debug, Default)]
pub struct Mentions(OrdSet<(Name, Holder)>);

/// An object that mentions others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// A table.
    Table(QualifiedName),
    /// A view.
    View(QualifiedName),
    /// A sequence.
    Sequence(QualifiedName),
    /// A type.
    Type(QualifiedName),
    /// The functions of a name.
    Function(QualifiedName),
}

impl Mentions {
    /// Notes that an object mentions a name.
    pub fn insert(&mut self, name: &Name, by: &Holder) {
        let mention = (name.clone(), by.clone());
        // Looking is cheaper than copying a part of the set for nothing.
        if !self.0.contains(&mention) {
            self.0.insert(mention);
        }
    }

    fn of<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Holder> {
        let first = (name.clone(), Holder::Table(QualifiedName::unqualified(Name::unnamed())));
        self.0.range(first..).take_while(move |(mentioned, _)| mentioned == name).map(|(_, holder)| holder)
    }
}

impl Schema {
    /// Tables that may mention the name, in order.
    pub fn tables_mentioning<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Arc<Table>> {
        let table = |holder: &'a Holder| if let Holder::Table(name) = holder { self.tables.get(name) } else { None };
        self.mentions.of(name).filter_map(table)
    }

    /// Views that may mention the name, in order.
    pub fn views_mentioning<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Arc<View>> {
        let view = |holder: &'a Holder| if let Holder::View(name) = holder { self.views.get(name) } else { None };
        self.mentions.of(name).filter_map(view)
    }

    /// Sequences that may mention the name, in order.
    pub fn sequences_mentioning<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Arc<Sequence>> {
        let sequence = |holder: &'a Holder| if let Holder::Sequence(name) = holder { self.sequences.get(name) } else { None };
        self.mentions.of(name).filter_map(sequence)
    }

    /// Types that may mention the name, in order.
    pub fn types_mentioning<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Arc<TypeDefinition>> {
        let definition = |holder: &'a Holder| if let Holder::Type(name) = holder { self.types.get(name) } else { None };
        self.mentions.of(name).filter_map(definition)
    }

    /// Functions that may mention the name, in order.
    pub fn functions_mentioning<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Function> {
        let named = |holder: &'a Holder| if let Holder::Function(name) = holder { Some(name) } else { None };
        self.mentions.of(name).filter_map(named).flat_map(|name| self.functions_named(name))
    }
}

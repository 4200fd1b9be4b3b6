//! Where each object of a schema comes from: what made it, and what changed it last.

use std::collections::HashMap;

use crate::difference::{DifferenceKind, Object};
use crate::history::{Deed, Touch};
use crate::schema::QualifiedName;
use crate::source::Span;

/// For objects of one version of a schema, the place that changed each last after it was made.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    changed: HashMap<Object, Span>,
}

impl Origins {
    /// What the touches up to a version say of the objects that are left then.
    pub fn new<'a>(touches: impl Iterator<Item = &'a Touch>) -> Self {
        let mut origins = Self::default();
        for touch in touches {
            origins.follow(touch);
        }
        origins
    }

    /// The place that changed an object last; `None` where nothing has since it was made.
    pub fn changed(&self, object: &Object) -> Option<Span> {
        self.changed.get(object).copied()
    }

    fn follow(&mut self, touch: &Touch) {
        match &touch.deed {
            Deed::Differs(difference) => match difference.kind {
                DifferenceKind::Altered { .. } => self.change(&difference.object, touch.span),
                DifferenceKind::Added | DifferenceKind::Removed => {
                    self.forget(&difference.object);
                    self.change_owner(&difference.object, touch.span);
                }
            },
            Deed::Renamed { from, to } => {
                self.rename(from, to);
                self.change(to, touch.span);
            }
            Deed::Data { .. } | Deed::Truncated(_) => {}
        }
    }

    fn change(&mut self, object: &Object, span: Span) {
        self.changed.insert(object.clone(), span);
        self.change_owner(object, span);
    }

    /// What changes a part of a table changes the table.
    fn change_owner(&mut self, object: &Object, span: Span) {
        if let Some(table) = object.relation()
            && !matches!(object, Object::Table(_) | Object::View(_) | Object::Sequence(_))
        {
            self.changed.insert(Object::Table(table.clone()), span);
        }
    }

    /// The next object of this name is another one.
    fn forget(&mut self, object: &Object) {
        self.changed.remove(object);
        if let Object::Table(table) = object {
            self.changed.retain(|object, _| object.relation() != Some(table));
        }
    }

    fn rename(&mut self, from: &Object, to: &Object) {
        if let Some(span) = self.changed.remove(from) {
            self.changed.insert(to.clone(), span);
        }
        let (Object::Table(old), Object::Table(new)) = (from, to) else { return };
        let parts: Vec<Object> = self.changed.keys().filter(|object| object.relation() == Some(old)).cloned().collect();
        for part in parts {
            if let Some(span) = self.changed.remove(&part) {
                self.changed.insert(moved(part, new), span);
            }
        }
    }
}

/// A part of a table that got another name.
fn moved(part: Object, table: &QualifiedName) -> Object {
    let table = table.clone();
    match part {
        Object::Column(_, name) => Object::Column(table, name),
        Object::Constraint(_, name) => Object::Constraint(table, name),
        Object::Index(_, name) => Object::Index(table, name),
        Object::Trigger(_, name) => Object::Trigger(table, name),
        Object::Policy(_, name) => Object::Policy(table, name),
        other => other,
    }
}

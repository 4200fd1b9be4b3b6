//! Views of databases that let go of what a view uses: the view stays, and fails when it is read.

use crate::change::{Change, ChangeKind, ObjectReference};
use crate::lint::{Finding, SchemaContext};
use crate::schema::{Dialect, QualifiedName, Schema, View};
use crate::source::Span;

/// Views that name a table or view which was dropped, or renamed where renames are not carried into views.
pub fn stale(context: &SchemaContext) -> Vec<Finding> {
    if context.schema.dialect == Dialect::Postgres || context.schema.views.is_empty() {
        return Vec::new();
    }
    let ups = context.history.history.migrations.iter().flat_map(|migration| &migration.up);
    let changes: Vec<&Change> = ups.flat_map(|statement| statement.changes()).collect();
    let views = context.schema.views.values().filter(|view| !context.schema.is_uncertain(&view.name));
    views.filter_map(|view| finding(context.schema, &changes, view)).collect()
}

fn finding(schema: &Schema, changes: &[&Change], view: &View) -> Option<Finding> {
    let written = view.changed.back().copied().unwrap_or(view.span);
    let made = changes.iter().rposition(|change| change.span == written)?;
    let (taken, gone, action) = changes.iter().skip(made + 1).rev().find_map(|change| taken_away(schema, view, change))?;
    let (view, gone) = (&view.name.name, &gone.name);
    let message = format!("{action} breaks the view `{view}`, which still names `{gone}` and fails when it is read");
    let finding = Finding::new(taken, message).object(view).because(written, format!("`{view}` is made here"));
    Some(finding.help("replace or drop the view in the same migration"))
}

/// What a change took away from the view for good, and how.
fn taken_away<'a>(schema: &Schema, view: &View, change: &'a Change) -> Option<(Span, &'a QualifiedName, String)> {
    let uses = |name: &str| view.relations.iter().any(|relation| relation.name.eq_ignore_ascii_case(name));
    let (gone, action) = match &change.kind {
        ChangeKind::Drop { object: ObjectReference::Table(name) | ObjectReference::View(name), .. } if uses(&name.name) => {
            (name, format!("dropping `{}`", name.name))
        }
        // The model carries the new name into the view; SQLite does so as well.
        ChangeKind::Rename { object: ObjectReference::Table(name), to, .. } if uses(to) && schema.dialect != Dialect::Sqlite => {
            (name, format!("renaming `{}` to `{to}`", name.name))
        }
        _ => return None,
    };
    let is_there = schema.tables.keys().chain(schema.views.keys()).any(|there| there.name.eq_ignore_ascii_case(&gone.name));
    (!is_there).then_some((change.span, gone, action))
}

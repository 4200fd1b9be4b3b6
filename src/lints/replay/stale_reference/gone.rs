//! Names in a function's body that meant something once, since the function was made, and mean nothing at the end.

use std::collections::BTreeSet;

use super::shown;
use crate::history::{History, Migration};
use crate::lint::SchemaContext;
use crate::schema::{Function, Name, QualifiedName, RelationKind, Schema, TEMPORARY};
use crate::source::Span;
use crate::sql::mentions::{self, ColumnMention, Mentions, StatementMentions};

/// Something a function names that is gone.
pub struct Gone {
    /// The relation, with the schema it was in.
    pub relation: QualifiedName,
    /// The column, where only that is gone.
    pub column: Option<Name>,
    /// Where the function names it.
    pub mention: Span,
    /// Index of the migration in which it went.
    pub migration: usize,
    /// Where the function was made: what went before that does not count.
    pub function: Span,
    /// Whether that was in the same migration.
    pub with_function: bool,
    /// `schema.table.column`.
    pub path: String,
}

impl Gone {
    /// In backticks.
    pub fn describe(&self) -> String {
        match &self.column {
            Some(column) => format!("`{}.{column}`", shown(&self.relation)),
            None => format!("`{}`", shown(&self.relation)),
        }
    }
}

/// What the function names that is gone; `triggered_by` are the tables whose triggers call it.
pub fn in_function(context: &SchemaContext, function: &Function, triggered_by: &[QualifiedName]) -> Vec<Gone> {
    // A function of one session is gone with it, and a trigger function that no trigger calls cannot run.
    let is_trigger = function.returns.as_ref().is_some_and(|returns| returns.name.name == "trigger");
    if function.key.name.schema == TEMPORARY || (is_trigger && triggered_by.is_empty()) {
        return Vec::new();
    }
    let Some(mentions) = mentions::of_function(function, context.history.sources) else { return Vec::new() };
    // Code that is prepared for missing objects says what it is prepared for.
    if ["undefined_table", "undefined_column"].iter().any(|condition| mentions.words.contains(*condition)) {
        return Vec::new();
    }
    let history = context.history.history;
    let made = mentions.statements.iter().flat_map(|statement| statement.made.iter().cloned()).collect();
    let body = Body { history, end: context.schema, function, mentions: &mentions, made, triggered_by };
    let mut found: Vec<Gone> = mentions.statements.iter().flat_map(|statement| body.gone(statement)).collect();
    let mut seen = BTreeSet::new();
    found.retain(|gone| seen.insert((gone.relation.clone(), gone.column.clone())));
    found
}

struct Body<'a> {
    history: &'a History,
    end: &'a Schema,
    function: &'a Function,
    mentions: &'a Mentions,
    /// Tables the body makes for itself.
    made: BTreeSet<Name>,
    triggered_by: &'a [QualifiedName],
}

impl Body<'_> {
    fn gone(&self, statement: &StatementMentions) -> Vec<Gone> {
        let relations = statement.relations.iter().filter(|mention| !self.is_own(statement, &mention.name));
        let mut found: Vec<Gone> = relations.filter_map(|mention| self.gone_relation(&mention.name, mention.span)).collect();
        for (table, column, span) in &statement.written {
            if !self.is_own(statement, table) {
                found.extend(self.gone_column(&[table], column, *span));
            }
        }
        found.extend(statement.columns.iter().filter_map(|mention| self.gone_reference(statement, mention)));
        found
    }

    /// Whether the name stands for something of the function's own rather than a relation of the schema.
    fn is_own(&self, statement: &StatementMentions, name: &QualifiedName) -> bool {
        name.schema().is_none() && (statement.sources.contains(&name.name) || self.made.contains(&name.name))
    }

    fn gone_relation(&self, written: &QualifiedName, mention: Span) -> Option<Gone> {
        let stays = !relations(self.end, written).is_empty() || may_exist(self.end, written) || self.mentions.looks_up(written);
        if stays {
            return None;
        }
        let (migration, relation) = self.last_seen(|schema| {
            let kinds = [RelationKind::Table, RelationKind::View];
            relations(schema, written).into_iter().find(|name| schema.relation(name).is_some_and(|kind| kinds.contains(&kind)))
        })?;
        Some(self.report(migration, relation, None, mention))
    }

    fn gone_reference(&self, statement: &StatementMentions, mention: &ColumnMention) -> Option<Gone> {
        let tables: Vec<&QualifiedName> = match &mention.qualifier {
            Some(qualifier) => self.behind(statement, qualifier)?,
            None => {
                let is_column = !statement.given.contains(&mention.name) && !self.mentions.variables.contains(&mention.name);
                let own = statement.aliases.iter().any(|(name, _)| self.is_own(statement, name) && !statement.sources.contains(&name.name));
                if !is_column || !statement.complete || own {
                    return None;
                }
                let relations = statement.relations.iter().map(|relation| &relation.name);
                relations.filter(|name| !self.is_own(statement, name)).collect()
            }
        };
        self.gone_column(&tables, &mention.name, mention.span)
    }

    /// The tables a qualifier may stand for.
    fn behind<'b>(&'b self, statement: &'b StatementMentions, qualifier: &Name) -> Option<Vec<&'b QualifiedName>> {
        let is_alias = |(name, alias): &&(QualifiedName, Option<Name>)| alias.as_ref().unwrap_or(&name.name) == qualifier;
        let aliased: Vec<&QualifiedName> = statement.aliases.iter().filter(is_alias).map(|(name, _)| name).collect();
        if aliased.is_empty() && (*qualifier == "new" || *qualifier == "old") {
            return Some(self.triggered_by.iter().collect());
        }
        let is_variable = self.mentions.variables.contains(qualifier) || self.function.key.name.name == *qualifier;
        let is_other = statement.sources.contains(qualifier) || aliased.iter().any(|name| self.is_own(statement, name));
        (!is_variable && !is_other).then_some(aliased)
    }

    /// A column that one of the tables had, and none has at the end.
    fn gone_column(&self, tables: &[&QualifiedName], column: &Name, mention: Span) -> Option<Gone> {
        for table in tables {
            let found = relations(self.end, table);
            let settled = found.iter().all(|name| columns_are_known(self.end, name) && !has_column(self.end, name, column));
            if found.is_empty() || !settled || may_exist(self.end, table) || self.mentions.texts.contains(column.as_str()) {
                return None;
            }
        }
        let (migration, relation) = self.last_seen(|schema| {
            let candidates = tables.iter().flat_map(|table| relations(schema, table));
            candidates.into_iter().find(|name| has_column(schema, name, column))
        })?;
        Some(self.report(migration, relation, Some(column.clone()), mention))
    }

    /// What was found last before a migration that took it away, since the function was made.
    fn last_seen<T>(&self, find: impl Fn(&Schema) -> Option<T>) -> Option<(usize, T)> {
        let made = self.history.migration_of(self.function.span)?;
        let since: &[Migration] = self.history.migrations.get(made..)?;
        let last = since.iter().rposition(|migration| find(&migration.before).is_some() && find(&migration.after).is_none())?;
        // What cannot be followed may bring it back, or mend the function.
        let opaque = || self.history.not_modelled_events().any(|(event, _)| event.migration >= made + last);
        let seen = find(&since.get(last)?.before)?;
        let is_settled = self.end.uncertainty.everything.is_none() || !opaque();
        is_settled.then_some((made + last, seen))
    }

    fn report(&self, migration: usize, relation: QualifiedName, column: Option<Name>, mention: Span) -> Gone {
        let path = match &column {
            Some(column) => format!("{relation}.{column}"),
            None => relation.to_string(),
        };
        let function = self.function.span;
        let with_function = self.history.migration_of(function) == Some(migration);
        Gone { relation, column, mention, migration, function, with_function, path }
    }
}

impl Mentions {
    /// Whether the code asks a catalog for the relation before it uses it.
    fn looks_up(&self, name: &QualifiedName) -> bool {
        self.texts.contains(name.name.as_str()) || self.texts.contains(&shown(name)) || self.texts.contains(&name.to_string())
    }
}

/// The relations a name may mean, whatever the search path when the function runs.
fn relations(schema: &Schema, written: &QualifiedName) -> Vec<QualifiedName> {
    candidates(schema, written).filter(|name| schema.relation(name).is_some()).collect()
}

/// Whether replay may not know all relations of this name.
fn may_exist(schema: &Schema, written: &QualifiedName) -> bool {
    candidates(schema, written).any(|name| schema.uncertainty.names(&name))
}

fn candidates<'a>(schema: &'a Schema, written: &'a QualifiedName) -> impl Iterator<Item = QualifiedName> + 'a {
    let anywhere = schema.namespaces.keys().cloned().chain([Name::from(TEMPORARY)]).filter(|_| written.schema().is_none());
    written.schema().cloned().into_iter().chain(anywhere).map(|namespace| QualifiedName::new(namespace, written.name.clone()))
}

fn columns_are_known(schema: &Schema, name: &QualifiedName) -> bool {
    match (schema.table(name), schema.views.get(name)) {
        (Some(table), _) => !table.columns_uncertain,
        (None, Some(view)) => view.columns_known,
        (None, None) => false,
    }
}

fn has_column(schema: &Schema, name: &QualifiedName, column: &Name) -> bool {
    schema.column(name, column).is_some() || schema.views.get(name).is_some_and(|view| view.columns.contains(column))
}

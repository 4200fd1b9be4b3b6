//! What queries read and yield, looked up in the model: for views and `CREATE TABLE … AS`.

use std::sync::Arc;

use super::{OutputColumn, Query, Refusal, resolve, rewrite};
use crate::schema::{Column, Name, QualifiedName, Schema, Table, Type, View};

/// A relation of a query under the name it goes by.
struct Source {
    written: Name,
    name: Option<QualifiedName>,
    columns: Vec<(Name, Option<Type>)>,
    complete: bool,
}

/// Finds the relations; one that is known not to exist is an error.
fn sources(schema: &Schema, query: &Query) -> Result<Vec<Source>, Refusal> {
    sources_within(schema, query, &mut { MAX_SUBQUERIES })
}

/// A subquery may be read any number of times, and those within it again each time: only so many are looked into.
const MAX_SUBQUERIES: usize = 200;

fn sources_within(schema: &Schema, query: &Query, left: &mut usize) -> Result<Vec<Source>, Refusal> {
    let relations = query.relations.iter().map(|(written, alias)| source(schema, written, alias.as_ref()));
    let mut sources: Vec<Source> = relations.collect::<Result<_, _>>()?;
    sources.extend(query.subqueries.iter().map(|(name, query)| subquery(schema, name, query, left)));
    Ok(sources)
}

/// A query that stands for a relation.
fn subquery(schema: &Schema, name: &Name, query: &Query, left: &mut usize) -> Source {
    let unknown = Source { written: name.clone(), name: None, columns: Vec::new(), complete: false };
    let Some(fewer) = left.checked_sub(1) else { return unknown };
    *left = fewer;
    // What is wrong in it is found where the whole query is looked at.
    let Ok(inner) = sources_within(schema, query, left) else { return unknown };
    let (columns, complete) = output(&inner, query);
    Source { columns, complete, ..unknown }
}

fn source(schema: &Schema, written: &QualifiedName, alias: Option<&Name>) -> Result<Source, Refusal> {
    let name = resolve::required_relation(schema, written)?;
    let goes_by = alias.unwrap_or(&written.name).clone();
    let table = name.as_ref().and_then(|name| schema.table(name));
    let view = name.as_ref().and_then(|name| schema.views.get(name));
    let (columns, complete) = match (table, view) {
        (Some(table), _) => {
            let columns = table.columns.iter().map(|column| (column.name.clone(), Some(column.data_type.value.clone())));
            (columns.collect(), !table.columns_uncertain)
        }
        (_, Some(view)) => {
            let types = view.column_types.iter().cloned().chain(std::iter::repeat(None));
            (view.columns.iter().cloned().zip(types).collect(), view.columns_known)
        }
        _ => (Vec::new(), false),
    };
    Ok(Source { written: goes_by, name, columns, complete })
}

/// The query's output columns, and whether these are all.
///
/// Relations of all levels of a query stand in one list: what cannot be told apart there is not known.
fn output(sources: &[Source], query: &Query) -> (Vec<(Name, Option<Type>)>, bool) {
    let mut columns = Vec::new();
    let mut complete = !query.output.is_empty();
    for entry in &query.output {
        match entry {
            OutputColumn::Star(qualifier) => match starred(sources, qualifier.as_ref()) {
                Some(source) => {
                    complete &= source.complete;
                    columns.extend(source.columns.iter().cloned());
                }
                None => complete = false,
            },
            OutputColumn::Column { source: (qualifier, column), name } => {
                columns.push((name.clone(), find(sources, qualifier.as_ref(), column).and_then(|(_, data_type)| data_type)));
            }
            OutputColumn::Expression { name, data_type, like } => {
                let of_column = like.as_ref().and_then(|(qualifier, column)| find(sources, qualifier.as_ref(), column)?.1);
                columns.push((name.clone(), data_type.clone().or(of_column)));
            }
        }
    }
    (columns, complete)
}

/// The one relation that `*` or `qualifier.*` can mean.
fn starred<'a>(sources: &'a [Source], qualifier: Option<&Name>) -> Option<&'a Source> {
    only(sources.iter().filter(|source| qualifier.is_none_or(|qualifier| source.written == *qualifier)))
}

/// The relation a column reference means, and the column's type, if only one can be meant.
fn find<'a>(sources: &'a [Source], qualifier: Option<&Name>, column: &Name) -> Option<(&'a Source, Option<Type>)> {
    let of_source =
        |source: &'a Source| source.columns.iter().find(|(name, _)| name == column).map(|(_, data_type)| (source, data_type.clone()));
    match qualifier {
        Some(_) => of_source(starred(sources, qualifier)?),
        None if sources.iter().all(|source| source.complete) => only(sources.iter().filter_map(of_source)),
        None => None,
    }
}

fn only<T>(mut candidates: impl Iterator<Item = T>) -> Option<T> {
    candidates.next().filter(|_| candidates.next().is_none())
}

/// Gives a table the columns its query yields.
pub(super) fn fill_table(schema: &Schema, table: &mut Table, query: &Query) -> Result<(), Refusal> {
    let sources = sources(schema, query)?;
    let (columns, complete) = output(&sources, query);
    table.columns_uncertain = !complete;
    for (name, data_type) in columns {
        if table.column(&name).is_none() {
            let data_type = data_type.map(|written| resolve::data_type(schema, &written).unwrap_or(written));
            let column = Column::new(name, data_type.unwrap_or_else(|| Type::builtin("unknown")), table.span);
            table.columns.push(Arc::new(column));
        }
    }
    Ok(())
}

/// Fills in what a view reads and yields.
pub(super) fn fill_view(schema: &Schema, view: &mut View, query: &Query) -> Result<(), Refusal> {
    let sources = sources(schema, query)?;
    let (columns, complete) = output(&sources, query);
    let named = view.columns.len();
    let found = |written: &Type| resolve::data_type(schema, written).unwrap_or_else(|_| written.clone());
    view.column_types = columns.iter().map(|(_, data_type)| data_type.as_ref().map(found)).collect();
    view.columns.extend(columns.into_iter().skip(named).map(|(name, _)| name));
    view.columns_known = complete;
    view.relations =
        distinct(sources.iter().zip(&query.relations).map(|(source, (written, _))| source.name.clone().unwrap_or_else(|| written.clone())));
    view.column_references = distinct(references(&sources, query));
    view.functions = distinct(query.functions.iter().cloned());
    let goes_by = sources.iter().filter_map(|source| Some((source.written.clone(), source.name.clone()?)));
    view.aliases = distinct(goes_by);
    // `TABLE t` selects a star without writing it.
    let has_star = query.output.iter().any(|column| matches!(column, OutputColumn::Star(_)));
    if has_star || view.query.is_written_with('*') {
        let stars = Stars::of(&sources, query);
        view.query = view.query.edited(move |text| rewrite::expand_stars(text, |qualifier| stars.columns(qualifier)));
    }
    Ok(())
}

/// What the stars of a query stand for. PostgreSQL keeps them as the columns there were when the view was made.
struct Stars {
    /// What its relations go by, with their columns where these are known.
    relations: Vec<(Name, Option<Vec<Name>>)>,
    /// The relations whose columns it yields one after the other, where it yields nothing else.
    listed: Option<Vec<Name>>,
}

impl Stars {
    fn of(sources: &[Source], query: &Query) -> Self {
        let known = |source: &Source| (source.complete && source.name.is_some()).then(|| names(source));
        let listed = query.output.iter().map(|entry| match entry {
            OutputColumn::Star(Some(name)) => Some(name.clone()),
            _ => None,
        });
        Self { relations: sources.iter().map(|source| (source.written.clone(), known(source))).collect(), listed: listed.collect() }
    }

    /// The columns that a star stands for, as SQL.
    fn columns(&self, qualifier: Option<&Name>) -> Option<Vec<String>> {
        if qualifier.is_some() || self.relations.len() == 1 {
            return self.columns_of(qualifier);
        }
        let listed = self.listed.as_ref()?.iter().map(|name| self.columns_of(Some(name)));
        Some(listed.collect::<Option<Vec<_>>>()?.concat())
    }

    fn columns_of(&self, qualifier: Option<&Name>) -> Option<Vec<String>> {
        let meant = |(written, _): &&(Name, _)| qualifier.is_none_or(|qualifier| written == qualifier);
        let (written, columns) = only(self.relations.iter().filter(meant))?;
        let qualified = |column: &Name| format!("{}.{}", written.to_sql(), column.to_sql());
        Some(columns.as_ref()?.iter().map(qualified).collect())
    }
}

fn names(source: &Source) -> Vec<Name> {
    source.columns.iter().map(|(column, _)| column.clone()).collect()
}

fn references<'a>(sources: &'a [Source], query: &'a Query) -> impl Iterator<Item = (QualifiedName, Name)> + 'a {
    let written = query.columns.iter().filter_map(|(qualifier, column)| {
        let (source, _) = find(sources, qualifier.as_ref(), column)?;
        Some((source.name.clone()?, column.clone()))
    });
    let starred = query.output.iter().filter_map(|entry| match entry {
        OutputColumn::Star(qualifier) => starred(sources, qualifier.as_ref()),
        _ => None,
    });
    let starred = starred.flat_map(|source| source.columns.iter().filter_map(|(column, _)| Some((source.name.clone()?, column.clone()))));
    written.chain(starred)
}

fn distinct<T: Ord + Clone>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = imbl::OrdSet::new();
    let mut distinct: Vec<T> = items.into_iter().filter(|item| seen.insert(item.clone()).is_none()).collect();
    // Views of every version are kept.
    distinct.shrink_to_fit();
    distinct
}

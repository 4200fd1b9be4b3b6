//! Queries level by level, to tell what they name that certainly is not there.

use super::outcome::{refusal_because, refuse};
use super::{ErrorKind, Refusal, dependents, extensions, plain, resolve};
use crate::schema::{Dialect, Name, QualifiedName, RelationKind, Schema, Type};

/// One level of a query: what its columns come from, and which it names.
#[derive(Clone, Debug, Default)]
pub struct Level {
    /// What stands in FROM, by the name it goes by there.
    pub sources: Vec<(Name, Columns)>,
    /// Columns named, each once: qualifier and column.
    pub columns: Vec<ColumnName>,
    /// Columns that are compared with each other by `=`.
    pub compared: Vec<[ColumnName; 2]>,
    /// Subqueries, which see the sources of this level, too.
    pub within: Vec<Level>,
}

/// A qualifier, where one is written, and a column.
pub type ColumnName = (Option<Name>, Name);

/// The columns of what stands in FROM.
#[derive(Clone, Debug)]
pub enum Columns {
    /// Those of a relation.
    Of(QualifiedName),
    /// These: a subquery that yields nothing else.
    Listed(Vec<Name>),
    /// Any: a function's, or those of a `*`.
    Unknown,
}

/// A source that has been looked up.
enum Source<'a> {
    Table(QualifiedName),
    View(&'a [Name]),
    Listed(&'a [Name]),
    Unknown,
}

/// A level below those it stands in.
struct Nested<'a> {
    sources: Vec<(&'a Name, Source<'a>)>,
    outer: Option<&'a Nested<'a>>,
}

/// Refuses a query that names relations or columns which are certainly not there.
pub(super) fn check(schema: &Schema, level: &Level) -> Result<(), Refusal> {
    check_within(schema, level, None)
}

fn check_within(schema: &Schema, level: &Level, outer: Option<&Nested>) -> Result<(), Refusal> {
    let sources = level.sources.iter().map(|(name, columns)| Ok((name, source(schema, columns)?)));
    let nested = Nested { sources: sources.collect::<Result<_, Refusal>>()?, outer };
    level.columns.iter().try_for_each(|(qualifier, column)| match qualifier {
        Some(qualifier) => check_qualified(schema, &nested, qualifier, column),
        None => check_unqualified(schema, &nested, column),
    })?;
    level.compared.iter().try_for_each(|sides| check_comparison(schema, &nested, sides))?;
    level.within.iter().try_for_each(|inner| check_within(schema, inner, Some(&nested)))
}

fn source<'a>(schema: &'a Schema, columns: &'a Columns) -> Result<Source<'a>, Refusal> {
    let written = match columns {
        Columns::Of(written) => written,
        Columns::Listed(names) => return Ok(Source::Listed(names)),
        Columns::Unknown => return Ok(Source::Unknown),
    };
    let Some(name) = resolve::required_relation(schema, written)? else { return Ok(Source::Unknown) };
    if schema.is_uncertain(&name) {
        return Ok(Source::Unknown);
    }
    Ok(match (schema.relation(&name), schema.views.get(&name)) {
        (Some(RelationKind::Table), _) => Source::Table(name),
        (_, Some(view)) if view.columns_known => Source::View(&view.columns),
        _ => Source::Unknown,
    })
}

impl Source<'_> {
    /// Why it certainly has no such column; `None` where it may have.
    fn lacks(&self, schema: &Schema, column: &Name) -> Option<Refusal> {
        match self {
            Source::Table(table) => {
                let refusal = resolve::required_column(schema, table, column).err()?;
                let made = schema.table(table).map(|table| table.span);
                Some(refusal_because(refusal.error, refusal.message, made, "the table"))
            }
            Source::View(names) if resolve::SYSTEM_COLUMNS.contains(&column.as_str()) || names.contains(column) => None,
            Source::Listed(names) if names.contains(column) => None,
            Source::View(_) | Source::Listed(_) => {
                refuse::<()>(ErrorKind::UndefinedColumn, format!("column `{column}` does not exist")).err()
            }
            Source::Unknown => None,
        }
    }
}

impl<'a> Nested<'a> {
    /// This level and those it stands in, the innermost first.
    fn chain(&'a self) -> impl Iterator<Item = &'a Nested<'a>> {
        std::iter::successors(Some(self), |level| level.outer)
    }
}

/// The innermost source of a name is meant. `t.f` may also be a function's call.
fn check_qualified(schema: &Schema, nested: &Nested, qualifier: &Name, column: &Name) -> Result<(), Refusal> {
    let of_name = |level: &&Nested| level.sources.iter().any(|(name, _)| *name == qualifier);
    let Some(level) = nested.chain().find(of_name) else { return check_qualifier(nested, qualifier) };
    let mut named = level.sources.iter().filter(|(name, _)| *name == qualifier);
    let missing = named.try_fold(None, |first, (_, source)| source.lacks(schema, column).map(|refusal| first.or(Some(refusal))));
    match missing.flatten() {
        Some(refusal) if dependents::function(schema, &QualifiedName::unqualified(column.clone())).is_none() => Err(refusal),
        _ => Ok(()),
    }
}

/// A name that stands for nothing in FROM, unless something there has no name.
fn check_qualifier(nested: &Nested, qualifier: &Name) -> Result<(), Refusal> {
    if nested.chain().any(|level| level.sources.iter().any(|(name, _)| name.is_unnamed())) {
        return Ok(());
    }
    refuse(ErrorKind::UndefinedTable, format!("missing FROM-clause entry for table `{qualifier}`"))
}

/// A column of any source of this level or one around it, or a source as a whole.
fn check_unqualified(schema: &Schema, nested: &Nested, column: &Name) -> Result<(), Refusal> {
    let mut first = None;
    for (name, source) in nested.chain().flat_map(|level| &level.sources) {
        match source.lacks(schema, column) {
            Some(refusal) if *name != column => first = first.or(Some(refusal)),
            _ => return Ok(()),
        }
    }
    match first {
        Some(refusal) => Err(Refusal { message: format!("column `{column}` does not exist"), ..refusal }),
        None => refuse(ErrorKind::UndefinedColumn, format!("column `{column}` does not exist")),
    }
}

/// Kinds of types that are not compared with those of another kind.
const KINDS: [&[&str]; 4] = [
    &["boolean"],
    &["uuid"],
    &["text", "character varying", "character"],
    &["smallint", "integer", "bigint", "numeric", "real", "double precision"],
];

fn check_comparison(schema: &Schema, nested: &Nested, [left, right]: &[ColumnName; 2]) -> Result<(), Refusal> {
    if extensions::may_relate_types(schema) {
        return Ok(());
    }
    let kind = |data_type: &Type| KINDS.iter().position(|names| names.iter().any(|name| data_type.is(name)));
    let (Some(left), Some(right)) = (type_of(schema, nested, left), type_of(schema, nested, right)) else { return Ok(()) };
    match (kind(left), kind(right)) {
        (Some(one), Some(other)) if one != other => {
            refuse(ErrorKind::UndefinedFunction, format!("operator does not exist: `{left} = {right}`"))
        }
        _ => Ok(()),
    }
}

/// The type of a column of a table at this level, if no other source may have one of its name.
fn type_of<'a>(schema: &'a Schema, nested: &Nested, (qualifier, column): &ColumnName) -> Option<&'a Type> {
    let named = nested.sources.iter().filter(|(name, _)| qualifier.as_ref().is_none_or(|qualifier| *name == qualifier));
    let mut having = named.filter(|(_, source)| source.lacks(schema, column).is_none());
    match (having.next(), having.next()) {
        (Some((_, Source::Table(table))), None) => schema.column(table, column).map(|column| &column.data_type.value),
        _ => None,
    }
}

/// What a statement on rows works on.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// The table it writes to, and the columns.
    pub target: Option<(&'a QualifiedName, &'a [Name])>,
    /// What it reads, where that is known.
    pub level: Option<&'a Level>,
}

impl Schema {
    /// Whether PostgreSQL would accept the names in a statement on rows.
    ///
    /// # Errors
    /// Where a relation or column certainly is not there.
    pub fn check_rows(&self, rows: Rows) -> Result<(), Refusal> {
        if self.uncertainty.everything.is_some() {
            return Ok(());
        }
        if self.dialect != Dialect::Postgres {
            return rows.target.map_or(Ok(()), |(table, columns)| plain::check_target(self, table, columns));
        }
        if let Some((table, columns)) = rows.target {
            let target =
                source(self, &Columns::Of(table.clone())).map(|source| columns.iter().find_map(|column| source.lacks(self, column)))?;
            if let Some(refusal) = target {
                return Err(refusal);
            }
        }
        rows.level.map_or(Ok(()), |level| check(self, level))
    }
}

//! What the body of a function names: relations, columns, variables. Function bodies are texts to the database, which
//! looks at their names only when they run.

use std::collections::BTreeSet;
use std::ops::Range;

use super::plpgsql::{Code, TypeSource, code};
use super::postgres;
use super::split::{TokenKind, tokens};
use crate::schema::{Function, Name, QualifiedName};
use crate::source::{SourceMap, Span};

/// What the statements of a function's body name.
#[derive(Debug, Default)]
pub struct Mentions {
    /// Its SQL, statement by statement; expressions count as statements.
    pub statements: Vec<StatementMentions>,
    /// Its arguments and variables.
    pub variables: BTreeSet<Name>,
    /// Texts in it: names the code may look up before it uses them.
    pub texts: BTreeSet<String>,
    /// Conditions it handles or asks for: every word of it.
    pub words: BTreeSet<Name>,
}

/// What one statement names.
#[derive(Debug, Default)]
pub struct StatementMentions {
    /// Relations it reads or writes; a name of [`Self::sources`] may stand for one of those instead.
    pub relations: Vec<RelationMention>,
    /// The same with their aliases.
    pub aliases: Vec<(QualifiedName, Option<Name>)>,
    /// Columns that an INSERT or UPDATE lists, with their table.
    pub written: Vec<(QualifiedName, Name, Span)>,
    /// Columns named anywhere else.
    pub columns: Vec<ColumnMention>,
    /// Names the statement gives: tables and their aliases, common table expressions, results.
    pub given: BTreeSet<Name>,
    /// Those of them that stand for common table expressions, subqueries, joins and what functions return.
    pub sources: BTreeSet<Name>,
    /// Tables it makes.
    pub made: BTreeSet<Name>,
    /// Whether all it reads are relations and queries of relations, and not what functions return.
    pub complete: bool,
}

/// A relation that is named.
#[derive(Debug)]
pub struct RelationMention {
    /// Its name as written.
    pub name: QualifiedName,
    /// Where.
    pub span: Span,
}

/// A column that is named.
#[derive(Debug)]
pub struct ColumnMention {
    /// The table, alias or variable before the dot.
    pub qualifier: Option<Name>,
    /// The column, or a variable.
    pub name: Name,
    /// Where.
    pub span: Span,
}

/// What the function's body names; `None` where it cannot be read: another language, a body that is not written down
/// word for word, one whose names the database checks and keeps.
pub fn of_function(function: &Function, sources: &SourceMap) -> Option<Mentions> {
    let span = function.body_span.filter(|span| sources.text(*span) == &*function.body)?;
    let text = sources.file(span.file).text.as_str();
    let mut mentions = match &*function.language {
        "sql" => sql_body(text, span)?,
        "plpgsql" => procedural_body(text, span)?,
        _ => return None,
    };
    mentions.variables.extend(function.arguments.iter().filter_map(|argument| argument.name.clone()));
    Some(mentions)
}

fn sql_body(text: &str, span: Span) -> Option<Mentions> {
    let mut mentions = words_and_texts(text, span.range());
    let first = tokens(text, span.range()).next()?;
    if first.is_word(text, "begin") || first.is_word(text, "return") {
        return None;
    }
    mentions.statements = postgres::mentions::of_statements(text, span.file, span.range());
    Some(mentions)
}

fn procedural_body(text: &str, span: Span) -> Option<Mentions> {
    let mut mentions = words_and_texts(text, span.range());
    let Code { sql, variables, typed_after, assigned } = code(text, span.range())?;
    mentions.variables = variables;
    let statements = sql.iter().filter_map(|piece| postgres::mentions::of_statement(&piece.text, span.file, piece.start));
    mentions.statements = statements.collect();
    let place = |range: Range<usize>| Span::new(span.file, range);
    mentions.statements.extend(typed_after.into_iter().filter_map(|(source, range)| copied_type(source, place(range))));
    mentions.statements.extend(assigned.into_iter().filter_map(|(name, range)| assignment(&name, place(range))));
    Some(mentions)
}

/// `table%ROWTYPE` and `table.column%TYPE` as if the variable were filled from the table.
fn copied_type(source: TypeSource, span: Span) -> Option<StatementMentions> {
    let (table, column) = match source {
        TypeSource::Row(name) => (qualified(&name)?, None),
        TypeSource::Column(name) => {
            let (column, table) = name.split_last()?;
            (qualified(table)?, Some(column.clone()))
        }
    };
    let written = column.map(|column| (table.clone(), column, span)).into_iter().collect();
    let relations = vec![RelationMention { name: table, span }];
    Some(StatementMentions { relations, written, ..StatementMentions::default() })
}

/// `NEW.column := …`.
fn assignment(name: &[Name], span: Span) -> Option<StatementMentions> {
    let [record, column] = name else { return None };
    let mention = ColumnMention { qualifier: Some(record.clone()), name: column.clone(), span };
    Some(StatementMentions { columns: vec![mention], ..StatementMentions::default() })
}

fn qualified(name: &[Name]) -> Option<QualifiedName> {
    match name {
        [table] => Some(QualifiedName::unqualified(table.clone())),
        [.., schema, table] => Some(QualifiedName::new(schema.clone(), table.clone())),
        [] => None,
    }
}

fn words_and_texts(text: &str, range: Range<usize>) -> Mentions {
    let mut mentions = Mentions::default();
    for token in tokens(text, range) {
        let written = token.text(text);
        match token.kind {
            TokenKind::Word => drop(mentions.words.insert(written.to_lowercase().into())),
            TokenKind::String | TokenKind::DollarString => {
                mentions.texts.extend(token.inside_quotes(text).and_then(|range| text.get(range)).map(str::to_owned));
            }
            _ => {}
        }
    }
    mentions
}

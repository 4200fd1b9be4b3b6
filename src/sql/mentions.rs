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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::ChangeKind;
    use crate::sql::{Dialect, parse};

    fn mentions(language: &str, body: &str) -> (SourceMap, Option<Mentions>) {
        let mut sources = SourceMap::default();
        let text = format!("CREATE FUNCTION f(given int) RETURNS void LANGUAGE {language} AS $$ {body} $$;");
        let file = sources.add("f.sql", text.clone());
        let statements = parse(&sources, file, 0..text.len(), Dialect::Postgres);
        let changes = statements.iter().flat_map(|statement| statement.changes());
        let mut functions = changes.filter_map(|change| match &change.kind {
            ChangeKind::CreateFunction { function, .. } => Some(function),
            _ => None,
        });
        let mentions = functions.next().and_then(|function| of_function(function, &sources));
        (sources, mentions)
    }

    /// Every place that is named, as the source has it.
    fn places(language: &str, body: &str) -> Vec<String> {
        let (sources, mentions) = mentions(language, body);
        let Some(mentions) = mentions else { return vec!["unread".to_owned()] };
        let of_statement = |statement: &StatementMentions| {
            let relations = statement.relations.iter().map(|mention| mention.span);
            let written = statement.written.iter().map(|(.., span)| *span);
            let columns = statement.columns.iter().map(|mention| mention.span);
            relations.chain(written).chain(columns).map(|span| sources.text(span).to_owned()).collect::<Vec<_>>()
        };
        mentions.statements.iter().flat_map(of_statement).collect()
    }

    #[test]
    fn names_are_found_where_they_stand() {
        let cases: &[(&str, &str, &[&str])] = &[
            ("sql", "SELECT a FROM t WHERE u.b = 1", &["t", "a", "u.b"]),
            ("sql", "INSERT INTO s.t (a) VALUES (1) RETURNING b", &["s.t", "a", "b"]),
            ("sql", "UPDATE \"T\" SET \"A\" = 1; DELETE FROM u", &["\"T\"", "\"A\"", "u"]),
            ("plpgsql", "BEGIN SELECT a INTO STRICT given FROM t; END", &["t", "a"]),
            ("plpgsql", "BEGIN IF x > 0 THEN PERFORM y FROM t; END IF; END", &["x", "t", "y"]),
            ("plpgsql", "BEGIN FOR r IN SELECT a FROM t LOOP NEW.b := r.a; END LOOP; END", &["t", "a", "r.a", "NEW.b"]),
            ("plpgsql", "DECLARE v s.t.c%TYPE; w u%ROWTYPE; BEGIN RETURN QUERY SELECT a FROM t; END", &["t", "a", "s.t.c", "s.t.c", "u"]),
            ("plpgsql", "BEGIN WHILE (SELECT a FROM t) LOOP NULL; END LOOP; END", &["t", "a"]),
            ("plpgsql", "BEGIN EXECUTE 'SELECT a FROM t'; RETURN QUERY EXECUTE 'SELECT 1'; END", &[]),
        ];
        for (language, body, expected) in cases {
            assert_eq!(places(language, body), *expected, "{language}: {body}");
        }
    }

    #[test]
    fn what_the_database_keeps_itself_or_another_language_is_not_read() {
        for (language, body) in [("sql", "RETURN (SELECT a FROM t)"), ("plpython3u", "plpy.execute('SELECT 1')"), ("plpgsql", "no block")] {
            assert_eq!(places(language, body), ["unread"], "{language}: {body}");
        }
    }

    #[test]
    fn names_a_statement_gives_are_told_from_those_it_uses() {
        let (_, mentions) =
            mentions("sql", "WITH c AS (SELECT 1 AS one) SELECT s.x FROM c, LATERAL (SELECT 2) s (x), t AS u (y), g() AS h (z)");
        let statements = mentions.map(|mentions| mentions.statements).unwrap_or_default();
        let given: Vec<&str> = statements.iter().flat_map(|statement| &statement.given).map(Name::as_str).collect();
        assert_eq!(given, ["c", "g", "h", "one", "s", "t", "u", "x", "y", "z"]);
        let sources: Vec<&str> = statements.iter().flat_map(|statement| &statement.sources).map(Name::as_str).collect();
        assert_eq!(sources, ["c", "h", "s"]);
    }
}

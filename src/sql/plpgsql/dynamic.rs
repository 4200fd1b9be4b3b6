//! What an `EXECUTE`d statement can do to the schema when only parts of its text are known.

use super::token::{self, Kind, Token};
use super::value::HOLE;
use crate::schema::QualifiedName;
use crate::sql::{Body, DataKind, DataStatement};

const REASON: &str = "dynamic SQL";

/// What a text with holes does: nothing to the schema where its first words say so, otherwise something unknown to
/// the relations it names.
pub(super) fn body(text: &str) -> Body {
    let Some(tokens) = token::read(text, 0..text.len()) else { return opaque(Vec::new()) };
    let statements = token::split_outer(&tokens, |token| token.is_symbol(";"));
    together(statements.into_iter().filter(|statement| !statement.is_empty()).map(effect).collect())
}

fn together(effects: Vec<Effect>) -> Body {
    let mut data = None;
    let mut touched = Vec::new();
    if effects.is_empty() {
        return opaque(Vec::new());
    }
    for effect in effects {
        match effect {
            Effect::Anything => return opaque(Vec::new()),
            Effect::Touches(names) => touched.extend(names),
            Effect::Data(statement) => data = Some(statement),
            Effect::Nothing => {}
        }
    }
    match data {
        _ if !touched.is_empty() => opaque(touched),
        Some(data) => Body::Data(data),
        None => Body::Other,
    }
}

fn opaque(may_touch: Vec<QualifiedName>) -> Body {
    Body::Opaque { reason: REASON.into(), may_touch }
}

enum Effect {
    Nothing,
    Data(DataStatement),
    Touches(Vec<QualifiedName>),
    Anything,
}

/// Whether a part of a word or quoted identifier is unknown; the lexer takes a hole for a letter.
fn is_hole(token: &Token) -> bool {
    matches!(token.kind, Kind::Word | Kind::Quoted) && token.value.contains(HOLE)
}

fn effect(statement: &[Token]) -> Effect {
    let Some(first) = statement.first() else { return Effect::Nothing };
    match first.value.as_str() {
        _ if first.kind != Kind::Word => Effect::Anything,
        "select" | "with" | "values" => Effect::Data(data(DataKind::Select, statement, "")),
        "insert" => Effect::Data(data(DataKind::Insert, statement, "into")),
        "update" => Effect::Data(data(DataKind::Update, statement, "update")),
        "delete" => Effect::Data(data(DataKind::Delete, statement, "from")),
        "merge" => Effect::Data(data(DataKind::Merge, statement, "into")),
        "copy" => Effect::Data(data(DataKind::Copy, statement, "copy")),
        "grant" | "revoke" | "analyze" | "vacuum" | "reindex" | "cluster" | "lock" | "notify" | "refresh" | "checkpoint" | "truncate"
        | "set" | "reset" | "show" | "comment" | "security" | "explain" | "reassign" => Effect::Nothing,
        "alter" | "create" | "drop" if is_harmless(statement) => Effect::Nothing,
        "alter" => altered(statement),
        "create" => created(statement),
        "drop" => dropped(statement),
        _ => Effect::Anything,
    }
}

/// Statements about what the model does not hold, and `ALTER … OWNER TO`.
fn is_harmless(statement: &[Token]) -> bool {
    const OUTSIDE: [&str; 10] =
        ["role", "user", "group", "database", "system", "publication", "subscription", "server", "tablespace", "default"];
    let outside = statement.get(1).is_some_and(|token| token.is_any_word(&OUTSIDE));
    let owner = statement.windows(2).any(|pair| pair[0].is_word("owner") && pair[1].is_word("to"));
    outside || (owner && token::find_outer(statement, |token| token.is_symbol(",")).is_none())
}

fn data(kind: DataKind, statement: &[Token], before_table: &str) -> DataStatement {
    let position = statement.iter().position(|token| token.is_word(before_table));
    let behind = position.map_or(&[][..], |index| &statement[index + 1..]);
    let has_where = statement.iter().any(|token| token.is_word("where") || is_hole(token));
    DataStatement { kind, table: relation(behind), columns: Vec::new(), has_where, functions: Vec::new(), reads: Vec::new() }
}

/// The relation named at the beginning, past `ONLY`, `IF EXISTS` and `CONCURRENTLY`. Where a part of its name is
/// unknown, `…` stands for that; `None` where all of it is.
fn relation(tokens: &[Token]) -> Option<QualifiedName> {
    let is_noise = |token: &&Token| token.is_any_word(&["only", "if", "not", "exists", "concurrently"]);
    let noise = tokens.iter().take_while(is_noise).count();
    let (parts, _) = token::dotted(tokens.get(noise..)?)?;
    let parts: Vec<String> = parts.iter().map(|part| part.replace(HOLE, "…")).collect();
    match &parts[..] {
        [name] if name != "…" => Some(QualifiedName::unqualified(name.as_str())),
        [schema, name] if name != "…" && !schema.contains('…') => Some(QualifiedName::new(schema.as_str(), name.as_str())),
        [_, name] if name != "…" => Some(QualifiedName::unqualified(name.as_str())),
        _ => None,
    }
}

/// The relations that stand behind any of these words.
fn named_after(statement: &[Token], words: &[&str]) -> Vec<QualifiedName> {
    let positions = statement.iter().enumerate().filter(|(_, token)| token.is_any_word(words));
    positions.filter_map(|(index, _)| relation(&statement[index + 1..])).collect()
}

/// `ALTER kind name …` touches that name, and what it references or is renamed to.
fn altered(statement: &[Token]) -> Effect {
    let kind = usize::from(statement.get(1).is_some_and(|token| token.is_any_word(&["materialized", "foreign"]))) + 2;
    match statement.get(kind..).and_then(relation) {
        Some(name) => {
            let mut names = vec![name];
            names.extend(named_after(statement, &["references", "to", "partition"]));
            Effect::Touches(names)
        }
        None => Effect::Anything,
    }
}

/// `CREATE` of something whose name is unknown leaves all else as it was, but for what it belongs to.
fn created(statement: &[Token]) -> Effect {
    let kinds = ["table", "view", "sequence", "type", "domain", "function", "procedure", "schema", "on", "references", "of", "index"];
    let names = named_after(statement, &kinds);
    if names.is_empty() { Effect::Anything } else { Effect::Touches(names) }
}

/// `DROP` of something within a table touches the table; of anything else, only what it names.
fn dropped(statement: &[Token]) -> Effect {
    let belongs_to_table = statement.get(1).is_some_and(|token| token.is_any_word(&["policy", "trigger", "rule"]));
    let names = if belongs_to_table {
        named_after(statement, &["on"])
    } else {
        named_after(statement, &["table", "view", "index", "sequence", "type", "domain", "function", "procedure", "schema"])
    };
    let cascades = statement.iter().any(|token| token.is_word("cascade"));
    if names.is_empty() || cascades { Effect::Anything } else { Effect::Touches(names) }
}

//! What an `EXECUTE`d statement can do to the schema when only parts of its text are known.

use imbl::OrdSet;

use super::token::{self, Kind, Token, after, find_outer, split_outer};
use super::value::{CHILD_OF, HOLE};
use crate::schema::{QualifiedName, UNKNOWN_PART};
use crate::sql::{Body, DataKind, DataStatement, Reach};

const REASON: &str = "dynamic SQL";

/// Names of tables, parts of them unknown, that a block has made so far.
pub(super) type Made = OrdSet<QualifiedName>;

/// What a text with holes does: nothing to the schema where its first words say so, otherwise something unknown within
/// the reach of what its words say.
pub(super) fn body(text: &str, made: &mut Made) -> Body {
    let Some(tokens) = token::read(text, 0..text.len()) else { return opaque(Reach::anything()) };
    let statements = split_outer(&tokens, |token| token.is_symbol(";"));
    together(statements.into_iter().filter(|statement| !statement.is_empty()).map(|statement| effect(statement, made)).collect())
}

fn together(effects: Vec<Effect>) -> Body {
    let mut data = None;
    let mut reach = Reach::default();
    if effects.is_empty() {
        return opaque(Reach::anything());
    }
    for effect in effects {
        match effect {
            Effect::Within(more) => reach = both(reach, more),
            Effect::Data(statement) => data = Some(statement),
            Effect::Nothing => {}
        }
    }
    match data {
        _ if reach != Reach::default() => opaque(reach),
        Some(data) => Body::Data(data),
        None => Body::Other,
    }
}

fn opaque(may_touch: Reach) -> Body {
    Body::Opaque { reason: REASON.into(), may_touch }
}

fn both(one: Reach, other: Reach) -> Reach {
    if one.anything || other.anything {
        return Reach::anything();
    }
    let joined = |one: Vec<QualifiedName>, other| one.into_iter().chain(other).collect();
    Reach {
        anything: false,
        relations: joined(one.relations, other.relations),
        children: joined(one.children, other.children),
        created: joined(one.created, other.created),
        attachments: joined(one.attachments, other.attachments),
    }
}

enum Effect {
    Nothing,
    Data(DataStatement),
    Within(Reach),
}

fn anything() -> Effect {
    Effect::Within(Reach::anything())
}

/// These relations may be altered or dropped; one of which nothing is known may be any.
fn altering(names: Vec<QualifiedName>) -> Reach {
    let mut reach = Reach::default();
    for name in names {
        match parent(&name) {
            Some(parent) => reach.children.push(parent),
            None if is_unknown(&name) => return Reach::anything(),
            None => reach.relations.push(name),
        }
    }
    reach
}

/// The table of which the name means some partition or child.
fn parent(name: &QualifiedName) -> Option<QualifiedName> {
    let parent = name.name.strip_prefix(CHILD_OF)?.strip_suffix(UNKNOWN_PART)?;
    Some(QualifiedName::unqualified(parent))
}

fn creating(name: QualifiedName) -> Reach {
    Reach { created: vec![as_pattern(name)], ..Reach::default() }
}

/// Triggers, policies and rules bear on no column, key, constraint or index.
fn attaching(table: QualifiedName) -> Reach {
    Reach { attachments: vec![as_pattern(table)], ..Reach::default() }
}

fn as_pattern(name: QualifiedName) -> QualifiedName {
    if parent(&name).is_some() { QualifiedName::unqualified(UNKNOWN_PART.to_string()) } else { name }
}

fn within(reach: Reach) -> Effect {
    if reach == Reach::default() { Effect::Nothing } else { Effect::Within(reach) }
}

/// Whether a part of a word or quoted identifier is unknown; the lexer takes a hole for a letter.
fn is_hole(token: &Token) -> bool {
    matches!(token.kind, Kind::Word | Kind::Quoted) && token.value.contains(HOLE)
}

/// Whether nothing is known of the name.
fn is_unknown(name: &QualifiedName) -> bool {
    name.name.chars().all(|character| character == UNKNOWN_PART)
}

fn effect(statement: &[Token], made: &mut Made) -> Effect {
    let Some(first) = statement.first() else { return Effect::Nothing };
    match first.value.as_str() {
        _ if first.kind != Kind::Word => anything(),
        "select" | "with" | "values" => match find_outer(statement, |token| token.is_word("into")) {
            Some(into) => within(creating(relation(&statement[into + 1..]))),
            None => Effect::Data(data(DataKind::Select, statement, "")),
        },
        "insert" => Effect::Data(data(DataKind::Insert, statement, "into")),
        "update" => Effect::Data(data(DataKind::Update, statement, "update")),
        "delete" => Effect::Data(data(DataKind::Delete, statement, "from")),
        "merge" => Effect::Data(data(DataKind::Merge, statement, "into")),
        "copy" => Effect::Data(data(DataKind::Copy, statement, "copy")),
        "grant" | "revoke" | "analyze" | "vacuum" | "reindex" | "cluster" | "lock" | "notify" | "refresh" | "checkpoint" | "truncate"
        | "set" | "reset" | "show" | "comment" | "security" | "explain" | "reassign" => Effect::Nothing,
        "alter" | "create" | "drop" if is_outside(statement) => Effect::Nothing,
        "alter" => within(altered(statement, made)),
        "create" => within(created(statement, made)),
        "drop" => within(dropped(statement)),
        _ => anything(),
    }
}

/// Statements about what the model does not hold.
fn is_outside(statement: &[Token]) -> bool {
    const OUTSIDE: [&str; 12] = [
        "role",
        "user",
        "group",
        "database",
        "system",
        "publication",
        "subscription",
        "server",
        "tablespace",
        "default",
        "statistics",
        "event",
    ];
    statement.get(1).is_some_and(|token| token.is_any_word(&OUTSIDE))
}

fn data(kind: DataKind, statement: &[Token], before_table: &str) -> DataStatement {
    let position = statement.iter().position(|token| token.is_word(before_table));
    let behind = position.map_or(&[][..], |index| &statement[index + 1..]);
    let has_where = statement.iter().any(|token| token.is_word("where") || is_hole(token));
    let table = Some(as_pattern(relation(behind))).filter(|name| !is_unknown(name));
    let (columns, functions, calls, reads) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    DataStatement { kind, table, columns, has_where, rows: None, functions, calls, reads, level: None }
}

/// The relation named at the beginning, past `ONLY`, `IF EXISTS` and `CONCURRENTLY`, with [`UNKNOWN_PART`] for what is
/// not known of it.
fn relation(tokens: &[Token]) -> QualifiedName {
    const NOISE: [&str; 8] = ["only", "if", "not", "exists", "concurrently", "table", "temporary", "unlogged"];
    let noise = tokens.iter().take_while(|token| token.is_any_word(&NOISE)).count();
    let parts = tokens.get(noise..).and_then(token::dotted).map_or_else(Vec::new, |(parts, _)| parts);
    let shown = |part: &str| {
        let is_child = part.starts_with(CHILD_OF) && part.find(HOLE).is_some_and(|hole| hole + HOLE.len_utf8() == part.len());
        let part = if is_child { part.to_owned() } else { without_parents(part) };
        part.replace(HOLE, &UNKNOWN_PART.to_string())
    };
    match &parts[..] {
        [name] => QualifiedName::unqualified(shown(name)),
        [.., schema, name] => QualifiedName::new(shown(schema), shown(name)),
        [] => QualifiedName::unqualified(UNKNOWN_PART.to_string()),
    }
}

/// The text without the names of tables that its unknown parts are children of.
fn without_parents(text: &str) -> String {
    let mut pieces = text.split(CHILD_OF);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + &piece[piece.find(HOLE).unwrap_or(0)..])
}

/// The relation behind the first of these words.
fn relation_after(statement: &[Token], word: &str) -> QualifiedName {
    let position = find_outer(statement, |token| token.is_word(word));
    relation(position.and_then(|index| statement.get(index + 1..)).unwrap_or_default())
}

/// What kind of object a statement is about, and what stands behind that word.
fn object(statement: &[Token]) -> Option<(&str, &[Token])> {
    const NOISE: [&str; 14] = [
        "or",
        "replace",
        "global",
        "local",
        "temp",
        "temporary",
        "unlogged",
        "unique",
        "materialized",
        "foreign",
        "recursive",
        "constraint",
        "trusted",
        "procedural",
    ];
    let noise = statement.iter().skip(1).take_while(|token| token.is_any_word(&NOISE)).count();
    let kind = statement.get(noise + 1).filter(|token| token.kind == Kind::Word)?;
    Some((kind.value.as_str(), statement.get(noise + 2..)?))
}

/// `ALTER kind name …` touches that name, as far as the actions do.
fn altered(statement: &[Token], made: &Made) -> Reach {
    let Some((kind, rest)) = object(statement) else { return Reach::anything() };
    let name = relation(rest);
    match kind {
        _ if is_change_of_owner(statement) => Reach::default(),
        "table" => {
            split_outer(rest, |token| token.is_symbol(",")).into_iter().map(|part| action(part, &name, made)).fold(Reach::default(), both)
        }
        "index" | "sequence" => match find_outer(rest, |token| token.is_word("rename")) {
            // An index is found by its table, whatever its name.
            Some(_) => both(creating(name), creating(relation_after(rest, "to"))),
            None => Reach::default(),
        },
        "function" | "procedure" | "routine" | "aggregate" => creating(name),
        "trigger" | "policy" | "rule" => attaching(relation_after(rest, "on")),
        "view" | "type" | "domain" => altering(vec![name]),
        _ => Reach::anything(),
    }
}

fn is_change_of_owner(statement: &[Token]) -> bool {
    let owner = statement.windows(2).any(|pair| pair[0].is_word("owner") && pair[1].is_word("to"));
    owner && find_outer(statement, |token| token.is_symbol(",")).is_none()
}

/// What one action of `ALTER TABLE` may touch. The first one has the table's name before it.
fn action(tokens: &[Token], table: &QualifiedName, made: &Made) -> Reach {
    const HARMLESS: [&[&str]; 11] = [
        &["owner", "to"],
        &["set", "("],
        &["reset", "("],
        &["validate", "constraint"],
        &["replica", "identity"],
        &["cluster", "on"],
        &["set", "statistics"],
        &["set", "storage"],
        &["set", "tablespace"],
        &["set", "logged"],
        &["set", "unlogged"],
    ];
    const ON_ATTACHMENTS: [&[&str]; 6] = [
        &["row", "level", "security"],
        &["enable", "trigger"],
        &["disable", "trigger"],
        &["enable", "rule"],
        &["disable", "rule"],
        &["enable", "always"],
    ];
    let position = |words: &[&str]| (0..tokens.len()).find(|index| after(&tokens[*index..], words).is_some());
    let does = |words: &&[&str]| position(words).is_some();
    if HARMLESS.iter().any(does) {
        return Reach::default();
    }
    if ON_ATTACHMENTS.iter().any(does) {
        return attaching(table.clone());
    }
    let partition = |words: &[&str]| position(words).map(|index| relation(&tokens[index + words.len()..]));
    // The parent is as it was. What has just been made is in doubt anyway.
    if let Some(partition) = partition(&["attach", "partition"]) {
        return if made.contains(&partition) { Reach::default() } else { altering(vec![partition]) };
    }
    if let Some(partition) = partition(&["detach", "partition"]) {
        return altering(vec![partition]);
    }
    match position(&["rename", "to"]) {
        Some(_) => both(altering(vec![table.clone()]), creating(relation_after(tokens, "to"))),
        None => altering(vec![table.clone()]),
    }
}

/// `CREATE` of something whose name is unknown leaves all else as it was, but for what it belongs to.
fn created(statement: &[Token], made: &mut Made) -> Reach {
    let Some((kind, rest)) = object(statement) else { return Reach::anything() };
    let replaces = statement.get(1).is_some_and(|token| token.is_word("or"));
    match kind {
        "table" => {
            made.insert(relation(rest));
            creating(relation(rest))
        }
        "index" => indexed(rest),
        "view" if replaces => altering(vec![relation(rest)]),
        "trigger" | "policy" => attaching(relation_after(rest, "on")),
        "rule" => attaching(relation_after(rest, "to")),
        "view" | "sequence" | "type" | "domain" | "function" | "procedure" | "aggregate" => creating(relation(rest)),
        _ => Reach::anything(),
    }
}

/// `CREATE INDEX`, which need not say its name: then the table's begins it.
fn indexed(rest: &[Token]) -> Reach {
    let table = relation_after(rest, "on");
    let first = rest.iter().find(|token| !token.is_word("concurrently"));
    let name = match first {
        Some(on) if on.is_word("on") => QualifiedName::unqualified(format!("{}_{UNKNOWN_PART}", table.name)),
        _ => relation(rest),
    };
    both(altering(vec![table]), creating(name))
}

/// `DROP` of something within a table touches the table; of anything else, only what it names.
fn dropped(statement: &[Token]) -> Reach {
    let Some((kind, rest)) = object(statement) else { return Reach::anything() };
    if matches!(kind, "trigger" | "policy" | "rule") {
        return attaching(relation_after(rest, "on"));
    }
    if statement.iter().any(|token| token.is_word("cascade")) {
        return Reach::anything();
    }
    let names: Vec<QualifiedName> = split_outer(rest, |token| token.is_symbol(",")).into_iter().map(relation).collect();
    match kind {
        "table" | "view" | "index" => altering(names),
        "sequence" | "type" | "domain" | "function" | "procedure" | "aggregate" => {
            names.into_iter().map(creating).fold(Reach::default(), both)
        }
        _ => Reach::anything(),
    }
}

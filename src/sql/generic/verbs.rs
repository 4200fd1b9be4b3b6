//! The words statements begin with: what begins otherwise is no SQL.

use super::text::Text;
use crate::schema::Dialect;
use crate::sql::split::TokenKind;
use crate::sql::{Body, ParseError};

/// What statements begin with, those of clients and of code in routines too, and of databases that this may be meant for.
const VERBS: &str = "
    abort add alter analyze attach audit backup begin binlog break cache call case change charset check checkpoint
    checksum clear clone close cluster comment commit connect continue copy create deallocate declare default delete
    delimiter deny desc describe detach disable discard disconnect do drop edit ego else elseif enable end exec execute
    exit explain export fetch flush for get go goto grant handler help if import insert install iterate kill leave
    listen load lock loop merge move nopager notee notify nowarning open optimize pager perform pragma prepare print
    prompt purge quit raise raiserror reassign refresh reindex release rename repair repeat replace replicate reset
    resignal restart restore return revoke rollback savepoint security select set show shutdown signal source sql start
    status stop system table tee throw truncate uninstall unlisten unlock until update use vacuum values waitfor
    warnings when while with xa
";

/// What `CREATE`, `ALTER` and `DROP` are followed by.
const OBJECTS: &str = "
    access aggregate algorithm all application assembly asymmetric authorization availability bitmap broker cast catalog
    certificate class cluster clustered collation column columnstore connection constraint contract conversion
    credential cryptographic data database default definer dictionary directory distributed domain edition encoding
    endpoint event extension external force foreign full fulltext function global group hypertable ignore index
    instance invisible json language large library link local logfile login master materialized message nonclustered
    nonunique offline online operator or owned package partition policy prepare primary private procedure profile
    publication queue recursive remote resource role rollback routine route rowstore rule schema search security
    selective semantic sequence server service session source spatial spider sql statistics stogroup subscription
    symmetric synonym system table tables tablespace temp temporary text transform transient trigger type undo unique
    unlogged user vector view virtual workload xml
";

/// The syntax error of a statement that begins with no word statements begin with. What a template may stand for is left
/// alone, and so is SQL Server, where the name of a procedure alone runs it.
pub fn misspelled(text: &Text) -> Option<Body> {
    if text.dialect == Dialect::SqlServer {
        return None;
    }
    let makes = text.is_any(0, &["create", "alter", "drop"]);
    let (index, known) = if makes { (1, OBJECTS) } else { (0, VERBS) };
    let written = text.token(index);
    let is_word = text.tokens.get(index).is_some_and(|token| token.kind == TokenKind::Word);
    let is_plain = is_word && written.bytes().all(|byte| byte.is_ascii_alphabetic()) && !text.is_symbol(index + 1, ":");
    if !is_plain || known.split_whitespace().any(|word| word.eq_ignore_ascii_case(written)) {
        return None;
    }
    let message = format!("syntax error at or near `{}`", super::shortened(written));
    Some(Body::Unparsed(ParseError { message, span: text.span_of(index), placeholder: None }))
}

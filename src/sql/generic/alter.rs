//! `ALTER TABLE`, clause by clause.

use std::ops::Range;

use super::element::{self, Element};
use super::text::Text;
use super::{Outcome, Trouble, expression, keeping, types};
use crate::change::{Change, ChangeKind, Keeping, ObjectReference};
use crate::schema::{Dialect, Expression, Name, QualifiedName};
use crate::source::Span;

/// The changes of all clauses.
pub fn alter(text: &Text) -> Option<Outcome> {
    let name = text.skip(text.skip(1, &["ignore"]) + 1, &["if", "exists"]);
    let (table, place) = text.qualified(name)?;
    let mut alteration = Alteration { text, table, place: text.span(place.clone()), outcome: Outcome::default(), goes_on: GoesOn::No };
    for clause in text.split_at_commas(place.end..text.tokens.len()) {
        if let Err(message) = alteration.clause(clause.clone()) {
            alteration.outcome.troubles.push(Trouble { span: text.span(clause), message });
        }
    }
    Some(alteration.outcome)
}

/// SQLite's `ALTER TABLE` makes one change at a time: the comma before a second one.
pub fn second_clause(text: &Text) -> Option<Span> {
    if text.dialect != Dialect::Sqlite || !text.are_words(0, &["alter", "table"]) {
        return None;
    }
    let second = text.split_at_commas(2..text.tokens.len()).get(1)?.start;
    Some(text.span_of(second - 1))
}

struct Alteration<'a> {
    text: &'a Text<'a>,
    table: QualifiedName,
    /// The table's name.
    place: Span,
    outcome: Outcome,
    goes_on: GoesOn,
}

/// In SQL Server one `ADD` or `DROP COLUMN` is for all that follow.
#[derive(Clone, Copy, PartialEq)]
enum GoesOn {
    No,
    Adding,
    Dropping(Part),
}

/// What a `DROP` drops until it says otherwise.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Column,
    Constraint,
}

/// Clauses that set how a table is kept, or how it is altered: their first words.
const KEEPING: &[&[&str]] = &[
    &["engine"],
    &["auto_increment"],
    &["algorithm"],
    &["lock"],
    &["row_format"],
    &["comment"],
    &["convert", "to"],
    &["default"],
    &["character"],
    &["charset"],
    &["collate"],
    &["order", "by"],
    &["disable", "keys"],
    &["enable", "keys"],
    &["force"],
    &["key_block_size"],
    &["stats_persistent"],
    &["discard"],
    &["import"],
    &["partition"],
    &["with", "check", "check"],
    &["check", "constraint"],
    &["nocheck"],
    &["set"],
    &["page_compressed"],
    &["enable"],
    &["disable"],
    &["rebuild"],
    &["coalesce", "partition"],
    &["lock_escalation"],
    &["remove"],
    &["reorganize"],
    &["truncate"],
    &["analyze"],
    &["optimize"],
    &["with", "validation"],
    &["without", "validation"],
    &["wait"],
    &["nowait"],
];

impl Alteration<'_> {
    fn push(&mut self, span: Span, kind: ChangeKind) {
        self.outcome.changes.push(Change { kind, span });
    }

    fn table(&self) -> QualifiedName {
        self.table.clone()
    }

    fn clause(&mut self, tokens: Range<usize>) -> Result<(), String> {
        let (text, start) = (self.text, tokens.start);
        let start = if text.are_words(start, &["with", "check", "add"]) || text.are_words(start, &["with", "nocheck", "add"]) {
            start + 2
        } else {
            start
        };
        let tokens = start..tokens.end;
        if text.is_word(start, "add") {
            self.goes_on = GoesOn::Adding;
            self.add(start + 1..tokens.end)
        } else if text.is_word(start, "drop") {
            let is_constraint = text.dialect == Dialect::SqlServer;
            self.drop(start + 1..tokens.end, if is_constraint { Part::Constraint } else { Part::Column })
        } else if text.is_word(start, "modify") {
            self.modify(text.skip(start + 1, &["column"])..tokens.end)
        } else if text.is_word(start, "change") {
            self.change(text.skip(start + 1, &["column"])..tokens.end)
        } else if text.is_word(start, "rename") {
            self.rename(start + 1..tokens.end)
        } else if text.is_word(start, "alter") {
            self.alter_part(start + 1..tokens.end)
        } else if KEEPING.iter().any(|words| text.are_words(start, words)) {
            self.keep(tokens);
            Ok(())
        } else if self.goes_on == GoesOn::Adding && text.dialect == Dialect::SqlServer {
            self.add(tokens)
        } else if let GoesOn::Dropping(part) = self.goes_on
            && text.dialect == Dialect::SqlServer
        {
            self.drop(tokens, part)
        } else {
            Err(format!("unknown clause `{}`", text.token(start)))
        }
    }

    fn keep(&mut self, tokens: Range<usize>) {
        let keeping = keeping::clause(self.text, tokens.clone()).filter(|_| self.text.dialect == Dialect::MySql);
        if let Some(keeping) = keeping {
            let table = self.table();
            self.push(self.text.span(tokens), ChangeKind::Keep { table, keeping });
        }
    }

    fn add(&mut self, tokens: Range<usize>) -> Result<(), String> {
        let text = self.text;
        if text.is_word(tokens.start, "partition") {
            self.keep(tokens.start - 1..tokens.end);
            return Ok(());
        }
        let start = text.skip(tokens.start, &["column"]);
        let guarded = text.skip(start, &["if", "not", "exists"]);
        if text.is_symbol(guarded, "(") {
            let elements = text.split_at_commas(guarded + 1..text.closing(guarded));
            return elements.into_iter().try_for_each(|element| self.add_element(element));
        }
        self.add_element(start..tokens.end)
    }

    fn add_element(&mut self, tokens: Range<usize>) -> Result<(), String> {
        let start = self.text.skip(tokens.start, &["if", "not", "exists"]);
        let end = self.without_position(start..tokens.end);
        self.element(start..end, start > tokens.start)
    }

    /// Without `FIRST` or `AFTER column`.
    fn without_position(&self, tokens: Range<usize>) -> usize {
        let text = self.text;
        match () {
            () if tokens.len() > 2 && text.is_word(tokens.end - 1, "first") => tokens.end - 1,
            () if tokens.len() > 3 && text.is_word(tokens.end - 2, "after") => tokens.end - 2,
            () => tokens.end,
        }
    }

    fn element(&mut self, tokens: Range<usize>, if_not_exists: bool) -> Result<(), String> {
        let text = self.text;
        let default_of = text.find(tokens.clone(), &["for"]).filter(|_| text.dialect == Dialect::SqlServer);
        if let Some(column) = default_of.and_then(|index| text.name(index + 1)) {
            return self.add_default(tokens, column);
        }
        let Element { column, constraints, index } = element::lower(text, tokens.clone())?;
        let name = column.as_ref().map(|column| column.name.clone());
        if let Some(column) = column {
            let kind = ChangeKind::AddColumn { table: self.table(), column: Box::new(column), if_not_exists, if_table_exists: false };
            self.push(text.span_of(tokens.start), kind);
        }
        let table = self.table();
        self.outcome.changes.extend(constraints.into_iter().map(|lowered| lowered.into_change(&table, name.clone())));
        if let Some(index) = index {
            let (span, index) = (index.span, Box::new(index));
            self.push(span, ChangeKind::CreateIndex { table, index, concurrently: false, if_not_exists, only: false });
        }
        Ok(())
    }

    /// `ADD CONSTRAINT n DEFAULT value FOR column` of SQL Server.
    fn add_default(&mut self, tokens: Range<usize>, column: Name) -> Result<(), String> {
        let text = self.text;
        let Some(keyword) = text.find(tokens.clone(), &["default"]) else { return Err("no default".to_owned()) };
        let end = text.find(keyword..tokens.end, &["for"]).unwrap_or(tokens.end);
        let default = expression(text, keyword + 1..end)?;
        let kind = ChangeKind::SetDefault { table: self.table(), column, default: Some(default), if_table_exists: false };
        self.push(text.span(tokens), kind);
        Ok(())
    }

    /// `unsaid` is what a name alone is.
    fn drop(&mut self, tokens: Range<usize>, unsaid: Part) -> Result<(), String> {
        let (text, start) = (self.text, tokens.start);
        let table = self.table();
        let part = match () {
            () if text.is_word(start, "column") => Part::Column,
            () if text.is_word(start, "constraint") => Part::Constraint,
            () => unsaid,
        };
        self.goes_on = GoesOn::Dropping(part);
        if text.is_word(start, "partition") || text.are_words(start, &["period", "for"]) {
            return Ok(());
        }
        if text.are_words(start, &["primary", "key"]) {
            let kind = constraint_drop(table, "PRIMARY".into(), false);
            self.push(text.span(start..start + 2), kind);
            return Ok(());
        }
        let keyword = text.skip(start, &["foreign", "key"]);
        let is_check = text.is_any(start, &["constraint", "check"]);
        let is_index = text.is_any(start, &["index", "key"]);
        let is_constraint = keyword > start || is_check || (part == Part::Constraint && !is_index);
        let behind = match () {
            () if keyword > start => keyword,
            () if is_check || is_index || text.is_word(start, "column") => start + 1,
            () => start,
        };
        let name_at = text.skip(behind, &["if", "exists"]);
        let if_exists = name_at > behind;
        let name = text.name(name_at).ok_or_else(|| "no name where one was expected".to_owned())?;
        let kind = match () {
            () if is_constraint => constraint_drop(table, name, if_exists),
            () if is_index => ChangeKind::DropIndex { table, index: name, if_exists },
            () => ChangeKind::DropColumn { table, column: name, if_exists, cascade: false, if_table_exists: false },
        };
        self.push(text.span_of(name_at), kind);
        Ok(())
    }

    fn modify(&mut self, tokens: Range<usize>) -> Result<(), String> {
        let start = self.text.skip(tokens.start, &["if", "exists"]);
        self.redefine_in_place(start..tokens.end)
    }

    fn change(&mut self, tokens: Range<usize>) -> Result<(), String> {
        let text = self.text;
        let start = text.skip(tokens.start, &["if", "exists"]);
        let (Some(old), Some(new)) = (text.name(start), text.name(start + 1)) else { return Err("no name of a column".to_owned()) };
        if old != new {
            let kind = ChangeKind::RenameColumn { table: self.table(), column: old, to: new, if_table_exists: false };
            self.push(text.span_of(start), kind);
        }
        self.redefine_in_place(start + 1..tokens.end)
    }

    fn redefine_in_place(&mut self, tokens: Range<usize>) -> Result<(), String> {
        let end = self.without_position(tokens.clone());
        self.redefine(tokens.start..end)?;
        if end < tokens.end {
            let table = self.table();
            self.push(self.text.span(end..tokens.end), ChangeKind::Keep { table, keeping: Keeping::Reorder });
        }
        Ok(())
    }

    /// A column is defined anew: what is not said of it is gone.
    fn redefine(&mut self, tokens: Range<usize>) -> Result<(), String> {
        let text = self.text;
        let Element { column: Some(column), constraints, .. } = element::lower(text, tokens.clone())? else {
            return Err("no definition of a column".to_owned());
        };
        let span = text.span_of(tokens.start);
        let (table, name) = (self.table(), column.name.clone());
        let data_type = ChangeKind::SetType {
            table: table.clone(),
            column: name.clone(),
            data_type: column.data_type.value.clone(),
            collation: column.collation.clone(),
            using: None,
            if_table_exists: false,
        };
        self.push(span, data_type);
        let nullable = column.nullable.value;
        self.push(span, ChangeKind::SetNullable { table: table.clone(), column: name.clone(), nullable, if_table_exists: false });
        if text.dialect == Dialect::MySql {
            let default = column.default.as_ref().map(|default| default.value.clone());
            self.push(span, ChangeKind::SetDefault { table: table.clone(), column: name.clone(), default, if_table_exists: false });
            let identity = column.identity.map(|identity| identity.value);
            let (options, column) = (Box::default(), name.clone());
            self.push(span, ChangeKind::SetIdentity { table: table.clone(), column, identity, options, replace: true, if_exists: true });
        }
        self.outcome.changes.extend(constraints.into_iter().map(|lowered| lowered.into_change(&table, None)));
        Ok(())
    }

    fn rename(&mut self, tokens: Range<usize>) -> Result<(), String> {
        let (text, start) = (self.text, tokens.start);
        let part = if text.is_any(start, &["column", "index", "key"]) && text.is_any(start + 2, &["to"]) { start + 1 } else { start };
        if part > start || text.is_word(start + 1, "to") {
            // SQLite leaves the keyword COLUMN out.
            let (Some(name), Some(to)) = (text.name(part), text.name(part + 2)) else { return Err("no name".to_owned()) };
            let table = self.table();
            let kind = match text.is_any(start, &["index", "key"]) && part > start {
                true => ChangeKind::RenameIndex { table, index: name, to },
                false => ChangeKind::RenameColumn { table, column: name, to, if_table_exists: false },
            };
            self.push(text.span_of(part), kind);
            return Ok(());
        }
        let to = if text.is_any(start, &["to", "as"]) { start + 1 } else { start };
        let (to, _) = text.qualified(to).ok_or_else(|| "no name".to_owned())?;
        let object = ObjectReference::Table(self.table());
        self.push(self.place, ChangeKind::Rename { object, to: to.name.clone(), if_exists: false });
        Ok(())
    }

    fn alter_part(&mut self, tokens: Range<usize>) -> Result<(), String> {
        let text = self.text;
        if text.is_any(tokens.start, &["index", "check", "constraint"]) {
            return Ok(());
        }
        let start = text.skip(tokens.start, &["column"]);
        let column = text.name(start).ok_or_else(|| "no name of a column".to_owned())?;
        let behind = start + 1;
        let (table, span) = (self.table(), text.span_of(start));
        if text.are_words(behind, &["set", "default"]) {
            let default = Some(expression(text, behind + 2..tokens.end)?);
            self.push(span, ChangeKind::SetDefault { table, column, default, if_table_exists: false });
        } else if text.are_words(behind, &["drop", "default"]) {
            self.push(span, ChangeKind::SetDefault { table, column, default: None, if_table_exists: false });
        } else if let Some(kind) = self.set_type(&column, behind..tokens.end) {
            self.push(span, kind);
        } else if text.are_words(behind, &["set", "not", "null"]) || text.are_words(behind, &["drop", "not", "null"]) {
            let nullable = text.is_word(behind, "drop");
            self.push(span, ChangeKind::SetNullable { table, column, nullable, if_table_exists: false });
        } else if text.is_any(behind, &["set", "drop", "add"]) {
            return if text.is_any(behind + 1, &["invisible", "visible"]) { Ok(()) } else { Err("unknown change of a column".to_owned()) };
        } else {
            return self.redefine(start..tokens.end);
        }
        Ok(())
    }

    /// PostgreSQL's `TYPE` and `SET DATA TYPE`, which SQLite is sometimes asked for in vain.
    fn set_type(&self, column: &Name, tokens: Range<usize>) -> Option<ChangeKind> {
        let behind = self.text.skip(self.text.skip(tokens.start, &["set", "data", "type"]), &["type"]);
        if self.text.dialect != Dialect::Sqlite || behind == tokens.start {
            return None;
        }
        let data_type = types::as_written(&self.text.written(behind..tokens.end));
        let (table, column) = (self.table(), column.clone());
        Some(ChangeKind::SetType { table, column, data_type, collation: None, using: None, if_table_exists: false })
    }
}

fn constraint_drop(table: QualifiedName, constraint: Name, if_exists: bool) -> ChangeKind {
    ChangeKind::DropConstraint { table, constraint, if_exists, cascade: false, if_table_exists: false }
}

/// The expression that these tokens are.
fn expression(text: &Text, tokens: Range<usize>) -> Result<Expression, String> {
    expression::parse(&text.written(tokens), text.dialect)
}

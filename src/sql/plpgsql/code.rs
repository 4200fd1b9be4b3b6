//! What the code of a function consists of, whether or not it runs: its SQL, its variables, the types it declares.

use std::collections::BTreeSet;
use std::ops::Range;

use super::interpret::{into_clause, written_names};
use super::structure::{self, Block, Header, Node};
use super::token::{self, Kind, Token, covered, dotted, find_outer};
use crate::schema::Name;

/// The parts of a function's code.
#[derive(Debug, Default)]
pub struct Code {
    /// SQL statements, and expressions as `SELECT`s.
    pub sql: Vec<Piece>,
    /// Names of variables.
    pub variables: BTreeSet<Name>,
    /// Names before `%TYPE` and `%ROWTYPE`, and where they stand.
    pub typed_after: Vec<(TypeSource, Range<usize>)>,
    /// Dotted names that are assigned to: `NEW.updated_at`.
    pub assigned: Vec<(Vec<Name>, Range<usize>)>,
}

/// A part of the code, made SQL at equal length, so that places stay right.
#[derive(Debug)]
pub struct Piece {
    /// The SQL.
    pub text: String,
    /// Where it begins in the text the code stands in.
    pub start: usize,
}

/// What a variable's type is copied from.
#[derive(Debug)]
pub enum TypeSource {
    /// `table%ROWTYPE`.
    Row(Vec<Name>),
    /// `table.column%TYPE`, or the type of another variable.
    Column(Vec<Name>),
}

/// The parts of the code at `range`; `None` where it is not understood.
pub fn code(text: &str, range: Range<usize>) -> Option<Code> {
    let tokens = token::read(text, range).filter(|tokens| token::depth(tokens) <= super::MAX_PARENTHESES)?;
    let block = structure::parse(&tokens)?;
    let mut reader = Reader { text, code: Code::default() };
    reader.block(&block);
    Some(reader.code)
}

struct Reader<'a> {
    text: &'a str,
    code: Code,
}

impl Reader<'_> {
    fn block(&mut self, block: &Block) {
        for declaration in &block.declarations {
            self.code.variables.insert(declaration.name.clone());
            self.declared_type(declaration.data_type);
            declaration.value.into_iter().for_each(|value| self.expression(value));
        }
        self.nodes(&block.body);
        block.handlers.iter().for_each(|(_, handler)| self.nodes(handler));
    }

    fn declared_type(&mut self, tokens: &[Token]) {
        if let Some(index) = find_outer(tokens, |token| token.is_any_word(&["for", "is"])) {
            return self.query(&tokens[index + 1..]);
        }
        let Some((name, rest)) = dotted(tokens) else { return };
        let place = covered(&tokens[..tokens.len() - rest.len()]);
        match rest {
            [percent, word, ..] if percent.is_symbol("%") && word.is_word("rowtype") => {
                self.code.typed_after.push((TypeSource::Row(name), place));
            }
            [percent, word, ..] if percent.is_symbol("%") && word.is_word("type") => {
                self.code.typed_after.push((TypeSource::Column(name), place));
            }
            _ => {}
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        nodes.iter().for_each(|node| self.node(node));
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Block(block) => self.block(block),
            Node::If { branches, otherwise } => {
                for branch in branches {
                    branch.condition.into_iter().for_each(|condition| self.expression(condition));
                    self.nodes(&branch.body);
                }
                self.nodes(otherwise);
            }
            Node::Loop { header, body, .. } => {
                self.header(header);
                self.nodes(body);
            }
            Node::Assign { target, value } => {
                self.code.assigned.extend(dotted(target).map(|(name, _)| (name, covered(target))));
                self.expression(value);
            }
            Node::Perform(statement) => self.expression(statement.get(1..).unwrap_or_default()),
            Node::Evaluate(tokens) => self.query(tokens),
            Node::Leave(value) => self.expression(value),
            Node::Statement(statement) => self.statement(statement),
            Node::Execute { .. } | Node::Forget(_) | Node::Exit | Node::Fail => {}
        }
    }

    fn header(&mut self, header: &Header) {
        match header {
            Header::For { targets, source } => {
                self.code.variables.extend(written_names(targets));
                if find_outer(source, |token| token.is_symbol("..")).is_none() {
                    self.query(source);
                }
            }
            Header::Foreach { target, source } => {
                self.code.variables.extend(written_names(target));
                self.expression(source);
            }
            Header::Unbounded { condition } => self.expression(condition),
        }
    }

    /// A query, or an expression where only that may stand; texts that are executed are not looked into.
    fn query(&mut self, tokens: &[Token]) {
        const QUERIES: [&str; 7] = ["select", "with", "values", "insert", "update", "delete", "merge"];
        match tokens.first() {
            Some(first) if first.is_any_word(&QUERIES) => self.statement(tokens),
            Some(first) if first.is_word("execute") => {}
            _ => self.expression(tokens),
        }
    }

    /// A statement, with blanks where its `INTO` clause stands.
    fn statement(&mut self, tokens: &[Token]) {
        let range = covered(tokens);
        let Some(mut text) = self.text.get(range.clone()).map(str::to_owned) else { return };
        if let Some((before, target, _)) = into_clause(tokens) {
            let from = covered(before).end - range.start;
            let to = covered(target).end.max(range.start + from) - range.start;
            text.replace_range(from..to, &" ".repeat(to - from));
        }
        self.code.sql.push(Piece { text, start: range.start });
    }

    fn expression(&mut self, tokens: &[Token]) {
        const SELECT: &str = "SELECT ";
        let range = covered(tokens);
        // What a `CASE` or `WHEN` of other kinds leaves behind is no expression, and then does not parse.
        if tokens.iter().all(|token| token.kind != Kind::Word && token.kind != Kind::Quoted) || range.start < SELECT.len() {
            return;
        }
        let Some(text) = self.text.get(range.clone()) else { return };
        self.code.sql.push(Piece { text: format!("{SELECT}{text}"), start: range.start - SELECT.len() });
    }
}

//! The structure of a PL/pgSQL block: which statements it is made of. What they do is decided elsewhere.

use super::token::{Token, dotted, find_outer};
use crate::schema::Name;

/// Blocks and branches nested deeper than this are not understood.
const MAX_DEPTH: usize = 64;

/// One PL/pgSQL statement.
#[derive(Debug)]
pub(super) enum Node<'a> {
    /// `DECLARE … BEGIN … EXCEPTION … END`.
    Block(Block<'a>),
    /// `IF`, or a `CASE` whose branches have conditions; a branch without one cannot be decided.
    If { branches: Vec<Branch<'a>>, otherwise: Vec<Node<'a>> },
    /// Any loop, and where its body begins.
    Loop { header: Header<'a>, body: Vec<Node<'a>>, start: usize },
    /// `variable := expression`.
    Assign { target: &'a [Token], value: &'a [Token] },
    /// `EXECUTE expression`: everything behind the keyword, and the whole statement.
    Execute { arguments: &'a [Token], statement: &'a [Token] },
    /// `PERFORM query`, with its keyword.
    Perform(&'a [Token]),
    /// `RETURN` and what it gives back, or `CONTINUE` within a loop: nothing behind it runs.
    Leave(&'a [Token]),
    /// `RETURN QUERY`, `RETURN NEXT`, `OPEN`, `ASSERT`: what is behind the keywords is evaluated.
    Evaluate(&'a [Token]),
    /// `EXIT`.
    Exit,
    /// `RAISE EXCEPTION`.
    Fail,
    /// `GET DIAGNOSTICS`, `FETCH`: variables it names take values nobody knows.
    Forget(&'a [Token]),
    /// An SQL statement.
    Statement(&'a [Token]),
}

/// One `IF` or `WHEN`: its condition and what it leads to.
#[derive(Debug)]
pub(super) struct Branch<'a> {
    pub(super) condition: Option<&'a [Token]>,
    pub(super) body: Vec<Node<'a>>,
}

/// A block.
#[derive(Debug)]
pub(super) struct Block<'a> {
    pub(super) declarations: Vec<Declaration<'a>>,
    pub(super) body: Vec<Node<'a>>,
    pub(super) handlers: Vec<(Vec<Name>, Vec<Node<'a>>)>,
}

/// A declared variable and its initial value, where it has one.
#[derive(Debug)]
pub(super) struct Declaration<'a> {
    pub(super) name: Name,
    /// Its type, or what a cursor runs over.
    pub(super) data_type: &'a [Token],
    pub(super) value: Option<&'a [Token]>,
}

/// What a loop runs over.
#[derive(Debug)]
pub(super) enum Header<'a> {
    /// `FOR targets IN source`.
    For { targets: &'a [Token], source: &'a [Token] },
    /// `FOREACH target IN ARRAY source`.
    Foreach { target: &'a [Token], source: &'a [Token] },
    /// `LOOP`, `WHILE condition`.
    Unbounded { condition: &'a [Token] },
}

/// The block that `tokens` are, or `None` where they are none.
pub(super) fn parse(tokens: &[Token]) -> Option<Block<'_>> {
    let mut parser = Parser { tokens, position: 0, depth: 0 };
    let block = parser.block()?;
    while parser.accept_symbol(";") {}
    (parser.position == tokens.len()).then_some(block)
}

/// The statements that `tokens` begin with, up to the end of the block, branch or loop they stand in.
pub(super) fn parse_list(tokens: &[Token]) -> Option<Vec<Node<'_>>> {
    let mut parser = Parser { tokens, position: 0, depth: 0 };
    parser.nodes(&["end", "else", "elsif", "elseif", "exception", "when"])
}

struct Parser<'a> {
    tokens: &'a [Token],
    position: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a [Token] {
        self.tokens.get(self.position..).unwrap_or_default()
    }

    fn peek(&self) -> Option<&'a Token> {
        self.rest().first()
    }

    fn at(&self, words: &[&str]) -> bool {
        self.peek().is_some_and(|token| token.is_any_word(words))
    }

    fn accept(&mut self, word: &str) -> bool {
        let found = self.at(&[word]);
        self.position += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) -> Option<()> {
        self.accept(word).then_some(())
    }

    fn accept_symbol(&mut self, symbol: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_symbol(symbol));
        self.position += usize::from(found);
        found
    }

    /// Everything up to the first outer token that `stop` accepts, which is skipped.
    fn until(&mut self, stop: impl Fn(&Token) -> bool) -> Option<&'a [Token]> {
        let rest = self.rest();
        let end = find_outer(rest, stop)?;
        self.position += end + 1;
        Some(&rest[..end])
    }

    fn until_semicolon(&mut self) -> Option<&'a [Token]> {
        self.until(|token| token.is_symbol(";"))
    }

    /// A condition up to `THEN`, past those of `CASE` expressions in it.
    fn until_then(&mut self) -> Option<&'a [Token]> {
        let rest = self.rest();
        let mut cases = 0_usize;
        for (index, token) in super::token::outer(rest) {
            match token.value.as_str() {
                "then" if cases == 0 && token.is_word("then") => {
                    self.position += index + 1;
                    return Some(&rest[..index]);
                }
                "case" if token.is_word("case") => cases += 1,
                "end" if token.is_word("end") => cases = cases.saturating_sub(1),
                ";" if token.is_symbol(";") => return None,
                _ => {}
            }
        }
        None
    }

    fn label(&mut self) {
        if let [open, _, close, ..] = self.rest()
            && open.is_symbol("<<")
            && close.is_symbol(">>")
        {
            self.position += 3;
        }
    }

    /// `END [keyword] [label] [;]`.
    fn end(&mut self, keyword: Option<&str>) -> Option<()> {
        self.expect("end")?;
        if let Some(keyword) = keyword {
            self.expect(keyword)?;
        }
        if self.peek().is_some_and(|token| token.identifier().is_some()) {
            self.position += 1;
        }
        let closed = self.accept_symbol(";");
        (closed || self.peek().is_none()).then_some(())
    }

    fn block(&mut self) -> Option<Block<'a>> {
        self.label();
        let declarations = if self.at(&["declare"]) { self.declarations()? } else { Vec::new() };
        self.expect("begin")?;
        let body = self.nodes(&["end", "exception"])?;
        let handlers = if self.accept("exception") { self.handlers()? } else { Vec::new() };
        self.end(None)?;
        Some(Block { declarations, body, handlers })
    }

    fn declarations(&mut self) -> Option<Vec<Declaration<'a>>> {
        let mut declarations = Vec::new();
        while !self.at(&["begin"]) {
            if self.accept("declare") || self.accept_symbol(";") {
                continue;
            }
            let tokens = self.until_semicolon()?;
            let name = tokens.first()?.identifier()?;
            let initial = find_outer(tokens, |token| token.is_word("default") || token.is_symbol(":=") || token.is_symbol("="));
            let data_type = &tokens[1..initial.unwrap_or(tokens.len()).max(1)];
            declarations.push(Declaration { name, data_type, value: initial.map(|index| &tokens[index + 1..]) });
        }
        Some(declarations)
    }

    fn handlers(&mut self) -> Option<Vec<(Vec<Name>, Vec<Node<'a>>)>> {
        let mut handlers = Vec::new();
        while self.accept("when") {
            let conditions = self.until_then()?;
            let names = conditions.iter().filter(|token| !token.is_word("or")).map(|token| token.value.as_str().into()).collect();
            handlers.push((names, self.nodes(&["when", "end"])?));
        }
        Some(handlers)
    }

    /// Statements up to one of the words, which is left for the caller.
    fn nodes(&mut self, stop: &[&str]) -> Option<Vec<Node<'a>>> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let mut nodes = Vec::new();
        while !self.at(stop) {
            self.peek()?;
            if !self.accept_symbol(";") {
                nodes.extend(self.node()?);
            }
        }
        self.depth -= 1;
        Some(nodes)
    }

    fn node(&mut self) -> Option<Option<Node<'a>>> {
        self.label();
        let first = self.peek()?;
        let keyword = if first.kind == super::token::Kind::Word { first.value.as_str() } else { "" };
        let node = match keyword {
            "declare" | "begin" => Node::Block(self.block()?),
            _ if self.is_assignment() => self.assignment()?,
            "if" => self.condition()?,
            "case" => self.case()?,
            "for" | "foreach" | "while" | "loop" => self.repetition()?,
            "exit" | "continue" => return self.jump().map(Some),
            _ => return self.simple(keyword),
        };
        Some(Some(node))
    }

    /// Statements that end at their semicolon.
    fn simple(&mut self, keyword: &str) -> Option<Option<Node<'a>>> {
        let statement = self.until_semicolon()?;
        let arguments = &statement[1.min(statement.len())..];
        let node = match keyword {
            "null" | "close" | "move" | "commit" | "rollback" => return Some(None),
            "assert" => Node::Evaluate(arguments),
            "open" => Node::Evaluate(find_outer(arguments, |token| token.is_word("for")).map_or(&[], |index| &arguments[index + 1..])),
            "return" if arguments.first().is_some_and(|token| token.is_any_word(&["next", "query"])) => Node::Evaluate(&arguments[1..]),
            "return" => Node::Leave(arguments),
            "raise" => return Some(raises(arguments).then_some(Node::Fail)),
            "execute" => Node::Execute { arguments, statement },
            "perform" => Node::Perform(statement),
            "get" | "fetch" => Node::Forget(arguments),
            _ => Node::Statement(statement),
        };
        Some(Some(node))
    }

    fn is_assignment(&self) -> bool {
        let Some((_, mut rest)) = dotted(self.rest()) else { return false };
        while let Some((_, behind)) = rest.first().filter(|token| token.is_symbol("[")).and_then(|_| super::token::enclosed(rest)) {
            rest = behind;
        }
        rest.first().is_some_and(|token| token.is_symbol(":=") || token.is_symbol("="))
    }

    fn assignment(&mut self) -> Option<Node<'a>> {
        let target = self.until(|token| token.is_symbol(":=") || token.is_symbol("="))?;
        Some(Node::Assign { target, value: self.until_semicolon()? })
    }

    fn condition(&mut self) -> Option<Node<'a>> {
        let mut branches = Vec::new();
        while self.at(&["if", "elsif", "elseif"]) {
            self.position += 1;
            let condition = Some(self.until_then()?);
            branches.push(Branch { condition, body: self.nodes(&["elsif", "elseif", "else", "end"])? });
        }
        let otherwise = if self.accept("else") { self.nodes(&["end"])? } else { Vec::new() };
        self.end(Some("if"))?;
        Some(Node::If { branches, otherwise })
    }

    fn case(&mut self) -> Option<Node<'a>> {
        self.expect("case")?;
        let searched = self.at(&["when"]);
        if !searched {
            let operand = find_outer(self.rest(), |token| token.is_word("when"))?;
            self.position += operand;
        }
        let mut branches = Vec::new();
        while self.accept("when") {
            let condition = Some(self.until_then()?).filter(|_| searched);
            branches.push(Branch { condition, body: self.nodes(&["when", "else", "end"])? });
        }
        let otherwise = if self.accept("else") { self.nodes(&["end"])? } else { Vec::new() };
        self.end(Some("case"))?;
        Some(Node::If { branches, otherwise })
    }

    fn repetition(&mut self) -> Option<Node<'a>> {
        let is_loop = |token: &Token| token.is_word("loop");
        let header = if self.accept("for") {
            let targets = self.until(|token| token.is_word("in"))?;
            Header::For { targets, source: self.until(is_loop)? }
        } else if self.accept("foreach") {
            let target = self.until(|token| token.is_word("in"))?;
            self.expect("array")?;
            Header::Foreach { target, source: self.until(is_loop)? }
        } else {
            let condition = self.until(is_loop)?;
            Header::Unbounded { condition: condition.get(1..).unwrap_or_default() }
        };
        let start = self.peek()?.range.start;
        let body = self.nodes(&["end"])?;
        self.end(Some("loop"))?;
        Some(Node::Loop { header, body, start })
    }

    /// `EXIT [label] [WHEN condition]` and `CONTINUE`.
    fn jump(&mut self) -> Option<Node<'a>> {
        let statement = self.until_semicolon()?;
        let leave = || if statement[0].is_word("exit") { Node::Exit } else { Node::Leave(&[]) };
        let when = find_outer(statement, |token| token.is_word("when"));
        Some(match when {
            Some(index) => {
                let branch = Branch { condition: Some(&statement[index + 1..]), body: vec![leave()] };
                Node::If { branches: vec![branch], otherwise: Vec::new() }
            }
            None => leave(),
        })
    }
}

/// Whether `RAISE …` stops the block; its level defaults to `EXCEPTION`.
fn raises(arguments: &[Token]) -> bool {
    !arguments.first().is_some_and(|token| token.is_any_word(&["debug", "log", "info", "notice", "warning"]))
}

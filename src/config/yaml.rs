//! YAML as a tree that knows the place of every value, so that a mistake can be shown where it is.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_yaml::Value;

use crate::source::{FileId, Span};

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: NodeKind,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum NodeKind {
    /// Text, a number, a truth value or nothing.
    Scalar(Value),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys with values, as often and in the order they are written.
    Mapping(Vec<(Key, Node)>),
}

/// A key and its place.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) span: Span,
}

/// What cannot be read, and where.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) span: Span,
    pub(super) message: String,
}

/// Nesting beyond this is no configuration; it would only cost stack.
const MAX_DEPTH: usize = 32;

/// Reads a text of one YAML document; `None` when there is nothing in it.
pub(super) fn parse(file: FileId, text: &str) -> Result<Option<Node>, Mistake> {
    let offsets: Vec<usize> = text.char_indices().map(|(offset, _)| offset).chain([text.len()]).collect();
    let offset = |index: usize| offsets.get(index).copied().unwrap_or(text.len());
    let mut tree = Tree { text, open: Vec::new(), root: None };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let start = offset(error.marker().index());
            Mistake { span: Span::new(file, start..start), message: format!("this is not YAML: {}", error.info()) }
        })?;
        let span = Span::new(file, offset(span.start.index())..offset(span.end.index()));
        tree.event(event, span).map_err(|message| Mistake { span, message: message.to_owned() })?;
    }
    Ok(tree.root)
}

/// A tree that is being built, with the values that are still open.
struct Tree<'a> {
    text: &'a str,
    open: Vec<Open>,
    root: Option<Node>,
}

struct Open {
    span: Span,
    kind: NodeKind,
    key: Option<Key>,
}

impl Tree<'_> {
    fn event(&mut self, event: Event, span: Span) -> Result<(), &'static str> {
        match event {
            Event::Scalar(text, style, ..) => self.add(Node { span, kind: NodeKind::Scalar(scalar(&text, style)) }),
            Event::SequenceStart(..) => self.open(span, NodeKind::Sequence(Vec::new())),
            Event::MappingStart(..) => self.open(span, NodeKind::Mapping(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.add(Node { span: self.until(open.span, span), kind: open.kind }),
                None => Ok(()),
            },
            Event::Alias(_) => Err("aliases are not understood here: write the value out"),
            Event::DocumentStart(_) if self.root.is_some() => Err("a second document is not read: a file holds one"),
            _ => Ok(()),
        }
    }

    /// From an opening to a closing, which may be reported behind blanks.
    fn until(&self, opening: Span, closing: Span) -> Span {
        let end = self.text.get(..closing.range().end).unwrap_or_default().trim_end().len();
        Span::new(opening.file, opening.range().start..end.max(opening.range().end))
    }

    fn open(&mut self, span: Span, kind: NodeKind) -> Result<(), &'static str> {
        if self.open.len() >= MAX_DEPTH {
            return Err("values are nested too deeply");
        }
        self.open.push(Open { span, kind, key: None });
        Ok(())
    }

    fn add(&mut self, node: Node) -> Result<(), &'static str> {
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut parent.kind, parent.key.take()) {
            (NodeKind::Sequence(items), _) => items.push(node),
            (NodeKind::Mapping(entries), Some(key)) => entries.push((key, node)),
            (NodeKind::Mapping(_), None) => parent.key = Some(Key { name: node.text().ok_or("a key must be a word")?, span: node.span }),
            (NodeKind::Scalar(_), _) => {}
        }
        Ok(())
    }
}

/// What a plain scalar means by the rules of YAML; quoted ones are text.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    let plain = (style == ScalarStyle::Plain).then(|| serde_yaml::from_str(text).ok()).flatten();
    plain.filter(|value: &Value| value.is_null() || value.is_bool() || value.is_number()).unwrap_or_else(|| Value::from(text))
}

impl Node {
    /// A scalar as text; keys may look like numbers.
    fn text(&self) -> Option<String> {
        match &self.kind {
            NodeKind::Scalar(Value::String(text)) => Some(text.clone()),
            NodeKind::Scalar(value) => serde_yaml::to_string(value).ok().map(|text| text.trim_end().to_owned()),
            _ => None,
        }
    }

    /// The value of a key, where this is a mapping that has it.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        match &self.kind {
            NodeKind::Mapping(entries) => entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node),
            _ => None,
        }
    }

    /// Whether this is a mapping with this key.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The text, if it is one.
    pub(super) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar(value) => value.as_str(),
            _ => None,
        }
    }

    /// Without places.
    pub(super) fn to_value(&self) -> Value {
        match &self.kind {
            NodeKind::Scalar(value) => value.clone(),
            NodeKind::Sequence(items) => items.iter().map(Node::to_value).collect(),
            NodeKind::Mapping(entries) => {
                Value::Mapping(entries.iter().map(|(key, node)| (Value::from(key.name.as_str()), node.to_value())).collect())
            }
        }
    }

    /// In words: the value of a scalar, the kind of anything else.
    pub(super) fn describe(&self) -> String {
        match &self.kind {
            NodeKind::Scalar(Value::Null) => "nothing".to_owned(),
            NodeKind::Scalar(_) => format!("`{}`", self.text().unwrap_or_default()),
            NodeKind::Sequence(_) => "a list".to_owned(),
            NodeKind::Mapping(_) => "a mapping".to_owned(),
        }
    }
}

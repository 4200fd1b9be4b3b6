//! Reads names and lists out of the parser's generic nodes.

use pg_query::protobuf::{CollateClause, DefElem, RangeVar, RoleSpec};
use pg_query::{Node, NodeEnum};

use crate::schema::{Name, QualifiedName};

/// What a node holds.
pub fn kind(node: &Node) -> Option<&NodeEnum> {
    node.node.as_ref()
}

/// What an optional boxed node holds.
pub fn inner(node: &Option<Box<Node>>) -> Option<&NodeEnum> {
    node.as_deref().and_then(kind)
}

/// A string node's text.
pub fn string(node: &Node) -> Option<&str> {
    match kind(node)? {
        NodeEnum::String(string) => Some(&string.sval),
        _ => None,
    }
}

/// The string nodes of a list.
pub fn names(nodes: &[Node]) -> Vec<Name> {
    nodes.iter().filter_map(string).map(Name::from).collect()
}

/// The nodes of a list node; of any other node, the node itself.
pub fn items(node: &Node) -> &[Node] {
    match kind(node) {
        Some(NodeEnum::List(list)) => &list.items,
        _ => std::slice::from_ref(node),
    }
}

/// `[schema.]name` out of a list of strings; a database name before it is left out.
pub fn qualified(nodes: &[Node]) -> QualifiedName {
    let mut parts = nodes.iter().rev().filter_map(string);
    let name = parts.next().unwrap_or_default();
    QualifiedName::new(parts.next().unwrap_or_default(), name)
}

/// `[schema.]name` out of a node that is a list of strings or one string.
pub fn qualified_node(node: &Node) -> QualifiedName {
    qualified(items(node))
}

/// A relation's name as written.
pub fn relation(relation: &RangeVar) -> QualifiedName {
    QualifiedName::new(relation.schemaname.as_str(), relation.relname.as_str())
}

/// A relation's name as written; unnamed where the parser gives none.
pub fn optional_relation(range: &Option<RangeVar>) -> QualifiedName {
    range.as_ref().map_or_else(|| QualifiedName::unqualified(""), relation)
}

/// The location of a relation.
pub fn location(range: &Option<RangeVar>) -> i32 {
    range.as_ref().map_or(-1, |range| range.location)
}

/// `COLLATE`'s collation.
pub fn collation(clause: &Option<Box<CollateClause>>) -> Option<QualifiedName> {
    clause.as_ref().map(|clause| qualified(&clause.collname))
}

/// The option of this name.
pub fn option<'a>(options: &'a [Node], name: &str) -> Option<&'a DefElem> {
    options.iter().find_map(|node| match kind(node) {
        Some(NodeEnum::DefElem(element)) if element.defname == name => Some(element.as_ref()),
        _ => None,
    })
}

/// A boolean option: written without a value, it is true.
pub fn is_set(element: &DefElem) -> bool {
    match inner(&element.arg) {
        None => true,
        Some(NodeEnum::Boolean(boolean)) => boolean.boolval,
        Some(NodeEnum::Integer(integer)) => integer.ival != 0,
        Some(NodeEnum::String(string)) => ["true", "on", "yes", "1"].contains(&string.sval.to_ascii_lowercase().as_str()),
        Some(NodeEnum::TypeName(name)) => qualified(&name.names).name != "false",
        Some(_) => true,
    }
}

/// A role as it is written in lists of roles: `PUBLIC` and `CURRENT_USER` in lower case.
pub fn role(node: &Node) -> Option<Name> {
    match kind(node)? {
        NodeEnum::RoleSpec(role) => Some(role_name(role)),
        _ => None,
    }
}

fn role_name(role: &RoleSpec) -> Name {
    use pg_query::protobuf::RoleSpecType;
    match role.roletype() {
        RoleSpecType::RolespecPublic => "public".into(),
        RoleSpecType::RolespecCurrentRole => "current_role".into(),
        RoleSpecType::RolespecCurrentUser => "current_user".into(),
        RoleSpecType::RolespecSessionUser => "session_user".into(),
        _ => role.rolename.as_str().into(),
    }
}

//! Statements about objects by their kind and name: `DROP`, `RENAME`, `SET SCHEMA`, `COMMENT ON`.

use pg_query::protobuf::{AlterObjectSchemaStmt, CommentStmt, DropBehavior, DropStmt, ObjectType, ObjectWithArgs, RangeVar, RenameStmt};
use pg_query::{Node, NodeEnum};

use super::data_type;
use super::node::{self, kind, optional_relation, qualified, qualified_node, string};
use super::text::Text;
use crate::change::{Change, ChangeKind, DomainChange, ObjectReference};
use crate::schema::{Name, QualifiedName};
use crate::source::Span;

/// Of a longer list, each object is only told of so many that are dropped along with it.
const MAX_TOGETHER: usize = 1000;

/// `DROP …`: one change for each object.
pub fn drop(text: &Text, statement: &DropStmt) -> Vec<Change> {
    let objects: Vec<ObjectReference> = statement.objects.iter().map(|node| object(statement.remove_type(), node)).collect();
    let written = text.split_at_commas(drop_verb_end(text)..text.tokens.len());
    let mut changes = Vec::new();
    for (position, (object, node)) in objects.iter().zip(&statement.objects).enumerate().filter(|(_, (object, _))| is_modelled(object)) {
        let place = written.get(position).and_then(|tokens| text.find_name(tokens.clone(), &last_name(object, node)));
        let span = place.map_or_else(|| text.statement(), |index| text.span(name_start(text, index)..index + 1));
        let kind = ChangeKind::Drop {
            object: object.clone(),
            together: objects.iter().skip(position + 1).take(MAX_TOGETHER).cloned().collect(),
            if_exists: statement.missing_ok,
            cascade: statement.behavior() == DropBehavior::DropCascade,
            concurrently: statement.concurrent,
        };
        changes.push(Change { kind, span });
    }
    changes
}

/// Names begin behind `DROP kind [CONCURRENTLY] [IF EXISTS]`.
fn drop_verb_end(text: &Text) -> usize {
    let verb = if text.is_word(1, "materialized") || text.is_word(1, "foreign") || text.is_word(1, "event") { 3 } else { 2 };
    let verb = if text.is_word(verb, "concurrently") { verb + 1 } else { verb };
    if text.are_words(verb, &["if", "exists"]) { verb + 2 } else { verb }
}

/// The first token of the qualified name that ends at a token.
fn name_start(text: &Text, mut end: usize) -> usize {
    while end >= 2 && text.is_symbol(end - 1, ".") {
        end -= 2;
    }
    end
}

fn last_name(object: &ObjectReference, node: &Node) -> Name {
    use ObjectReference as R;
    match object {
        R::Namespace(name) | R::Extension(name) => name.clone(),
        R::Column(_, name) | R::Constraint(_, name) | R::DomainConstraint(_, name) | R::Trigger(_, name) | R::Policy(_, name) => {
            name.clone()
        }
        R::Table(name)
        | R::ForeignTable(name)
        | R::View(name)
        | R::MaterializedView(name)
        | R::Index(name)
        | R::Sequence(name)
        | R::Statistics(name)
        | R::Type(name)
        | R::Domain(name)
        | R::Function { name, .. } => name.name.clone(),
        R::Other(_) => qualified_node(node).name.clone(),
    }
}

/// What a node names, read as the statement's kind of object says.
fn object(kind_of_object: ObjectType, node: &Node) -> ObjectReference {
    use ObjectReference as R;
    match kind_of_object {
        ObjectType::ObjectTable => R::Table(qualified_node(node)),
        ObjectType::ObjectForeignTable => R::ForeignTable(qualified_node(node)),
        ObjectType::ObjectView => R::View(qualified_node(node)),
        ObjectType::ObjectMatview => R::MaterializedView(qualified_node(node)),
        ObjectType::ObjectIndex => R::Index(qualified_node(node)),
        ObjectType::ObjectSequence => R::Sequence(qualified_node(node)),
        ObjectType::ObjectStatisticExt => R::Statistics(qualified_node(node)),
        ObjectType::ObjectType => R::Type(type_name(node)),
        ObjectType::ObjectDomain => R::Domain(type_name(node)),
        ObjectType::ObjectSchema => R::Namespace(qualified_node(node).name.clone()),
        ObjectType::ObjectExtension => R::Extension(qualified_node(node).name.clone()),
        ObjectType::ObjectTrigger => part(node).map_or(R::Other("trigger"), |(table, name)| R::Trigger(table, name)),
        ObjectType::ObjectPolicy => part(node).map_or(R::Other("policy"), |(table, name)| R::Policy(table, name)),
        ObjectType::ObjectColumn => part(node).map_or(R::Other("column"), |(table, name)| R::Column(table, name)),
        ObjectType::ObjectTabconstraint => part(node).map_or(R::Other("constraint"), |(table, name)| R::Constraint(table, name)),
        ObjectType::ObjectDomconstraint => domain_constraint(node).unwrap_or(R::Other("constraint")),
        ObjectType::ObjectFunction | ObjectType::ObjectProcedure | ObjectType::ObjectRoutine | ObjectType::ObjectAggregate => {
            function(node)
        }
        other => R::Other(kind_in_words(other)),
    }
}

/// `table.name` as a list of strings.
fn part(node: &Node) -> Option<(QualifiedName, Name)> {
    let (name, table) = node::items(node).split_last()?;
    (!table.is_empty()).then(|| (qualified(table), string(name).unwrap_or_default().into()))
}

/// A type's name: some statements give it as a list of strings, some as a type.
fn type_name(node: &Node) -> QualifiedName {
    match kind(node) {
        Some(NodeEnum::TypeName(name)) => qualified(&name.names),
        _ => qualified_node(node),
    }
}

fn domain_constraint(node: &Node) -> Option<ObjectReference> {
    match node::items(node) {
        [domain, name] => Some(ObjectReference::DomainConstraint(type_name(domain), string(name)?.into())),
        _ => None,
    }
}

fn function(node: &Node) -> ObjectReference {
    match kind(node) {
        Some(NodeEnum::ObjectWithArgs(object)) => function_reference(object),
        _ => ObjectReference::Function { name: qualified_node(node), arguments: None },
    }
}

/// A function by name and, where written, argument types.
pub fn function_reference(object: &ObjectWithArgs) -> ObjectReference {
    let types = object.objargs.iter().filter_map(|argument| match kind(argument)? {
        NodeEnum::TypeName(name) => Some(data_type::lower(name)),
        _ => None,
    });
    let arguments = (!object.args_unspecified).then(|| types.map(data_type::without_modifiers).collect());
    ObjectReference::Function { name: qualified(&object.objname), arguments }
}

fn kind_in_words(kind: ObjectType) -> &'static str {
    match kind {
        ObjectType::ObjectRule => "rule",
        ObjectType::ObjectCast => "cast",
        ObjectType::ObjectOperator => "operator",
        ObjectType::ObjectOpclass => "operator class",
        ObjectType::ObjectOpfamily => "operator family",
        ObjectType::ObjectCollation => "collation",
        ObjectType::ObjectConversion => "conversion",
        ObjectType::ObjectDatabase => "database",
        ObjectType::ObjectRole => "role",
        ObjectType::ObjectTablespace => "tablespace",
        ObjectType::ObjectPublication => "publication",
        ObjectType::ObjectSubscription => "subscription",
        ObjectType::ObjectEventTrigger => "event trigger",
        ObjectType::ObjectForeignServer => "foreign server",
        ObjectType::ObjectFdw => "foreign data wrapper",
        ObjectType::ObjectLanguage => "language",
        ObjectType::ObjectAccessMethod => "access method",
        ObjectType::ObjectTsconfiguration | ObjectType::ObjectTsdictionary | ObjectType::ObjectTsparser | ObjectType::ObjectTstemplate => {
            "text search object"
        }
        _ => "object",
    }
}

/// `ALTER … RENAME`; `None` where the model does not hold what is renamed.
pub fn rename(text: &Text, statement: &RenameStmt) -> Option<Change> {
    let to = Name::from(statement.newname.as_str());
    let (sub, if_exists) = (Name::from(statement.subname.as_str()), statement.missing_ok);
    let table = || optional_relation(&statement.relation);
    let (kind, named) = match statement.rename_type() {
        ObjectType::ObjectColumn | ObjectType::ObjectAttribute => {
            (ChangeKind::RenameColumn { table: table(), column: sub.clone(), to, if_table_exists: if_exists }, sub)
        }
        ObjectType::ObjectTabconstraint => (ChangeKind::RenameConstraint { table: table(), constraint: sub.clone(), to }, sub),
        ObjectType::ObjectDomconstraint => {
            let change = DomainChange::RenameCheck { name: sub.clone(), to };
            (ChangeKind::AlterDomain { name: type_name(statement.object.as_deref()?), change }, sub)
        }
        ObjectType::ObjectSchema => (ChangeKind::RenameNamespace { name: sub.clone(), to }, sub),
        _ => {
            let object = renamed_object(statement)?;
            let named =
                statement.object.as_deref().map_or_else(|| last_relation_name(&statement.relation, &sub), |node| last_name(&object, node));
            (ChangeKind::Rename { object, to, if_exists }, named)
        }
    };
    Some(Change { kind, span: name_behind(text, 2, &named) })
}

fn last_relation_name(relation: &Option<RangeVar>, sub: &Name) -> Name {
    if sub.is_unnamed() { optional_relation(relation).name.clone() } else { sub.clone() }
}

fn renamed_object(statement: &RenameStmt) -> Option<ObjectReference> {
    use ObjectReference as R;
    let relation = || optional_relation(&statement.relation);
    let sub = || Name::from(statement.subname.as_str());
    match statement.rename_type() {
        ObjectType::ObjectTrigger => Some(R::Trigger(relation(), sub())),
        ObjectType::ObjectPolicy => Some(R::Policy(relation(), sub())),
        kind if statement.relation.is_some() => Some(relation_reference(kind, relation())),
        kind => Some(object(kind, statement.object.as_deref()?)).filter(is_modelled),
    }
}

fn relation_reference(kind: ObjectType, name: QualifiedName) -> ObjectReference {
    use ObjectReference as R;
    match kind {
        ObjectType::ObjectView => R::View(name),
        ObjectType::ObjectMatview => R::MaterializedView(name),
        ObjectType::ObjectIndex => R::Index(name),
        ObjectType::ObjectSequence => R::Sequence(name),
        ObjectType::ObjectForeignTable => R::ForeignTable(name),
        ObjectType::ObjectType => R::Type(name),
        ObjectType::ObjectRule => R::Other("rule"),
        _ => R::Table(name),
    }
}

fn is_modelled(object: &ObjectReference) -> bool {
    !matches!(object, ObjectReference::Other(_))
}

/// Where the object's name stands, from a token on.
pub fn name_behind(text: &Text, start: usize, name: &Name) -> Span {
    let place = text.find_name(start..text.tokens.len(), name);
    place.map_or_else(|| text.statement(), |index| text.span(name_start(text, index)..index + 1))
}

/// `ALTER … SET SCHEMA`.
pub fn set_schema(text: &Text, statement: &AlterObjectSchemaStmt) -> Option<Change> {
    let object = match &statement.relation {
        Some(relation) => relation_reference(statement.object_type(), node::relation(relation)),
        None => object(statement.object_type(), statement.object.as_deref()?),
    };
    if !is_modelled(&object) {
        return None;
    }
    let named = match &statement.relation {
        Some(relation) => relation.relname.as_str().into(),
        None => last_name(&object, statement.object.as_deref()?),
    };
    let (schema, if_exists) = (statement.newschema.as_str().into(), statement.missing_ok);
    Some(Change { kind: ChangeKind::SetSchema { object, schema, if_exists }, span: name_behind(text, 2, &named) })
}

/// `COMMENT ON`.
pub fn comment(text: &Text, statement: &CommentStmt) -> Option<Change> {
    let node = statement.object.as_deref()?;
    let object = Some(object(statement.objtype(), node)).filter(is_modelled)?;
    let named = last_name(&object, node);
    // The parser gives no difference between `NULL` and the empty string, and neither does PostgreSQL.
    let comment = Some(statement.comment.as_str()).filter(|comment| !comment.is_empty()).map(Into::into);
    Some(Change { span: name_behind(text, 2, &named), kind: ChangeKind::Comment { object, text: comment } })
}

//! `GRANT`, `REVOKE`, roles and passwords.

use std::sync::Arc;

use pg_query::protobuf::{
    AlterDefaultPrivilegesStmt, AlterRoleStmt, CreateRoleStmt, GrantRoleStmt, GrantStmt, GrantTargetType, ObjectType,
};
use pg_query::{Node, NodeEnum};

use super::node::{self, inner, kind, qualified_node};
use super::text::Text;
use crate::schema::{Name, QualifiedName};
use crate::sql::access::{Access, AccessKind, Objects, Privileges, Securable};

/// What a statement does to roles and privileges; nothing for most statements.
pub fn lower(text: &Text, statement: &NodeEnum) -> Option<Access> {
    let kind = match statement {
        NodeEnum::GrantStmt(grant) => AccessKind::Privileges(privileges(grant)),
        NodeEnum::AlterDefaultPrivilegesStmt(alter) => AccessKind::Privileges(default_privileges(alter)?),
        NodeEnum::GrantRoleStmt(grant) => membership(grant),
        NodeEnum::CreateRoleStmt(create) => created_role(create),
        NodeEnum::AlterRoleStmt(alter) => altered_role(alter)?,
        NodeEnum::DropRoleStmt(drop) => AccessKind::DropRoles(roles(&drop.roles)),
        NodeEnum::CreateUserMappingStmt(mapping) => login("user mapping", &mapping.options)?,
        NodeEnum::AlterUserMappingStmt(mapping) => login("user mapping", &mapping.options)?,
        NodeEnum::CreateSubscriptionStmt(subscription) => {
            AccessKind::Login { what: "subscription", password: password_of_connection(&subscription.conninfo)? }
        }
        NodeEnum::AlterSystemStmt(_) => AccessKind::Server,
        _ => return None,
    };
    Some(Access { kind, span: text.statement() })
}

fn roles(nodes: &[Node]) -> Vec<Name> {
    nodes.iter().filter_map(node::role).collect()
}

fn privileges(grant: &GrantStmt) -> Privileges {
    let names = || grant.objects.iter().map(object_name);
    let schemas = || names().map(|name| name.name.clone()).collect();
    let objects = match grant.targtype() {
        GrantTargetType::AclTargetAllInSchema => Objects::InSchemas(schemas()),
        GrantTargetType::AclTargetDefaults => Objects::ToCome(Vec::new()),
        _ => Objects::Named(names().collect()),
    };
    let privilege = |node: &Node| match kind(node)? {
        NodeEnum::AccessPriv(privilege) => Some(Name::from(privilege.priv_name.to_ascii_lowercase().as_str())),
        _ => None,
    };
    Privileges {
        granted: grant.is_grant,
        privileges: grant.privileges.iter().filter_map(privilege).collect(),
        on: securable(grant.objtype()),
        objects,
        grantees: roles(&grant.grantees),
    }
}

fn object_name(object: &Node) -> QualifiedName {
    match kind(object) {
        Some(NodeEnum::RangeVar(relation)) => node::relation(relation),
        Some(NodeEnum::ObjectWithArgs(object)) => node::qualified(&object.objname),
        _ => qualified_node(object),
    }
}

fn securable(object: ObjectType) -> Securable {
    match object {
        ObjectType::ObjectTable => Securable::Table,
        ObjectType::ObjectSequence => Securable::Sequence,
        ObjectType::ObjectFunction | ObjectType::ObjectProcedure | ObjectType::ObjectRoutine => Securable::Function,
        ObjectType::ObjectSchema => Securable::Namespace,
        ObjectType::ObjectDatabase => Securable::Database,
        _ => Securable::Other,
    }
}

fn default_privileges(alter: &AlterDefaultPrivilegesStmt) -> Option<Privileges> {
    let schemas = node::option(&alter.options, "schemas").and_then(|option| option.arg.as_deref());
    let schemas = schemas.map(|list| node::names(node::items(list))).unwrap_or_default();
    Some(Privileges { objects: Objects::ToCome(schemas), ..privileges(alter.action.as_ref()?) })
}

fn membership(grant: &GrantRoleStmt) -> AccessKind {
    let given = grant.granted_roles.iter().filter_map(|node| match kind(node)? {
        NodeEnum::AccessPriv(role) => Some(Name::from(role.priv_name.as_str())),
        _ => None,
    });
    AccessKind::Membership { roles: given.collect(), members: roles(&grant.grantee_roles), granted: grant.is_grant }
}

fn created_role(create: &CreateRoleStmt) -> AccessKind {
    role(create.role.as_str().into(), &create.options)
}

fn altered_role(alter: &AlterRoleStmt) -> Option<AccessKind> {
    let name = alter.role.as_ref().map(|role| Name::from(role.rolename.as_str()))?;
    Some(role(name, &alter.options))
}

fn role(name: Name, options: &[Node]) -> AccessKind {
    let elements = || {
        options.iter().filter_map(|node| match kind(node)? {
            NodeEnum::DefElem(element) => Some(element),
            _ => None,
        })
    };
    let is_flag = |name: &str| ["superuser", "createrole", "createdb", "isreplication", "bypassrls", "canlogin"].contains(&name);
    let flags = elements().filter(|element| is_flag(&element.defname));
    let attributes = flags.map(|element| (Name::from(element.defname.as_str()), node::is_set(element))).collect();
    AccessKind::Role { name, attributes, password: text_of(options, "password") }
}

fn text_of(options: &[Node], name: &str) -> Option<Arc<str>> {
    match inner(&node::option(options, name)?.arg)? {
        NodeEnum::String(text) => Some(text.sval.as_str().into()),
        _ => None,
    }
}

fn login(what: &'static str, options: &[Node]) -> Option<AccessKind> {
    Some(AccessKind::Login { what, password: text_of(options, "password")? })
}

/// The password of `host=h password=p`.
fn password_of_connection(connection: &str) -> Option<Arc<str>> {
    let value = connection.split_whitespace().find_map(|part| part.strip_prefix("password="))?;
    Some(value.trim_matches('\'').into())
}

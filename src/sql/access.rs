//! Statements about who may do what: roles, privileges, passwords. The model holds none of this; lints read the statements.

use std::sync::Arc;

use crate::schema::{Name, QualifiedName};
use crate::source::Span;

/// One statement about roles or privileges.
#[derive(Clone, Debug)]
pub struct Access {
    /// What it does.
    pub kind: AccessKind,
    /// The role or object concerned where the statement names one; otherwise the statement.
    pub span: Span,
}

/// What a statement does to roles and privileges.
#[derive(Clone, Debug)]
pub enum AccessKind {
    /// `GRANT` and `REVOKE` of privileges, those for objects to come included.
    Privileges(Privileges),
    /// `CREATE ROLE`, `ALTER ROLE` and their like.
    Role {
        /// The role.
        name: Name,
        /// Attributes that are given or taken: `superuser`, `login`, `bypassrls`.
        attributes: Vec<(Name, bool)>,
        /// `PASSWORD`, as written; none where it is NULL.
        password: Option<Arc<str>>,
    },
    /// `DROP ROLE`.
    DropRoles(Vec<Name>),
    /// `GRANT role TO role` and its opposite.
    Membership {
        /// The roles that are given.
        roles: Vec<Name>,
        /// The roles that get them.
        members: Vec<Name>,
        /// False for `REVOKE`.
        granted: bool,
    },
    /// Options by which the server logs in elsewhere: user mappings, subscriptions.
    Login {
        /// What they belong to, in words.
        what: &'static str,
        /// The password among them.
        password: Arc<str>,
    },
    /// A setting of the whole server: `ALTER SYSTEM`.
    Server,
}

/// `GRANT` or `REVOKE`.
#[derive(Clone, Debug)]
pub struct Privileges {
    /// False for `REVOKE`.
    pub granted: bool,
    /// In lower case: `select`, `usage`; none where all are meant.
    pub privileges: Vec<Name>,
    /// The kind of objects.
    pub on: Securable,
    /// Which of them.
    pub objects: Objects,
    /// Who gets them: `public` is everybody.
    pub grantees: Vec<Name>,
}

/// The objects that privileges are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objects {
    /// These, as written; names of schemas, databases and the like are unqualified.
    Named(Vec<QualifiedName>),
    /// All there are in these schemas.
    InSchemas(Vec<Name>),
    /// Those to come: `ALTER DEFAULT PRIVILEGES`; no schema where every one is meant.
    ToCome(Vec<Name>),
}

/// Kinds of objects privileges are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Securable {
    /// Tables and views.
    Table,
    /// Sequences.
    Sequence,
    /// Functions and procedures.
    Function,
    /// Schemas.
    Namespace,
    /// Databases.
    Database,
    /// Anything else.
    Other,
}

impl Securable {
    /// As SQL names several of them.
    pub fn plural(self) -> &'static str {
        match self {
            Securable::Table => "tables",
            Securable::Sequence => "sequences",
            Securable::Function => "functions",
            Securable::Namespace => "schemas",
            Securable::Database => "databases",
            Securable::Other => "objects",
        }
    }
}

//! A schema of MySQL, SQLite or SQL Server as SQL that this database accepts: tables with keys and indexes, and views.
//! Triggers and stored code are left out: the model does not hold their bodies.

mod column;
mod words;

use self::words::Words;
use super::join;
use super::order::{self, Object};
use crate::schema::{
    Action, Constraint, ConstraintKind, Dialect, ForeignKey, Index, IndexKey, KeyPart, Name, Persistence, QualifiedName, Schema, TEMPORARY,
    Table, View,
};

/// One line of a `CREATE TABLE`, and what it is about.
pub enum Part<'a> {
    /// A column.
    Column(&'a crate::schema::Column),
    /// A constraint.
    Constraint(&'a Constraint),
    /// An index.
    Index(&'a Index),
}

/// The statements that make a schema in an empty database.
pub(super) fn statements(schema: &Schema) -> Vec<String> {
    let words = Words(schema.dialect);
    let spared = |name: &Name| *name == "public" || *name == TEMPORARY;
    let namespaces = schema.namespaces.keys().filter(|name| schema.dialect == Dialect::SqlServer && !spared(name));
    let mut written: Vec<String> = namespaces.map(|name| format!("EXEC('CREATE SCHEMA {}')", words.name(name))).collect();
    let tables: Vec<&Table> =
        schema.tables.values().map(AsRef::as_ref).filter(|table| table.persistence != Persistence::Temporary).collect();
    written.extend(tables.iter().map(|table| create_table(schema.dialect, table)));
    for table in &tables {
        written.extend(own_indexes(schema.dialect, table).map(|index| create_index(schema.dialect, &table.name, index)));
    }
    for table in &tables {
        written.extend(late_keys(schema.dialect, table).map(|key| add_constraint(schema.dialect, table, key)));
    }
    let views = order::in_order(schema).into_iter().filter_map(|object| match object {
        Object::View(name) => schema.views.get(&name),
        _ => None,
    });
    written.extend(views.map(|view| create_view(schema.dialect, view)));
    written
}

/// `CREATE TABLE` with everything that need not wait for other tables.
pub fn create_table(dialect: Dialect, table: &Table) -> String {
    let parts: Vec<String> = parts(dialect, table).into_iter().map(|(_, text)| format!("\n    {text}")).collect();
    let end = if parts.is_empty() { "" } else { "\n" };
    format!("CREATE TABLE {} ({}{end}){}", Words(dialect).qualified(&table.name), parts.join(","), options(dialect, table))
}

/// The lines of a `CREATE TABLE`: columns, constraints, and MySQL's indexes.
pub fn parts(dialect: Dialect, table: &Table) -> Vec<(Part<'_>, String)> {
    let columns = table.columns.iter().map(|it| (Part::Column(it), column::definition(dialect, table, it)));
    let is_written = |it: &&Constraint| !is_late(dialect, it) && !column::numbers_itself(dialect, table, it);
    let constraints = table.constraints.iter().map(AsRef::as_ref).filter(is_written);
    let constraints = constraints.map(|it| (Part::Constraint(it), constraint_definition(dialect, table, it)));
    let indexes = table.indexes.iter().filter(|index| dialect == Dialect::MySql && !index.from_constraint);
    let indexes = indexes.map(|it| (Part::Index(it), format!("{} {}", kind_of(it), over(dialect, it))));
    columns.chain(constraints).chain(indexes).collect()
}

/// SQLite adds no foreign key to a table that is there, and does not ask whether the referenced one is.
fn is_late(dialect: Dialect, constraint: &Constraint) -> bool {
    dialect != Dialect::Sqlite && matches!(constraint.kind, ConstraintKind::ForeignKey(_))
}

fn late_keys(dialect: Dialect, table: &Table) -> impl Iterator<Item = &Constraint> {
    table.constraints.iter().map(AsRef::as_ref).filter(move |constraint| is_late(dialect, constraint))
}

/// Indexes with a statement of their own.
fn own_indexes(dialect: Dialect, table: &Table) -> impl Iterator<Item = &Index> {
    table.indexes.iter().map(AsRef::as_ref).filter(move |index| dialect != Dialect::MySql && !index.from_constraint)
}

/// `ALTER TABLE … ADD …`.
pub fn add_constraint(dialect: Dialect, table: &Table, constraint: &Constraint) -> String {
    format!("ALTER TABLE {} ADD {}", Words(dialect).qualified(&table.name), constraint_definition(dialect, table, constraint))
}

fn constraint_definition(dialect: Dialect, table: &Table, constraint: &Constraint) -> String {
    let words = Words(dialect);
    // A key of MySQL has its index's name, and SQLite's names mean nothing.
    let is_named = match constraint.kind {
        ConstraintKind::PrimaryKey | ConstraintKind::Unique => dialect == Dialect::SqlServer,
        _ => dialect != Dialect::Sqlite,
    };
    let name = if is_named { format!("CONSTRAINT {} ", words.name(&constraint.name)) } else { String::new() };
    let index = table.index(&constraint.name).filter(|index| index.from_constraint);
    let keys = || index.map_or_else(|| words.list(&constraint.columns), |index| keys(dialect, index));
    let what = match &constraint.kind {
        ConstraintKind::PrimaryKey => format!("PRIMARY KEY {}", keys()),
        ConstraintKind::Unique if dialect == Dialect::MySql => format!("UNIQUE KEY {} {}", words.name(&constraint.name), keys()),
        ConstraintKind::Unique => format!("UNIQUE {}", keys()),
        ConstraintKind::Check { expression, .. } => format!("CHECK ({})", expression.text),
        ConstraintKind::ForeignKey(key) => foreign_key(words, constraint, key),
        ConstraintKind::Exclude { .. } => String::new(),
    };
    name + &what
}

fn foreign_key(words: Words, constraint: &Constraint, key: &ForeignKey) -> String {
    let referenced = if key.referenced_columns.is_empty() { String::new() } else { format!(" {}", words.list(&key.referenced_columns)) };
    let mut written =
        format!("FOREIGN KEY {} REFERENCES {}{referenced}", words.list(&constraint.columns), words.qualified(&key.references));
    let rules = [("DELETE", key.on_delete), ("UPDATE", key.on_update)];
    for (event, rule) in rules.into_iter().filter_map(|(event, rule)| Some((event, rule?))) {
        // SQL Server has no RESTRICT, and NO ACTION means the same there.
        let rule = if words.0 == Dialect::SqlServer && rule == Action::Restrict { Action::NoAction } else { rule };
        written.push_str(&format!(" ON {event} {}", rule.to_sql()));
    }
    if constraint.initially_deferred {
        written.push_str(" DEFERRABLE INITIALLY DEFERRED");
    }
    written
}

/// `UNIQUE KEY`, `FULLTEXT KEY`, `KEY`.
fn kind_of(index: &Index) -> String {
    let kind = match index.method.as_str() {
        "fulltext" | "spatial" => format!("{} ", index.method.to_uppercase()),
        _ if index.unique => "UNIQUE ".to_owned(),
        _ => String::new(),
    };
    kind + "KEY"
}

/// An index's name and keys.
fn over(dialect: Dialect, index: &Index) -> String {
    format!("{} {}", Words(dialect).name(&index.name), keys(dialect, index))
}

/// `CREATE INDEX`.
pub fn create_index(dialect: Dialect, relation: &QualifiedName, index: &Index) -> String {
    let words = Words(dialect);
    let unique = if index.unique { "UNIQUE " } else { "" };
    let clustered = if index.clustered { "CLUSTERED " } else { "" };
    let columnstore = if index.method == "columnstore" { "COLUMNSTORE " } else { "" };
    let name = words.name(&index.name);
    let mut written =
        format!("CREATE {unique}{clustered}{columnstore}INDEX {name} ON {} {}", words.qualified(relation), keys(dialect, index));
    if !index.include.is_empty() {
        written.push_str(&format!(" INCLUDE {}", words.list(&index.include)));
    }
    if let Some(predicate) = &index.predicate {
        written.push_str(&format!(" WHERE {}", predicate.text));
    }
    written
}

fn keys(dialect: Dialect, index: &Index) -> String {
    format!("({})", join(index.keys.iter().map(|key| index_key(dialect, key))))
}

fn index_key(dialect: Dialect, key: &IndexKey) -> String {
    let mut written = match &key.part {
        KeyPart::Column(column) => Words(dialect).name(column),
        // SQLite's may stand without parentheses, and MySQL's may not.
        KeyPart::Expression(expression) => format!("({})", expression.text),
    };
    // How many characters of a column.
    written.extend(key.operator_class.iter().filter(|_| dialect == Dialect::MySql).map(|length| length.name.to_string()));
    if let Some(collation) = &key.collation {
        written.push_str(&format!(" COLLATE {}", collation.name));
    }
    if key.descending {
        written.push_str(" DESC");
    }
    written
}

/// `CREATE VIEW`; SQL Server wants it at the beginning of a batch.
pub fn create_view(dialect: Dialect, view: &View) -> String {
    let words = Words(dialect);
    let batch = if dialect == Dialect::SqlServer { "GO\n" } else { "" };
    format!("{batch}CREATE VIEW {} AS {}", words.qualified(&view.name), &*view.query)
}

/// What stands behind the parentheses of a `CREATE TABLE`.
fn options(dialect: Dialect, table: &Table) -> String {
    let option = |name: &str| table.options.get(name);
    match dialect {
        Dialect::Sqlite => {
            let set = [("without_rowid", "WITHOUT ROWID"), ("strict", "STRICT")].into_iter().filter(|(name, _)| option(name).is_some());
            let set = join(set.map(|(_, words)| words.to_owned()));
            if set.is_empty() { set } else { format!(" {set}") }
        }
        Dialect::MySql => {
            let pairs = [("engine", "ENGINE"), ("charset", "DEFAULT CHARSET"), ("collate", "COLLATE")];
            let set = pairs.into_iter().filter_map(|(name, words)| Some(format!(" {words}={}", option(name)?)));
            let comment = table.comment.iter().map(|comment| format!(" COMMENT={}", words::literal(&comment.value)));
            set.chain(comment).collect()
        }
        Dialect::SqlServer | Dialect::Postgres => String::new(),
    }
}

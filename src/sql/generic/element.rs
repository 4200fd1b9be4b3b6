//! One element of a table: a column, a constraint or an index, as `CREATE TABLE` and `ALTER TABLE … ADD` have it.

use std::ops::Range;

use sqlparser::ast::{
    ColumnOption, CreateTable, Expr, ForeignKeyConstraint, GeneratedExpressionMode, IdentityPropertyKind, IndexColumn, OrderBySort,
    ReferentialAction, Statement, TableConstraint,
};

use super::parser;
use super::text::Text;
use super::{expression, types};
use crate::change::{Change, ChangeKind};
use crate::schema::{
    Action, Column, Constraint, ConstraintKind, Dialect, ForeignKey, Generated, Identity, Index, IndexKey, KeyPart, Name, QualifiedName,
};
use crate::source::{Span, Spanned};

/// What an element makes.
#[derive(Default)]
pub struct Element {
    /// A column.
    pub column: Option<Column>,
    /// Constraints, those written on the column among them.
    pub constraints: Vec<Lowered>,
    /// An index of no constraint.
    pub index: Option<Index>,
}

/// A constraint and the index behind it.
pub struct Lowered {
    /// The constraint.
    pub constraint: Constraint,
    /// Its index.
    pub index: Option<Index>,
}

impl Lowered {
    /// As a change of its own.
    pub fn into_change(self, table: &QualifiedName, with_column: Option<Name>) -> Change {
        let span = self.constraint.span;
        let kind = ChangeKind::AddConstraint {
            table: table.clone(),
            constraint: Box::new(self.constraint),
            index: self.index.map(Box::new),
            using_index: None,
            with_column,
            if_table_exists: false,
        };
        Change { kind, span }
    }
}

/// The element that these tokens are; the parser's message where it does not know it.
pub fn lower(text: &Text, tokens: Range<usize>) -> Result<Element, String> {
    if tokens.is_empty() {
        return Err("nothing where a column was expected".to_owned());
    }
    let written = parser::edited(text, tokens.clone());
    let statement = parser::parse(&format!("CREATE TABLE t ({written})"), text.dialect)?;
    let Statement::CreateTable(CreateTable { columns, constraints, .. }) = statement else {
        return Err("no element of a table".to_owned());
    };
    match (columns.as_slice(), constraints.as_slice()) {
        ([column], []) => Ok(column_element(text, tokens, column)),
        ([], [constraint]) => Ok(constraint_element(text, tokens, constraint)),
        _ => Err("no element of a table".to_owned()),
    }
}

fn column_element(text: &Text, tokens: Range<usize>, parsed: &sqlparser::ast::ColumnDef) -> Element {
    let span = text.span_of(tokens.start);
    let name = text.name(tokens.start).unwrap_or_else(|| parsed.name.value.as_str().into());
    let data_type = types::lower(&parsed.data_type, text.dialect);
    let mut column = Column::new(name, data_type, span);
    column.data_type.span = text.span(tokens.start + 1..tokens.start + 2);
    let mut constraints = Vec::new();
    for option in &parsed.options {
        let name = option.name.as_ref().map(|name| Name::from(name.value.as_str()));
        let only = || vec![column.name.clone()];
        let lowered = match &option.option {
            ColumnOption::PrimaryKey(_) => Some(key(name, ConstraintKind::PrimaryKey, only(), place(text, &tokens, &["primary"]))),
            ColumnOption::Unique(_) => Some(key(name, ConstraintKind::Unique, only(), place(text, &tokens, &["unique"]))),
            ColumnOption::ForeignKey(parsed) => Some(foreign_key(name, only(), parsed, place(text, &tokens, &["references"]))),
            ColumnOption::Check(parsed) => Some(check(text, name, &parsed.expr, place(text, &tokens, &["check"]))),
            other => {
                apply(text, &tokens, other, &mut column);
                None
            }
        };
        // MySQL reads `REFERENCES` on a column and does nothing about it.
        let is_ignored = text.dialect == Dialect::MySql
            && lowered.as_ref().is_some_and(|lowered| matches!(lowered.constraint.kind, ConstraintKind::ForeignKey(_)));
        constraints.extend(lowered.filter(|_| !is_ignored));
    }
    // `KEY` alone is MySQL's short form of a primary key.
    if constraints.iter().any(|lowered| matches!(lowered.constraint.kind, ConstraintKind::PrimaryKey)) && column.nullable.value {
        column.nullable = Spanned::new(false, span);
    }
    Element { column: Some(column), constraints, index: None }
}

/// From a keyword to the end of the element.
fn place(text: &Text, tokens: &Range<usize>, keywords: &[&str]) -> Span {
    let start = text.find(tokens.clone(), keywords).unwrap_or(tokens.start);
    text.span(start..tokens.end)
}

fn apply(text: &Text, tokens: &Range<usize>, option: &ColumnOption, column: &mut Column) {
    let at = |keywords: &[&str]| place(text, tokens, keywords);
    match option {
        ColumnOption::NotNull => column.nullable = Spanned::new(false, at(&["not", "null"])),
        ColumnOption::Null => column.nullable.span = at(&["null"]),
        ColumnOption::Default(value) => {
            column.default = Some(Spanned::new(expression::lower(value, text.dialect), at(&["default"])).into());
        }
        ColumnOption::Generated { generation_expr: Some(value), generation_expr_mode, .. } => {
            let stored = matches!(generation_expr_mode, Some(GeneratedExpressionMode::Stored));
            let generated = Generated { expression: expression::lower(value, text.dialect), stored };
            column.generated = Some(Spanned::new(generated, at(&["as"])).into());
        }
        ColumnOption::DialectSpecific(words) => {
            let written = words.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ").to_ascii_uppercase();
            if written.starts_with("AUTO") {
                number_itself(column, at(&[written.as_str()]), Identity::ByDefault);
            }
        }
        ColumnOption::Identity(IdentityPropertyKind::Identity(_)) => number_itself(column, at(&["identity"]), Identity::Always),
        ColumnOption::Identity(IdentityPropertyKind::Autoincrement(_)) => {
            number_itself(column, at(&["autoincrement"]), Identity::ByDefault);
        }
        ColumnOption::Collation(name) => column.collation = Some(QualifiedName::unqualified(name.to_string())),
        ColumnOption::Comment(comment) => column.comment = Some(Spanned::new(comment.as_str().into(), at(&["comment"]))),
        ColumnOption::CharacterSet(name) => {
            column.storage.get_or_insert_default().options.set(&[("character set".into(), name.to_string().into())]);
        }
        ColumnOption::OnUpdate(value) => {
            column.storage.get_or_insert_default().options.set(&[("on update".into(), value.to_string().into())]);
        }
        _ => {}
    }
}

fn number_itself(column: &mut Column, span: Span, identity: Identity) {
    column.identity = Some(Spanned::new(identity, span));
    column.nullable = Spanned::new(false, span);
}

fn constraint_element(text: &Text, tokens: Range<usize>, parsed: &TableConstraint) -> Element {
    let span = text.span(tokens.clone());
    let named = |one: &Option<sqlparser::ast::Ident>, other: &Option<sqlparser::ast::Ident>| {
        one.as_ref().or(other.as_ref()).map(|name| Name::from(name.value.as_str()))
    };
    let constraint = match parsed {
        TableConstraint::PrimaryKey(key) => {
            Some(keyed(text, named(&key.name, &key.index_name), ConstraintKind::PrimaryKey, &key.columns, span))
        }
        TableConstraint::Unique(key) => Some(keyed(text, named(&key.index_name, &key.name), ConstraintKind::Unique, &key.columns, span)),
        TableConstraint::ForeignKey(key) => {
            let columns = key.columns.iter().map(|column| column.value.as_str().into()).collect();
            Some(foreign_key(named(&key.name, &None), columns, key, span))
        }
        TableConstraint::Check(parsed) => Some(check(text, named(&parsed.name, &None), &parsed.expr, span)),
        _ => None,
    };
    let index = match parsed {
        TableConstraint::Index(index) => Some(index_over(text, named(&index.name, &None), "btree", &index.columns, span)),
        TableConstraint::FulltextOrSpatial(index) => {
            let method = if index.fulltext { "fulltext" } else { "spatial" };
            Some(index_over(text, named(&index.opt_index_name, &None), method, &index.columns, span))
        }
        _ => None,
    };
    Element { column: None, constraints: constraint.into_iter().collect(), index }
}

fn constraint(name: Option<Name>, kind: ConstraintKind, columns: Vec<Name>, span: Span) -> Constraint {
    Constraint {
        name: name.unwrap_or_else(Name::unnamed),
        columns,
        kind,
        deferrable: false,
        initially_deferred: false,
        validated: Spanned::new(true, span),
        inherited: false,
        comment: None,
        span,
    }
}

fn key(name: Option<Name>, kind: ConstraintKind, columns: Vec<Name>, span: Span) -> Lowered {
    let keys = columns.iter().cloned().map(IndexKey::plain).collect();
    with_index(constraint(name, kind, columns, span), keys)
}

fn keyed(text: &Text, name: Option<Name>, kind: ConstraintKind, columns: &[IndexColumn], span: Span) -> Lowered {
    let keys: Vec<IndexKey> = columns.iter().map(|column| index_key(column, text.dialect)).collect();
    let columns = keys.iter().filter_map(|key| key.part.column().cloned()).collect();
    with_index(constraint(name, kind, columns, span), keys)
}

fn with_index(constraint: Constraint, keys: Vec<IndexKey>) -> Lowered {
    let primary = matches!(constraint.kind, ConstraintKind::PrimaryKey);
    let index =
        Index { unique: true, primary, from_constraint: true, ..Index::plain(constraint.name.clone(), "btree", keys, constraint.span) };
    Lowered { constraint, index: Some(index) }
}

fn index_over(text: &Text, name: Option<Name>, method: &str, columns: &[IndexColumn], span: Span) -> Index {
    let keys = columns.iter().map(|column| index_key(column, text.dialect)).collect();
    Index::plain(name.unwrap_or_else(Name::unnamed), method, keys, span)
}

/// A key of an index: a column, a column's first characters, or an expression.
pub fn index_key(parsed: &IndexColumn, dialect: Dialect) -> IndexKey {
    let mut key = IndexKey::plain(Name::unnamed());
    key.descending = matches!(parsed.column.options.sort, Some(OrderBySort::Desc));
    key.part = match expression::without_parentheses(&parsed.column.expr) {
        Expr::Identifier(name) => KeyPart::Column(name.value.as_str().into()),
        // `name(20)`: the first characters of a column look like a call.
        Expr::Function(call) if dialect == Dialect::MySql && !matches!(parsed.column.expr, Expr::Nested(_)) => {
            key.operator_class = Some(QualifiedName::unqualified(call.args.to_string()));
            KeyPart::Column(call.name.to_string().trim_matches('`').into())
        }
        Expr::Collate { expr, collation } => {
            key.collation = Some(QualifiedName::unqualified(collation.to_string()));
            match expression::without_parentheses(expr) {
                Expr::Identifier(name) => KeyPart::Column(name.value.as_str().into()),
                other => KeyPart::Expression(expression::lower(other, dialect)),
            }
        }
        other => KeyPart::Expression(expression::lower(other, dialect)),
    };
    key
}

fn check(text: &Text, name: Option<Name>, parsed: &Expr, span: Span) -> Lowered {
    let expression = expression::lower(parsed, text.dialect);
    let mut columns: Vec<Name> = Vec::new();
    for column in expression.tree.columns() {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    let kind = ConstraintKind::Check { expression, no_inherit: false };
    Lowered { constraint: constraint(name, kind, columns, span), index: None }
}

fn foreign_key(name: Option<Name>, columns: Vec<Name>, parsed: &ForeignKeyConstraint, span: Span) -> Lowered {
    let parts: Vec<Name> =
        parsed.foreign_table.0.iter().filter_map(|part| part.as_ident()).map(|part| part.value.as_str().into()).collect();
    let references = match parts.as_slice() {
        [.., schema, name] if !(schema.eq_ignore_ascii_case("dbo") || schema.eq_ignore_ascii_case("main")) => {
            QualifiedName::new(schema.clone(), name.clone())
        }
        [.., name] => QualifiedName::unqualified(name.clone()),
        [] => QualifiedName::unqualified(""),
    };
    let key = ForeignKey {
        references,
        referenced_columns: parsed.referred_columns.iter().map(|column| column.value.as_str().into()).collect(),
        on_delete: parsed.on_delete.map(action),
        on_update: parsed.on_update.map(action),
        match_full: false,
        delete_set_columns: Vec::new(),
    };
    let characteristics = parsed.characteristics.as_ref();
    let mut constraint = constraint(name, ConstraintKind::ForeignKey(key), columns, span);
    constraint.deferrable = characteristics.is_some_and(|given| given.deferrable == Some(true));
    constraint.initially_deferred =
        characteristics.is_some_and(|given| given.initially == Some(sqlparser::ast::DeferrableInitial::Deferred));
    Lowered { constraint, index: None }
}

fn action(action: ReferentialAction) -> Action {
    match action {
        ReferentialAction::Restrict => Action::Restrict,
        ReferentialAction::Cascade => Action::Cascade,
        ReferentialAction::SetNull => Action::SetNull,
        ReferentialAction::NoAction => Action::NoAction,
        ReferentialAction::SetDefault => Action::SetDefault,
    }
}

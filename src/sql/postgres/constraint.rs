//! Constraints, with the indexes that stand behind them.

use std::collections::HashMap;
use std::ops::Range;

use pg_query::NodeEnum;
use pg_query::protobuf::{ConstrType, Constraint as Parsed};

use super::node::{items, kind, names, optional_relation};
use super::text::Text;
use super::{expression, index, options};
use crate::change::ChangeKind;
use crate::schema::{Action, Constraint, ConstraintKind, Expression, ForeignKey, Index, IndexKey, Name, QualifiedName};
use crate::source::Spanned;

/// A constraint, and for keys and exclusions the index it makes.
pub struct Lowered {
    /// The constraint.
    pub constraint: Constraint,
    /// Its index.
    pub index: Option<Index>,
    /// `USING INDEX`.
    pub using_index: Option<Name>,
}

impl Lowered {
    /// As a change of its own.
    pub fn into_change(self, table: QualifiedName, with_column: Option<Name>, if_table_exists: bool) -> ChangeKind {
        let Self { constraint, index, using_index } = self;
        ChangeKind::AddConstraint {
            table,
            constraint: Box::new(constraint),
            index: index.map(Box::new),
            using_index,
            with_column,
            if_table_exists,
        }
    }
}

/// The constraint whose clause is `tokens`; `column` is the column it was written on. None for what is no table constraint.
pub fn lower(text: &Text, parsed: &Parsed, tokens: Range<usize>, column: Option<&Name>) -> Option<Lowered> {
    let span = text.span(tokens.clone());
    let (kind, columns) = kind_and_columns(text, parsed, &tokens, column)?;
    let constraint = Constraint {
        name: parsed.conname.as_str().into(),
        columns,
        kind,
        deferrable: parsed.deferrable || parsed.initdeferred,
        initially_deferred: parsed.initdeferred,
        validated: Spanned::new(!parsed.skip_validation, span),
        inherited: false,
        comment: None,
        span,
    };
    let using_index = Some(parsed.indexname.as_str()).filter(|name| !name.is_empty()).map(Name::from);
    let index = index_behind(text, parsed, &constraint, &tokens).filter(|_| using_index.is_none());
    Some(Lowered { constraint, index, using_index })
}

fn kind_and_columns(text: &Text, parsed: &Parsed, tokens: &Range<usize>, column: Option<&Name>) -> Option<(ConstraintKind, Vec<Name>)> {
    let keys = || column.cloned().map_or_else(|| names(&parsed.keys), |column| vec![column]);
    match parsed.contype() {
        ConstrType::ConstrPrimary => Some((ConstraintKind::PrimaryKey, keys())),
        ConstrType::ConstrUnique => Some((ConstraintKind::Unique, keys())),
        ConstrType::ConstrForeign => {
            let columns = column.cloned().map_or_else(|| names(&parsed.fk_attrs), |column| vec![column]);
            Some((ConstraintKind::ForeignKey(foreign_key(text, parsed, tokens)), columns))
        }
        ConstrType::ConstrCheck => {
            let expression = expression::lower(parsed.raw_expr.as_deref()?);
            let columns = distinct_columns(&expression);
            Some((ConstraintKind::Check { expression, no_inherit: parsed.is_no_inherit }, columns))
        }
        ConstrType::ConstrExclusion => {
            let operators = exclusions(parsed).map(|(_, operator)| operator).collect();
            let columns = exclusions(parsed).filter_map(|(key, _)| key.part.column().cloned()).collect();
            Some((ConstraintKind::Exclude { operators }, columns))
        }
        _ => None,
    }
}

fn distinct_columns(expression: &Expression) -> Vec<Name> {
    let mut columns: Vec<Name> = Vec::new();
    for column in expression.tree.columns() {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    columns
}

fn exclusions(parsed: &Parsed) -> impl Iterator<Item = (IndexKey, std::sync::Arc<str>)> {
    parsed.exclusions.iter().filter_map(|pair| match items(pair) {
        [element, operator] => Some((index::key(element)?, expression::operator_name(items(operator)))),
        _ => None,
    })
}

fn foreign_key(text: &Text, parsed: &Parsed, tokens: &Range<usize>) -> ForeignKey {
    let written = |event: &str| text.find_words(tokens.clone(), &["on", event]).is_some();
    ForeignKey {
        references: optional_relation(&parsed.pktable),
        referenced_columns: names(&parsed.pk_attrs),
        on_delete: written("delete").then(|| action(&parsed.fk_del_action)),
        on_update: written("update").then(|| action(&parsed.fk_upd_action)),
        match_full: parsed.fk_matchtype == "f",
        delete_set_columns: names(&parsed.fk_del_set_cols),
    }
}

fn action(code: &str) -> Action {
    match code {
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull,
        "d" => Action::SetDefault,
        _ => Action::NoAction,
    }
}

fn index_behind(text: &Text, parsed: &Parsed, constraint: &Constraint, tokens: &Range<usize>) -> Option<Index> {
    let (primary, unique, keys) = match constraint.kind {
        ConstraintKind::PrimaryKey => (true, true, constraint.columns.iter().cloned().map(IndexKey::plain).collect()),
        ConstraintKind::Unique => (false, true, constraint.columns.iter().cloned().map(IndexKey::plain).collect()),
        ConstraintKind::Exclude { .. } => (false, false, exclusions(parsed).map(|(key, _)| key).collect()),
        ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } => return None,
    };
    let method = Some(parsed.access_method.as_str()).filter(|method| !method.is_empty()).unwrap_or("btree");
    let name_token = tokens.start + usize::from(text.is_word(tokens.start, "constraint"));
    Some(Index {
        include: names(&parsed.including),
        unique,
        primary,
        nulls_not_distinct: parsed.nulls_not_distinct,
        predicate: expression::lower_optional(&parsed.where_clause),
        from_constraint: true,
        options: options::lower(&parsed.options),
        ..Index::plain(constraint.name.clone(), method, keys, text.span(name_token..name_token + 1))
    })
}

/// Constraints and the indexes behind them as PostgreSQL makes them with a table or column: checks, the primary key,
/// other keys, foreign keys; and of keys that are alike only one, under the name that was written.
pub fn in_order_of_creation(mut constraints: Vec<Lowered>) -> Vec<Lowered> {
    constraints.sort_by_key(|lowered| match lowered.constraint.kind {
        ConstraintKind::Check { .. } => 0,
        ConstraintKind::PrimaryKey => 1,
        ConstraintKind::Unique | ConstraintKind::Exclude { .. } => 2,
        ConstraintKind::ForeignKey(_) => 3,
    });
    let mut kept: Vec<Lowered> = Vec::with_capacity(constraints.len());
    let mut with_columns: HashMap<Vec<Name>, Vec<usize>> = HashMap::new();
    for lowered in constraints {
        let alike = with_columns.entry(lowered.constraint.columns.clone()).or_default();
        match alike.iter().copied().find(|position| makes_same_index(&kept[*position], &lowered)) {
            Some(position) => take_over_name(&mut kept[position], lowered),
            None => {
                alike.push(kept.len());
                kept.push(lowered);
            }
        }
    }
    kept
}

fn makes_same_index(prior: &Lowered, later: &Lowered) -> bool {
    let (Some(index), Some(other)) = (&prior.index, &later.index) else { return false };
    let operators = |lowered: &Lowered| match &lowered.constraint.kind {
        ConstraintKind::Exclude { operators } => operators.clone(),
        _ => Vec::new(),
    };
    let timing = |lowered: &Lowered| (lowered.constraint.deferrable, lowered.constraint.initially_deferred);
    (&index.keys, &index.include, &index.predicate, &index.method, index.nulls_not_distinct)
        == (&other.keys, &other.include, &other.predicate, &other.method, other.nulls_not_distinct)
        && operators(prior) == operators(later)
        && timing(prior) == timing(later)
}

fn take_over_name(prior: &mut Lowered, later: Lowered) {
    if prior.constraint.name.is_unnamed() {
        prior.constraint.name = later.constraint.name.clone();
        if let Some(index) = &mut prior.index {
            index.name = later.constraint.name;
        }
    }
}

/// The parser's constraint in a node.
pub fn parsed(node: &pg_query::Node) -> Option<&Parsed> {
    match kind(node)? {
        NodeEnum::Constraint(constraint) => Some(constraint),
        _ => None,
    }
}

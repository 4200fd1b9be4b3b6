//! The attributes of each kind of object that PostgreSQL's catalog keeps.
//!
//! Structs are taken apart without `..`, so that a new field is either compared or said not to matter.

use std::sync::Arc;

use super::value::Value;
use super::{Faceted, Member};
use crate::ddl;
use crate::schema::{
    Action, ArgumentMode, Attribute, Column, Constraint, ConstraintKind, DomainCheck, EnumLabel, Expression, Extension, ForeignKey,
    Function, FunctionArgument, Generated, Identity, Index, KeyPart, Name, Namespace, Options, Partition, Persistence, Policy,
    PolicyCommand, QualifiedName, RowSecurity, Sequence, SequenceValues, Statistics, Table, Trigger, TypeDefinition, TypeKind, View,
    set_at,
};
use crate::source::{Span, Spanned};

/// One attribute of an object.
pub(super) struct Facet<'a> {
    pub(super) attribute: &'static str,
    pub(super) value: Value<'a>,
    /// What set it, where that is kept.
    pub(super) span: Option<Span>,
}

impl Facet<'_> {
    fn set_at(self, span: Option<Span>) -> Self {
        Self { span, ..self }
    }
}

fn facet<'a>(attribute: &'static str, value: impl Into<Value<'a>>) -> Facet<'a> {
    Facet { attribute, value: value.into(), span: None }
}

fn flag(attribute: &'static str, is_set: bool) -> Facet<'static> {
    text(attribute, if is_set { "yes" } else { "no" })
}

fn text(attribute: &'static str, value: impl ToString) -> Facet<'static> {
    facet(attribute, Value::Text(value.to_string()))
}

fn optional(attribute: &'static str, value: Option<impl ToString>) -> Facet<'static> {
    facet(attribute, value.map_or(Value::None, |value| Value::Text(value.to_string())))
}

fn expression<'a>(attribute: &'static str, value: Option<&'a Expression>) -> Facet<'a> {
    facet(attribute, value.map_or(Value::None, |expression| Value::Expression(expression, None)))
}

fn comment(comment: &Option<Spanned<Arc<str>>>) -> Facet<'static> {
    optional("comment", comment.as_ref().map(|comment| &comment.value)).set_at(set_at(comment))
}

fn names(list: &[Name]) -> String {
    list.iter().map(Name::to_sql).collect::<Vec<_>>().join(", ")
}

fn sorted_names(list: &[Name]) -> String {
    let mut list: Vec<String> = list.iter().map(Name::to_sql).collect();
    list.sort();
    list.join(", ")
}

impl Faceted for Namespace {
    fn span(&self) -> Option<Span> {
        self.span
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self { span: _, comment: remark } = self;
        vec![comment(remark)]
    }
}

impl Faceted for Extension {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self { schema, span: _ } = self;
        vec![text("schema", schema.as_ref().map_or("public", Name::as_str))]
    }
}

impl Faceted for Sequence {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self { name: _, data_type, values, owned_by, identity, temporary, comment: remark, span: _ } = self;
        let owner = owned_by.as_ref().map(|(table, column)| format!("{}.{}", table.to_sql(), column.to_sql()));
        vec![
            facet("type", data_type),
            text("values", sequence_values(values)),
            optional("owner", owner),
            flag("identity", *identity),
            flag("temporary", *temporary),
            comment(remark),
        ]
    }
}

impl Faceted for Statistics {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self { name: _, relation, kinds, parts, target, comment: remark, span: _ } = self;
        let columns: Vec<String> = self.columns().map(Name::to_sql).collect();
        let expressions: Vec<&str> = parts.iter().filter_map(KeyPart::expression).map(|expression| &*expression.text).collect();
        vec![
            facet("relation", Some(relation)),
            text("kinds", names(kinds)),
            text("columns", columns.join(", ")),
            text("expressions", expressions.join(", ")),
            optional("target", target.as_ref()),
            comment(remark),
        ]
    }
}

fn sequence_values(values: &SequenceValues) -> String {
    let SequenceValues { start, increment, min, max, cache, cycle } = values;
    format!("from {start} by {increment}, {min} to {max}, cache {cache}, cycle {cycle}")
}

impl Faceted for TypeDefinition {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self { name: _, kind, comment: remark, span: _, changed: _ } = self;
        let mut facets = vec![comment(remark)];
        match kind {
            TypeKind::Domain { base, not_null, default, checks: _ } => facets.extend([
                facet("base type", base),
                flag("not null", *not_null),
                facet("default", Value::default_of(default.as_ref(), base)),
            ]),
            TypeKind::Range { subtype } => facets.push(facet("subtype", subtype)),
            TypeKind::Enum { labels: _ } | TypeKind::Composite { attributes: _ } | TypeKind::Base => {}
        }
        facets
    }
}

impl Faceted for EnumLabel {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self { value: _, span: _ } = self;
        Vec::new()
    }
}

impl Member for EnumLabel {
    fn name(&self) -> &Name {
        &self.value
    }
}

impl Faceted for Attribute {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self { name: _, data_type, span: _ } = self;
        vec![facet("type", data_type)]
    }
}

impl Member for Attribute {
    fn name(&self) -> &Name {
        &self.name
    }
}

impl Faceted for DomainCheck {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self { name: _, expression: condition, validated, span: _ } = self;
        vec![expression("condition", Some(condition)), flag("validated", *validated)]
    }
}

impl Member for DomainCheck {
    fn name(&self) -> &Name {
        &self.name
    }
}

impl Faceted for Function {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self {
            key: _,
            arguments,
            returns,
            returns_set,
            language,
            body,
            sql_body: _,
            relations: _,
            calls: _,
            symbol,
            body_span,
            security_definer,
            sets_search_path,
            attributes,
            procedure,
            aggregate,
            comment: remark,
            span: _,
        } = self;
        let kind = match (procedure, aggregate) {
            (true, _) => "procedure",
            (_, true) => "aggregate",
            _ => "function",
        };
        vec![
            text("kind", kind),
            text("arguments", arguments.iter().map(argument).collect::<Vec<_>>().join(", ")),
            facet("return type", returns.as_ref()),
            text("language", language),
            text("body", body).set_at(*body_span),
            flag("security definer", *security_definer),
            flag("own search path", *sets_search_path),
            flag("returns a set", *returns_set),
            optional("symbol", symbol.as_ref()),
            text("attributes", ddl::function_attributes(attributes).join(" ")),
            comment(remark),
        ]
    }
}

fn argument(argument: &FunctionArgument) -> String {
    let FunctionArgument { name, data_type, is_input: _, mode, default } = argument;
    let mode = match mode {
        ArgumentMode::In => "",
        ArgumentMode::Out => "OUT ",
        ArgumentMode::InOut => "INOUT ",
        ArgumentMode::Variadic => "VARIADIC ",
        ArgumentMode::Table => "TABLE ",
    };
    let name = name.as_ref().map(|name| format!("{} ", name.to_sql())).unwrap_or_default();
    let default = default.as_ref().map(|default| format!(" DEFAULT {default}")).unwrap_or_default();
    format!("{mode}{name}{data_type}{default}")
}

impl Faceted for View {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self {
            name: _,
            materialized,
            columns,
            column_types: _,
            columns_known,
            query,
            relations: _,
            aliases: _,
            column_references: _,
            functions: _,
            security_invoker: _,
            options,
            populated: _,
            indexes: _,
            triggers: _,
            column_comments: _,
            comment: remark,
            span: _,
            changed: _,
        } = self;
        vec![
            flag("materialized", *materialized),
            optional("columns", columns_known.then(|| names(columns))),
            text("query", query),
            text("options", option_list(options)),
            comment(remark),
        ]
    }
}

impl Faceted for Table {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self {
            name: _,
            columns: _,
            constraints: _,
            indexes: _,
            triggers: _,
            policies: _,
            row_security: RowSecurity { enabled, forced },
            persistence,
            partition_by,
            partition_of,
            inherits,
            foreign,
            options,
            replica_identity,
            columns_uncertain: _,
            comment: remark,
            span: _,
            changed: _,
        } = self;
        let place = partition_of.as_ref().map(|Partition { parent, bound }| format!("OF {} {bound}", parent.to_sql()));
        vec![
            flag("row level security", enabled.is_some()).set_at(*enabled),
            flag("forced row level security", forced.is_some()).set_at(*forced),
            text("persistence", persistence_word(*persistence)),
            facet("partition key", partition_by.as_ref()),
            optional("partition", place),
            text("parents", inherits.iter().map(QualifiedName::to_sql).collect::<Vec<_>>().join(", ")),
            flag("foreign", *foreign),
            text("options", option_list(options)),
            text("replica identity", ddl::replica_identity(replica_identity)),
            comment(remark),
        ]
    }
}

fn option_list(options: &Options) -> String {
    options.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
}

fn persistence_word(persistence: Persistence) -> &'static str {
    match persistence {
        Persistence::Permanent => "logged",
        Persistence::Unlogged => "unlogged",
        Persistence::Temporary => "temporary",
    }
}

impl Faceted for Column {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self {
            name: _,
            data_type,
            nullable,
            default,
            null_default: _,
            identity,
            generated,
            serial: _,
            collation,
            storage,
            sequence_options: _,
            comment: remark,
            inherited: _,
            span: _,
        } = self;
        let identity_word = identity.as_ref().map(|identity| match identity.value {
            Identity::Always => "always",
            Identity::ByDefault => "by default",
        });
        let computed = generated.as_ref().map(|generated| {
            let Generated { expression, stored: _ } = &generated.value;
            expression
        });
        let storage = storage.as_deref();
        let value = default.as_ref().map(|default| &default.value);
        vec![
            facet("type", &data_type.value).set_at(Some(data_type.span)),
            flag("not null", !nullable.value).set_at(Some(nullable.span)),
            facet("default", Value::default_of(value, &data_type.value)).set_at(default.as_ref().map(|default| default.span)),
            optional("identity", identity_word).set_at(set_at(identity)),
            facet("generated", Value::default_of(computed, &data_type.value)).set_at(generated.as_ref().map(|generated| generated.span)),
            facet("collation", collation.as_ref()),
            optional("storage", storage.and_then(|storage| storage.strategy.as_ref())),
            optional("compression", storage.and_then(|storage| storage.compression.as_ref())),
            optional("statistics", storage.and_then(|storage| storage.statistics)),
            text("options", storage.map(|storage| option_list(&storage.options)).unwrap_or_default()),
            comment(remark),
        ]
    }
}

impl Member for Column {
    fn name(&self) -> &Name {
        &self.name
    }

    fn is_inherited(&self) -> bool {
        self.inherited
    }
}

impl Faceted for Constraint {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self { name: _, columns, kind, deferrable, initially_deferred, validated, inherited: _, comment: remark, span: _ } = self;
        let word = match kind {
            ConstraintKind::PrimaryKey => "primary key",
            ConstraintKind::Unique => "unique",
            ConstraintKind::ForeignKey(_) => "foreign key",
            ConstraintKind::Exclude { .. } => "exclude",
            ConstraintKind::Check { .. } => "check",
        };
        // A check's columns are those its condition names.
        let columns = (word != "check").then(|| names(columns));
        let mut facets = vec![
            text("kind", word),
            optional("columns", columns),
            flag("deferrable", *deferrable),
            flag("initially deferred", *initially_deferred),
            flag("validated", validated.value).set_at(Some(validated.span)),
            comment(remark),
        ];
        match kind {
            ConstraintKind::ForeignKey(key) => facets.extend(reference(key)),
            ConstraintKind::Check { expression: condition, no_inherit } => {
                facets.extend([expression("condition", Some(condition)), flag("no inherit", *no_inherit)]);
            }
            ConstraintKind::Exclude { operators } => facets.push(text("operators", operators.join(", "))),
            ConstraintKind::PrimaryKey | ConstraintKind::Unique => {}
        }
        facets
    }
}

impl Member for Constraint {
    fn name(&self) -> &Name {
        &self.name
    }

    fn is_inherited(&self) -> bool {
        self.inherited
    }
}

fn reference(key: &ForeignKey) -> [Facet<'_>; 6] {
    let ForeignKey { references, referenced_columns, on_delete, on_update, match_full, delete_set_columns } = key;
    let action = |action: &Option<Action>| action.unwrap_or(Action::NoAction).to_sql();
    [
        text("referenced table", references.to_sql()),
        text("referenced columns", names(referenced_columns)),
        text("on delete", action(on_delete)),
        text("on update", action(on_update)),
        flag("match full", *match_full),
        text("columns set on delete", names(delete_set_columns)),
    ]
}

impl Faceted for Index {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self {
            name: _,
            method,
            keys,
            include,
            unique,
            primary: _,
            nulls_not_distinct,
            predicate,
            from_constraint: _,
            inherited: _,
            valid,
            options,
            clustered,
            comment: remark,
            span: _,
        } = self;
        vec![
            text("method", method),
            facet("keys", keys.as_slice()),
            text("included columns", names(include)),
            flag("unique", *unique),
            flag("nulls not distinct", *nulls_not_distinct),
            expression("predicate", predicate.as_ref()),
            flag("valid", *valid),
            text("options", option_list(options)),
            flag("clustered", *clustered),
            comment(remark),
        ]
    }
}

impl Member for Index {
    fn name(&self) -> &Name {
        &self.name
    }

    fn is_inherited(&self) -> bool {
        self.inherited
    }
}

impl Faceted for Trigger {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self {
            name: _,
            timing,
            events,
            columns,
            for_each_row,
            condition,
            function,
            arguments,
            old_table,
            new_table,
            constraint,
            from_table,
            deferrable,
            initially_deferred,
            enabled,
            firing,
            inherited: _,
            comment: remark,
            span: _,
        } = self;
        vec![
            text("timing", timing),
            text("events", sorted_names(events)),
            text("columns", sorted_names(columns)),
            flag("for each row", *for_each_row),
            expression("condition", condition.as_ref()),
            facet("function", Some(function)),
            text("arguments", arguments.join(", ")),
            optional("old table", old_table.as_ref()),
            optional("new table", new_table.as_ref()),
            flag("constraint", *constraint),
            optional("from table", from_table.as_ref()),
            flag("deferrable", *deferrable),
            flag("initially deferred", *initially_deferred),
            text("fires", ddl::firing(*firing)),
            flag("enabled", *enabled),
            comment(remark),
        ]
    }
}

impl Member for Trigger {
    fn name(&self) -> &Name {
        &self.name
    }
}

impl Faceted for Policy {
    fn span(&self) -> Option<Span> {
        Some(self.span)
    }

    fn facets(&self) -> Vec<Facet<'_>> {
        let Self { name: _, command, permissive, roles, using, check, comment: remark, span: _ } = self;
        let command = match command {
            PolicyCommand::All => "ALL",
            PolicyCommand::Select => "SELECT",
            PolicyCommand::Insert => "INSERT",
            PolicyCommand::Update => "UPDATE",
            PolicyCommand::Delete => "DELETE",
        };
        vec![
            text("command", command),
            flag("permissive", *permissive),
            text("roles", sorted_names(roles)),
            expression("using", using.as_ref()),
            expression("with check", check.as_ref()),
            comment(remark),
        ]
    }
}

impl Member for Policy {
    fn name(&self) -> &Name {
        &self.name
    }
}

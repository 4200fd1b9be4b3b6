//! Schemas, views, sequences, types, domains, triggers, policies, extensions.

use pg_query::protobuf::{
    AlterDomainStmt, AlterEnumStmt, AlterPolicyStmt, AlterSeqStmt, CompositeTypeStmt, ConstrType, Constraint as Parsed, CreateDomainStmt,
    CreateEnumStmt, CreateExtensionStmt, CreatePolicyStmt, CreateRangeStmt, CreateSchemaStmt, CreateSeqStmt, CreateTableAsStmt,
    CreateTrigStmt, DropBehavior, RefreshMatViewStmt, TruncateStmt, ViewStmt,
};
use pg_query::{Node, NodeEnum};

use super::node::{self, inner, is_set, kind, names, option, optional_relation, qualified, string};
use super::text::Text;
use super::{alter, column, constraint, data_type, expression, options, query, reference, table};
use crate::change::{Change, ChangeKind, DomainChange, EnumPosition, OutputColumn, Query};
use crate::schema::{
    Canonical, DomainCheck, EnumLabel, Firing, Name, Options, Policy, PolicyCommand, QualifiedName, Sequence, SequenceOptions,
    SequenceValues, Trigger, Type, TypeDefinition, TypeKind, View,
};
use crate::source::Span;
use crate::sql::split::TokenKind;

/// The schema's name: its owner's where none is written.
pub fn schema_name(statement: &CreateSchemaStmt) -> Name {
    let written = Some(statement.schemaname.as_str()).filter(|name| !name.is_empty());
    let role = statement.authrole.as_ref().map(|role| role.rolename.as_str());
    written.or(role).unwrap_or_default().into()
}

/// `CREATE SCHEMA`, without what stands inside it.
pub fn create_schema(text: &Text, statement: &CreateSchemaStmt) -> Change {
    let name = schema_name(statement);
    let span = reference::name_behind(text, 2, &name);
    Change { kind: ChangeKind::CreateNamespace { name, if_not_exists: statement.if_not_exists }, span }
}

/// `CREATE VIEW`.
pub fn create_view(text: &Text, statement: &ViewStmt) -> Option<Change> {
    let select = statement.query.as_deref()?;
    let span = text.name_at(node::location(&statement.view));
    let query = table::with_column_names(query::lower(select), names(&statement.aliases));
    let mut view = view(text, optional_relation(&statement.view), select, &query, span);
    view.security_invoker = option(&statement.options, "security_invoker").is_some_and(is_set);
    view.options = options::of_view(statement);
    let kind = ChangeKind::CreateView { view: Box::new(view), query: Box::new(query), or_replace: statement.replace, if_not_exists: false };
    Some(Change { kind, span })
}

/// `CREATE MATERIALIZED VIEW`, which is a `CREATE TABLE AS` to the parser.
pub fn create_materialized_view(text: &Text, statement: &CreateTableAsStmt) -> Option<Change> {
    let (into, select) = (statement.into.as_ref()?, statement.query.as_deref()?);
    let span = text.name_at(node::location(&into.rel));
    let query = table::with_column_names(query::lower(select), names(&into.col_names));
    let options = options::lower(&into.options);
    let view =
        View { materialized: true, options, populated: !into.skip_data, ..view(text, optional_relation(&into.rel), select, &query, span) };
    let kind =
        ChangeKind::CreateView { view: Box::new(view), query: Box::new(query), or_replace: false, if_not_exists: statement.if_not_exists };
    Some(Change { kind, span })
}

/// `REFRESH MATERIALIZED VIEW`.
pub fn refresh_view(text: &Text, statement: &RefreshMatViewStmt) -> Change {
    let (view, populated) = (optional_relation(&statement.relation), !statement.skip_data);
    let kind = ChangeKind::RefreshView { view, populated, concurrently: statement.concurrent };
    Change { kind, span: text.name_at(node::location(&statement.relation)) }
}

/// What can be said of a view before it is applied; its references are in `query` until then.
fn view(text: &Text, name: QualifiedName, select: &Node, query: &Query, span: Span) -> View {
    let columns: Vec<Name> = query.output.iter().map_while(output_name).collect();
    View {
        name,
        materialized: false,
        columns_known: columns.len() == query.output.len(),
        columns,
        column_types: Vec::new(),
        query: definition(text, select),
        relations: Vec::new(),
        aliases: Vec::new(),
        column_references: Vec::new(),
        functions: query.functions.clone(),
        security_invoker: false,
        options: Options::default(),
        populated: true,
        indexes: Vec::new(),
        triggers: Vec::new(),
        comment: None,
        column_comments: Vec::new(),
        span,
        changed: Default::default(),
    }
}

/// The query in the parser's own deparse. Spelling it takes as long as parsing it, and is done when somebody asks.
fn definition(text: &Text, select: &Node) -> Canonical {
    // An element of CREATE SCHEMA is only a part of the text.
    if text.is_word(1, "schema") { expression::deparse_statement(select).into() } else { Canonical::of(text.text, spell_query) }
}

fn spell_query(statement: &str) -> String {
    let spell = |node: &Node| match kind(node)? {
        NodeEnum::ViewStmt(view) => view.query.as_deref().map(expression::deparse_statement),
        NodeEnum::CreateTableAsStmt(view) => view.query.as_deref().map(expression::deparse_statement),
        _ => None,
    };
    super::run_parser(statement).ok().and_then(|result| super::first(&result).and_then(spell)).unwrap_or_default()
}

fn output_name(output: &OutputColumn) -> Option<Name> {
    match output {
        OutputColumn::Column { name, .. } | OutputColumn::Expression { name, .. } => Some(name.clone()),
        OutputColumn::Star(_) => None,
    }
}

/// `CREATE SEQUENCE`.
pub fn create_sequence(text: &Text, statement: &CreateSeqStmt) -> Change {
    let span = text.name_at(node::location(&statement.sequence));
    let options = options::sequence(&statement.options);
    let data_type = options.data_type.clone().unwrap_or_else(|| Type::builtin("bigint"));
    let sequence = Sequence {
        name: optional_relation(&statement.sequence),
        values: SequenceValues::new(&data_type, &options),
        data_type,
        owned_by: owner(&statement.options).flatten(),
        identity: false,
        temporary: table::is_temporary(&statement.sequence),
        comment: None,
        span,
    };
    Change { kind: ChangeKind::CreateSequence { sequence: Box::new(sequence), if_not_exists: statement.if_not_exists }, span }
}

/// `ALTER SEQUENCE`; none where it alters only what the model does not hold.
pub fn alter_sequence(text: &Text, statement: &AlterSeqStmt) -> Option<Change> {
    let (options, owned_by) = (options::sequence(&statement.options), owner(&statement.options));
    if options == SequenceOptions::default() && owned_by.is_none() {
        return None;
    }
    let sequence = optional_relation(&statement.sequence);
    let kind = ChangeKind::AlterSequence { sequence, options: Box::new(options), owned_by, if_exists: statement.missing_ok };
    Some(Change { kind, span: text.name_at(node::location(&statement.sequence)) })
}

/// `OWNED BY table.column`; `Some(None)` is `OWNED BY NONE`.
fn owner(options: &[Node]) -> Option<Option<(QualifiedName, Name)>> {
    let owner = option(options, "owned_by")?.arg.as_deref()?;
    let (column, table) = node::items(owner).split_last()?;
    let column = string(column)?;
    Some((!table.is_empty()).then(|| (qualified(table), column.into())))
}

fn create_type(text: &Text, name: QualifiedName, kind: TypeKind) -> Change {
    let span = reference::name_behind(text, 2, &name.name);
    let definition = TypeDefinition { name, kind, comment: None, span, changed: Default::default() };
    Change { kind: ChangeKind::CreateType { definition: Box::new(definition) }, span }
}

/// `CREATE TYPE … AS ENUM`.
pub fn create_enum(text: &Text, statement: &CreateEnumStmt) -> Change {
    let mut literals = text.tokens.iter().filter(|token| token.kind == TokenKind::String);
    let label =
        |value: Name| EnumLabel { value, span: literals.next().map_or_else(|| text.statement(), |token| text.bytes(token.range.clone())) };
    let labels = names(&statement.vals).into_iter().map(label).collect();
    create_type(text, qualified(&statement.type_name), TypeKind::Enum { labels })
}

/// `CREATE TYPE … AS (…)`.
pub fn create_composite(text: &Text, statement: &CompositeTypeStmt) -> Change {
    let definitions = statement.coldeflist.iter().filter_map(column::definition);
    let attributes = definitions.map(|definition| alter::attribute(text, definition)).collect();
    create_type(text, optional_relation(&statement.typevar), TypeKind::Composite { attributes })
}

/// `CREATE TYPE … AS RANGE`.
pub fn create_range(text: &Text, statement: &CreateRangeStmt) -> Change {
    let subtype = option(&statement.params, "subtype").and_then(|element| match inner(&element.arg)? {
        NodeEnum::TypeName(name) => Some(data_type::lower(name)),
        _ => None,
    });
    let subtype = subtype.unwrap_or_else(|| Type::builtin(""));
    create_type(text, qualified(&statement.type_name), TypeKind::Range { subtype })
}

/// `CREATE TYPE name` and `CREATE TYPE name (INPUT = …)`.
pub fn create_base_type(text: &Text, name: &[Node]) -> Change {
    create_type(text, qualified(name), TypeKind::Base)
}

/// `ALTER TYPE … ADD VALUE` and `RENAME VALUE`. The span is the new label.
pub fn alter_enum(text: &Text, statement: &AlterEnumStmt) -> Change {
    let name = qualified(&statement.type_name);
    let value = Name::from(statement.new_val.as_str());
    let neighbor = Name::from(statement.new_val_neighbor.as_str());
    let renames = !statement.old_val.is_empty();
    let nth_literal = usize::from(renames);
    let literal = text.tokens.iter().filter(|token| token.kind == TokenKind::String).nth(nth_literal);
    let span = literal.map_or_else(|| text.statement(), |token| text.bytes(token.range.clone()));
    let kind = if renames {
        ChangeKind::RenameEnumValue { name, value: statement.old_val.as_str().into(), to: value }
    } else {
        let position = match (neighbor.is_unnamed(), statement.new_val_is_after) {
            (true, _) => EnumPosition::Last,
            (false, true) => EnumPosition::After(neighbor),
            (false, false) => EnumPosition::Before(neighbor),
        };
        ChangeKind::AddEnumValue { name, value, position, if_not_exists: statement.skip_if_new_val_exists }
    };
    Change { kind, span }
}

/// `CREATE DOMAIN`.
pub fn create_domain(text: &Text, statement: &CreateDomainStmt) -> Change {
    let clauses: Vec<&Parsed> = statement.constraints.iter().filter_map(constraint::parsed).collect();
    let default = clauses.iter().find(|clause| clause.contype() == ConstrType::ConstrDefault);
    let kind = TypeKind::Domain {
        base: data_type::lower_optional(&statement.type_name),
        not_null: clauses.iter().any(|clause| clause.contype() == ConstrType::ConstrNotnull),
        default: default.and_then(|clause| expression::lower_optional(&clause.raw_expr)),
        checks: clauses.iter().filter_map(|clause| domain_check(text, clause)).collect(),
    };
    create_type(text, qualified(&statement.domainname), kind)
}

fn domain_check(text: &Text, clause: &Parsed) -> Option<DomainCheck> {
    if clause.contype() != ConstrType::ConstrCheck {
        return None;
    }
    let start = text.token_at(clause.location)?;
    let condition = text.find_words(start..text.tokens.len(), &["check"]).unwrap_or(start);
    let end = text.closing(condition + 1) + 1;
    Some(DomainCheck {
        name: clause.conname.as_str().into(),
        expression: expression::lower(clause.raw_expr.as_deref()?),
        validated: !clause.skip_validation,
        span: text.span(start..end),
    })
}

/// `ALTER DOMAIN`.
pub fn alter_domain(text: &Text, statement: &AlterDomainStmt) -> Option<Change> {
    let name = qualified(&statement.type_name);
    let constraint = Name::from(statement.name.as_str());
    // PostgreSQL's codes for the clauses.
    let change = match statement.subtype.as_str() {
        "T" => DomainChange::Default(expression::lower_optional(&statement.def)),
        "N" => DomainChange::NotNull(false),
        "O" => DomainChange::NotNull(true),
        "C" => {
            let parsed = statement.def.as_deref().and_then(constraint::parsed)?;
            match parsed.contype() {
                ConstrType::ConstrNotnull => DomainChange::NotNull(true),
                _ => DomainChange::AddCheck(domain_check(text, parsed)?),
            }
        }
        "X" => DomainChange::DropCheck { name: constraint, if_exists: statement.missing_ok },
        "V" => DomainChange::Validate(constraint),
        _ => return None,
    };
    let span = reference::name_behind(text, 2, &name.name);
    Some(Change { kind: ChangeKind::AlterDomain { name, change }, span })
}

/// `CREATE TRIGGER`.
pub fn create_trigger(text: &Text, statement: &CreateTrigStmt) -> Change {
    let name = Name::from(statement.trigname.as_str());
    let keyword = text.find_words(0..text.tokens.len(), &["trigger"]).unwrap_or(0);
    let span = reference::name_behind(text, keyword + 1, &name);
    // The bits of PostgreSQL's pg_trigger.tgtype.
    let timing = match statement.timing {
        2 => "BEFORE",
        64 => "INSTEAD OF",
        _ => "AFTER",
    };
    let events = [(4, "INSERT"), (8, "DELETE"), (16, "UPDATE"), (32, "TRUNCATE")];
    let trigger = Trigger {
        name,
        timing: timing.into(),
        events: events.into_iter().filter(|(bit, _)| statement.events & bit != 0).map(|(_, event)| event.into()).collect(),
        columns: names(&statement.columns),
        for_each_row: statement.row,
        condition: expression::lower_optional(&statement.when_clause),
        function: qualified(&statement.funcname),
        arguments: statement.args.iter().filter_map(string).map(Into::into).collect(),
        old_table: transition_table(statement, false),
        new_table: transition_table(statement, true),
        constraint: statement.isconstraint,
        from_table: statement.constrrel.as_ref().map(node::relation),
        deferrable: statement.deferrable || statement.initdeferred,
        initially_deferred: statement.initdeferred,
        enabled: true,
        firing: Firing::Origin,
        inherited: false,
        comment: None,
        span,
    };
    let table = optional_relation(&statement.relation);
    Change { kind: ChangeKind::CreateTrigger { table, trigger: Box::new(trigger), or_replace: statement.replace }, span }
}

/// The name `REFERENCING` gives the old or new rows.
fn transition_table(statement: &CreateTrigStmt, is_new: bool) -> Option<Name> {
    statement.transition_rels.iter().find_map(|node| match kind(node)? {
        NodeEnum::TriggerTransition(transition) if transition.is_new == is_new => Some(transition.name.as_str().into()),
        _ => None,
    })
}

/// `CREATE POLICY`.
pub fn create_policy(text: &Text, statement: &CreatePolicyStmt) -> Change {
    let name = Name::from(statement.policy_name.as_str());
    let span = reference::name_behind(text, 2, &name);
    let policy = Policy {
        name,
        command: policy_command(&statement.cmd_name),
        permissive: statement.permissive,
        roles: statement.roles.iter().filter_map(node::role).collect(),
        using: expression::lower_optional(&statement.qual),
        check: expression::lower_optional(&statement.with_check),
        comment: None,
        span,
    };
    Change { kind: ChangeKind::CreatePolicy { table: optional_relation(&statement.table), policy: Box::new(policy) }, span }
}

fn policy_command(command: &str) -> PolicyCommand {
    match command {
        "select" => PolicyCommand::Select,
        "insert" => PolicyCommand::Insert,
        "update" => PolicyCommand::Update,
        "delete" => PolicyCommand::Delete,
        _ => PolicyCommand::All,
    }
}

/// `ALTER POLICY`.
pub fn alter_policy(text: &Text, statement: &AlterPolicyStmt) -> Change {
    let policy = Name::from(statement.policy_name.as_str());
    let roles: Vec<Name> = statement.roles.iter().filter_map(node::role).collect();
    let span = reference::name_behind(text, 2, &policy);
    let kind = ChangeKind::AlterPolicy {
        table: optional_relation(&statement.table),
        policy,
        roles: Some(roles).filter(|roles| !roles.is_empty()),
        using: expression::lower_optional(&statement.qual),
        check: expression::lower_optional(&statement.with_check),
    };
    Change { kind, span }
}

/// `CREATE EXTENSION`.
pub fn create_extension(text: &Text, statement: &CreateExtensionStmt) -> Change {
    let name = Name::from(statement.extname.as_str());
    let schema = option(&statement.options, "schema").and_then(|element| element.arg.as_deref()).and_then(string).map(Name::from);
    let span = reference::name_behind(text, 2, &name);
    Change { kind: ChangeKind::CreateExtension { name, schema, if_not_exists: statement.if_not_exists }, span }
}

/// `TRUNCATE`: one change for each table.
pub fn truncate(text: &Text, statement: &TruncateStmt) -> Vec<Change> {
    let cascade = statement.behavior() == DropBehavior::DropCascade;
    let tables = statement.relations.iter().filter_map(table::range);
    tables
        .map(|range| Change { kind: ChangeKind::Truncate { table: node::relation(range), cascade }, span: text.name_at(range.location) })
        .collect()
}

/// A schema's element with the schema put before the name it makes.
pub fn within_schema(mut change: Change, schema: &Name) -> Change {
    let name = match &mut change.kind {
        ChangeKind::CreateTable { table, .. } => Some(&mut table.name),
        ChangeKind::CreateView { view, .. } => Some(&mut view.name),
        ChangeKind::CreateSequence { sequence, .. } => Some(&mut sequence.name),
        ChangeKind::CreateIndex { table, .. } | ChangeKind::CreateTrigger { table, .. } => Some(table),
        _ => None,
    };
    if let Some(name) = name.filter(|name| name.schema().is_none()) {
        *name = QualifiedName::new(schema.clone(), name.name.clone());
    }
    change
}

/// The elements inside `CREATE SCHEMA`.
pub fn schema_elements(statement: &CreateSchemaStmt) -> impl Iterator<Item = &NodeEnum> {
    statement.schema_elts.iter().filter_map(kind)
}

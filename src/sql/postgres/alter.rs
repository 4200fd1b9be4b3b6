//! `ALTER TABLE` and what shares its grammar (`ALTER INDEX`, `ALTER TYPE` on composite types …).

use std::ops::Range;

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableCmd, AlterTableStmt, AlterTableType, ColumnDef, DropBehavior, ObjectType, PartitionCmd};

use super::node::{self, inner, kind, optional_relation};
use super::text::Text;
use super::{column, constraint, data_type, expression, options, table};
use crate::change::{AttributeChange, Change, ChangeKind, StorageChange};
use crate::schema::{Attribute, Firing, Generated, Name, QualifiedName, ReplicaIdentity, SequenceOptions};

/// One subcommand with what it needs to know of its statement.
struct Command<'a> {
    text: &'a Text<'a>,
    command: &'a AlterTableCmd,
    /// The subcommand's tokens.
    tokens: Range<usize>,
    table: QualifiedName,
    if_table_exists: bool,
}

/// The changes of a statement; none where it does nothing to the model.
pub fn alter(text: &Text, statement: &AlterTableStmt) -> Vec<Change> {
    let commands: Vec<&AlterTableCmd> = statement.cmds.iter().filter_map(command).collect();
    let clauses = clauses(text, statement, commands.len());
    let of = |(command, tokens)| Command {
        text,
        command,
        tokens,
        table: optional_relation(&statement.relation),
        if_table_exists: statement.missing_ok,
    };
    let lower = match statement.objtype() {
        ObjectType::ObjectTable | ObjectType::ObjectForeignTable => Command::table_changes,
        ObjectType::ObjectType => Command::attribute_changes,
        ObjectType::ObjectIndex => Command::index_changes,
        ObjectType::ObjectView | ObjectType::ObjectMatview => Command::option_changes,
        _ => return Vec::new(),
    };
    let mut changes: Vec<Change> = commands.into_iter().zip(clauses).map(of).flat_map(|command| lower(&command)).collect();
    changes.sort_by_key(|change| pass(&change.kind));
    changes
}

/// PostgreSQL carries out the subcommands of one statement in passes, each in the order they are written.
fn pass(change: &ChangeKind) -> u8 {
    use crate::schema::ConstraintKind as C;
    match change {
        ChangeKind::DropColumn { .. }
        | ChangeKind::DropConstraint { .. }
        | ChangeKind::SetNullable { nullable: true, .. }
        | ChangeKind::SetDefault { default: None, .. }
        | ChangeKind::SetIdentity { identity: None, .. }
        | ChangeKind::SetGenerated { generated: None, .. } => 0,
        ChangeKind::SetType { .. } => 1,
        ChangeKind::SetGenerated { .. } => 2,
        ChangeKind::AddColumn { .. } => 3,
        ChangeKind::SetNullable { .. } | ChangeKind::SetIdentity { replace: true, .. } => 4,
        ChangeKind::AddConstraint { constraint, .. } if !matches!(constraint.kind, C::ForeignKey(_) | C::Check { .. }) => 5,
        ChangeKind::AddConstraint { .. } | ChangeKind::SetDefault { .. } | ChangeKind::SetIdentity { .. } => 6,
        _ => 7,
    }
}

fn command(node: &pg_query::Node) -> Option<&AlterTableCmd> {
    match kind(node)? {
        NodeEnum::AlterTableCmd(command) => Some(command),
        _ => None,
    }
}

/// The tokens of each subcommand: what stands between the commas behind the table's name.
fn clauses(text: &Text, statement: &AlterTableStmt, count: usize) -> Vec<Range<usize>> {
    let name = text.token_at(node::location(&statement.relation)).unwrap_or(0);
    let mut start = text.name_tokens(name).end;
    while text.is_symbol(start, "*") || text.is_symbol(start, ")") {
        start += 1;
    }
    let parts = text.split_at_commas(start..text.tokens.len());
    if parts.len() == count { parts } else { vec![0..text.tokens.len(); count] }
}

impl Command<'_> {
    fn name(&self) -> Name {
        self.command.name.as_str().into()
    }

    fn cascade(&self) -> bool {
        self.command.behavior() == DropBehavior::DropCascade
    }

    fn definition(&self) -> Option<&NodeEnum> {
        inner(&self.command.def)
    }

    fn column_definition(&self) -> Option<&ColumnDef> {
        self.command.def.as_deref().and_then(column::definition)
    }

    /// A change that is to be found at this name, or else at its whole clause.
    fn change_at(&self, name: &Name, kind: ChangeKind) -> Change {
        let behind_verb = self.tokens.start + 1..self.tokens.end;
        let place = self.text.find_name(behind_verb, name).filter(|_| !name.is_unnamed());
        let span = place.map_or_else(|| self.text.span(self.tokens.clone()), |index| self.text.span(index..index + 1));
        Change { kind, span }
    }

    fn table_changes(&self) -> Vec<Change> {
        match self.command.subtype() {
            AlterTableType::AtAddColumn => self.add_column(),
            AlterTableType::AtAddConstraint => self.add_constraint(),
            _ => self.one_change().map(|kind| self.change_at(&self.named(&kind), kind)).into_iter().collect(),
        }
    }

    /// The name by which to find the change in the text.
    fn named(&self, kind: &ChangeKind) -> Name {
        match kind {
            ChangeKind::AttachPartition { partition, .. } | ChangeKind::DetachPartition { partition, .. } => partition.name.clone(),
            ChangeKind::SetInherit { parent, .. } => parent.name.clone(),
            ChangeKind::AlterConstraint { constraint, .. } => constraint.clone(),
            _ => self.name(),
        }
    }

    fn add_column(&self) -> Vec<Change> {
        let Some(definition) = self.column_definition() else { return Vec::new() };
        let (column, constraints) = column::lower(self.text, definition);
        let (span, name) = (column.span, column.name.clone());
        let (if_not_exists, if_table_exists) = (self.command.missing_ok, self.if_table_exists);
        let added = ChangeKind::AddColumn { table: self.table.clone(), column: Box::new(column), if_not_exists, if_table_exists };
        let followers = constraint::in_order_of_creation(constraints).into_iter().map(|lowered| {
            let span = lowered.constraint.span;
            Change { kind: lowered.into_change(self.table.clone(), Some(name.clone()), self.if_table_exists), span }
        });
        std::iter::once(Change { kind: added, span }).chain(followers).collect()
    }

    fn add_constraint(&self) -> Vec<Change> {
        let Some(parsed) = self.command.def.as_deref().and_then(constraint::parsed) else { return Vec::new() };
        let start = self.text.token_at(parsed.location).unwrap_or(self.tokens.start);
        if parsed.contype() == pg_query::protobuf::ConstrType::ConstrNotnull {
            return self.add_not_null(parsed);
        }
        let Some(lowered) = constraint::lower(self.text, parsed, start..self.tokens.end, None) else { return Vec::new() };
        let name = lowered.constraint.name.clone();
        let clause = lowered.constraint.span;
        let change = self.change_at(&name, lowered.into_change(self.table.clone(), None, self.if_table_exists));
        vec![if name.is_unnamed() { Change { span: clause, ..change } } else { change }]
    }

    /// `ADD [CONSTRAINT n] NOT NULL c` (PostgreSQL 18).
    fn add_not_null(&self, parsed: &pg_query::protobuf::Constraint) -> Vec<Change> {
        let columns = node::names(&parsed.keys);
        columns.into_iter().map(|column| self.change_at(&column.clone(), self.set_nullable(column, false))).collect()
    }

    fn set_nullable(&self, column: Name, nullable: bool) -> ChangeKind {
        ChangeKind::SetNullable { table: self.table.clone(), column, nullable, if_table_exists: self.if_table_exists }
    }

    /// The subcommands that make one change, found at the name they give.
    fn one_change(&self) -> Option<ChangeKind> {
        use AlterTableType as A;
        let (table, if_table_exists, if_exists) = (self.table.clone(), self.if_table_exists, self.command.missing_ok);
        Some(match self.command.subtype() {
            A::AtDropColumn => ChangeKind::DropColumn { table, column: self.name(), if_exists, cascade: self.cascade(), if_table_exists },
            A::AtAlterColumnType => self.set_type()?,
            A::AtSetNotNull => self.set_nullable(self.name(), false),
            A::AtDropNotNull => self.set_nullable(self.name(), true),
            A::AtColumnDefault => {
                let default = expression::lower_optional(&self.command.def);
                ChangeKind::SetDefault { table, column: self.name(), default, if_table_exists }
            }
            A::AtAddIdentity | A::AtSetIdentity => self.set_identity()?,
            A::AtDropIdentity => {
                let options = Box::default();
                ChangeKind::SetIdentity { table, column: self.name(), identity: None, options, replace: false, if_exists }
            }
            A::AtSetExpression => {
                let generated = self.command.def.as_deref().map(|node| Generated { expression: expression::lower(node), stored: true });
                ChangeKind::SetGenerated { table, column: self.name(), generated, if_exists: false }
            }
            A::AtDropExpression => ChangeKind::SetGenerated { table, column: self.name(), generated: None, if_exists },
            A::AtDropConstraint => {
                ChangeKind::DropConstraint { table, constraint: self.name(), if_exists, cascade: self.cascade(), if_table_exists }
            }
            A::AtValidateConstraint => ChangeKind::ValidateConstraint { table, constraint: self.name() },
            A::AtAlterConstraint => self.alter_constraint()?,
            _ => return self.table_flag().or_else(|| self.partition()).or_else(|| self.storage()).or_else(|| self.options()),
        })
    }

    fn set_type(&self) -> Option<ChangeKind> {
        let definition = self.column_definition()?;
        Some(ChangeKind::SetType {
            table: self.table.clone(),
            column: self.name(),
            data_type: data_type::lower_optional(&definition.type_name),
            collation: node::collation(&definition.coll_clause),
            using: expression::lower_optional(&definition.raw_default),
            if_table_exists: self.if_table_exists,
        })
    }

    fn set_identity(&self) -> Option<ChangeKind> {
        let (table, column) = (self.table.clone(), self.name());
        let (code, options, replace) = match self.definition()? {
            NodeEnum::Constraint(constraint) => (constraint.generated_when.clone(), options::sequence(&constraint.options), false),
            NodeEnum::List(list) => match self.generated_option(&list.items) {
                Some(code) => (code, options::sequence(&list.items), true),
                None => return Some(ChangeKind::AlterIdentity { table, column, options: Box::new(options::sequence(&list.items)) }),
            },
            _ => return None,
        };
        let (identity, options): (_, Box<SequenceOptions>) = (Some(column::identity(&code)), Box::new(options));
        Some(ChangeKind::SetIdentity { table, column, identity, options, replace, if_exists: false })
    }

    /// `SET GENERATED`'s code among sequence options.
    fn generated_option(&self, options: &[pg_query::Node]) -> Option<String> {
        let element = node::option(options, "generated")?;
        match inner(&element.arg)? {
            NodeEnum::Integer(code) => u8::try_from(code.ival).ok().map(|byte| char::from(byte).to_string()),
            NodeEnum::String(code) => Some(code.sval.clone()),
            _ => None,
        }
    }

    fn alter_constraint(&self) -> Option<ChangeKind> {
        let NodeEnum::AtalterConstraint(altered) = self.definition()? else { return None };
        altered.alter_deferrability.then(|| ChangeKind::AlterConstraint {
            table: self.table.clone(),
            constraint: altered.conname.as_str().into(),
            deferrable: altered.deferrable || altered.initdeferred,
            initially_deferred: altered.initdeferred,
        })
    }

    fn table_flag(&self) -> Option<ChangeKind> {
        use AlterTableType as A;
        let table = self.table.clone();
        let fires = |trigger, enabled, firing| ChangeKind::EnableTrigger { table: self.table.clone(), trigger, enabled, firing };
        let trigger = |trigger, enabled| fires(trigger, enabled, Firing::Origin);
        Some(match self.command.subtype() {
            A::AtEnableRowSecurity => ChangeKind::EnableRowSecurity { table, enabled: true },
            A::AtDisableRowSecurity => ChangeKind::EnableRowSecurity { table, enabled: false },
            A::AtForceRowSecurity => ChangeKind::ForceRowSecurity { table, forced: true },
            A::AtNoForceRowSecurity => ChangeKind::ForceRowSecurity { table, forced: false },
            A::AtSetLogged => ChangeKind::SetLogged { table, logged: true },
            A::AtSetUnLogged => ChangeKind::SetLogged { table, logged: false },
            A::AtEnableTrig => trigger(Some(self.name()), true),
            A::AtEnableAlwaysTrig => fires(Some(self.name()), true, Firing::Always),
            A::AtEnableReplicaTrig => fires(Some(self.name()), true, Firing::Replica),
            A::AtDisableTrig => trigger(Some(self.name()), false),
            A::AtEnableTrigAll | A::AtEnableTrigUser => trigger(None, true),
            A::AtDisableTrigAll | A::AtDisableTrigUser => trigger(None, false),
            _ => return None,
        })
    }

    fn partition(&self) -> Option<ChangeKind> {
        use AlterTableType as A;
        let table = self.table.clone();
        match (self.command.subtype(), self.definition()?) {
            (A::AtAddInherit, NodeEnum::RangeVar(parent)) => {
                Some(ChangeKind::SetInherit { table, parent: node::relation(parent), inherit: true })
            }
            (A::AtDropInherit, NodeEnum::RangeVar(parent)) => {
                Some(ChangeKind::SetInherit { table, parent: node::relation(parent), inherit: false })
            }
            (A::AtAttachPartition, NodeEnum::PartitionCmd(command)) => {
                let bound = command.bound.as_ref().map(table::bound_text).unwrap_or_default().into();
                Some(ChangeKind::AttachPartition { table, partition: optional_relation(&command.name), bound })
            }
            (A::AtDetachPartition | A::AtDetachPartitionFinalize, NodeEnum::PartitionCmd(command)) => {
                Some(ChangeKind::DetachPartition { table, partition: optional_relation(&command.name), concurrently: command.concurrent })
            }
            _ => None,
        }
    }

    /// How rows and columns are kept.
    fn storage(&self) -> Option<ChangeKind> {
        use AlterTableType as A;
        let (table, column) = (self.table.clone(), self.name());
        let storage = match (self.command.subtype(), self.definition()) {
            (A::AtReplicaIdentity, Some(NodeEnum::ReplicaIdentityStmt(statement))) => {
                let identity = match statement.identity_type.as_str() {
                    "f" => ReplicaIdentity::Full,
                    "n" => ReplicaIdentity::Nothing,
                    "i" => ReplicaIdentity::Index(statement.name.as_str().into()),
                    _ => ReplicaIdentity::Default,
                };
                return Some(ChangeKind::SetReplicaIdentity { table, identity });
            }
            (A::AtClusterOn, _) => return Some(ChangeKind::SetCluster { table, index: Some(column) }),
            (A::AtDropCluster, _) => return Some(ChangeKind::SetCluster { table, index: None }),
            (A::AtSetStorage, Some(NodeEnum::String(word))) => StorageChange::Strategy(options::storage_word(&word.sval)?),
            (A::AtSetCompression, Some(NodeEnum::String(word))) => StorageChange::Compression(options::storage_word(&word.sval)),
            (A::AtSetStatistics, Some(NodeEnum::Integer(target))) => {
                StorageChange::Statistics(Some(target.ival).filter(|target| *target >= 0))
            }
            (A::AtSetOptions, Some(NodeEnum::List(list))) => StorageChange::Set(options::pairs(&list.items)),
            (A::AtResetOptions, Some(NodeEnum::List(list))) => StorageChange::Reset(options::names(&list.items)),
            _ => return None,
        };
        Some(ChangeKind::SetStorage { table, column, storage })
    }

    /// `SET (…)` and `RESET (…)`.
    fn options(&self) -> Option<ChangeKind> {
        let NodeEnum::List(list) = self.definition()? else { return None };
        let (set, reset) = match self.command.subtype() {
            AlterTableType::AtSetRelOptions => (options::pairs(&list.items), Vec::new()),
            AlterTableType::AtResetRelOptions => (Vec::new(), options::names(&list.items)),
            _ => return None,
        };
        Some(ChangeKind::AlterOptions { relation: self.table.clone(), set, reset, if_exists: self.if_table_exists })
    }

    fn option_changes(&self) -> Vec<Change> {
        self.options().map(|kind| self.change_at(&Name::unnamed(), kind)).into_iter().collect()
    }

    /// `ALTER INDEX … ATTACH PARTITION` and its options.
    fn index_changes(&self) -> Vec<Change> {
        let Some(NodeEnum::PartitionCmd(PartitionCmd { name, .. })) = self.definition() else { return self.option_changes() };
        let partition = optional_relation(name);
        let name = partition.name.clone();
        vec![self.change_at(&name, ChangeKind::AttachIndex { index: self.table.clone(), partition })]
    }

    /// `ALTER TYPE … ADD/DROP/ALTER ATTRIBUTE`.
    fn attribute_changes(&self) -> Vec<Change> {
        let Some((name, change)) = self.attribute_change() else { return Vec::new() };
        vec![self.change_at(&name, ChangeKind::AlterAttribute { name: self.table.clone(), change })]
    }

    fn attribute_change(&self) -> Option<(Name, AttributeChange)> {
        match self.command.subtype() {
            AlterTableType::AtAddColumn => {
                let attribute = attribute(self.text, self.column_definition()?);
                Some((attribute.name.clone(), AttributeChange::Add(attribute)))
            }
            AlterTableType::AtDropColumn => {
                Some((self.name(), AttributeChange::Drop { name: self.name(), if_exists: self.command.missing_ok }))
            }
            AlterTableType::AtAlterColumnType => {
                let data_type = data_type::lower_optional(&self.column_definition()?.type_name);
                Some((self.name(), AttributeChange::SetType { name: self.name(), data_type }))
            }
            _ => None,
        }
    }
}

/// An attribute of a composite type.
pub fn attribute(text: &Text, definition: &ColumnDef) -> Attribute {
    Attribute {
        name: definition.colname.as_str().into(),
        data_type: data_type::lower_optional(&definition.type_name),
        span: text.located(definition.location),
    }
}

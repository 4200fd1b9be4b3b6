//! Objects that stay and get another value of an attribute.

use super::{Phase, Plan, column, index, is_foreign};
use crate::ddl;
use crate::difference::Object;
use crate::schema::{
    Column, DomainCheck, EnumLabel, Identity, Name, QualifiedName, Schema, Sequence, Table, Trigger, Type, TypeDefinition, TypeKind, View,
};

impl Plan<'_> {
    /// Changes one attribute; some can only be changed by making the object anew.
    pub(super) fn change(&mut self, object: &Object, attribute: &str, value: Option<&str>) -> Option<()> {
        let to = self.to;
        if attribute == "comment" {
            self.step(Phase::Comment, ddl::comment_on(&self.on(object)?, value));
            return Some(());
        }
        match object {
            Object::Table(name) => self.change_table(self.from.table(name)?, to.table(name)?, attribute),
            Object::Column(table, name) => self.change_column(table, name, attribute),
            Object::Constraint(table, name) => {
                let (old, new) = (self.from.table(table)?.constraint(name)?, to.table(table)?);
                let (name, constraint) = (table.to_sql(), new.constraint(name)?);
                if attribute == "validated" && constraint.validated.value {
                    self.step(Phase::AddForeignKeys, format!("ALTER TABLE {name} VALIDATE CONSTRAINT {}", constraint.name.to_sql()));
                    return Some(());
                }
                self.drop_constraint(table, old);
                let phase = if is_foreign(constraint) { Phase::AddForeignKeys } else { Phase::AddKeys };
                self.step(phase, ddl::add_constraint(new, constraint));
                Some(())
            }
            Object::Index(relation, name) => {
                self.step(Phase::DropIndexes, ddl::drop_index(relation, name));
                self.step(Phase::AddIndexes, ddl::create_index(relation, index(to, relation, name)?));
                Some(())
            }
            Object::Trigger(relation, name) => {
                self.step(Phase::DropRules, ddl::drop_trigger(relation, name));
                self.add(&Object::Trigger(relation.clone(), name.clone()))
            }
            Object::Policy(table, name) => {
                self.step(Phase::DropRules, ddl::drop_policy(table, name));
                self.add(&Object::Policy(table.clone(), name.clone()))
            }
            Object::Function(key) => {
                let (old, new) = (self.from.functions.get(key)?, to.functions.get(key)?);
                let replaceable = old.returns == new.returns && old.returns_set == new.returns_set && old.procedure == new.procedure;
                let same_arguments = old.arguments.iter().map(|argument| &argument.name).eq(new.arguments.iter().map(|it| &it.name));
                if replaceable && same_arguments && !new.aggregate {
                    self.step(Phase::Create, or_replace(&ddl::create_function(new)));
                } else {
                    self.step(Phase::DropViews, ddl::drop_function(old));
                    self.step(Phase::Create, ddl::create_function(new));
                }
                Some(())
            }
            Object::Statistics(name) => {
                self.step(Phase::DropIndexes, ddl::drop_statistics(name));
                self.add(&Object::Statistics(name.clone()))
            }
            Object::View(name) => self.change_view(to.views.get(name)?),
            Object::Sequence(name) => self.change_sequence(to.sequences.get(name)?, attribute),
            Object::Type(name) => self.change_domain(to.types.get(name)?, attribute),
            Object::Attribute(name, attribute) => {
                let data_type = attribute_type(to, name, attribute)?;
                let statement = format!("ALTER TYPE {} ALTER ATTRIBUTE {} TYPE {data_type}", name.to_sql(), attribute.to_sql());
                self.step(Phase::AlterColumns, statement);
                Some(())
            }
            Object::DomainConstraint(name, check) => {
                let check = domain_check(to, name, check)?;
                self.step(Phase::DropKeys, format!("ALTER DOMAIN {} DROP CONSTRAINT {}", name.to_sql(), check.name.to_sql()));
                self.step(Phase::AddKeys, format!("ALTER DOMAIN {} ADD {}", name.to_sql(), ddl::domain_check(check)));
                Some(())
            }
            Object::Namespace(_) | Object::Extension(_) | Object::EnumLabel(..) => None,
        }
    }

    /// The object as `COMMENT ON` names it.
    fn on(&self, object: &Object) -> Option<String> {
        let part = |kind: &str, owner: &QualifiedName, name: &Name| format!("{kind} {} ON {}", name.to_sql(), owner.to_sql());
        Some(match object {
            Object::Namespace(name) => format!("SCHEMA {}", name.to_sql()),
            Object::Extension(name) => format!("EXTENSION {}", name.to_sql()),
            Object::Type(name) => match self.to.types.get(name)?.kind {
                TypeKind::Domain { .. } => format!("DOMAIN {}", name.to_sql()),
                _ => format!("TYPE {}", name.to_sql()),
            },
            Object::Sequence(name) => format!("SEQUENCE {}", name.to_sql()),
            Object::Statistics(name) => format!("STATISTICS {}", name.to_sql()),
            Object::Function(key) => {
                let kind = if self.to.functions.get(key)?.procedure { "PROCEDURE" } else { "FUNCTION" };
                format!("{kind} {}", ddl::function_signature(key))
            }
            Object::Table(name) => format!("TABLE {}", name.to_sql()),
            Object::View(name) if self.to.views.get(name)?.materialized => format!("MATERIALIZED VIEW {}", name.to_sql()),
            Object::View(name) => format!("VIEW {}", name.to_sql()),
            Object::Column(table, name) | Object::Attribute(table, name) => format!("COLUMN {}.{}", table.to_sql(), name.to_sql()),
            Object::Index(relation, name) => format!("INDEX {}", QualifiedName::new(relation.schema.clone(), name.clone()).to_sql()),
            Object::Constraint(table, name) => part("CONSTRAINT", table, name),
            Object::Trigger(table, name) => part("TRIGGER", table, name),
            Object::Policy(table, name) => part("POLICY", table, name),
            Object::DomainConstraint(..) | Object::EnumLabel(..) => return None,
        })
    }

    fn change_table(&mut self, old: &Table, new: &Table, attribute: &str) -> Option<()> {
        let name = new.name.to_sql();
        let verb = |is_set: bool, yes: &'static str, no: &'static str| if is_set { yes } else { no };
        let clause = match attribute {
            "row level security" => format!("{} ROW LEVEL SECURITY", verb(new.row_security.enabled.is_some(), "ENABLE", "DISABLE")),
            "forced row level security" => format!("{} ROW LEVEL SECURITY", verb(new.row_security.forced.is_some(), "FORCE", "NO FORCE")),
            "persistence" => format!("SET {}", verb(new.persistence == crate::schema::Persistence::Unlogged, "UNLOGGED", "LOGGED")),
            "replica identity" => format!("REPLICA IDENTITY {}", ddl::replica_identity(&new.replica_identity)),
            "partition" => {
                let detach = old.partition_of.as_ref().map(|of| format!("ALTER TABLE {} DETACH PARTITION {name}", of.parent.to_sql()));
                self.steps.extend(detach.map(|statement| (Phase::DropKeys, statement)));
                self.steps.extend(ddl::attach_partition(new).map(|statement| (Phase::AddIndexes, statement)));
                return Some(());
            }
            "parents" => {
                let gone = old.inherits.iter().filter(|parent| !new.inherits.contains(parent)).map(|parent| ("NO INHERIT", parent));
                let come = new.inherits.iter().filter(|parent| !old.inherits.contains(parent)).map(|parent| ("INHERIT", parent));
                let statement = |(verb, parent): (&str, &QualifiedName)| format!("ALTER TABLE {name} {verb} {}", parent.to_sql());
                self.steps.extend(gone.chain(come).map(|change| (Phase::AddKeys, statement(change))));
                return Some(());
            }
            _ => return None,
        };
        self.step(Phase::AddRules, format!("ALTER TABLE {name} {clause}"));
        Some(())
    }

    fn change_column(&mut self, table: &QualifiedName, name: &Name, attribute: &str) -> Option<()> {
        let (old, new) = (column(self.from, table, name)?, column(self.to, table, name)?);
        let alter = |clause: String| format!("ALTER TABLE {} ALTER COLUMN {} {clause}", table.to_sql(), name.to_sql());
        let default = || new.default.as_ref().map_or("DROP DEFAULT".to_owned(), |default| format!("SET DEFAULT {}", default.value.text));
        match attribute {
            "type" | "collation" => {
                // A default of the old type need not be one of the new.
                if old.default.is_some() {
                    self.step(Phase::AddColumns, alter("DROP DEFAULT".to_owned()));
                }
                self.step(Phase::AlterColumns, alter(type_clause(old, new)));
                if new.default.is_some() {
                    self.step(Phase::AlterColumns, alter(default()));
                }
            }
            "not null" if new.nullable.value => self.step(Phase::AlterColumns, alter("DROP NOT NULL".to_owned())),
            "not null" => self.step(Phase::AlterColumns, alter("SET NOT NULL".to_owned())),
            "default" => self.step(Phase::AlterColumns, alter(default())),
            "identity" if new.identity.is_none() => self.step(Phase::DropIdentity, alter("DROP IDENTITY".to_owned())),
            "identity" => self.step(Phase::AlterColumns, alter(identity_clause(old, new)?)),
            "generated" if new.generated.is_none() => self.step(Phase::AlterColumns, alter("DROP EXPRESSION".to_owned())),
            _ => return None,
        }
        Some(())
    }

    /// Views that cannot be replaced are made anew with all the others.
    fn change_view(&mut self, new: &View) -> Option<()> {
        if super::views::can_be_replaced(self.from, self.to, &new.name) {
            self.step(Phase::CreateViews, or_replace(&ddl::create_view(new)));
        }
        Some(())
    }

    fn change_sequence(&mut self, new: &Sequence, attribute: &str) -> Option<()> {
        let name = new.name.to_sql();
        let statement = match attribute {
            // An identity column brings its sequence and takes it away.
            "identity" | "owner" | "type" | "values" if new.identity => {
                self.step(Phase::DropIdentity, format!("DROP SEQUENCE {name} CASCADE"));
                return self.from.sequences.get(&new.name).filter(|old| !old.identity).map(|_| ());
            }
            "identity" => {
                self.create_sequence(new);
                return Some(());
            }
            "type" => format!("ALTER SEQUENCE {name} AS {}", new.data_type),
            "owner" => ddl::own_sequence(new).unwrap_or_else(|| format!("ALTER SEQUENCE {name} OWNED BY NONE")),
            _ => return None,
        };
        self.step(Phase::AddKeys, statement);
        Some(())
    }

    fn change_domain(&mut self, new: &TypeDefinition, attribute: &str) -> Option<()> {
        let TypeKind::Domain { not_null, default, .. } = &new.kind else { return None };
        let clause = match attribute {
            "not null" => if *not_null { "SET NOT NULL" } else { "DROP NOT NULL" }.to_owned(),
            "default" => default.as_ref().map_or("DROP DEFAULT".to_owned(), |default| format!("SET DEFAULT {}", default.text)),
            _ => return None,
        };
        self.step(Phase::AlterColumns, format!("ALTER DOMAIN {} {clause}", new.name.to_sql()));
        Some(())
    }
}

fn or_replace(statement: &str) -> String {
    statement.replacen("CREATE ", "CREATE OR REPLACE ", 1)
}

/// `TYPE …`, with the cast that PostgreSQL does not do by itself.
fn type_clause(old: &Column, new: &Column) -> String {
    let (from, to) = (&old.data_type.value, &new.data_type.value);
    let by_itself = from.name == to.name && from.array == to.array
        || from.is_integer() && (to.is_integer() || to.is("numeric"))
        || !from.array && to.is_string() && !to.array;
    let collation = new.collation.as_ref().map(|collation| format!(" COLLATE {}", collation.to_sql())).unwrap_or_default();
    // Booleans are cast from and to `integer` only.
    let through =
        from.is("boolean") && to.is_integer() && !to.is("integer") || to.is("boolean") && from.is_integer() && !from.is("integer");
    let through = if through { "::integer" } else { "" };
    let using = if by_itself { String::new() } else { format!(" USING {}{through}::{to}", new.name.to_sql()) };
    format!("TYPE {to}{collation}{using}")
}

fn identity_clause(old: &Column, new: &Column) -> Option<String> {
    let word = match new.identity.as_ref()?.value {
        Identity::Always => "ALWAYS",
        Identity::ByDefault => "BY DEFAULT",
    };
    Some(match &old.identity {
        None => format!("ADD GENERATED {word} AS IDENTITY"),
        Some(_) => format!("SET GENERATED {word}"),
    })
}

pub(super) fn labels<'a>(schema: &'a Schema, name: &QualifiedName) -> Option<&'a [EnumLabel]> {
    match &schema.types.get(name)?.kind {
        TypeKind::Enum { labels } => Some(labels),
        _ => None,
    }
}

pub(super) fn attribute_type<'a>(schema: &'a Schema, name: &QualifiedName, attribute: &Name) -> Option<&'a Type> {
    match &schema.types.get(name)?.kind {
        TypeKind::Composite { attributes } => attributes.iter().find(|other| other.name == *attribute).map(|it| &it.data_type),
        _ => None,
    }
}

pub(super) fn domain_check<'a>(schema: &'a Schema, name: &QualifiedName, check: &Name) -> Option<&'a DomainCheck> {
    match &schema.types.get(name)?.kind {
        TypeKind::Domain { checks, .. } => checks.iter().find(|other| other.name == *check),
        _ => None,
    }
}

/// A trigger of a table or view.
pub(super) fn trigger<'a>(schema: &'a Schema, relation: &QualifiedName, name: &Name) -> Option<&'a Trigger> {
    let of_view = || schema.views.get(relation)?.triggers.iter().map(AsRef::as_ref).find(|trigger: &&Trigger| trigger.name == *name);
    let of_table = schema.table(relation).and_then(|table| table.triggers.iter().map(AsRef::as_ref).find(|it: &&Trigger| it.name == *name));
    of_table.or_else(of_view)
}

//! Candidates for the table of tenants, the evidence for each, and the choice.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{is_person, key_noun, root_weight, table_noun};
use super::{ACCEPTED, Confidence, MARGIN, Root, TenantSettings, is_named, takes_part};
use crate::schema::{ConstraintKind, ExpressionTree, Name, QualifiedName, Schema, Table};

/// A table that was considered.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The table.
    pub table: QualifiedName,
    /// What it holds.
    pub noun: String,
    /// What speaks for and against it.
    pub evidence: Vec<Evidence>,
    /// Whether the evidence shows that its rows are isolated from each other, rather than merely referenced.
    pub isolates: bool,
}

/// One piece of evidence.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What it is worth; negative where it speaks against.
    pub points: f64,
    /// What it is, in words.
    pub reason: String,
}

impl Candidate {
    /// The sum of the evidence.
    pub fn score(&self) -> f64 {
        self.evidence.iter().map(|evidence| evidence.points).sum()
    }
}

/// What one pass over the schema collects for all candidates.
pub struct Survey<'a> {
    /// Columns by the noun they are named after.
    pub carriers: BTreeMap<String, Vec<(QualifiedName, Name)>>,
    tables: Vec<&'a Table>,
    /// Tables with a policy that compares a column, by that column's noun.
    policies: BTreeMap<String, BTreeSet<&'a QualifiedName>>,
    /// Tables with a foreign key to a table, and whether one named after it can never be empty.
    children: BTreeMap<&'a QualifiedName, BTreeMap<&'a QualifiedName, bool>>,
}

impl<'a> Survey<'a> {
    pub fn new(schema: &'a Schema) -> Self {
        let tables: Vec<&Table> = schema.tables.values().map(AsRef::as_ref).filter(|table| takes_part(schema, table)).collect();
        let mut survey = Self { carriers: BTreeMap::new(), tables, policies: BTreeMap::new(), children: BTreeMap::new() };
        for table in survey.tables.clone() {
            survey.visit_columns(table);
            survey.visit_policies(table);
            survey.visit_foreign_keys(table);
        }
        survey
    }

    fn visit_columns(&mut self, table: &Table) {
        for column in &table.columns {
            if let Some(noun) = key_noun(&column.name) {
                self.carriers.entry(noun).or_default().push((table.name.clone(), column.name.clone()));
            }
        }
    }

    fn visit_policies(&mut self, table: &'a Table) {
        for policy in &table.policies {
            for condition in policy.using.iter().chain(&policy.check) {
                let read = nouns_read(&condition.tree);
                // `ride_id IN (SELECT id FROM rides WHERE …)` hands on the rules of another table, whatever those are.
                let isolates = |noun: &String| root_weight(noun).is_some() || !read.contains(noun);
                for noun in condition.tree.columns().into_iter().filter_map(key_noun).filter(isolates) {
                    self.policies.entry(noun).or_default().insert(&table.name);
                }
            }
        }
    }

    fn visit_foreign_keys(&mut self, table: &'a Table) {
        for (constraint, key) in table.foreign_keys().filter(|(_, key)| key.references != table.name) {
            let noun = table_noun(&key.references.name);
            let mandatory = constraint
                .columns
                .iter()
                .any(|name| key_noun(name).as_ref() == Some(&noun) && table.column(name).is_some_and(|column| !column.nullable.value));
            *self.children.entry(&key.references).or_default().entry(&table.name).or_default() |= mandatory;
        }
    }

    fn count(&self, noun: &str, besides: &QualifiedName) -> usize {
        let tables = self.carriers.get(noun).into_iter().flatten().map(|(table, _)| table).filter(|table| *table != besides);
        tables.collect::<BTreeSet<_>>().len()
    }
}

/// What the tables hold that subqueries of a condition read.
fn nouns_read(condition: &ExpressionTree) -> BTreeSet<String> {
    let mut nouns = BTreeSet::new();
    condition.walk(&mut |node| {
        if let ExpressionTree::Subquery { relations, .. } = node {
            nouns.extend(relations.iter().map(|relation| table_noun(&relation.name)));
        }
    });
    nouns
}

/// All tables worth considering, best first.
pub fn candidates(survey: &Survey, settings: &TenantSettings) -> Vec<Candidate> {
    let considered = survey.tables.iter().filter(|table| {
        let noun = table_noun(&table.name.name);
        let in_policies = survey.policies.get(&noun).is_some_and(|tables| tables.len() >= 2) && !is_person(&noun);
        let configured = settings.table.as_ref().is_some_and(|written| is_named(&table.name, written));
        root_weight(&noun).is_some() || in_policies || configured
    });
    let considered: Vec<&Table> = considered.copied().collect();
    let nouns: Vec<(String, &QualifiedName)> = considered.iter().map(|table| (table_noun(&table.name.name), &table.name)).collect();
    let mut candidates: Vec<Candidate> = considered.iter().map(|table| weigh(survey, table, &nouns)).collect();
    candidates.sort_by(|left, right| right.score().total_cmp(&left.score()).then_with(|| left.table.cmp(&right.table)));
    candidates
}

fn weigh(survey: &Survey, table: &Table, nouns: &[(String, &QualifiedName)]) -> Candidate {
    let noun = table_noun(&table.name.name);
    let policies = survey.policies.get(&noun).map_or(0, BTreeSet::len);
    let membership = membership_table(survey, table, &noun);
    let points = [
        root_weight(&noun).map(|points| (points, format!("it is named `{noun}`"))),
        carried(survey, table, &noun),
        referenced(survey, table),
        has_handle(table).map(|column| (0.5, format!("its `{column}` is a unique handle"))),
        (policies >= 2).then(|| (3.0, format!("row-level security of {policies} tables compares `{noun}` keys"))),
        membership.map(|name| (1.0, format!("`{name}` lists who belongs to it"))),
        owner(table, &noun, nouns).map(|owner| (-3.0, format!("it carries the key of `{owner}` itself"))),
        busy(table),
        (noun == "client").then(|| (-1.0, "a client is often an OAuth application".to_owned())),
    ];
    let evidence =
        points.into_iter().flatten().chain(mandatory(survey, table)).map(|(points, reason)| Evidence { points, reason }).collect();
    let strong = root_weight(&noun).unwrap_or_default();
    let isolates = strong >= 2.0 || policies >= 2 || (membership.is_some() && strong >= 1.0);
    Candidate { table: table.name.clone(), noun, evidence, isolates }
}

fn carried(survey: &Survey, table: &Table, noun: &str) -> Option<(f64, String)> {
    let count = survey.count(noun, &table.name);
    let reason = format!("{count} of {} tables carry a column named after it", survey.tables.len());
    match count {
        5.. if count * 4 >= survey.tables.len() => Some((2.0, reason)),
        3.. => Some((1.0, reason)),
        _ => None,
    }
}

fn referenced(survey: &Survey, table: &Table) -> Option<(f64, String)> {
    let count = survey.children.get(&table.name).map_or(0, BTreeMap::len);
    (count >= 2).then(|| (2.0, format!("{count} tables have a foreign key to it")))
}

/// References that are named after the table and never empty say "belongs to", not "mentions".
fn mandatory(survey: &Survey, table: &Table) -> Option<(f64, String)> {
    let count = survey.children.get(&table.name)?.values().filter(|mandatory| **mandatory).count();
    (count >= 2).then(|| (1.0, format!("in {count} of them no row can do without it")))
}

/// Tenants are told apart by people too: by a code, a slug, a domain, a name.
fn has_handle(table: &Table) -> Option<&Name> {
    let uniques = table.indexes.iter().filter(|index| index.unique && !index.primary && index.keys.len() == 1);
    uniques.filter_map(|index| index.key_columns().next().flatten()).find(|column| {
        let handles = ["code", "slug", "subdomain", "domain", "name", "key", "handle"];
        super::words::words(column).last().is_some_and(|word| handles.contains(&word.as_str()))
    })
}

/// `<noun>_members` and its kin, with a foreign key to the candidate.
fn membership_table<'a>(survey: &Survey<'a>, table: &Table, noun: &str) -> Option<&'a QualifiedName> {
    let members = ["member", "membership", "user"].map(|suffix| format!("{noun}_{suffix}"));
    let plain = ["membership".to_owned()];
    let children = survey.children.get(&table.name)?;
    children.keys().copied().find(|child| {
        let child = table_noun(&child.name);
        members.contains(&child) || plain.contains(&child)
    })
}

/// Another candidate that this one belongs to.
fn owner<'a>(table: &Table, noun: &str, nouns: &[(String, &'a QualifiedName)]) -> Option<&'a QualifiedName> {
    let others = nouns.iter().filter(|(other, name)| other != noun && **name != table.name);
    others.map(|(other, name)| (other, *name)).find_map(|(other, name)| {
        let named = table.columns.iter().filter(|column| key_noun(&column.name).as_ref() == Some(other));
        let mut belongs = named.filter(|column| {
            let mut keys = table.foreign_keys_of(&column.name).peekable();
            keys.peek().is_none() || keys.any(|(_, key)| key.references == *name)
        });
        belongs.next().map(|_| name)
    })
}

fn busy(table: &Table) -> Option<(f64, String)> {
    let count = table.foreign_keys().filter(|(_, key)| key.references != table.name).count();
    (count > 2).then(|| (-2.0, format!("it has {count} foreign keys of its own")))
}

/// The root: the configured table, or the best candidate if it is good enough and leads by enough.
pub fn choose(schema: &Schema, survey: &Survey, candidates: &[Candidate], settings: &TenantSettings) -> Option<Root> {
    if let Some(written) = &settings.table {
        let table = survey.tables.iter().find(|table| is_named(&table.name, written))?;
        return root(table, Confidence::Established);
    }
    let best = candidates.first().filter(|best| best.score() >= ACCEPTED)?;
    if candidates.get(1).is_some_and(|second| best.score() - second.score() < MARGIN) {
        return None;
    }
    let confidence = if best.isolates { Confidence::Established } else { Confidence::Presumed };
    root(schema.table(&best.table)?, confidence)
}

fn root(table: &Table, confidence: Confidence) -> Option<Root> {
    let column = table.column(&referenced_column(table)?)?;
    Some(Root {
        table: table.name.clone(),
        column: column.name.clone(),
        data_type: column.data_type.value.clone(),
        span: column.span,
        noun: table_noun(&table.name.name),
        confidence,
    })
}

/// What keys refer to: the primary key, or its `id` where it is composite or missing.
fn referenced_column(table: &Table) -> Option<Name> {
    if let Some(constraint) = table.primary_key()
        && let [column] = constraint.columns.as_slice()
    {
        return Some(column.clone());
    }
    let unique = |name: &Name| {
        table.constraints.iter().any(|constraint| {
            matches!(constraint.kind, ConstraintKind::Unique | ConstraintKind::PrimaryKey) && constraint.columns.contains(name)
        })
    };
    table.columns.iter().map(|column| &column.name).find(|name| *name == "id" && unique(name)).cloned()
}

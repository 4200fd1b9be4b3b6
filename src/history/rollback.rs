//! Runs rollbacks on the model, and says whether each leads back to where its migration started.

mod blame;
mod chain;
mod doubt;

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

pub use self::blame::{Culprit, Remainder};
pub(super) use self::chain::chain;
pub use self::chain::{Chain, Stop};

use super::replay::{Observer, replay_file};
use super::{EventKind, History, Migration};
use crate::change::Refusal;
use crate::difference::{self, Difference};
use crate::progress::{self, Stage};
use crate::schema::Schema;
use crate::source::{SourceMap, Span};
use crate::sql::{Body, ParseError, Statement};

/// What becomes of one rollback, run right after its migration.
#[derive(Clone, Debug)]
pub struct Rollback {
    /// Index of the migration it undoes.
    pub migration: usize,
    /// Whether it leads back.
    pub verdict: Verdict,
    /// The schema it leads to, as far as it gets.
    pub end: Arc<Schema>,
    /// Whether others were made together with its migration, and are run with it.
    pub group: Group,
}

/// Where a generator made several migrations of one timestamp, only all of their rollbacks together need to lead back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The migration was made alone, or the rollbacks of the group hold alone and not together.
    Alone,
    /// The first of several: the verdict and the end are those of all their rollbacks.
    First,
    /// Another one of several.
    Other,
}

/// Whether a rollback leads back to where its migration started.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The schema is as it was.
    Restores,
    /// The schema is as it was but for the order of columns.
    RestoresButOrder,
    /// The schema is another, in these respects.
    Differs(Vec<Remainder>),
    /// PostgreSQL stops at a statement.
    Fails(Box<Failure>),
    /// The migration did not change the schema, and the rollback does not either.
    NothingToUndo,
    /// Replay cannot know, for this reason.
    Unknown(String),
}

/// The statement of a rollback that cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The statement.
    pub statement: Span,
    /// The change within it, or the statement again.
    pub span: Span,
    /// Why it cannot.
    pub cause: Cause,
}

/// Why a statement cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// PostgreSQL refuses it.
    Refused(Refusal),
    /// PostgreSQL cannot read it.
    Unparsed(ParseError),
}

impl Verdict {
    /// The verdict in a word or two, as reports and scripts know it.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Restores => "restores",
            Verdict::RestoresButOrder => "restores-but-column-order",
            Verdict::Differs(_) => "differs",
            Verdict::Fails(_) => "fails",
            Verdict::NothingToUndo => "nothing-to-undo",
            Verdict::Unknown(_) => "unknown",
        }
    }
}

/// The verdicts on all rollbacks of a history, in the order of migrations.
pub(super) fn all(history: &History, sources: &SourceMap) -> Vec<Rollback> {
    let with_index: Vec<(usize, &Migration)> = history.migrations.iter().enumerate().collect();
    progress::begin(Stage::RollingBack, with_index.len());
    let judged = with_index.into_par_iter().map(|(index, migration)| judge(history, index, migration, sources));
    let mut rollbacks: Vec<Rollback> = judged.inspect(|_| progress::advance()).flatten_iter().collect();
    for (group, (verdict, end)) in groups(history).filter_map(|group| Some((group.clone(), together(history, group, sources)?))) {
        // What cannot be run together may hold alone; otherwise it is one mistake, made once for all.
        let own = || rollbacks.iter().filter(|rollback| group.contains(&rollback.migration)).map(|rollback| &rollback.verdict);
        let fails_alone = own().any(|verdict| matches!(verdict, Verdict::Fails(_)));
        let is_known = !own().any(|verdict| matches!(verdict, Verdict::Unknown(_)));
        if matches!(verdict, Verdict::Fails(_)) && !(fails_alone && is_known) {
            continue;
        }
        for rollback in rollbacks.iter_mut().filter(|rollback| group.contains(&rollback.migration)) {
            rollback.group = Group::Other;
        }
        let first = rollbacks.iter_mut().find(|rollback| rollback.migration == group.start);
        if let Some(first) = first {
            *first = Rollback { migration: group.start, verdict, end, group: Group::First };
        }
    }
    rollbacks
}

/// Digits of a timestamp to the second. Generators that make several migrations at once append a number to it.
const TIMESTAMP: usize = 14;

/// Runs of several migrations of one timestamp.
fn groups(history: &History) -> impl Iterator<Item = Range<usize>> {
    let stamp = |migration: &Migration| {
        let text = &migration.file.version.as_ref()?.text;
        let is_longer = text.len() > TIMESTAMP + 1 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.get(..TIMESTAMP).filter(|_| is_longer).map(str::to_owned)
    };
    let same = move |one: &Migration, other: &Migration| stamp(one).is_some_and(|own| stamp(other) == Some(own));
    let mut start = 0;
    history.migrations.chunk_by(same).filter_map(move |chunk| {
        let group = start..start + chunk.len();
        start = group.end;
        (chunk.len() > 1).then_some(group)
    })
}

/// Whether all rollbacks of a group, the newest first, lead back to where the group started, and where they lead, as far as they
/// get. `None` where one of them is missing.
fn together(history: &History, group: Range<usize>, sources: &SourceMap) -> Option<(Verdict, Arc<Schema>)> {
    let migrations = history.migrations.get(group.clone())?;
    let whole = merged(migrations)?;
    let (mut schema, mut not_modelled) = (Schema::clone(&whole.after), None);
    for down in migrations.iter().rev().filter_map(|migration| migration.down.as_ref()) {
        let mut watch = Watch::default();
        schema = replay_file(&schema, down, sources, &mut watch);
        if let Some(failure) = first_failure(down, watch.refused) {
            return Some((Verdict::Fails(Box::new(failure)), Arc::new(schema)));
        }
        not_modelled = not_modelled.or(watch.not_modelled);
    }
    let doubt = group.into_iter().find_map(|index| doubt::of(history, index, &schema, not_modelled.as_deref()));
    Some((compare(&whole, &schema, doubt, sources), Arc::new(schema)))
}

/// Several migrations as one, if all of them have a rollback.
fn merged(migrations: &[Migration]) -> Option<Migration> {
    let [first, .., last] = migrations else { return None };
    let downs: Vec<&Vec<Statement>> = migrations.iter().rev().map(|migration| migration.down.as_ref()).collect::<Option<_>>()?;
    Some(Migration {
        file: first.file.clone(),
        up: migrations.iter().flat_map(|migration| migration.up.iter().cloned()).collect(),
        down: Some(downs.into_iter().flatten().cloned().collect()),
        before: first.before.clone(),
        after: last.after.clone(),
    })
}

fn judge(history: &History, index: usize, migration: &Migration, sources: &SourceMap) -> Option<Rollback> {
    let down = migration.down.as_ref()?;
    let mut watch = Watch::default();
    let end = Arc::new(replay_file(&migration.after, down, sources, &mut watch));
    let verdict = match first_failure(down, watch.refused.take()) {
        _ if up_fails(history, index) => Verdict::Unknown("the migration itself fails".to_owned()),
        Some(Failure { cause: Cause::Refused(refusal), .. }) if history.may_have_elsewhere(&refusal) => {
            Verdict::Unknown("the migrations start from a schema that is kept elsewhere".to_owned())
        }
        Some(failure) => Verdict::Fails(Box::new(failure)),
        None => compare(migration, &end, doubt::of(history, index, &end, watch.not_modelled.as_deref()), sources),
    };
    Some(Rollback { migration: index, verdict, end, group: Group::Alone })
}

fn up_fails(history: &History, index: usize) -> bool {
    history.events_of(index).iter().any(|event| matches!(event.kind, EventKind::Refused(_)))
}

/// The verdict on a rollback that runs to its end.
fn compare(migration: &Migration, end: &Schema, doubt: Option<String>, sources: &SourceMap) -> Verdict {
    let differences = difference::between(&migration.before, end);
    let (order, others): (Vec<Difference>, Vec<Difference>) = differences.into_iter().partition(Difference::is_about_order);
    match doubt {
        // What is in doubt may differ as well, or not; what is not in doubt does.
        Some(reason) if !others.iter().any(|difference| doubt::is_certain(difference, &migration.before, end)) => Verdict::Unknown(reason),
        _ if !others.is_empty() => Verdict::Differs(blame::explain(migration, others, sources)),
        _ if !order.is_empty() => Verdict::RestoresButOrder,
        _ if difference::between(&migration.before, &migration.after).is_empty() => Verdict::NothingToUndo,
        _ => Verdict::Restores,
    }
}

/// The first statement that PostgreSQL stops at.
fn first_failure(statements: &[Statement], refused: Option<Failure>) -> Option<Failure> {
    let unparsed = statements.iter().find_map(|statement| match &statement.body {
        Body::Unparsed(error) => Some(Failure { statement: statement.span, span: error.span, cause: Cause::Unparsed(error.clone()) }),
        _ => None,
    });
    [refused, unparsed].into_iter().flatten().min_by_key(|failure| failure.statement.start)
}

/// Notes the first refusal, and the first thing that could not be followed.
#[derive(Default)]
struct Watch {
    refused: Option<Failure>,
    not_modelled: Option<String>,
}

impl Observer for Watch {
    fn refused(&mut self, statement: &Statement, span: Span, refusal: Refusal) {
        self.refused.get_or_insert(Failure { statement: statement.span, span, cause: Cause::Refused(refusal) });
    }

    fn not_modelled(&mut self, _: &Statement, _: Span, reason: &str) {
        self.not_modelled.get_or_insert_with(|| reason.to_owned());
    }
}

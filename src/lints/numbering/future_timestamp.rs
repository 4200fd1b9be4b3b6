//! Timestamps that are no dates, or have not come yet.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::diagnostic::Severity;
use crate::history::Migration;
use crate::layout::Version;
use crate::lint::{Finding, HistoryContext};
use crate::lints::files;

const DAY: u64 = 24 * 60 * 60;

pub(super) fn check(context: &HistoryContext) -> Vec<Finding> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    context.history.migrations.iter().filter_map(|migration| Some(finding(context, migration, judge(migration, now)?))).collect()
}

/// What is wrong with a timestamp.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    /// It has not come yet, wherever on earth one is.
    Future,
    /// It is no date, for this reason.
    NoDate(String),
}

/// Judges a version, `now` being the seconds since 1970.
fn judge(migration: &Migration, now: u64) -> Option<Fault> {
    fault(migration.file.version.as_ref().filter(|version| version.is_timestamp())?, now)
}

fn fault(version: &Version, now: u64) -> Option<Fault> {
    if version.is_epoch() {
        let scale = if version.text.len() == 13 { 1000 } else { 1 };
        return version.parts.first().is_some_and(|number| number / scale > u128::from(now + DAY)).then_some(Fault::Future);
    }
    let digits = digits(version);
    if let Some(reason) = impossible(&digits) {
        return Some(Fault::NoDate(reason));
    }
    let tomorrow = moment(now + DAY);
    let width = digits.len().min(tomorrow.len());
    (digits.get(..width) > tomorrow.get(..width)).then_some(Fault::Future)
}

fn finding(context: &HistoryContext, migration: &Migration, fault: Fault) -> Finding {
    let name = files::title(context, migration);
    let at = files::first_line(context.sources, migration.file.up);
    let finding = match fault {
        Fault::Future => {
            let message = format!("the timestamp of `{name}` lies in the future: migrations written before that day sort before it");
            Finding::new(at, message).help("give it the time at which it was written")
        }
        Fault::NoDate(reason) => Finding::new(at, format!("the timestamp of `{name}` is no date: {reason}")).severity(Severity::Info),
    };
    finding.object(name)
}

fn digits(version: &Version) -> String {
    version.text.chars().filter(char::is_ascii_digit).take(14).collect()
}

/// What no calendar has about a date. Times that no clock has are counters, and common.
fn impossible(digits: &str) -> Option<String> {
    let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|text| text.parse::<u32>().ok());
    let (year, month) = (number(0..4)?, number(4..6)?);
    if !(1..=12).contains(&month) {
        return Some(format!("there is no month {month}"));
    }
    let day = number(6..8)?;
    (!(1..=days(year, month)).contains(&day)).then(|| format!("there is no day {day} in month {month}"))
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Seconds since 1970 as fourteen digits.
fn moment(seconds: u64) -> String {
    let (days_since, rest) = (seconds / DAY, seconds % DAY);
    let (mut year, mut left) = (1970, days_since);
    while left >= u64::from(days_in_year(year)) {
        left -= u64::from(days_in_year(year));
        year += 1;
    }
    let mut month = 1;
    while left >= u64::from(days(year, month)) {
        left -= u64::from(days(year, month));
        month += 1;
    }
    format!("{year:04}{month:02}{:02}{:02}{:02}{:02}", left + 1, rest / 3600, rest / 60 % 60, rest % 60)
}

fn days_in_year(year: u32) -> u32 {
    337 + days(year, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_a_calendar_date() {
        for (seconds, expected) in [(0, "19700101000000"), (951_782_400, "20000229000000"), (1_704_067_199, "20231231235959")] {
            assert_eq!(moment(seconds), expected);
        }
    }

    #[test]
    fn a_day_ahead_is_another_time_zone_and_two_are_the_future() {
        let now = 1_704_067_199;
        for (version, expected) in [
            ("20231231235959", None),
            ("20240101235959", None),
            ("20240102000000", Some(Fault::Future)),
            ("20240101", None),
            ("20240102", Some(Fault::Future)),
            ("2024-01-02-000000", Some(Fault::Future)),
            ("1704153599", None),
            ("1704153600", Some(Fault::Future)),
            ("1704153599000", None),
            ("1704153600000", Some(Fault::Future)),
        ] {
            assert_eq!(fault(&Version::new(version), now), expected, "{version}");
        }
    }

    #[test]
    fn only_real_dates_are_possible() {
        for (digits, expected) in [
            ("20240229120000", None),
            ("20230229120000", Some("there is no day 29 in month 2")),
            ("20230614345544", None),
            ("20241812144402", Some("there is no month 18")),
            ("2017081999", None),
        ] {
            assert_eq!(impossible(digits).as_deref(), expected, "{digits}");
        }
    }
}

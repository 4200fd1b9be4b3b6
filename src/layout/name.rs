//! Numbers and dates at the start of a file name.

use super::Version;

/// A name cut into its version and the description behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The version.
    pub version: Version,
    /// What stands behind the separator.
    pub rest: String,
}

const SEPARATORS: [char; 4] = ['_', '-', '.', ' '];

/// Cuts `018_name`, `077a-name`, `V0001.Name`, `2017-08-19_00_name`, `20211121-094727`.
pub(super) fn numbered(stem: &str) -> Option<Named> {
    let text = strip_v(stem);
    let first = leading_digits(text);
    if first == 0 {
        return None;
    }
    let mut end = dated(text).unwrap_or_else(|| dotted(text, first));
    if has_letter(text, end) {
        end += 1;
    }
    let (version, rest) = (text.get(..end)?, text.get(end..)?);
    let glued = !rest.is_empty() && !rest.starts_with(SEPARATORS);
    if glued && first < 3 {
        return None;
    }
    Some(Named { version: Version::new(version), rest: rest.trim_start_matches(SEPARATORS).to_string() })
}

/// How many digits a text starts with.
pub(super) fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn strip_v(stem: &str) -> &str {
    let rest = stem.strip_prefix(['V', 'v']).unwrap_or(stem);
    if leading_digits(rest) > 0 { rest } else { stem }
}

/// `001.2`: digits behind a dot belong to the number.
fn dotted(text: &str, mut end: usize) -> usize {
    while let Some(more) = text.get(end..).and_then(|rest| rest.strip_prefix('.')).map(leading_digits) {
        if more == 0 {
            break;
        }
        end += 1 + more;
    }
    end
}

/// `077a_x`: one letter directly behind the number.
fn has_letter(text: &str, end: usize) -> bool {
    let mut rest = text.get(end..).unwrap_or("").chars();
    rest.next().is_some_and(|letter| letter.is_ascii_lowercase()) && rest.next().is_none_or(|next| SEPARATORS.contains(&next))
}

/// The length of a date written with separators, and of a time or counter behind it.
fn dated(text: &str) -> Option<usize> {
    let day = match leading_digits(text) {
        4 => group(text, 4, 2..=2).and_then(|month| group(text, month, 2..=2))?,
        8 => return group(text, 8, 6..=6),
        _ => return None,
    };
    Some(group(text, day, 1..=6).unwrap_or(day))
}

/// The end of a group of digits behind a separator at `at`.
fn group(text: &str, at: usize, width: std::ops::RangeInclusive<usize>) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix(['-', '_', '.', 'T'])?;
    let digits = leading_digits(rest);
    width.contains(&digits).then_some(at + 1 + digits)
}

/// No digits are zero; more than fit are the greatest number.
fn number(digits: &str) -> u128 {
    digits.parse().unwrap_or(if digits.is_empty() { 0 } else { u128::MAX })
}

impl Version {
    /// A version as written, with its numeric parts; a letter behind a number is a part of its own, but for the `T`
    /// between a date and its time.
    pub fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        for part in text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
            let digits = leading_digits(part);
            parts.push(number(&part[..digits]));
            match part[digits..].strip_prefix('T') {
                Some(time) if leading_digits(time) > 0 => parts.push(number(&time[..leading_digits(time)])),
                _ => parts.extend(part.as_bytes().get(digits).map(|letter| u128::from(*letter))),
            }
        }
        parts.shrink_to_fit();
        Self { text: text.to_string(), parts }
    }

    /// Whether it reads as a calendar date, with or without a time: eight digits or more beginning with a year.
    pub fn is_timestamp(&self) -> bool {
        let digits: String = self.text.chars().filter(char::is_ascii_digit).collect();
        let dashed = self.text.len() > 4 && self.text.as_bytes().get(4) == Some(&b'-');
        let year = digits.get(..4).and_then(|year| year.parse::<u32>().ok());
        let looks_dated = (digits.len() >= 12 || digits.len() == 8 || dashed && digits.len() > 7)
            && year.is_some_and(|year| (1990..2100).contains(&year));
        looks_dated || self.is_epoch()
    }

    /// Whether it reads as seconds or milliseconds since 1970.
    pub fn is_epoch(&self) -> bool {
        let Some(number) = self.parts.first().filter(|_| self.parts.len() == 1 && self.text.len() == leading_digits(&self.text)) else {
            return false;
        };
        match self.text.len() {
            10 => (1_000_000_000..4_102_444_800).contains(number),
            13 => (1_000_000_000_000..4_102_444_800_000).contains(number),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_people_end_them() {
        let cases = [
            ("018_add_customer", "018", "add_customer", vec![18]),
            ("077a_fix", "077a", "fix", vec![77, 97]),
            ("0001-initial", "0001", "initial", vec![1]),
            ("V0001.Initial_Schema", "0001", "Initial_Schema", vec![1]),
            ("2017-08-19_00_Init", "2017-08-19_00", "Init", vec![2017, 8, 19, 0]),
            ("20211121-094727", "20211121-094727", "", vec![20211121, 94727]),
            ("20250125T214100Z", "20250125T214100", "Z", vec![20250125, 214100]),
            ("20240131120000_x", "20240131120000", "x", vec![20240131120000]),
            ("1.0.0.1__schema", "1.0.0.1", "schema", vec![1, 0, 0, 1]),
            ("12", "12", "", vec![12]),
            ("0002_1.7.0_schema", "0002", "1.7.0_schema", vec![2]),
        ];
        for (stem, version, rest, parts) in cases {
            let named = numbered(stem).unwrap_or_else(|| panic!("{stem} has a number"));
            assert_eq!((named.version.text.as_str(), named.rest.as_str(), named.version.parts), (version, rest, parts), "{stem}");
        }
    }

    #[test]
    fn a_word_that_starts_with_a_digit_is_no_number() {
        for stem in ["2fa_codes", "seed", "rollback_001", "é1", ""] {
            assert_eq!(numbered(stem), None, "{stem}");
        }
    }

    #[test]
    fn a_long_number_is_a_timestamp_only_if_it_starts_with_a_year() {
        for (text, expected) in [
            ("20240131120000", true),
            ("2017-08-19_00", true),
            ("00000000000000", false),
            ("018", false),
            ("1510262030", true),
            ("1676582194859", true),
            ("0100", false),
        ] {
            assert_eq!(Version::new(text).is_timestamp(), expected, "{text}");
        }
    }
}

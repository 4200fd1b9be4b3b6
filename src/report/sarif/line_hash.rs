//! The hash of a line by which GitHub's code scanning recognises a finding after its line has moved: a rolling hash over
//! the 100 characters that begin at the line, blanks left out.

use std::collections::HashMap;

/// How many UTF-16 units go into a hash.
const WINDOW: usize = 100;

const BASE: u64 = 37;

/// Stands for the end of the file.
const END: u16 = 0xffff;

const BLANKS: [u16; 2] = [0x20, 0x09];
const LINE_FEED: u16 = 0x0a;
const CARRIAGE_RETURN: u16 = 0x0d;

/// The hash of each line, with how many lines before had the same.
pub(super) fn of_lines(text: &str) -> Vec<String> {
    let mut rolling = Rolling::default();
    let mut line_begins = true;
    let mut after_carriage_return = false;
    for unit in text.encode_utf16().chain([END]) {
        if BLANKS.contains(&unit) || (after_carriage_return && unit == LINE_FEED) {
            after_carriage_return = false;
            continue;
        }
        after_carriage_return = unit == CARRIAGE_RETURN;
        let unit = if after_carriage_return { LINE_FEED } else { unit };
        rolling.push(unit, line_begins);
        line_begins = unit == LINE_FEED;
    }
    for _ in 0..WINDOW {
        rolling.push(0, false);
    }
    rolling.lines
}

/// The hash of the last [`WINDOW`] units.
struct Rolling {
    hash: u64,
    /// What a unit that leaves the window has been multiplied by.
    leaving: u64,
    units: [u16; WINDOW],
    /// Whether a line begins with the unit at this place.
    begins: [bool; WINDOW],
    place: usize,
    seen: HashMap<u64, usize>,
    lines: Vec<String>,
}

impl Default for Rolling {
    fn default() -> Self {
        Self {
            hash: 0,
            leaving: BASE.wrapping_pow(WINDOW as u32),
            units: [0; WINDOW],
            begins: [false; WINDOW],
            place: 0,
            seen: HashMap::new(),
            lines: Vec::new(),
        }
    }
}

impl Rolling {
    fn push(&mut self, unit: u16, begins_line: bool) {
        let (Some(oldest), Some(begins)) = (self.units.get_mut(self.place), self.begins.get_mut(self.place)) else { return };
        let leaving = std::mem::replace(oldest, unit);
        if std::mem::replace(begins, begins_line) {
            let count = self.seen.entry(self.hash).or_insert(0);
            *count += 1;
            self.lines.push(format!("{:x}:{count}", self.hash));
        }
        let gone = self.leaving.wrapping_mul(u64::from(leaving));
        self.hash = self.hash.wrapping_mul(BASE).wrapping_add(u64::from(unit)).wrapping_sub(gone);
        self.place = (self.place + 1) % WINDOW;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors that CodeQL's action publishes with its own implementation.
    #[test]
    fn the_published_vectors_hold() {
        let lorem = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let cases: [(&str, &[&str]); 5] = [
            ("", &["c129715d7a2bc9a3:1"]),
            (" a\nb\n  \t\tc\n d", &["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
            (
                " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
                &[
                    "8b7cf3e952e7aeb2:1",
                    "b1ae1287ec4718d9:1",
                    "bff680108adb0fcc:1",
                    "c6805c5e1288b612:1",
                    "b86d3392aea1be30:1",
                    "e6ceba753e1a442:1",
                ],
            ),
            (
                " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
                &[
                    "e9496ae3ebfced30:1",
                    "fb7c023a8b9ccb3f:1",
                    "ce8ba1a563dcdaca:1",
                    "e20e36e16fcb0cc8:1",
                    "b3edc88f2938467e:1",
                    "c8e28b0b4002a3a0:1",
                    "c129715d7a2bc9a3:1",
                ],
            ),
            (
                &lorem,
                &[
                    "a7f2ff13bc495cf2:1",
                    "a7f2ff13bc495cf2:2",
                    "a7f2ff13bc495cf2:3",
                    "a7f2ff13bc495cf2:4",
                    "a7f2ff13bc495cf2:5",
                    "a7f2ff13bc495cf2:6",
                    "a7f2ff1481e87703:1",
                    "a9cf91f7bbf1862b:1",
                    "55ec222b86bcae53:1",
                    "cc97dc7b1d7d8f7b:1",
                    "c129715d7a2bc9a3:1",
                ],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(of_lines(text), expected, "{text:?}");
        }
    }
}

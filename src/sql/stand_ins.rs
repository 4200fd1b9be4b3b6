//! Placeholders whose value nobody says, and the names that stand for them in what is read.

/// Longer placeholders are not looked for.
const MAX_LENGTH: usize = 100;

/// For each placeholder of a text, `${name}` or `{{ name }}`, the name of its own letters that stands for it, and how it is
/// written.
pub fn stand_ins(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (open, close) in [("${", "}"), ("{{", "}}")] {
        for (start, _) in text.match_indices(open) {
            let rest = text.get(start..).unwrap_or_default();
            let Some(end) = rest.find(close).map(|end| end + close.len()).filter(|end| *end <= MAX_LENGTH) else { continue };
            let written = rest.get(..end).unwrap_or_default();
            let letter = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte) } else { '_' };
            let name: String = written.bytes().map(letter).collect();
            found.push((name.to_ascii_lowercase(), written.to_owned()));
            found.push((name, written.to_owned()));
        }
    }
    found.sort();
    found.dedup();
    found
}

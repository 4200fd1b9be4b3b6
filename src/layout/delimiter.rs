//! Delimiters that a file chooses for itself, read as the semicolons that they stand for.

/// The text with a semicolon for each delimiter at the end of a line, at equal length; `None` if there is none to
/// replace. A delimiter of letters stands alone on its line.
pub(super) fn to_semicolons(text: &str, delimiter: &str) -> Option<String> {
    let delimiter = delimiter.trim();
    if delimiter.is_empty() || delimiter == ";" {
        return None;
    }
    let mut rewritten = String::with_capacity(text.len());
    let mut found = false;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        match before(content, delimiter) {
            Some(before) => {
                rewritten.push_str(before);
                rewritten.push(';');
                rewritten.extend(std::iter::repeat_n(' ', delimiter.len() - 1));
                rewritten.push_str(line.get(content.len()..).unwrap_or(""));
                found = true;
            }
            None => rewritten.push_str(line),
        }
    }
    found.then_some(rewritten)
}

/// What stands on a line before the delimiter that it ends in. A comment with a directive ends in no delimiter.
fn before<'a>(line: &'a str, delimiter: &str) -> Option<&'a str> {
    let start = line.len().checked_sub(delimiter.len())?;
    let (before, end) = (line.get(..start)?, line.get(start..)?);
    let is_word = delimiter.chars().all(char::is_alphabetic);
    let fits = end.eq_ignore_ascii_case(delimiter) && (!is_word || before.trim().is_empty());
    (fits && !before.trim_start().starts_with("--")).then_some(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_becomes_a_semicolon_in_its_place() {
        for (text, delimiter, expected) in [
            ("SELECT 1\n/\n", "/", Some("SELECT 1\n;\n")),
            ("SELECT 4\n/ 2 //\r\n", "//", Some("SELECT 4\n/ 2 ; \r\n")),
            ("SELECT 1\ngo\nSELECT cargo", "GO", Some("SELECT 1\n; \nSELECT cargo")),
            ("-- the end\nSELECT 1\n-- end\n", "-- end", Some("-- the end\nSELECT 1\n;     \n")),
            ("-- atlas:delimiter //\n", "//", None),
            ("SELECT 1;", ";", None),
        ] {
            assert_eq!(to_semicolons(text, delimiter).as_deref(), expected, "{text:?}");
        }
    }
}

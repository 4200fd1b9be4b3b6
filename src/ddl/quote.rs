//! Quotes around names and texts.

use crate::schema::Name;

/// A name as it must be written: in double quotes where PostgreSQL needs them.
pub fn quote_identifier(name: &str) -> String {
    Name::from(name).to_sql()
}

/// A text as a string constant that means the same whatever `standard_conforming_strings` says.
pub fn quote_literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if doubled.contains('\\') { format!("E'{}'", doubled.replace('\\', "\\\\")) } else { format!("'{doubled}'") }
}

/// A text between dollar quotes that do not occur in it.
pub(super) fn dollar_quote(text: &str) -> String {
    let mut tag = String::new();
    while text.contains(&format!("${tag}$")) || text.ends_with(&format!("${tag}")) {
        tag.push_str(if tag.is_empty() { "body" } else { "_" });
    }
    format!("${tag}${text}${tag}$")
}

#[cfg(test)]
mod tests {
    use super::{dollar_quote, quote_literal};

    #[test]
    fn a_body_that_holds_dollar_quotes_gets_others() {
        let cases = [
            ("select 1", "$$select 1$$"),
            ("select $$a$$", "$body$select $$a$$$body$"),
            ("$$ $body$", "$body_$$$ $body$$body_$"),
            ("a$", "$body$a$$body$"),
        ];
        for (text, expected) in cases {
            assert_eq!(dollar_quote(text), expected, "{text}");
        }
    }

    #[test]
    fn backslashes_are_taken_literally() {
        assert_eq!(quote_literal(r"it's a \d"), r"E'it''s a \\d'");
    }
}

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

/// An expression where the grammar takes no operators: between parentheses unless it is one word, constant or call.
pub(super) fn operand(expression: &str) -> String {
    let (mut depth, mut quote) = (0_usize, None);
    let mut is_plain = true;
    for character in expression.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, _) => is_plain &= depth > 0 || !character.is_whitespace(),
        }
    }
    if is_plain { expression.to_owned() } else { format!("({expression})") }
}

#[cfg(test)]
mod tests {
    use super::{dollar_quote, operand, quote_literal};

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
    fn an_expression_with_operators_gets_parentheses() {
        let cases = [
            ("now()", "now()"),
            ("now() AT TIME ZONE 'UTC'", "(now() AT TIME ZONE 'UTC')"),
            ("'a b''c'::text", "'a b''c'::text"),
            ("ARRAY[1, 2]::int[]", "ARRAY[1, 2]::int[]"),
            ("interval '1 day'", "(interval '1 day')"),
            ("f(a + 1)", "f(a + 1)"),
        ];
        for (expression, expected) in cases {
            assert_eq!(operand(expression), expected, "{expression}");
        }
    }

    #[test]
    fn backslashes_are_taken_literally() {
        assert_eq!(quote_literal(r"it's a \d"), r"E'it''s a \\d'");
    }
}

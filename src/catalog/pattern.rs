//! `LIKE`, and regular expressions that are but texts.

/// A part of a pattern of `LIKE`.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Anything,
    Character,
    This(char),
}

/// Whether a text fits a pattern of `LIKE`.
pub(super) fn like(text: &str, pattern: &str) -> Option<bool> {
    let text: Vec<char> = text.chars().collect();
    let pattern = parts(pattern)?;
    // Where the last `%` stands, and how much of the text it has taken.
    let mut back: Option<(usize, usize)> = None;
    let (mut at, mut next) = (0, 0);
    while let Some(character) = text.get(at) {
        match pattern.get(next) {
            Some(Part::Anything) => {
                back = Some((next, at));
                next += 1;
            }
            Some(part) if *part == Part::Character || *part == Part::This(*character) => {
                at += 1;
                next += 1;
            }
            _ => {
                let Some((percent, taken)) = back else { return Some(false) };
                back = Some((percent, taken + 1));
                (next, at) = (percent + 1, taken + 1);
            }
        }
    }
    Some(pattern.iter().skip(next).all(|part| *part == Part::Anything))
}

/// `None` where a pattern ends in an escape.
fn parts(pattern: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        parts.push(match character {
            '%' => Part::Anything,
            '_' => Part::Character,
            '\\' => Part::This(characters.next()?),
            other => Part::This(other),
        });
    }
    Some(parts)
}

/// Whether a text matches a regular expression, where that is a plain text between anchors.
pub(super) fn matches(text: &str, expression: &str) -> Option<bool> {
    let (starts, rest) = expression.strip_prefix('^').map_or((false, expression), |rest| (true, rest));
    let (ends, plain) = rest.strip_suffix('$').map_or((false, rest), |rest| (true, rest));
    if plain.contains(['.', '*', '+', '?', '(', ')', '[', ']', '{', '}', '|', '\\', '^', '$']) {
        return None;
    }
    Some(match (starts, ends) {
        (true, true) => text == plain,
        (true, false) => text.starts_with(plain),
        (false, true) => text.ends_with(plain),
        (false, false) => text.contains(plain),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_takes_percent_for_any_text_and_underscore_for_a_character() {
        let cases = [
            ("users", "users", true),
            ("users", "user", false),
            ("users", "u%", true),
            ("users", "%s", true),
            ("users", "%se%", true),
            ("users", "_sers", true),
            ("users", "_users", false),
            ("aab", "%ab", true),
            ("", "%", true),
            ("a_b", "a\\_b", true),
            ("acb", "a\\_b", false),
        ];
        for (text, pattern, expected) in cases {
            assert_eq!(like(text, pattern), Some(expected), "{text} {pattern}");
        }
        assert_eq!(like("a_b", "a\\"), None);
    }

    #[test]
    fn a_regular_expression_without_operators_is_a_text() {
        assert_eq!(matches("uq_users", "^uq_"), Some(true));
        assert_eq!(matches("users_uq_", "^uq_"), Some(false));
        assert_eq!(matches("users", "u.*"), None);
    }
}

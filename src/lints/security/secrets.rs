//! Texts that are secrets by their very form.

use std::iter;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Where it begins and ends.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What it is, with its article.
    pub what: &'static str,
}

/// How a kind of secret begins, how many letters and digits follow at least, and what it is.
const FORMS: [(&str, usize, &str); 14] = [
    ("AKIA", 16, "an access key of AWS"),
    ("sk_live_", 20, "a secret key of Stripe"),
    ("rk_live_", 20, "a restricted key of Stripe"),
    ("whsec_", 24, "the secret of a webhook"),
    ("ghp_", 36, "a token of GitHub"),
    ("gho_", 36, "a token of GitHub"),
    ("ghs_", 36, "a token of GitHub"),
    ("github_pat_", 40, "a token of GitHub"),
    ("glpat-", 20, "a token of GitLab"),
    ("xoxb-", 20, "a token of Slack"),
    ("xoxp-", 20, "a token of Slack"),
    ("AIza", 35, "a key of Google"),
    ("sk-ant-", 40, "a key of Anthropic"),
    ("sb_secret_", 20, "a secret key of Supabase"),
];

/// Servers take no header that is longer, and so no token.
const LONGEST_PAYLOAD: usize = 16_384;

/// How the first line of a private key begins.
const PRIVATE_KEY: &str = "-----BEGIN ";

/// How a JSON web token begins: an opening brace and a quote in base 64.
const WEB_TOKEN: &str = "eyJ";

/// All secrets in a text, in order.
pub fn find(text: &str) -> Vec<Secret> {
    if !may_hold_secrets(text) {
        return Vec::new();
    }
    let mut found: Vec<Secret> = FORMS.iter().flat_map(|form| of_form(text, form)).collect();
    found.extend(private_keys(text));
    found.extend(service_tokens(text));
    found.sort_by_key(|secret| secret.start);
    found
}

/// Whether the text has what a secret begins with: most have nothing, which one pass tells.
fn may_hold_secrets(text: &str) -> bool {
    static OPENINGS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let prefixes = FORMS.iter().map(|(prefix, ..)| *prefix);
        AhoCorasick::new(prefixes.chain([PRIVATE_KEY, WEB_TOKEN])).ok()
    });
    OPENINGS.as_ref().is_none_or(|openings| openings.is_match(text))
}

fn of_form<'a>(text: &'a str, (prefix, least, what): &'a (&'static str, usize, &'static str)) -> impl Iterator<Item = Secret> + 'a {
    let begins = |before: &str| !before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
    tokens(text, prefix, begins, is_of_token).filter_map(move |(start, token)| {
        let tail = token.strip_prefix(prefix)?;
        let is_real = tail.len() >= *least && !is_example(tail);
        is_real.then(|| Secret { start, end: start + token.len(), what })
    })
}

/// The words that open like this, and where they begin, if that can be after what is before them. What lies in one is
/// not looked at again: a text that repeats the opening would be read as often as it does.
fn tokens<'a>(
    text: &'a str,
    opening: &'a str,
    begins: fn(&str) -> bool,
    is_part: fn(char) -> bool,
) -> impl Iterator<Item = (usize, &'a str)> {
    let mut from = 0;
    iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find(opening)?;
            from = start + opening.len();
            if !begins(text.get(..start)?) {
                continue;
            }
            let rest = text.get(from..)?;
            from += rest.find(|character: char| !is_part(character)).unwrap_or(rest.len());
            return Some((start, text.get(start..from)?));
        }
    })
}

fn is_of_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '-'
}

/// Whether the letters stand for nothing: all alike, or a word that says so.
fn is_example(tail: &str) -> bool {
    let lower = tail.to_ascii_lowercase();
    let mut letters = lower.bytes();
    let alike = letters.next().is_none_or(|first| letters.all(|letter| letter == first));
    alike || ["example", "your", "xxxx", "replace", "changeme", "placeholder", "1234567890abcdef"].iter().any(|word| lower.contains(word))
}

fn private_keys(text: &str) -> impl Iterator<Item = Secret> {
    let mut behind = 0;
    text.split_inclusive('\n').filter_map(move |whole| {
        let at = behind;
        behind += whole.len();
        let line = whole.trim_end_matches(['\r', '\n']);
        let opening = line.ends_with("PRIVATE KEY-----").then(|| line.rfind(PRIVATE_KEY)).flatten()?;
        let has_body = text.get(behind..)?.trim_start().len() > 64;
        has_body.then(|| Secret { start: at + opening, end: at + line.len(), what: "a private key" })
    })
}

/// JSON web tokens that give the rights of a service. The key that browsers use is public.
fn service_tokens(text: &str) -> impl Iterator<Item = Secret> {
    tokens(text, WEB_TOKEN, |_| true, |character| is_of_token(character) || character == '.').filter_map(|(start, token)| {
        let mut parts = token.split('.').skip(1);
        let payload = parts.next().filter(|_| parts.next().is_some_and(|signature| signature.len() >= 40))?;
        let is_short = payload.len() <= LONGEST_PAYLOAD;
        let gives_all = is_short && is_of_service(&decoded(payload));
        gives_all.then(|| Secret { start, end: start + token.len(), what: "a token with the rights of the service" })
    })
}

fn is_of_service(claims: &[u8]) -> bool {
    let claims = String::from_utf8_lossy(claims);
    // Every local installation has the same token.
    claims.contains("\"service_role\"") && !claims.contains("supabase-demo")
}

/// The bytes of a text in URL-safe base 64, as far as it is one.
fn decoded(text: &str) -> Vec<u8> {
    let digits = text.bytes().map_while(|letter| match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'-' | b'+' => Some(62),
        b'_' | b'/' => Some(63),
        _ => None,
    });
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for digit in digits {
        bits = (bits << 6 | u32::from(digit)) & 0xFFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.extend(u8::try_from(bits >> count & 0xFF));
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_form() {
        let token = |prefix: &str, tail: &str| format!("SELECT '{prefix}{tail}';");
        for (text, what) in [
            (token("AKIA", "QWERTYUIOPASDFGH"), Some("an access key of AWS")),
            (token("AKIA", "IOSFODNN7EXAMPLE"), None),
            (token("sk_live_", "4eC39HqLyjWDarjtT1zdp7dc"), Some("a secret key of Stripe")),
            (token("sk_live_", "xxxxxxxxxxxxxxxxxxxxxxxx"), None),
            (token("sk_test_", "4eC39HqLyjWDarjtT1zdp7dc"), None),
            (token("task_live_", "4eC39HqLyjWDarjtT1zdp7dc"), None),
            (format!("'-----BEGIN PRIVATE KEY-----\n{}'", "Ab3".repeat(30)), Some("a private key")),
            ("'-----BEGIN PRIVATE KEY-----'".to_owned(), None),
        ] {
            assert_eq!(find(&text).first().map(|secret| secret.what), what, "{text}");
        }
    }

    #[test]
    fn what_repeats_an_opening_is_read_once() {
        let begun = std::time::Instant::now();
        for opening in ["eyJ", "glpat-", "-----BEGIN ", "sk_live_", "-----BEGIN PRIVATE KEY-----\n"] {
            find(&opening.repeat(200_000 / opening.len()));
        }
        // Read from every opening on, each of these would take minutes.
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }

    #[test]
    fn only_tokens_of_the_service_are_secret() {
        // {"role":"service_role"} and {"role":"anon"}
        for (payload, is_secret) in [("eyJyb2xlIjoic2VydmljZV9yb2xlIn0", true), ("eyJyb2xlIjoiYW5vbiJ9", false)] {
            let text = format!("'Bearer {}.{payload}.{}'", "eyJhbGciOiJIUzI1NiJ9", "Q".repeat(43));
            assert_eq!(!find(&text).is_empty(), is_secret, "{payload}");
        }
    }
}

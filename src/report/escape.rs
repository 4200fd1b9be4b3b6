//! Text of strangers in every language a report is written in: names and SQL are data in each of them, never markup,
//! never a command.

use std::fmt::Write;

/// Breaks what would be read as one word, and shows nothing.
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// Prose in Markdown, on one line: no markup, no HTML, no mention, no reference to an issue. Holds in a table's cell too.
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for (index, character) in text.chars().enumerate() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // A backslash before a bar means one thing in a table and another outside.
            '|' => escaped.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '~' | '!' | '$' => escaped.extend(['\\', character]),
            '@' => escaped.extend([character, ZERO_WIDTH_SPACE]),
            '#' => escaped.extend(['\\', character, ZERO_WIDTH_SPACE]),
            // They begin a list, a rule or a heading.
            '-' | '+' | '=' if index == 0 => escaped.extend(['\\', character]),
            '.' | ')' if index > 0 && escaped.bytes().all(|byte| byte.is_ascii_digit()) => escaped.extend(['\\', character]),
            ':' => escaped.push_str(if escaped.ends_with("http") || escaped.ends_with("https") { "&#58;" } else { ":" }),
            _ => escaped.push(printable(character)),
        }
    }
    escaped
}

/// A message in Markdown: prose in which names stand in backticks.
pub fn markdown_message(message: &str) -> String {
    let parts: Vec<&str> = message.split('`').collect();
    let mut escaped = String::with_capacity(message.len() + 8);
    for (index, part) in parts.iter().enumerate() {
        match index % 2 {
            0 => escaped.push_str(&markdown_after(part, index > 0)),
            // The last backtick has no partner.
            _ if index + 1 == parts.len() => write!(escaped, "\\`{}", markdown_after(part, true)).unwrap_or_default(),
            _ => escaped.push_str(&markdown_code(part)),
        }
    }
    escaped
}

/// Prose that does not stand at the beginning of its line.
fn markdown_after(text: &str, follows: bool) -> String {
    if !follows {
        return markdown(text);
    }
    // Whatever has a meaning at the beginning has none behind a letter.
    markdown(&format!("x{text}")).split_off(1)
}

/// Code in a line of Markdown, in a table's cell too.
pub fn markdown_code(text: &str) -> String {
    let text: String = text.chars().map(printable).collect();
    if text.trim().is_empty() {
        return "<code>&nbsp;</code>".to_owned();
    }
    // Neither can be written in a table's cell between backticks.
    if text.contains(['|', '\\']) {
        return format!("<code>{}</code>", markdown_after(&text, true).replace(r"\\", "&#92;"));
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let padding = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{padding}{text}{padding}{fence}")
}

/// Lines of code in Markdown, fence and all.
pub fn markdown_block(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    let text: String = text.trim_end().chars().map(|character| if character == '\n' { '\n' } else { printable(character) }).collect();
    format!("{fence}{language}\n{text}\n{fence}\n")
}

/// Lines that a reader of a pull request can take over by a click. They are taken over as they stand, so that there is
/// nothing for a text that cannot be shown as it is.
pub fn markdown_suggestion(text: &str) -> Option<String> {
    if text.chars().any(|character| character != '\n' && character != '\t' && printable(character) != character) {
        return None;
    }
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    Some(format!("{fence}suggestion\n{text}{end}{fence}\n"))
}

/// What stands in an HTML comment and must not end it.
pub fn html_comment(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().map(printable) {
        if matches!(character, '-' | '>' | '!') && escaped.ends_with(['-', '<']) || escaped.is_empty() && matches!(character, '-' | '>') {
            escaped.push(ZERO_WIDTH_SPACE);
        }
        escaped.push(character);
    }
    if escaped.ends_with('-') {
        escaped.push(ZERO_WIDTH_SPACE);
    }
    escaped
}

/// Text or an attribute's value in HTML and XML. What XML 1.0 cannot hold becomes U+FFFD.
pub fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // A reader makes them spaces in attributes where they stand as they are.
            '\n' | '\t' => write!(escaped, "&#{};", u32::from(character)).unwrap_or_default(),
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            _ if character.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// The message of a GitHub workflow command.
pub fn command_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a GitHub workflow command.
pub fn command_property(text: &str) -> String {
    command_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text for the log of a GitHub workflow, whose runner obeys lines that look like commands: `::name::` at the beginning,
/// `##[name]` anywhere.
pub fn console(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for line in text.split_inclusive(['\n', '\r']) {
        let (blank, rest) = line.split_at(line.len() - line.trim_start().len());
        escaped.push_str(blank);
        match rest.strip_prefix("::") {
            Some(rest) => escaped.extend([":", "\u{200b}", ":", rest]),
            None => escaped.push_str(rest),
        }
    }
    escaped.replace("##[", "##\u{200b}[")
}

/// A quoted text in a Mermaid diagram, without its quotes.
pub fn mermaid(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '"' => escaped.push_str("#quot;"),
            _ if character.is_alphanumeric() || " _-.,()".contains(character) => escaped.push(character),
            _ if character.is_control() => escaped.push(' '),
            _ => write!(escaped, "#{};", u32::from(character)).unwrap_or_default(),
        }
    }
    escaped
}

/// A word in a Mermaid diagram where none can be quoted: what does not fit becomes `_`.
pub fn mermaid_word(text: &str) -> String {
    // Of the signs that Unicode calls letters, Mermaid does not take `ª` and `º`.
    let is_letter = |character: char| character.is_alphabetic() && (character.is_ascii() || character >= '\u{c0}');
    let fitting = |character: char| if is_letter(character) || character.is_ascii_digit() { character } else { '_' };
    let mut word: String = text.chars().map(fitting).collect();
    if !word.starts_with(char::is_alphabetic) {
        word.insert(0, 'c');
    }
    // Keys of a column are written so.
    if ["pk", "fk", "uk"].contains(&word.to_ascii_lowercase().as_str()) {
        word.push('_');
    }
    word
}

/// A quoted text in Graphviz's language, without its quotes.
pub fn dot(text: &str) -> String {
    text.chars().map(printable).collect::<String>().replace('\\', r"\\").replace('"', "\\\"")
}

/// A path as a relative URI.
pub fn uri(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            _ => write!(escaped, "%{byte:02X}").unwrap_or_default(),
        }
    }
    escaped
}

/// Whether a character moves a terminal's cursor or turns text around. Ends of lines and tabs are left to the caller.
pub fn is_unprintable(character: char) -> bool {
    let bidirectional = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
    bidirectional || (character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
}

/// A line for a terminal: nothing in it ends it, moves the cursor or turns text around.
pub fn line(text: &str) -> String {
    let visible = |character: char| if is_unprintable(character) || "\r\n".contains(character) { '?' } else { character };
    text.chars().map(visible).collect()
}

/// Nothing that ends a line, moves a cursor or turns text around.
fn printable(character: char) -> char {
    match character {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        _ if is_unprintable(character) => char::REPLACEMENT_CHARACTER,
        _ => character,
    }
}

fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|character| character != wanted).map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream};

    use super::*;

    const HOSTILE: &[&str] = &[
        "plain",
        "# heading",
        "- item",
        "12. item",
        "12) item",
        "***bold*** _em_ ~~gone~~",
        "[a](https://example.com) ![b](x.png)",
        "<script>alert(1)</script><!-- x -->",
        "&lt;b&gt; &amp;",
        "a|b \\|c \\\\| \\*d",
        "``` fence",
        "two `quoted` words",
        "three ` backticks `` here",
        "`",
        "``a``",
        "line\nbreak\r\n# heading",
        "https://example.com/x www.example.com",
        "$math$",
        "= underline",
        "> quote",
    ];

    /// The text a reader sees of one line of Markdown, in a paragraph or in a table's cell, and what else there is.
    fn rendered(markdown: &str, table: bool) -> (String, Vec<String>) {
        let document = if table { format!("| a | b |\n|---|---|\n| {markdown} | end |\n") } else { format!("{markdown}\n") };
        let gfm = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH | Options::ENABLE_GFM;
        let (mut text, mut others) = (String::new(), Vec::new());
        let mut cells = 0;
        for event in TextMergeStream::new(Parser::new_ext(&document, gfm)) {
            match event {
                Event::Start(Tag::Paragraph | Tag::Table(_) | Tag::TableHead | Tag::TableRow) => {}
                Event::Start(Tag::TableCell) => cells += 1,
                Event::End(TagEnd::Paragraph | TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell) => {}
                Event::Text(part) | Event::Code(part) if !table || cells == 3 => text.push_str(&part),
                Event::Text(_) => {}
                Event::InlineHtml(tag) if ["<code>", "</code>"].contains(&&*tag) => {}
                other => others.push(format!("{other:?}")),
            }
        }
        (text, others)
    }

    fn as_seen(text: &str) -> String {
        text.chars().map(printable).collect()
    }

    #[test]
    fn prose_and_code_are_seen_as_they_are_and_are_nothing_else() {
        for text in HOSTILE {
            for table in [false, true] {
                let (seen, others) = rendered(&markdown(text), table);
                assert_eq!(seen.replace(ZERO_WIDTH_SPACE, ""), as_seen(text), "prose {text:?}, in a table: {table}");
                assert_eq!(others, [""; 0], "prose {text:?}, in a table: {table}");
                let (seen, others) = rendered(&markdown_code(text), table);
                assert_eq!(seen.replace(ZERO_WIDTH_SPACE, ""), as_seen(text), "code {text:?}, in a table: {table}");
                assert_eq!(others, [""; 0], "code {text:?}, in a table: {table}");
            }
        }
    }

    #[test]
    fn names_in_a_message_are_code_whatever_backticks_they_hold() {
        assert_eq!(markdown_message("`a_b` is *not* `c|d`"), "`a_b` is \\*not\\* <code>c&#124;d</code>");
        for text in HOSTILE {
            let (seen, others) = rendered(&markdown_message(&format!("the table `{text}` has no key")), true);
            let unquoted = |text: &str| text.replace(['`', ZERO_WIDTH_SPACE], "");
            assert_eq!(unquoted(&seen).replace('\u{a0}', ""), unquoted(&as_seen(&format!("the table {text} has no key"))));
            assert_eq!(others, [""; 0], "{text:?}");
        }
    }

    #[test]
    fn nobody_and_no_issue_is_mentioned() {
        for text in ["@octocat", "see #12", "a@b.com", "team @org/all"] {
            let escaped = markdown(text);
            assert!(!escaped.contains("@o") && !escaped.contains("#1") && !escaped.contains("@b"), "{escaped}");
        }
    }

    #[test]
    fn no_block_of_code_is_closed_from_within() {
        let block = markdown_block("sql", "SELECT '```';\n````\n# heading\n");
        let events: Vec<_> = Parser::new(&block).collect();
        assert!(matches!(&events[..], [Event::Start(Tag::CodeBlock(_)), .., Event::End(TagEnd::CodeBlock)]), "{events:?}");
        assert_eq!(events.iter().filter(|event| matches!(event, Event::Start(_))).count(), 1, "{events:?}");
    }

    #[test]
    fn an_html_comment_ends_where_it_is_meant_to() {
        for text in ["-->", "a --> b", "--!>", ">", "->", "x-", "<!-- y", "--", "---->"] {
            let comment = format!("<!--{}-->", html_comment(text));
            assert_eq!(comment.find("-->"), Some(comment.len() - 3), "{text}");
            assert!(!comment.contains("--!>") && !comment.starts_with("<!-->") && !comment.starts_with("<!--->"), "{text}");
        }
    }

    #[test]
    fn a_workflow_obeys_no_text() {
        assert_eq!(command_data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(command_property("a,b:1%.sql"), "a%2Cb%3A1%25.sql");
        for text in ["::error::x", "  ::add-mask::x", "a\n\t::stop-commands::x", "a ##[error]x", "a\r::debug::x"] {
            let escaped = console(text);
            assert!(!escaped.contains("##["), "{escaped:?}");
            assert!(!escaped.split(['\n', '\r']).any(|line| line.trim_start().starts_with("::")), "{escaped:?}");
            assert_eq!(escaped.replace(ZERO_WIDTH_SPACE, ""), text, "nothing is lost");
        }
        assert_eq!(console("SELECT a::text;\n"), "SELECT a::text;\n", "a cast is no command");
    }

    #[test]
    fn words_and_labels_of_diagrams_hold_nothing_that_ends_them() {
        assert_eq!(mermaid_word("1 order-id"), "c1_order_id");
        assert_eq!(mermaid_word(""), "c");
        assert_eq!(mermaid_word("Pk"), "Pk_");
        assert_eq!(mermaid_word("日本 m²"), "日本_m_");
        assert_eq!(mermaid("a \"b\" 50%\n{é}"), "a #quot;b#quot; 50#37; #123;é#125;");
        assert_eq!(dot("a \"b\" \\"), "a \\\"b\\\" \\\\");
    }

    #[test]
    fn paths_are_uris_and_xml_holds_what_it_can() {
        assert_eq!(uri("db/a b/ü,1:2.sql"), "db/a%20b/%C3%BC%2C1%3A2.sql");
        assert_eq!(xml("<a b=\"1\">'\u{1}\n"), "&lt;a b=&quot;1&quot;&gt;&#39;\u{fffd}&#10;");
    }
}

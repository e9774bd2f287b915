//! Turns a text into Markdown that shows it: running text, a table cell, or code.

/// Escapes running text, on one line; fits a table cell too.
///
/// `CommonMark` takes a backslash before any ASCII punctuation as that character (0.31.2, section 2.4). What
/// could start markup is escaped, with `|` for tables and `$` for the mathematics of GitHub; a `_` or `#`
/// within a word means nothing and stays, so that names remain readable. Line ends become spaces.
pub fn escape(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let starts = before.is_none();
        let in_word = is_word(before) && is_word(chars.peek().copied());
        let escape = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' => true,
            '_' => !in_word,
            '#' | '+' | '-' | '=' => starts,
            '.' | ')' => out.chars().all(|c| c.is_ascii_digit()) && !starts,
            _ => false,
        };
        if escape {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// Writes a code span for running text and table cells.
///
/// The fence is longer than any run of backticks within (`CommonMark` 0.31.2, section 6.1). A `|` is escaped
/// even here, as table cells are split first (GFM, section 4.10), so outside a table use it for texts without
/// `|`. Nothing gives nothing.
pub fn code(text: &str) -> String {
    let text = one_line(text).replace('|', r"\|");
    if text.is_empty() {
        return text;
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn one_line(text: &str) -> String {
    text.trim()
        .split(['\r', '\n'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::super::{HOSTILE, MULTILINE};
    use super::{code, escape};

    #[test]
    fn text_stays_readable() {
        assert_eq!(
            escape("DB_POOL_SIZE, yourdomain.com, 50% - a/b"),
            "DB_POOL_SIZE, yourdomain.com, 50% - a/b"
        );
        assert_eq!(escape("_a_ *b* a|b"), r"\_a\_ \*b\* a\|b");
        assert_eq!(escape("<script> &amp; [x](y) $a$"), r"\<script\> \&amp; \[x\](y) \$a\$");
        assert_eq!(escape("- a"), r"\- a");
        assert_eq!(escape("1. a 2. b"), r"1\. a 2. b");
        assert_eq!(escape("# a\n\n  b\r\nc"), r"\# a b c");
    }

    #[test]
    fn nothing_leaves_its_line_or_cell() {
        for text in HOSTILE.iter().chain(MULTILINE) {
            for shown in [escape(text), code(text)] {
                assert!(!shown.contains(['\n', '\r']), "{shown}");
                assert!(!shown.replace(r"\\", "").replace(r"\|", "").contains('|'), "{shown}");
            }
        }
    }

    #[test]
    fn code_is_fenced_by_more_backticks_than_it_holds() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b`c"), "```a``b`c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a | b"), r"`a \| b`");
        assert_eq!(code(""), "");
    }
}

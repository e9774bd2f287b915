//! Turns a text into Markdown that shows it: running text, a table cell, or code.

use std::borrow::Cow;
use std::fmt::{Display, Formatter, Result};

/// The characters that may mean something.
const MARKS: [bool; 256] = {
    let (mut all, mut at) = ([false; 256], 0);
    let marks = br"\`*[]<>|~&$_#+-=.)";
    while at < marks.len() {
        all[marks[at] as usize] = true;
        at += 1;
    }
    all
};

/// Escapes running text, on one line; fits a table cell too.
///
/// `CommonMark` takes a backslash before any ASCII punctuation as that character (0.31.2, section 2.4). What
/// could start markup is escaped, with `|` for tables and `$` for the mathematics of GitHub; a `_` or `#`
/// within a word means nothing and stays, so that names remain readable. Line ends become spaces.
pub fn escape(text: &str) -> impl Display {
    Escaped(text)
}

struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let text = one_line(self.0);
        let mut written = 0;
        for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| MARKS[usize::from(*byte)]) {
            let escape = match byte {
                b'\\' | b'`' | b'*' | b'[' | b']' | b'<' | b'>' | b'|' | b'~' | b'&' | b'$' => true,
                b'_' => !(text[..at].ends_with(is_word) && text[at + 1..].starts_with(is_word)),
                b'#' | b'+' | b'-' | b'=' => at == 0,
                b'.' | b')' => at > 0 && text.bytes().take(at).all(|it| it.is_ascii_digit()),
                _ => false,
            };
            if escape {
                f.write_str(&text[written..at])?;
                f.write_str("\\")?;
                written = at;
            }
        }
        f.write_str(&text[written..])
    }
}

/// Writes a code span for a table cell.
///
/// As [`span`]; a `|` is escaped even here, as table cells are split first (GFM, section 4.10).
pub fn code(text: &str) -> impl Display {
    if !is_simple(text) && text.contains('|') {
        return Span(Cow::Owned(text.replace('|', r"\|")));
    }
    Span(Cow::Borrowed(text))
}

/// Writes a code span for running text.
///
/// The fence is longer than any run of backticks within (`CommonMark` 0.31.2, section 6.1). Nothing gives nothing.
pub fn span(text: &str) -> impl Display {
    Span(Cow::Borrowed(text))
}

struct Span<'a>(Cow<'a, str>);

impl Display for Span<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let mut write = |parts: &[&str]| parts.iter().try_for_each(|part| f.write_str(part));
        if is_simple(&self.0) {
            return write(&["`", &self.0, "`"]);
        }
        let text = one_line(&self.0);
        if text.is_empty() {
            return Ok(());
        }
        if !text.contains('`') {
            return write(&["`", &text, "`"]);
        }
        let fence = "`".repeat(longest_run(&text) + 1);
        let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
        write(&[&fence, pad, &text, pad, &fence])
    }
}

/// Writes a code block, with the name of its language.
///
/// The fence is longer than any run of backticks within (`CommonMark` 0.31.2, section 4.5).
pub fn fence(text: &str, language: &str) -> String {
    let mut out = String::with_capacity(text.len() + language.len() + 8);
    push_fence(&mut out, text, language);
    out
}

/// As [`fence`], at the end of a text.
pub fn push_fence(out: &mut String, text: &str, language: &str) {
    let fence = match longest_run(text) {
        0..=2 => Cow::Borrowed("```"),
        longest => Cow::Owned("`".repeat(longest + 1)),
    };
    let text = if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    };
    for part in [&fence, language, "\n", text.trim_end_matches('\n'), "\n", &fence] {
        out.push_str(part);
    }
}

/// Writes a comment, which nobody sees who reads the page.
///
/// It ends at the first `-->` (`CommonMark` 0.31.2, section 4.6), so none stands within.
pub fn comment(text: &str) -> String {
    format!("<!--\n{}\n-->", text.trim().replace("-->", "-- >"))
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    if !text.contains('`') {
        return 0;
    }
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// What is not simple anywhere in code.
const ODD: [bool; 256] = {
    let (mut all, mut at) = ([false; 256], 0);
    while at < b' ' {
        all[at as usize] = true;
        at += 1;
    }
    all[b'`' as usize] = true;
    all[b'|' as usize] = true;
    all
};

/// Whether a text is one line that neither code nor a cell has to do anything about.
fn is_simple(text: &str) -> bool {
    let ends = [text.as_bytes().first(), text.as_bytes().last()];
    ends.into_iter().all(|end| end.is_some_and(u8::is_ascii_graphic))
        && text.bytes().all(|byte| !ODD[usize::from(byte)])
}

fn one_line(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if memchr::memchr2(b'\r', b'\n', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let lines = text.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty());
    Cow::Owned(lines.collect::<Vec<_>>().join(" "))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::super::{HOSTILE, MULTILINE};
    use super::{comment, fence};

    fn escape(text: &str) -> String {
        super::escape(text).to_string()
    }

    fn code(text: &str) -> String {
        super::code(text).to_string()
    }

    fn span(text: &str) -> String {
        super::span(text).to_string()
    }

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
    fn no_block_ends_before_its_end() {
        assert_eq!(fence("a\n", "sh"), "```sh\na\n```");
        for text in HOSTILE.iter().chain(MULTILINE).chain(&["```\nb", "a\n````\n# b"]) {
            let block = fence(text, "text");
            let lines: Vec<&str> = block.lines().collect();
            let end = lines[0].trim_end_matches("text");
            assert!(end.len() > 2 && end.chars().all(|c| c == '`'), "{block}");
            let closes = |line: &&&str| line.trim_end().trim_start_matches(' ').starts_with(end);
            assert_eq!(lines[1..].iter().filter(closes).count(), 1, "{block}");
            assert_eq!(lines.last(), Some(&end), "{block}");
        }
    }

    #[test]
    fn a_comment_ends_at_its_end() {
        assert_eq!(comment("a --> b ---> c"), "<!--\na -- > b --- > c\n-->");
    }

    #[test]
    fn code_is_fenced_by_more_backticks_than_it_holds() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b`c"), "```a``b`c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a | b"), r"`a \| b`");
        assert_eq!(span("a | b"), "`a | b`");
        assert_eq!(code(""), "");
    }
}

//! Turns one string or number into the YAML scalar that every reader reads back as that very string
//! or number.

use std::fmt::Write;

use serde_json::Number;

/// Words that one reader or another takes for a boolean, a null or a number, in any case.
const RESERVED: [&str; 12] =
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"];

/// Writes a string on one line, bare where that is safe and in double quotes elsewhere.
pub(super) fn push_line(text: &mut String, string: &str) {
    if is_plain(string) {
        text.push_str(string);
    } else {
        push_quoted(text, string);
    }
}

/// Says whether a bare string is a string to every reader, as a value and as a key.
///
/// What starts with a digit, a sign or a dot may be a number, a time or a date, and what starts
/// with punctuation may be syntax, so neither is written bare, whether or not it is one.
fn is_plain(string: &str) -> bool {
    let mut chars = string.chars();
    let (first, second) = (chars.next(), chars.next());
    let starts_plainly = match first {
        Some('/' | '(') => true,
        Some('$' | '_') => second.is_some_and(|c| c == '{' || c.is_alphabetic()),
        Some('.') => string.starts_with("./") || string.starts_with("../"),
        Some(c) => c.is_alphabetic(),
        None => false,
    };
    starts_plainly
        && !string.ends_with([' ', ':'])
        && !string.contains(": ")
        && !string.contains(" #")
        && !string.contains(must_escape)
        && !RESERVED.iter().any(|word| word.eq_ignore_ascii_case(string))
}

/// Writes a string in double quotes, with everything escaped that a reader refuses, changes or
/// hides.
fn push_quoted(text: &mut String, string: &str) {
    text.push('"');
    let mut rest = string;
    while let Some(at) = rest.find(|c| matches!(c, '"' | '\\') || must_escape(c)) {
        text.push_str(&rest[..at]);
        let mut chars = rest[at..].chars();
        if let Some(c) = chars.next() {
            push_escape(text, c);
        }
        rest = chars.as_str();
    }
    text.push_str(rest);
    text.push('"');
}

fn push_escape(text: &mut String, c: char) {
    let code = u32::from(c);
    let written = match c {
        '"' | '\\' => write!(text, "\\{c}"),
        '\n' => write!(text, "\\n"),
        '\r' => write!(text, "\\r"),
        '\t' => write!(text, "\\t"),
        _ if code <= 0xff => write!(text, "\\x{code:02x}"),
        _ if code <= 0xffff => write!(text, "\\u{code:04x}"),
        _ => write!(text, "\\U{code:08x}"),
    };
    debug_assert!(written.is_ok(), "a string takes every write");
}

/// Says whether a string is best written as a literal block, and survives it.
///
/// The first line sets the indentation, so it must not start with a blank; a line of blanks only is
/// lost or refused by some.
pub(super) fn fits_literal(string: &str) -> bool {
    string.contains('\n')
        && !string.starts_with([' ', '\t', '\n'])
        && !string.contains(|c| !matches!(c, '\n' | '\t') && must_escape(c))
        && !string
            .split('\n')
            .any(|line| !line.is_empty() && line.bytes().all(|byte| matches!(byte, b' ' | b'\t')))
}

/// Writes a string that [`fits_literal`] as a literal block with its lines at column `indent`.
pub(super) fn push_literal(text: &mut String, string: &str, indent: usize) {
    let body = string.trim_end_matches('\n');
    let newlines = string.len() - body.len();
    text.push_str(match newlines {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    for line in body.split('\n') {
        text.push('\n');
        if !line.is_empty() {
            text.extend(std::iter::repeat_n(' ', indent));
            text.push_str(line);
        }
    }
    text.extend(std::iter::repeat_n('\n', newlines.saturating_sub(1)));
}

/// Writes a number; YAML 1.1 sees a float only where there is a point, and a sign before the
/// exponent.
pub(super) fn push_number(text: &mut String, number: &Number) {
    let digits = number.to_string();
    let Some((mantissa, exponent)) = digits.split_once('e') else {
        text.push_str(&digits);
        return;
    };
    text.push_str(mantissa);
    if !mantissa.contains('.') {
        text.push_str(".0");
    }
    text.push('e');
    if !exponent.starts_with(['-', '+']) {
        text.push('+');
    }
    text.push_str(exponent);
}

/// Splits a comment wherever a reader of YAML 1.1 or 1.2 sees the end of a line.
pub(super) fn lines(comment: &str) -> impl Iterator<Item = &str> {
    let is_break = |c| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    comment.trim_end_matches('\n').split(is_break).map(str::trim_end)
}

/// Replaces what no reader accepts in a comment, where nothing can be escaped.
pub(super) fn printable(c: char) -> char {
    if c != '\t' && must_escape(c) { char::REPLACEMENT_CHARACTER } else { c }
}

/// Says whether a character can only be written as an escape: control characters, the line ends of
/// YAML 1.1, the byte order mark, the noncharacters, and the marks that reorder a line on the
/// reader's screen.
fn must_escape(c: char) -> bool {
    matches!(
        c,
        '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{feff}'
    ) || u32::from(c) & 0xfffe == 0xfffe
}

//! Turns one string or number into the YAML scalar that every reader reads back as that very string
//! or number.

use std::fmt::Write;

use serde_json::Number;

use super::plain::is_plain;

/// Writes a string on one line, bare where that is safe and in double quotes elsewhere.
pub(super) fn push_line(text: &mut String, string: &str) {
    if is_plain(string) {
        text.push_str(string);
    } else {
        push_quoted(text, string);
    }
}

/// Writes a string in double quotes, with everything escaped that a reader refuses, changes or
/// hides.
pub(super) fn push_quoted(text: &mut String, string: &str) {
    text.push('"');
    let mut rest = string;
    while let Some(at) = next_escape(rest) {
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

/// Where the first character stands that is escaped in quotes. The bytes of a letter of ASCII tell all there is to know.
fn next_escape(string: &str) -> Option<usize> {
    let bytes = string.as_bytes();
    if !any(bytes, may_be_escaped) {
        return None;
    }
    let first = bytes.iter().position(|byte| may_be_escaped(*byte))?;
    let rest = &string[first..];
    let at = rest.find(|c| matches!(c, '"' | '\\') || must_escape(c))?;
    Some(first + at)
}

#[allow(
    clippy::needless_bitwise_bool,
    reason = "without a way out, many bytes are looked at at a time"
)]
#[inline]
fn may_be_escaped(byte: u8) -> bool {
    (byte < b' ') | (byte == b'"') | (byte == b'\\') | (byte >= 0x7f)
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

/// Ends a line and writes the blanks at the start of the next one.
#[inline]
pub(super) fn push_start(text: &mut String, blanks: u16) {
    const START: &str = "\n                               ";
    let blanks = usize::from(blanks);
    if blanks < START.len() {
        // As many bytes as ever are written at once, which is quicker than to write as many as it takes.
        let end = text.len() + 1 + blanks;
        text.push_str(START);
        text.truncate(end);
    } else {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', blanks));
    }
}

/// Writes a number; YAML 1.1 sees a float only where there is a point, and a sign before the
/// exponent.
pub(super) fn push_number(text: &mut String, number: &Number) {
    if let Some(number) = number.as_u64() {
        text.push_str(itoa::Buffer::new().format(number));
        return;
    }
    if !number.is_f64() {
        let written = write!(text, "{number}");
        debug_assert!(written.is_ok(), "a string takes every write");
        return;
    }
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
    let end = move |text: &str| {
        if text.is_ascii() {
            memchr::memchr2(b'\n', b'\r', text.as_bytes())
        } else {
            text.find(is_break)
        }
    };
    let mut rest = Some(comment.trim_end_matches('\n'));
    std::iter::from_fn(move || {
        let text = rest?;
        let (line, after) = end(text).map_or((text, ""), |at| text.split_at(at));
        let mut after = after.chars();
        rest = after.next().map(|_| after.as_str());
        Some(line.trim_end())
    })
}

/// Writes a line of a comment, where nothing can be escaped: what no reader accepts is replaced.
pub(super) fn push_comment(text: &mut String, line: &str) {
    if has_escapes(line) {
        let is_bad = |c| c != '\t' && must_escape(c);
        text.extend(line.chars().map(|c| if is_bad(c) { char::REPLACEMENT_CHARACTER } else { c }));
    } else {
        text.push_str(line);
    }
}

/// Says whether any character can only be written as an escape.
#[allow(
    clippy::needless_bitwise_bool,
    reason = "without a way out, many bytes are looked at at a time"
)]
pub(super) fn has_escapes(string: &str) -> bool {
    any(string.as_bytes(), |byte| (byte < b' ') | (byte == 0x7f)) || has_wide_escapes(string)
}

/// The same of a text in lines, whose tabs and ends of lines are written as they are.
#[allow(
    clippy::needless_bitwise_bool,
    reason = "without a way out, many bytes are looked at at a time"
)]
pub(super) fn has_escapes_in_lines(string: &str) -> bool {
    any(string.as_bytes(), |byte| {
        ((byte < b' ') & (byte != b'\n') & (byte != b'\t')) | (byte == 0x7f)
    }) || has_wide_escapes(string)
}

/// Most texts are ASCII, where a look at the bytes is enough.
fn has_wide_escapes(string: &str) -> bool {
    !string.is_ascii() && string.contains(|c: char| !c.is_ascii() && must_escape(c))
}

/// Says whether any byte is of a kind.
#[inline]
pub(super) fn any(bytes: &[u8], is: impl Fn(u8) -> bool) -> bool {
    match bytes.len() {
        64.. => any_in_blocks::<64>(bytes, is),
        16.. => any_in_blocks::<16>(bytes, is),
        _ => bytes.iter().fold(false, |found, byte| found | is(*byte)),
    }
}

/// The same in blocks, of which the last one may begin within the one before it. There is no way out of a block, so that
/// its bytes are looked at at once.
#[inline]
fn any_in_blocks<const N: usize>(bytes: &[u8], is: impl Fn(u8) -> bool) -> bool {
    let has = |block: &[u8; N]| block.iter().fold(false, |found, byte| found | is(*byte));
    bytes.as_chunks().0.iter().any(has) || bytes.last_chunk().is_some_and(has)
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

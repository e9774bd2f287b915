//! Turns one string or number into the YAML scalar that every reader reads back as that very string
//! or number.

use std::fmt::Write;

use serde_json::Number;

/// Words that one reader or another takes for a boolean, a null or a number, in any case.
const RESERVED: [&str; 12] =
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"];

/// The length of the longest of them.
const LONGEST_RESERVED: usize = "infinity".len();

/// Writes a string on one line, bare where that is safe and in double quotes elsewhere.
pub(super) fn push_line(text: &mut String, string: &str) {
    push_line_of(text, string, Kinds::of(string));
}

/// As [`push_line`], of a string that was looked at.
pub(super) fn push_line_of(text: &mut String, string: &str, kinds: Kinds) {
    if is_plain(string, kinds) {
        text.push_str(string);
    } else {
        push_quoted(text, string);
    }
}

/// Says whether a bare string is a string to every reader, as a value and as a key.
///
/// What starts with a digit, a sign or a dot may be a number, a time or a date, and what starts
/// with punctuation may be syntax, so neither is written bare, whether or not it is one.
fn is_plain(string: &str, kinds: Kinds) -> bool {
    starts_plainly(string)
        && !kinds.has(CONTROL)
        && !matches!(string.as_bytes().last(), Some(b' ' | b':'))
        && (!kinds.has(SYNTAX) || !has_syntax(string))
        && (!kinds.has(WIDE) || !has_wide_escapes(string))
        && !is_reserved(string)
}

fn starts_plainly(string: &str) -> bool {
    let mut chars = string.chars();
    match chars.next() {
        Some(c) if c.is_alphabetic() => true,
        Some('/' | '(') => true,
        Some('$' | '_') => chars.next().is_some_and(|c| c == '{' || c.is_alphabetic()),
        Some('.') => string.starts_with("./") || string.starts_with("../"),
        _ => false,
    }
}

/// The bytes that one of the [`RESERVED`] words begins with: most strings begin with another.
const INITIALS: [bool; 256] = {
    let mut initials = [false; 256];
    let mut at = 0;
    while at < RESERVED.len() {
        let first = RESERVED[at].as_bytes()[0];
        initials[first as usize] = true;
        initials[first.to_ascii_uppercase() as usize] = true;
        at += 1;
    }
    initials
};

/// Says whether one reader or another takes it for more than a word.
fn is_reserved(string: &str) -> bool {
    let is = |word: &&str| word.len() == string.len() && word.eq_ignore_ascii_case(string);
    string.len() <= LONGEST_RESERVED
        && string.bytes().next().is_some_and(|first| INITIALS[usize::from(first)])
        && RESERVED.iter().any(is)
}

/// The kinds of bytes that are in a string.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kinds(u8);

impl Kinds {
    /// Looks at a string up to the part that has the first control character: no more need be known of it here.
    pub(super) fn of(string: &str) -> Self {
        let mut kinds = 0;
        for part in string.as_bytes().chunks(128) {
            kinds = part.iter().fold(kinds, |kinds, byte| kinds | KINDS[usize::from(*byte)]);
            if kinds & CONTROL != 0 {
                break;
            }
        }
        Self(kinds)
    }

    /// Whether there may be more than one line.
    pub(super) fn may_have_lines(self) -> bool {
        self.has(CONTROL)
    }

    fn has(self, kind: u8) -> bool {
        self.0 & kind != 0
    }
}

/// A byte that may be part of `: ` or ` #`.
const SYNTAX: u8 = 1;
/// A control character of ASCII.
const CONTROL: u8 = 2;
/// A part of a character beyond ASCII.
const WIDE: u8 = 4;

/// What kind each byte is of, so that one look at a string tells which kinds are in it.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut at = 0;
    while at < kinds.len() {
        kinds[at] = match at {
            0x3a | 0x23 => SYNTAX,
            0..0x20 | 0x7f => CONTROL,
            0x80.. => WIDE,
            _ => 0,
        };
        at += 1;
    }
    kinds
};

/// Says whether `: ` or ` #` is in it.
fn has_syntax(string: &str) -> bool {
    string.as_bytes().windows(2).any(|pair| matches!(pair, b": " | b" #"))
}

/// Writes a string in double quotes, with everything escaped that a reader refuses, changes or
/// hides.
fn push_quoted(text: &mut String, string: &str) {
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
    let may_be =
        |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\' | 0x7f) || !byte.is_ascii();
    let first = string.as_bytes().iter().position(may_be)?;
    let rest = &string[first..];
    let at = rest.find(|c| matches!(c, '"' | '\\') || must_escape(c))?;
    Some(first + at)
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
pub(super) fn push_start(text: &mut String, blanks: usize) {
    const START: &str = "\n                                ";
    if let Some(start) = START.get(..=blanks) {
        text.push_str(start);
    } else {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', blanks));
    }
}

/// Writes a number; YAML 1.1 sees a float only where there is a point, and a sign before the
/// exponent.
pub(super) fn push_number(text: &mut String, number: &Number) {
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
fn has_escapes(string: &str) -> bool {
    any(string, |byte| (byte < b' ') | (byte == 0x7f)) || has_wide_escapes(string)
}

/// The same of a text in lines, whose tabs and ends of lines are written as they are.
#[allow(
    clippy::needless_bitwise_bool,
    reason = "without a way out, many bytes are looked at at a time"
)]
pub(super) fn has_escapes_in_lines(string: &str) -> bool {
    any(string, |byte| ((byte < b' ') & (byte != b'\n') & (byte != b'\t')) | (byte == 0x7f))
        || has_wide_escapes(string)
}

/// Most texts are ASCII, where a look at the bytes is enough.
fn has_wide_escapes(string: &str) -> bool {
    !string.is_ascii() && string.contains(|c: char| !c.is_ascii() && must_escape(c))
}

/// Says whether any byte is of a kind. There is no way out of a block of bytes, so that many are looked at at a time.
fn any(string: &str, is: impl Fn(u8) -> bool) -> bool {
    let has = |block: &[u8]| block.iter().fold(false, |found, byte| found | is(*byte));
    string.as_bytes().chunks(64).any(has)
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

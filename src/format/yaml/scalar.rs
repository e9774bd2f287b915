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
pub(super) fn is_plain(string: &str) -> bool {
    let bytes = string.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    (first.is_ascii_alphabetic() || starts_plainly(string))
        && !matches!(last, b' ' | b':')
        && (!any(bytes, is_special) || is_plain_inside(string))
        && !is_reserved(string)
}

/// Says whether the name of a field is a word: names are the program's own, so that nobody looks at the rest of one but
/// its tests.
#[inline]
pub(super) fn is_word(name: &'static str) -> bool {
    let is_word =
        name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && !is_reserved(name);
    debug_assert!(!is_word || is_plain(name), "the name of a field has no syntax: {name}");
    is_word
}

/// Says whether what a string starts with is plain, where it is no letter of ASCII.
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

/// A short text as a number, whatever the case of its letters.
const fn packed(text: &[u8]) -> u64 {
    let (mut packed, mut at) = (0, 0);
    while at < text.len() {
        packed = packed << 8 | text[at].to_ascii_lowercase() as u64;
        at += 1;
    }
    packed
}

/// The [`RESERVED`] words as numbers.
const PACKED: [u64; RESERVED.len()] = {
    let mut words = [0; RESERVED.len()];
    let mut at = 0;
    while at < words.len() {
        words[at] = packed(RESERVED[at].as_bytes());
        at += 1;
    }
    words
};

/// The lengths of the [`RESERVED`] words that begin with a byte, as bits: most strings are none of them.
const LENGTHS: [u16; 256] = {
    let mut lengths = [0; 256];
    let mut at = 0;
    while at < RESERVED.len() {
        let word = RESERVED[at].as_bytes();
        lengths[word[0] as usize] |= 1 << word.len();
        lengths[word[0].to_ascii_uppercase() as usize] |= 1 << word.len();
        at += 1;
    }
    lengths
};

/// Says whether one reader or another takes it for more than a word.
#[inline]
fn is_reserved(string: &str) -> bool {
    let bytes = string.as_bytes();
    let lengths = bytes.first().map_or(0, |first| LENGTHS[usize::from(*first)]);
    bytes.len() <= size_of::<u64>()
        && lengths >> bytes.len() & 1 == 1
        && PACKED.contains(&packed(bytes))
}

/// Says whether a byte can mean something inside of a bare string.
#[allow(
    clippy::needless_bitwise_bool,
    reason = "without a way out, many bytes are looked at at a time"
)]
#[inline]
fn is_special(byte: u8) -> bool {
    (byte < b' ') | (byte >= 0x7f) | (byte == b':') | (byte == b'#')
}

/// Says whether neither `: ` nor ` #` is in it, nor anything that is escaped.
fn is_plain_inside(string: &str) -> bool {
    let bytes = string.as_bytes();
    let mut signs = memchr::memchr2_iter(b':', b'#', bytes);
    let is_syntax = |at: usize| match bytes[at] {
        b':' => bytes.get(at + 1) == Some(&b' '),
        _ => at > 0 && bytes[at - 1] == b' ',
    };
    !has_escapes(string) && !signs.any(is_syntax)
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
    (byte < b' ') | (byte >= 0x7f) | (byte == b'"') | (byte == b'\\')
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
pub(super) fn push_start(text: &mut String, blanks: u16) {
    let blanks = usize::from(blanks);
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
    if let Some(number) = number.as_u64() {
        text.push_str(&number.to_string());
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
fn has_escapes(string: &str) -> bool {
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
fn any(bytes: &[u8], is: impl Fn(u8) -> bool) -> bool {
    match bytes.len() {
        64.. => any_in_blocks::<64>(bytes, is),
        16.. => any_in_blocks::<16>(bytes, is),
        8.. => any_in_blocks::<8>(bytes, is),
        4.. => any_in_blocks::<4>(bytes, is),
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

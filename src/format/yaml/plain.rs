//! Turns a string into whether it is one to every reader, as a value and as a key, where it stands bare.

use super::scalar::has_escapes;

/// Words that one reader or another takes for a boolean, a null or a number, in any case.
const RESERVED: [&str; 12] =
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"];

/// Says whether a bare string is a string to every reader.
///
/// What starts with a digit, a sign or a dot may be a number, a time or a date, and what starts
/// with punctuation may be syntax, so neither is written bare, whether or not it is one.
pub(super) fn is_plain(string: &str) -> bool {
    let bytes = string.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    (first.is_ascii_alphabetic() || starts_plainly(string))
        && !matches!(last, b' ' | b':')
        && (!has_special(bytes) || is_plain_inside(string))
        && !(may_be_reserved(string) && is_reserved(string))
}

/// Says whether the name of a field is surely a word: names are the program's own, so that nobody looks at the rest of
/// one but its tests.
#[inline]
pub(super) fn is_word(name: &'static str) -> bool {
    let is_word =
        name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && !may_be_reserved(name);
    debug_assert!(!is_word || is_plain(name), "the name of a field has no syntax: {name}");
    is_word
}

/// Says whether what a string starts with is plain, where it is no letter of ASCII.
#[inline(never)]
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

/// The lengths, as bits, of the [`RESERVED`] words with a byte at a place, in any case: most strings are none of them.
const fn lengths(place: usize) -> [u16; 256] {
    let mut lengths = [0; 256];
    let mut at = 0;
    while at < RESERVED.len() {
        let word = RESERVED[at].as_bytes();
        if place < word.len() {
            lengths[word[place] as usize] |= 1 << word.len();
            lengths[word[place].to_ascii_uppercase() as usize] |= 1 << word.len();
        }
        at += 1;
    }
    lengths
}

/// The [`lengths`] by the first byte.
const FIRST: [u16; 256] = lengths(0);
/// The [`lengths`] by the second byte.
const SECOND: [u16; 256] = lengths(1);

/// Says whether a string begins like a word of its length that one reader or another takes for more than a word.
#[inline]
fn may_be_reserved(string: &str) -> bool {
    let lengths = match string.as_bytes() {
        [first, second, ..] => FIRST[usize::from(*first)] & SECOND[usize::from(*second)],
        [only] => FIRST[usize::from(*only)],
        [] => 0,
    };
    string.len() < 16 && lengths >> string.len() & 1 == 1
}

/// Says whether one reader or another takes it for more than a word.
#[inline(never)]
fn is_reserved(string: &str) -> bool {
    RESERVED.iter().any(|word| word.eq_ignore_ascii_case(string))
}

/// Says whether any byte can mean something inside of a bare string: eight are looked at at once, where there are as
/// many; the last eight may begin among those before them.
fn has_special(bytes: &[u8]) -> bool {
    match (bytes.last_chunk(), bytes.first_chunk(), bytes.last_chunk()) {
        (Some(last), _, _) => {
            let mut marks = special(u64::from_le_bytes(*last));
            for block in bytes.as_chunks().0 {
                marks |= special(u64::from_le_bytes(*block));
            }
            marks != 0
        }
        (None, Some(first), Some(last)) => {
            let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
            special(u64::from(first) << 32 | u64::from(last)) != 0
        }
        _ => bytes.iter().any(|byte| special(u64::from(*byte) | LETTERS << 8) != 0),
    }
}

/// Eight bytes of one value.
const fn eight(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Eight bytes that mean nothing.
const LETTERS: u64 = eight(b'a');

/// Marks, among eight bytes, the first that can mean something inside of a bare string: control characters, all beyond
/// ASCII, `:` and `#`. In a byte below 0x80 subtracting sets the highest bit only where it takes more than there is.
#[inline]
const fn special(bytes: u64) -> u64 {
    let control = bytes.wrapping_sub(eight(b' ')) | bytes.wrapping_add(eight(1));
    let colon = (bytes ^ eight(b':')).wrapping_sub(eight(1));
    let hash = (bytes ^ eight(b'#')).wrapping_sub(eight(1));
    (bytes | control | colon | hash) & eight(0x80)
}

/// Says whether neither `: ` nor ` #` is in it, nor anything that is escaped.
#[inline(never)]
fn is_plain_inside(string: &str) -> bool {
    let bytes = string.as_bytes();
    let mut signs = memchr::memchr2_iter(b':', b'#', bytes);
    let is_syntax = |at: usize| match bytes[at] {
        b':' => bytes.get(at + 1) == Some(&b' '),
        _ => at > 0 && bytes[at - 1] == b' ',
    };
    !has_escapes(string) && !signs.any(is_syntax)
}

#[cfg(test)]
mod tests {
    use super::{RESERVED, has_special, is_plain};

    #[test]
    fn reserved_words_are_never_plain() {
        for word in RESERVED {
            let title = format!("{}{}", word[..1].to_uppercase(), &word[1..]);
            for text in [word.to_owned(), word.to_uppercase(), title] {
                assert!(!is_plain(&text), "{text}");
                assert!(is_plain(&format!("{text}z")), "{text}z");
            }
        }
    }

    #[test]
    fn what_is_special_is_found_wherever_it_stands() {
        let is_special = |byte: u8| !(b' '..0x7f).contains(&byte) || matches!(byte, b':' | b'#');
        for (length, fill) in (1..20).flat_map(|length| b" !\"$9;a~".map(|fill| (length, fill))) {
            for (at, byte) in (0..length).flat_map(|at| (0..=255).map(move |byte| (at, byte))) {
                let mut bytes = vec![fill; length];
                bytes[at] = byte;
                assert_eq!(has_special(&bytes), is_special(byte), "{bytes:?}");
            }
        }
    }
}

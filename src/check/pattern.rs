//! Turns a plain pattern into classes of letters that a text is held against one after the other.
//!
//! What is meant by a pattern of this kind all dialects agree on; any other is left to a machine.

/// A pattern from the start of a text to its end: classes of ASCII letters, each some times, and groups of them that may
/// be left out.
pub(super) struct Plain(Vec<Piece>);

struct Piece {
    what: What,
    least: usize,
    most: usize,
}

enum What {
    /// One of these letters, a bit each.
    Letter(u128),
    /// All of these.
    Group(Vec<Piece>),
}

impl Plain {
    /// Reads a pattern; `None` where it is not plain.
    pub(super) fn read(pattern: &str) -> Option<Self> {
        let mut rest = pattern.strip_prefix('^')?.strip_suffix('$')?;
        let pieces = pieces(&mut rest)?;
        rest.is_empty().then_some(Self(pieces))
    }

    /// Whether a text has it.
    pub(super) fn is_match(&self, text: &str) -> bool {
        fits(&self.0, text.as_bytes(), &<[u8]>::is_empty)
    }
}

/// Whether a text starts with these pieces, and what follows is as it should be.
fn fits(pieces: &[Piece], text: &[u8], then: &dyn Fn(&[u8]) -> bool) -> bool {
    let Some((piece, rest)) = pieces.split_first() else { return then(text) };
    match &piece.what {
        What::Letter(letters) => {
            let is_one = |byte: &&u8| byte.is_ascii() && letters >> **byte & 1 == 1;
            let most = text.iter().take(piece.most).take_while(is_one).count();
            (piece.least..=most).rev().any(|count| fits(rest, &text[count..], then))
        }
        What::Group(inner) => {
            fits(inner, text, &|text| fits(rest, text, then))
                || (piece.least == 0 && fits(rest, text, then))
        }
    }
}

/// Reads pieces up to the end of their group.
fn pieces(rest: &mut &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    while !rest.is_empty() && !rest.starts_with(')') {
        let what = match next(rest)? {
            b'[' => What::Letter(class(rest)?),
            b'(' => {
                let inner = self::pieces(rest)?;
                *rest = rest.strip_prefix(')')?;
                What::Group(inner)
            }
            b'\\' => What::Letter(1 << escaped(rest)?),
            b'|' | b'.' | b'^' | b'$' | b'*' | b'+' | b'?' | b'{' | b'}' | b']' => return None,
            letter => What::Letter(1 << letter),
        };
        let (least, most) = times(rest)?;
        if rest.starts_with(['*', '+', '?', '{']) || (most > 1 && matches!(what, What::Group(_))) {
            return None;
        }
        pieces.push(Piece { what, least, most });
    }
    Some(pieces)
}

/// How often a piece may come, which is said behind it.
fn times(rest: &mut &str) -> Option<(usize, usize)> {
    let (times, after) = match rest.as_bytes().first() {
        Some(b'*') => ((0, usize::MAX), &rest[1..]),
        Some(b'+') => ((1, usize::MAX), &rest[1..]),
        Some(b'?') => ((0, 1), &rest[1..]),
        Some(b'{') => {
            let (bounds, after) = rest[1..].split_once('}')?;
            let (least, most) = bounds.split_once(',')?;
            ((least.parse().ok()?, most.parse().ok()?), after)
        }
        _ => ((1, 1), *rest),
    };
    *rest = after;
    Some(times)
}

/// The letters of a class, a bit each.
fn class(rest: &mut &str) -> Option<u128> {
    let mut letters = 0;
    if rest.starts_with(['^', ']']) {
        return None;
    }
    while !rest.starts_with(']') {
        let first = one(rest)?;
        let last = match rest.strip_prefix('-').filter(|after| !after.starts_with(']')) {
            Some(after) => {
                *rest = after;
                one(rest)?
            }
            None => first,
        };
        letters |= (first..=last).fold(0, |letters, letter| letters | 1 << letter);
    }
    *rest = &rest[1..];
    Some(letters)
}

/// A letter of a class.
fn one(rest: &mut &str) -> Option<u8> {
    match next(rest)? {
        b'[' => None,
        b'\\' => escaped(rest),
        letter => Some(letter),
    }
}

/// A letter that stands for itself behind a backslash.
fn escaped(rest: &mut &str) -> Option<u8> {
    next(rest).filter(u8::is_ascii_punctuation)
}

fn next(rest: &mut &str) -> Option<u8> {
    let first = rest.bytes().next().filter(u8::is_ascii)?;
    *rest = &rest[1..];
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_patterns_say_what_their_machines_say() {
        let texts = [
            "", "a", "A", "-", "a-", "-a", "a-b", "aa", "a@1", "a@", "a@1.2-b", "x/y", "a/b/c",
            "é", "a.b", "1..22", "1.2", "a_b", "a?", "a??", "a\n", "7", "/", "a.b/c", "1234..1",
        ];
        for pattern in [
            "^[a-z][a-z0-9-]*(@[A-Za-z0-9.]+)?$",
            "^[A-Za-z][A-Za-z0-9_]*$",
            "^([a-z0-9]([a-z0-9.-]{0,2}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,3}[A-Za-z0-9])?$",
            r"^[1-9][0-9]{0,2}\.\.[1-9][0-9]{0,2}$",
            r"^[a-z][a-z0-9-]{0,3}[a-z0-9]\??$",
            "^([a-z]+)$",
            "^a{2,3}$",
        ] {
            let plain = Plain::read(pattern).unwrap();
            let machine = regex_lite::Regex::new(pattern).unwrap();
            for text in texts {
                assert_eq!(plain.is_match(text), machine.is_match(text), "{pattern} {text}");
            }
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_a_machine() {
        for pattern in [
            "a",
            "^a",
            "^(a|b)$",
            "^(a)*$",
            "^.$",
            "^[^a]$",
            r"^\s$",
            "^a{2}$",
            "^a*?$",
            "^(?i)a$",
            "^[[:alpha:]]$",
            "^é$",
            "^(a$",
            "^a)$",
            r"^a\$",
        ] {
            assert!(Plain::read(pattern).is_none(), "{pattern}");
        }
    }
}

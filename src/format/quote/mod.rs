//! Turns any text into a literal of one language, so that its reader gets the same text back.
//!
//! One module per language, pure functions throughout. Where a language cannot hold a text at all the
//! function returns [`Refused`]; everywhere else every printable character passes.

pub mod comment;
pub mod compose;
pub mod dockerfile;
pub mod dotenv;
pub mod github;
pub mod gotemplate;
pub mod kubernetes;
pub mod markdown;
pub mod nginx;
pub mod promql;
pub mod regex;
pub mod shell;
pub mod url;

use std::fmt;

/// Why a text has no literal in a language. It never holds the text, which may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub &'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refused {}

/// Whether a character means nothing but itself in a shell word, an nginx parameter, a dotenv value and a
/// Dockerfile.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'-' | b'.' | b'/' | b':' | b'@' | b'%' | b'+' | b',' | b'=')
}

/// The answers of [`is_plain`], to be looked up.
const PLAIN: [bool; 256] = {
    let (mut all, mut byte) = ([false; 256], 0);
    while byte < 128 {
        all[byte as usize] = is_plain(byte);
        byte += 1;
    }
    all
};

/// Whether a text can stand without quotes: not empty, and plain throughout.
fn is_bare(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| PLAIN[usize::from(byte)])
}

/// The lines of a text, as splitting it at its line feeds gives them; long ones are passed over quickly.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut begin = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    ends.map(move |end| &text[std::mem::replace(&mut begin, end + 1)..end])
}

/// Texts that have broken quoting somewhere, for the tests of every language.
#[cfg(test)]
const HOSTILE: &[&str] = &[
    "",
    " ",
    "a b",
    "'",
    "''",
    "\"",
    "\\",
    "\\\\",
    "\\'",
    "\\\"",
    "a\\",
    "a\\\\",
    "it's",
    "it's \"both\"\\",
    "$",
    "$$",
    "$$$",
    "$HOME",
    "${HOME}",
    "${HOME:-x}",
    "${",
    "$(id)",
    "$((1+1))",
    "`id`",
    "$é",
    "a#b",
    "a #b",
    "# x",
    "#",
    "a;b",
    "{",
    "}",
    "{{ x }}",
    "{% x %}",
    "a|b",
    "a&b",
    "*",
    "?",
    "[a]",
    "~",
    "~/x",
    "!x",
    "-n",
    "--",
    "=",
    "a=b",
    "\\n",
    "\\t",
    "\\$x",
    "\\0",
    "\\0123",
    "%s",
    "a\tb",
    "é ü 漢字 🦀",
    "\u{a0}x\u{a0}",
    " x ",
    "<b>",
    "p4$$w'o\"r\\d #1 `x` ${Y} {{z}}",
];

/// Texts of more than one line, among them a private key.
#[cfg(test)]
const MULTILINE: &[&str] = &[
    "\n",
    "a\nb",
    "a\n",
    "\na",
    "a\n\n# b\n'",
    "it's\nA=1\n",
    "a\r\nb",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq+/hkiG9w0==\n-----END PRIVATE KEY-----\n",
];

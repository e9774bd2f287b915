//! Turns a text into a value of a dotenv file, and a dotenv file into what Compose reads from it.
//!
//! Compose reads its `--env-file` with a parser of its own (compose-spec/compose-go, `dotenv/parser.go`, of
//! which the comments here speak): a shell, `docker run --env-file` and `kubectl create --from-env-file` read
//! other things from the same text; the latter two take quotes and trailing comments as part of the value.

mod entry;
mod expand;
mod read;

use std::borrow::Cow;

pub use entry::{Entry, ParseError, Reason, Value};
pub use read::{parse, parse_all};

/// Writes a value so that Compose reads back exactly `text`, line ends included.
///
/// Safe characters stay bare. Anything else stands in single quotes, in which nothing is expanded, unless
/// they cannot hold it: a `'` (whose escape older releases keep), a `\` before the closing quote, and a
/// carriage return, which editors would change. Then it stands in double quotes, where escapes are expanded
/// first and variables in the result. A NUL cannot be part of any environment and is the caller's to refuse.
pub fn quote(text: &str) -> Cow<'_, str> {
    if text.is_empty() || super::is_bare(text) {
        text.into()
    } else if text.contains(['\'', '\r']) || text.ends_with('\\') {
        double(text).into()
    } else {
        ["'", text, "'"].concat().into()
    }
}

fn double(text: &str) -> String {
    // Older releases take any quote after a backslash for an escaped one, so the last backslash is written in octal.
    let (text, last) = match text.strip_suffix('\\') {
        Some(before) => (before, r"\0134"),
        None => (text, ""),
    };
    let mut out = String::with_capacity(text.len() + 8);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' => out.extend(['\\', c]),
            '\n' => out.push_str(r"\n"),
            '\r' => out.push_str(r"\r"),
            c => out.push(c),
        }
    }
    out + last + "\""
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::super::{HOSTILE, MULTILINE};
    use super::{Value, parse, quote};

    fn read(text: &str) -> Vec<(String, Value)> {
        let entries = parse(text).unwrap_or_else(|errors| panic!("{text:?}: {errors:?}"));
        entries.into_iter().map(|entry| (entry.name, entry.value)).collect()
    }

    #[test]
    fn values_look_as_a_person_would_write_them() {
        assert_eq!(quote(""), "");
        assert_eq!(quote("https://a.b/c?d"), "'https://a.b/c?d'");
        assert_eq!(quote("postgres://u:p@db:5432/app"), "postgres://u:p@db:5432/app");
        assert_eq!(quote("p4$$ #1"), "'p4$$ #1'");
        assert_eq!(quote("it's $5\n"), r#""it's \$5\n""#);
        assert_eq!(quote("a\\b"), "'a\\b'");
        assert_eq!(quote("a\\"), r#""a\0134""#);
    }

    #[test]
    fn hostile_values_come_back() {
        for text in HOSTILE.iter().chain(MULTILINE) {
            let file = format!("A={}\nB=1\n", quote(text));
            let literal = |text: &str| Value::Literal(text.to_owned());
            let expected = [("A".to_owned(), literal(text)), ("B".to_owned(), literal("1"))];
            assert_eq!(read(&file), expected, "{file}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(500) })]
        #[test]
        fn any_value_comes_back(text in "([^\\x00]|['\"\\\\$#{}\n\r n0]){0,24}") {
            prop_assert_eq!(read(&format!("A={}", quote(&text))), [("A".to_owned(), Value::Literal(text))]);
        }
    }
}

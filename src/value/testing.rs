//! Checks a scalar against a table: what it makes of good text, and what it says of bad text.

use std::fmt::Debug;

use proptest::prelude::{any, prop};
use proptest::test_runner::{Config, TestRunner};
use proptest::{prop_assert, prop_assert_eq};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::value::{Malformed, Scalar, scalar};

/// Every text parses to its canonical form, which parses to the same value and satisfies the schema.
pub(super) fn canonical<T>(cases: &[(&str, &str)])
where
    T: Scalar + Debug + PartialEq + DeserializeOwned,
{
    let schema = jsonschema::validator_for(scalar::schema::<T>().as_value()).unwrap();
    let examples = T::EXAMPLES.iter().map(|example| (*example, None));
    for (text, canonical) in cases.iter().map(|(text, form)| (*text, Some(*form))).chain(examples) {
        let value: T = text.parse().unwrap_or_else(|bad: Malformed| panic!("{bad}"));
        let written = value.to_string();
        assert_eq!(written, canonical.unwrap_or(&written), "the canonical form of `{text}`");
        assert_eq!(serde_json::from_value::<T>(json!(written)).unwrap(), value);
        assert!(schema.is_valid(&json!(text)), "the schema refuses `{text}`");
        assert!(schema.is_valid(&json!(written)), "the schema refuses `{written}`");
    }
}

/// Every text is refused, and reason or help hold what they should.
pub(super) fn refused<T: Scalar + Debug>(cases: &[(&str, &str)]) {
    for (text, part) in cases {
        let message =
            text.parse::<T>().expect_err(&format!("`{text}` should be refused")).to_string();
        assert!(message.contains(part), "`{text}` gives: {message}\nwhich lacks: {part}");
        assert!(!message.ends_with('.'), "{message}");
    }
}

/// Whatever is accepted among texts near the examples has a canonical form, and satisfies the schema.
pub(super) fn near_examples<T>()
where
    T: Scalar + Debug + PartialEq + DeserializeOwned,
{
    let schema = jsonschema::validator_for(scalar::schema::<T>().as_value()).unwrap();
    let letter = prop::sample::select("0159amsZ-_ .:/*@,%[]\n\"'\\$é".chars().collect::<Vec<_>>());
    let edits = prop::collection::vec((any::<prop::sample::Index>(), letter, any::<bool>()), 0..4);
    let texts = (prop::sample::select(T::EXAMPLES), edits);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let checked = runner.run(&texts, |(example, edits)| {
        let mut letters: Vec<char> = example.chars().collect();
        for (at, letter, replaces) in edits {
            let at = at.index(letters.len() + 1);
            let end = letters.len().min(at + usize::from(replaces));
            letters.splice(at..end, [letter]);
        }
        let text: String = letters.into_iter().collect();
        if let Ok(value) = text.parse::<T>() {
            let again = value.to_string().parse();
            prop_assert_eq!(again, Ok(value), "{}", text);
            prop_assert!(schema.is_valid(&json!(text)), "the schema refuses `{text}`");
        }
        Ok(())
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
}

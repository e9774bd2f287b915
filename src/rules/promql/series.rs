//! Turns a series as samples mostly have it, a name and labels in double quotes, into what it reads, without the parser of
//! expressions: of all that is done with such a text, that would take the longest.

use std::sync::Arc;

use crate::rules::promql::selector::Selector;

/// The words of the language: what becomes of one that stands for a name is the parser's to say
/// (`prometheus/prometheus:promql/parser/lex.go`, `key`).
const WORDS: &[&str] = &[
    "and",
    "anchored",
    "atan2",
    "avg",
    "bool",
    "bottomk",
    "by",
    "count",
    "count_values",
    "end",
    "fill",
    "fill_left",
    "fill_right",
    "group",
    "group_left",
    "group_right",
    "ignoring",
    "inf",
    "limit_ratio",
    "limitk",
    "max",
    "min",
    "nan",
    "offset",
    "on",
    "or",
    "quantile",
    "range",
    "smoothed",
    "start",
    "stddev",
    "stdvar",
    "step",
    "sum",
    "topk",
    "unless",
    "without",
];

/// What a series reads; `None` where the parser has to say.
pub(super) fn read(text: &str) -> Option<Selector> {
    let (name, rest) = named(text)?;
    let mut labels: Vec<(Arc<str>, Arc<str>)> = Vec::with_capacity(4);
    if rest.is_empty() {
        return Some(Selector::of_series(name, labels));
    }
    let mut rest = rest.strip_prefix('{')?.strip_suffix('}')?;
    loop {
        let (label, value) = named(rest)?;
        let (value, after) = value.strip_prefix("=\"")?.split_once('"')?;
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'\\';
        if label == "__name__" || label.contains(':') || !value.bytes().all(is_plain) {
            return None;
        }
        labels.push((label.into(), value.into()));
        if after.is_empty() {
            return Some(Selector::of_series(name, labels));
        }
        rest = after.strip_prefix(',')?;
    }
}

/// The name that a text starts with, and what follows.
fn named(text: &str) -> Option<(&str, &str)> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
    let end = text.bytes().position(|byte| !is_part(&byte)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let is_name = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit() && byte != b':');
    let is_word = WORDS.iter().any(|word| word.eq_ignore_ascii_case(name));
    (is_name && !is_word).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;
    use crate::rules::promql::readings::Parsed;

    /// Says the same as the parser, where it says anything.
    fn is_read_alike(text: &str) -> bool {
        let Some(selector) = read(text) else { return false };
        let Parsed { reading, series } = Parsed::parse(text);
        assert_eq!(reading, Ok(selector.into()), "{text}");
        assert_eq!(series, Ok(()), "{text}");
        true
    }

    #[test]
    fn plain_series_are_read_as_the_parser_reads_them() {
        for text in ["up", r#"up{job="api"}"#, r#"a:b_c1{le="+Inf",path="/a b",x=""}"#, "rate"] {
            assert!(is_read_alike(text), "{text}");
        }
        for text in [
            "",
            "1",
            "sum",
            "Inf",
            "up{}",
            "up {}",
            "up{job='api'}",
            r#"up{job="a\"b"}"#,
            r#"up{job=~"a"}"#,
            r#"up{job="a",}"#,
            r#"up{by="a"}"#,
            r#"up{a:b="a"}"#,
            r#"up{job="a"} > 0"#,
            r#"up{job="a" or job="b"}"#,
            r#"{__name__="up"}"#,
            r#"up{__name__="up"}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(400) })]
        #[test]
        fn no_series_is_read_otherwise(
            name in "[a-z_:][a-z_:0-9]{0,6}",
            labels in proptest::collection::vec(("__name__|[a-z_][a-z_0-9]{0,6}", "[ -~é]{0,6}"), 0..4),
        ) {
            let labels: Vec<String> =
                labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
            is_read_alike(&format!("{name}{{{}}}", labels.join(",")));
            is_read_alike(&name);
        }
    }
}

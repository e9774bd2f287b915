//! Turns a series as samples have it, such as `up{job="api"}`, into what it reads, without the grammar of all `PromQL`.

use std::rc::Rc;

use crate::rules::promql::expression::Reading;
use crate::rules::promql::readings::Read;
use crate::rules::promql::selector::Selector;

/// Words that are no names (promql-parser, src/parser/token.rs, `KEYWORDS`).
const KEYWORDS: &[&str] = &[
    "and",
    "or",
    "unless",
    "atan2",
    "sum",
    "avg",
    "count",
    "min",
    "max",
    "group",
    "stddev",
    "stdvar",
    "topk",
    "bottomk",
    "count_values",
    "quantile",
    "limitk",
    "limit_ratio",
    "offset",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "bool",
    "smoothed",
    "anchored",
    "fill",
    "fill_left",
    "fill_right",
    "start",
    "end",
    "step",
    "inf",
    "nan",
];

/// What a text reads, where it is a name, and labels with exact values that hold nothing special.
pub(super) fn read(text: &str) -> Option<Read> {
    let (name, mut rest) = word(text, |byte| is_word(byte) || byte == b':')?;
    if KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(name)) {
        return None;
    }
    let mut labels = Vec::new();
    if !rest.is_empty() {
        rest = rest.strip_prefix('{')?;
        while rest != "}" {
            let (label, after) = word(rest, is_word)?;
            let (value, after) = after.strip_prefix("=\"")?.split_once('"')?;
            if !is_plain(label, value) {
                return None;
            }
            labels.push((label, value));
            rest = match after.strip_prefix(',') {
                Some(after) => after.trim_start_matches(' '),
                None if after == "}" => after,
                None => return None,
            };
        }
    }
    let reading = Reading::of_one(Selector::exact(name, &labels));
    Some(Read { reading: Ok(Rc::new(reading)), series: Ok(()) })
}

/// The word at the start of a text, and what comes behind it.
fn word(text: &str, belongs: impl Fn(u8) -> bool) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !belongs(byte)).unwrap_or(text.len());
    (!text.starts_with(|first: char| first.is_ascii_digit()) && end > 0).then(|| text.split_at(end))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether nothing but that very text is meant. `or` stands between labels in another dialect, and the name may be given
/// as a label too.
fn is_plain(label: &str, value: &str) -> bool {
    let is_letter = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'\\';
    !label.eq_ignore_ascii_case("or") && label != "__name__" && value.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::rules::promql::readings::Read;

    #[test]
    fn what_is_plain_is_read_as_the_grammar_does() {
        for text in [
            "up",
            "a:b_c1",
            r#"up{job="api"}"#,
            r#"up{job="api", instance="one:80",order="",}"#,
            r#"http_requests_total{code="200",path="/a b{c}"}"#,
        ] {
            assert_eq!(read(text), Some(Read::of(text)), "{text}");
        }
        for text in ["up{}", "_"] {
            assert!(read(text).is_none_or(|found| found == Read::of(text)), "{text}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_grammar() {
        for text in [
            "",
            "1",
            "sum",
            "NaN",
            "up ",
            "rate(up[5m])",
            "up offset 5m",
            r#"{job="api"}"#,
            r#"up{job=~"api"}"#,
            r#"up{job="a\"b"}"#,
            r#"up{job="a" or instance="b"}"#,
            r#"up{__name__="a"}"#,
            r#"up{job="a""#,
            r#"up{,}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

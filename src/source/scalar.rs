//! Turns the text of an unquoted YAML scalar into the value that it stands for.

use serde_json::Number;

use super::document::Kind;

/// The value of a scalar without a tag: YAML 1.2's core schema, less what its readers disagree on.
/// `True`, `yes`, `0644`, `1_000`, `1:30`, `.inf` and dates therefore stay text.
pub(super) fn resolve(text: &str) -> Kind {
    match text {
        "" | "~" | "null" => Kind::Null,
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        _ => number(text).map_or_else(|| Kind::String(text.to_owned()), Kind::Number),
    }
}

/// The value of a scalar with a tag of the core schema, where the text is one that the tag takes.
pub(super) fn tagged(tag: &str, text: &str) -> Option<Kind> {
    let kind = resolve(text);
    let fits = match (tag, &kind) {
        ("str", _) => return Some(Kind::String(text.to_owned())),
        ("null", Kind::Null) | ("bool", Kind::Bool(_)) | ("float", Kind::Number(_)) => true,
        ("int", Kind::Number(number)) => !number.is_f64(),
        _ => false,
    };
    fits.then_some(kind)
}

fn number(text: &str) -> Option<Number> {
    // Most texts are words.
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.')) {
        return None;
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return based(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return based(digits, 8);
    }
    if !is_decimal(text) {
        return None;
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole.into());
    }
    Number::from_f64(text.parse().ok()?)
}

fn based(digits: &str, radix: u32) -> Option<Number> {
    let plain = digits.chars().all(|digit| digit.is_digit(radix));
    plain.then(|| u64::from_str_radix(digits, radix).ok()).flatten().map(Number::from)
}

/// `[-+]?(0|[1-9][0-9]*)?(.[0-9]*)?([eE][-+]?[0-9]+)?`, with a digit before the exponent.
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    let some_digit = !whole.is_empty() || !fraction.is_empty();
    exponent && some_digit && !leading_zero && digits(whole) && digits(fraction)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_scalars_resolve_as_json_would_say_them() {
        let numbers = [
            ("0", json!(0)),
            ("-7", json!(-7)),
            ("+7", json!(7)),
            ("1.20", json!(1.2)),
            (".5", json!(0.5)),
            ("1.", json!(1.0)),
            ("1e3", json!(1000.0)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
            ("18446744073709551615", json!(u64::MAX)),
            ("123456789012345678901234567890", json!(1.234_567_890_123_456_8e29)),
        ];
        for (text, value) in numbers {
            let Kind::Number(number) = resolve(text) else { panic!("{text} is no number") };
            assert_eq!(serde_json::Value::Number(number), value, "{text}");
        }
    }

    #[test]
    fn what_readers_disagree_on_stays_text() {
        let texts = [
            "yes",
            "no",
            "on",
            "off",
            "True",
            "NULL",
            "0644",
            "00",
            "1_000",
            "22:22",
            "2024-01-01",
            ".inf",
            ".nan",
            "1e999",
            "0x",
            "0b11",
            "1.2.3",
            "-",
            "+",
            ".",
            "e5",
            "1e",
            "- 1",
            "0x+1",
            "٣",
        ];
        for text in texts {
            assert_eq!(resolve(text), Kind::String(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn tags_take_only_what_fits() {
        assert_eq!(tagged("str", "1"), Some(Kind::String("1".to_owned())));
        assert_eq!(tagged("int", "1"), Some(Kind::Number(1.into())));
        assert_eq!(tagged("int", "1.5"), None);
        assert_eq!(tagged("bool", "yes"), None);
        assert_eq!(tagged("null", "~"), Some(Kind::Null));
        assert_eq!(tagged("binary", "aGk="), None);
    }
}

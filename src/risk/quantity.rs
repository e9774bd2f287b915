//! Turns amounts, as the compiled files write them, into numbers that can be compared.

use serde_json::Value;

/// An amount of memory, processor time or processes: `512M`, `1Gi`, `500m`, `2`, `10m` of nginx.
///
/// Compose and nginx read `M` as 2^20, Kubernetes as 10^6; both sides of a comparison are of one kind, so that the
/// larger stays the larger.
pub(super) fn amount(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => parse(text),
        _ => None,
    }
}

fn parse(text: &str) -> Option<f64> {
    let split = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let (number, unit) = text.split_at(split.unwrap_or(text.len()));
    let factor = match unit {
        "" | "b" | "B" => 1.0,
        "m" => 0.001,
        "k" | "K" | "kb" | "KB" | "Ki" => 1024.0,
        "M" | "mb" | "MB" | "Mi" => 1024.0 * 1024.0,
        "g" | "G" | "gb" | "GB" | "Gi" => 1024.0 * 1024.0 * 1024.0,
        "T" | "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|number| number * factor)
}

/// How many seconds a duration has, as Go and Prometheus write it: `1h30m`, `90s`, `5m`, `7d`.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut sum = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, unit) = rest.split_at(digits);
        let end = unit.find(|letter: char| letter.is_ascii_digit()).unwrap_or(unit.len());
        let factor = match &unit[..end] {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86400.0,
            "w" => 604_800.0,
            "y" => 31_536_000.0,
            _ => return None,
        };
        sum += number.parse::<f64>().ok()? * factor;
        rest = &unit[end..];
    }
    Some(sum)
}

/// What a limit that became weaker says: gone or raised. Nothing if it is as strict as before.
pub(super) fn weaker(what: &str, old: &Value, new: &Value) -> Option<String> {
    if old.is_null() {
        return None;
    }
    if new.is_null() {
        return Some(format!("has no limit of {what} any more"));
    }
    let (before, after) = (amount(old)?, amount(new)?);
    (after > before)
        .then(|| format!("its limit of {what} goes from {} to {}", plain(old), plain(new)))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_durations_compare() {
        assert!(parse("1Gi") > parse("512Mi"));
        assert!(parse("1G") > parse("900M"));
        assert!(parse("2") > parse("1500m"));
        assert_eq!(parse("x"), None);
        assert_eq!(seconds("1h30m"), Some(5400.0));
        assert_eq!(seconds("5m"), seconds("300s"));
        assert_eq!(seconds("soon"), None);
    }
}

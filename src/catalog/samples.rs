//! Finds samples of alerts that are not written as promtool reads them (prometheus.io, "Unit testing for rules",
//! `<series>`; `prometheus/prometheus:promql/parser/generated_parser.y`, `series_description`).

use promql_parser::label::MatchOp;
use promql_parser::parser::{self, Expr, VectorSelector};

use crate::blueprint::locate::Locator;
use crate::blueprint::monitoring::Alert;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::pointer;

/// What stands for a count in samples of entries' alerts that tell of backups.
pub const COUNT: &str = "$samples";

/// Checks the samples of an alert; `at` is where the alert stands, and `is_filled` whether [`COUNT`] is replaced there.
/// Whether a text is a series `is_series` says, as [`is_series`] does.
pub fn check(
    name: &str,
    alert: &Alert,
    is_filled: bool,
    (at, locator): (&str, Locator<'_>),
    is_series: &dyn Fn(&str) -> Result<(), String>,
    diagnostics: &mut Diagnostics,
) {
    let filled = |values: &str| {
        if is_filled { values.replace(COUNT, "1") } else { values.to_owned() }
    };
    for (key, sample) in [("fires", &alert.fires), ("quiet", &alert.quiet)] {
        let place = |series: &str| {
            let all = pointer::push(&pointer::push(at, key), "series");
            pointer::push(&all, series)
        };
        for (series, values) in sample.iter().flat_map(|sample| &sample.series) {
            if let Err(fault) = is_series(series) {
                let message = format!("a sample of the alert `{name}` is of no series");
                diagnostics.push(
                    Diagnostic::error(Code::InvalidSample, message)
                        .at(locator.key(&place(series)), fault)
                        .help("write the name of a series and its labels: `up{job=\"api\",instance=\"one\"}`"),
                );
            }
            if let Err(fault) = are_values(&filled(values)) {
                let message = format!("promtool cannot read the samples of the alert `{name}`");
                diagnostics.push(
                    Diagnostic::error(Code::InvalidSample, message)
                        .at(locator.value(&place(series)), fault)
                        .help("write values with blanks between them: `1`, `1x9` for ten of it, `0+5x9` for nine more that rise by 5, `_` for none, `stale` for the end"),
                );
            }
        }
    }
}

/// Whether a text names one series.
///
/// # Errors
/// What is wrong with it, in words.
pub fn is_series(text: &str) -> Result<(), String> {
    one_series(&parser::parse(text)?)
}

/// Whether an expression is one series.
///
/// # Errors
/// What else it is, in words.
pub fn one_series(expr: &Expr) -> Result<(), String> {
    match expr {
        Expr::VectorSelector(VectorSelector { matchers, offset: None, at: None, .. }) => {
            let mut all = matchers.matchers.iter().chain(matchers.or_matchers.iter().flatten());
            match all.find(|matcher| matcher.op != MatchOp::Equal) {
                Some(matcher) => Err(format!("`{}` has no exact value", matcher.name)),
                None if matchers.or_matchers.is_empty() => Ok(()),
                None => Err("one series has one value of each label".to_owned()),
            }
        }
        _ => Err("this is an expression".to_owned()),
    }
}

/// Whether a text holds values in promtool's notation.
///
/// # Errors
/// What is wrong with it, in words.
pub fn are_values(text: &str) -> Result<(), String> {
    // Histograms have a notation of their own, blanks within (`prometheus/prometheus:promql/parser/lex.go`,
    // `lexHistogram`).
    if text.contains("{{") {
        return Err("samples of native histograms are not known here".to_owned());
    }
    // What is a blank there (`isSpace`).
    let mut items = text.split([' ', '\t', '\n', '\r']).filter(|item| !item.is_empty()).peekable();
    if items.peek().is_none() {
        return Err("there are no values".to_owned());
    }
    match items.find(|item| !is_item(item)) {
        Some(item) if item.contains(COUNT) => Err(format!(
            "`{COUNT}` stands for a count in a component's alerts that tell of backups, and nowhere else"
        )),
        Some(item) => Err(format!("`{item}` is no value")),
        None => Ok(()),
    }
}

/// One value, or several in short.
fn is_item(item: &str) -> bool {
    let times = |rest: &str| rest.strip_prefix('x').is_some_and(is_count);
    if item == "stale" || item == "_" {
        return true;
    }
    if let Some(rest) = item.strip_prefix('_') {
        return times(rest);
    }
    let number = item.strip_prefix(['+', '-']).unwrap_or(item);
    let stepped =
        |rest: &str| rest.strip_prefix(['+', '-']).and_then(after_decimal).is_some_and(times);
    // A letter behind one of these belongs to the word (`lexKeywordOrIdentifier`).
    if let Some(rest) = ["inf", "nan"].into_iter().find_map(|name| after_word(number, name)) {
        return rest.is_empty() || stepped(rest);
    }
    after_decimal(number).is_some_and(|rest| rest.is_empty() || times(rest) || stepped(rest))
}

/// The most that one item stands for: promtool holds all of them in memory.
const MOST: u64 = 1_000_000;

/// How many more.
fn is_count(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u64>().is_ok_and(|count| count <= MOST)
}

/// What follows a word, in whatever case it is written.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let start = text.get(..word.len())?;
    if start.eq_ignore_ascii_case(word) { text.get(word.len()..) } else { None }
}

/// What follows a decimal number; hexadecimal ones would be taken for repetitions.
fn after_decimal(text: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let (mut rest, mut count) = (text.get(whole..)?, whole);
    if let Some(after) = rest.strip_prefix('.') {
        count += digits(after);
        rest = after.get(digits(after)..)?;
    }
    if count == 0 {
        return None;
    }
    if let Some(after) = rest.strip_prefix(['e', 'E']) {
        let after = after.strip_prefix(['+', '-']).unwrap_or(after);
        let power = digits(after);
        rest = if power == 0 { None } else { after.get(power..) }?;
    }
    // `strconv.ParseFloat` takes none that is out of range.
    let number = text.strip_suffix(rest)?.parse::<f64>().ok()?;
    number.is_finite().then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_promtool() {
        for text in [
            "1",
            "0x120",
            "0+10x120",
            "100-2.5x4",
            "-2+4x3",
            "1 _x3 stale",
            "_ 1 _ 2",
            ".5 1e3x2",
            "1e-3+1e-3x4",
            "NaN Inf -inf",
            " 1-2x4",
            "NaN+1x3",
            "1.x2",
        ] {
            assert_eq!(are_values(text), Ok(()), "{text}");
        }
        for text in [
            "",
            " ",
            "0..5",
            "1x",
            "1x-3",
            "x3",
            "1+x3",
            "1+2",
            "0+10*5",
            "1,2",
            "1 x3",
            "stalex3",
            "_+1x3",
            "ten",
            "1e",
            "0x1f",
            "1x99999999999999999999",
            "1x1000001",
            "NaNx3",
            "infx2",
            "-Infx3",
            "1+infx3",
            "1e400",
            "{{foo}}",
            "{{schema:1 sum:2 count:3}}x2",
            "0x$samples",
        ] {
            assert!(are_values(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_series_has_exact_labels() {
        for text in ["up", r#"up{job="$job",instance="one"}"#, "up{}", r#"{__name__="up"}"#] {
            assert_eq!(is_series(text), Ok(()), "{text}");
        }
        for text in [
            "up{",
            "up[5m]",
            "rate(up[5m])",
            r#"up{job=~"a"}"#,
            r#"up{job!="a"}"#,
            "up offset 5m",
            "1",
            "",
            r#"up{job="a" or job="b"}"#,
        ] {
            assert!(is_series(text).is_err(), "{text}");
        }
    }
}

//! Writes the numbers and names of objectives as Prometheus reads them.

use super::WHOLE;

/// A bound as an author writes it.
pub(super) fn time(bound: f64) -> String {
    if bound.fract() == 0.0 {
        format!("{bound}s")
    } else {
        format!("{}ms", (bound * 1000.0).round())
    }
}

/// A bound as a pattern: some libraries write a whole number with a point, some without.
pub(super) fn pattern(bound: &str) -> String {
    match bound.split_once('.') {
        Some((whole, rest)) => format!("{whole}[.]{rest}"),
        None => format!("{bound}|{bound}[.]0"),
    }
}

/// How often, compared with what may be.
pub(super) fn often(value: u64) -> String {
    match value {
        10 => "more often than may be".to_owned(),
        _ => format!("more than {} times as often as may be", tenths(value)),
    }
}

pub(super) fn tenths(value: u64) -> String {
    match value % 10 {
        0 => (value / 10).to_string(),
        rest => format!("{}.{rest}", value / 10),
    }
}

/// Millionths, written as a decimal.
pub(super) struct Share(pub(super) u64);

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{}.{:06}", self.0 / WHOLE, self.0 % WHOLE);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// `mcp-backend` as `McpBackend`.
pub(super) fn pascal(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    name.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rest;
    use super::*;
    use crate::value::Percent;

    #[test]
    fn numbers_are_written_as_prometheus_reads_them() {
        assert_eq!(Share(1_000).to_string(), "0.001");
        assert_eq!(Share(50_000).to_string(), "0.05");
        assert_eq!((tenths(144).as_str(), tenths(60).as_str()), ("14.4", "6"));
        assert_eq!((pattern("2").as_str(), pattern("0.5").as_str()), ("2|2[.]0", "0[.]5"));
        assert_eq!(pascal("mcp-backend"), "McpBackend");
        assert_eq!(rest(Percent::parse("99.9%").unwrap()), 1_000);
    }
}

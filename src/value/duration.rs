//! Reads a length of time.

use std::fmt;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::number::{ROOM, push, whole, with_unit};
use crate::value::scalar::{scalar, written};

/// The units that are read, largest first, in milliseconds.
const UNITS: [(&str, u64); 6] = [
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// The words for the units that are written.
const WORDS: [&str; 5] = ["day", "hour", "minute", "second", "millisecond"];

/// The longest, in milliseconds: a hundred years, which every reader can still hold.
const LONGEST: u64 = 36_525 * 86_400_000;

/// A length of time above 0, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

impl Duration {
    /// Reads whole numbers with the units `w`, `d`, `h`, `m`, `s` and `ms`, each at most once, largest first.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| {
            Malformed::new(Code::InvalidDuration, text, why)
                .help("write `30s`, `15m`, `1h30m` or `7d`")
        };
        if whole(text).is_some() {
            return Err(bad("has no unit").help(format!("write `{text}s` for seconds")));
        }
        let mut total: u64 = 0;
        let mut smaller = UNITS.as_slice();
        let mut rest = text;
        while !rest.is_empty() {
            let (number, after) = split(rest, |letter| letter.is_ascii_digit());
            let (unit, after) = split(after, char::is_alphabetic);
            let number = whole(number)
                .ok_or_else(|| bad("is not a duration: it consists of whole numbers with units"))?;
            let Some(at) = smaller.iter().position(|(name, _)| *name == unit) else {
                let known = UNITS.iter().any(|(name, _)| *name == unit);
                return Err(match unit {
                    "y" => bad("has the unit `y`, and years differ in length")
                        .help(format!("write `{}d`", number.saturating_mul(365))),
                    _ if known => bad("has its units in the wrong order: largest first, each once"),
                    _ => bad("has an unknown unit: `w`, `d`, `h`, `m`, `s` and `ms` are known"),
                });
            };
            let part = number.checked_mul(smaller[at].1);
            total = part.and_then(|part| total.checked_add(part)).unwrap_or(u64::MAX);
            (smaller, rest) = (&smaller[at + 1..], after);
        }
        match total {
            0 => Err(bad("is no time at all")),
            1..=LONGEST => Ok(Self(total)),
            _ => Err(bad("is longer than a hundred years")),
        }
    }

    /// So many seconds.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds * 1000)
    }

    /// In milliseconds.
    pub fn millis(self) -> u64 {
        self.0
    }

    /// In seconds, rounded up.
    pub fn seconds(self) -> u64 {
        self.0.div_ceil(1000)
    }

    /// As Prometheus reads it, and what is built on its library: `15d`, `1m30s`.
    pub fn prometheus(self) -> String {
        self.in_units(&UNITS[1..])
    }

    /// As Go programs read it, Compose among them, in hours at most: `168h`, `1m30s`.
    pub fn go(self) -> String {
        self.in_units(&UNITS[2..])
    }

    /// As nginx reads it, in the largest unit that divides it: `365d`, `90s`.
    pub fn nginx(self) -> String {
        let unit = UNITS[1..].iter().find(|(_, millis)| self.0.is_multiple_of(*millis));
        unit.map(|(name, millis)| with_unit(self.0 / millis, name)).unwrap_or_default()
    }

    /// In some of the units.
    fn in_units(self, units: &[(&str, u64)]) -> String {
        let mut text = String::with_capacity(ROOM);
        for (number, at) in parts(self.0, units) {
            push(&mut text, number);
            text.push_str(units[at].0);
        }
        text
    }

    /// In words: `7 days`, `1 hour 30 minutes`.
    pub fn words(self) -> String {
        let word = |(number, at): (u64, usize)| match number {
            1 => format!("1 {}", WORDS[at]),
            _ => format!("{number} {}s", WORDS[at]),
        };
        parts(self.0, &UNITS[1..]).map(word).collect::<Vec<_>>().join(" ")
    }
}

/// Splits before the first letter that does not belong.
fn split(text: &str, belongs: fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|letter| !belongs(letter)).unwrap_or(text.len()))
}

/// The units it takes, as much as possible in the larger ones: how many of each, and its place, where there are any.
fn parts(millis: u64, units: &[(&str, u64)]) -> impl Iterator<Item = (u64, usize)> {
    let mut left = millis;
    let take = move |(at, (_, unit)): (usize, &(&str, u64))| {
        let number = left / unit;
        left %= unit;
        (number, at)
    };
    units.iter().enumerate().map(take).filter(|(number, _)| *number > 0)
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.prometheus())
    }
}

written!(Duration);
scalar!(Duration {
    format: "time-span",
    description: "A length of time: whole numbers with `w`, `d`, `h`, `m`, `s` or `ms`, largest first",
    examples: ["30s", "1h30m", "7d"],
    pattern: "^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn durations() {
        canonical::<Duration>(&[
            ("300ms", "300ms"),
            ("90s", "1m30s"),
            ("1h30m", "1h30m"),
            ("24h", "1d"),
            ("2w", "14d"),
            ("365d", "365d"),
            ("1m500ms", "1m500ms"),
        ]);
        refused::<Duration>(&[
            ("10", "write `10s`"),
            ("0s", "no time at all"),
            ("", "no time at all"),
            ("2y", "write `730d`"),
            ("1.5h", "unknown unit"),
            ("30m1h", "wrong order"),
            ("1m1m", "wrong order"),
            ("5min", "unknown unit"),
            ("5 m", "unknown unit"),
            ("-5m", "whole numbers"),
            ("m", "whole numbers"),
            ("36526d", "hundred years"),
            ("99999999999999999999d", "whole numbers"),
        ]);
    }

    #[test]
    fn each_reader_has_its_form() {
        let duration = |text| Duration::parse(text).unwrap();
        let forms =
            |text| (duration(text).go(), duration(text).nginx(), duration(text).prometheus());
        let texts = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(forms("1w"), texts("168h", "7d", "7d"));
        assert_eq!(forms("90s"), texts("1m30s", "90s", "1m30s"));
        assert_eq!(forms("1s500ms"), texts("1s500ms", "1500ms", "1s500ms"));
        assert_eq!((duration("1500ms").seconds(), duration("2m").millis()), (2, 120_000));
        assert_eq!(duration("1h30m").words(), "1 hour 30 minutes");
        assert_eq!(duration("7d").words(), "7 days");
    }
}

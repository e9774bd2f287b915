//! Reads a limit of requests.

use std::fmt;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::number::whole;
use crate::value::scalar::{scalar, written};

/// So many requests in a second or minute, and how many more may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    /// The requests, at least 1.
    pub requests: u32,
    /// The time in which they may come.
    pub per: Per,
    /// How many may come at once beyond the rate, at least 1.
    pub burst: Option<u32>,
}

/// The time over which requests are counted; nginx knows no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Per {
    /// A second.
    Second,
    /// A minute.
    Minute,
}

impl Rate {
    /// Reads `10r/s` or `300r/m`, perhaps followed by ` burst 20`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| {
            Malformed::new(Code::InvalidRate, text, why)
                .help("write `10r/s`, `300r/m` or `10r/s burst 20`")
        };
        let count = |text: &str| {
            whole(text).filter(|count| *count > 0).and_then(|count| u32::try_from(count).ok())
        };
        let (rate, burst) = match text.split_once(' ') {
            None => (text, None),
            Some((rate, rest)) => {
                let burst = rest.strip_prefix("burst ").and_then(count);
                (
                    rate,
                    Some(
                        burst
                            .ok_or_else(|| bad("has a bad burst: `burst` and a number above 0"))?,
                    ),
                )
            }
        };
        let (requests, per) = rate.split_once("r/").ok_or_else(|| bad("is not a rate"))?;
        let per = match per {
            "s" => Per::Second,
            "m" => Per::Minute,
            _ => return Err(bad("has an unknown time: `r/s` and `r/m` are known")),
        };
        let requests = count(requests)
            .ok_or_else(|| bad("has a bad number of requests: a whole number above 0"))?;
        Ok(Self { requests, per, burst })
    }

    /// The rate alone, as nginx reads it: `10r/s`.
    pub fn nginx(self) -> String {
        Self { burst: None, ..self }.to_string()
    }

    /// How many may come at once beyond the rate: when nobody says, as many as the rate counts.
    pub fn at_once(self) -> u32 {
        self.burst.unwrap_or(self.requests)
    }

    /// How many requests a minute of it allows, without the burst.
    pub fn per_minute(self) -> u64 {
        match self.per {
            Per::Second => u64::from(self.requests) * 60,
            Per::Minute => self.requests.into(),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.per {
            Per::Second => 's',
            Per::Minute => 'm',
        };
        write!(f, "{}r/{unit}", self.requests)?;
        self.burst.iter().try_for_each(|burst| write!(f, " burst {burst}"))
    }
}

written!(Rate);
scalar!(Rate {
    format: "rate",
    description: "Requests per second or minute, and how many more may come at once",
    examples: ["10r/s", "300r/m", "10r/s burst 20"],
    pattern: "^[1-9][0-9]*r/[sm]( burst [1-9][0-9]*)?$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn rates() {
        canonical::<Rate>(&[("10r/s burst 20", "10r/s burst 20"), ("300r/m", "300r/m")]);
        refused::<Rate>(&[
            ("10", "is not a rate"),
            ("10/s", "is not a rate"),
            ("10r/h", "unknown time"),
            ("0.5r/s", "whole number above 0"),
            ("0r/s", "whole number above 0"),
            ("10r/s burst", "bad burst"),
            ("10r/s burst 0", "bad burst"),
            ("10r/s  burst 5", "bad burst"),
            ("10r/s nodelay", "bad burst"),
        ]);
        let rate = Rate::parse("10r/s burst 20").unwrap();
        assert_eq!((rate.nginx().as_str(), rate.per_minute()), ("10r/s", 600));
    }
}

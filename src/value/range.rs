//! Reads what a container asks for and what it may use at most.

use std::fmt;
use std::str::FromStr;

use crate::diagnostic::Code;
use crate::value::scalar::{Numbers, scalar, written};
use crate::value::{Cpu, Malformed, Memory, Percent};

/// An amount that can be compared and scaled.
pub trait Quantity: Copy + Ord + fmt::Display + FromStr<Err = Malformed> {
    /// So much of it, rounded, and never nothing.
    #[must_use]
    fn scaled(self, by: Percent) -> Self;
}

/// What is requested, if that is said, and the limit; the request is never above the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range<T> {
    request: Option<T>,
    limit: T,
}

/// A request and a limit of CPU.
pub type CpuRange = Range<Cpu>;

/// A request and a limit of memory.
pub type MemoryRange = Range<Memory>;

impl<T: Quantity> Range<T> {
    /// From a request to a limit.
    pub const fn new(request: T, limit: T) -> Self {
        Self { request: Some(request), limit }
    }

    /// Reads `REQUEST..LIMIT`, `..LIMIT`, or one amount that is both.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: String| Malformed::new(Code::InvalidQuantity, text, why);
        let Some((request, limit)) = text.split_once("..") else {
            let both = text.parse()?;
            return Ok(Self { request: Some(both), limit: both });
        };
        if limit.is_empty() {
            let help = format!("write `{text}LIMIT`, or `{request}` for both");
            return Err(bad("has no limit".to_owned()).help(help));
        }
        let limit = limit.parse()?;
        if request.is_empty() {
            return Ok(Self { request: None, limit });
        }
        let request = request.parse()?;
        if request <= limit {
            Ok(Self { request: Some(request), limit })
        } else {
            Err(bad(format!("requests more than its limit: {request} is above {limit}"))
                .help(format!("write `{limit}..{request}`")))
        }
    }

    /// What is reserved for it, if that is said.
    pub fn request(self) -> Option<T> {
        self.request
    }

    /// The most it may use.
    pub fn limit(self) -> T {
        self.limit
    }

    /// So much of both.
    #[must_use]
    pub fn scaled(self, by: Percent) -> Self {
        Self {
            request: self.request.map(|request| request.scaled(by)),
            limit: self.limit.scaled(by),
        }
    }
}

impl<T: Quantity> fmt::Display for Range<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.request {
            Some(request) if request == self.limit => write!(f, "{request}"),
            Some(request) => write!(f, "{request}..{}", self.limit),
            None => write!(f, "..{}", self.limit),
        }
    }
}

written!(Range<Cpu>);
scalar!(Range<Cpu> {
    format: "cpu-range",
    description: "CPU as `REQUEST..LIMIT`, `..LIMIT`, or one amount that is both",
    examples: ["500m..2", "..500m", "1"],
    pattern: "^[0-9.m]+$",
    numbers: Numbers::From(0.001),
});

written!(Range<Memory>);
scalar!(Range<Memory> {
    format: "memory-range",
    description: "Memory as `REQUEST..LIMIT`, `..LIMIT`, or one amount that is both",
    examples: ["512Mi..2Gi", "..512Mi", "1Gi"],
    pattern: "^([1-9][0-9]*[KMGT]i)?(\\.\\.)?[1-9][0-9]*[KMGT]i$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn ranges() {
        canonical::<CpuRange>(&[
            ("500m..2", "500m..2"),
            ("..0.5", "..500m"),
            ("1..1", "1"),
            ("0.5..1.5", "500m..1500m"),
        ]);
        canonical::<MemoryRange>(&[
            ("512Mi..2048Mi", "512Mi..2Gi"),
            ("..512Mi", "..512Mi"),
            ("1Gi", "1Gi"),
        ]);
        refused::<CpuRange>(&[
            ("500m..", "write `500m..LIMIT`, or `500m` for both"),
            ("2..500m", "write `500m..2`"),
            ("1...2", "`.2` is not an amount of CPU"),
            ("x..2", "`x` is not an amount of CPU"),
            ("..", "has no limit"),
            ("", "is not an amount of CPU"),
        ]);
        refused::<MemoryRange>(&[("512M..1Gi", "write `512Mi`"), ("2Gi..1Gi", "2Gi is above 1Gi")]);
    }

    #[test]
    fn scaling_keeps_the_order() {
        let half = Percent::parse("50%").unwrap();
        let scaled = |text| MemoryRange::parse(text).unwrap().scaled(half).to_string();
        assert_eq!(scaled("512Mi..2Gi"), "256Mi..1Gi");
        assert_eq!(scaled("8Mi..24Mi"), "16Mi");
        assert_eq!(scaled("..512Mi"), "..256Mi");
    }
}

//! Reads a percentage.

use std::fmt;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::number::{decimal, thousandths};
use crate::value::scalar::{scalar, written};

/// The most that is accepted, in thousandths of a per cent: 1000 %.
const MOST: u64 = 1_000_000;

/// A percentage above 0 and up to 1000 %, exact to a thousandth of a per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u64);

impl Percent {
    /// All of it.
    pub const WHOLE: Self = Self(100_000);

    /// Reads a number with up to three places and `%`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidQuantity, text, why);
        let Some(number) = text.strip_suffix('%') else {
            return Err(bad("has no `%`").help(format!("write `{text}%`")));
        };
        match thousandths(number) {
            Some(value @ 1..=MOST) => Ok(Self(value)),
            Some(_) => Err(bad("is out of range: percentages run from above 0% to 1000%")),
            None => Err(bad("is not a percentage").help("write `50%` or `99.9%`")),
        }
    }

    /// So much of an amount, rounded to the nearest.
    pub fn of(self, amount: u64) -> u64 {
        let exact = u128::from(amount) * u128::from(self.0);
        u64::try_from((exact + 50_000) / 100_000).unwrap_or(u64::MAX)
    }

    /// The number of per cent, if it is a whole one.
    pub fn whole(self) -> Option<u64> {
        self.0.is_multiple_of(1000).then_some(self.0 / 1000)
    }

    /// As an exact decimal: `0.999` for 99.9 %.
    pub fn fraction(self) -> String {
        let text = format!("{}.{:05}", self.0 / 100_000, self.0 % 100_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", decimal(self.0))
    }
}

written!(Percent);
scalar!(Percent {
    format: "percent",
    description: "A percentage above 0% and up to 1000%, with up to three places",
    examples: ["50%", "99.9%"],
    pattern: "^[0-9]+(\\.[0-9]{1,3})?%$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn percentages() {
        canonical::<Percent>(&[
            ("50%", "50%"),
            ("99.90%", "99.9%"),
            ("0.001%", "0.001%"),
            ("1000%", "1000%"),
        ]);
        refused::<Percent>(&[
            ("50", "write `50%`"),
            ("0%", "out of range"),
            ("1001%", "out of range"),
            ("-5%", "is not a percentage"),
            ("50 %", "is not a percentage"),
            ("1e2%", "is not a percentage"),
            ("%", "is not a percentage"),
        ]);
    }

    #[test]
    fn percentages_compute_exactly() {
        let percent = |text| Percent::parse(text).unwrap();
        assert_eq!(
            (percent("50%").of(125), percent("150%").of(2), percent("0.1%").of(100)),
            (63, 3, 0)
        );
        assert_eq!(
            (percent("99.9%").fraction().as_str(), percent("150%").fraction().as_str()),
            ("0.999", "1.5")
        );
        assert_eq!((percent("70%").whole(), percent("99.9%").whole()), (Some(70), None));
        assert_eq!(Percent::WHOLE.of(u64::MAX), u64::MAX);
    }
}

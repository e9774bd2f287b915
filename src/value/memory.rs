//! Reads an amount of memory or storage.

use std::fmt;

use crate::diagnostic::Code;
use crate::value::number::{thousandths, whole};
use crate::value::range::Quantity;
use crate::value::scalar::{scalar, written};
use crate::value::{Malformed, Percent};

/// The units, largest first: as written here, as Compose and nginx write them, and in bytes.
const UNITS: [(&str, char, u64); 4] =
    [("Ti", 'T', 1 << 40), ("Gi", 'G', 1 << 30), ("Mi", 'M', MEBI), ("Ki", 'K', 1 << 10)];

const MEBI: u64 = 1 << 20;

/// The least that scaling leaves, in MiB: below it a container hardly starts.
const LEAST: u64 = 16;

/// An amount of memory, in bytes, above 0.
///
/// Only the binary units are read, because the short ones mean different things to different programs: `512M` is
/// 512 · 2^20 bytes to Compose and 512 · 10^6 to Kubernetes, and `512m` is half a byte there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Memory(u64);

/// The size of a volume.
pub type Storage = Memory;

/// The size of a text, such as the body of a request.
pub type Size = Memory;

impl Memory {
    /// So many MiB.
    pub const fn from_mebibytes(mebibytes: u64) -> Self {
        Self(mebibytes * MEBI)
    }

    /// Reads a whole number and `Ki`, `Mi`, `Gi` or `Ti`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidQuantity, text, why);
        let split = text
            .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let Some((.., bytes)) = UNITS.iter().find(|(name, ..)| *name == unit) else {
            return Err(unclear(bad, number, unit));
        };
        match (whole(number), thousandths(number).and_then(|number| number.checked_mul(*bytes))) {
            (Some(0), _) => Err(bad("is no memory at all")),
            (Some(number), _) => match number.checked_mul(*bytes) {
                Some(bytes) => Ok(Self(bytes)),
                None => Err(bad("is more memory than there is")),
            },
            (None, Some(bytes)) => Err(bad("is not a whole number")
                .help(format!("write `{}Mi`", (bytes / 1000).div_ceil(MEBI)))),
            (None, None) => Err(unclear(bad, number, unit)),
        }
    }

    /// In bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// In whole MiB, rounded down.
    pub fn mebibytes(self) -> u64 {
        self.0 / MEBI
    }

    /// As Kubernetes writes it: `512Mi`.
    pub fn kubernetes(self) -> String {
        self.to_string()
    }

    /// As Compose reads it: `512M`, where M is 2^20 bytes.
    pub fn compose(self) -> String {
        let (number, (_, letter, _)) = self.in_units(&UNITS);
        with_unit(number, letter)
    }

    /// As nginx reads it: `10m`, where m is 2^20 bytes; it knows no unit above `g`.
    pub fn nginx(self) -> String {
        let (number, (_, letter, _)) = self.in_units(&UNITS[1..]);
        with_unit(number, letter.to_ascii_lowercase())
    }

    /// The number of the largest units that divide it.
    fn in_units<'a>(self, units: &'a [(&str, char, u64)]) -> (u64, (&'a str, char, u64)) {
        let exact = units.iter().find(|(.., bytes)| self.0.is_multiple_of(*bytes));
        let unit = exact.copied().unwrap_or(("", 'B', 1));
        (self.0 / unit.2, unit)
    }
}

/// Refuses a number with another unit or none, and names the binary one.
fn unclear(bad: impl Fn(&str) -> Malformed, number: &str, unit: &str) -> Malformed {
    let meant = UNITS.iter().find(|(_, letter, _)| means(unit, *letter));
    match (whole(number), meant) {
        (Some(_), Some((name, letter, _))) => bad(
            "has a unit that programs read in different ways",
        )
        .help(format!("write `{number}{name}`; Compose's `{number}{letter}` means the same")),
        (Some(_), None) if unit.is_empty() => {
            bad("has no unit").help(format!("write `{number}Mi`"))
        }
        _ => bad("is not an amount of memory").help("write `512Mi` or `2Gi`"),
    }
}

/// Whether a unit such as `M`, `mb` or `MiB` is meant to be the one of that letter.
fn means(unit: &str, letter: char) -> bool {
    let unit = unit.trim().to_ascii_uppercase();
    unit.strip_prefix(letter).is_some_and(|rest| matches!(rest, "" | "B" | "I" | "IB"))
}

impl Quantity for Memory {
    /// Rounds to the nearest MiB, and to 16 MiB at least.
    fn scaled(self, by: Percent) -> Self {
        Self(((by.of(self.0) + MEBI / 2) / MEBI).max(LEAST) * MEBI)
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, (name, ..)) = self.in_units(&UNITS);
        write!(f, "{number}{name}")
    }
}

/// A number with its unit.
fn with_unit(number: u64, unit: char) -> String {
    format!("{number}{unit}")
}

written!(Memory);
scalar!(Memory {
    format: "memory",
    description: "An amount of memory or storage: a whole number and `Ki`, `Mi`, `Gi` or `Ti`",
    examples: ["512Mi", "2Gi"],
    pattern: "^[1-9][0-9]*[KMGT]i$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn amounts_of_memory() {
        canonical::<Memory>(&[
            ("512Mi", "512Mi"),
            ("2048Mi", "2Gi"),
            ("1Ki", "1Ki"),
            ("1536Mi", "1536Mi"),
            ("1Ti", "1Ti"),
        ]);
        refused::<Memory>(&[
            ("512M", "write `512Mi`; Compose's `512M` means the same"),
            ("512MB", "write `512Mi`"),
            ("1g", "write `1Gi`"),
            ("512 mib", "write `512Mi`"),
            ("512", "write `512Mi`"),
            ("1.5Gi", "write `1536Mi`"),
            ("0Mi", "no memory at all"),
            ("-1Mi", "is not an amount"),
            ("Mi", "is not an amount"),
            ("1.Gi", "is not an amount"),
            ("1e3", "is not an amount"),
            ("99999999999999Ti", "is more memory than there is"),
            ("", "is not an amount"),
        ]);
    }

    #[test]
    fn each_reader_has_its_form() {
        let memory = |text| Memory::parse(text).unwrap();
        assert_eq!(
            (memory("512Mi").compose().as_str(), memory("2Gi").compose().as_str()),
            ("512M", "2G")
        );
        assert_eq!(
            (memory("10Mi").nginx().as_str(), memory("1Ti").nginx().as_str()),
            ("10m", "1024g")
        );
        assert_eq!((memory("1Ki").bytes(), memory("2Gi").mebibytes()), (1024, 2048));
        let half = Percent::parse("50%").unwrap();
        assert_eq!(
            (memory("2Gi").scaled(half), memory("3Mi").scaled(half)),
            (memory("1Gi"), memory("16Mi"))
        );
        assert_eq!(memory("33Mi").scaled(half), memory("17Mi"));
    }
}

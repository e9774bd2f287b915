//! Reads an amount of CPU.

use std::fmt;

use crate::diagnostic::Code;
use crate::value::number::{decimal, thousandths, whole, with_unit};
use crate::value::range::Quantity;
use crate::value::scalar::{Numbers, scalar, written};
use crate::value::{Malformed, Percent};

/// The least that scaling leaves, in thousandths: below it a container hardly starts.
const LEAST: u64 = 10;

/// An amount of CPU time, in thousandths of a CPU, above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpu(u64);

impl Cpu {
    /// So many thousandths of a processor.
    pub const fn from_milli(milli: u64) -> Self {
        Self(milli)
    }

    /// Reads `500m` (thousandths) or a decimal such as `2` or `0.5`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidQuantity, text, why);
        let milli = match text.strip_suffix('m') {
            Some(number) => whole(number),
            None => thousandths(text),
        };
        match milli {
            Some(0) => Err(bad("is no CPU at all")),
            Some(milli) => Ok(Self(milli)),
            None => {
                match nearest(text) {
                    Some(milli) => {
                        Err(bad("is finer than a thousandth of a CPU, the least step there is")
                            .help(format!("write `{}`", decimal(milli))))
                    }
                    None => Err(bad("is not an amount of CPU")
                        .help("write `500m` (thousandths), `2` or `0.5`")),
                }
            }
        }
    }

    /// In thousandths of a CPU.
    pub fn milli(self) -> u64 {
        self.0
    }

    /// As Kubernetes writes it: `500m`, `2`.
    pub fn kubernetes(self) -> String {
        if self.0.is_multiple_of(1000) {
            with_unit(self.0 / 1000, "")
        } else {
            with_unit(self.0, "m")
        }
    }

    /// As Compose reads it, in CPUs: `0.5`, `2`.
    pub fn compose(self) -> String {
        decimal(self.0)
    }
}

/// What a decimal with more places than thousandths have is cut to.
fn nearest(text: &str) -> Option<u64> {
    let (units, places) = text.split_once('.')?;
    let fine = places.len() > 3 && places.bytes().all(|byte| byte.is_ascii_digit());
    thousandths(&format!("{units}.{}", places.get(..3).filter(|_| fine)?)).map(|milli| milli.max(1))
}

impl Quantity for Cpu {
    /// Rounds to the nearest thousandth, and to 10 thousandths at least.
    fn scaled(self, by: Percent) -> Self {
        Self(by.of(self.0).max(LEAST))
    }
}

impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kubernetes())
    }
}

written!(Cpu);
scalar!(Cpu {
    format: "cpu",
    description: "An amount of CPU: `500m` are 500 thousandths, `2` are two CPUs",
    examples: ["500m", "2", "0.5"],
    pattern: "^([0-9]+m|[0-9]+(\\.[0-9]{1,3})?)$",
    numbers: Numbers::From(0.001),
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn amounts_of_cpu() {
        canonical::<Cpu>(&[
            ("500m", "500m"),
            ("2000m", "2"),
            ("0.5", "500m"),
            ("1.50", "1500m"),
            ("0.001", "1m"),
        ]);
        refused::<Cpu>(&[
            ("0", "no CPU at all"),
            ("0m", "no CPU at all"),
            ("0.0001", "write `0.001`"),
            ("1.00051", "finer than a thousandth"),
            ("0.1234", "write `0.123`"),
            ("1.5m", "is not an amount"),
            ("500M", "write `500m`"),
            ("-1", "is not an amount"),
            ("1e3", "is not an amount"),
            ("", "is not an amount"),
        ]);
    }

    #[test]
    fn each_reader_has_its_form() {
        let cpu = |text| Cpu::parse(text).unwrap();
        assert_eq!(
            (cpu("500m").compose().as_str(), cpu("500m").kubernetes().as_str()),
            ("0.5", "500m")
        );
        assert_eq!((cpu("2").compose().as_str(), cpu("250m").compose().as_str()), ("2", "0.25"));
        let half = Percent::parse("50%").unwrap();
        assert_eq!((cpu("2").scaled(half), cpu("125m").scaled(half)), (cpu("1"), cpu("63m")));
        assert_eq!(cpu("10m").scaled(half), cpu("10m"));
    }
}

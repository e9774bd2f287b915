//! Turns amounts and durations into the units that components read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Duration, Memory};

/// A unit that a component reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Unit {
    /// 2^20 bytes, as `PostgreSQL` writes it.
    #[serde(rename = "MB")]
    LargeMegabytes,
    /// 2^20 bytes, as Redis writes it.
    #[serde(rename = "mb")]
    SmallMegabytes,
    /// 2^20 bytes, as `MariaDB` writes it.
    #[serde(rename = "M")]
    Mega,
    /// 2^20 bytes, as `RabbitMQ` writes it.
    #[serde(rename = "MiB")]
    Mebibytes,
    /// 2^30 bytes, as a number with a fraction and without a sign for the unit.
    #[serde(rename = "gigabytes")]
    Gigabytes,
    /// Milliseconds, as `ms`.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Seconds, without a sign for the unit.
    #[serde(rename = "seconds")]
    Seconds,
}

const MEBI: u64 = 1 << 20;

/// An amount in a unit; in bytes without one.
pub(super) fn amount(memory: Memory, unit: Option<Unit>) -> String {
    let mebibytes = memory.mebibytes();
    match unit {
        Some(Unit::LargeMegabytes) => format!("{mebibytes}MB"),
        Some(Unit::SmallMegabytes) => format!("{mebibytes}mb"),
        Some(Unit::Mega) => format!("{mebibytes}M"),
        Some(Unit::Mebibytes) => format!("{mebibytes}MiB"),
        Some(Unit::Gigabytes) => gigabytes(mebibytes),
        Some(Unit::Milliseconds | Unit::Seconds) | None => memory.bytes().to_string(),
    }
}

/// Ten binary digits after the point are as many decimal ones.
fn gigabytes(mebibytes: u64) -> String {
    let fraction = u128::from(mebibytes % 1024) * 10_000_000_000 / 1024;
    let text = format!("{}.{fraction:010}", mebibytes / 1024);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A duration in a unit.
pub(super) fn length(duration: Duration, unit: Unit) -> String {
    if unit == Unit::Seconds {
        duration.seconds().to_string()
    } else {
        format!("{}ms", duration.millis())
    }
}

/// The amount behind a text that [`amount`] made.
pub(super) fn read(written: &str, unit: Option<Unit>) -> Option<Memory> {
    if unit == Some(Unit::Gigabytes) {
        let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
        let fraction: u128 = format!("{fraction:0<10}").parse().ok()?;
        let part = u64::try_from(fraction * 1024 / 10_000_000_000).ok()?;
        return Some(Memory::from_mebibytes(whole.parse::<u64>().ok()?.checked_mul(1024)? + part));
    }
    let end = written.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(written.len());
    let number: u64 = written[..end].parse().ok()?;
    let mebibytes = if unit.is_some() { number } else { number.div_ceil(MEBI) };
    Some(Memory::from_mebibytes(mebibytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_of_a_gigabyte_are_exact() {
        for (mebibytes, text) in
            [(256, "0.25"), (1024, "1"), (1, "0.0009765625"), (2561, "2.5009765625")]
        {
            let memory = Memory::from_mebibytes(mebibytes);
            assert_eq!(amount(memory, Some(Unit::Gigabytes)), text);
            assert_eq!(read(text, Some(Unit::Gigabytes)), Some(memory));
        }
        assert_eq!(read("half", Some(Unit::Gigabytes)), None);
    }
}

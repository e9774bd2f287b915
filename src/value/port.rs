//! Reads a port.

use std::fmt;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::number::whole;
use crate::value::scalar::{Numbers, scalar, written};

/// A TCP or UDP port, 1 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortNumber(u16);

impl PortNumber {
    /// The port of HTTPS.
    pub const HTTPS: Self = Self(443);

    /// Reads a port in decimal digits.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        whole(text).and_then(|port| u16::try_from(port).ok()).and_then(Self::new).ok_or_else(|| {
            let why = "is not a port: ports run from 1 to 65535";
            Malformed::new(Code::InvalidPort, text, why)
                .help("write a whole number, such as `8000`")
        })
    }

    /// The port of that number, unless it is 0.
    pub fn new(number: u16) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for PortNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

written!(PortNumber);
scalar!(PortNumber {
    format: "port",
    description: "A port, 1 to 65535",
    examples: ["8000", "5432"],
    pattern: "^[1-9][0-9]{0,4}$",
    numbers: Numbers::Whole(1, 65_535),
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn ports() {
        canonical::<PortNumber>(&[("1", "1"), ("65535", "65535")]);
        let cases = ["0", "65536", "70000", "-1", "+80", "080", "80 ", "http", "", "8000/tcp"];
        refused::<PortNumber>(
            &cases.map(|text| (text, "is not a port: ports run from 1 to 65535")),
        );
    }
}

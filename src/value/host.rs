//! Reads where something outside is reached: a domain name or an IP address.

use std::fmt;
use std::net::IpAddr;

use crate::diagnostic::Code;
use crate::value::scalar::{scalar, written};
use crate::value::{HostName, Malformed};

/// A domain name or an IP address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// A domain name without a wildcard.
    Name(HostName),
    /// An IPv4 or IPv6 address, without brackets.
    Address(IpAddr),
}

impl Host {
    /// Reads an address, or else a domain name.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let name = HostName::parse(text)?;
        if name.is_wildcard() {
            let why = "is a wildcard, which cannot be connected to";
            Err(Malformed::new(Code::InvalidHost, text, why))
        } else {
            Ok(Self::Name(name))
        }
    }
}

impl Host {
    /// Splits `host:port`. An IPv6 address stands in brackets where a port follows it.
    pub fn with_port(text: &str) -> (&str, Option<&str>) {
        if let Some((address, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        {
            match rest.strip_prefix(':') {
                Some(port) => return (address, Some(port)),
                None if rest.is_empty() => return (address, None),
                None => {}
            }
        } else if text.parse::<IpAddr>().is_ok() {
            return (text, None);
        }
        text.rsplit_once(':').map_or((text, None), |(host, port)| (host, Some(port)))
    }

    /// As it stands in a URL: IPv6 addresses in brackets (RFC 3986, section 3.2.2).
    pub fn in_url(&self) -> String {
        match self {
            Self::Address(IpAddr::V6(address)) => format!("[{address}]"),
            Self::Name(_) | Self::Address(IpAddr::V4(_)) => self.to_string(),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Address(address) => address.fmt(f),
        }
    }
}

written!(Host);
scalar!(Host {
    format: "host",
    description: "A domain name or an IP address, without scheme, port and path",
    examples: ["api.example.com", "10.0.0.7", "fd00::7"],
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn a_port_follows_the_host() {
        for (text, host, port) in [
            ("example.com:443", "example.com", Some("443")),
            ("example.com", "example.com", None),
            ("10.0.0.7:25", "10.0.0.7", Some("25")),
            ("fd00::7", "fd00::7", None),
            ("[fd00::7]", "fd00::7", None),
            ("[fd00::7]:443", "fd00::7", Some("443")),
        ] {
            assert_eq!(Host::with_port(text), (host, port), "{text}");
        }
        assert_eq!(Host::parse("fd00::7").unwrap().in_url(), "[fd00::7]");
    }

    #[test]
    fn hosts() {
        canonical::<Host>(&[
            ("db.internal", "db.internal"),
            ("10.0.0.7", "10.0.0.7"),
            ("FD00:0::7", "fd00::7"),
        ]);
        refused::<Host>(&[
            ("*.example.com", "wildcard"),
            ("10.0.0.300", "cannot be a number"),
            ("010.0.0.1", "cannot be a number"),
            ("https://x.io", "write the host alone: `x.io`"),
        ]);
    }
}

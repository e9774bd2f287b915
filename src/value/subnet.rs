//! Reads the address range of a network.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::scalar::{scalar, written};

/// What no one else has: RFC 1918, RFC 6598, and the half of RFC 4193 that is given out freely.
const PRIVATE: &[&str] =
    &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fd00::/8"];

fn within(range: &str, net: &IpNet) -> bool {
    range.parse::<IpNet>().is_ok_and(|range| range.contains(net))
}

/// A private IPv4 or IPv6 network in CIDR form, without host bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subnet(IpNet);

impl Subnet {
    /// Reads `ADDRESS/BITS`, where the address is the first of the network.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidSubnet, text, why);
        if text.parse::<IpAddr>().is_ok() {
            return Err(
                bad("is an address, not a network").help("say its size, as in `172.21.0.0/16`")
            );
        }
        let net = text.parse::<IpNet>().map_err(|_not_cidr| {
            bad("is not a network")
                .help("write the first address and the bits, as in `172.21.0.0/16`")
        })?;
        match net.trunc() {
            first if first != net => Err(bad("has host bits set").help(format!("write `{first}`"))),
            _ if !PRIVATE.iter().any(|range| within(range, &net)) => Err(bad(
                "is not a private range: containers could not reach who has these addresses",
            )
            .help("write a part of `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16` or `fd00::/8`")),
            _ => Ok(Self(net)),
        }
    }

    /// The network.
    pub fn get(self) -> IpNet {
        self.0
    }

    /// Whether an address lies in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.0.contains(&other.0) || other.0.contains(&self.0)
    }

    /// Whether the address lies in it.
    pub fn contains(self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

written!(Subnet);
scalar!(Subnet {
    format: "subnet",
    description: "A network in CIDR form: its first address and the number of fixed bits",
    examples: ["172.21.0.0/16", "fd00:21::/64"],
    pattern: "^[0-9a-fA-F.:]+/[0-9]{1,3}$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn subnets() {
        canonical::<Subnet>(&[("10.0.0.0/8", "10.0.0.0/8"), ("FD00:0::/64", "fd00::/64")]);
        refused::<Subnet>(&[
            ("172.21.0.5/16", "write `172.21.0.0/16`"),
            ("fd00::1/64", "write `fd00::/64`"),
            ("172.21.0.0", "is an address"),
            ("172.21.0.0/33", "is not a network"),
            ("172.21/16", "is not a network"),
            ("", "is not a network"),
            ("0.0.0.0/0", "is not a private range"),
            ("127.0.0.0/8", "is not a private range"),
            ("8.8.8.0/24", "is not a private range"),
            ("172.0.0.0/8", "is not a private range"),
            ("fe80::/64", "is not a private range"),
            ("fc00::/7", "is not a private range"),
        ]);
    }

    #[test]
    fn overlap_is_containment() {
        let net = |text| Subnet::parse(text).unwrap();
        assert!(net("172.16.0.0/12").overlaps(net("172.21.0.0/16")));
        assert!(net("172.21.0.0/16").overlaps(net("172.16.0.0/12")));
        assert!(!net("172.21.0.0/16").overlaps(net("172.22.0.0/16")));
        assert!(!net("172.21.0.0/16").overlaps(net("fd00::/8")));
        assert!(net("10.0.0.0/8").contains([10, 1, 2, 3].into()));
    }
}

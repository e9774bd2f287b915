//! Reads where a service's port appears on the host.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use crate::diagnostic::Code;
use crate::value::scalar::{Numbers, scalar, written};
use crate::value::{Malformed, PortNumber};

/// A port of the host that leads to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Publish {
    /// The address of the host it listens on; 127.0.0.1 where none is written.
    pub host_ip: IpAddr,
    /// The port of the host.
    pub host: PortNumber,
    /// The port of the container, where it is not the service's own.
    pub container: Option<PortNumber>,
    /// What runs over it.
    pub protocol: Protocol,
}

/// What runs over a published port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP, where none is written.
    Tcp,
    /// UDP.
    Udp,
}

impl Publish {
    /// Reads `[ADDRESS:]PORT[:CONTAINER_PORT][/udp]`; an IPv6 address stands in brackets.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| {
            Malformed::new(Code::InvalidPublish, text, why)
                .help("write `5432`, `127.0.0.1:5432`, `0.0.0.0:8080:80` or `[::1]:53:53/udp`")
        };
        let (rest, protocol) = match text.split_once('/') {
            None => (text, Protocol::Tcp),
            Some((rest, "tcp")) => (rest, Protocol::Tcp),
            Some((rest, "udp")) => (rest, Protocol::Udp),
            Some(_) => return Err(bad("has an unknown protocol: `/tcp` and `/udp` are known")),
        };
        if rest.contains('-') {
            return Err(bad("is a range: each port is published by itself"));
        }
        let (host_ip, ports) =
            address(rest).ok_or_else(|| bad("does not start with an IP address"))?;
        let port = |text: &str| {
            let found = PortNumber::parse(text);
            found.map_err(|found| bad(&format!("is not a published port: {}", found.reason)))
        };
        let (host, container) = match ports.split_once(':') {
            None => (port(ports)?, None),
            Some((host, container)) => (port(host)?, Some(port(container)?)),
        };
        Ok(Self { host_ip, host, container, protocol })
    }

    /// Whether only programs on the host itself reach it.
    pub fn is_loopback(&self) -> bool {
        self.host_ip.is_loopback()
    }

    /// The same with the host's port moved up, unless it leaves the range of ports.
    pub fn shifted(self, by: u16) -> Option<Self> {
        let host = self.host.get().checked_add(by).and_then(PortNumber::new)?;
        Some(Self { host, ..self })
    }
}

/// Takes the address off the front; without one it is 127.0.0.1.
fn address(text: &str) -> Option<(IpAddr, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (ip, ports) = rest.split_once("]:")?;
        return Some((IpAddr::V6(ip.parse().ok()?), ports));
    }
    match text.split_once(':') {
        Some((ip, ports))
            if ports.contains(':') || ip.contains(|letter| !char::is_ascii_digit(&letter)) =>
        {
            Some((IpAddr::V4(ip.parse().ok()?), ports))
        }
        Some(_) | None => Some((IpAddr::V4(Ipv4Addr::LOCALHOST), text)),
    }
}

impl fmt::Display for Publish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host_ip {
            IpAddr::V4(ip) => write!(f, "{ip}:{}", self.host)?,
            IpAddr::V6(ip) => write!(f, "[{ip}]:{}", self.host)?,
        }
        if let Some(container) = self.container {
            write!(f, ":{container}")?;
        }
        f.write_str(match self.protocol {
            Protocol::Tcp => "",
            Protocol::Udp => "/udp",
        })
    }
}

written!(Publish);
scalar!(Publish {
    format: "publish",
    description: "A port of the host, `[ADDRESS:]PORT[:CONTAINER_PORT][/udp]`; without an address on 127.0.0.1",
    examples: ["127.0.0.1:5432", "5433:5432", "0.0.0.0:443", "[::1]:53:53/udp"],
    numbers: Numbers::Whole(1, 65_535),
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn published_ports() {
        canonical::<Publish>(&[
            ("5432", "127.0.0.1:5432"),
            ("5432/tcp", "127.0.0.1:5432"),
            ("5433:5432", "127.0.0.1:5433:5432"),
            ("0.0.0.0:53:5353/udp", "0.0.0.0:53:5353/udp"),
            ("[::]:443", "[::]:443"),
            ("[0:0::1]:80:8080", "[::1]:80:8080"),
        ]);
        refused::<Publish>(&[
            ("", "`` is not a port"),
            ("0", "`0` is not a port"),
            ("70000", "`70000` is not a port"),
            ("127.0.0.1", "write `5432`"),
            ("127.0.0.1:", "`` is not a port"),
            ("127.0.0.1:80:", "`` is not a port"),
            ("127.0.0.1:1:2:3", "`2:3` is not a port"),
            ("1:2:3", "IP address"),
            ("127.0.0.300:80", "IP address"),
            ("localhost:80", "IP address"),
            ("::1:80", "IP address"),
            ("[::1]", "IP address"),
            ("80/sctp", "unknown protocol"),
            ("8000-8010", "range"),
        ]);
    }

    #[test]
    fn shifting_moves_the_port_of_the_host_only() {
        let published = Publish::parse("5432:5432").unwrap();
        assert!(published.is_loopback());
        assert_eq!(published.shifted(1).unwrap().to_string(), "127.0.0.1:5433:5432");
        assert_eq!(Publish::parse("65535").unwrap().shifted(1), None);
    }
}

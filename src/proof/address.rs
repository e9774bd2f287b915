//! Finds the addresses in a text whose host can only be a service: names without a dot.

use serde_json::Value;

use super::end::{Facts, Kind};

/// An address of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// The host.
    pub host: &'a str,
    /// The port, where one is written.
    pub port: Option<u16>,
}

/// The schemes after which a host stands; after others, such as `s3`, stand names of another kind.
const SCHEMES: &[&str] = &[
    "amqp",
    "amqps",
    "clickhouse",
    "ftp",
    "grpc",
    "grpcs",
    "http",
    "https",
    "kafka",
    "ldap",
    "ldaps",
    "mariadb",
    "memcached",
    "mongodb",
    "mysql",
    "nats",
    "postgres",
    "postgresql",
    "redis",
    "rediss",
    "smtp",
    "smtps",
    "tcp",
    "tls",
    "udp",
    "ws",
    "wss",
];

/// Calls with every address in a text: `scheme://user:password@host:port`. Names with a dot lie outside, and a name
/// that is not known yet is none.
pub fn each<'a>(text: &'a str, found: &mut impl FnMut(Address<'a>)) {
    for (at, _) in text.match_indices("://") {
        let known = |letter: char| letter.is_ascii_alphanumeric() || letter == '+';
        let start = text[..at].rfind(|letter: char| !known(letter));
        let start =
            start.map_or(0, |start| start + text[start..].chars().next().map_or(1, char::len_utf8));
        // `postgresql+asyncpg` names the driver too.
        let scheme = text.get(start..at).and_then(|scheme| scheme.split('+').next());
        let is_scheme = scheme.is_some_and(|scheme| SCHEMES.contains(&scheme));
        let authority = &text[at + 3..at + 3 + authority(&text[at + 3..])];
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        if let Some(address) = of(host).filter(|_| is_scheme) {
            found(address);
        }
    }
}

/// How long the authority is that a text begins with: what is put in later, `${…}` or `$(…)`, may hold anything.
fn authority(text: &str) -> usize {
    let mut closes = None;
    for (at, letter) in text.char_indices() {
        match (closes, letter) {
            (Some(close), letter) if letter == close => closes = None,
            (None, '{') if text[..at].ends_with('$') => closes = Some('}'),
            (None, '(') if text[..at].ends_with('$') => closes = Some(')'),
            (None, letter) if letter.is_whitespace() || "/\"'`<>,;)".contains(letter) => return at,
            _ => {}
        }
    }
    text.len()
}

/// `host` or `host:port`, if the host can only be a service.
pub fn of(text: &str) -> Option<Address<'_>> {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (text, None),
    };
    let known =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let is_name = host.starts_with(|letter: char| letter.is_ascii_lowercase())
        && host.chars().all(known)
        && host != "localhost";
    is_name.then_some(Address { host, port })
}

/// Calls with every address in the texts of a value.
pub fn every<'a>(value: &'a Value, found: &mut impl FnMut(Address<'a>)) {
    match value {
        Value::String(text) => each(text, found),
        Value::Array(items) => items.iter().for_each(|item| every(item, found)),
        Value::Object(map) => map.values().for_each(|item| every(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Wants what an address names, of Docker Compose.
pub(super) fn want(address: Address<'_>, facts: &mut Facts) {
    match address.port {
        Some(port) => facts.want(Kind::Address, format!("{}:{port}", address.host)),
        None => facts.want(Kind::Service, address.host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_found_and_nothing_else() {
        let hosts = |text: &str| {
            let mut found = Vec::new();
            each(text, &mut |address| {
                found.push(format!("{} {}", address.host, address.port.unwrap_or_default()));
            });
            found.join(", ")
        };
        assert_eq!(hosts("postgres://u:${PW:?set it}@db:5432/x http://web"), "db 5432, web 0");
        assert_eq!(hosts("amqp://$(U):$(P)@queue:5672/%2f?x=1"), "queue 5672");
        assert_eq!(hosts("http://a.example.com http://127.0.0.1:80 http://localhost:1 ://x"), "");
        assert_eq!(hosts("http://${HOST}:80 http://[::1]:80 file:///etc http://api?x"), "api 0");
        assert_eq!(
            hosts("s3://backups/x myapp://callback postgresql+asyncpg://u@db/x é://a"),
            "db 0"
        );
    }
}

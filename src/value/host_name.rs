//! Reads a domain name.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::scalar::{scalar, text};

/// A lower-case domain name, perhaps with a wildcard as its first label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(Arc<str>);

/// How a host name looks.
const LIKE_THIS: &str = "write it like `api.example.com`";

impl HostName {
    /// Reads a domain name as RFC 1123 has it: up to 253 characters in labels of up to 63.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidHost, text, why);
        foreign(text)?;
        if text.len() > 253 {
            return Err(bad("is too long: a host name has at most 253 characters"));
        }
        let labels = text.strip_prefix("*.").unwrap_or(text);
        if labels.len() < text.len() && !labels.contains('.') {
            return Err(bad("covers a whole top-level domain").help("write `*.example.com`"));
        }
        if !labels.split('.').all(is_label) {
            let why =
                "is not a host name: between dots stand 1 to 63 letters, digits and inner hyphens";
            return Err(bad(why).help(LIKE_THIS));
        }
        let last = labels.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|byte| byte.is_ascii_digit()) {
            Err(bad("is not a host name: the part after the last dot cannot be a number"))
        } else {
            Ok(Self(text.into()))
        }
    }

    /// Whether it starts with `*.`, and so stands for every name with one more label.
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with("*.")
    }

    /// Whether a certificate for this name also holds for the other.
    pub fn covers(&self, other: &Self) -> bool {
        let parent = self.0.strip_prefix("*.");
        self == other
            || parent
                .is_some_and(|own| other.0.split_once('.').is_some_and(|(_, rest)| rest == own))
    }
}

/// Refuses what is more than a host name, or written in another way, and says what to write.
fn foreign(text: &str) -> Result<(), Malformed> {
    let bad =
        |why: &str, help: String| Err(Malformed::new(Code::InvalidHost, text, why).help(help));
    let alone = |why: &str| {
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let host = rest.split(['/', ':', '?']).next().unwrap_or_default().to_lowercase();
        bad(
            why,
            match HostName::parse(&host) {
                Ok(host) => format!("write the host alone: `{host}`"),
                Err(_) => "write the host alone".to_owned(),
            },
        )
    };
    if text.contains("://") {
        return alone("is a URL");
    }
    if text.contains('/') {
        return alone("has a path");
    }
    if text.contains(':') {
        return alone("has a port, or is an IPv6 address");
    }
    if !text.is_ascii() {
        return bad("has letters beyond ASCII", "write its punycode form, `xn--...`".to_owned());
    }
    if text.contains(|letter: char| letter.is_ascii_uppercase())
        && let Ok(host) = HostName::parse(&text.to_lowercase())
    {
        return bad("has capitals", format!("write `{host}`"));
    }
    match text.strip_suffix('.') {
        Some(host) if HostName::parse(host).is_ok() => {
            bad("ends with a dot", format!("write `{host}`"))
        }
        Some(_) | None => Ok(()),
    }
}

fn is_label(label: &str) -> bool {
    let known = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=63).contains(&label.len())
        && label.bytes().all(known)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

text!(HostName);
scalar!(HostName {
    format: "host-name",
    description: "A domain name in small letters, without scheme, port and path; `*.` is any one label",
    examples: ["example.com", "api.example.com", "*.example.com"],
    pattern: "^(\\*\\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn host_names() {
        canonical::<HostName>(&[
            ("db", "db"),
            ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
            ("1.2.c3", "1.2.c3"),
        ]);
        refused::<HostName>(&[
            ("https://Example.com/x", "write the host alone: `example.com`"),
            ("example.com:443", "write the host alone: `example.com`"),
            ("example.com/x", "has a path"),
            ("[::1]", "write the host alone"),
            ("Example.com", "write `example.com`"),
            ("münchen.de", "punycode"),
            ("example.com.", "write `example.com`"),
            ("10.0.0.1", "cannot be a number"),
            ("*.com", "write `*.example.com`"),
            ("a.*.com", "is not a host name"),
            ("*", "is not a host name"),
            ("a..b", "is not a host name"),
            (".", "is not a host name"),
            ("", "is not a host name"),
            ("-a.b", "inner hyphens"),
            ("a_b.c", "is not a host name"),
            ("a b", "is not a host name"),
            (&"a".repeat(64), "1 to 63"),
            (&format!("{}com", "abc.".repeat(63)), "253"),
        ]);
    }

    #[test]
    fn a_wildcard_covers_one_label() {
        let host = |text| HostName::parse(text).unwrap();
        let wildcard = host("*.example.com");
        assert!(wildcard.is_wildcard() && wildcard.covers(&host("api.example.com")));
        assert!(
            !wildcard.covers(&host("example.com")) && !wildcard.covers(&host("a.b.example.com"))
        );
        assert!(host("a.b").covers(&host("a.b")));
    }
}

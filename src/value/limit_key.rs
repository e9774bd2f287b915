//! Reads what tells those apart whose requests are counted.

use std::fmt;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::scalar::{scalar, written};

/// A header or a cookie by which requests are told apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitKey {
    /// A header, in small letters.
    Header(String),
    /// A cookie.
    Cookie(String),
}

impl LimitKey {
    /// Reads the name of a header, such as `authorization`, or `cookie NAME`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| {
            Malformed::new(Code::InvalidRate, text, why)
                .help("write the name of a header, such as `authorization`, or `cookie session`")
        };
        let begins = |name: &str| name.starts_with(|letter: char| letter.is_ascii_alphabetic());
        let holds = |name: &str, other: char| {
            name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == other)
        };
        match text.split_once(' ') {
            Some(("cookie", name)) if begins(name) && holds(name, '_') => {
                Ok(Self::Cookie(name.to_owned()))
            }
            Some(("cookie", _)) => Err(bad("has a bad cookie: letters, digits and `_`")),
            None if begins(text) && holds(text, '-') => Ok(Self::Header(text.to_ascii_lowercase())),
            _ => Err(bad("is neither a header nor a cookie")),
        }
    }

    /// The variable of nginx that holds its value, without the `$`: empty where a request has none.
    pub fn nginx(&self) -> String {
        match self {
            Self::Header(name) => format!("http_{}", name.replace('-', "_")),
            Self::Cookie(name) => format!("cookie_{name}"),
        }
    }
}

impl fmt::Display for LimitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => f.write_str(name),
            Self::Cookie(name) => write!(f, "cookie {name}"),
        }
    }
}

written!(LimitKey);
scalar!(LimitKey {
    format: "limit-key",
    description: "The name of a header, or of a cookie behind the word `cookie`",
    examples: ["authorization", "x-api-key", "cookie session"],
    pattern: "^([A-Za-z][A-Za-z0-9-]*|cookie [A-Za-z][A-Za-z0-9_]*)$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn keys() {
        canonical::<LimitKey>(&[
            ("Authorization", "authorization"),
            ("x-api-key", "x-api-key"),
            ("cookie session_id", "cookie session_id"),
        ]);
        refused::<LimitKey>(&[
            ("$remote_addr", "neither a header nor a cookie"),
            ("x api", "neither a header nor a cookie"),
            ("cookie a-b", "bad cookie"),
            ("cookie ", "bad cookie"),
            ("", "neither a header nor a cookie"),
        ]);
        let variable = |text: &str| LimitKey::parse(text).unwrap().nginx();
        assert_eq!(variable("X-Api-Key"), "http_x_api_key");
        assert_eq!(variable("cookie sid"), "cookie_sid");
    }
}

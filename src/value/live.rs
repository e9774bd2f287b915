//! Reads what decides about restarts.

use std::fmt;

use crate::value::scalar::{scalar, written};
use crate::value::{HealthPath, Malformed};

/// What decides about restarts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Live {
    /// A path must answer.
    Path(HealthPath),
    /// Nothing: a restart would mend nothing.
    Nothing,
}

impl Live {
    /// Reads a path, or `none`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text == "none" { Ok(Self::Nothing) } else { HealthPath::parse(text).map(Self::Path) }
    }
}

impl fmt::Display for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(f),
            Self::Nothing => f.write_str("none"),
        }
    }
}

written!(Live);
scalar!(Live {
    format: "live",
    description: "What decides about restarts: a path with or without a query, or `none` where a restart mends nothing",
    examples: ["/health/live", "none"],
    pattern: r"^(none|/[A-Za-z0-9/._~!&()+,=:@-]*(\?[A-Za-z0-9/._~&+,=:@%-]*)?)$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn what_decides_about_restarts() {
        canonical::<Live>(&[("none", "none"), ("/live?deep=1", "/live?deep=1")]);
        refused::<Live>(&[("None", "starts with `/`"), ("/a//b", "empty")]);
    }
}

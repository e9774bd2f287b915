//! Reads the name of a group of variables.

use std::sync::Arc;

use crate::value::Malformed;
use crate::value::name;
use crate::value::scalar::{scalar, text};

/// The name of a group of variables; it is no name space of references, so nothing is reserved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupName(Arc<str>);

impl GroupName {
    /// The group of the variables that a component needs.
    pub fn of_service(service: &crate::value::Name) -> Self {
        Self(service.as_str().into())
    }

    /// Reads a name of 2 to 40 lower-case letters, digits and hyphens.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        grammar(text).map(|()| Self(text.into()))
    }
}

fn grammar(text: &str) -> Result<(), Malformed> {
    name::check(text, &[])
}

text!(GroupName);
scalar!(GroupName {
    format: "group-name",
    description: "The name of a group of variables: 2 to 40 lower-case letters, digits and hyphens",
    examples: ["database", "feature-flags"],
    pattern: "^[a-z][a-z0-9-]{0,38}[a-z0-9]$",
    check: grammar,
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn group_names() {
        canonical::<GroupName>(&[("env", "env"), ("feature-flags", "feature-flags")]);
        refused::<GroupName>(&[("Feature Flags", "write `feature-flags`"), ("x", "too short")]);
    }
}

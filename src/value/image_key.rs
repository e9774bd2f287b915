//! Reads whose image one is: a service's, or another that the service's is built from.

use std::sync::Arc;

use crate::value::scalar::{scalar, text};
use crate::value::{Malformed, Name, Scalar, name};

/// The name of a service, or `SERVICE.IMAGE` for an image that its stack takes something from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageKey(Arc<str>);

impl ImageKey {
    /// Reads a name, or two with a dot between them.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        grammar(text).map(|()| Self(text.into()))
    }

    /// The key of an image that a service's is built from.
    pub fn of(service: &Name, image: &str) -> Self {
        Self(format!("{service}.{image}").into())
    }
}

fn grammar(text: &str) -> Result<(), Malformed> {
    match text.split_once('.') {
        None => Name::check(text),
        Some((service, image)) => {
            Name::check(service)?;
            name::check(image, &[])
        }
    }
}

text!(ImageKey);
scalar!(ImageKey {
    format: "image-key",
    description: "The name of a service, or `SERVICE.IMAGE` for an image that its stack takes something from",
    examples: ["db", "frontend.bun"],
    pattern: r"^[a-z][a-z0-9-]{0,38}[a-z0-9](\.[a-z][a-z0-9-]{0,38}[a-z0-9])?$",
    check: grammar,
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn keys_of_images() {
        canonical::<ImageKey>(&[("db", "db"), ("frontend.bun", "frontend.bun")]);
        refused::<ImageKey>(&[
            ("frontend.", "start with a letter"),
            ("Front.bun", "write `front`"),
        ]);
    }
}

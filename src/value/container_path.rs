//! Reads a path within a container.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::scalar::{scalar, text};

/// An absolute path in its shortest form, below the root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerPath(Arc<str>);

impl ContainerPath {
    /// Reads an absolute path; a slash at its end is taken off.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidPath, text, why);
        if !text.starts_with('/') {
            let found = bad("is not a path in a container: it starts with `/`");
            let meant = format!("/{}", text.trim_start_matches("./"));
            return Err(match Self::parse(&meant) {
                Ok(_) => found.help(format!("write `{meant}`")),
                Err(_) => found.help("write the whole path, such as `/var/lib/data`"),
            });
        }
        if text.contains([':', '\\']) {
            let why = "has a colon or backslash, which Docker takes for a separator";
            return Err(bad(why).help("write the path alone, such as `/var/lib/data`"));
        }
        if text.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
            let found = bad("has a blank or control character");
            return Err(found.help("mount it at a path without one"));
        }
        let path = text.strip_suffix('/').unwrap_or(text);
        if path.is_empty() {
            return Err(bad("is the root itself").help("name a directory or file below it"));
        }
        if path[1..].split('/').any(|part| matches!(part, "" | "." | "..")) {
            Err(bad("has an empty, `.` or `..` part").help("write the path that it leads to"))
        } else {
            Ok(Self(path.into()))
        }
    }

    /// Whether it is the other path or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        let rest = self.0.strip_prefix(&*other.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

text!(ContainerPath);
scalar!(ContainerPath {
    format: "container-path",
    description: "An absolute path within a container, without `..`, colons and blanks",
    examples: ["/var/lib/postgresql/data", "/tmp"],
    pattern: "^/[^:\\\\\\s]+$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn container_paths() {
        canonical::<ContainerPath>(&[
            ("/app/uploads/", "/app/uploads"),
            ("/tmp", "/tmp"),
            ("/a/..b", "/a/..b"),
        ]);
        refused::<ContainerPath>(&[
            ("app", "starts with `/`"),
            ("", "starts with `/`"),
            ("/", "root itself"),
            ("/a:ro", "colon"),
            ("/a\\b", "backslash"),
            ("/a b", "blank"),
            ("/a\n", "blank"),
            ("/a/../b", "`..` part"),
            ("/a//b", "empty"),
            ("//", "empty"),
            ("/./a", "`.`"),
        ]);
    }

    #[test]
    fn within_counts_whole_parts() {
        let path = |text| ContainerPath::parse(text).unwrap();
        assert!(path("/a/b").is_within(&path("/a")) && path("/a").is_within(&path("/a")));
        assert!(!path("/ab").is_within(&path("/a")));
    }
}

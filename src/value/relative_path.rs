//! Reads a path that starts at the blueprint's folder.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::scalar::{scalar, text};

/// A relative path with forward slashes in its shortest form; it may climb, but only at its start.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelativePath(Arc<str>);

impl RelativePath {
    /// Reads a relative path; `./` at its start and `/` at its end are taken off.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidPath, text, why);
        if text.is_empty() {
            return Err(bad("is no path").help("write `.` for the folder of the blueprint"));
        }
        if text.contains('\\') {
            return Err(bad("has a backslash").help(format!("write `{}`", text.replace('\\', "/"))));
        }
        if text.starts_with(['/', '~']) || text.contains(':') {
            return Err(bad("is not relative: another machine has nothing at that place")
                .help("write the path from the folder of the blueprint"));
        }
        if text.contains(char::is_control) || text.split('/').any(|part| part.trim() != part) {
            return Err(bad("has a control character, or a blank beside a slash or an end"));
        }
        let path = text.strip_suffix('/').unwrap_or(text);
        let path = path.strip_prefix("./").unwrap_or(path);
        let mut below = path.split('/').skip_while(|part| *part == "..");
        if path == "." || !below.any(|part| matches!(part, "" | "." | "..")) {
            Ok(Self(path.into()))
        } else {
            Err(bad("has an empty, `.` or `..` part after its start")
                .help("write the path that it leads to"))
        }
    }

    /// How many folders it climbs before it descends.
    pub fn climbs(&self) -> usize {
        self.0.split('/').take_while(|part| *part == "..").count()
    }
}

text!(RelativePath);
scalar!(RelativePath {
    format: "relative-path",
    description: "A path from the folder of the blueprint, with forward slashes; it may start with `../`",
    examples: ["../backend", "templates/motd.txt", "."],
    pattern: "^[^/~\\\\:][^\\\\:]*$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn relative_paths() {
        canonical::<RelativePath>(&[
            (".", "."),
            ("./", "."),
            ("./a b/c/", "a b/c"),
            ("../../x", "../../x"),
            ("..", ".."),
            ("...", "..."),
        ]);
        refused::<RelativePath>(&[
            ("", "is no path"),
            ("/etc", "is not relative"),
            ("~/x", "is not relative"),
            ("C:/x", "is not relative"),
            ("https://x", "is not relative"),
            ("a\\b", "write `a/b`"),
            ("a\nb", "control"),
            ("a ", "blank"),
            ("a /b", "blank"),
            ("a/../b", "leads to"),
            ("../a/..", "leads to"),
            ("a//b", "leads to"),
            ("././a", "leads to"),
            (".//a", "leads to"),
        ]);
        let climbs = |text| RelativePath::parse(text).unwrap().climbs();
        assert_eq!((climbs("../../x"), climbs("x"), climbs("..")), (2, 0, 1));
    }
}

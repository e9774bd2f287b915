//! Reads the path of a URL.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::scalar::{scalar, text};

/// The longest that a route of the Gateway API holds, in characters.
const LONGEST: usize = 1024;

/// A path that nginx, Kubernetes and every client read alike: nothing in it is encoded, matched or substituted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPath(Arc<str>);

impl UrlPath {
    /// Reads a path that starts with `/`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidPath, text, why);
        let known =
            |letter: char| letter.is_ascii_alphanumeric() || "/-._~!&()+,=:@".contains(letter);
        if !text.starts_with('/') {
            let found = bad("is not a path: it starts with `/`");
            let meant = format!("/{text}");
            return Err(match Self::parse(&meant) {
                Ok(_) => found.help(format!("write `{meant}`")),
                Err(_) => found.help("write the path alone, such as `/api`"),
            });
        }
        if let Some(letter) = text.chars().find(|letter| !known(*letter)) {
            let found =
                bad(&format!("has `{}`, which a path cannot hold", letter.escape_default()));
            return Err(match letter {
                '*' => found.help("leave it out: a path stands for everything below it"),
                '?' | '#' => found.help("write the path alone, without query and fragment"),
                '%' => found
                    .help("a path is matched after decoding, so an encoded letter never matches"),
                _ => found.help("write it with letters, digits and `/`, such as `/api/auth`"),
            });
        }
        if text.len() > LONGEST {
            return Err(bad("is too long: a path has at most 1024 characters"));
        }
        if text.contains("//") || text.split('/').any(|part| part == "." || part == "..") {
            let why = "has an empty, `.` or `..` part, which clients and servers take out";
            return Err(bad(why).help("write the path that it leads to"));
        }
        Ok(Self(text.into()))
    }
}

text!(UrlPath);
scalar!(UrlPath {
    format: "url-path",
    description: "The path of a URL: starts with `/`, without query, fragment, wildcards and encoded letters",
    examples: ["/", "/api/auth", "/_next/static/"],
    pattern: "^/[A-Za-z0-9/._~!&()+,=:@-]*$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn url_paths() {
        canonical::<UrlPath>(&[
            ("/", "/"),
            ("/.well-known/x..y", "/.well-known/x..y"),
            ("/a/", "/a/"),
        ]);
        refused::<UrlPath>(&[
            ("", "starts with `/`"),
            ("api", "starts with `/`"),
            ("/a b", "has ` `"),
            ("/a\n", "has `\\n`"),
            ("/a?b", "without query"),
            ("/a#b", "without query"),
            ("/api/*", "everything below"),
            ("/a%20b", "after decoding"),
            ("/{id}", "has `{`"),
            ("/a;b", "has `;`"),
            ("/a$b", "has `$`"),
            ("/é", "cannot hold"),
            ("/a/../b", "`..` part"),
            ("/..", "`..` part"),
            ("//a", "empty"),
        ]);
    }
}

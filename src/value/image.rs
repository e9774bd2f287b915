//! Reads the reference of a container image.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::scalar::scalar;

/// A container image: `[REGISTRY/]REPOSITORY[:TAG][@sha256:DIGEST]`, kept as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Image {
    text: Arc<str>,
    /// Where the registry ends, which without one is the start.
    registry: usize,
    /// Where the repository ends.
    name: usize,
    /// Where the tag ends; without one, where the repository does.
    tag: usize,
}

impl Image {
    /// Reads a reference by the grammar of the distribution specification.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidImage, text, why);
        if text.contains("://") {
            return Err(bad("is a URL").help("write the image without the scheme"));
        }
        let rest = match text.split_once('@') {
            Some((rest, digest)) if is_digest(digest) => rest,
            Some(_) => {
                return Err(bad("has a bad digest: it is `sha256:` and 64 hexadecimal digits"));
            }
            None => text,
        };
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            Some(_) | None => (rest, None),
        };
        if !tag.is_none_or(is_tag) {
            return Err(bad("has a bad tag: 1 to 128 letters, digits, `_`, `.` and `-`"));
        }
        let (registry, repository) = match name.split_once('/') {
            Some((first, path)) if first.contains(['.', ':']) || first == "localhost" => {
                (Some(first), path)
            }
            Some(_) | None => (None, name),
        };
        if !registry.is_none_or(is_registry) {
            return Err(bad("has a bad registry: a host name and perhaps a port"));
        }
        if repository.bytes().any(|letter| letter.is_ascii_uppercase()) {
            return Err(
                bad("has capitals in its repository").help("write the repository in small letters")
            );
        }
        if name.len() > 255
            || is_hexadecimal(repository)
            || !repository.as_bytes().split(|byte| *byte == b'/').all(is_component)
        {
            return Err(bad("is not an image")
                .help("write it like `postgres:17.6` or `ghcr.io/owner/app:1.4.2`"));
        }
        let registry = registry.map_or(0, str::len);
        Ok(Self { text: text.into(), registry, name: name.len(), tag: rest.len() })
    }

    /// Takes a reference that the program composed of parts that were read.
    pub(crate) fn known(text: &str) -> Self {
        let whole = text.len();
        Self::parse(text).unwrap_or_else(|_| Self {
            text: text.into(),
            registry: 0,
            name: whole,
            tag: whole,
        })
    }

    /// The reference as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The registry, if one is written; without one it is Docker Hub.
    pub fn registry(&self) -> Option<&str> {
        (self.registry > 0).then(|| &self.text[..self.registry])
    }

    /// The path within the registry, as it is written: `postgres`, not `library/postgres`.
    pub fn repository(&self) -> &str {
        let path = &self.text[self.registry..self.name];
        path.strip_prefix('/').unwrap_or(path)
    }

    /// Registry and path as they are written, which is what a pod says.
    pub fn name(&self) -> &str {
        &self.text[..self.name]
    }

    /// Registry and path in full, which is what a container engine says: `docker.io/library/postgres`.
    pub fn full_name(&self) -> String {
        match self.registry() {
            Some(_) => self.name().to_owned(),
            None if self.name().contains('/') => format!("docker.io/{}", self.name()),
            None => format!("docker.io/library/{}", self.name()),
        }
    }

    /// The tag, if one is written.
    pub fn tag(&self) -> Option<&str> {
        self.text.get(self.name + 1..self.tag)
    }

    /// The digest with its `sha256:`, if one is written.
    pub fn digest(&self) -> Option<&str> {
        self.text.get(self.tag + 1..)
    }

    /// The same image under a tag of its own, for whoever must not share one; a digest is nobody's but the image's.
    #[must_use]
    pub fn apart(&self, suffix: &str) -> Self {
        if self.digest().is_some() {
            return self.clone();
        }
        let tag = self.tag().unwrap_or("latest");
        // A tag has 128 characters at most, all of them ASCII.
        let room = 127_usize.saturating_sub(suffix.len());
        let text = format!("{}:{}-{suffix}", self.name(), tag.get(..room).unwrap_or(tag));
        Self { tag: text.len(), text: text.into(), ..*self }
    }

    /// Whether the same text may mean another image tomorrow by design: no digest, and no tag or `latest`.
    pub fn is_floating(&self) -> bool {
        self.digest().is_none() && self.tag().is_none_or(|tag| tag == "latest")
    }

    /// The first number of a tag that starts with a version: 17 of `17.6-alpine` and of `v17`.
    pub fn major(&self) -> Option<u64> {
        let version = self.tag().map(|tag| tag.strip_prefix('v').unwrap_or(tag))?;
        version.split(['.', '-', '_']).next()?.parse().ok()
    }
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(is_hexadecimal)
}

/// 64 digits: a digest, and therefore never a repository.
fn is_hexadecimal(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_tag(tag: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=128).contains(&tag.len()) && tag.bytes().all(known) && !tag.starts_with(['.', '-'])
}

fn is_registry(registry: &str) -> bool {
    let (host, port) = registry.split_once(':').unwrap_or((registry, "0"));
    let is_label = |label: &[u8]| {
        let known = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        !label.is_empty()
            && label.iter().all(known)
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
    };
    host.as_bytes().split(|byte| *byte == b'.').all(is_label)
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && !port.is_empty()
}

/// Runs of small letters and digits, joined by one dot, one or two underscores, or any number of hyphens.
fn is_component(component: &[u8]) -> bool {
    let is_word = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9');
    let (first, last) = (component.first(), component.last());
    let ends_in_words = first.is_some_and(is_word) && last.is_some_and(is_word);
    let mut runs = component.chunk_by(|one, next| is_word(one) == is_word(next));
    ends_in_words
        && runs.all(|run| {
            run.first().is_some_and(is_word)
                || matches!(run, b"." | b"_" | b"__")
                || run.iter().all(|byte| *byte == b'-')
        })
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Image {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

scalar!(Image {
    format: "image",
    description: "A container image, `[REGISTRY/]REPOSITORY[:TAG][@sha256:DIGEST]`",
    examples: ["postgres:17.6", "ghcr.io/owner/app:1.4.2", "localhost:5000/app:dev"],
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    /// Registry, repository, tag and digest.
    type Parts<'a> = (Option<&'a str>, &'a str, Option<&'a str>, Option<&'a str>);

    #[test]
    fn names_are_told_as_written_and_in_full() {
        let names = |text: &str| {
            let image = Image::parse(text).unwrap();
            (image.name().to_owned(), image.full_name())
        };
        let same = |text: &str| (text.to_owned(), text.to_owned());
        assert_eq!(names("ghcr.io/a/b:1"), same("ghcr.io/a/b"));
        assert_eq!(names("localhost:5000/b:1"), same("localhost:5000/b"));
        assert_eq!(names("a/b:1"), ("a/b".to_owned(), "docker.io/a/b".to_owned()));
        assert_eq!(names("b:1"), ("b".to_owned(), "docker.io/library/b".to_owned()));
    }

    #[test]
    fn images_take_their_parts() {
        let digested = format!("ghcr.io/o/i:1.2@{DIGEST}");
        let cases: [(&str, Parts<'_>); 9] = [
            ("postgres", (None, "postgres", None, None)),
            ("postgres:17.6", (None, "postgres", Some("17.6"), None)),
            ("localhost:5000/x", (Some("localhost:5000"), "x", None, None)),
            ("localhost/x", (Some("localhost"), "x", None, None)),
            ("a_b/c__d", (None, "a_b/c__d", None, None)),
            ("a---b/c.d:_T-1", (None, "a---b/c.d", Some("_T-1"), None)),
            ("Quay.io:443/a/b:v1", (Some("Quay.io:443"), "a/b", Some("v1"), None)),
            (&format!("redis@{DIGEST}"), (None, "redis", None, Some(DIGEST))),
            (&digested, (Some("ghcr.io"), "o/i", Some("1.2"), Some(DIGEST))),
        ];
        for (text, parts) in cases {
            canonical::<Image>(&[(text, text)]);
            let image = Image::parse(text).unwrap();
            assert_eq!((image.registry(), image.repository(), image.tag(), image.digest()), parts);
        }
    }

    #[test]
    fn bad_images_are_refused() {
        refused::<Image>(&[
            ("", "is not an image"),
            ("Postgres:17", "small letters"),
            ("postgres:", "bad tag"),
            ("postgres:-1", "bad tag"),
            ("postgres :17", "is not an image"),
            ("a/", "is not an image"),
            ("/a", "is not an image"),
            ("a//b", "is not an image"),
            ("a___b", "is not an image"),
            ("a..b/c", "bad registry"),
            ("x/a..b", "is not an image"),
            ("x/-a", "is not an image"),
            ("x/é", "is not an image"),
            ("x.io:http/a", "bad registry"),
            ("x.io:/a", "bad registry"),
            ("https://x.io/a", "without the scheme"),
            ("a@sha256:12", "bad digest"),
            ("a@md5:12", "bad digest"),
            (&DIGEST[7..], "is not an image"),
        ]);
    }

    #[test]
    fn tags_tell_versions() {
        let image = |text: &str| Image::parse(text).unwrap();
        let cases = [
            ("17.6", Some(17)),
            ("v3", Some(3)),
            ("8-alpine", Some(8)),
            ("7abc", None),
            ("main", None),
        ];
        for (tag, major) in cases {
            assert_eq!(image(&format!("x:{tag}")).major(), major, "{tag}");
            assert!(!image(&format!("x:{tag}")).is_floating());
        }
        assert!(image("x").is_floating() && image("x:latest").is_floating());
        assert!(!image(&format!("x:latest@{DIGEST}")).is_floating());
    }
}

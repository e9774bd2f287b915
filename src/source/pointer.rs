//! Turns path segments into a JSON Pointer (RFC 6901) and back.

use std::borrow::Cow;
use std::fmt;

/// A place on the way down a tree: its pointer is made only where something is found there.
#[derive(Debug, Clone, Copy)]
pub enum Way<'a> {
    /// A section of the root.
    Section(&'a str),
    /// The entry of that key.
    Key(&'a Way<'a>, &'a str),
    /// The item of that index.
    Item(&'a Way<'a>, usize),
}

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Section(key) => write!(f, "/{}", escape(key)),
            Self::Key(above, key) => write!(f, "{above}/{}", escape(key)),
            Self::Item(above, index) => write!(f, "{above}/{index}"),
        }
    }
}

/// The pointer one level below `pointer`.
pub fn push(pointer: &str, segment: &str) -> String {
    [pointer, "/", &escape(segment)].concat()
}

/// A segment as it is written within a pointer: `~` as `~0`, `/` as `~1`.
pub fn escape(segment: &str) -> Cow<'_, str> {
    if segment.bytes().fold(false, |found, byte| found | matches!(byte, b'~' | b'/')) {
        Cow::Owned(segment.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(segment)
    }
}

/// The segments of a pointer, unescaped; none for the root, which is the empty pointer.
pub fn segments(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescape)
}

/// `~1` comes before `~0`, so that `~01` means `~1`.
fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.bytes().any(|byte| byte == b'~') {
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_come_back_as_they_went_in() {
        let names = ["", "a", "/", "~", "~1", "api.${env.domain}", "0", "a/b~c"];
        let pointer = names.iter().fold(String::new(), |pointer, name| push(&pointer, name));
        assert_eq!(pointer, "//a/~1/~0/~01/api.${env.domain}/0/a~1b~0c");
        assert_eq!(segments(&pointer).collect::<Vec<_>>(), names);
        assert_eq!(segments("").count(), 0);
    }
}

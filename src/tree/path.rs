//! Turns a text into a path that cannot leave the folder it is joined to.

use std::borrow::Borrow;
use std::error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The lock, beside which nothing else may be compiled to its name.
pub const LOCK: &str = "formwork.lock";
/// The file that is renamed to its target once it is complete; a run that was killed may leave one behind.
pub(super) const TEMPORARY: &str = ".formwork.tmp";

/// What file systems take for one name, and what a whole path may have below any root.
const LONGEST_NAME: usize = 255;
const LONGEST_PATH: usize = 2048;

/// The place of a compiled file below the output folder: `/`-separated, and never upwards or outwards. Copies share it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArtifactPath(Arc<str>);

impl ArtifactPath {
    /// Reads a path.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        match fault(text) {
            None => Ok(Self(text.into())),
            Some(fault) => Err(PathError { path: excerpt(text), fault }),
        }
    }

    /// The path as it is written.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folders it lies in, outermost first: `a` and `a/b` for `a/b/c`.
    pub fn folders(&self) -> impl DoubleEndedIterator<Item = &str> {
        memchr::memchr_iter(b'/', self.0.as_bytes()).map(|at| &self.0[..at])
    }

    /// Whether it is `other` or lies in the folder `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.strip_prefix(&*other.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Its place on disk.
    pub fn under(&self, root: &Path) -> PathBuf {
        root.join(&*self.0)
    }
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for ArtifactPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Why a text is not a path inside the output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathError {
    /// The text, shortened and with control characters escaped.
    pub path: String,
    /// What is wrong with it.
    pub fault: PathFault,
}

/// What can be wrong with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathFault {
    /// Nothing between two `/`, or nothing at all.
    EmptySegment,
    /// Starts at the root of a disk.
    Absolute,
    /// Has a segment `.` or `..`.
    Dots,
    /// Has a character that no file name should have.
    Character(char),
    /// Names the lock, its temporary file or something inside `.git`.
    Reserved,
    /// Longer than a file system takes.
    TooLong,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a path inside the output folder: ", self.path)?;
        match self.fault {
            PathFault::EmptySegment => write!(f, "a name is empty; write `folder/file`"),
            PathFault::Absolute => write!(f, "it is absolute; write it relative to the folder"),
            PathFault::Dots => write!(f, "`.` and `..` are not allowed; write the plain path"),
            PathFault::Character(c) => {
                write!(f, "`{}` is not allowed; separate with `/`", c.escape_default())
            }
            PathFault::Reserved => {
                write!(f, "`{LOCK}`, `{TEMPORARY}` and `.git` are taken; choose another name")
            }
            PathFault::TooLong => {
                write!(f, "a name has at most {LONGEST_NAME} bytes, a path {LONGEST_PATH}")
            }
        }
    }
}

impl error::Error for PathError {}

/// Says of most paths that nothing is wrong with them: those of plain characters in which no name starts with a dot.
#[allow(
    clippy::needless_bitwise_bool,
    reason = "without a way out, many bytes are looked at at a time"
)]
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let plain =
        |all: bool, byte: &u8| all & byte.is_ascii_graphic() & (*byte != b'\\') & (*byte != b':');
    let begins = |byte: u8| (byte != b'/') & (byte != b'.');
    let (Some((first, rest)), Some(last)) = (bytes.split_first(), bytes.last()) else {
        return false;
    };
    let names =
        bytes.iter().zip(rest).fold(begins(*first) & (*last != b'/'), |all, (one, next)| {
            all & ((*one != b'/') | begins(*next))
        });
    names && bytes.len() <= LONGEST_NAME && text != LOCK && bytes.iter().fold(true, plain)
}

fn fault(text: &str) -> Option<PathFault> {
    if is_plain(text) {
        return None;
    }
    // A drive, as in `C:/x`, replaces the folder that it is joined to.
    let drive = text.as_bytes().get(1) == Some(&b':') && text.starts_with(char::is_alphabetic);
    let may_be_bad = |byte: u8| !byte.is_ascii_graphic() || byte == b'\\';
    // All bytes are looked at, as then many are at once.
    let character = text
        .bytes()
        .filter(|byte| may_be_bad(*byte))
        .count()
        .gt(&0)
        .then(|| text.chars().find(|c| c.is_control() || *c == '\\'))
        .flatten();
    let (mut long, mut empty) = (text.len() > LONGEST_PATH, false);
    let (mut dots, mut reserved) = (false, text == LOCK);
    for name in text.as_bytes().split(|byte| *byte == b'/') {
        long |= name.len() > LONGEST_NAME;
        empty |= name.is_empty();
        if name.starts_with(b".") {
            dots |= matches!(name, b"." | b"..");
            reserved |= is_reserved(name);
        }
    }
    if text.starts_with('/') || drive {
        Some(PathFault::Absolute)
    } else if long {
        Some(PathFault::TooLong)
    } else if let Some(character) = character {
        Some(PathFault::Character(character))
    } else if empty {
        Some(PathFault::EmptySegment)
    } else if dots {
        Some(PathFault::Dots)
    } else if reserved {
        Some(PathFault::Reserved)
    } else {
        None
    }
}

/// Some file systems ignore case: `.GIT` would be the repository itself.
fn is_reserved(name: &[u8]) -> bool {
    name == TEMPORARY.as_bytes() || name.eq_ignore_ascii_case(b".git")
}

/// The beginning of a text, on one line, for messages about untrusted input.
pub(super) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push_str("...");
    }
    shown
}

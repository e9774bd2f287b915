//! Says what is wrong with a lock, and on which line.

use std::error;
use std::fmt;

use crate::tree::lock::LARGEST;
use crate::tree::path::{ArtifactPath, PathError};

/// A line of a lock that cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub fault: LockFault,
}

/// What can be wrong with a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockFault {
    /// Not `<hash> <mode> <path>`.
    Shape(String),
    /// Not 64 hexadecimal digits in lower case.
    Hash(String),
    /// Neither 644 nor 755.
    Mode(String),
    /// Not a path inside the folder.
    Path(PathError),
    /// The path stands on an earlier line.
    Duplicate(ArtifactPath),
    /// A link, a folder or a device.
    NotAFile,
    /// Larger than any lock.
    TooLarge,
    /// Not text.
    NotUtf8,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.fault {
            LockFault::Shape(line) => write!(f, "`{line}` is not `<hash> <mode> <path>`"),
            LockFault::Hash(hash) => {
                write!(f, "`{hash}` is not a SHA-256 of 64 lower-case hexadecimal digits")
            }
            LockFault::Mode(mode) => write!(f, "mode `{mode}` is neither `644` nor `755`"),
            LockFault::Path(error) => error.fmt(f),
            LockFault::Duplicate(path) => write!(f, "`{path}` is listed twice"),
            LockFault::NotAFile => {
                write!(f, "the lock is a link, a folder or a device, not a file")
            }
            LockFault::TooLarge => write!(f, "the lock has more than {} MiB", LARGEST >> 20),
            LockFault::NotUtf8 => write!(f, "the line is not UTF-8"),
        }
    }
}

impl error::Error for LockError {}

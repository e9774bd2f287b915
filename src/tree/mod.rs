//! Holds the compiled files in memory, and turns them into files in a folder or into what differs there.

pub mod compare;
pub mod diff;
mod disk;
pub mod error;
mod hand;
pub mod hash;
pub mod hold;
pub mod lock;
pub mod path;
mod step;
#[cfg(test)]
mod tests;
pub mod write;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, OnceLock};

use crate::map::IndexSet;
use crate::tree::hash::Hash;
use crate::tree::path::ArtifactPath;

/// What leaves the compiler: every file by its path, each with one owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    files: BTreeMap<ArtifactPath, Artifact>,
    /// Every folder that a file lies in, however deep.
    folders: IndexSet<String>,
}

impl Tree {
    /// A tree without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, unless another one stands at its path, above it or below it.
    pub fn insert(&mut self, path: ArtifactPath, artifact: Artifact) -> Result<(), Occupied> {
        // Most files are not the first ones in their folders.
        let is_new = |folder: &&str| !self.folders.contains(*folder);
        let new: Vec<&str> = path.folders().rev().take_while(is_new).collect();
        if let Some(by) = self.in_the_way(&path, &new) {
            return Err(Occupied { by: by.clone(), path });
        }
        for folder in new {
            self.folders.insert(folder.to_owned());
        }
        match self.files.entry(path) {
            Entry::Vacant(place) => {
                place.insert(artifact);
                Ok(())
            }
            Entry::Occupied(present) => {
                let path = present.key().clone();
                Err(Occupied { by: path.clone(), path })
            }
        }
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&Artifact> {
        self.files.get(path)
    }

    /// The files below a folder, or the one at that very path.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = (&ArtifactPath, &Artifact)> {
        let from = self.files.range::<str, _>((Bound::Included(folder), Bound::Unbounded));
        let near = from.take_while(move |(path, _)| path.as_str().starts_with(folder));
        near.filter(move |(path, _)| {
            let rest = &path.as_str()[folder.len()..];
            rest.is_empty() || rest.starts_with('/')
        })
    }

    /// All files, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&ArtifactPath, &Artifact)> {
        self.files.iter()
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// A file below a path, or above it, where only the folders that are new can be files.
    fn in_the_way(&self, path: &ArtifactPath, new: &[&str]) -> Option<&ArtifactPath> {
        if self.folders.contains(path.as_str()) {
            return self.below(path.as_str()).next().map(|(path, _)| path);
        }
        let above = new.iter().find_map(|folder| self.files.get_key_value(*folder));
        above.map(|(path, _)| path)
    }
}

/// One compiled file: an LF text that ends in exactly one newline, and its mode. Copies share the text.
#[derive(Debug, Clone)]
pub struct Artifact {
    text: Arc<Text>,
    mode: Mode,
}

/// A text, and its hash once that is asked for.
#[derive(Debug)]
struct Text {
    text: String,
    hash: OnceLock<Hash>,
}

impl Artifact {
    /// A file that is read.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Mode::Plain)
    }

    /// A file that is run.
    pub fn executable(text: impl Into<String>) -> Self {
        Self::new(text, Mode::Executable)
    }

    /// Takes a text; CRLF becomes LF, and newlines at the end become one.
    pub fn new(text: impl Into<String>, mode: Mode) -> Self {
        let mut text = text.into();
        if let Cow::Owned(lf) = line_feeds(text.as_bytes()) {
            // Only bytes `\r` were dropped, so the text is still UTF-8.
            text = String::from_utf8(lf).unwrap_or(text);
        }
        text.truncate(text.trim_end_matches(['\n', '\r']).len());
        text.push('\n');
        Self::finished(text, mode)
    }

    /// Takes a text as serialisers write it: with LF line ends, and one newline at its end.
    pub fn written(text: String) -> Self {
        debug_assert!(text.ends_with('\n') && !text.ends_with("\n\n") && !text.contains('\r'));
        Self::finished(text, Mode::Plain)
    }

    fn finished(text: String, mode: Mode) -> Self {
        Self { text: Arc::new(Text { text, hash: OnceLock::new() }), mode }
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text.text
    }

    /// Whether it is read or run.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The hash of the text, which is computed once for all copies.
    pub fn hash(&self) -> &Hash {
        self.text.hash.get_or_init(|| Hash::of(self.text().as_bytes()))
    }
}

impl PartialEq for Artifact {
    fn eq(&self, other: &Self) -> bool {
        (self.text(), self.mode) == (other.text(), other.mode)
    }
}

impl Eq for Artifact {}

/// Whether a file is only read or also run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// 644.
    Plain,
    /// 755.
    Executable,
}

impl Mode {
    /// The permission bits.
    pub fn bits(self) -> u32 {
        match self {
            Self::Plain => 0o644,
            Self::Executable => 0o755,
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:o}", self.bits())
    }
}

/// Two files were compiled to places that exclude each other: the compiler's fault, or a user template's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occupied {
    /// The file that was refused.
    pub path: ArtifactPath,
    /// The file that was there before.
    pub by: ArtifactPath,
}

impl fmt::Display for Occupied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, by } = self;
        if path == by {
            write!(f, "`{path}` is compiled twice: give one of the two another path")
        } else {
            write!(
                f,
                "`{path}` and `{by}` cannot both be compiled: one is a folder to the other; rename one"
            )
        }
    }
}

impl std::error::Error for Occupied {}

/// Drops each `\r` that stands before a line end: all texts are compared and hashed without them, so that a
/// checkout that writes CRLF has edited nothing.
fn line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\r', bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut kept = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        if byte == b'\n' {
            while kept.last() == Some(&b'\r') {
                kept.pop();
            }
        }
        kept.push(byte);
    }
    Cow::Owned(kept)
}

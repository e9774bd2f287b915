//! Turns a tree, a folder and its lock into what differs: one verdict for each path that is or was ours.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::fs::Metadata;
use std::path::Path;

use crate::tree::disk::{self, Disk, Found};
use crate::tree::error::{Block, TreeError};
use crate::tree::hash::Hash;
use crate::tree::line_feeds;
use crate::tree::lock::Lock;
use crate::tree::path::{ArtifactPath, TEMPORARY};
use crate::tree::{Artifact, Mode, Tree};

/// What is read of a file that is not ours; no text for people is larger.
const LARGEST: u64 = 16 << 20;

/// One path, and how what is there differs from what was compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<'a> {
    /// The path.
    pub path: &'a ArtifactPath,
    /// How it differs.
    pub verdict: Verdict,
    /// What is on disk.
    pub old: Old,
    /// What was compiled; an orphan has nothing.
    pub new: Option<&'a Artifact>,
}

/// How a path on disk differs from what was compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The disk has what was compiled, whatever the lock says.
    Current,
    /// The disk has what we wrote, but something else was compiled, or the mode differs.
    Stale,
    /// We wrote it, and the disk has neither that nor what was compiled.
    HandEdited,
    /// It was compiled and is not on disk.
    Missing,
    /// It was compiled, and the disk has a file there that we never wrote.
    Unmanaged,
    /// We wrote it, and it is no longer compiled.
    Orphan(Remains),
    /// Something stands in the way that is never replaced.
    Blocked(Block),
}

/// What is left of a file that is no longer compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remains {
    /// Nothing of ours.
    Nothing,
    /// What we wrote.
    Untouched,
    /// What someone made of it.
    Edited,
}

/// What is on disk at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Old {
    /// No file.
    Nothing,
    /// The compiled text, with its mode.
    Compiled,
    /// Another text or mode.
    Text {
        /// The text, with LF line ends.
        text: String,
        /// The mode.
        mode: Mode,
    },
    /// A file whose text cannot be shown.
    Opaque(Opaque),
}

/// Why the text of a file cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opaque {
    /// It is not UTF-8.
    NotUtf8,
    /// It is larger than any compiled file.
    TooLarge,
}

impl Change<'_> {
    /// Whether the disk needs no work here.
    pub fn is_settled(&self) -> bool {
        matches!(self.verdict, Verdict::Current | Verdict::Orphan(Remains::Nothing))
    }

    /// Whether the disk has what was compiled, with another mode.
    pub fn differs_in_mode_alone(&self) -> bool {
        match (&self.old, self.new) {
            (Old::Text { text, mode }, Some(new)) => text == new.text() && *mode != new.mode,
            _ => false,
        }
    }

    /// The text on disk, if there is one that can be shown.
    pub fn old_text(&self) -> Option<&str> {
        match &self.old {
            Old::Text { text, .. } => Some(text),
            Old::Compiled => self.new.map(Artifact::text),
            Old::Nothing | Old::Opaque(_) => None,
        }
    }
}

impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => write!(f, "is not UTF-8 text"),
            Self::TooLarge => write!(f, "is larger than {} MiB", LARGEST >> 20),
        }
    }
}

/// Compares a whole tree with a folder, sorted by path. The folder need not exist.
pub fn compare<'a>(
    tree: &'a Tree,
    root: &Path,
    lock: &'a Lock,
) -> Result<Vec<Change<'a>>, TreeError> {
    if fs::metadata(root).is_ok_and(|metadata| !metadata.is_dir()) {
        return Err(TreeError::NotAFolder { path: root.to_owned() });
    }
    let mut comparison = Comparison { root, lock, disk: Disk::new(root), leaving: BTreeMap::new() };
    let mut changes = Vec::with_capacity(tree.len());
    for path in lock.paths().filter(|path| tree.get(path.as_str()).is_none()) {
        changes.push(comparison.orphan(path)?);
    }
    for (path, artifact) in tree.iter() {
        changes.push(comparison.compiled(path, artifact)?);
    }
    changes.sort_unstable_by_key(|change| change.path);
    Ok(changes)
}

struct Comparison<'a, 'r> {
    root: &'r Path,
    lock: &'a Lock,
    disk: Disk<'r>,
    /// The orphans that will be gone: they make room for a compiled folder or file.
    leaving: BTreeMap<&'a str, Remains>,
}

impl<'a> Comparison<'a, '_> {
    fn orphan(&mut self, path: &'a ArtifactPath) -> Result<Change<'a>, TreeError> {
        let (verdict, old) = self.judge_orphan(path)?;
        if let Verdict::Orphan(remains @ (Remains::Nothing | Remains::Untouched)) = verdict {
            self.leaving.insert(path.as_str(), remains);
        }
        Ok(Change { path, verdict, old, new: None })
    }

    fn judge_orphan(&mut self, path: &ArtifactPath) -> Result<(Verdict, Old), TreeError> {
        let was_ours = self.lock.has_written(path);
        let metadata = match self.disk.look(path)? {
            Found::File(metadata) => metadata,
            Found::Blocked(block @ (Block::Link | Block::LinkAbove(_) | Block::Special))
                if was_ours =>
            {
                return Ok((Verdict::Blocked(block), Old::Nothing));
            }
            Found::Nothing | Found::Blocked(_) => {
                return Ok((Verdict::Orphan(Remains::Nothing), Old::Nothing));
            }
        };
        let bytes = self.disk.read(path, &metadata, limit(None))?;
        Ok(match seen(bytes, disk::mode(&metadata, Mode::Plain)) {
            (old, Some(hash)) if self.lock.owns(path, hash) => {
                (Verdict::Orphan(Remains::Untouched), old)
            }
            (old, _) if was_ours => (Verdict::Orphan(Remains::Edited), old),
            _ => (Verdict::Orphan(Remains::Nothing), Old::Nothing),
        })
    }

    fn compiled(
        &mut self,
        path: &'a ArtifactPath,
        artifact: &'a Artifact,
    ) -> Result<Change<'a>, TreeError> {
        let (verdict, old) = match self.disk.look(path)? {
            Found::Nothing => (Verdict::Missing, Old::Nothing),
            Found::Blocked(block) if self.is_leaving(path, &block) => {
                (Verdict::Missing, Old::Nothing)
            }
            Found::Blocked(block) => (Verdict::Blocked(block), Old::Nothing),
            Found::File(metadata) => self.judge(path, artifact, &metadata)?,
        };
        Ok(Change { path, verdict, old, new: Some(artifact) })
    }

    /// The bytes are compared first; only what differs is hashed.
    fn judge(
        &self,
        path: &ArtifactPath,
        artifact: &Artifact,
        metadata: &Metadata,
    ) -> Result<(Verdict, Old), TreeError> {
        let mode = disk::mode(metadata, artifact.mode);
        let bytes = self.disk.read(path, metadata, limit(Some(artifact)))?;
        if bytes.as_deref().is_some_and(|bytes| is_text(bytes, artifact)) {
            return Ok(if mode == artifact.mode {
                (Verdict::Current, Old::Compiled)
            } else {
                (Verdict::Stale, Old::Text { text: artifact.text().to_owned(), mode })
            });
        }
        let (old, hash) = seen(bytes, mode);
        let verdict = if hash.is_some_and(|hash| self.lock.owns(path, hash)) {
            Verdict::Stale
        } else if self.lock.has_written(path) && self.lock.conflict().is_none() {
            Verdict::HandEdited
        } else {
            Verdict::Unmanaged
        };
        Ok((verdict, old))
    }

    /// Whether what stands in the way will be gone: a file became a folder, or a folder a file.
    fn is_leaving(&self, path: &ArtifactPath, block: &Block) -> bool {
        match block {
            Block::FileAbove(folder) => self.is_untouched(folder),
            Block::Folder => self.holds_only_leaving(path.as_str()),
            Block::Link | Block::LinkAbove(_) | Block::Special => false,
        }
    }

    fn is_untouched(&self, path: &str) -> bool {
        self.leaving.get(path) == Some(&Remains::Untouched)
    }

    /// Whether a folder was made for orphans and holds nothing else.
    fn holds_only_leaving(&self, folder: &str) -> bool {
        let inside = format!("{folder}/");
        let mut after = self.leaving.range(inside.as_str()..);
        let made_by_us = after.next().is_some_and(|(path, _)| path.starts_with(&inside));
        let Ok(entries) = fs::read_dir(self.root.join(folder)) else { return false };
        made_by_us
            && entries.into_iter().all(|entry| {
                let Ok(entry) = entry else { return false };
                let name = entry.file_name();
                let (Some(name), Ok(kind)) = (name.to_str(), entry.file_type()) else {
                    return false;
                };
                let path = format!("{inside}{name}");
                if kind.is_dir() {
                    self.holds_only_leaving(&path)
                } else {
                    name == TEMPORARY || self.is_untouched(&path)
                }
            })
    }
}

/// Whether bytes on disk are a compiled text, line ends aside.
pub(super) fn is_text(bytes: &[u8], artifact: &Artifact) -> bool {
    let text = artifact.text().as_bytes();
    bytes == text || (bytes.len() > text.len() && *line_feeds(bytes) == *text)
}

/// The size up to which a file may be a compiled one: CRLF at most doubles it.
pub(super) fn limit(artifact: Option<&Artifact>) -> u64 {
    artifact.map_or(LARGEST, |artifact| LARGEST.max(2 * artifact.text().len() as u64))
}

/// What is on disk, and its hash if it was read.
pub(super) fn seen(bytes: Option<Vec<u8>>, mode: Mode) -> (Old, Option<Hash>) {
    let Some(bytes) = bytes else { return (Old::Opaque(Opaque::TooLarge), None) };
    let text = match line_feeds(&bytes) {
        Cow::Owned(text) => text,
        Cow::Borrowed(_) => bytes,
    };
    let hash = Hash::of(&text);
    let old = match String::from_utf8(text) {
        Ok(text) => Old::Text { text, mode },
        Err(_) => Old::Opaque(Opaque::NotUtf8),
    };
    (old, Some(hash))
}

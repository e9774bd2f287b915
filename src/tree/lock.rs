//! Turns `formwork.lock` into the paths that are ours, each with the hashes of what we wrote there, and back.

mod fault;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use crate::tree::Mode;
use crate::tree::error::TreeError;
use crate::tree::hash::Hash;
use crate::tree::path::{ArtifactPath, LOCK, excerpt};
use crate::value::Name;
pub use fault::{LockError, LockFault};

const HEADER: &str = "\
# The files in this folder that are compiled, each with the SHA-256 of its text and its mode. Do not edit.
# After a merge conflict here: settle the blueprint, then build again.
";

/// What the line begins with that names the system.
const SYSTEM: &str = "system ";

/// A hundred thousand files have about 15 MB of lock.
const LARGEST: u64 = 64 << 20;

/// What was written into a folder, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// The system that the files belong to; older locks do not name it.
    system: Option<String>,
    records: BTreeMap<ArtifactPath, Vec<Record>>,
    conflict: Option<usize>,
}

/// One text that is ours at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The hash of the text.
    pub hash: Hash,
    /// The mode it was written with.
    pub mode: Mode,
    /// Whether it is known to have been written.
    pub state: State,
}

/// Whether a text is known to have been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was.
    Written,
    /// A run set out to write it; if that run was killed, the text is there or is not.
    Pending,
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pending = if self.state == State::Pending { "pending " } else { "" };
        write!(f, "{pending}{} {}", self.hash, self.mode)
    }
}

impl Lock {
    /// Reads the lock of a folder; a folder without one has an empty lock.
    pub fn read(root: &Path) -> Result<Self, TreeError> {
        Self::read_with_text(root).map(|(lock, _)| lock)
    }

    /// Reads the lock of a folder and keeps its text, to tell whether writing it again would change it.
    pub(super) fn read_with_text(root: &Path) -> Result<(Self, Option<String>), TreeError> {
        let Some(text) = read_text(root)? else { return Ok((Self::default(), None)) };
        let lock = Self::parse(&text)
            .map_err(|source| TreeError::Lock { path: root.join(LOCK), source })?;
        Ok((lock, Some(text)))
    }

    /// Reads the text of a lock. Where a merge left its marks, both sides are taken, and [`Lock::conflict`] says so.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let mut lock = Self::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (line, number) in text.lines().zip(1..) {
            if is_mark(line) {
                lock.conflict.get_or_insert(number);
            } else if let Some(name) = line.strip_prefix(SYSTEM) {
                let named = lock.name_system(name, line);
                named.map_err(|fault| LockError { line: number, fault })?;
            } else if !line.starts_with('#') {
                let entry = parse_line(line).and_then(|(path, record)| lock.add(path, record));
                entry.map_err(|fault| LockError { line: number, fault })?;
            }
        }
        Ok(lock)
    }

    /// The text of the lock: one line for each path and hash, sorted by path.
    pub fn render(&self) -> String {
        let lines = self.records.iter().flat_map(|(path, records)| {
            records.iter().map(move |record| format!("{record} {path}\n"))
        });
        let system = self.system.iter().map(|name| format!("{SYSTEM}{name}\n"));
        std::iter::once(HEADER.to_owned()).chain(system).chain(lines).collect()
    }

    /// The system that the files belong to, if it is another one than that.
    pub fn other_system(&self, system: &str) -> Option<&str> {
        self.system.as_deref().filter(|name| *name != system)
    }

    /// Puts down which system the files belong to.
    pub(super) fn set_system(&mut self, system: &str) {
        self.system = Some(system.to_owned());
    }

    /// The line of the first merge-conflict mark.
    pub fn conflict(&self) -> Option<usize> {
        self.conflict
    }

    /// The paths in it, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &ArtifactPath> {
        self.records.keys()
    }

    /// Whether a text at a path is one that we wrote, or set out to write.
    pub fn owns(&self, path: &ArtifactPath, hash: Hash) -> bool {
        self.at(path).iter().any(|record| record.hash == hash)
    }

    /// Whether we ever wrote to a path; what was only pending may never have been ours.
    pub fn has_written(&self, path: &ArtifactPath) -> bool {
        self.at(path).iter().any(|record| record.state == State::Written)
    }

    /// The paths that a run set out to write without telling that it did.
    pub(super) fn pending(&self) -> impl Iterator<Item = &ArtifactPath> {
        let pending = |record: &Record| record.state == State::Pending;
        self.records.iter().filter(move |(_, all)| all.iter().any(pending)).map(|(path, _)| path)
    }

    /// Puts down that a text is about to be written; what was there before stays ours as well.
    pub(super) fn set_pending(&mut self, path: &ArtifactPath, hash: Hash, mode: Mode) {
        let record = Record { hash, mode, state: State::Pending };
        if !self.at(path).contains(&record) {
            self.records.entry(path.clone()).or_default().push(record);
        }
    }

    /// Puts down that a path holds one text and no other.
    pub(super) fn set_written(&mut self, path: &ArtifactPath, hash: Hash, mode: Mode) {
        self.records.insert(path.clone(), vec![Record { hash, mode, state: State::Written }]);
    }

    /// Gives up a path.
    pub(super) fn remove(&mut self, path: &ArtifactPath) {
        self.records.remove(path);
    }

    /// The lock without its conflict, once it has been settled.
    pub(super) fn settled(&self) -> Self {
        Self { conflict: None, ..self.clone() }
    }

    /// The system is named once, except after a mark.
    fn name_system(&mut self, name: &str, line: &str) -> Result<(), LockFault> {
        let again = self.system.is_some() && self.conflict.is_none();
        if again || Name::parse(name).is_err() {
            return Err(LockFault::Shape(excerpt(line)));
        }
        self.system.get_or_insert_with(|| name.to_owned());
        Ok(())
    }

    fn at(&self, path: &ArtifactPath) -> &[Record] {
        self.records.get(path).map_or(&[], Vec::as_slice)
    }

    /// A path is written once, except after a mark: there both sides of a merge name it, and either may be on disk.
    fn add(&mut self, path: ArtifactPath, mut record: Record) -> Result<(), LockFault> {
        let again = record.state == State::Written && self.has_written(&path);
        if self.conflict.is_some() && again {
            record.state = State::Pending;
        }
        let twice = self.at(&path).contains(&record);
        if self.conflict.is_none() && (again || twice) {
            return Err(LockFault::Duplicate(path));
        }
        if !twice {
            self.records.entry(path).or_default().push(record);
        }
        Ok(())
    }
}

/// The text on disk, if there is a lock; a link is not followed.
fn read_text(root: &Path) -> Result<Option<String>, TreeError> {
    let path = root.join(LOCK);
    let refused = |line, fault| {
        let source = LockError { line, fault };
        TreeError::Lock { path: path.clone(), source }
    };
    let metadata = match fs::symlink_metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(TreeError::NotAFolder { path: root.to_owned() });
        }
        Err(error) => return Err(TreeError::io("read", &path, error)),
    };
    if !metadata.is_file() {
        return Err(refused(1, LockFault::NotAFile));
    }
    if metadata.len() > LARGEST {
        return Err(refused(1, LockFault::TooLarge));
    }
    let bytes = fs::read(&path).map_err(|error| TreeError::io("read", &path, error))?;
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|byte| *byte == b'\n').count();
        refused(line, LockFault::NotUtf8)
    })
}

fn parse_line(line: &str) -> Result<(ArtifactPath, Record), LockFault> {
    let (state, rest) =
        line.strip_prefix("pending ").map_or((State::Written, line), |rest| (State::Pending, rest));
    let shape = || LockFault::Shape(excerpt(line));
    let (hash, rest) = rest.split_once(' ').ok_or_else(shape)?;
    let (mode, path) = rest.split_once(' ').ok_or_else(shape)?;
    let hash = Hash::parse(hash).ok_or_else(|| LockFault::Hash(excerpt(hash)))?;
    let mode = match mode {
        "644" => Mode::Plain,
        "755" => Mode::Executable,
        other => return Err(LockFault::Mode(excerpt(other))),
    };
    let path = ArtifactPath::parse(path).map_err(LockFault::Path)?;
    Ok((path, Record { hash, mode, state }))
}

/// The marks that git leaves around the sides of a conflict.
fn is_mark(line: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark))
}

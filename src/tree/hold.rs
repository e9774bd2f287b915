//! Turns a folder into one that no other run writes to for a while.

use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::tree::disk;
use crate::tree::error::TreeError;
use crate::tree::hash::Hash;
use crate::tree::path::LOCK;

/// An output folder that is this run's alone until it is dropped, also by a kill. It is taken before the folder is
/// compared: what was seen by then stays true until it has been acted upon.
#[derive(Debug)]
pub struct Held {
    root: PathBuf,
    /// Nothing where the folder is not there yet.
    lock: Option<File>,
}

impl Held {
    /// Takes a folder if it is there; else it is made, and taken, once something is written.
    ///
    /// # Errors
    /// [`TreeError::Busy`] while another run has it.
    pub fn new(root: &Path) -> Result<Self, TreeError> {
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let lock = if root.is_dir() { Some(lock(root)?) } else { None };
        Ok(Self { root: root.to_owned(), lock })
    }

    /// Takes a folder, and makes it first if it is not there.
    ///
    /// # Errors
    /// [`TreeError::Busy`] while another run has it.
    pub fn made(root: &Path) -> Result<Self, TreeError> {
        disk::make_folders(root).map_err(|error| TreeError::io("create", root, error))?;
        Self::new(root)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the folder was there.
    pub(super) fn is_there(&self) -> bool {
        self.lock.is_some()
    }

    /// Makes the folder if it was not there, unless another run has written to it meanwhile.
    pub(super) fn make(&mut self) -> Result<(), TreeError> {
        if self.is_there() {
            return Ok(());
        }
        let made = Self::made(&self.root)?;
        if fs::symlink_metadata(self.root.join(LOCK)).is_ok() {
            return Err(TreeError::Busy { root: self.root.clone() });
        }
        *self = made;
        Ok(())
    }
}

/// The folder itself is locked, which leaves nothing behind; where folders cannot be locked (Windows, NFS), a file
/// among the system's temporary ones stands for it.
fn lock(root: &Path) -> Result<File, TreeError> {
    let folder = File::open(root).map(|folder| (folder.try_lock(), folder));
    match folder {
        Ok((Ok(()), folder)) => Ok(folder),
        Ok((Err(TryLockError::WouldBlock), _)) => Err(TreeError::Busy { root: root.to_owned() }),
        Ok((Err(TryLockError::Error(_)), _)) | Err(_) => lock_aside(root),
    }
}

fn lock_aside(root: &Path) -> Result<File, TreeError> {
    let full = root.canonicalize().map_err(|error| TreeError::io("look at", root, error))?;
    let hash = Hash::of(full.as_os_str().as_encoded_bytes()).to_string();
    let path = env::temp_dir().join(format!("formwork-{}.lock", &hash[..16]));
    let failed = |error| TreeError::io("lock", &path, error);
    let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(TreeError::Busy { root: root.to_owned() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

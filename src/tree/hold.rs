//! Turns a folder into one that no other run writes to for a while.

use std::env;
use std::fs::{File, TryLockError};
use std::path::Path;

use crate::tree::error::TreeError;
use crate::tree::lock::Hash;

/// Holds a folder until the file is dropped, also by a kill. The folder itself is locked, which leaves nothing behind;
/// where folders cannot be locked (Windows, NFS), a file among the system's temporary ones stands for it.
pub fn hold(root: &Path) -> Result<File, TreeError> {
    let folder = File::open(root).map(|folder| (folder.try_lock(), folder));
    match folder {
        Ok((Ok(()), folder)) => Ok(folder),
        Ok((Err(TryLockError::WouldBlock), _)) => Err(TreeError::Busy { root: root.to_owned() }),
        Ok((Err(TryLockError::Error(_)), _)) | Err(_) => hold_aside(root),
    }
}

fn hold_aside(root: &Path) -> Result<File, TreeError> {
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

//! Turns single changes into steps on disk, each of which leaves every file whole.

use std::fs;
use std::path::Path;

use crate::tree::compare::{Change, Old, Remains, Verdict, is_text, limit, seen};
use crate::tree::disk::{self, Disk, Folder, Found};
use crate::tree::error::TreeError;
use crate::tree::lock::Lock;
use crate::tree::path::{ArtifactPath, TEMPORARY};
use crate::tree::step::Steps;
use crate::tree::{Artifact, Mode};

/// Carries out changes in a folder.
pub(super) struct Hand<'r> {
    pub(super) root: &'r Path,
    pub(super) steps: Steps<'r>,
}

impl Hand<'_> {
    /// Removes what a killed run left half-written, and opens the folders that it may have made without doing so.
    pub(super) fn clear_litter(&mut self, lock: &Lock) -> Result<(), TreeError> {
        let mut disk = Disk::new(self.root);
        let mut folders = vec![self.root.to_owned()];
        for above in lock.pending().flat_map(ArtifactPath::folders) {
            if let Folder::There = disk.folder(above)? {
                folders.push(self.root.join(above));
            }
        }
        folders.dedup();
        for folder in &folders[1..] {
            self.steps.open_folder(folder).map_err(|error| TreeError::io("open", folder, error))?;
        }
        for litter in folders.iter().map(|folder| folder.join(TEMPORARY)) {
            if fs::symlink_metadata(&litter).is_ok() {
                self.steps
                    .remove_file(&litter)
                    .map_err(|error| TreeError::io("remove", &litter, error))?;
            }
        }
        Ok(())
    }

    /// Removes what is left of an orphan, and the folders that only it kept; whether there was a file.
    pub(super) fn remove(&mut self, change: &Change) -> Result<bool, TreeError> {
        let nothing = change.verdict == Verdict::Orphan(Remains::Nothing);
        let removed = !nothing && is_as_compared(change, &mut Disk::new(self.root))?;
        if removed {
            let target = change.path.under(self.root);
            self.steps
                .remove_file(&target)
                .map_err(|error| TreeError::io("remove", &target, error))?;
        }
        let mut disk = Disk::new(self.root);
        for folder in change.path.folders().rev() {
            match disk.folder(folder)? {
                Folder::Absent => {}
                // A folder that still holds something cannot be removed, and is not to be.
                Folder::There if self.steps.remove_folder(&self.root.join(folder)).is_ok() => {}
                Folder::There | Folder::Blocked(_) => break,
            }
        }
        Ok(removed)
    }

    /// Writes a compiled file, and the folders above it.
    pub(super) fn write(&mut self, change: &Change, artifact: &Artifact) -> Result<(), TreeError> {
        // Looked at anew for each file: nothing may have become a link since the last.
        let mut disk = Disk::new(self.root);
        is_as_compared(change, &mut disk)?;
        for above in change.path.folders() {
            match disk.folder(above)? {
                Folder::There => {}
                Folder::Absent => {
                    let folder = self.root.join(above);
                    self.steps
                        .make_folder(&folder)
                        .map_err(|error| TreeError::io("create", &folder, error))?;
                    disk.made(above);
                }
                Folder::Blocked(block) => {
                    return Err(TreeError::Blocked { path: change.path.clone(), block });
                }
            }
        }
        self.replace(change.path.as_str(), artifact.text(), artifact.mode)
    }

    /// Writes a whole file beside its target and renames it: the target has its old text or its new one.
    pub(super) fn replace(&mut self, path: &str, text: &str, mode: Mode) -> Result<(), TreeError> {
        let target = self.root.join(path);
        let folder =
            path.rsplit_once('/').map_or(self.root.to_owned(), |(above, _)| self.root.join(above));
        self.steps
            .replace(&folder.join(TEMPORARY), &target, text, mode)
            .map_err(|error| TreeError::io("write", &target, error))
    }
}

/// Whether a file is there and still what the comparison saw; an error if it became anything else.
fn is_as_compared(change: &Change, disk: &mut Disk) -> Result<bool, TreeError> {
    let metadata = match disk.look(change.path)? {
        Found::Nothing => return Ok(false),
        Found::File(metadata) => metadata,
        Found::Blocked(block) => {
            return Err(TreeError::Blocked { path: change.path.clone(), block });
        }
    };
    let limit = limit(change.new);
    let bytes = disk.read(change.path, &metadata, limit)?;
    if let (Some(artifact), Some(bytes)) = (change.new, &bytes)
        && is_text(bytes, artifact)
    {
        return Ok(true);
    }
    match (&change.old, seen(bytes, disk::mode(&metadata, Mode::Plain)).0) {
        (Old::Text { text, .. }, Old::Text { text: now, .. }) if *text == now => Ok(true),
        (Old::Opaque(before), Old::Opaque(now)) if *before == now => Ok(true),
        _ => Err(TreeError::Raced { path: change.path.clone() }),
    }
}

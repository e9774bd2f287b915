//! Turns a path into what lies there on disk, without ever following a link.

use std::collections::BTreeMap;
use std::fs;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

use crate::tree::Mode;
use crate::tree::error::{Block, TreeError};
use crate::tree::path::ArtifactPath;

/// A folder on disk; each folder in it is looked at once.
pub(super) struct Disk<'r> {
    root: &'r Path,
    folders: BTreeMap<String, Folder>,
}

/// What lies at a path.
pub(super) enum Found {
    Nothing,
    File(Metadata),
    Blocked(Block),
}

/// What lies at a path above another.
#[derive(Clone)]
pub(super) enum Folder {
    There,
    Absent,
    Blocked(Block),
}

impl<'r> Disk<'r> {
    pub(super) fn new(root: &'r Path) -> Self {
        Self { root, folders: BTreeMap::new() }
    }

    /// What lies at a path, and whether the way to it is made of folders only.
    pub(super) fn look(&mut self, path: &ArtifactPath) -> Result<Found, TreeError> {
        let above = path.folders().next_back();
        match above.map_or(Ok(Folder::There), |above| self.folder(above))? {
            Folder::There => {}
            Folder::Absent => return Ok(Found::Nothing),
            Folder::Blocked(block) => return Ok(Found::Blocked(block)),
        }
        let Some(metadata) = self.metadata(path.as_str())? else { return Ok(Found::Nothing) };
        let kind = metadata.file_type();
        Ok(if kind.is_file() {
            Found::File(metadata)
        } else if kind.is_symlink() {
            Found::Blocked(Block::Link)
        } else if kind.is_dir() {
            Found::Blocked(Block::Folder)
        } else {
            Found::Blocked(Block::Special)
        })
    }

    /// Whether a folder is there, and every folder above it.
    pub(super) fn folder(&mut self, folder: &str) -> Result<Folder, TreeError> {
        if let Some(known) = self.folders.get(folder) {
            return Ok(known.clone());
        }
        let above = match folder.rsplit_once('/') {
            Some((above, _)) => self.folder(above)?,
            None => Folder::There,
        };
        let found = match above {
            Folder::There => match self.metadata(folder)? {
                None => Folder::Absent,
                Some(metadata) if metadata.is_dir() => Folder::There,
                Some(metadata) if metadata.is_symlink() => {
                    Folder::Blocked(Block::LinkAbove(folder.to_owned()))
                }
                Some(_) => Folder::Blocked(Block::FileAbove(folder.to_owned())),
            },
            other => other,
        };
        self.folders.insert(folder.to_owned(), found.clone());
        Ok(found)
    }

    /// Takes note of a folder that was absent and has been made.
    pub(super) fn made(&mut self, folder: &str) {
        let inside = format!("{folder}/");
        self.folders.retain(|known, _| !known.starts_with(&inside));
        self.folders.insert(folder.to_owned(), Folder::There);
    }

    /// The bytes of a file, unless there are more than `limit`.
    pub(super) fn read(
        &self,
        path: &ArtifactPath,
        metadata: &Metadata,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, TreeError> {
        if metadata.len() > limit {
            return Ok(None);
        }
        let path = path.under(self.root);
        fs::read(&path).map(Some).map_err(|error| TreeError::io("read", &path, error))
    }

    fn metadata(&self, path: &str) -> Result<Option<Metadata>, TreeError> {
        let path = self.root.join(path);
        match fs::symlink_metadata(&path) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(TreeError::io("look at", &path, error)),
        }
    }
}

/// Whether every user may look into a folder.
#[cfg(unix)]
pub(super) fn is_open(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;

    Ok(fs::metadata(path)?.permissions().mode() & 0o755 == 0o755)
}

/// Whether every user may look into a folder; folders have no mode here.
#[cfg(not(unix))]
pub(super) fn is_open(_path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Lets every user look into a folder, whatever the umask is: containers read what is mounted as users of their own.
#[cfg(unix)]
pub(super) fn open_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path)?.permissions().mode() | 0o755;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// Folders have no mode here.
#[cfg(not(unix))]
pub(super) fn open_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Sets the very mode of a file, whatever the umask is.
#[cfg(unix)]
pub(super) fn set_mode(file: &File, mode: Mode) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    file.set_permissions(fs::Permissions::from_mode(mode.bits()))
}

/// Files have no mode here.
#[cfg(not(unix))]
pub(super) fn set_mode(_file: &File, _mode: Mode) -> io::Result<()> {
    Ok(())
}

/// Makes a folder and those above it, as far as they are not there.
pub(super) fn make_folders(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent() {
        make_folders(above)?;
    }
    match fs::create_dir(path).and_then(|()| open_folder(path)) {
        // Another run has made it meanwhile.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// The mode of a file; `compiled` where files have none.
#[cfg(unix)]
pub(super) fn mode(metadata: &Metadata, _compiled: Mode) -> Mode {
    use std::os::unix::fs::PermissionsExt as _;

    if metadata.permissions().mode() & 0o100 == 0 { Mode::Plain } else { Mode::Executable }
}

/// The mode of a file; `compiled` where files have none.
#[cfg(not(unix))]
pub(super) fn mode(_metadata: &Metadata, compiled: Mode) -> Mode {
    compiled
}

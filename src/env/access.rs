//! Writes files that hold secrets: whole, and readable by nobody else at any moment.

use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::path::Path;

/// The mode of an env file: its owner's alone.
pub const ENV_FILE: u32 = 0o600;
/// The mode of a folder of secrets: its owner's alone, so that the mode of the files in it lets in nobody but
/// containers, for which the engine opens them.
pub const FOLDER: u32 = 0o700;
/// The mode of a secret in such a folder. Compose mounts it as it is, and the container's user is not its owner
/// (compose-spec:spec.md, "secrets": `uid`, `gid` and `mode` are not implemented for files).
pub const SECRET_FILE: u32 = 0o444;

/// The permission bits, where the system has them.
pub fn mode(metadata: &Metadata) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        Some(metadata.permissions().mode() & 0o7777)
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        None
    }
}

/// The owner's number, where the system has one.
pub fn owner(metadata: &Metadata) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Some(metadata.uid())
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        None
    }
}

/// Gives a file its mode if it has another.
pub fn set_mode(path: &Path, wanted: u32) -> io::Result<bool> {
    if mode(&fs::symlink_metadata(path)?).is_none_or(|mode| mode == wanted) {
        return Ok(false);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(wanted))?;
    }
    Ok(true)
}

/// Replaces a file in one step. What lies at the path is never written through: a link is replaced, not followed.
/// Until the file is complete it has another name, and mode 0600.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // A folder that is not there is told as such, and not as a temporary file that cannot be made.
    fs::metadata(folder)?;
    // The prefix is one that the compiled `.gitignore` covers.
    let mut temporary =
        tempfile::Builder::new().prefix(".env.").suffix(".tmp").tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    // As root, the file stays whose it was, or becomes whose the folder is.
    let before = fs::symlink_metadata(path).ok().filter(Metadata::is_file);
    give(temporary.as_file(), &before.map_or_else(|| fs::metadata(folder), Ok)?);
    restrict(temporary.as_file(), mode)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Makes a folder that nobody else can enter, or sees to it that one is such. Whether anything changed.
pub fn folder(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => set_mode(path, FOLDER),
        Ok(_) => Err(io::Error::new(
            io::ErrorKind::NotADirectory,
            "it is a link or a file, not a folder",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(path)?;
            Ok(true)
        }
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, lchown};
    fs::DirBuilder::new().mode(FOLDER).create(path)?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = fs::metadata(parent.unwrap_or(Path::new(".")))?;
    // Only root can, and only root needs to.
    let _ = lchown(path, Some(parent.uid()), Some(parent.gid()));
    Ok(())
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

#[cfg(unix)]
fn give(file: &File, like: &Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    // Only root can, and only root needs to.
    let _ = fchown(file, Some(like.uid()), Some(like.gid()));
}

#[cfg(not(unix))]
fn give(_: &File, _: &Metadata) {}

#[cfg(unix)]
fn restrict(file: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn restrict(_: &File, _: u32) -> io::Result<()> {
    Ok(())
}

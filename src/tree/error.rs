//! Says why a folder could not be compared or written: what, where, and what instead.

use std::error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::tree::lock::LockError;
use crate::tree::path::ArtifactPath;

/// Why a folder could not be compared or written.
#[derive(Debug)]
pub enum TreeError {
    /// The operating system said no.
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file stands where the output folder should be.
    NotAFolder {
        /// Where.
        path: PathBuf,
    },
    /// The lock cannot be believed.
    Lock {
        /// The lock.
        path: PathBuf,
        /// Which line, and why.
        source: LockError,
    },
    /// The lock holds both sides of a merge, and files are on disk that are not the compiled ones.
    LockConflict {
        /// The line of the first mark.
        line: usize,
        /// The files that differ.
        files: Vec<ArtifactPath>,
    },
    /// Another run holds the folder.
    Busy {
        /// The folder.
        root: PathBuf,
    },
    /// The folder holds the files of another system, which would be taken for our orphans.
    OtherSystem {
        /// The folder.
        root: PathBuf,
        /// The system that wrote there.
        theirs: String,
        /// The system that was compiled.
        ours: String,
    },
    /// Files would be overwritten that are not ours, or no longer.
    Refused {
        /// Which, and whose they are.
        files: Vec<(ArtifactPath, Foreign)>,
    },
    /// What the system is compiled from stands where a compiled file is or was.
    Source {
        /// The file.
        path: ArtifactPath,
        /// Whether the lock alone takes it for one of ours.
        is_orphan: bool,
    },
    /// Something stands in the way that is never replaced.
    Blocked {
        /// The path that was to be written or removed.
        path: ArtifactPath,
        /// What stands there.
        block: Block,
    },
    /// A file changed between comparing and writing.
    Raced {
        /// The file.
        path: ArtifactPath,
    },
}

/// Whose a file is that we would overwrite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// We wrote it, and someone edited it.
    HandEdited,
    /// We never wrote it.
    Unmanaged,
}

/// What stands where a file should, and is never replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A symbolic link at the path itself.
    Link,
    /// A symbolic link at this folder above the path.
    LinkAbove(String),
    /// A file at this folder above the path.
    FileAbove(String),
    /// A folder at the path.
    Folder,
    /// A device, a socket or a pipe.
    Special,
}

impl TreeError {
    /// For `map_err`: what was tried where.
    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }

    /// That a folder holds the files of another system.
    pub fn other_system(root: &Path, theirs: &str, ours: &str) -> Self {
        Self::OtherSystem {
            root: root.to_owned(),
            theirs: theirs.to_owned(),
            ours: ours.to_owned(),
        }
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { action, path, source } => {
                write!(f, "cannot {action} `{}`", path.display())?;
                remedy(source.kind()).map_or(Ok(()), |remedy| write!(f, "; {remedy}"))
            }
            Self::NotAFolder { path } => {
                let path = path.display();
                write!(f, "`{path}` is a file or lies below one; name a folder to write to")
            }
            Self::Lock { path, .. } => {
                let path = path.display();
                write!(
                    f,
                    "`{path}` cannot be used; restore it from version control, or delete it and build with `--adopt`"
                )
            }
            Self::LockConflict { line, files } => {
                write!(
                    f,
                    "`formwork.lock` has merge-conflict marks from line {line} on, and these files are not what is compiled: "
                )?;
                list(f, files, |f, path| write!(f, "`{path}`"))?;
                write!(f, "; look at `formwork diff`, then build with `--adopt` to replace them")
            }
            Self::Busy { root } => {
                let root = root.display();
                write!(f, "another formwork run is writing to `{root}`; wait until it has ended")
            }
            Self::OtherSystem { root, theirs, ours } => {
                let root = root.display();
                write!(
                    f,
                    "`{root}` holds the files of the system `{theirs}`, not of `{ours}`; give one of them another \
                     `output.root`, or build with `--adopt` if `{theirs}` is now named `{ours}`"
                )
            }
            Self::Refused { files } => refused(f, files),
            Self::Source { path, is_orphan: true } => {
                write!(
                    f,
                    "`formwork.lock` lists `{path}` as a compiled file, and it is what the system is compiled from; take \
                     that line out of `formwork.lock`, or restore it from version control"
                )
            }
            Self::Source { path, is_orphan: false } => {
                write!(
                    f,
                    "`{path}` is what the system is compiled from, and would be overwritten; give it another name"
                )
            }
            Self::Blocked { path, block } => write!(f, "cannot write `{path}`: {block}"),
            Self::Raced { path } => {
                write!(
                    f,
                    "`{path}` changed while it was about to be written; run the command again"
                )
            }
        }
    }
}

/// Whose files would be overwritten, and what to do about it.
fn refused(f: &mut fmt::Formatter<'_>, files: &[(ArtifactPath, Foreign)]) -> fmt::Result {
    write!(f, "refused to overwrite ")?;
    list(f, files, |f, (path, whose)| write!(f, "`{path}` ({whose})"))?;
    write!(f, "; move what matters into the blueprint, then build with `--force PATH`")?;
    let unmanaged = files.iter().any(|(_, whose)| *whose == Foreign::Unmanaged);
    if unmanaged {
        write!(f, ", or with `--adopt` to replace existing files and all that they say")?;
    }
    if files.iter().any(|(path, _)| path.as_str() == ".gitignore") {
        write!(
            f,
            "; your own `.gitignore` stays with `output: {{ gitignore: false }}`, once it has the lines of ours"
        )?;
    }
    Ok(())
}

impl error::Error for TreeError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Lock { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HandEdited => "edited by hand",
            Self::Unmanaged => "not written by formwork",
        })
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link => write!(f, "a symbolic link stands there; remove it"),
            Self::LinkAbove(folder) => {
                write!(
                    f,
                    "`{folder}` is a symbolic link, which may lead out of the output folder; replace it by a folder"
                )
            }
            Self::FileAbove(folder) => write!(f, "`{folder}` is a file; move it away"),
            Self::Folder => write!(f, "a folder stands there; move it away"),
            Self::Special => write!(f, "a device, socket or pipe stands there; remove it"),
        }
    }
}

/// What a user can do about the usual causes.
fn remedy(kind: io::ErrorKind) -> Option<&'static str> {
    match kind {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Some("make it accessible, or choose another output folder")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Some("free some space, then run the command again: what is missing will be written")
        }
        _ => None,
    }
}

/// Names the first few of many files.
fn list<T>(
    f: &mut fmt::Formatter<'_>,
    files: &[T],
    show: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    const SHOWN: usize = 5;
    for (index, file) in files.iter().take(SHOWN).enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        show(f, file)?;
    }
    if files.len() > SHOWN { write!(f, " and {} more", files.len() - SHOWN) } else { Ok(()) }
}

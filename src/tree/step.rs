//! Turns a single step into a call of the file system: every change of an output folder goes through here.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use crate::tree::{Mode, disk};

/// What a step is about to do to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// Makes a folder.
    MakeFolder,
    /// Lets everybody look into a folder.
    OpenFolder,
    /// Makes an empty file.
    Create,
    /// Puts this text into it.
    Write(&'a str),
    /// Sets its mode.
    SetMode,
    /// Renames a file to this path.
    Rename,
    /// Removes a file.
    RemoveFile,
    /// Removes a folder if it is empty.
    RemoveFolder,
}

/// Asked before each step on a path, so that a test can stop a run there, or let the disk fail.
pub(super) type Ask<'a> = &'a mut dyn FnMut(Step, &Path) -> io::Result<()>;

/// Takes steps, each after it has been asked for.
pub(super) struct Steps<'a>(pub(super) Ask<'a>);

impl Steps<'_> {
    pub(super) fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        (self.0)(Step::MakeFolder, path)?;
        fs::create_dir(path)?;
        self.open_folder(path)
    }

    /// Lets everybody look into a folder: containers read what is mounted as users of their own.
    pub(super) fn open_folder(&mut self, path: &Path) -> io::Result<()> {
        if disk::is_open(path)? {
            return Ok(());
        }
        (self.0)(Step::OpenFolder, path)?;
        disk::open_folder(path)
    }

    pub(super) fn remove_file(&mut self, path: &Path) -> io::Result<()> {
        (self.0)(Step::RemoveFile, path)?;
        fs::remove_file(path)
    }

    pub(super) fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        (self.0)(Step::RemoveFolder, path)?;
        fs::remove_dir(path)
    }

    /// Writes a file under another name in the same folder, and renames it.
    pub(super) fn replace(
        &mut self,
        beside: &Path,
        target: &Path,
        text: &str,
        mode: Mode,
    ) -> io::Result<()> {
        let mut file = self.create(beside).or_else(|error| match error.kind() {
            // Only one run writes here: this is what a killed one left.
            io::ErrorKind::AlreadyExists => {
                self.remove_file(beside).and_then(|()| self.create(beside))
            }
            _ => Err(error),
        })?;
        let written = self.fill(&mut file, (beside, target), text, mode);
        drop(file);
        if written.is_err() {
            // The error that is told is the first one.
            let _ = self.remove_file(beside);
        }
        written
    }

    /// Makes a file that was not there, not even as a link.
    fn create(&mut self, path: &Path) -> io::Result<File> {
        (self.0)(Step::Create, path)?;
        File::options().write(true).create_new(true).open(path)
    }

    fn fill(
        &mut self,
        file: &mut File,
        (beside, target): (&Path, &Path),
        text: &str,
        mode: Mode,
    ) -> io::Result<()> {
        (self.0)(Step::Write(text), beside)?;
        file.write_all(text.as_bytes())?;
        (self.0)(Step::SetMode, beside)?;
        disk::set_mode(file, mode)?;
        (self.0)(Step::Rename, target)?;
        fs::rename(beside, target)
    }
}

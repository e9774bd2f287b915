//! Turns an ignore file that was there before into one that also keeps secrets out of git.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::command::session::shown;
use crate::tree::{Artifact, Tree};

/// The ignore file, as git calls it.
const NAME: &str = ".gitignore";

/// An ignore file of the user's own, where one of ours would be.
pub(super) struct Ignored {
    path: PathBuf,
    /// What is put at its end; nothing where it says all of it.
    more: String,
    lines: Vec<String>,
}

impl Ignored {
    /// Reads the file of the folder, if it is the user's and another than ours.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(super) fn read(folder: &Path, tree: &Tree) -> anyhow::Result<Option<Self>> {
        let path = folder.join(NAME);
        let Some(ours) = tree.get(NAME).map(Artifact::text) else { return Ok(None) };
        let theirs = match fs::read(&path) {
            Ok(theirs) => String::from_utf8_lossy(&theirs).into_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read `{}`", shown(&path)));
            }
        };
        // Every file of ours begins by saying so.
        if ours.lines().next().is_some_and(|head| theirs.starts_with(head)) {
            return Ok(None);
        }
        let pattern = |line: &&str| !line.is_empty() && !line.starts_with('#');
        let lines: Vec<String> = ours.lines().filter(pattern).map(str::to_owned).collect();
        let says = |line: &String| theirs.lines().any(|known| known.trim() == line);
        if lines.iter().all(says) {
            return Ok(Some(Self { path, more: String::new(), lines: Vec::new() }));
        }
        // All of them, in their order: the last that matches decides.
        let end = if theirs.is_empty() || theirs.ends_with('\n') { "" } else { "\n" };
        let gap = if theirs.trim().is_empty() { "" } else { "\n" };
        let more = format!("{end}{gap}# Added by `formwork init`.\n{}\n", lines.join("\n"));
        Ok(Some(Self { path, more, lines }))
    }

    /// Puts what is missing at its end, and says so.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub(super) fn extend(&self) -> anyhow::Result<String> {
        if self.more.is_empty() {
            return Ok(String::new());
        }
        let failed = || format!("cannot write `{}`", shown(&self.path));
        let mut file = OpenOptions::new().append(true).open(&self.path).with_context(failed)?;
        file.write_all(self.more.as_bytes()).with_context(failed)?;
        let lines: Vec<String> = self.lines.iter().map(|line| format!("`{line}`")).collect();
        Ok(format!("added {} to {}\n", lines.join(", "), shown(&self.path)))
    }
}

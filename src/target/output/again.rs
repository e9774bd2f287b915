//! Gives an environment a file as an environment before it has it, where both would be written alike.

use crate::model::{Model, Patch};
use crate::target::output::{Error, Output, matches};
use crate::tree::Artifact;

impl<'a> Output<'a> {
    /// The environments whose files are there already.
    pub fn earlier(&self) -> &'a [Model] {
        self.earlier
    }

    /// Adds a file as it stands at another path; `false` where it is not there, or where a patch is for either.
    ///
    /// # Errors
    /// When the path is taken.
    pub fn again(&mut self, path: &str, from: &str) -> Result<bool, Error> {
        self.again_as(path, from, Artifact::clone)
    }

    /// As [`Self::again`], for a file whose head names its own path once.
    ///
    /// # Errors
    /// When the path is taken.
    pub fn again_named(&mut self, path: &str, from: &str) -> Result<bool, Error> {
        let named = |one: &Artifact| Artifact::new(one.text().replacen(from, path, 1), one.mode());
        self.again_as(path, from, named)
    }

    /// Adds a file as it stands at another path, where there is one and [`Self::again`] takes it; else as `write` does.
    ///
    /// # Errors
    /// When the path is taken, or it cannot be written.
    pub fn again_or(
        &mut self,
        path: &str,
        from: Option<&str>,
        write: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match from {
            Some(from) if self.again(path, from)? => Ok(()),
            _ => write(self),
        }
    }

    /// As [`Self::again`], with what a cluster reads in its place; `true` where there is either.
    ///
    /// # Errors
    /// When the path is taken.
    pub fn again_everywhere(&mut self, path: &str, from: &str) -> Result<bool, Error> {
        if self.is_patched(path, from) {
            return Ok(false);
        }
        let read = self.files.in_cluster.get(from).cloned();
        let is_read = read.is_some();
        self.files.in_cluster.extend(read.map(|read| (path.to_owned(), read)));
        Ok(self.again(path, from)? || is_read)
    }

    fn again_as(
        &mut self,
        path: &str,
        from: &str,
        text: impl Fn(&Artifact) -> Artifact,
    ) -> Result<bool, Error> {
        if self.is_patched(path, from) {
            return Ok(false);
        }
        let Some(artifact) = self.files.tree.get(from).map(text) else { return Ok(false) };
        self.add(path, artifact)?;
        Ok(true)
    }

    /// Whether a patch of any environment so far is for either file.
    fn is_patched(&self, path: &str, from: &str) -> bool {
        let is_for =
            |patch: &Patch| [path, from].into_iter().any(|path| matches(&patch.file, path));
        let mut models = self.earlier.iter().chain([self.model]);
        models.any(|model| model.patches.values().any(is_for))
    }
}

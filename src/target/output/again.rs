//! Gives an environment a file as an environment before it has it, where both would be written alike.

use crate::model::{Model, Patch};
use crate::target::output::{Error, Output, matches};

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
        let is_for =
            |patch: &Patch| [path, from].into_iter().any(|path| matches(&patch.file, path));
        let mut models = self.earlier.iter().chain([self.model]);
        if models.any(|model| model.patches.values().any(is_for)) {
            return Ok(false);
        }
        let Some(artifact) = self.tree.get(from).cloned() else { return Ok(false) };
        self.add(path, artifact)?;
        Ok(true)
    }
}

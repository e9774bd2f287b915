//! Turns typed structs into files of YAML and JSON, with what patches change.

use serde::Serialize;
use serde_json::Value;

use crate::format::yaml::Comments;
use crate::format::{json, yaml};
use crate::target::output::{Error, Output, fault};
use crate::tree::Artifact;

impl Output<'_> {
    /// Adds a YAML file. `comments` stand above the nodes at their pointers.
    ///
    /// # Errors
    /// When the path is taken.
    #[allow(clippy::needless_pass_by_value, reason = "they are made for this file alone")]
    pub fn yaml(
        &mut self,
        path: &str,
        value: &impl Serialize,
        comments: Comments,
    ) -> Result<(), Error> {
        let artifact = self.rendered_yaml(path, value, &comments)?;
        self.add(path, artifact)
    }

    pub(super) fn rendered_yaml(
        &mut self,
        path: &str,
        value: &impl Serialize,
        comments: &Comments,
    ) -> Result<Artifact, Error> {
        self.write_yaml(path, value, comments)?;
        Ok(Artifact::written(self.files.room.clone()))
    }

    /// Writes the text of a YAML file into the room for it.
    pub(super) fn write_yaml(
        &mut self,
        path: &str,
        value: &impl Serialize,
        comments: &Comments,
    ) -> Result<(), Error> {
        let room = std::mem::take(&mut self.files.room);
        let text = if self.is_patched_here(path) {
            let patched = self.patched(path, tree(path, value)?);
            yaml::serialized(&patched, &self.noted.above, comments, room)
        } else {
            yaml::serialized(value, &self.noted.above, comments, room)
        };
        self.files.room = text.map_err(|error| fault(path, &error))?;
        Ok(())
    }

    /// Adds a JSON file.
    ///
    /// # Errors
    /// When the path is taken.
    pub fn json(&mut self, path: &str, value: &impl Serialize) -> Result<(), Error> {
        let artifact = self.rendered_json(path, value)?;
        self.add(path, artifact)
    }

    pub(super) fn rendered_json(
        &mut self,
        path: &str,
        value: &impl Serialize,
    ) -> Result<Artifact, Error> {
        let text = if self.is_patched_here(path) {
            json::to_string(&self.patched(path, tree(path, value)?))
        } else {
            json::serialized(value).map_err(|error| fault(path, &error))?
        };
        Ok(Artifact::written(text))
    }
}

/// The tree of a file, which patches change.
#[cold]
fn tree(path: &str, value: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|error| fault(path, &error))
}

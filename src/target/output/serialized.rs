//! Turns typed structs into files of YAML and JSON, with what patches change.

use serde::Serialize;

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
        let patched = self.patched(path, value)?;
        let room = std::mem::take(&mut self.files.room);
        let text = match patched {
            Some(patched) => yaml::serialized(&patched, &self.noted.above, comments, room),
            None => yaml::serialized(value, &self.noted.above, comments, room),
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
        let text = match self.patched(path, value)? {
            Some(patched) => json::to_string(&patched),
            None => json::serialized(value).map_err(|error| fault(path, &error))?,
        };
        Ok(Artifact::written(text))
    }
}

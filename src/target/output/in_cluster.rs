//! Keeps what a cluster reads in place of a compiled file.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::format::yaml::Comments;
use crate::target::output::{Error, Output};
use crate::tree::Artifact;

impl Output<'_> {
    /// Says what a cluster reads in place of the YAML file at a path. It is no file of its own: an object holds it.
    ///
    /// # Errors
    /// When it cannot be written.
    #[allow(clippy::needless_pass_by_value, reason = "they are made for this file alone")]
    pub fn yaml_in_cluster(
        &mut self,
        path: &str,
        value: &impl Serialize,
        comments: Comments,
    ) -> Result<(), Error> {
        let artifact = self.rendered_yaml(path, value, &comments)?;
        self.files.in_cluster.insert(path.to_owned(), Some(artifact));
        Ok(())
    }

    /// As [`Self::yaml_in_cluster`], for a JSON file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn json_in_cluster(&mut self, path: &str, value: &impl Serialize) -> Result<(), Error> {
        let artifact = self.rendered_json(path, value)?;
        self.files.in_cluster.insert(path.to_owned(), Some(artifact));
        Ok(())
    }

    /// Says that a cluster does not read the file at a path.
    pub fn not_in_cluster(&mut self, path: &str) {
        self.files.in_cluster.insert(path.to_owned(), None);
    }

    /// What a cluster reads below a folder, or at that very path.
    pub fn in_cluster_below(&self, folder: &str) -> BTreeMap<&str, &Artifact> {
        let emitted =
            self.files.tree.below(folder).map(|(path, artifact)| (path.as_str(), artifact));
        let mut found: BTreeMap<&str, &Artifact> = emitted.collect();
        for (path, artifact) in &self.files.in_cluster {
            let rest = path.strip_prefix(folder);
            if rest.is_none_or(|rest| !rest.is_empty() && !rest.starts_with('/')) {
                continue;
            }
            match artifact {
                Some(artifact) => found.insert(path, artifact),
                None => found.remove(path.as_str()),
            };
        }
        found
    }
}

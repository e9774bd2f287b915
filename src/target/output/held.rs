//! Gives an object the texts that an object before it holds too as they were laid out there.

use serde::Serialize;

use crate::format::yaml::Comments;
use crate::map::IndexMap;
use crate::target::output::{Error, Output};
use crate::tree::Artifact;
use crate::tree::hash::Hash;

/// The name of a text, and the text's hash.
pub type NamedText = (String, Hash);

/// The file of the first object that holds these texts.
pub(super) type Held = IndexMap<Vec<NamedText>, Artifact>;

impl Output<'_> {
    /// Adds an object whose last field holds texts and nothing else; without that field it is `head`.
    ///
    /// # Errors
    /// When the path is taken.
    pub fn holding(
        &mut self,
        path: &str,
        (object, head): (&impl Serialize, &impl Serialize),
        (field, texts): (&str, Vec<NamedText>),
    ) -> Result<(), Error> {
        let mut models = self.earlier.iter().chain([self.model]);
        if models.any(|model| !model.patches.is_empty()) {
            return self.yaml(path, object, Comments::new());
        }
        let alike = self.files.held.get(&texts).cloned();
        let end = alike.as_ref().and_then(|one| {
            let (_, end) = one.text().split_once(&format!("\n{field}:"))?;
            Some(end)
        });
        let artifact = match end {
            Some(end) => {
                self.write_yaml(path, head, &Comments::new())?;
                Artifact::written([&self.files.room, field, ":", end].concat())
            }
            None => self.rendered_yaml(path, object, &Comments::new())?,
        };
        if alike.is_none() {
            self.files.held.insert(texts, artifact.clone());
        }
        self.add(path, artifact)
    }
}

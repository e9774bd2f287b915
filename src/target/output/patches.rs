//! Applies the author's patches to a file before it is written, and notes what they changed.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::proof::{self, Change};
use crate::target::output::{Error, Output, fault};
use crate::target::patched::{self, apply, matches};

impl Output<'_> {
    /// What patches put in at a named point of a file that is neither YAML nor JSON.
    pub fn insertion(&mut self, path: &str, point: &str) -> String {
        self.points.entry(path.to_owned()).or_default().insert(point.to_owned());
        let mut text = String::new();
        for (name, patch) in &self.model.patches {
            if let Some(insert) = &patch.insert
                && matches(&patch.file, path)
                && patch.at.trim_start_matches('/') == point
            {
                self.matched.insert(name.clone());
                self.breaches.extend(patched::misplaced(name, path, point, insert));
                let wants = proof::nginx::inserted(insert).wanted;
                let change = Change { path: path.to_owned(), wants, lost: BTreeSet::new() };
                self.changes.push((name.clone(), change));
                text.push_str(insert.trim_end());
                text.push('\n');
            }
        }
        text
    }

    /// The tree of a file with its patches; `None` where none is for it, so that no tree is needed.
    pub(super) fn patched(
        &mut self,
        path: &str,
        value: &impl Serialize,
    ) -> Result<Option<Value>, Error> {
        let mut patches =
            self.model.patches.iter().filter(|(_, patch)| matches(&patch.file, path)).peekable();
        if patches.peek().is_none() {
            return Ok(None);
        }
        let mut value = serde_json::to_value(value).map_err(|error| fault(path, &error))?;
        for (name, patch) in patches {
            let before = value.clone();
            if apply(patch, &mut value) {
                self.matched.insert(name.clone());
                self.breaches.extend(patched::breaches(name, path, &before, &value));
                let change = proof::change(path, &before, &value);
                self.changes.extend(change.map(|change| (name.clone(), change)));
            }
        }
        Ok(Some(value))
    }
}

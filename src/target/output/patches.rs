//! Applies the author's patches to a file before it is written, and notes what they changed.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::proof::{self, Change};
use crate::target::output::Output;
use crate::target::patched::{self, apply, matches};

/// The insertion point that all servers and locations of nginx include.
const HEADERS: &str = "headers";

impl Output<'_> {
    /// What patches put in at a named point of a file that is neither YAML nor JSON.
    pub fn insertion(&mut self, path: &str, point: &str) -> String {
        self.noted.points.entry(path.to_owned()).or_default().insert(point.to_owned());
        let mut text = String::new();
        let model = self.model;
        if model.patches.is_empty() {
            return text;
        }
        let answers = model.edge.as_ref().map_or(&[][..], |edge| &edge.headers);
        let beside = self.put_into_headers(path);
        for (name, patch) in &model.patches {
            if let Some(insert) = &patch.insert
                && matches(&patch.file, path)
                && patch.at.trim_start_matches('/') == point
            {
                self.noted.matched.insert(name.clone());
                let patched = if point == HEADERS { &text } else { &beside };
                let shared = proof::nginx::Shared { answers, patched };
                let place = (point, insert.as_str());
                self.noted.breaches.extend(patched::misplaced(name, path, place, shared));
                let wants = proof::nginx::inserted(insert).wanted;
                let change = Change { path: path.to_owned(), wants, lost: BTreeSet::new() };
                self.noted.changes.push((name.clone(), change));
                text.push_str(insert.trim_end());
                text.push('\n');
            }
        }
        text
    }

    /// What patches put into the headers of all, as the file at a path of nginx includes them.
    fn put_into_headers(&self, path: &str) -> String {
        let folder: Vec<&str> = path.split('/').take(2).collect();
        let shared = format!("{}/snippets/shared.conf", folder.join("/"));
        let patches = self.model.patches.values();
        let fitting = patches.filter(|patch| {
            patch.at.trim_start_matches('/') == HEADERS && matches(&patch.file, &shared)
        });
        fitting.filter_map(|patch| Some(format!("{}\n", patch.insert.as_ref()?))).collect()
    }

    /// Whether a patch of this environment is for a file.
    pub(super) fn is_patched_here(&self, path: &str) -> bool {
        self.model.patches.values().any(|patch| matches(&patch.file, path))
    }

    /// The tree of a file with its patches.
    pub(super) fn patched(&mut self, path: &str, mut value: Value) -> Value {
        for (name, patch) in
            self.model.patches.iter().filter(|(_, patch)| matches(&patch.file, path))
        {
            let before = value.clone();
            if apply(patch, &mut value) {
                self.noted.matched.insert(name.clone());
                self.noted.breaches.extend(patched::breaches(name, path, &before, &value));
                let change = proof::change(path, &before, &value);
                self.noted.changes.extend(change.map(|change| (name.clone(), change)));
            }
        }
        value
    }
}

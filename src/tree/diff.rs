//! Turns two texts of a file into a unified diff.

use std::fmt;

use similar::TextDiff;

use crate::tree::compare::{Change, Old};

/// The lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// The unified diff from the old text of a file to the new one, where `None` is no file; empty if they are equal.
pub fn unified(path: &impl fmt::Display, old: Option<&str>, new: Option<&str>) -> String {
    let side = |letter: &str, text: Option<&str>| match text {
        Some(_) => format!("{letter}/{path}"),
        None => "/dev/null".to_owned(),
    };
    TextDiff::from_lines(old.unwrap_or_default(), new.unwrap_or_default())
        .unified_diff()
        .context_radius(CONTEXT)
        .header(&side("a", old), &side("b", new))
        .to_string()
}

impl Change<'_> {
    /// The diff from what is on disk to what was compiled, with the modes where they differ.
    pub fn diff(&self) -> String {
        let new = self.new.map(crate::tree::Artifact::text);
        match &self.old {
            Old::Compiled => String::new(),
            Old::Nothing => unified(self.path, None, new),
            Old::Opaque(reason) => format!("on disk, `{}` {reason}\n", self.path),
            Old::Text { text, mode } => {
                let modes = match self.new {
                    Some(new) if new.mode() != *mode => {
                        format!("old mode 100{mode}\nnew mode 100{}\n", new.mode())
                    }
                    _ => String::new(),
                };
                modes + &unified(self.path, Some(text), new)
            }
        }
    }
}

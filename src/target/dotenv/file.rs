//! Turns variables with their documentation into the text of a file.

use std::borrow::Cow;

use crate::format::quote::{comment, dotenv};

/// A file of variables.
#[derive(Debug, Clone)]
pub struct File<'a> {
    /// What stands above all of them, without comment signs.
    pub header: String,
    /// The variables, by what they belong to.
    pub sections: Vec<Section<'a>>,
}

/// Variables that belong together.
#[derive(Debug, Clone)]
pub struct Section<'a> {
    /// What they belong to.
    pub title: &'a str,
    /// The variables.
    pub entries: Vec<Entry<'a>>,
}

/// A variable.
#[derive(Clone)]
pub struct Entry<'a> {
    /// What stands above it, without comment signs.
    pub comment: String,
    /// Its name.
    pub name: &'a str,
    /// Its value; `None` where the comment is all there is.
    pub value: Option<Cow<'a, str>>,
}

impl File<'_> {
    /// The file as Compose and people read it.
    pub fn text(&self) -> String {
        let mut out = String::with_capacity(16 << 10);
        comment::push(&mut out, &self.header);
        out.push('\n');
        for section in &self.sections {
            for part in ["\n# ---- ", section.title, " ----\n"] {
                out.push_str(part);
            }
            for entry in &section.entries {
                entry.push(&mut out);
            }
        }
        out
    }
}

impl Entry<'_> {
    /// Writes it behind an empty line.
    fn push(&self, out: &mut String) {
        out.push('\n');
        comment::push(out, &self.comment);
        out.push('\n');
        if let Some(value) = &self.value {
            for part in [self.name, "=", &dotenv::quote(value), "\n"] {
                out.push_str(part);
            }
        }
    }

    /// A comment and nothing else.
    pub fn comment(comment: String) -> Self {
        Self { comment, name: "", value: None }
    }
}

/// Never shows the value, which may be a secret.
impl std::fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).finish_non_exhaustive()
    }
}

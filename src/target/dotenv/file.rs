//! Describes a file of variables as its template renders it.

use serde::Serialize;

/// A file of variables.
#[derive(Debug, Clone, Serialize)]
pub struct File {
    /// What stands above all of them, without comment signs.
    pub header: String,
    /// The variables, by what they belong to.
    pub sections: Vec<Section>,
}

/// Variables that belong together.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// What they belong to.
    pub title: String,
    /// The variables.
    pub entries: Vec<Entry>,
}

/// A variable.
#[derive(Clone, Serialize)]
pub struct Entry {
    /// What stands above it, without comment signs.
    pub comment: String,
    /// Its name.
    pub name: String,
    /// Its value; `None` where the comment is all there is.
    pub value: Option<String>,
}

impl Entry {
    /// A comment and nothing else.
    pub fn comment(comment: String) -> Self {
        Self { comment, name: String::new(), value: None }
    }
}

/// Never shows the value, which may be a secret.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).finish_non_exhaustive()
    }
}

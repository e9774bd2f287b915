//! Turns paths as they are named from here into those from the repository's root, as code hosts want them.

use std::path::{Path, PathBuf};

use crate::command::session::shown;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;
use crate::value::way;

/// The repository that we are in, if we are in one.
#[derive(Debug, Default)]
pub(super) struct Repository(Option<Place>);

/// The two folders that paths are named from, absolute and with `/`.
#[derive(Debug)]
struct Place {
    root: String,
    here: String,
}

impl Repository {
    /// The repository round the current folder.
    pub(super) fn here() -> Self {
        let Ok(here) = std::env::current_dir() else { return Self::default() };
        let root = root(&here, std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from));
        Self(root.map(|root| Place { root: shown(&root), here: shown(&here) }))
    }

    /// A path from the root; what lies outside, or in no repository, keeps its name.
    pub(super) fn path(&self, path: &str) -> String {
        let below = |place: &Place| {
            let is_whole = Path::new(path).is_absolute();
            let full = if is_whole { way::join(path, "") } else { way::join(&place.here, path) };
            Some(full.strip_prefix(&place.root)?.strip_prefix('/')?.to_owned())
        };
        self.0.as_ref().and_then(below).unwrap_or_else(|| path.to_owned())
    }

    /// The same texts and findings, with paths from the root.
    pub(super) fn renamed(
        &self,
        (sources, found): (&Sources, &[Diagnostic]),
    ) -> (Sources, Vec<Diagnostic>) {
        let named = |one: &Diagnostic| Diagnostic {
            path: one.path.as_deref().map(|path| self.path(path)),
            ..one.clone()
        };
        (sources.renamed(|path| self.path(path)), found.iter().map(named).collect())
    }
}

/// The nearest folder round one that is a repository: it has `.git`, a folder, or a file where it is a worktree or a
/// submodule (git's manual, gitrepository-layout). A runner without git downloads the files alone, to where the
/// variable says (docs.github.com, "Variables reference").
fn root(here: &Path, workspace: Option<PathBuf>) -> Option<PathBuf> {
    let nearest = here.ancestors().find(|folder| folder.join(".git").exists());
    nearest.map(Path::to_owned).or_else(|| workspace.filter(|folder| here.starts_with(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_at_the_root() {
        let place = Place { root: "/repo".to_owned(), here: "/repo/deploy".to_owned() };
        let inside = Repository(Some(place));
        for (path, named) in [
            ("blueprint.yaml", "deploy/blueprint.yaml"),
            ("../blueprint.yaml", "blueprint.yaml"),
            ("./a/../b.yaml", "deploy/b.yaml"),
            ("/repo/deploy/a.yaml", "deploy/a.yaml"),
            ("../../other/a.yaml", "../../other/a.yaml"),
            ("/repository/a.yaml", "/repository/a.yaml"),
        ] {
            assert_eq!(inside.path(path), named);
        }
        assert_eq!(Repository(None).path("a.yaml"), "a.yaml");
    }

    #[test]
    fn a_workspace_stands_in_where_there_is_no_repository() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().join("a/b");
        std::fs::create_dir_all(&here).unwrap();
        assert_eq!(root(&here, Some(folder.path().to_owned())).as_deref(), Some(folder.path()));
        assert_eq!(root(&here, Some(here.join("c"))), None);
        std::fs::write(folder.path().join("a/.git"), "gitdir: elsewhere\n").unwrap();
        assert_eq!(root(&here, Some(folder.path().to_owned())), Some(folder.path().join("a")));
    }
}

//! Shows that a folder ends up with exactly what was compiled, and that nothing else is ever touched.

mod disk;
mod kill;
mod lock;
mod path;
mod verdict;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::tree::compare::{Verdict, compare};
use crate::tree::error::TreeError;
use crate::tree::hold::Held;
use crate::tree::lock::Lock;
use crate::tree::path::ArtifactPath;
use crate::tree::write::{Options, Written, write};
use crate::tree::{Artifact, Tree};

const ADOPT: Options = Options { force: &[], adopt: true, system: None };

fn path(text: &str) -> ArtifactPath {
    ArtifactPath::parse(text).unwrap()
}

/// A tree of plain files.
fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::new();
    for (file, text) in files {
        tree.insert(path(file), Artifact::plain(*text)).unwrap();
    }
    tree
}

/// What a command does: hold the folder, read the lock, compare, write.
fn build(tree: &Tree, root: &Path, options: &Options) -> Result<Written, TreeError> {
    let mut held = Held::new(root)?;
    let lock = Lock::read(root)?;
    write(&mut held, &compare(tree, root, &lock)?, options)
}

/// A folder to which files were written.
fn built(files: &[(&str, &str)]) -> TempDir {
    let root = TempDir::new().unwrap();
    build(&tree(files), root.path(), &Options::default()).unwrap();
    root
}

/// Each path with its verdict.
fn verdicts(tree: &Tree, root: &Path) -> Vec<(String, Verdict)> {
    let lock = Lock::read(root).unwrap();
    let changes = compare(tree, root, &lock).unwrap();
    changes.iter().map(|change| (change.path.to_string(), change.verdict.clone())).collect()
}

/// The only verdict.
fn verdict(tree: &Tree, root: &Path) -> Verdict {
    let mut all = verdicts(tree, root);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0).1
}

/// Everything below a folder but the lock: files with their text, empty folders with a `/`.
fn files(root: &Path) -> Vec<(String, String)> {
    fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
        let mut entries: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        if entries.is_empty() && folder != root {
            found.push((
                format!("{}/", folder.strip_prefix(root).unwrap().display()),
                String::new(),
            ));
        }
        for entry in entries {
            if entry.is_dir() {
                walk(root, &entry, found);
            } else if entry != root.join("formwork.lock") {
                let name = entry.strip_prefix(root).unwrap().display().to_string();
                found.push((name, fs::read_to_string(&entry).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(root, root, &mut found);
    found.sort();
    found
}

/// The same of a tree.
fn files_of(tree: &Tree) -> Vec<(String, String)> {
    tree.iter().map(|(path, artifact)| (path.to_string(), artifact.text().to_owned())).collect()
}

/// An error with all its causes, as a user reads it; the folder's name is left out.
fn message(error: &TreeError, root: &Path) -> String {
    let first: &dyn std::error::Error = error;
    let causes = std::iter::successors(Some(first), |error| error.source());
    let text: Vec<_> = causes.map(ToString::to_string).collect();
    text.join(": ").replace(&root.display().to_string(), "ROOT")
}

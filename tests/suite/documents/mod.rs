//! Holds the documents against the tree beside them: every link, every command and every name in them exists.

mod commands;
mod hostile;
mod links;
mod names;
mod reader;
mod rows;
mod shell;
mod shown;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use formwork::compile::compile;
use formwork::project::Project;
use formwork::tree::Tree;

use crate::support::blueprints;
use names::Names;
use reader::Page;

/// A blueprint, what it compiles to, and its documents.
struct Compiled {
    path: PathBuf,
    tree: Tree,
    pages: BTreeMap<String, Page>,
    names: Names,
}

/// Every blueprint of the repository with its documents; compiled once for all tests.
fn compiled() -> &'static [Compiled] {
    static ALL: LazyLock<Vec<Compiled>> = LazyLock::new(all);
    &ALL
}

fn all() -> Vec<Compiled> {
    let one = |path: PathBuf| {
        let project = Project::read(&path, None).unwrap();
        let tree = compile(&project.inputs).unwrap().tree;
        let pages = pages(&tree);
        assert!(pages.len() >= 2, "{} has documents: {:?}", path.display(), pages.keys());
        let names = Names::of(&tree);
        Compiled { path, tree, pages, names }
    };
    blueprints().into_iter().map(one).collect()
}

fn pages(tree: &Tree) -> BTreeMap<String, Page> {
    tree.iter()
        .filter(|(path, _)| is(path.as_str(), "md") && !path.as_str().contains('/'))
        .map(|(path, artifact)| (path.as_str().to_owned(), Page::of(artifact.text())))
        .collect()
}

/// Whether a path has an extension.
fn is(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == extension)
}

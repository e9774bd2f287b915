//! Compares what is committed below `out/` with what the blueprints compile to, in both directions.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use formwork::project::{self, Project};
use formwork::tree::compare::compare;
use formwork::tree::lock::Lock;

use crate::support::{Known, of_file};

fn blueprints() -> Vec<PathBuf> {
    let blueprints = project::blueprints(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(!blueprints.is_empty(), "there are blueprints");
    blueprints
}

/// The blueprints of the repository, read.
pub(crate) fn projects() -> Vec<Project> {
    blueprints().iter().map(|path| Project::read(path, None).unwrap()).collect()
}

/// The blueprints of the repository, compiled.
pub(crate) fn compiled() -> Vec<Arc<Known>> {
    blueprints().iter().map(|path| of_file(path)).collect()
}

#[test]
fn what_is_committed_is_what_the_blueprints_compile_to() {
    for known in compiled() {
        let Known { project, compiled } = &*known;
        let lock = Lock::read(&project.output).unwrap();
        let changes = compare(&compiled.tree, &project.output, &lock).unwrap();
        let unsettled: Vec<String> = changes
            .iter()
            .filter(|change| !change.is_settled())
            .map(|change| format!("{} is {:?}\n{}", change.path, change.verdict, change.diff()))
            .collect();
        assert!(unsettled.is_empty(), "run `cargo run -- build`:\n{}", unsettled.join("\n"));
    }
}

/// The lock knows every file, so that nothing below `out/` is left over from an earlier compiler.
#[test]
fn nothing_else_is_committed() {
    for known in compiled() {
        let Known { project, compiled } = &*known;
        let mut found = Vec::new();
        collect(&project.output, &project.output, &mut found);
        for path in found.iter().filter(|path| *path != "formwork.lock") {
            assert!(
                compiled.tree.get(path).is_some(),
                "{path} below {:?} is not compiled",
                project.output
            );
        }
        assert_eq!(found.len(), compiled.tree.len() + 1, "the files and the lock");
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
        }
    }
}

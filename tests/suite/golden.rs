//! Compares what is committed below `out/` with what the blueprints compile to, in both directions.

use std::path::{Path, PathBuf};

use formwork::compile::compile;
use formwork::project::{self, Project};
use formwork::tree::compare::compare;
use formwork::tree::lock::Lock;

/// The blueprints of the repository, read.
pub(crate) fn projects() -> Vec<Project> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let blueprints: Vec<PathBuf> = project::blueprints(root);
    assert!(!blueprints.is_empty(), "there are blueprints");
    blueprints.iter().map(|path| Project::read(path, None).unwrap()).collect()
}

#[test]
fn what_is_committed_is_what_the_blueprints_compile_to() {
    for project in projects() {
        let compiled = compile(&project.inputs).unwrap();
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
    for project in projects() {
        let compiled = compile(&project.inputs).unwrap();
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

//! Turns a blueprint that stands in a test into compiled files.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use formwork::blueprint::locate::Locator;
use formwork::blueprint::read::Written;
use formwork::catalog::Catalog;
use formwork::compile::{Failure, compile};
use formwork::diagnostic::{Diagnostic, Diagnostics};
use formwork::project::Project;
use formwork::resolve::{self, Context};
use formwork::target::output::{Files, Noted};
use formwork::target::{Output, Target};
use formwork::tree::Tree;
use tempfile::TempDir;

fn project(text: &str) -> (TempDir, Project) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("blueprint.yaml");
    fs::write(&path, text).unwrap();
    let project = Project::read(&path, Some(&folder.path().join("out"))).unwrap();
    (folder, project)
}

/// Everything that a blueprint compiles to.
pub(crate) fn tree(text: &str) -> Tree {
    compile(&project(text).1.inputs).unwrap().tree
}

/// Everything that a blueprint compiles to beside a catalogue entry of its own, or the codes of what is wrong.
pub(crate) fn with_entry(text: &str, entry: &str) -> Result<Tree, Vec<String>> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("blueprint.yaml");
    fs::write(&path, text).unwrap();
    fs::create_dir(folder.path().join("catalog")).unwrap();
    fs::write(folder.path().join("catalog/own.yaml"), entry).unwrap();
    let project = Project::read(&path, Some(&folder.path().join("out"))).unwrap();
    match compile(&project.inputs) {
        Ok(compiled) => Ok(compiled.tree),
        Err(Failure::Invalid(found)) => Err(named(&found)),
        Err(Failure::Broken(error)) => panic!("{error}"),
    }
}

fn named(found: &[Diagnostic]) -> Vec<String> {
    found.iter().map(|one| format!("{} {}", one.severity.name(), one.code)).collect()
}

/// The codes of all that is found in a blueprint, with the severity of each.
pub(crate) fn codes(text: &str) -> Vec<String> {
    let found = match compile(&project(text).1.inputs) {
        Ok(compiled) => compiled.remarks,
        Err(Failure::Invalid(found)) => found,
        Err(Failure::Broken(error)) => panic!("{error}"),
    };
    named(&found)
}

/// What one target emits for every environment, whatever the others do.
pub(crate) fn of_target(text: &str, target: Target) -> Tree {
    let (_folder, project) = project(text);
    let inputs = &project.inputs;
    let written = Written::read(&inputs.sources, inputs.root, &inputs.included).unwrap();
    let catalog = Catalog::new(&inputs.sources, &inputs.catalog).unwrap();
    let mut files = Files::default();
    for name in &written.environments {
        let reading = written.environment(name);
        assert!(reading.found.is_empty(), "{:?}", reading.found);
        let context = Context {
            catalog: &catalog,
            broken: &reading.broken,
            locator: Locator::new(&written, Some(name)),
            blueprint_path: &inputs.blueprint_path,
            folder: &inputs.folder,
            output: &inputs.output,
        };
        let blueprint = reading.blueprint.as_ref().unwrap();
        let mut diagnostics = Diagnostics::default();
        let model = resolve::resolve(blueprint, name, context, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{diagnostics:?}");
        let mut noted = Noted::of(&model);
        let mut output = Output::new(target, (&model, &[]), &mut files, &mut noted);
        target.emit(&model, &mut output).unwrap();
    }
    files.tree
}

/// The text of a compiled file.
pub(crate) fn text<'a>(tree: &'a Tree, path: &str) -> &'a str {
    tree.get(path).unwrap_or_else(|| panic!("{path} is not compiled")).text()
}

/// A compiled YAML file, as another reader than our writer sees it.
pub(crate) fn yaml(tree: &Tree, path: &str) -> serde_json::Value {
    serde_yaml::from_str(text(tree, path)).unwrap()
}

/// Writes compiled files to disk, for a judge.
pub(crate) fn written(tree: &Tree) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, artifact) in tree.iter() {
        let path: PathBuf = folder.path().join(path.as_str());
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        fs::write(&path, artifact.text()).unwrap();
        fs::set_permissions(path, Permissions::from_mode(artifact.mode().bits())).unwrap();
    }
    folder
}

/// Whether a path is that of a YAML file.
pub(crate) fn is_yaml(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "yaml")
}

//! Turns the texts of a blueprint into the tree of all files: pure, and the same bytes every time.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::Blueprint;
use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::blueprint::retyped;
use crate::catalog::Catalog;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::model::Model;
use crate::resolve::{self, Context};
use crate::rules::{self, Readings};
use crate::source::{SourceId, Sources};
use crate::target::output::Owner;
use crate::target::{Error, Output, Target};
use crate::tree::Tree;
use crate::tree::path::ArtifactPath;
use crate::value::Name;

/// Everything that is compiled: texts, and where the result will lie.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The texts.
    pub sources: Sources,
    /// The blueprint.
    pub root: SourceId,
    /// What it includes.
    pub included: Vec<SourceId>,
    /// The project's own catalogue entries.
    pub catalog: Vec<SourceId>,
    /// The blueprint's path as file headers name it: relative to the output folder.
    pub blueprint_path: String,
    /// The blueprint's folder, absolute and with `/`.
    pub folder: String,
    /// The output folder, absolute and with `/`.
    pub output: String,
}

/// What compiling returns.
#[derive(Debug)]
pub struct Compiled {
    /// The environments, everything decided.
    pub models: Vec<Model>,
    /// All files.
    pub tree: Tree,
    /// Which target and which environments each file belongs to.
    pub owners: BTreeMap<ArtifactPath, Owner>,
    /// Warnings and notes, sorted by place.
    pub remarks: Vec<Diagnostic>,
}

/// Why there is nothing to return.
#[derive(Debug)]
pub enum Failure {
    /// The author's fault: everything that was found, warnings included, sorted by place.
    Invalid(Vec<Diagnostic>),
    /// The program's fault.
    Broken(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

/// Compiles all targets of all environments.
///
/// # Errors
/// [`Failure::Invalid`] with every fault of the blueprint, or [`Failure::Broken`].
pub fn compile(inputs: &Inputs) -> Result<Compiled, Failure> {
    let mut diagnostics = Diagnostics::default();
    let invalid = |diagnostics: Diagnostics| Failure::Invalid(diagnostics.sorted(&inputs.sources));
    let written = Written::read(&inputs.sources, inputs.root, &inputs.included).map_err(invalid)?;
    let catalog = Catalog::new(&inputs.sources, &inputs.catalog).map_err(invalid)?;
    retyped::numbers(&inputs.sources, &written.root, &mut diagnostics);
    let (mut models, mut waived) = (Vec::new(), BTreeSet::new());
    let known = Known { written: &written, catalog: &catalog, readings: Readings::default() };
    for name in &written.environments {
        // Each environment has its own list: what is wrong with one must not hide what is wrong with the next.
        let mut found = Diagnostics::default();
        match written.environment(name) {
            Ok(blueprint) => {
                models.extend(one(inputs, &known, &blueprint, name, &mut waived, &mut found));
            }
            Err(invalid) => found.extend(invalid),
        }
        diagnostics.extend(found);
    }
    if models.len() == written.environments.len() {
        rules::across(&models, &written, &waived, &mut diagnostics);
    }
    if diagnostics.has_errors() {
        return Err(invalid(diagnostics));
    }
    let (mut tree, mut owners) = (Tree::new(), BTreeMap::new());
    let mut matched = BTreeSet::new();
    for model in &models {
        let mut output = Output::new(model, &mut tree, &mut owners);
        for target in Target::ALL {
            output.begin(*target);
            target.emit(model, &mut output)?;
        }
        matched.extend(output.matched().iter().cloned());
        unwritten_mount(model, &tree)?;
    }
    idle_patches(&models, &matched, &tree, &written, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(invalid(diagnostics));
    }
    Ok(Compiled { models, tree, owners, remarks: diagnostics.sorted(&inputs.sources) })
}

/// What all environments share.
struct Known<'a> {
    written: &'a Written,
    catalog: &'a Catalog,
    readings: Readings,
}

fn one(
    inputs: &Inputs,
    Known { written, catalog, readings }: &Known<'_>,
    blueprint: &Blueprint,
    name: &Name,
    waived: &mut BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Model> {
    let locator = Locator::new(written, Some(name));
    let context = Context {
        catalog,
        locator,
        blueprint_path: &inputs.blueprint_path,
        folder: &inputs.folder,
        output: &inputs.output,
    };
    let model = resolve::resolve(blueprint, name, context, diagnostics)?;
    waived.extend(rules::check(&model, blueprint, catalog, locator, readings, diagnostics));
    Some(model)
}

/// What is mounted must have been written: the container engine would put an empty folder in its place.
fn unwritten_mount(model: &Model, tree: &Tree) -> Result<(), Error> {
    for service in model.services.values() {
        for file in &service.files {
            if tree.below(&file.artifact).next().is_none() {
                let cause = format!("`{}` mounts it, and nothing writes it", service.name);
                return Err(Error { path: file.artifact.clone(), cause });
            }
        }
    }
    Ok(())
}

/// A patch that changes nothing is a mistake: what it was meant for has another name or is gone.
fn idle_patches(
    models: &[Model],
    matched: &BTreeSet<Name>,
    tree: &Tree,
    written: &Written,
    diagnostics: &mut Diagnostics,
) {
    let patches = models.iter().flat_map(|model| &model.patches);
    for (name, patch) in patches.filter(|(name, _)| !matched.contains(*name)) {
        let files = || tree.iter().map(|(path, _)| path.as_str());
        let fits = files().find(|path| crate::target::output::matches(&patch.file, path));
        let place = Locator::new(written, None).value(&format!("/patches/{name}"));
        let found = Diagnostic::error(
            Code::PatchWithoutMatch,
            format!("the patch `{name}` changes nothing"),
        );
        diagnostics.push(match fits {
            Some(path) => {
                found.at(place, "").help(format!("`{path}` has nothing at `{}`", patch.at))
            }
            None => match suggest::nearest(&patch.file, files()) {
                Some(near) => found
                    .at(place, "")
                    .help(format!("no file fits `{}`; did you mean `{near}`?", patch.file)),
                None => found.at(place, "").help(format!("no file fits `{}`", patch.file)),
            },
        });
    }
}

//! Turns the texts of a blueprint into the tree of all files: pure, and the same bytes every time.

mod dangling;
mod loaded;
mod objects;
mod patches;
mod templates;
mod unfit;

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::broken::Broken;
use crate::blueprint::locate::Locator;
use crate::blueprint::pointed;
use crate::blueprint::read::{Reading, Written};
use crate::blueprint::retyped;
use crate::catalog::Catalog;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::Model;
use crate::resolve::{self, Context};
use crate::rules::{self, Readings};
use crate::source::document::{self, Node};
use crate::source::{SourceId, Sources};
use crate::target::output::{Files, Noted, Owners};
use crate::target::{Error, Output, Target};
use crate::tree::Tree;
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
    /// The project's own templates: what each is written to, and its text.
    pub templates: Vec<(String, SourceId)>,
    /// What should have been among the texts and could not be read.
    pub unreadable: Diagnostics,
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
    /// The blueprint as it was written.
    pub written: Written,
    /// The environments, everything decided.
    pub models: Vec<Model>,
    /// All files.
    pub tree: Tree,
    /// Which target and which environments each file belongs to.
    pub owners: Owners,
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

/// Compiles all targets of all environments. What is faulty is left out, so that one run tells all that is wrong;
/// with an error nothing is returned but that.
///
/// # Errors
/// [`Failure::Invalid`] with every fault of the blueprint, or [`Failure::Broken`].
pub fn compile(inputs: &Inputs) -> Result<Compiled, Failure> {
    compile_read(inputs, document::read(&inputs.sources, inputs.root))
}

/// As [`compile`], from the blueprint's own text as it was read, which need not be read again.
///
/// # Errors
/// As [`compile`].
pub fn compile_read(
    inputs: &Inputs,
    (root, found): (Option<Node>, Diagnostics),
) -> Result<Compiled, Failure> {
    let mut diagnostics = inputs.unreadable.clone();
    let invalid = |diagnostics: Diagnostics| Failure::Invalid(diagnostics.sorted(&inputs.sources));
    let (catalog, faults) = Catalog::read(&inputs.sources, &inputs.catalog);
    diagnostics.extend(faults);
    let Some(root) = root else {
        diagnostics.extend(found);
        return Err(invalid(diagnostics));
    };
    let mut written = Written::of(root, found, &inputs.sources, &inputs.included);
    // An output folder that cannot be is no missing text.
    let output = written.root.at("/output/root").or_else(|| written.root.get("name"));
    let output = output.unwrap_or(&written.root).span;
    let is_output = |one: &Diagnostic| one.labels.first().is_some_and(|label| label.span == output);
    if !inputs.unreadable.iter().all(is_output) {
        written.lack_a_text();
    }
    diagnostics.extend(written.found.iter().cloned());
    retyped::numbers(&inputs.sources, &written.root, &mut diagnostics);
    let from = (inputs, &written, &catalog);
    let Judged { models, mut waived, broken, readings } = judge(from, &mut diagnostics);
    let is_whole = models.len() == written.environments.len();
    let has_patches = models.iter().any(|model| !model.patches.is_empty());
    // Whether a patch needs its waiver is known when files are emitted.
    if has_patches {
        waived.insert(Code::LooseningPatch.id().to_owned());
    }
    if is_whole {
        rules::across(&models, &written, &waived, &broken, &mut diagnostics);
    }
    if diagnostics.has_errors() && !(is_whole && has_patches) {
        return Err(invalid(diagnostics));
    }
    match emit(inputs, &models, &written, &mut diagnostics) {
        Ok(emitted) => {
            let files = (&emitted.tree, &emitted.owners);
            let from = (inputs, &written, &catalog);
            loaded::check(from, &models, files, &readings, &mut diagnostics);
            patches::idle(&models, &emitted, &written, &broken, &mut diagnostics);
            if diagnostics.has_errors() {
                return Err(invalid(diagnostics));
            }
            let Emitted { tree, owners, .. } = emitted;
            let remarks = diagnostics.sorted(&inputs.sources);
            Ok(Compiled { written, models, tree, owners, remarks })
        }
        // What is faulty may be what could not be emitted.
        Err(_) if diagnostics.has_errors() => Err(invalid(diagnostics)),
        Err(error) => match unfit::component(&error, &models, (&written, &catalog)) {
            Some(found) => {
                diagnostics.push(found);
                Err(invalid(diagnostics))
            }
            None => Err(error.into()),
        },
    }
}

/// The environments so far.
#[derive(Default)]
struct Judged {
    models: Vec<Model>,
    /// The waivers that covered something.
    waived: BTreeSet<String>,
    /// What is faulty in any of them.
    broken: Broken,
    /// What their expressions read.
    readings: Readings,
}

/// Decides everything about each environment, and judges it.
fn judge(
    (inputs, written, catalog): (&Inputs, &Written, &Catalog),
    diagnostics: &mut Diagnostics,
) -> Judged {
    let mut readings = written.readings();
    // A step is taken for all environments before the next, so that the processor still has its code for the second.
    let resolved: Vec<Option<Model>> = written
        .environments
        .iter()
        .zip(&mut readings)
        .map(|(name, Reading { blueprint, broken, found })| {
            let context = Context {
                catalog,
                locator: Locator::new(written, Some(name)),
                broken,
                blueprint_path: &inputs.blueprint_path,
                folder: &inputs.folder,
                output: &inputs.output,
            };
            let mut undecided = Diagnostics::default();
            let model = resolve::resolve(blueprint.as_ref()?, name, context, &mut undecided);
            broken.extend(pointed::pointers(&written.root, &undecided));
            found.extend(undecided);
            Some(model)
        })
        .collect();
    let mut judged = Judged::default();
    for ((name, reading), model) in written.environments.iter().zip(readings).zip(resolved) {
        let Reading { blueprint, broken, mut found } = reading;
        if let (Some(blueprint), Some(model)) = (blueprint, model) {
            let locator = Locator::new(written, Some(name));
            let known = (&broken, &judged.readings);
            let waived = rules::check(&model, &blueprint, catalog, locator, known, &mut found);
            judged.waived.extend(waived);
            judged.models.push(model);
        }
        judged.broken.merge(broken);
        diagnostics.extend(found);
    }
    judged
}

/// What the targets wrote.
struct Emitted {
    tree: Tree,
    owners: Owners,
    /// The patches that changed something.
    matched: BTreeSet<Name>,
    /// The points at which text can be put into files.
    points: BTreeMap<String, BTreeSet<String>>,
}

/// Emits every environment; what only emitting shows to be wrong with the blueprint is told.
fn emit(
    inputs: &Inputs,
    models: &[Model],
    written: &Written,
    diagnostics: &mut Diagnostics,
) -> Result<Emitted, Error> {
    let mut files = Files::default();
    let mut noted: Vec<Noted> = models.iter().map(Noted::of).collect();
    let emitted = emit_each(models, &mut files, &mut noted);
    for (model, noted) in models.iter().zip(&noted) {
        let locator = Locator::new(written, Some(&model.environment.name));
        objects::taken(&noted.clashes, locator, diagnostics);
        patches::breaches(model, &noted.breaches, locator, diagnostics);
    }
    emitted?;
    let (mut matched, mut points, mut changes) = (BTreeSet::new(), BTreeMap::new(), Vec::new());
    for noted in noted {
        matched.extend(noted.matched);
        points.extend(noted.points);
        changes.extend(noted.changes);
    }
    // Patches that an environment alone has do not reach what belongs to all.
    if let (Some(first), Some(mut noted)) = (models.first(), Noted::whole(models)) {
        for target in Target::WHOLE {
            let mut output = Output::new(*target, (first, &[]), &mut files, &mut noted);
            target.emit_whole(models, &mut output)?;
        }
        matched.extend(noted.matched);
        points.extend(noted.points);
    }
    let Files { mut tree, mut owners, .. } = files;
    templates::emit(inputs, models, (&mut tree, &mut owners), diagnostics);
    dangling::check(inputs, models, written, (&tree, &owners, &changes), diagnostics);
    Ok(Emitted { tree, owners, matched, points })
}

/// Emits the files of each environment. A target emits those of all before the next one does, so that the processor
/// still has its code for the second.
fn emit_each(models: &[Model], files: &mut Files, noted: &mut [Noted]) -> Result<(), Error> {
    for target in Target::ALL {
        for (before, (model, noted)) in models.iter().zip(&mut *noted).enumerate() {
            let environments = (model, &models[..before]);
            target.emit(model, &mut Output::new(*target, environments, files, noted))?;
        }
    }
    models.iter().try_for_each(|model| unwritten_mount(model, &files.tree))
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

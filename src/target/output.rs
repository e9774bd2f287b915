//! Collects the files of one environment: gives each its header, applies patches, and puts it into the tree.

mod again;
mod held;
mod in_cluster;
mod patches;
mod serialized;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use indexmap::map::Entry;
use serde::Serialize;

use crate::format::template::{self, TemplateError};
use crate::format::{digest, yaml};
use crate::map::{IndexMap, with_room};
use crate::model::Model;
use crate::proof::Change;
use crate::target::Target;
use crate::target::clash::Clash;
use crate::target::patched::Breach;
pub(crate) use crate::target::patched::matches;
use crate::tree::path::ArtifactPath;
use crate::tree::{Artifact, Mode, Tree};
use crate::value::Name;
use held::Held;
pub use held::NamedText;

/// The files of one environment, while one target emits them.
#[derive(Debug)]
pub struct Output<'a> {
    target: Target,
    model: &'a Model,
    earlier: &'a [Model],
    files: &'a mut Files,
    noted: &'a mut Noted,
}

/// The files of all environments.
#[derive(Debug)]
pub struct Files {
    /// The files themselves.
    pub tree: Tree,
    /// Who emitted them.
    pub owners: Owners,
    held: Held,
    /// What a cluster reads in place of some of them.
    in_cluster: BTreeMap<String, Option<Artifact>>,
    /// The room in which files in YAML are written, before each gets as much as it takes.
    room: String,
}

/// The room that hardly any file in YAML goes beyond, in bytes.
const ROOM: usize = 128 << 10;

/// As many files as most systems have: what grows to them step by step is hashed anew at each.
const COUNT: usize = 256;

impl Default for Files {
    fn default() -> Self {
        Self {
            tree: Tree::new(),
            owners: with_room(COUNT),
            held: Held::default(),
            in_cluster: BTreeMap::new(),
            room: String::with_capacity(ROOM),
        }
    }
}

/// What targets note about the files of one environment.
#[derive(Debug)]
pub struct Noted {
    /// The patches that changed something.
    pub matched: BTreeSet<Name>,
    /// The points at which patches can put text into files, by file.
    pub points: BTreeMap<String, BTreeSet<String>>,
    /// The objects that have one name.
    pub clashes: Vec<Clash>,
    /// What patches broke, each once.
    pub breaches: Vec<Breach>,
    /// What patches want that may not be there, or take away from others.
    pub changes: Vec<(Name, Change)>,
    environments: Arc<BTreeSet<Name>>,
    /// The header of files in YAML, as lines of comment.
    above: String,
}

/// Who emitted each file.
pub type Owners = IndexMap<ArtifactPath, Owner>;

/// Who emitted a file: what `--env` and `--target` choose by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The kind of output.
    pub target: Target,
    /// The environments that it belongs to; most files belong to the same.
    pub environments: Arc<BTreeSet<Name>>,
}

/// What went wrong while emitting: the program's fault, not the author's.
#[derive(Debug)]
pub struct Error {
    /// The file.
    pub path: String,
    /// What happened.
    pub cause: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be emitted: {}", self.path, self.cause)
    }
}

impl std::error::Error for Error {}

impl Noted {
    /// Nothing so far about the files of an environment.
    pub fn of(model: &Model) -> Self {
        Self::within(model, [model.environment.name.clone()].into())
    }

    /// Nothing so far about the files that belong to all environments of a system; `None` where it has none.
    pub fn whole(models: &[Model]) -> Option<Self> {
        let environments = models.iter().map(|model| model.environment.name.clone());
        Some(Self::within(models.first()?, environments.collect()))
    }

    fn within(model: &Model, environments: BTreeSet<Name>) -> Self {
        Self {
            matched: BTreeSet::new(),
            points: BTreeMap::new(),
            clashes: Vec::new(),
            breaches: Vec::new(),
            changes: Vec::new(),
            environments: Arc::new(environments),
            above: yaml::commented(&header(model)),
        }
    }
}

impl<'a> Output<'a> {
    /// Where a target puts the files of the last of these environments; it has put those of the others.
    pub fn new(
        target: Target,
        (model, earlier): (&'a Model, &'a [Model]),
        files: &'a mut Files,
        noted: &'a mut Noted,
    ) -> Self {
        Self { target, model, earlier, files, noted }
    }

    /// Keeps two objects of one name for the author; the later is not emitted.
    pub fn clash(&mut self, clash: Clash) {
        self.noted.clashes.push(clash);
    }

    /// The lines that head each file whose format has comments, without comment signs.
    pub fn header(&self) -> String {
        header(self.model)
    }

    /// Adds a file rendered from a template that lies in the target's folder; the template writes the header.
    ///
    /// # Errors
    /// When the template is broken or the path is taken.
    pub fn template(
        &mut self,
        path: &str,
        source: &'static str,
        context: &impl Serialize,
    ) -> Result<(), Error> {
        let text = rendered(path, template::render_built_in(path, source, context))?;
        self.add(path, Artifact::plain(text))
    }

    /// As [`Self::template`], from a template that an entry brings.
    ///
    /// # Errors
    /// When the template is broken or the path is taken.
    pub fn brought(
        &mut self,
        (path, mode): (&str, Mode),
        source: &str,
        context: &impl Serialize,
    ) -> Result<(), Error> {
        let text = rendered(path, template::render(path, source, context))?;
        self.add(path, Artifact::new(text, mode))
    }

    /// Adds a file from its text, header and all.
    ///
    /// # Errors
    /// When the path is taken.
    pub fn plain(&mut self, path: &str, text: String) -> Result<(), Error> {
        self.add(path, Artifact::plain(text))
    }

    /// As [`Self::plain`], for a script that can be run.
    ///
    /// # Errors
    /// When the path is taken.
    pub fn executable(&mut self, path: &str, text: String) -> Result<(), Error> {
        self.add(path, Artifact::executable(text))
    }

    /// As [`Self::template`], for a script that can be run.
    ///
    /// # Errors
    /// When the template is broken or the path is taken.
    pub fn script(
        &mut self,
        path: &str,
        source: &'static str,
        context: &impl Serialize,
    ) -> Result<(), Error> {
        let text = rendered(path, template::render_built_in(path, source, context))?;
        self.add(path, Artifact::executable(text))
    }

    /// The file that was emitted at a path, for targets that mount it.
    pub fn emitted(&self, path: &str) -> Option<&Artifact> {
        self.files.tree.get(path)
    }

    /// The files that were emitted below a folder, or the one at that very path.
    pub fn emitted_below(&self, folder: &str) -> impl Iterator<Item = (&ArtifactPath, &Artifact)> {
        self.files.tree.below(folder)
    }

    /// A digest of the names and texts of files, which changes when what a service reads does; `None` without files.
    pub fn digest_below<'b>(&self, folders: impl IntoIterator<Item = &'b str>) -> Option<String> {
        let files = folders.into_iter().flat_map(|folder| self.files.tree.below(folder));
        let mut parts = files
            .flat_map(|(path, artifact)| [path.as_str().as_bytes(), artifact.hash().as_ref()])
            .peekable();
        parts.peek().is_some().then(|| digest::short(parts))
    }

    fn add(&mut self, path: &str, artifact: Artifact) -> Result<(), Error> {
        let parsed = ArtifactPath::parse(path).map_err(|error| fault(path, &error))?;
        match self.files.owners.entry(parsed) {
            Entry::Occupied(mut owner) => {
                // What environments share, such as a Dockerfile, is emitted for each and must not differ.
                if self.files.tree.get(path) != Some(&artifact) {
                    let cause = "two environments or targets want different files there";
                    return Err(fault(path, &cause));
                }
                let environments = Arc::make_mut(&mut owner.get_mut().environments);
                environments.extend(self.noted.environments.iter().cloned());
            }
            Entry::Vacant(place) => {
                let added = self.files.tree.insert(place.key().clone(), artifact);
                added.map_err(|error| fault(path, &error))?;
                let environments = Arc::clone(&self.noted.environments);
                place.insert(Owner { target: self.target, environments });
            }
        }
        Ok(())
    }
}

/// The lines that head each file of a model whose format has comments, without comment signs.
pub fn header(model: &Model) -> String {
    format!(
        "Compiled by Formwork from {}.\nDo not edit: change the blueprint, then run `formwork build`.",
        model.blueprint
    )
}

fn rendered(path: &str, text: Result<String, TemplateError>) -> Result<String, Error> {
    text.map_err(|error| fault(path, &error))
}

#[cold]
fn fault(path: &str, cause: &dyn fmt::Display) -> Error {
    Error { path: path.to_owned(), cause: cause.to_string() }
}

//! Turns the blueprints that a command line means into compiled systems, and tells what is wrong with them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::bail;
use serde_json::{Value, json};

use crate::cli::{Common, Format};
use crate::command::inputs;
use crate::command::repository::Repository;
use crate::command::selection::Selection;
use crate::compile::{Compiled, Failure};
use crate::console;
use crate::diagnostic::{Diagnostic, render};
use crate::format;
use crate::project::{self, Project};
use crate::source::Sources;
use crate::tree::compare::{Change, Old, compare};
use crate::tree::error::TreeError;
use crate::tree::lock::Lock;

/// A blueprint that compiled.
#[derive(Debug)]
pub struct System {
    /// The blueprint on disk, and where its files lie.
    pub project: Project,
    /// What it was compiled to.
    pub compiled: Compiled,
}

/// All systems of a run, and what was found in their texts.
#[derive(Debug, Default)]
pub struct Session {
    /// The systems that compiled, in the order of their blueprints.
    pub systems: Vec<System>,
    /// Whether a blueprint did not.
    pub invalid: bool,
    found: Vec<(Sources, Vec<Diagnostic>)>,
    /// Whether annotations are the answer, and not told beside one.
    is_annotated: bool,
}

impl System {
    /// The system's name.
    pub fn name(&self) -> &str {
        self.compiled.models.first().map_or("", |model| model.name.as_str())
    }

    /// A path below the output folder, as a user names it from here.
    pub fn path(&self, artifact: &str) -> String {
        shown(&self.project.output.join(artifact))
    }

    /// The output folder, as a user names it from here.
    pub fn output(&self) -> String {
        if self.project.output.as_os_str().is_empty() {
            return ".".to_owned();
        }
        shown(&self.project.output)
    }

    /// The lock of the output folder.
    ///
    /// # Errors
    /// When it cannot be read or believed, or is another system's.
    pub fn lock(&self) -> Result<Lock, TreeError> {
        let lock = self.any_lock()?;
        match lock.other_system(self.name()) {
            Some(theirs) => Err(TreeError::other_system(self.root(), theirs, self.name())),
            None => Ok(lock),
        }
    }

    /// The lock of the output folder, whosever it is.
    ///
    /// # Errors
    /// When it cannot be read or believed.
    pub fn any_lock(&self) -> Result<Lock, TreeError> {
        Lock::read(self.root())
    }

    /// What differs in the output folder, as far as it is selected.
    ///
    /// # Errors
    /// When the folder cannot be read, or another run wrote to it meanwhile.
    pub fn changes<'a>(
        &'a self,
        lock: &'a Lock,
        selection: &Selection<'_>,
    ) -> Result<Vec<Change<'a>>, TreeError> {
        let mut changes = compare(&self.compiled.tree, self.root(), lock)?;
        // Every run that writes a file changes the lock first: half a look at either state would be a wrong answer.
        if self.any_lock()? != *lock {
            return Err(TreeError::Busy { root: self.root().to_owned() });
        }
        self.spare_sources(&changes)?;
        changes.retain(|change| selection.takes(self.compiled.owners.get(change.path)));
        Ok(changes)
    }

    /// Refuses to write over or remove what the system is compiled from, whatever the lock says of it.
    fn spare_sources(&self, changes: &[Change<'_>]) -> Result<(), TreeError> {
        let mut touched = changes.iter().filter(|one| one.old != Old::Nothing && !one.is_settled());
        let Ok(root) = self.root().canonicalize() else { return Ok(()) };
        let sources: Vec<PathBuf> =
            self.project.files().filter_map(|file| file.canonicalize().ok()).collect();
        match touched.find(|change| sources.contains(&root.join(change.path.as_str()))) {
            Some(change) => {
                let is_orphan = change.new.is_none();
                Err(TreeError::Source { path: change.path.clone(), is_orphan })
            }
            None => Ok(()),
        }
    }

    /// The output folder, for the file system.
    pub fn root(&self) -> &Path {
        let output = self.project.output.as_path();
        if output.as_os_str().is_empty() { Path::new(".") } else { output }
    }
}

impl Session {
    /// Reads and compiles every blueprint that is meant. What is wrong is told at once, and `None` returned if that
    /// forbids to go on.
    ///
    /// # Errors
    /// Usage, I/O, or a broken template.
    pub fn open(common: &Common) -> anyhow::Result<Option<Self>> {
        Self::read(&common.blueprints, common.out.as_deref())?.opened(common)
    }

    /// As [`Self::open`], for a command whose answer is annotations itself.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_annotated(common: &Common) -> anyhow::Result<Option<Self>> {
        Self::read(&common.blueprints, common.out.as_deref())?.annotated().opened(common)
    }

    /// The same for a command whose answer is annotations: all of them are told in one place.
    #[must_use]
    pub fn annotated(self) -> Self {
        Self { is_annotated: true, ..self }
    }

    fn opened(self, common: &Common) -> anyhow::Result<Option<Self>> {
        let session = self;
        session.refuse_shared_outputs()?;
        if session.invalid {
            session.tell(common.format);
            match common.format {
                Format::Json => session.print_json(json!({})),
                Format::Sarif => session.print_sarif(&[]),
                Format::Text | Format::Github => {}
            }
            return Ok(None);
        }
        Selection::of(common).verify(&session)?;
        session.tell(common.format);
        Ok(Some(session))
    }

    /// Reads and compiles every blueprint that is meant, and keeps what is wrong.
    ///
    /// # Errors
    /// Usage, or a broken template.
    pub fn read(named: &[PathBuf], out: Option<&Path>) -> anyhow::Result<Self> {
        let mut session = Self::default();
        let blueprints = which(named)?;
        if let (Some(out), [first, second, ..]) = (out, blueprints.as_slice()) {
            let (out, first, second) = (out.display(), first.display(), second.display());
            bail!("`--out {out}` takes one blueprint, not `{first}` and `{second}`; name one");
        }
        for blueprint in blueprints {
            session.add(&blueprint, out)?;
        }
        Ok(session)
    }

    fn add(&mut self, blueprint: &Path, out: Option<&Path>) -> anyhow::Result<()> {
        let project = match Project::read(blueprint, out) {
            Ok(project) => project,
            Err(unreadable) => {
                let found = unreadable.diagnostics.sorted(&unreadable.sources);
                self.invalid = true;
                self.found.push((unreadable.sources, found));
                return Ok(());
            }
        };
        match project.compile() {
            Ok(compiled) => {
                let mut found = compiled.remarks.clone();
                found.extend(inputs::missing(&project, &compiled));
                self.found.push((project.inputs.sources.clone(), found));
                self.systems.push(System { project, compiled });
                Ok(())
            }
            Err(Failure::Invalid(found)) => {
                self.invalid = true;
                self.found.push((project.inputs.sources, found));
                Ok(())
            }
            Err(Failure::Broken(error)) => {
                let blueprint = blueprint.display();
                Err(anyhow::Error::new(error).context(format!("`{blueprint}` cannot be compiled")))
            }
        }
    }

    /// Two blueprints in one folder would each take the other's files for orphans.
    fn refuse_shared_outputs(&self) -> anyhow::Result<()> {
        for (index, system) in self.systems.iter().enumerate() {
            let same = |other: &&System| absolute(other.root()) == absolute(system.root());
            if let Some(other) = self.systems[..index].iter().find(same) {
                bail!(
                    "`{}` and `{}` both write to `{}`; give one of them another `output.root`",
                    other.project.blueprint.display(),
                    system.project.blueprint.display(),
                    system.output(),
                );
            }
        }
        Ok(())
    }

    /// Whether anything was found at all.
    pub fn is_silent(&self) -> bool {
        self.found.iter().all(|(_, found)| found.is_empty())
    }

    /// Tells what was found, unless it is part of a document that follows.
    pub fn tell(&self, format: Format) {
        match format {
            Format::Json | Format::Sarif => {}
            Format::Text => {
                let text =
                    |(sources, found): &(Sources, Vec<_>)| render::text(sources, found, true);
                let texts: Vec<_> =
                    self.found.iter().filter(|(_, found)| !found.is_empty()).map(text).collect();
                console::error(&texts.join("\n"));
            }
            Format::Github => {
                let print = if self.is_annotated { console::print } else { console::error };
                let repository = Repository::here();
                for (sources, found) in &self.found {
                    let (sources, found) = repository.renamed((sources, found));
                    print(&render::github(&sources, &found));
                }
            }
        }
    }

    /// Prints a SARIF log: what was found in the texts, and of whole files.
    pub fn print_sarif(&self, files: &[render::OfFile]) {
        let repository = Repository::here();
        let found: Vec<_> = self
            .found
            .iter()
            .map(|(sources, found)| repository.renamed((sources, found)))
            .collect();
        let of_file = |one: &render::OfFile| render::OfFile {
            path: repository.path(&one.path),
            ..one.clone()
        };
        let files: Vec<_> = files.iter().map(of_file).collect();
        console::raw(&format::json::to_string(&render::sarif(&found, &files)));
    }

    /// Prints a JSON document: what was found, then `more`.
    pub fn print_json(&self, more: Value) {
        let values = |(sources, found): &(Sources, Vec<_>)| render::values(sources, found);
        let diagnostics: Vec<Value> = self.found.iter().flat_map(values).collect();
        let mut document = json!({ "diagnostics": diagnostics });
        if let (Some(document), Value::Object(more)) = (document.as_object_mut(), more) {
            document.extend(more);
        }
        console::raw(&format::json::to_string(&document));
    }
}

/// The blueprints that are meant.
fn which(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    if !named.is_empty() {
        // Globs and lists of changed files may name one twice.
        let mut seen = BTreeSet::new();
        return Ok(named.iter().filter(|path| seen.insert(absolute(path))).cloned().collect());
    }
    let found = project::blueprints(Path::new(""));
    if found.is_empty() {
        bail!(
            "there is neither `blueprints/*.yaml` nor `blueprint.yaml` here; name a blueprint, or run `formwork init`"
        );
    }
    Ok(found)
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// A path as it is named in messages.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

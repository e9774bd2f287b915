//! Turns additions into new texts of a blueprint's files, and those into files on disk.

use std::fs;
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use serde_json::Value;

use super::Refusal;
use crate::blueprint::read::Written;
use crate::blueprint::splice::{Addition, insert};
use crate::command::session::shown;
use crate::compile::Inputs;
use crate::project::Project;
use crate::source::document::{self, Node};
use crate::source::{Source, SourceId, Span};
use crate::tree::diff::unified;

/// The texts of a blueprint and of what it includes.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    inputs: Inputs,
    files: Vec<File>,
}

#[derive(Debug, Clone)]
struct File {
    id: SourceId,
    path: PathBuf,
    /// The text on disk.
    old: String,
    /// The text to be.
    new: String,
    /// What of it was added, with line ends counted as one.
    added: Vec<Range<usize>>,
}

impl Texts {
    /// The texts as they are on disk, byte for byte.
    pub(super) fn read(project: &Project) -> anyhow::Result<Self> {
        let inputs = project.inputs.clone();
        let mut files = Vec::new();
        for id in std::iter::once(inputs.root).chain(inputs.included.iter().copied()) {
            let source = inputs.sources.get(id);
            let path = PathBuf::from(&source.path);
            let old = read(&path)?;
            if Source::new("", &old).text != source.text {
                bail!("`{}` has changed meanwhile; run the command again", shown(&path));
            }
            files.push(File { id, path, new: old.clone(), old, added: Vec::new() });
        }
        Ok(Self { inputs, files })
    }

    /// What is compiled.
    pub(super) fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// Whether a place lies in what was added.
    pub(super) fn has_added(&self, span: Span) -> bool {
        let at = span.start as usize;
        let file = self.files.iter().find(|file| file.id == span.source);
        file.is_some_and(|file| file.added.iter().any(|added| added.contains(&at)))
    }

    /// Everything that the texts say, in one tree with places.
    pub(super) fn root(&self) -> anyhow::Result<Node> {
        let inputs = &self.inputs;
        let written = Written::read(&inputs.sources, inputs.root, &inputs.included);
        Ok(written.map_err(|_found| anyhow!("the blueprint cannot be read"))?.root)
    }

    /// The same without places.
    pub(super) fn value(&self) -> anyhow::Result<Value> {
        self.root().map(|root| root.to_value())
    }

    /// Adds one after the other, each where its neighbours are.
    pub(super) fn add(&mut self, additions: &[Addition]) -> Result<(), Refusal> {
        for addition in additions {
            let (index, root) = self.home(addition.container());
            let (Some(root), Some(file)) = (root, self.files.get(index)) else {
                return Err(Refusal::Other("the text could not be read with what was added"));
            };
            let source = self.inputs.sources.get(file.id);
            let insertion = addition.place(source, &root).map_err(|unplaced| {
                let place = self.position(unplaced.place);
                Refusal::from((addition.container().to_owned(), unplaced, place))
            })?;
            let new = insert(&file.new, &insertion);
            let source = Source::new(source.path.clone(), &new);
            self.inputs.sources.replace(file.id, source);
            let file = &mut self.files[index];
            let (at, length) = (insertion.at, insertion.text.len());
            for added in file.added.iter_mut().filter(|added| added.start >= at) {
                *added = added.start + length..added.end + length;
            }
            file.added.push(at..at + length);
            file.new = new;
        }
        Ok(())
    }

    /// The file that has most of the way to a pointer, and what it says; the blueprint itself where none has.
    fn home(&self, pointer: &str) -> (usize, Option<Node>) {
        let root = |file: &File| document::parse(&self.inputs.sources, file.id).ok();
        let roots: Vec<Option<Node>> = self.files.iter().map(root).collect();
        let mut at = pointer;
        while !at.is_empty() {
            let has = |root: &Option<Node>| root.as_ref().is_some_and(|root| root.at(at).is_some());
            if let Some(index) = roots.iter().position(has) {
                return (index, roots.into_iter().nth(index).flatten());
            }
            at = at.rsplit_once('/').map_or("", |(above, _)| above);
        }
        (0, roots.into_iter().next().flatten())
    }

    /// Where a pointer leads, or the nearest thing round it, for people.
    pub(super) fn place(&self, pointer: &str) -> String {
        let (index, root) = self.home(pointer);
        let path = self.files.get(index).map_or_else(String::new, |file| shown(&file.path));
        root.map_or(path, |root| {
            self.position(root.key_span(pointer).unwrap_or(root.span(pointer)))
        })
    }

    fn position(&self, span: Span) -> String {
        let position = self.inputs.sources.position(span);
        let path = &self.inputs.sources.get(span.source).path;
        format!("{path}:{}:{}", position.line, position.column)
    }

    /// What changes.
    pub(super) fn diff(&self) -> String {
        let changed = self.files.iter().filter(|file| file.old != file.new);
        let lines = |text: &str| Source::new("", text).text;
        let diff = |file: &File| {
            unified(&shown(&file.path), Some(&lines(&file.old)), Some(&lines(&file.new)))
        };
        changed.map(diff).collect()
    }

    /// Writes each file at once and as a whole, where the text that was read still stands.
    pub(super) fn write(&self) -> anyhow::Result<()> {
        for file in self.files.iter().filter(|file| file.old != file.new) {
            if read(&file.path)? != file.old {
                bail!("`{}` has changed meanwhile; run the command again", shown(&file.path));
            }
            replace(&file.path, &file.new)
                .with_context(|| format!("cannot write `{}`", shown(&file.path)))?;
        }
        Ok(())
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", shown(path)))
}

/// Renames a complete file to its place; of a link, what it leads to is replaced.
fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let path = path.canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".formwork-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

//! Turns a blueprint on disk into what is compiled: its own text, what it includes, the project's catalogue.

mod bounds;

use std::path::{Component, Path, PathBuf};

use crate::blueprint::read;
use crate::compile::{self, Compiled, Failure, Inputs};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::document::{self, Kind, Node};
use crate::source::{Source, Sources, load};
use crate::value::{RelativePath, way};
use bounds::Bounds;

/// A blueprint on disk, read.
#[derive(Debug)]
pub struct Project {
    /// The blueprint's path, as the user gave it.
    pub blueprint: PathBuf,
    /// The folder that holds the compiled files.
    pub output: PathBuf,
    /// What is compiled.
    pub inputs: Inputs,
    /// The blueprint's own text as it was read, and what is wrong with it.
    document: (Node, Diagnostics),
}

/// What a project could not be read for, with the texts that the diagnostics point into.
#[derive(Debug)]
pub struct Unreadable {
    /// The texts that could be read.
    pub sources: Sources,
    /// What is wrong.
    pub diagnostics: Diagnostics,
}

impl Project {
    /// Reads a blueprint and all that belongs to it. `output` stands in for the blueprint's own choice.
    ///
    /// # Errors
    /// Why the blueprint itself cannot be read; what else cannot be is told when it is compiled.
    pub fn read(blueprint: &Path, output: Option<&Path>) -> Result<Self, Unreadable> {
        match load::load(blueprint) {
            Ok(mut source) => {
                // Whatever else it is, its lines may be anybody's secrets.
                source.confidential = !bounds::is_yaml(blueprint);
                Self::of(source, blueprint, output)
            }
            Err(found) => {
                Err(Unreadable { sources: Sources::default(), diagnostics: found.into() })
            }
        }
    }

    /// Takes the text of a blueprint that need not be on disk yet, and reads all that belongs to it.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn of(source: Source, blueprint: &Path, output: Option<&Path>) -> Result<Self, Unreadable> {
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::default();
        let root = sources.add(source);
        let (document, found) = match document::read(&sources, root) {
            (Some(document), found) => (document, found),
            (None, found) => {
                let mut diagnostics = Diagnostics::default();
                diagnostics.extend(found.into_iter().map(how_to_begin));
                return Err(Unreadable { sources, diagnostics });
            }
        };
        let folder = blueprint.parent().unwrap_or(Path::new(""));
        let bounds = Bounds::of(folder);
        let mut included = Vec::new();
        if let Some(Kind::Sequence(files)) = document.get("include").map(|node| &node.kind) {
            for file in files {
                let Kind::String(path) = &file.kind else { continue };
                // What is no path from here is told when the blueprint is checked.
                let Ok(path) = RelativePath::parse(path) else { continue };
                let path = tidy(&folder.join(path.as_str()));
                match bounds.readable(&path).and_then(|()| load::load(&path)) {
                    Ok(source) => included.push(sources.add(source)),
                    Err(found) => diagnostics.push(pointed(found, file.span)),
                }
            }
        }
        let catalog = own_entries(folder)
            .into_iter()
            .filter_map(|path| match readable(&bounds, &path) {
                Ok(source) => Some(sources.add(source)),
                Err(found) => {
                    diagnostics.push(found);
                    None
                }
            })
            .collect();
        let mut templates = Vec::new();
        for (name, path) in own_templates(folder) {
            let checked = bounds.template(&path).map_err(|found| found.in_file(load::shown(&path)));
            match checked.and_then(|()| load::load(&path)) {
                Ok(source) => templates.push((name, sources.add(source))),
                Err(found) => diagnostics.push(found),
            }
        }
        let output = match output {
            Some(output) => output.to_owned(),
            None => chosen_output(&document, folder, &bounds, &mut diagnostics),
        };
        let inputs = Inputs {
            sources,
            root,
            included,
            catalog,
            templates,
            unreadable: diagnostics,
            blueprint_path: way::between(&absolute(&output), &absolute(blueprint)),
            folder: absolute(folder),
            output: absolute(&output),
        };
        let document = (document, found);
        Ok(Self { blueprint: blueprint.to_owned(), output, inputs, document })
    }

    /// The files that are compiled: the blueprint, what it includes, the project's own entries and templates.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let Inputs { sources, included, catalog, templates, .. } = &self.inputs;
        let named = templates.iter().map(|(_, source)| source);
        let read = included.iter().chain(catalog).chain(named);
        let read = read.map(|source| Path::new(sources.get(*source).path.as_str()));
        std::iter::once(self.blueprint.as_path()).chain(read)
    }

    /// Compiles it.
    ///
    /// # Errors
    /// As [`compile::compile`].
    pub fn compile(&self) -> Result<Compiled, Failure> {
        let (document, found) = self.document.clone();
        compile::compile_read(&self.inputs, (Some(document), found))
    }
}

/// The blueprints that are meant when the user names none: all in `blueprints/`, else `blueprint.yaml` here.
pub fn blueprints(folder: &Path) -> Vec<PathBuf> {
    let mut found = yaml_files(&folder.join("blueprints"));
    found.retain(|path| is_blueprint(path));
    let single = folder.join("blueprint.yaml");
    if found.is_empty() && single.exists() {
        found.push(tidy(&single));
    }
    found
}

/// Files that blueprints include lie beside them and do not start with the version of the language.
fn is_blueprint(path: &Path) -> bool {
    let Ok(source) = load::load(path) else { return true };
    source.text.lines().any(|line| line.starts_with("blueprint:"))
}

fn is_blueprints(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "blueprints")
}

/// The project's own catalogue entries: `catalog/*.yaml` beside the blueprint.
fn own_entries(folder: &Path) -> Vec<PathBuf> {
    yaml_files(&folder.join("catalog"))
}

/// The output folder that the blueprint chooses, or that follows from its name.
fn chosen_output(
    document: &Node,
    folder: &Path,
    bounds: &Bounds,
    diagnostics: &mut Diagnostics,
) -> PathBuf {
    let name = text_at(document, &["name"]);
    let chosen = text_at(document, &["output", "root"]);
    let root = tidy(&folder.join(read::output_root(chosen, name, is_blueprints(folder))));
    // What is no path from here is told when the blueprint is checked.
    if chosen.is_none_or(|chosen| RelativePath::parse(chosen).is_ok())
        && let Err(found) = bounds.writable(&root)
    {
        let place = document.at("/output/root").or_else(|| document.get("name"));
        diagnostics.push(found.at(place.unwrap_or(document).span, ""));
    }
    root
}

/// An entry of the project's own, if it is one: a link may lead anywhere.
fn readable(bounds: &Bounds, path: &Path) -> Result<Source, Diagnostic> {
    bounds.readable(path).map_err(|found| found.in_file(load::shown(path)))?;
    load::load(path)
}

/// The project's own templates, `templates/**/*.j2` beside the blueprint, each with the path of what it is compiled to.
/// Links to folders are not followed.
fn own_templates(folder: &Path) -> Vec<(String, PathBuf)> {
    let home = folder.join("templates");
    let mut folders = vec![home.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&home).map(load::shown).unwrap_or_default();
            if let Some(name) = name.strip_suffix(".j2") {
                found.push((name.to_owned(), tidy(&path)));
            }
        }
    }
    found.sort();
    found
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> =
        entries.map(|entry| tidy(&entry.path())).filter(|path| bounds::is_yaml(path)).collect();
    files.sort();
    files
}

fn text_at<'a>(node: &'a Node, path: &[&str]) -> Option<&'a str> {
    let node = path.iter().try_fold(node, |node, key| node.get(key))?;
    match &node.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}

/// Says how to come by a blueprint where an empty file stands in the place of one.
fn how_to_begin(found: Diagnostic) -> Diagnostic {
    match found.code {
        Code::EmptyFile => found.help("`formwork init` writes a working blueprint"),
        _ => found,
    }
}

fn pointed(mut found: Diagnostic, span: crate::source::Span) -> Diagnostic {
    if found.labels.is_empty() {
        found = found.at(span, "included here");
    }
    found
}

/// The path without `.` and without `x/..`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(tidy.components().next_back(), Some(Component::Normal(_))) =>
            {
                tidy.pop();
            }
            other => tidy.push(other),
        }
    }
    tidy
}

/// The path from the root of the file system, with `/`; nothing is looked up on disk but where we are.
fn absolute(path: &Path) -> String {
    // An empty path is the folder that we are in, but has no absolute form.
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    way::join(&path.to_string_lossy().replace('\\', "/"), "")
}

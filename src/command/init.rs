//! Turns a few answers into a working blueprint, and compiles it.

mod answers;
mod draft;
mod ignored;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::catalog::Catalog;
use crate::cli::{BuildArgs, Common, InitArgs};
use crate::command::choice::images;
use crate::command::session::{Session, shown};
use crate::command::{UNANSWERED, build};
use crate::compile::{Compiled, Failure};
use crate::console;
use crate::diagnostic::{Diagnostic, Diagnostics, render};
use crate::project::{Project, Unreadable};
use crate::source::{Source, SourceId, Sources};
use answers::Answers;
use ignored::Ignored;

/// Asks, writes and compiles.
///
/// # Errors
/// Usage, I/O, or a broken template.
pub fn run(args: &InitArgs) -> anyhow::Result<ExitCode> {
    let catalog = catalog()?;
    let answers = Answers::of(args, &catalog)?;
    let blueprint = place(&args.dir, &answers.name);
    if blueprint.exists() {
        bail!("`{}` is there already; edit it, or begin in another folder", shown(&blueprint));
    }
    let mut draft = draft::Draft::of(&answers, blueprint.starts_with(args.dir.join("blueprints")));
    // Which components follow is known once it is compiled: then their images are pinned.
    let Some((output, compiled)) = try_out(&blueprint, &draft.text(&Value::Null))? else {
        return Ok(ExitCode::from(UNANSWERED));
    };
    let ignored = Ignored::read(&output, &compiled.tree)?;
    if ignored.is_some() {
        draft.keep_ignore_file();
    }
    let text = draft.text(&Value::Object(images(&compiled)));
    if try_out(&blueprint, &text)?.is_none() {
        return Ok(ExitCode::from(UNANSWERED));
    }
    write_new(&blueprint, &text)?;
    console::print(&format!("wrote {}\n", shown(&blueprint)));
    if let Some(ignored) = ignored {
        console::print(&ignored.extend()?);
    }
    first_build(args, &blueprint)
}

fn catalog() -> anyhow::Result<Catalog> {
    match Catalog::new(&Sources::default(), &[]) {
        Ok(catalog) => Ok(catalog),
        Err(_) => bail!("the catalogue cannot be read"),
    }
}

/// Where the blueprint goes: among others where there are others.
fn place(folder: &Path, name: &str) -> PathBuf {
    let many = folder.join("blueprints");
    let path = if many.is_dir() {
        many.join(format!("{name}.yaml"))
    } else {
        folder.join("blueprint.yaml")
    };
    path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)
}

/// Compiles a text that is not on disk, and says where to; what is wrong with it is told.
fn try_out(blueprint: &Path, text: &str) -> anyhow::Result<Option<(PathBuf, Compiled)>> {
    let source = Source::new(shown(blueprint), text);
    let tell = |sources: &Sources, found: Diagnostics| {
        console::error(&render::text(sources, &found.sorted(sources), true));
    };
    let project = match Project::of(source, blueprint, None) {
        Ok(project) => project,
        Err(Unreadable { sources, diagnostics }) => {
            tell(&sources, diagnostics);
            return Ok(None);
        }
    };
    match project.compile() {
        Ok(compiled) => Ok(Some((project.output, compiled))),
        Err(Failure::Invalid(mut found)) => {
            for one in &mut found {
                forget_places(one, project.inputs.root);
            }
            console::error(&render::text(&project.inputs.sources, &found, true));
            console::error(
                "\nnothing is written: begin again with other answers, or with the flags that `formwork init --help` lists\n",
            );
            Ok(None)
        }
        Err(Failure::Broken(error)) => Err(error.into()),
    }
}

/// Takes out the places in a text that nobody can look into.
fn forget_places(one: &mut Diagnostic, unwritten: SourceId) {
    one.labels.retain(|label| label.span.source != unwritten);
}

/// Writes a file that must not be there.
fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).with_context(|| format!("cannot create `{}`", shown(folder)))?;
    }
    let mut file =
        fs::File::create_new(path).with_context(|| format!("cannot create `{}`", shown(path)))?;
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write `{}`", shown(path)))
}

fn first_build(args: &InitArgs, blueprint: &Path) -> anyhow::Result<ExitCode> {
    // What a command without arguments finds need not be named in the commands that follow.
    let is_default = args.dir == Path::new(".") && blueprint == Path::new("blueprint.yaml");
    let blueprints = if is_default { Vec::new() } else { vec![blueprint.to_owned()] };
    let args =
        BuildArgs { common: Common { blueprints, ..Common::default() }, ..BuildArgs::default() };
    match Session::open(&args.common)? {
        Some(session) => build::build(&session, &args),
        None => Ok(ExitCode::from(UNANSWERED)),
    }
}

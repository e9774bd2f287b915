//! Turns arguments into the env files that are meant, each with its system and environment.

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::cli::Format;
use crate::cli::env::EnvOf;
use crate::command::next::Named;
use crate::command::session::{Session, System};
use crate::diagnostic::suggest;
use crate::model::{Model, naming};

/// An env file and whose it is.
pub(super) struct Meant<'a> {
    /// The system.
    pub(super) system: &'a System,
    /// The environment.
    pub(super) model: &'a Model,
    /// The file.
    pub(super) path: PathBuf,
}

impl Meant<'_> {
    /// The environment's own file, where it is there and another one is meant.
    pub(super) fn other(&self) -> Option<PathBuf> {
        let own = self.system.project.output.join(naming::env_file(&self.model.environment.name));
        (own.symlink_metadata().is_ok() && full(&own) != full(&self.path)).then_some(own)
    }
}

/// A path without links where it exists, and without the current folder where it does not.
fn full(path: &Path) -> Option<PathBuf> {
    path.canonicalize().or_else(|_| std::path::absolute(path)).ok()
}

/// The systems that are meant; `None` where a blueprint is invalid, of which was told.
pub(super) fn session(of: &EnvOf, format: Format) -> anyhow::Result<Option<Session>> {
    let named: Vec<PathBuf> = of.blueprint.iter().cloned().collect();
    let session = Session::read(&named, of.out.as_deref())?;
    if !session.invalid {
        return Ok(Some(session));
    }
    session.tell(format);
    match format {
        Format::Json => session.print_json(serde_json::json!({})),
        Format::Sarif => session.print_sarif(&[]),
        Format::Text | Format::Github => {}
    }
    Ok(None)
}

/// How the user named what is meant.
pub(super) fn names(of: &EnvOf) -> Named<'_> {
    Named { blueprint: of.blueprint.is_some(), out: of.out.as_deref() }
}

/// The files that are meant: the one named, or `.env.<environment>` of the environment named, of the only one, or of
/// those that have one.
pub(super) fn files<'a>(
    systems: &'a [System],
    of: &EnvOf,
    file: Option<&Path>,
) -> anyhow::Result<Vec<Meant<'a>>> {
    let all = systems.iter().flat_map(|system| {
        system.compiled.models.iter().map(move |model| Meant {
            system,
            model,
            path: system.project.output.join(naming::env_file(&model.environment.name)),
        })
    });
    let mut meant: Vec<Meant<'_>> = all.collect();
    if let Some(wanted) = &of.env {
        let known: Vec<_> =
            meant.iter().map(|one| one.model.environment.name.to_string()).collect();
        meant.retain(|one| one.model.environment.name.as_str() == wanted);
        if meant.is_empty() {
            match suggest::nearest(wanted, known.iter().map(String::as_str)) {
                Some(near) => bail!("no environment is named `{wanted}`; did you mean `{near}`?"),
                None => bail!("no environment is named `{wanted}`; there are {}", listed(&known)),
            }
        }
    }
    match file {
        Some(file) => named(meant, file).map(|one| vec![one]),
        None => unnamed(meant, systems.len(), of.env.is_some()),
    }
}

/// Whose file a file is: by its place, by its name, or because there is only one.
fn named<'a>(mut meant: Vec<Meant<'a>>, file: &Path) -> anyhow::Result<Meant<'a>> {
    let is = |one: &Meant<'_>| full(&one.path).is_some() && full(&one.path) == full(file);
    let same_name = |one: &Meant<'_>| one.path.file_name() == file.file_name();
    if meant.iter().any(is) {
        meant.retain(is);
    } else if meant.iter().any(same_name) {
        meant.retain(same_name);
    }
    let choices: Vec<_> = meant.iter().map(|one| one.model.environment.name.to_string()).collect();
    match (meant.pop(), meant.is_empty()) {
        (Some(one), true) => Ok(Meant { path: file.to_owned(), ..one }),
        _ if file.symlink_metadata().is_err() => {
            bail!(
                "`{}` does not exist; name an env file, or say which with `--env`: {}",
                file.display(),
                listed(&choices)
            )
        }
        _ if choices.iter().any(|name| *name != choices[0]) => {
            bail!("`{}` can be of {}; say which with `--env`", file.display(), listed(&choices))
        }
        _ => bail!("`{}` can be of several systems; name the blueprint", file.display()),
    }
}

fn unnamed(
    mut meant: Vec<Meant<'_>>,
    systems: usize,
    chosen: bool,
) -> anyhow::Result<Vec<Meant<'_>>> {
    let one_each = meant.len() == systems;
    if chosen || one_each {
        return Ok(meant);
    }
    let choices: Vec<_> = meant.iter().map(|one| one.model.environment.name.to_string()).collect();
    meant.retain(|one| one.path.symlink_metadata().is_ok());
    if meant.is_empty() {
        bail!("say which environment is meant, with `--env`: {}", listed(&choices));
    }
    Ok(meant)
}

fn listed(names: &[String]) -> String {
    let mut names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.sort();
    names.dedup();
    names.join(", ")
}

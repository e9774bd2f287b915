//! Turns env files, or none, into complete ones as far as that can be done without the operator.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};

use super::which::{self, Meant};
use super::{UNANSWERED, count};
use crate::cli::Format;
use crate::cli::env::EnvFillArgs;
use crate::command::next::{self, Named};
use crate::console;
use crate::diagnostic::{Diagnostic, render};
use crate::env::file::EnvFile;
use crate::env::fill::{self, Filled};
use crate::env::{access, check, secret_files};
use crate::model::{Variable, naming};
use crate::source::load::shown;
use crate::source::{Source, Sources};
use crate::tree::hold::Held;
use crate::value::VariableName;

/// Fills every file that is meant.
///
/// # Errors
/// Usage, I/O, no random numbers, or a broken template.
pub(super) fn run(args: &EnvFillArgs) -> anyhow::Result<ExitCode> {
    let Some(session) = which::session(&args.of, Format::Text)? else {
        return Ok(ExitCode::from(UNANSWERED));
    };
    let mut code = ExitCode::SUCCESS;
    for meant in which::files(&session.systems, &args.of, args.file.as_deref())? {
        if !one(&meant, which::names(&args.of))? {
            code = ExitCode::from(UNANSWERED);
        }
    }
    Ok(code)
}

/// Fills one file; `false` where what is there cannot be read, of which was told.
fn one(meant: &Meant<'_>, named: Named<'_>) -> anyhow::Result<bool> {
    // Two runs at once would make two secrets of each.
    let held = Held::made(meant.system.root())?;
    let before = match existing(&meant.path) {
        Ok(before) => before,
        Err((sources, found)) => {
            console::error(&render::text(&sources, &found, true));
            return Ok(false);
        }
    };
    let filled = filled(meant, before.as_ref())?;
    let after = EnvFile::of(Source::confidential(shown(&meant.path), filled.text.clone()));
    spare_others(meant, &after)?;
    let failed = |path: &Path| format!("`{}` cannot be written", path.display());
    let same = before.as_ref().is_some_and(|before| before.text() == filled.text);
    let mut changed = !same;
    if same {
        changed |=
            access::set_mode(&meant.path, access::ENV_FILE).with_context(|| failed(&meant.path))?;
    } else {
        access::replace(&meant.path, filled.text.as_bytes(), access::ENV_FILE)
            .with_context(|| failed(&meant.path))?;
    }
    let files = secret_files::write(meant.model, &after, &meant.system.project.output)
        .map_err(|(path, error)| anyhow!(error).context(failed(&path)))?;
    drop(held);
    console::print(&report(meant, named, &filled, &after, &files, changed));
    Ok(true)
}

/// Refuses to put the secrets of one file in the place of another's: programs read those below `secrets/`.
fn spare_others(meant: &Meant<'_>, after: &EnvFile) -> anyhow::Result<()> {
    let Some(other) = meant.other() else { return Ok(()) };
    let differing = secret_files::differing(meant.model, after, &meant.system.project.output);
    let Some(first) = differing.first() else { return Ok(()) };
    let more = match differing.len() {
        1 => String::new(),
        many => format!(" and {}", count(many - 1, "other file")),
    };
    let (path, other) = (shown(&meant.path), shown(&other));
    bail!(
        "`{}`{more} would get other secrets than those of `{other}`; nothing is written: fill `{other}`, or move it away if `{path}` is to take its place",
        shown(first)
    )
}

/// What is there already.
fn existing(path: &Path) -> Result<Option<EnvFile>, (Sources, Vec<Diagnostic>)> {
    if path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return Ok(None);
    }
    let file = EnvFile::read(path).map_err(|found| (Sources::default(), vec![found]))?;
    if file.errors.is_empty() {
        return Ok(Some(file));
    }
    let found = check::syntax(&file);
    Err((file.sources, found))
}

fn filled(meant: &Meant<'_>, before: Option<&EnvFile>) -> anyhow::Result<Filled> {
    let present =
        |variable: &Variable| secret_files::present(meant.model, variable, meant.system.root());
    let mut failure = None;
    let mut random = |bytes: &mut [u8]| {
        if let Err(error) = getrandom::fill(bytes) {
            failure = Some(error);
        }
    };
    let filled = fill::fill(meant.model, before, &present, &mut random);
    match failure {
        Some(error) => Err(anyhow!("the operating system gives no random numbers: {error}")),
        None => Ok(filled),
    }
}

/// What was done, by name, and what is left to do.
fn report(
    meant: &Meant<'_>,
    named: Named<'_>,
    filled: &Filled,
    after: &EnvFile,
    files: &[VariableName],
    changed: bool,
) -> String {
    let (path, environment) = (shown(&meant.path), &meant.model.environment.name);
    let mut text = String::new();
    let mut line = |line: String| text.extend([line.as_str(), "\n"]);
    if !changed && files.is_empty() {
        line(format!("`{path}` has every variable; nothing was changed"));
    }
    if changed {
        line(format!("wrote `{path}`"));
    }
    if !filled.added.is_empty() {
        line(format!("  added {}", count(filled.added.len(), "variable")));
    }
    if !filled.made.is_empty() {
        line(format!("  made {}: {}", count(filled.made.len(), "secret"), names(&filled.made)));
    }
    let folder = meant.system.path(&naming::secrets_folder(environment));
    if !filled.found.is_empty() {
        let many = count(filled.found.len(), "secret");
        line(format!("  took {many} from `{folder}/`: {}", names(&filled.found)));
    }
    if !files.is_empty() {
        line(format!("wrote `{folder}/`"));
        line(format!(
            "  {}: {}",
            count(files.len(), "file"),
            files.iter().map(naming::secret_file).collect::<Vec<_>>().join(", ")
        ));
    }
    let left = fill::left(meant.model, after);
    if !left.is_empty() {
        line(format!("\nstill to be set in `{path}`:"));
    }
    let width = left.iter().map(|one| one.name.as_str().len()).max().unwrap_or(0);
    for variable in left {
        let about = variable.about.lines().next().unwrap_or_default();
        line(format!("  {:width$}  {about}", variable.name.as_str()).trim_end().to_owned());
    }
    line("\nnext:".to_owned());
    let (system, model) = (meant.system, meant.model);
    line(format!("  {}", next::env("check", system, model, named)));
    for command in next::start(system, model, Some(&path), true) {
        line(format!("  {command}"));
    }
    text
}

fn names(names: &[VariableName]) -> String {
    names.iter().map(VariableName::as_str).collect::<Vec<_>>().join(", ")
}

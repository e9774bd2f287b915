//! Turns what is to be added into a blueprint with it, proves that nothing else changed, and compiles it.

mod databases;
mod draft;
mod networks;
mod reach;
mod texts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use serde_json::{Map, Value};

use crate::blueprint::splice::{Addition, Unplaced};
use crate::cli::add::AddCommand;
use crate::cli::{BuildArgs, Common};
use crate::command::choice::images;
use crate::command::session::{Session, shown};
use crate::command::{NO, UNANSWERED, build};
use crate::compile::{Compiled, Failure, Inputs, compile};
use crate::console;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, render};
use crate::format::yaml::{self, Comments};
use crate::project::{self, Project, Unreadable};
use crate::source::Sources;
use texts::Texts;

/// Adds, proves, writes and compiles.
///
/// # Errors
/// Usage, I/O, or a broken template.
pub fn run(command: &AddCommand) -> anyhow::Result<ExitCode> {
    let named = command.into().blueprint.as_deref();
    let Some(before) = Before::read(&which(named)?)? else {
        return Ok(ExitCode::from(UNANSWERED));
    };
    let wish = draft::wish(command, &before)?;
    let texts = match before.with(&wish.additions)? {
        Ok(texts) => texts,
        Err(refusal) => {
            tell(&before, &wish.additions, &refusal);
            return Ok(ExitCode::from(NO));
        }
    };
    for warning in &wish.warnings {
        let label = console::paint(console::CAUTION, "warning");
        console::error(&format!("{label}: {warning}\n"));
    }
    if command.into().dry_run {
        console::print(&console::paint_diff(&texts.diff()));
        return Ok(ExitCode::SUCCESS);
    }
    texts.write()?;
    let blueprint = shown(&before.project.blueprint);
    console::print(&format!("added {} to `{blueprint}`\n", wish.what));
    let blueprints = named.map(Path::to_owned).into_iter().collect();
    let args =
        BuildArgs { common: Common { blueprints, ..Common::default() }, ..BuildArgs::default() };
    match Session::open(&args.common)? {
        Some(session) => build::build(&session, &args),
        None => Ok(ExitCode::from(UNANSWERED)),
    }
}

/// The one blueprint that is meant.
fn which(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    match &project::blueprints(Path::new(""))[..] {
        [one] => Ok(one.clone()),
        [] => bail!(
            "there is neither `blueprints/*.yaml` nor `blueprint.yaml` here; name one with `--blueprint`, or run \
             `formwork init`"
        ),
        [first, second, ..] => bail!(
            "there are `{}`, `{}` and perhaps more; name one with `--blueprint`",
            shown(first),
            shown(second)
        ),
    }
}

/// A blueprint to which something is to be added.
struct Before {
    project: Project,
    compiled: Compiled,
    texts: Texts,
}

/// Why nothing is written.
enum Refusal {
    /// An addition has no place in the text.
    Unplaced { at: String, why: &'static str, place: String },
    /// The text would be read as something else.
    Other(&'static str),
    /// The blueprint would be wrong.
    Worse(Sources, Vec<Diagnostic>),
}

impl Before {
    /// Reads and compiles; `None` when the blueprint is invalid, of which was told.
    fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        let told = |sources: &Sources, found: &[Diagnostic]| {
            console::error(&render::text(sources, found, true));
            Ok(None)
        };
        let project = match Project::read(path, None) {
            Ok(project) => project,
            Err(Unreadable { sources, diagnostics }) => {
                return told(&sources, &Diagnostics::sorted(diagnostics, &sources));
            }
        };
        match project.compile() {
            Ok(compiled) => {
                let texts = Texts::read(&project)?;
                Ok(Some(Self { project, compiled, texts }))
            }
            Err(Failure::Invalid(found)) => told(&project.inputs.sources, &found),
            Err(Failure::Broken(error)) => Err(error.into()),
        }
    }

    /// The texts with the additions and the images that follow from them, once it is proven that nothing else changed.
    fn with(&self, additions: &[Addition]) -> anyhow::Result<Result<Texts, Refusal>> {
        let mut texts = self.texts.clone();
        if let Err(refusal) = texts.add(additions) {
            return Ok(Err(refusal));
        }
        let compiled = match self.compiled(&texts)? {
            Ok(compiled) => compiled,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let pins = self.pins(&compiled);
        if let Err(refusal) = texts.add(&pins) {
            return Ok(Err(refusal));
        }
        let mut expected = self.texts.value()?;
        additions.iter().chain(&pins).for_each(|addition| addition.apply(&mut expected));
        if !matches!(texts.value(), Ok(value) if value == expected) {
            let why = "the text would be read as more than what there was and what is added";
            return Ok(Err(Refusal::Other(why)));
        }
        Ok(self.compiled(&texts)?.map(|_| texts))
    }

    /// What the texts compile to, unless more is wrong with them than with those there are.
    fn compiled(&self, texts: &Texts) -> anyhow::Result<Result<Compiled, Refusal>> {
        let inputs = texts.inputs();
        let compiled = match compile(inputs) {
            Ok(compiled) => compiled,
            Err(Failure::Invalid(found)) => {
                return Ok(Err(Refusal::Worse(inputs.sources.clone(), found)));
            }
            Err(Failure::Broken(error)) => return Err(error.into()),
        };
        let known: Vec<_> = self
            .compiled
            .remarks
            .iter()
            .map(|remark| subject(&self.project.inputs, remark))
            .collect();
        // What is remarked of the new text alone is told, and left to the author.
        let is_new = |remark: &Diagnostic| {
            remark.labels.first().is_some_and(|label| texts.has_added(label.span))
        };
        let more = compiled.remarks.iter().filter(|remark| {
            let counts = remark.severity != Severity::Note && !is_new(remark);
            counts && !known.contains(&subject(inputs, remark))
        });
        let more: Vec<Diagnostic> = more.cloned().collect();
        if more.is_empty() {
            return Ok(Ok(compiled));
        }
        Ok(Err(Refusal::Worse(inputs.sources.clone(), more)))
    }

    /// The images of the components that were not there before.
    fn pins(&self, compiled: &Compiled) -> Vec<Addition> {
        let before = images(&self.compiled);
        let new = images(compiled).into_iter().filter(|(name, _)| !before.contains_key(name));
        new.map(|(name, image)| Addition::entry("/images", name, image)).collect()
    }
}

/// What a remark is about, wherever it has moved.
fn subject<'a>(inputs: &'a Inputs, remark: &Diagnostic) -> (&'static str, &'a str) {
    let first = remark.labels.first();
    (remark.code.id(), first.map_or("", |label| inputs.sources.slice(label.span)))
}

/// Says why nothing was written, and what to write by hand where only the place is in doubt.
fn tell(before: &Before, additions: &[Addition], refusal: &Refusal) {
    let label = console::paint(console::BAD, "error");
    let blueprint = shown(&before.project.blueprint);
    let why = match refusal {
        Refusal::Unplaced { at, why, place } => {
            let at = if at.is_empty() { "the blueprint" } else { at };
            format!("{place}: `{at}` {why}")
        }
        Refusal::Other(why) => (*why).to_owned(),
        Refusal::Worse(sources, found) => {
            console::error(&render::text(sources, found, true));
            console::error("\n");
            "the blueprint would not be right with it".to_owned()
        }
    };
    console::error(&format!("{label}: nothing was added to `{blueprint}`: {why}\n"));
    // What would be wrong is no advice.
    if matches!(refusal, Refusal::Worse(..)) {
        return;
    }
    if matches!(refusal, Refusal::Other(_)) {
        console::error(
            "\nwhat an alias or a merge key repeats would grow everywhere; write that out once, or what follows where it is meant\n",
        );
    }
    // Written by hand, a list takes the place of one that is merged in.
    let known = before.texts.value().unwrap_or_default();
    let mut snippet = Value::Object(Map::new());
    for addition in additions {
        match addition {
            Addition::Entry { .. } => addition.apply(&mut snippet),
            Addition::Item { at, value } => {
                let (above, key) = at.rsplit_once('/').unwrap_or(("", at));
                let mut items = match known.pointer(at) {
                    Some(Value::Array(items)) => items.clone(),
                    _ => Vec::new(),
                };
                items.push(value.clone());
                Addition::entry(above, key, Value::Array(items)).apply(&mut snippet);
            }
        }
    }
    let text = yaml::to_string(&snippet, &Comments::new());
    let places: Vec<String> =
        additions.iter().map(|addition| before.texts.place(addition.container())).collect();
    let place = places.first().map_or("", String::as_str);
    console::error(&format!("\nwrite it by hand, at {place}:\n\n{text}"));
}

impl From<(String, Unplaced, String)> for Refusal {
    fn from((at, unplaced, place): (String, Unplaced, String)) -> Self {
        Self::Unplaced { at, why: unplaced.why, place }
    }
}

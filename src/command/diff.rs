//! Turns blueprints and what was compiled before into what changes, and what that does.

mod render;

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::{DiffArgs, Format};
use crate::command::selection::Selection;
use crate::command::session::{Session, System};
use crate::command::{NO, UNANSWERED, revision, verdict};
use crate::console;
use crate::risk::{self, Risk, Side};
use crate::tree::Artifact;
use crate::tree::compare::{Change, Verdict};
use crate::tree::diff::unified;
use crate::tree::path::ArtifactPath;

/// Compiles and compares, with the disk or with a revision.
///
/// # Errors
/// I/O, usage, git, or a broken template.
pub fn run(args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let Some(session) = Session::open(&args.common)? else {
        return Ok(ExitCode::from(UNANSWERED));
    };
    let selection = Selection::of(&args.common);
    let mut differs = false;
    let mut documents = Vec::new();
    for system in &session.systems {
        let differences = match &args.against {
            Some(revision) => against(system, revision, &selection)?,
            None => on_disk(system, &selection)?,
        };
        differs |= !differences.files.is_empty();
        match args.common.format {
            Format::Text => console::print(&render::text(system, &differences)),
            Format::Github => console::print(&render::markdown(system, &differences)),
            Format::Json => documents.push(differences.json(system)),
            Format::Sarif => {}
        }
    }
    match args.common.format {
        Format::Json => session.print_json(json!({ "systems": documents })),
        Format::Sarif => session.print_sarif(&[]),
        Format::Text | Format::Github => {}
    }
    Ok(if differs { ExitCode::from(NO) } else { ExitCode::SUCCESS })
}

/// What changes in one output folder.
struct Differences {
    files: Vec<Difference>,
    risks: Vec<Risk>,
}

/// A file that changes.
struct Difference {
    path: ArtifactPath,
    diff: String,
    /// Why `build` would refuse to change it, where it would.
    refused: Option<verdict::Words>,
}

impl Differences {
    fn json(&self, system: &System) -> Value {
        let file = |file: &Difference| {
            json!({
                "path": system.path(file.path.as_str()),
                "diff": file.diff,
                "refused": file.refused.map(|words| words.name),
            })
        };
        json!({
            "name": system.name(),
            "output": system.output(),
            "risks": self.risks,
            "files": self.files.iter().map(file).collect::<Vec<_>>(),
        })
    }
}

fn on_disk(system: &System, selection: &Selection<'_>) -> anyhow::Result<Differences> {
    let lock = system.lock()?;
    let mut changes = system.changes(&lock, selection)?;
    changes.retain(|change| !change.is_settled());
    let sides: Vec<Side<'_>> = changes
        .iter()
        .map(|change| Side {
            path: change.path.as_str(),
            old: change.old_text(),
            new: change.new.map(Artifact::text),
        })
        .collect();
    let risks = risk::assess(&sides, &shorts(system));
    let file = |change: &Change| Difference {
        path: change.path.clone(),
        diff: change.diff(),
        refused: match change.verdict {
            Verdict::HandEdited
            | Verdict::Unmanaged
            | Verdict::Blocked(_)
            | Verdict::Orphan(crate::tree::compare::Remains::Edited) => {
                Some(verdict::words(change))
            }
            _ => None,
        },
    };
    Ok(Differences { files: changes.iter().map(file).collect(), risks })
}

fn against(
    system: &System,
    revision: &str,
    selection: &Selection<'_>,
) -> anyhow::Result<Differences> {
    let tree = &system.compiled.tree;
    let before = revision::files(system.root(), revision, tree)?;
    let mut pairs: BTreeMap<ArtifactPath, (Option<&str>, Option<&str>)> = BTreeMap::new();
    for (path, text) in &before {
        pairs.entry(ArtifactPath::parse(path)?).or_default().0 = Some(text);
    }
    for (path, artifact) in tree.iter() {
        pairs.entry(path.clone()).or_default().1 = Some(artifact.text());
    }
    pairs
        .retain(|path, (old, new)| old != new && selection.takes(system.compiled.owners.get(path)));
    let sides: Vec<Side<'_>> = pairs
        .iter()
        .map(|(path, (old, new))| Side { path: path.as_str(), old: *old, new: *new })
        .collect();
    let risks = risk::assess(&sides, &shorts(system));
    let file = |(path, (old, new)): (&ArtifactPath, &(Option<&str>, Option<&str>))| Difference {
        path: path.clone(),
        diff: unified(path, *old, *new),
        refused: None,
    };
    Ok(Differences { files: pairs.iter().map(file).collect(), risks })
}

/// The environments by the short names in file names.
fn shorts(system: &System) -> BTreeMap<String, String> {
    let models = system.compiled.models.iter();
    models
        .map(|model| (model.environment.short.to_string(), model.environment.name.to_string()))
        .collect()
}

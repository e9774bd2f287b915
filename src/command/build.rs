//! Turns blueprints into files on disk: compiles all of them, then writes what changed, or nothing.

use std::process::ExitCode;

use anyhow::bail;
use serde_json::{Value, json};

use crate::cli::{BuildArgs, Format};
use crate::command::next::{self, Named, Next};
use crate::command::selection::Selection;
use crate::command::session::{Session, System};
use crate::command::{NO, UNANSWERED, verdict};
use crate::console;
use crate::diagnostic::render::OfFile;
use crate::tree::compare::{Change, Verdict};
use crate::tree::error::TreeError;
use crate::tree::hold::Held;
use crate::tree::lock::Lock;
use crate::tree::path::ArtifactPath;
use crate::tree::write::{Options, Written, verify, write};

/// How many paths are listed before the rest is only counted.
const LISTED: usize = 20;

/// Compiles and writes.
///
/// # Errors
/// I/O, usage, or a broken template.
pub fn run(args: &BuildArgs) -> anyhow::Result<ExitCode> {
    let Some(session) = Session::open(&args.common)? else {
        return Ok(ExitCode::from(UNANSWERED));
    };
    build(&session, args)
}

/// Writes what a session compiled.
///
/// # Errors
/// I/O, or usage.
pub fn build(session: &Session, args: &BuildArgs) -> anyhow::Result<ExitCode> {
    let selection = Selection::of(&args.common);
    // Held from before the first look until after the last write: no other run comes in between.
    let holds = session.systems.iter().map(|system| Held::new(system.root()));
    let mut holds = holds.collect::<Result<Vec<_>, _>>()?;
    let lock = if args.adopt { System::any_lock } else { System::lock };
    let locks = session.systems.iter().map(lock).collect::<Result<Vec<_>, _>>()?;
    let mut jobs = Vec::new();
    for ((system, held), lock) in session.systems.iter().zip(&mut holds).zip(&locks) {
        let changes = system.changes(lock, &selection)?;
        jobs.push(Job { system, held, lock, changes, force: Vec::new() });
    }
    for path in &args.force {
        let mut found = false;
        for job in &mut jobs {
            found |= job.force(path);
        }
        if !found {
            bail!(
                "`--force {path}` names no file that is compiled; `formwork check` lists those that differ"
            );
        }
    }
    let mut refused = false;
    for job in &jobs {
        refused |= job.is_refused(args)?;
    }
    if refused {
        match args.common.format {
            Format::Json => {
                let files: Vec<Value> =
                    jobs.iter().flat_map(|job| job.foreign_json(args)).collect();
                session.print_json(json!({ "refused": files }));
            }
            Format::Sarif => {
                let files: Vec<OfFile> =
                    jobs.iter().flat_map(|job| job.foreign_sarif(args)).collect();
                session.print_sarif(&files);
            }
            Format::Text | Format::Github => {}
        }
        return Ok(ExitCode::from(NO));
    }
    let mut documents = Vec::new();
    let mut next = Next::default();
    for job in &mut jobs {
        let written = job.write(args)?;
        let named = Named {
            // Of several, each command is about one.
            blueprint: !args.common.blueprints.is_empty() || session.systems.len() > 1,
            out: args.common.out.as_deref(),
        };
        next.extend(next::commands(job.system, &selection, named, !written.written.is_empty()));
        documents.push(job.json(&written));
        if for_people(args) {
            console::print(&job.text(&written));
        }
    }
    match args.common.format {
        Format::Json => session.print_json(json!({
            "systems": documents,
            "next": next.commands,
            "next_on_kubernetes": next.on_kubernetes,
        })),
        Format::Sarif => session.print_sarif(&[]),
        Format::Text | Format::Github => console::print(&next.text()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether people read what is printed, or a log does that shows it to them.
fn for_people(args: &BuildArgs) -> bool {
    matches!(args.common.format, Format::Text | Format::Github)
}

/// One output folder, and what is to be done there.
struct Job<'a> {
    system: &'a System,
    held: &'a mut Held,
    lock: &'a Lock,
    changes: Vec<Change<'a>>,
    force: Vec<ArtifactPath>,
}

impl Job<'_> {
    /// Takes a path given with `--force`, as named from here or from the output folder; whether it is one of ours.
    fn force(&mut self, path: &str) -> bool {
        let path = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
        let below = format!("{}/", self.system.output());
        let below = below.strip_prefix("./").unwrap_or(&below);
        let readings = [path.strip_prefix(below), Some(path)];
        for reading in readings.into_iter().flatten() {
            let Ok(parsed) = ArtifactPath::parse(reading) else { continue };
            if self.changes.iter().any(|change| change.path.is_within(&parsed)) {
                self.force.push(parsed);
                return true;
            }
        }
        false
    }

    fn options(&self, args: &BuildArgs) -> Options<'_> {
        Options { force: &self.force, adopt: args.adopt, system: Some(self.system.name()) }
    }

    /// Whether nothing may be written here because files are not ours, which is then told with their diffs.
    fn is_refused(&self, args: &BuildArgs) -> anyhow::Result<bool> {
        if args.adopt && for_people(args) {
            let adopted = self.changes.iter().filter(|change| change.verdict == Verdict::Unmanaged);
            adopted.for_each(|change| console::print(&verdict::text(self.system, change)));
        }
        let Err(error) = verify(&self.changes, &self.options(args), self.lock) else {
            return Ok(false);
        };
        if !matches!(error, TreeError::Refused { .. } | TreeError::LockConflict { .. }) {
            return Err(error.into());
        }
        if for_people(args) {
            for change in self.foreign(args) {
                console::error(&verdict::text(self.system, change));
            }
            let label = console::paint(console::BAD, "error");
            console::error(&format!("{label}: {}: {error}\n", self.system.output()));
        }
        Ok(true)
    }

    /// The files that are in the way.
    fn foreign(&self, args: &BuildArgs) -> impl Iterator<Item = &Change<'_>> {
        let unsure = self.lock.conflict().is_some();
        let adopt = args.adopt;
        self.changes.iter().filter(move |change| {
            let foreign = match change.verdict {
                Verdict::HandEdited => !(adopt && unsure),
                Verdict::Unmanaged => !adopt,
                Verdict::Stale => unsure && !adopt,
                _ => false,
            };
            foreign && !self.force.iter().any(|forced| change.path.is_within(forced))
        })
    }

    fn foreign_json(&self, args: &BuildArgs) -> Vec<Value> {
        self.foreign(args).map(|change| verdict::json(self.system, change)).collect()
    }

    fn foreign_sarif(&self, args: &BuildArgs) -> Vec<OfFile> {
        self.foreign(args).map(|change| verdict::sarif(self.system, change)).collect()
    }

    fn write(&mut self, args: &BuildArgs) -> Result<Written, TreeError> {
        let options =
            Options { force: &self.force, adopt: args.adopt, system: Some(self.system.name()) };
        write(self.held, &self.changes, &options)
    }

    fn text(&self, written: &Written) -> String {
        let (name, output) = (self.system.name(), self.system.output());
        let mut text = if written.written.is_empty() && written.removed.is_empty() {
            format!("{name}: `{output}` is current\n")
        } else {
            format!("{name}: {} in `{output}`\n", counts(written))
        };
        text.push_str(&self.list(console::GOOD, "wrote", &written.written));
        text.push_str(&self.list(console::GONE, "removed", &written.removed));
        for path in &written.kept {
            let label = console::paint(console::CAUTION, "warning");
            let path = self.system.path(path.as_str());
            text.push_str(&format!(
                "{label}: `{path}` is no longer compiled but was changed by hand, and stays; \
                 delete it, or build with `--force {path}`\n"
            ));
        }
        text
    }

    fn list(&self, style: anstyle::Style, verb: &str, paths: &[ArtifactPath]) -> String {
        let line = |path: &ArtifactPath| {
            format!("  {} {}\n", console::paint(style, verb), self.system.path(path.as_str()))
        };
        let mut text: String = paths.iter().take(LISTED).map(line).collect();
        if paths.len() > LISTED {
            text.push_str(&format!("  and {} more\n", paths.len() - LISTED));
        }
        text
    }

    fn json(&self, written: &Written) -> Value {
        let paths = |paths: &[ArtifactPath]| -> Vec<String> {
            paths.iter().map(|path| self.system.path(path.as_str())).collect()
        };
        json!({
            "name": self.system.name(),
            "output": self.system.output(),
            "written": paths(&written.written),
            "removed": paths(&written.removed),
            "kept": paths(&written.kept),
        })
    }
}

fn counts(written: &Written) -> String {
    let files =
        |number: usize| if number == 1 { "1 file".to_owned() } else { format!("{number} files") };
    match (written.written.len(), written.removed.len()) {
        (wrote, 0) => format!("wrote {}", files(wrote)),
        (0, removed) => format!("removed {}", files(removed)),
        (wrote, removed) => format!("wrote {}, removed {removed}", files(wrote)),
    }
}

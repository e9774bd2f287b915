//! Turns blueprints and what is on disk into a yes or no: are the compiled files current?

use std::collections::BTreeSet;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::{CheckArgs, Format};
use crate::command::repository::Repository;
use crate::command::selection::Selection;
use crate::command::session::{Session, System};
use crate::command::{NO, UNANSWERED, verdict};
use crate::console;
use crate::diagnostic::render::{self, OfFile};
use crate::model::{Model, Waiver};
use crate::tree::compare::Change;
use crate::tree::path::LOCK;

const CONFLICT: &str =
    "has the marks of a merge conflict; settle the blueprint, then run `formwork build`";

/// Compiles and compares.
///
/// # Errors
/// I/O, usage, or a broken template.
pub fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let Some(session) = Session::open_annotated(&args.common)? else {
        return Ok(ExitCode::from(UNANSWERED));
    };
    let selection = Selection::of(&args.common);
    let mut current = true;
    let mut documents = Vec::new();
    let mut files = Vec::new();
    for system in &session.systems {
        let lock = system.lock()?;
        let mut changes = system.changes(&lock, &selection)?;
        let all = changes.iter().filter(|change| change.new.is_some()).count();
        changes.retain(|change| !change.is_settled());
        let told = Told { system, changes, all, conflict: lock.conflict() };
        current &= told.is_current();
        match args.common.format {
            Format::Text => told.text(args.waivers),
            Format::Json => documents.push(told.json(args.waivers)),
            Format::Github => told.github(),
            Format::Sarif => files.extend(told.sarif()),
        }
    }
    match args.common.format {
        Format::Json => {
            session.print_json(json!({ "current": current, "systems": documents }));
        }
        Format::Sarif => session.print_sarif(&files),
        Format::Text | Format::Github => {}
    }
    Ok(if current { ExitCode::SUCCESS } else { ExitCode::from(NO) })
}

/// What there is to tell of one system.
struct Told<'a> {
    system: &'a System,
    /// The files that are not current.
    changes: Vec<Change<'a>>,
    /// How many files are compiled.
    all: usize,
    /// The line of a conflict in the lock.
    conflict: Option<usize>,
}

impl Told<'_> {
    fn is_current(&self) -> bool {
        self.changes.is_empty() && self.conflict.is_none()
    }

    fn text(&self, with_waivers: bool) {
        let system = self.system;
        for change in &self.changes {
            console::print(&verdict::text(system, change));
        }
        if let Some(line) = self.conflict {
            let label = console::paint(console::BAD, "conflict");
            console::print(&format!("{label}: `{}` {CONFLICT}\n", lock_at(system, line)));
        }
        let words = self.changes.iter().map(verdict::words);
        let remedies: BTreeSet<_> = words.map(|words| (words.name, words.remedy)).collect();
        for (name, remedy) in remedies {
            let name = console::paint(console::BOLD, name);
            console::print(&format!("help: {name}: {remedy}\n"));
        }
        let (name, output) = (system.name(), system.output());
        console::print(&match (self.is_current(), self.changes.len()) {
            (true, _) if self.all == 1 => format!("{name}: the 1 file in `{output}` is current\n"),
            (true, _) => format!("{name}: all {} files in `{output}` are current\n", self.all),
            (false, 0) => format!(
                "{name}: all {} files in `{output}` are current, and `{LOCK}` is in conflict\n",
                self.all
            ),
            (false, 1) => format!("{name}: 1 file in `{output}` is not current\n"),
            (false, many) => format!("{name}: {many} files in `{output}` are not current\n"),
        });
        if with_waivers {
            console::print(&waivers_text(system));
        }
    }

    fn json(&self, with_waivers: bool) -> Value {
        let system = self.system;
        let files: Vec<Value> =
            self.changes.iter().map(|change| verdict::json(system, change)).collect();
        let mut document = json!({
            "name": system.name(),
            "blueprint": system.project.blueprint.display().to_string(),
            "output": system.output(),
            "current": self.is_current(),
            "lock_conflict": self.conflict,
            "files": files,
        });
        if with_waivers {
            document["waivers"] = json!(waivers(&system.compiled.models));
        }
        document
    }

    fn sarif(&self) -> Vec<OfFile> {
        let changes = self.changes.iter().map(|change| verdict::sarif(self.system, change));
        let conflict = self.conflict.map(|line| OfFile {
            rule: "conflict".to_owned(),
            about: "The lock has the marks of a merge conflict.".to_owned(),
            path: self.system.path(LOCK),
            message: format!("`{}` {CONFLICT}", lock_at(self.system, line)),
        });
        changes.chain(conflict).collect()
    }

    fn github(&self) {
        let repository = Repository::here();
        for change in &self.changes {
            let words = verdict::words(change);
            let path = self.system.path(change.path.as_str());
            let message = format!("`{path}` {}\nhelp: {}", words.meaning, words.remedy);
            console::print(&render::annotation(
                "error",
                &repository.path(&path),
                words.name,
                &message,
            ));
        }
        if let Some(line) = self.conflict {
            let message = format!("`{}` {CONFLICT}", lock_at(self.system, line));
            let path = self.system.path(LOCK);
            console::print(&render::annotation(
                "error",
                &repository.path(&path),
                "conflict",
                &message,
            ));
        }
    }
}

fn lock_at(system: &System, line: usize) -> String {
    format!("{}:{line}", system.path(LOCK))
}

/// The rules that any environment breaks on purpose, each told once.
fn waivers(models: &[Model]) -> Vec<&Waiver> {
    let mut all: Vec<&Waiver> = Vec::new();
    for waiver in models.iter().flat_map(|model| &model.waivers) {
        if !all.contains(&waiver) {
            all.push(waiver);
        }
    }
    all
}

fn waivers_text(system: &System) -> String {
    let waivers = waivers(&system.compiled.models);
    if waivers.is_empty() {
        return format!("{}: no rule is broken on purpose\n", system.name());
    }
    let mut text = format!("{}: rules broken on purpose\n", system.name());
    for waiver in waivers {
        let rule = console::paint(console::BOLD, &waiver.rule);
        let services: Vec<_> = waiver.services.iter().map(ToString::to_string).collect();
        let services =
            if services.is_empty() { "the whole system".to_owned() } else { services.join(", ") };
        text.push_str(&format!("  {rule} ({services}): {}\n", waiver.reason));
        if !waiver.source.is_empty() {
            text.push_str(&format!("    source: {}\n", waiver.source));
        }
    }
    text
}

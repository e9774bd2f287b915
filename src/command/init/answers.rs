//! Turns flags, or questions on a terminal, into what a new system is to be.

use std::cell::Cell;
use std::sync::Arc;

use anyhow::bail;

use crate::catalog::{Catalog, Entry};
use crate::cli::InitArgs;
use crate::console;
use crate::diagnostic::suggest;
use crate::model::Role;
use crate::value::Name;

/// What a new system is to be.
#[derive(Debug)]
pub(super) struct Answers {
    pub(super) name: String,
    /// The own program's stack, and the version.
    pub(super) stack: Choice,
    pub(super) domain: String,
    pub(super) database: Option<Choice>,
    pub(super) cache: Option<Choice>,
    pub(super) monitoring: bool,
    pub(super) environments: Vec<String>,
}

/// An entry of the catalogue, and a version of it.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) entry: Arc<Entry>,
    pub(super) version: String,
}

/// What can be chosen for a part.
#[derive(Debug, Clone, Copy)]
enum Part {
    Stack,
    Role(Role),
}

impl Answers {
    /// Takes the flags, and asks for what they leave open if someone is there.
    pub(super) fn of(args: &InitArgs, catalog: &Catalog) -> anyhow::Result<Self> {
        let someone = Someone(Cell::new(console::is_interactive()));
        let asks = someone.is_there();
        let folder = folder_name(args);
        let mut missing = Vec::new();
        let mut text =
            |flag: &'static str, given: Option<&String>, question: &str, default: &str| {
                let answer = given.cloned().or_else(|| someone.ask(question, default));
                answer.unwrap_or_else(|| {
                    missing.push(flag);
                    String::new()
                })
            };
        let name = args.name.as_ref().or(folder.as_ref().filter(|_| !asks));
        let name =
            text("--name NAME", name, "name of the system", folder.as_deref().unwrap_or_default());
        let stacks = names(catalog, Part::Stack);
        let stack = text(
            "--stack STACK",
            args.stack.as_ref(),
            &format!("stack ({})", stacks.join(", ")),
            "",
        );
        let domain = text("--domain DOMAIN", args.domain.as_ref(), "domain of production", "");
        if !missing.is_empty() {
            bail!(
                "missing {}; stacks are {}; see `formwork init --help` for what else can be chosen",
                missing.join(", "),
                stacks.join(", ")
            );
        }
        let complete = args.stack.is_some() && args.domain.is_some();
        let optional =
            |given: Option<&String>, role: Role, what: &str| -> anyhow::Result<Option<Choice>> {
                let known = names(catalog, Part::Role(role));
                let question = format!("{what} ({}, or none)", known.join(", "));
                let asked = || (!complete).then(|| someone.ask(&question, "none")).flatten();
                match given.cloned().or_else(asked) {
                    Some(name) if name != "none" => {
                        choice(catalog, &name, Part::Role(role), what).map(Some)
                    }
                    _ => Ok(None),
                }
            };
        let database = optional(args.database.as_ref(), Role::Database, "database")?;
        let cache = optional(args.cache.as_ref(), Role::Cache, "cache")?;
        let watched = || {
            let said = someone.ask("metrics and alerts (yes or no)", "no");
            said.is_some_and(|said| said.starts_with('y'))
        };
        let monitoring = args.monitoring || !complete && watched();
        Ok(Self {
            name,
            stack: choice(catalog, &stack, Part::Stack, "stack")?,
            domain,
            database,
            cache,
            monitoring,
            environments: args.env.clone(),
        })
    }
}

/// Whoever answers, until the input ends.
struct Someone(Cell<bool>);

impl Someone {
    fn is_there(&self) -> bool {
        self.0.get()
    }

    /// Asks for one line, if someone is there; an empty one is the default.
    fn ask(&self, question: &str, default: &str) -> Option<String> {
        if !self.is_there() {
            return None;
        }
        let hint = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        let Some(answer) = console::ask(&format!("{question}{hint}: ")) else {
            self.0.set(false);
            return None;
        };
        let answer = if answer.is_empty() { default.to_owned() } else { answer };
        (!answer.is_empty()).then_some(answer)
    }
}

/// The folder's name, if it will do as the system's.
fn folder_name(args: &InitArgs) -> Option<String> {
    let folder = std::path::absolute(&args.dir).ok()?;
    let folder = folder.canonicalize().unwrap_or(folder);
    let name = folder.file_name()?.to_str()?.to_lowercase();
    Name::parse(&name).ok().map(|name| name.to_string())
}

/// The names of all entries that can be chosen.
fn names(catalog: &Catalog, part: Part) -> Vec<String> {
    let fits = |entry: &Entry| match part {
        Part::Stack => entry.dockerfile.is_some(),
        Part::Role(role) => entry.role == role,
    };
    let mut names: Vec<String> = catalog
        .names()
        .filter(|name| catalog.get(name).is_some_and(|entry| fits(&entry)))
        .map(str::to_owned)
        .collect();
    names.sort();
    names
}

fn choice(catalog: &Catalog, written: &str, part: Part, what: &str) -> anyhow::Result<Choice> {
    let (name, version) =
        written.split_once('@').map_or((written, None), |(name, version)| (name, Some(version)));
    let known = names(catalog, part);
    let entry = catalog.get(name).filter(|_| known.iter().any(|known| known == name));
    let Some(entry) = entry else {
        let near = suggest::nearest(name, known.iter().map(String::as_str));
        let help = near.map_or_else(
            || format!("there are {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        bail!("the catalogue has no {what} `{name}`; {help}");
    };
    let version = version.unwrap_or(&entry.default).to_owned();
    if !entry.versions.contains_key(&version) {
        let versions: Vec<&str> = entry.versions.keys().map(String::as_str).collect();
        bail!("the catalogue has no `{name}@{version}`; there are {}", versions.join(", "));
    }
    Ok(Choice { entry, version })
}

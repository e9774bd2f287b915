//! Turns flags, or questions on a terminal, into what a new system is to be.

use std::cell::Cell;

use anyhow::bail;

use crate::catalog::Catalog;
use crate::cli::InitArgs;
use crate::command::choice::{Choice, Part, choice, names};
use crate::console;
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

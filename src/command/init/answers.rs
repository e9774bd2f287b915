//! Turns flags, or questions on a terminal, into what a new system is to be.

use std::cell::Cell;

use anyhow::{Context as _, bail};

use crate::catalog::Catalog;
use crate::cli::InitArgs;
use crate::command::choice::{Choice, Part, choice, malformed, names};
use crate::console;
use crate::model::Role;
use crate::value::{HostName, Name};

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
        check_flags(args)?;
        let someone = Someone(Cell::new(console::is_interactive()));
        let folder = folder_name(args);
        let folder = folder.as_deref().unwrap_or_default();
        let name = match &args.name {
            Some(name) => Some(name.clone()),
            None if someone.is_there() => someone.ask("name of the system", folder, system),
            None => Some(folder.to_owned()).filter(|name| !name.is_empty()),
        };
        let stacks = names(catalog, Part::Stack).join(", ");
        let stack_of = |written: &str| choice(catalog, written, Part::Stack, "stack");
        let stack = match &args.stack {
            Some(stack) => Some(stack_of(stack)?),
            None => someone.ask(&format!("stack ({stacks})"), "", stack_of),
        };
        let ask_domain = || someone.ask("domain of production", "", domain);
        let domain = args.domain.clone().or_else(ask_domain);
        let (Some(name), Some(stack), Some(domain)) = (&name, stack, &domain) else {
            let missing = [
                ("--name NAME", name.is_none()),
                ("--stack STACK", args.stack.is_none()),
                ("--domain DOMAIN", domain.is_none()),
            ];
            let missing: Vec<_> =
                missing.iter().filter(|(_, lacks)| *lacks).map(|(flag, _)| *flag).collect();
            bail!(
                "missing {}; stacks are {stacks}; see `formwork init --help` for what else can be chosen",
                missing.join(", ")
            );
        };
        // Who gives both flags is done with questions.
        let silent = args.stack.is_some() && args.domain.is_some();
        let others = Others { catalog, stack: &stack, someone: (!silent).then_some(&someone) };
        let database = others.choose(args.database.as_deref(), Role::Database, "database")?;
        let cache = others.choose(args.cache.as_deref(), Role::Cache, "cache")?;
        let watched = || someone.ask("metrics and alerts (yes or no)", "no", yes_or_no);
        let monitoring = args.monitoring || !silent && watched().unwrap_or_default();
        let environments = args.env.clone();
        let (name, domain) = (name.clone(), domain.clone());
        Ok(Self { name, stack, domain, database, cache, monitoring, environments })
    }
}

/// The choice of what stands beside the own program.
struct Others<'a> {
    catalog: &'a Catalog,
    stack: &'a Choice,
    /// Who can be asked, if anybody is to be.
    someone: Option<&'a Someone>,
}

impl Others<'_> {
    /// The flag, the answer, or what the stack cannot do without.
    fn choose(
        &self,
        given: Option<&str>,
        role: Role,
        what: &str,
    ) -> anyhow::Result<Option<Choice>> {
        let entry = &self.stack.entry;
        let of_role = |name: &String| self.catalog.get(name).is_some_and(|one| one.role == role);
        let needed = entry.needs.keys().map(ToString::to_string).find(of_role);
        let read = |written: &str| match (written, &needed) {
            ("none", None) => Ok(None),
            (written, needed) => {
                let found = if written == "none" {
                    None
                } else {
                    Some(choice(self.catalog, written, Part::Role(role), what)?)
                };
                let fits = |one: &Choice, needed: &String| one.entry.component == *needed;
                match (&found, needed) {
                    (Some(one), Some(needed)) if !fits(one, needed) => {
                        bail!("the stack `{}` needs the {what} `{needed}`", entry.component)
                    }
                    (None, Some(needed)) => {
                        bail!("the stack `{}` needs the {what} `{needed}`", entry.component)
                    }
                    _ => Ok(found),
                }
            }
        };
        if entry.static_site {
            return match given {
                None | Some("none") => Ok(None),
                Some(_) => bail!(
                    "the stack `{}` is files that a server hands out, which talk to no {what}; leave `--{what}` out, \
                     and add the program that needs one with `formwork add service`",
                    entry.component
                ),
            };
        }
        if let Some(given) = given {
            return read(given);
        }
        let known = names(self.catalog, Part::Role(role));
        // What the program reads and cannot do without is there unless it is refused.
        let usual = entry.reads_of(role).and(known.first()).map_or("none", String::as_str);
        match (&needed, self.someone) {
            (Some(needed), _) => read(needed),
            (None, Some(someone)) => {
                let known = known.join(", ");
                Ok(someone.ask(&format!("{what} ({known}, or none)"), usual, read).flatten())
            }
            (None, None) => read(usual),
        }
    }
}

/// Refuses flags that no blueprint could be written with.
fn check_flags(args: &InitArgs) -> anyhow::Result<()> {
    let of = |flag: &str, read: anyhow::Result<String>| read.with_context(|| format!("`--{flag}`"));
    args.name.as_deref().map(|name| of("name", system(name))).transpose()?;
    args.domain.as_deref().map(|name| of("domain", domain(name))).transpose()?;
    for name in &args.env {
        of("env", system(name))?;
    }
    match repeated(&args.env) {
        Some(twice) => {
            bail!("`--env` names `{twice}` twice; each environment has a name of its own")
        }
        None => Ok(()),
    }
}

/// The first name that stands in a list twice.
fn repeated(names: &[String]) -> Option<&String> {
    names
        .iter()
        .enumerate()
        .find(|(index, name)| names[..*index].contains(name))
        .map(|(_, name)| name)
}

fn system(answer: &str) -> anyhow::Result<String> {
    Name::parse(answer).map_err(malformed)?;
    Ok(answer.to_owned())
}

fn domain(answer: &str) -> anyhow::Result<String> {
    let host = HostName::parse(answer).map_err(malformed)?;
    if host.is_wildcard() || !answer.contains('.') {
        bail!(
            "`{answer}` is no domain that can be reached from outside; write it like `example.com`"
        );
    }
    Ok(answer.to_owned())
}

fn yes_or_no(answer: &str) -> anyhow::Result<bool> {
    match answer {
        "y" | "yes" => Ok(true),
        "n" | "no" => Ok(false),
        _ => bail!("answer `yes` or `no`"),
    }
}

/// Whoever answers, until the input ends.
struct Someone(Cell<bool>);

impl Someone {
    fn is_there(&self) -> bool {
        self.0.get()
    }

    /// Asks for one line if someone is there, and again with the reason until the answer will do; an empty one is the
    /// default.
    fn ask<T>(
        &self,
        question: &str,
        default: &str,
        read: impl Fn(&str) -> anyhow::Result<T>,
    ) -> Option<T> {
        let hint = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        while self.is_there() {
            let Some(answer) = console::ask(&format!("{question}{hint}: ")) else {
                self.0.set(false);
                break;
            };
            let answer = if answer.is_empty() { default } else { &answer };
            match read(answer) {
                Ok(found) => return Some(found),
                Err(_) if answer.is_empty() => console::error("an answer is needed\n"),
                Err(reason) => console::error(&format!("{reason}\n")),
            }
        }
        None
    }
}

/// The folder's name, if it will do as the system's.
fn folder_name(args: &InitArgs) -> Option<String> {
    let folder = std::path::absolute(&args.dir).ok()?;
    let folder = folder.canonicalize().unwrap_or(folder);
    let name = folder.file_name()?.to_str()?.to_lowercase();
    Name::parse(&name).ok().map(|name| name.to_string())
}

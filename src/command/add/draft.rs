//! Turns the arguments of `add` into what is added to a blueprint.

use std::sync::Arc;

use anyhow::bail;
use serde_json::{Map, Value, json};

use super::Before;
use crate::blueprint::splice::Addition;
use crate::catalog::reads::Reads;
use crate::catalog::{Catalog, Entry};
use crate::cli::add::{AddCommand, AddComponentArgs, AddServiceArgs};
use crate::command::choice::{Choice, Part, choice, health, malformed};
use crate::diagnostic::suggest;
use crate::format::quote::shell;
use crate::model::{Model, Role};
use crate::source::document::{Kind, Node};
use crate::value::{Name, VariableName};

/// What is to be added.
pub(super) struct Wish {
    /// What it is, for people.
    pub(super) what: String,
    /// In the order in which it is added.
    pub(super) additions: Vec<Addition>,
    /// What to look at afterwards.
    pub(super) warnings: Vec<String>,
}

/// What a command asks for.
pub(super) fn wish(command: &AddCommand, before: &Before) -> anyhow::Result<Wish> {
    let inputs = &before.project.inputs;
    let Ok(catalog) = Catalog::new(&inputs.sources, &inputs.catalog) else {
        bail!("the catalogue cannot be read");
    };
    let draft = Draft { before, catalog, root: before.texts.root()? };
    match command {
        AddCommand::Service(args) => draft.service(args),
        AddCommand::Component(args) => draft.component(args),
        AddCommand::Route(args) => draft.route(args),
        AddCommand::Environment(args) => draft.environment(args),
    }
}

pub(super) struct Draft<'a> {
    before: &'a Before,
    catalog: Catalog,
    pub(super) root: Node,
}

impl Draft<'_> {
    fn service(&self, args: &AddServiceArgs) -> anyhow::Result<Wish> {
        let name = self.free(&args.name)?;
        let Choice { entry, version } = choice(&self.catalog, &args.stack, Part::Stack, "stack")?;
        let beside = if self.is_among_others() { "../" } else { "" };
        let context = args.context.clone().unwrap_or_else(|| format!("{beside}{name}"));
        let stack = format!("{}@{version}", entry.component);
        let mut service = Map::new();
        let image = args.image.clone().unwrap_or_else(|| self.image(&name));
        service.insert("image".to_owned(), json!(image));
        service.insert("build".to_owned(), json!({ "context": context, "stack": stack }));
        if let Some(port) = args.port {
            service.insert("port".to_owned(), json!(port));
        }
        let health = args.health.clone().or_else(|| health(&entry, args.port));
        if let Some(health) = health {
            service.insert("health".to_owned(), json!(health));
        }
        let mut environment = Map::new();
        for other in &args.to {
            self.known(other)?;
            if entry.static_site && self.url(other).is_some() {
                bail!(
                    "the stack `{}` is files that a server hands out, which do not talk to `{other}`; leave it out of \
                     `--to`",
                    entry.component
                );
            }
            // What is ready-made reads variables of its own alone.
            if let Some((variable, url)) = self.url(other).filter(|_| entry.runs_own_program()) {
                let role = self.entry_of(other).map(|other| other.role);
                let read = role.and_then(|role| entry.reads_of(role));
                if let Some(parameter) = read.and_then(|(_, reads)| reads.parameter.as_ref()) {
                    service["build"]["with"][parameter] = json!(url);
                }
                environment.insert(read.map_or(variable, |(name, _)| name.to_string()), json!(url));
            }
        }
        if !args.to.is_empty() {
            service.insert("needs".to_owned(), json!(args.to));
        }
        let unread =
            entry.reads.iter().filter(|(variable, _)| !environment.contains_key(variable.as_str()));
        let warning = |(variable, reads): (&VariableName, &Reads)| {
            format!("`{name}` has no {}: name it with `--to`, or set `{variable}`", reads.what)
        };
        let warnings = unread.map(warning).collect();
        let what = format!("the service `{name}`");
        let mut wish = Wish { what, additions: Vec::new(), warnings };
        self.own_database(&name, &entry, &args.to, &mut service, &mut wish)?;
        if let Some(networks) = self.networks(Role::Application, args.to.iter().chain(&args.users))
        {
            service.insert("networks".to_owned(), networks);
        }
        if !environment.is_empty() {
            service.insert("environment".to_owned(), Value::Object(environment));
        }
        wish.additions.push(Addition::entry("/services", name.as_str(), Value::Object(service)));
        for user in &args.users {
            wish.additions.extend(self.need(user, name.as_str())?);
        }
        Ok(wish)
    }

    fn component(&self, args: &AddComponentArgs) -> anyhow::Result<Wish> {
        let name = self.free(&args.name)?;
        let Choice { entry, version } =
            choice(&self.catalog, &args.uses, Part::Component, "component")?;
        let mut service = json!({ "uses": format!("{}@{version}", entry.component) });
        if let Some(networks) = self.networks(entry.role, args.users.iter()) {
            service["networks"] = networks;
        }
        let mut additions = vec![Addition::entry("/services", name.as_str(), service)];
        for user in &args.users {
            if self.entry_of(user).is_some_and(|entry| entry.static_site) {
                bail!(
                    "`{user}` is files that a server hands out, which do not talk to `{name}`; leave it out of `--for`"
                );
            }
            additions.extend(self.need(user, name.as_str())?);
            if self.entry_of(user).is_some_and(|entry| !entry.runs_own_program()) {
                continue;
            }
            if entry.offers.contains_key("url")
                && let Some(variable) = self.variable(user, name.as_str(), entry.role)
            {
                let at = format!("/services/{user}/environment");
                additions.push(Addition::entry(at, variable, json!(format!("${{{name}.url}}"))));
            }
        }
        Ok(Wish { what: format!("the component `{name}`"), additions, warnings: Vec::new() })
    }

    /// The name under which the built image is pushed: beside those of the other own programs.
    fn image(&self, name: &Name) -> String {
        let services = self.models().iter().flat_map(|model| model.services.values());
        let built = services.filter(|service| service.build.is_some());
        let folders = built.filter_map(|service| {
            let at = format!("/services/{}/image", service.name);
            let Kind::String(image) = &self.root.at(&at)?.kind else { return None };
            image.rsplit_once('/').map(|(folder, _)| folder.to_owned())
        });
        let folder = folders.into_iter().next();
        let system = self.models().first().map_or("", |model| model.name.as_str());
        let folder = folder.unwrap_or_else(|| "registry.example.com".to_owned());
        format!("{folder}/{system}-{name}:0.1.0")
    }

    pub(super) fn models(&self) -> &[Model] {
        &self.before.compiled.models
    }

    /// A name that nothing has yet.
    fn free(&self, written: &str) -> anyhow::Result<Name> {
        let name = Name::parse(written).map_err(malformed)?;
        let taken = |model: &Model| {
            model.services.contains_key(&name) || model.externals.contains_key(&name)
        };
        let at = format!("/services/{name}");
        if self.models().iter().any(taken) || self.root.at(&at).is_some() {
            bail!("`{name}` is there already; choose another name");
        }
        Ok(name)
    }

    /// A service or an external of any environment.
    fn known(&self, written: &str) -> anyhow::Result<()> {
        let names = |model: &Model| -> Vec<String> {
            model.services.keys().chain(model.externals.keys()).map(ToString::to_string).collect()
        };
        let known: Vec<String> = self.models().iter().flat_map(names).collect();
        found(written, &known)
    }

    /// A service that the blueprint itself names.
    pub(super) fn own(&self, written: &str) -> anyhow::Result<()> {
        let entries = self.root.get("services").map_or(&[][..], Node::entries);
        let known: Vec<String> = entries.iter().map(|(key, _)| key.name.clone()).collect();
        found(written, &known)
    }

    /// What makes a service need another.
    fn need(&self, user: &str, other: &str) -> anyhow::Result<Option<Addition>> {
        self.listed(user, "needs", other)
    }

    /// What adds a name to those that a service has under a key, a list or a map.
    pub(super) fn listed(
        &self,
        service: &str,
        key: &str,
        other: &str,
    ) -> anyhow::Result<Option<Addition>> {
        self.own(service)?;
        let at = format!("/services/{service}/{key}");
        let Some(known) = self.root.at(&at) else {
            return Ok(Some(Addition::entry(format!("/services/{service}"), key, json!([other]))));
        };
        Ok(match &known.kind {
            Kind::Mapping(_) => Some(Addition::entry(at, other, json!({}))),
            _ => Some(Addition::Item { at, value: json!(other) }),
        })
    }

    /// What the catalogue says of a service that is there.
    pub(super) fn entry_of(&self, service: &str) -> Option<Arc<Entry>> {
        let service = self.models().iter().find_map(|model| model.services.get(service))?;
        self.catalog.get(&service.component.as_ref()?.name)
    }

    /// The variable with the URL of a service that is there, if it offers one.
    fn url(&self, other: &str) -> Option<(String, String)> {
        let entry = self.entry_of(other)?;
        entry.offers.contains_key("url").then(|| {
            let usual = usual(entry.role).map_or_else(|| of_its_own(other), str::to_owned);
            (usual, format!("${{{other}.url}}"))
        })
    }

    /// The variable under which a service reads the URL of another; none where it has all that come into question.
    fn variable(&self, user: &str, other: &str, role: Role) -> Option<String> {
        let has = |name: &String| {
            let users = self.models().iter().filter_map(|model| model.services.get(user));
            users.flat_map(|service| service.environment.keys()).any(|key| key.as_str() == name)
        };
        let entry = self.entry_of(user);
        let read = entry.as_ref().and_then(|entry| entry.reads_of(role));
        let usual =
            read.map(|(name, _)| name.to_string()).or_else(|| usual(role).map(str::to_owned));
        usual.into_iter().chain([of_its_own(other)]).find(|name| !has(name))
    }

    fn is_among_others(&self) -> bool {
        let folder = self.before.project.blueprint.parent().and_then(std::path::Path::file_name);
        folder.is_some_and(|name| name == "blueprints")
    }
}

/// What programs commonly call the URL of such a component.
fn usual(role: Role) -> Option<&'static str> {
    match role {
        Role::Database => Some("DATABASE_URL"),
        Role::Cache => Some("CACHE_URL"),
        Role::Queue => Some("QUEUE_URL"),
        _ => None,
    }
}

fn of_its_own(name: &str) -> String {
    format!("{}_URL", name.replace('-', "_").to_uppercase())
}

fn found(written: &str, known: &[String]) -> anyhow::Result<()> {
    if known.iter().any(|name| name == written) {
        return Ok(());
    }
    let near = suggest::nearest(written, known.iter().map(String::as_str));
    let help = near.map_or_else(
        || format!("there are {}", known.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    bail!("there is no `{}`; {help}", shell::quote(written))
}

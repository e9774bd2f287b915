//! Turns the name of something that a service offers into what it stands for: host, ports, parameters, and what the
//! catalogue composes of them.

use crate::map::IndexMap;

use crate::blueprint::reference::Text as Raw;
use crate::blueprint::url::PLAIN;
use crate::catalog::parameter::{Kind, Parameter, Preset};
use crate::diagnostic::{Code, suggest};
use crate::format::quote::url;
use crate::model::{Role, Text, naming};
use crate::resolve::parts::Part;
use crate::resolve::scope::{Resolved, Scope, Unresolved};
use crate::resolve::{backups, services};
use crate::value::{ContainerPath, MemoryRange, Name, Percent, Publish, VariableName};

/// Where a container beside tests is reached (docs.github.com, "Communicating with Docker service containers").
const BESIDE: &str = "127.0.0.1";
/// What a service that is backed up offers besides.
const BACKUP_DAYS: &str = "backup_days";
const BACKUP_SCHEDULE: &str = "backup_schedule";

impl Scope<'_> {
    /// What a service offers: host, ports, parameters, and what its entry composes of them.
    pub(super) fn offered(
        &self,
        out: &mut Resolved,
        name: &Name,
        key: &str,
        depth: usize,
    ) -> Result<(), Unresolved> {
        let part = &self.parts[name];
        let beside = self.beside.and_then(|all| all.get(name));
        if beside.is_some() {
            out.beside.insert(name.clone());
        }
        if key == "host" {
            out.text.push_literal(if beside.is_some() { BESIDE } else { name.as_str() });
            return Ok(());
        }
        if key == "published" {
            out.text.push_literal(&self.published(part).unwrap_or_default());
            return Ok(());
        }
        if let Some(said) = self.of_backups(name, key) {
            out.text.push_literal(&said);
            return Ok(());
        }
        if let Some(port) = port(part, key) {
            let reached = beside.and_then(|ports| ports.get(&port)).unwrap_or(&port);
            out.text.push_literal(&reached.to_string());
            out.reached.entry(name.clone()).or_default().push(port);
            return Ok(());
        }
        if let Some(offer) = part.entry.as_ref().and_then(|entry| entry.offers.get(key)) {
            return self.into(out, &offer.0, Some(name), depth + 1);
        }
        if key == "url" && part.role() == Role::Application && part.first_port().is_some() {
            return self.into(out, "http://${self.host}:${self.port}", Some(name), depth + 1);
        }
        self.parameter(out, (name, part), key, depth)
    }

    fn parameter(
        &self,
        out: &mut Resolved,
        (name, part): (&Name, &Part),
        key: &str,
        depth: usize,
    ) -> Result<(), Unresolved> {
        let (parameter, as_file) =
            key.strip_suffix(".file").map_or((key, false), |key| (key, true));
        let known = part.entry.as_ref().and_then(|entry| entry.parameters.get(parameter));
        let Some(known) = known else {
            return Err(self.nothing_offered(name, key));
        };
        let bound = part.bound(parameter);
        let variable = match bound {
            Some(raw) if as_file => {
                let mut value = Resolved::default();
                self.into(&mut value, &raw.0, None, depth + 1).map_err(Unresolved::through)?;
                let variable = value.text.as_variable().cloned();
                variable.ok_or_else(|| {
                    let message = format!(
                        "`{parameter}` of `{name}` is read as a file, so it must be one variable"
                    );
                    let help =
                        format!("declare a variable and write `{parameter}: \"${{var.NAME}}\"`");
                    Unresolved::new(Code::InvalidReference, message, Some(help))
                })?
            }
            Some(raw) => {
                let value =
                    self.handed_over(known, (raw, None), depth).map_err(Unresolved::through)?;
                // Other types have their own grammar, and say what breaks it.
                if known.kind == Kind::Text {
                    self.check_in_url(out, &value, name, parameter)?;
                }
                out.add(value);
                return Ok(());
            }
            None => match &known.default {
                Some(Preset::Share(share)) => {
                    let memory = known.share(*share, self.memory(part).limit());
                    out.text.push_literal(&known.write(&memory.to_string()));
                    return Ok(());
                }
                Some(Preset::Text(default)) if default.is_plain() => {
                    out.text.push_literal(&known.write(&default.0));
                    return Ok(());
                }
                Some(Preset::Text(default)) => {
                    let value = self.handed_over(known, (default, Some(name)), depth)?;
                    out.add(value);
                    return Ok(());
                }
                None => VariableName::known(naming::parameter_variable(name, parameter)),
            },
        };
        if as_file {
            let path = ContainerPath::known(naming::secret_path(&variable));
            out.text.push_literal(path.as_str());
            out.files.insert(variable, path);
        } else {
            out.text.push(&Text::variable(variable));
        }
        Ok(())
    }

    /// The port of the host at which people reach the first port, else that port itself.
    fn published(&self, part: &Part) -> Option<String> {
        let first = part.first_port()?;
        let shift = self.blueprint.settings(&self.environment.name).shift_ports;
        let fits = |one: &&Publish| one.container.is_none_or(|port| port.get() == first);
        let open = part.written.publish.iter().find(fits);
        let reached = open.map_or(first, |one| one.host.get().saturating_add(shift));
        Some(reached.to_string())
    }

    /// When its daily backups are made and how many days each is kept, where it is backed up.
    fn of_backups(&self, name: &Name, key: &str) -> Option<String> {
        if !matches!(key, BACKUP_DAYS | BACKUP_SCHEDULE) {
            return None;
        }
        let written = self.blueprint.backups.get(name)?;
        let daily = backups::series(written).into_iter().next()?;
        match key {
            BACKUP_DAYS => Some(daily.keep.seconds().div_ceil(86_400).to_string()),
            BACKUP_SCHEDULE => Some(daily.schedule.to_string()),
            _ => None,
        }
    }

    /// A parameter's value as the component reads it.
    fn handed_over(
        &self,
        known: &Parameter,
        (raw, of): (&Raw, Option<&Name>),
        depth: usize,
    ) -> Result<Resolved, Unresolved> {
        let mut value = Resolved::default();
        self.into(&mut value, &raw.0, of, depth + 1)?;
        if let Some(literal) = value.text.as_literal() {
            value.text = Text::literal(known.write(literal).into_owned());
        }
        Ok(value)
    }

    /// The memory that a service may use.
    pub(in crate::resolve) fn memory(&self, part: &Part) -> MemoryRange {
        let scale = self.blueprint.settings(&self.environment.name).resources;
        services::memory(part, scale.unwrap_or(Percent::WHOLE))
    }

    /// Refuses a parameter that breaks the URL which an entry composes of it.
    fn check_in_url(
        &self,
        out: &Resolved,
        value: &Resolved,
        name: &Name,
        parameter: &str,
    ) -> Result<(), Unresolved> {
        let literal = value.text.as_literal().filter(|literal| !url::is_plain(literal));
        let before = || out.text.render(Into::into, |_| "x".to_owned());
        let Some(literal) = literal.filter(|_| url::is_within(&before())) else { return Ok(()) };
        let message = format!(
            "`{parameter}` of `{name}` is `{literal}`, which breaks the URL that it ends in"
        );
        let place = self.context.locator.value(&format!("/services/{name}/with/{parameter}"));
        Err(Unresolved::caused(Code::InvalidValue, message, PLAIN, place))
    }

    fn nothing_offered(&self, name: &Name, key: &str) -> Unresolved {
        if self.is_unsure(name, &["uses", "build", "ports", "with"]) {
            return Unresolved::follows();
        }
        let part = &self.parts[name];
        let mut offers = vec!["host".to_owned()];
        if let Some(entry) = &part.entry {
            offers.extend(entry.offers.keys().chain(entry.parameters.keys()).cloned());
        }
        if part.first_port().is_some() {
            offers.push("port".to_owned());
        }
        let of_backups = [BACKUP_DAYS, BACKUP_SCHEDULE];
        let known = of_backups.iter().filter(|key| self.of_backups(name, key).is_some());
        offers.extend(known.map(ToString::to_string));
        let near = suggest::nearest(key, offers.iter().map(String::as_str));
        let help = match near {
            Some(near) => format!("did you mean `${{{name}.{near}}}`?"),
            None => format!("`{name}` offers {}", offers.join(", ")),
        };
        Unresolved::new(Code::UnknownReference, format!("`{name}` offers no `{key}`"), Some(help))
    }
}

impl Part {
    /// What the author binds a parameter to.
    pub(in crate::resolve) fn bound(&self, parameter: &str) -> Option<&Raw> {
        let build = self.written.build.as_ref().and_then(|build| build.with.get(parameter));
        let of_database = || {
            let (database, parameter) = parameter.strip_prefix("databases.")?.split_once('.')?;
            self.written.databases.get(database)?.get(parameter)
        };
        self.written.with.get(parameter).or(build).or_else(of_database)
    }

    /// Whether the author says that it listens on no port.
    pub(in crate::resolve) fn is_silent(&self) -> bool {
        self.written.ports.as_ref().is_some_and(IndexMap::is_empty)
    }

    /// The ports it listens on: the author's, else the entry's. The first is the one that others talk to: of the author's,
    /// who may write them in any order, the one named `http`.
    fn each_port(&self) -> impl Iterator<Item = (&Name, u16)> {
        let own = self.written.ports.as_ref();
        let main = own.and_then(|ports| ports.get_key_value("http"));
        let known = own.or_else(|| self.entry.as_ref().map(|entry| &entry.ports));
        let others = known.into_iter().flatten();
        let others = others.filter(move |(name, _)| main.is_none_or(|(main, _)| main != *name));
        main.into_iter().chain(others).map(|(name, port)| (name, port.get()))
    }

    /// All of them, by name.
    pub(in crate::resolve) fn ports(&self) -> IndexMap<Name, u16> {
        self.each_port().map(|(name, port)| (name.clone(), port)).collect()
    }

    /// The first of them.
    pub(in crate::resolve) fn first_port(&self) -> Option<u16> {
        self.each_port().next().map(|(_, port)| port)
    }

    /// The one of that name.
    pub(in crate::resolve) fn port(&self, name: &str) -> Option<u16> {
        self.each_port().find(|(known, _)| known.as_str() == name).map(|(_, port)| port)
    }
}

/// `port` is the first port, `port.NAME` the one of that name.
fn port(part: &Part, key: &str) -> Option<u16> {
    match key.strip_prefix("port") {
        Some("") => part.first_port(),
        Some(name) => part.port(name.strip_prefix('.')?),
        None => None,
    }
}

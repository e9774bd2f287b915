//! Turns `--env` and `--target` into the files that a command is about.

use anyhow::bail;

use crate::cli::Common;
use crate::command::session::Session;
use crate::diagnostic::suggest;
use crate::model::Model;
use crate::target::Target;
use crate::target::output::Owner;

/// Which environments and targets a command is about; all where none is named.
#[derive(Debug, Clone, Copy)]
pub struct Selection<'a> {
    environments: &'a [String],
    targets: &'a [Target],
}

impl<'a> Selection<'a> {
    /// What the arguments say.
    pub fn of(common: &'a Common) -> Self {
        Self { environments: &common.env, targets: &common.target }
    }

    /// Only environments.
    pub fn of_environments(environments: &'a [String]) -> Self {
        Self { environments, targets: &[] }
    }

    /// Whether everything is meant.
    pub fn is_everything(&self) -> bool {
        self.environments.is_empty() && self.targets.is_empty()
    }

    /// Whether a file is meant. One that is no longer compiled belongs to nobody, and is only if everything is.
    pub fn takes(&self, owner: Option<&Owner>) -> bool {
        let Some(owner) = owner else { return self.is_everything() };
        let named = |name: &String| owner.environments.contains(name.as_str());
        (self.environments.is_empty() || self.environments.iter().any(named))
            && (self.targets.is_empty() || self.targets.contains(&owner.target))
    }

    /// Whether an environment is meant.
    pub fn takes_environment(&self, model: &Model) -> bool {
        let name = model.environment.name.as_str();
        self.environments.is_empty() || self.environments.iter().any(|named| named == name)
    }

    /// Whether a target is meant.
    pub fn takes_target(&self, target: Target) -> bool {
        self.targets.is_empty() || self.targets.contains(&target)
    }

    /// Whether only some targets are meant.
    pub fn is_partial(&self) -> bool {
        !self.targets.is_empty()
    }

    /// Refuses environments that no system has.
    ///
    /// # Errors
    /// The first of them, with the nearest that there is.
    pub fn verify(&self, session: &Session) -> anyhow::Result<()> {
        let models = session.systems.iter().flat_map(|system| &system.compiled.models);
        let mut known: Vec<&str> = models.map(|model| model.environment.name.as_str()).collect();
        known.sort_unstable();
        known.dedup();
        let unknown = self.environments.iter().find(|name| !known.contains(&name.as_str()));
        let Some(name) = unknown else { return Ok(()) };
        let list = known.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
        let help = suggest::nearest(name, known.iter().copied())
            .map_or_else(|| format!("there are {list}"), |near| format!("did you mean `{near}`?"));
        bail!("no environment is named `{name}`; {help}")
    }
}

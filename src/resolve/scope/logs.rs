//! Turns references to what keeps logs, and to the system as a whole, into what they stand for.

use crate::blueprint::reference::Reference;
use crate::diagnostic::Code;
use crate::model::Role;
use crate::resolve::scope::{Resolved, Scope, Unresolved, unknown};
use crate::resolve::settings;
use crate::value::Duration;

/// How long logs are kept when nobody says.
const RETENTION: Duration = Duration::from_seconds(30 * 86_400);

impl Scope<'_> {
    /// What keeps logs offers, and how long it keeps them.
    pub(super) fn logs(
        &self,
        out: &mut Resolved,
        reference: &Reference,
        depth: usize,
    ) -> Result<(), Unresolved> {
        if reference.key == "retention" {
            let written = self.blueprint.logs.as_ref().and_then(|logs| logs.retention);
            out.text.push_literal(&written.unwrap_or(RETENTION).prometheus());
            return Ok(());
        }
        match self.parts.iter().find(|(_, part)| part.role() == Role::Logs) {
            Some((name, _)) => self.offered(out, name, reference.key, depth),
            None if self.context.broken.touches("/logs") => Err(Unresolved::follows()),
            None => {
                let help = "add `logs: {}` to the blueprint".to_owned();
                Err(unknown(reference, "nothing keeps logs", Some(help)))
            }
        }
    }

    pub(super) fn system(&self, out: &mut Resolved, key: &str) -> Result<(), Unresolved> {
        match key {
            "name" => out.text.push_literal(self.blueprint.name.as_str()),
            "project" => {
                let compose = settings::compose(self.blueprint, self.environment);
                out.text.push_literal(compose.project.as_str());
            }
            _ => {
                let message = format!("`${{system.{key}}}` stands for nothing");
                let help = "there are `system.name` and `system.project`".to_owned();
                return Err(Unresolved::new(Code::UnknownReference, message, Some(help)));
            }
        }
        Ok(())
    }
}

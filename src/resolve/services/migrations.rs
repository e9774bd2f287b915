//! Turns the author's word on migrations into the commands of the tool.

use crate::blueprint::migrate::Steps;
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::resolve::services::Builder;

impl Builder<'_, '_> {
    /// The commands that bring the tables up to date; none where nothing does.
    pub(super) fn migrations(&mut self) -> Steps {
        let Some(written) = &self.part.written.migrate else { return Steps::default() };
        let entry = self.part.entry.as_ref();
        let known = match (&written.by, entry) {
            (None, _) => Some(Steps::default()),
            (Some(tool), entry) => entry.and_then(|entry| entry.migrations.get(tool)).cloned(),
        };
        let steps = known.as_ref().map(|known| known.overridden(written));
        match steps {
            Some(steps) if !steps.upgrade.is_empty() => return steps,
            Some(_) => {
                let message =
                    format!("nothing says how the tables of `{}` are upgraded", self.name);
                let found = Diagnostic::error(Code::InvalidValue, message)
                    .at(self.place("migrate"), "")
                    .help("write `upgrade: [COMMAND, ARGUMENT]`, as it is called in the container");
                self.diagnostics.push(found);
            }
            None => self.unknown_tool(),
        }
        Steps::default()
    }

    fn unknown_tool(&mut self) {
        let tool = self.part.written.migrate.as_ref().and_then(|one| one.by.clone());
        let tool = tool.unwrap_or_default();
        let known = || {
            let entries = self.part.entry.iter();
            entries.flat_map(|entry| entry.migrations.keys()).map(String::as_str)
        };
        let message = format!("the stack of `{}` does not know how `{tool}` is called", self.name);
        let found = Diagnostic::error(Code::InvalidValue, message).at(self.place("migrate"), "");
        let found = match (suggest::nearest(&tool, known()), known().next()) {
            (Some(near), _) => found.help(format!("did you mean `{near}`?")),
            (None, Some(_)) => found.help(format!(
                "it knows {}",
                known().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ")
            )),
            (None, None) => {
                found.help("write `migrate: { upgrade: [COMMAND, ARGUMENT] }` in place of its name")
            }
        };
        self.diagnostics.push(found);
    }
}

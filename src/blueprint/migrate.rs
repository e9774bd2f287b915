//! Describes how the tables of a program's database are brought up to date.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the tables of its database are brought up to date before it starts; written short as the tool.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Migrate {
    /// The tool, where the stack knows how it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"alembic")]
    pub by: Option<String>,
    /// Ends well only if the tables are as the program wants them; in place of the tool's own command, like the next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub check: Vec<String>,
    /// Brings the tables up to date; changes nothing where they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(example = ["node", "migrate.js"])]
    pub upgrade: Vec<String>,
    /// Takes the newest step back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub downgrade: Vec<String>,
    /// Takes every step back, and with them all data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reset: Vec<String>,
}

/// The commands of a tool that migrates, as they are called in the program's container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// Ends well only if the tables are as the program wants them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub check: Vec<String>,
    /// Brings the tables up to date; changes nothing where they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub upgrade: Vec<String>,
    /// Takes the newest step back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub downgrade: Vec<String>,
    /// Takes every step back, and with them all data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reset: Vec<String>,
}

impl Steps {
    /// The same, with what an author says of a step in its place.
    #[must_use]
    pub fn overridden(&self, by: &Migrate) -> Self {
        let choose = |known: &Vec<String>, said: &Vec<String>| {
            if said.is_empty() { known.clone() } else { said.clone() }
        };
        Self {
            check: choose(&self.check, &by.check),
            upgrade: choose(&self.upgrade, &by.upgrade),
            downgrade: choose(&self.downgrade, &by.downgrade),
            reset: choose(&self.reset, &by.reset),
        }
    }

    /// Every step that has a command, by its name.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &Vec<String>)> {
        let steps = [
            ("check", &self.check),
            ("upgrade", &self.upgrade),
            ("downgrade", &self.downgrade),
            ("reset", &self.reset),
        ];
        steps.into_iter().filter(|(_, command)| !command.is_empty())
    }
}

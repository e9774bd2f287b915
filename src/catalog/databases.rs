//! Turns what an entry says of further databases, and the names that a service gives them, into parameters, offers and
//! files of that service's own entry.

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::reference::Text;
use crate::catalog::entry::{Content, Entry};
use crate::catalog::parameter::{Parameter, Preset};
use crate::value::{ContainerPath, DatabaseName, Name};

/// How a component makes databases beside its own, each for a user of its own. Texts may refer to `${each.name}` and to
/// the parameters of the database at hand.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Databases {
    /// What may be set of each.
    #[serde(default)]
    pub parameters: IndexMap<String, Parameter>,
    /// What each offers to others, beside `name` and the parameters.
    #[serde(default)]
    pub offers: IndexMap<String, Text>,
    /// Names that the component keeps for itself.
    #[serde(default)]
    pub reserved: Vec<String>,
    /// What no two may share: a parameter or `name`, then the parameter of the component that has such a value too.
    #[serde(default)]
    pub distinct: IndexMap<String, String>,
    /// Files that are compiled where a database is named. Their templates see `service.databases`, a list of maps with
    /// `name` and the parameters; a secret is the path of the file that holds it.
    #[serde(default)]
    pub files: IndexMap<String, Content>,
    /// What makes them where the component has started before: a command in its container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<String>,
    /// Where those files are in the container.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, ContainerPath>")]
    pub mounts: IndexMap<String, ContainerPath>,
}

/// The parameter of a service's entry that stands for one of a database.
pub fn key(database: &DatabaseName, parameter: &str) -> String {
    format!("databases.{database}.{parameter}")
}

impl Entry {
    /// The entry of a service that names databases: theirs are among its parameters, offers, files and mounts.
    #[must_use]
    pub fn with_databases<'a>(
        &self,
        service: &Name,
        databases: impl Iterator<Item = &'a DatabaseName>,
    ) -> Self {
        let mut entry = self.clone();
        let Some(known) = &self.databases else { return entry };
        let mut any = false;
        for database in databases {
            any = true;
            let own = |text: &Text| {
                Text(text.0.replace("${each.", &format!("${{self.{}", key(database, ""))))
            };
            for (name, parameter) in &known.parameters {
                let mut parameter = parameter.clone();
                if let Some(Preset::Text(default)) = &mut parameter.default {
                    *default = own(default);
                }
                let about = parameter.about.take().unwrap_or_default();
                parameter.about = Some(format!("{about}, for the database {database}"));
                entry.parameters.insert(key(database, name), parameter);
            }
            for (name, offer) in &known.offers {
                entry.offers.insert(key(database, name), own(offer));
            }
            entry.offers.insert(key(database, "name"), Text(database.to_string()));
        }
        if any {
            for (file, content) in &known.files {
                entry.files.insert(format!("{service}/{file}"), content.clone());
            }
            for (file, path) in &known.mounts {
                entry.mounts.insert(format!("{}/{service}/{file}", self.component), path.clone());
            }
        }
        entry
    }
}

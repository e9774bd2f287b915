//! Describes how a component is backed up and restored: its own tools, as functions of a shell script.

use std::sync::Arc;

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::monitoring::Alert;
use crate::blueprint::reference::Text;
use crate::value::AlertName;
use crate::value::keyed::Keyed;
use crate::value::{ContainerPath, Name, VariableName};

/// How a component is backed up and restored. Commands are bodies of bash functions that stop at the first fault; `$1`
/// is the file that holds the backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The last part of the names of its backups.
    #[schemars(regex(pattern = r"^[a-z0-9]+(\.[a-z0-9]+)*$"))]
    pub suffix: String,
    /// What the commands find in variables of the shell; a secret is a path: `${self.password.file}`.
    #[serde(default)]
    #[schemars(with = "Keyed<VariableName, Text>")]
    pub settings: IndexMap<VariableName, Text>,
    /// The lines of a Dockerfile that bring the commands' tools: a template that sees `image`, the component's own.
    #[serde(default)]
    pub tools: String,
    /// What is done before each command, such as reading the password.
    pub prepare: String,
    /// Writes everything to the file.
    pub dump: String,
    /// Reads the file back as far as that goes without a server.
    pub verify: String,
    /// Puts what the file holds in the place of what the server holds. Until all of it is there, what is live stays.
    pub restore: String,
    /// Asks the server something that only whoever is let in is answered.
    pub check: String,
    /// How what is written between two backups is kept; a component without it has its dumps alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<Archive>,
}

/// How what is written between two backups is kept. A text may hold `$timeout`, the seconds after which what is written
/// is handed over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// What the server's command gets besides.
    #[serde(default)]
    pub command: Vec<Text>,
    /// The compiled files that the server reads besides: as `mounts` of the component.
    #[serde(default)]
    pub mounts: IndexMap<String, ContainerPath>,
    /// Their texts, which are templates.
    #[serde(default)]
    pub files: IndexMap<String, String>,
    /// The volume of the component that a recovery puts together anew.
    pub volume: Name,
    /// The folder on that volume.
    pub folder: String,
    /// Writes a base backup to the file `$1`.
    pub base: String,
    /// Reads a base backup back.
    pub verify: String,
    /// Writes down, in the folder `$1`, whatever the server writes; does not end.
    pub receive: String,
    /// Alerts about what keeps it, told by the component's own exporter: as `alerts` of a component.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<AlertName, Alert>")]
    pub alerts: IndexMap<AlertName, Arc<Alert>>,
    /// Reads names of files of the archive, one a line, and writes those that the base backup `$1` needs: so that no
    /// other is fetched or unpacked.
    pub needs: String,
    /// Puts a folder together: base backup `$1`, archive `$2`, folder `$3`, moment `$4`, and `$5` for what was there.
    pub recover: String,
}

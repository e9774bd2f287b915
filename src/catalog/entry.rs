//! Describes what a catalogue entry says about a component or an application stack.

use std::sync::{Arc, OnceLock};

use crate::map::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::dashboard::Panel;
use crate::blueprint::migrate::Steps;
use crate::blueprint::monitoring::Alert;
use crate::blueprint::reference::Text;
use crate::blueprint::service::{Health, Resources, Stop};
use crate::catalog::backup::Backup;
use crate::catalog::checks::{Checks, Rehearsal};
use crate::catalog::cluster::Differences;
pub use crate::catalog::cluster::HostAccess;
use crate::catalog::collection::Collection;
use crate::catalog::databases::Databases;
use crate::catalog::objective::Measures;
use crate::catalog::parameter::Parameter;
pub use crate::catalog::piece::{
    Connections, Content, Datasource, Exception, Exposed, Release, Tmpfs,
};
use crate::catalog::probe::Probe;
use crate::catalog::reads::Reads;
pub use crate::catalog::role::Role;
use crate::catalog::stage::Stage;
use crate::catalog::trouble::Trouble;
use crate::catalog::ulimit::{Resource, Ulimit};
use crate::value::AlertName;
use crate::value::keyed::Keyed;
use crate::value::only::Only;
use crate::value::{
    ContainerPath, GroupName, Image, Memory, Name, PortNumber, UserId, VariableName,
};

/// A ready-made component, or a stack that own programs are built with. Texts may refer to `${self.X}` (parameters,
/// `host`, `port`, `published` for the host's port that leads to it, what it offers), in an exporter to `${target.X}`
/// (the service it watches), and to `${env.X}`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a key of its own")]
pub struct Entry {
    /// Its name. The file is named after its first entry: it may hold several, a document each with `---` between them,
    /// such as a component and what exposes its metrics.
    pub component: String,
    /// What it is.
    pub about: String,
    /// What became of it and what to take instead, where its makers have given it up: a blueprint that uses it says in
    /// a waiver why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<String>,
    /// What part it plays.
    pub role: Role,
    /// The only target that it stands in; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Only>,
    /// The image's repository.
    // distribution/reference:regexp.go, without a tag and a digest
    #[schemars(regex(
        pattern = r"^[a-z0-9]+([.-][a-z0-9]+)*(:[0-9]+)?(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+$"
    ))]
    pub image: String,
    /// The versions that are known to work: what `uses: name@VERSION` may say, and its exact tag.
    pub versions: IndexMap<String, Release>,
    /// The version taken when none is asked for.
    pub default: String,
    /// User and group id that the program runs as.
    pub user: UserId,
    /// The ports it listens on; the first is the one that others talk to.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, PortNumber>")]
    pub ports: IndexMap<Name, PortNumber>,
    /// What a blueprint may set with `with:`.
    #[serde(default)]
    pub parameters: IndexMap<String, Parameter>,
    /// The components that it cannot do without, such as a database: by component, its parameters, and what that offers
    /// for each. The service is the one of that component which the author names under `needs`; the first parameter says
    /// where it is, and the author may set it to another.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub needs: IndexMap<String, IndexMap<String, String>>,
    /// The addresses without which a program on it has nothing to do, such as the broker of a Celery worker, by the
    /// variable that it reads: `init` and `add` set it.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "Keyed<VariableName, Reads>")]
    pub reads: IndexMap<VariableName, Reads>,
    /// What others may refer to, beside `host`, `port` and the parameters.
    #[serde(default)]
    pub offers: IndexMap<String, Text>,
    /// Environment variables that it reads.
    #[serde(default)]
    #[schemars(with = "Keyed<VariableName, Text>")]
    pub environment: IndexMap<VariableName, Text>,
    /// The entry point, in place of the image's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Vec<Text>>,
    /// The command, in place of the image's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<Text>>,
    /// How its health is asked for, with credentials and with a tool that the image has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Whether nothing in the image can ask for its health: only Kubernetes asks, over HTTP.
    #[serde(default)]
    pub no_health_tool: bool,
    /// Volumes: name, then the path in the container. The first is the data volume, sized by `storage`.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, ContainerPath>")]
    pub volumes: IndexMap<Name, ContainerPath>,
    /// Volumes of other components that it shares: name of the shared volume, then path.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, ContainerPath>")]
    pub shares: IndexMap<Name, ContainerPath>,
    /// How it makes further databases, where it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub databases: Option<Databases>,
    /// Whether its volumes must be given to its user: the image lacks their paths, or root owns them there.
    #[serde(default)]
    pub volumes_belong_to_root: bool,
    /// Paths that must be writable and need not last.
    #[serde(default)]
    #[schemars(with = "Keyed<ContainerPath, Tmpfs>")]
    pub tmpfs: IndexMap<ContainerPath, Tmpfs>,
    /// Compiled files that it reads: path below the environment's folder of a target, then path in the container.
    #[serde(default)]
    pub mounts: IndexMap<String, ContainerPath>,
    /// Compiled files of its own, written below `<component>/<environment>/`.
    #[serde(default)]
    pub files: IndexMap<String, Content>,
    /// What of the host it must see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostAccess>,
    /// What differs in Kubernetes.
    #[serde(default)]
    pub kubernetes: Differences,
    /// The ports that it calls at any address, of which nobody knows a list.
    #[serde(default)]
    pub reaches_out: Vec<PortNumber>,
    /// Linux capabilities that it cannot do without.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// Limits of the kernel that it needs raised. Kubernetes has none: there it gets what the nodes' container runtime
    /// gives.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub ulimits: IndexMap<Resource, Ulimit>,
    /// Whether it must write to its root file system.
    #[serde(default)]
    pub writable_root: bool,
    /// Whether two of it must never run at once, not even for a moment.
    #[serde(default)]
    pub single: bool,
    /// How many connections it takes, where a parameter says: the pools of all others are held against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<Connections>,
    /// The parameter that says how many processes of a stack's program open connections of their own, such as
    /// `workers`; one when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processes: Option<String>,
    /// How it is stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// What it may use, when the blueprint does not say.
    pub resources: Resources,
    /// How much its data volume claims, when the blueprint does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Memory>,
    /// Where it exposes metrics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Exposed>,
    /// What it is asked about other things than itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<Probe>,
    /// How dashboards ask it for what it keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datasource: Option<Datasource>,
    /// The component that exposes metrics for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exporter: Option<String>,
    /// The parameter without which the exporter has nothing to read: it is there where the blueprint gives it, and once
    /// for services that give it alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exporter_needs: Option<String>,
    /// The components it brings along, such as a certificate client; what watches, as far as its pack is wanted.
    #[serde(default)]
    pub brings: Vec<String>,
    /// The collection without whose members nothing brings it along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought_for: Option<Collection>,
    /// The pack that its alerts belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<Name>,
    /// Alerts, with samples under which they fire and stay quiet.
    #[serde(default)]
    #[schemars(with = "Keyed<AlertName, Alert>")]
    pub alerts: IndexMap<AlertName, Arc<Alert>>,
    /// By which series its objectives are measured.
    #[serde(default)]
    pub objectives: Measures,
    /// What can be wrong with it and is worth a look, by name.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, Trouble>")]
    pub troubleshooting: IndexMap<Name, Trouble>,
    /// Panels of dashboards, by name, in the order in which they are shown.
    #[serde(default)]
    #[schemars(with = "Keyed<Name, Panel>")]
    pub panels: IndexMap<Name, Panel>,
    /// The Dockerfile of a stack, as a template that sees `base`, `images`, `parameters`, `build_arguments`, `user`, `port`,
    /// `health` (interval, timeout, start, retries, command) and `command`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dockerfile: Option<String>,
    /// Whether a stack's program is files that a server hands out: nothing runs that could read variables or talk to a
    /// database.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub static_site: bool,
    /// Other images that the Dockerfile takes something from; it sees them as `images.NAME`.
    #[serde(default)]
    #[schemars(with = "Keyed<GroupName, Image>")]
    pub images: IndexMap<GroupName, Image>,
    /// The stages of that Dockerfile which may be built, where that is not the last one alone.
    #[serde(default)]
    pub targets: IndexMap<String, Stage>,
    /// What of the build context stays out of the image of a stack: a pattern each.
    #[serde(default)]
    #[schemars(inner(regex(pattern = r"^[^\x00-\x1f\x7f]+$")))]
    pub dockerignore: Vec<String>,
    /// How programs of this stack are checked before their images are built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<Checks>,
    /// How it runs beside tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<Rehearsal>,
    /// How what it keeps is backed up and restored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<Backup>,
    /// The tools that migrate databases which programs of this stack use, and how each is called in the container.
    #[serde(default)]
    pub migrations: IndexMap<String, Steps>,
    /// Rules it cannot keep, with reason and source.
    #[serde(default)]
    pub exceptions: IndexMap<String, Exception>,
    /// Whether it asks what keeps the metrics, once that was looked for.
    #[serde(skip)]
    asks_metrics: OnceLock<bool>,
}

impl Entry {
    /// Whether an author's program runs that reads what the author wants it to.
    pub fn runs_own_program(&self) -> bool {
        self.role == Role::Application && !self.static_site
    }

    /// Whether routes can go through it: its files say how.
    pub fn is_gateway(&self) -> bool {
        self.files.values().any(|content| content.lists("passed"))
    }

    /// Whether it asks the service that keeps the metrics.
    pub fn asks_metrics(&self) -> bool {
        *self.asks_metrics.get_or_init(|| self.mentions("${monitoring.host}"))
    }

    /// Whether its commands, variables or files hold a text.
    pub fn mentions(&self, text: &str) -> bool {
        let commands = self.command.iter().chain(&self.entrypoint).flatten();
        let mut texts = commands.chain(self.environment.values());
        texts.any(|raw| raw.0.contains(text)) || self.files.values().any(|file| file.holds(text))
    }
}

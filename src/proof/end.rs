//! Describes the two ends of a reference: what a file gives, and what another wants.

use std::collections::BTreeSet;
use std::fmt;

/// What is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A service of Docker Compose, which is a host name.
    Service,
    /// `host:port`, where a service listens.
    Address,
    /// A network of Docker Compose.
    Network,
    /// `service network`: who is on which network.
    Member,
    /// `from to`: a service that must reach another.
    Way,
    /// A volume of Docker Compose.
    Volume,
    /// A secret of Docker Compose.
    Secret,
    /// A configuration of Docker Compose.
    Config,
    /// The health check of a service.
    Health,
    /// A variable that the operator sets.
    Variable,
    /// A compiled file or folder, or one that the operator fills.
    File,
    /// `Kind name`: an object of the cluster.
    Object,
    /// `Kind name key`.
    Key,
    /// `Service port`.
    ServicePort,
    /// Labels of pods, `key=value,key=value`.
    Pods,
    /// Labels of pods, and one of their ports: `labels port`.
    PodPort,
    /// `object volume`: a volume of a pod.
    PodVolume,
    /// `labels of pods|labels of those they may reach|port`.
    Leaves,
    /// `labels of pods|labels of those who may reach them|port`.
    Enters,
    /// `from to port`: a pod that must reach another.
    PodWay,
    /// A manifest that `kustomization.yaml` lists.
    Listed,
    /// A scrape job.
    Job,
    /// A receiver of Alertmanager.
    Receiver,
    /// `name=value`: a label of alerts, by which they are routed.
    Label,
    /// A file of rules that the server loads.
    Loaded,
    /// A path in a container, or, where it is given, `path source`: what is mounted there.
    Mounted,
    /// A data source of Grafana.
    Datasource,
    /// A group of servers in nginx.
    Upstream,
    /// Memory that processes of nginx share.
    Zone,
}

impl Kind {
    /// What people call it.
    fn noun(self) -> &'static str {
        match self {
            Self::Service => "the service",
            Self::Address => "the address",
            Self::Network => "the network",
            Self::Member => "the place on a network",
            Self::Way | Self::PodWay => "the way",
            Self::Volume | Self::PodVolume => "the volume",
            Self::Secret => "the secret",
            Self::Config => "the config",
            Self::Health => "a health check of",
            Self::Variable => "the variable",
            Self::File => "the file",
            Self::Object => "the",
            Self::Key => "the key",
            Self::ServicePort => "the port",
            Self::Pods => "pods with the labels",
            Self::PodPort => "a port of pods",
            Self::Leaves | Self::Enters => "the rule",
            Self::Listed => "a line for",
            Self::Job => "the job",
            Self::Receiver => "the receiver",
            Self::Label => "the alert label",
            Self::Loaded => "the loading of",
            Self::Mounted => "the mounted path",
            Self::Datasource => "the data source",
            Self::Upstream => "the upstream",
            Self::Zone => "the zone",
        }
    }
}

/// One end of a reference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// What is named.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

impl End {
    /// Names something.
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.name.split(' ').collect::<Vec<_>>().as_slice()) {
            (Kind::Object, [kind, name]) => write!(f, "the {kind} `{name}`"),
            (Kind::Key, [kind, name, key]) => write!(f, "the key `{key}` of the {kind} `{name}`"),
            (Kind::ServicePort, [name, port]) => write!(f, "port {port} of the Service `{name}`"),
            (Kind::PodPort, [pods, port]) => write!(f, "the port `{port}` of pods with `{pods}`"),
            (Kind::PodVolume, [object, volume]) => write!(f, "the volume `{volume}` of `{object}`"),
            (Kind::Way, [from, to]) => write!(f, "a network that `{from}` shares with `{to}`"),
            (Kind::PodWay, [from, to, port]) => {
                write!(f, "a Service and policies that let `{from}` reach port {port} of `{to}`")
            }
            _ => write!(f, "{} `{}`", self.kind.noun(), self.name),
        }
    }
}

/// The names in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// What it defines.
    pub given: BTreeSet<End>,
    /// What it refers to.
    pub wanted: BTreeSet<End>,
}

impl Facts {
    pub(super) fn give(&mut self, kind: Kind, name: impl Into<String>) {
        self.given.insert(End::new(kind, name));
    }

    pub(super) fn want(&mut self, kind: Kind, name: impl Into<String>) {
        self.wanted.insert(End::new(kind, name));
    }

    /// Takes in the names of a further document.
    pub fn add(&mut self, other: Self) {
        self.given.extend(other.given);
        self.wanted.extend(other.wanted);
    }
}

/// What somebody changed in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub path: String,
    /// What it wants and did not.
    pub wants: BTreeSet<End>,
    /// What it gave and does not any more.
    pub lost: BTreeSet<End>,
}

/// A name that does not meet its other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dangling<'a> {
    /// The file that was changed.
    pub path: &'a str,
    /// What kind of thing is named.
    pub kind: Kind,
    /// What is named, in words.
    pub named: String,
    /// Its name alone.
    pub name: String,
    /// How.
    pub fault: Fault,
}

/// How a name does not meet its other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The changed file names what is not there.
    Unmet {
        /// What may have been meant.
        near: Option<String>,
    },
    /// The change takes away what is wanted.
    Taken {
        /// The file that wants it; empty for the model itself.
        by: String,
    },
    /// Another file defines the same object.
    Twice {
        /// The other file.
        by: String,
    },
}

impl<'a> Dangling<'a> {
    pub(super) fn new(path: &'a str, end: &End, fault: Fault) -> Self {
        let name = end.name.rsplit([' ', '/']).next().unwrap_or_default().to_owned();
        Self { path, kind: end.kind, named: end.to_string(), name, fault }
    }
}

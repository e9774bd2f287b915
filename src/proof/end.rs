//! Describes the two ends of a reference: what a file gives, what another wants, and when the one meets the other.

use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::suggest;

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
    /// A file of rules that the server loads.
    Loaded,
    /// A data source of Grafana.
    Datasource,
    /// A group of servers in nginx.
    Upstream,
    /// Memory that processes of nginx share.
    Zone,
    /// A variable of nginx.
    NginxVariable,
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
            Self::Volume => "the volume",
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
            Self::PodVolume => "the volume",
            Self::Leaves | Self::Enters => "the rule",
            Self::Listed => "a line for",
            Self::Job => "the job",
            Self::Receiver => "the receiver",
            Self::Loaded => "the loading of",
            Self::Datasource => "the data source",
            Self::Upstream => "the upstream",
            Self::Zone => "the zone",
            Self::NginxVariable => "the variable",
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
                write!(f, "a policy that lets `{from}` reach port {port} of `{to}`")
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

/// Whether something that is given meets a want.
pub(super) fn meets(given: &BTreeSet<End>, want: &End) -> bool {
    let of = |kind| of_kind(given, kind);
    let words: Vec<&str> = want.name.split(' ').collect();
    match (want.kind, words.as_slice()) {
        // Where a service that somebody adds listens, nobody says.
        (Kind::Address, _) => {
            let (host, _) = want.name.rsplit_once(':').unwrap_or((&want.name, ""));
            let known = of(Kind::Address)
                .any(|name| name.rsplit_once(':').is_some_and(|(other, _)| other == host));
            given.contains(want) || !known && given.contains(&End::new(Kind::Service, host))
        }
        (Kind::File, _) => of(Kind::File).any(|name| is_below(name, &want.name)),
        (Kind::Way, [from, to]) => {
            let on = |service: &str| -> BTreeSet<&str> {
                let members = of(Kind::Member).filter_map(|name| name.split_once(' '));
                members.filter(|(who, _)| *who == service).map(|(_, network)| network).collect()
            };
            !on(from).is_disjoint(&on(to))
        }
        (Kind::Pods, _) => of(Kind::Pods).any(|labels| selects(&want.name, labels)),
        (Kind::PodPort, [selector, port]) => of(Kind::PodPort).any(|name| {
            let (labels, own) = name.split_once(' ').unwrap_or_default();
            own == *port && selects(selector, labels)
        }),
        (Kind::PodWay, [from, to, port]) => lets(given, from, to, port),
        (Kind::Loaded, _) => of(Kind::Loaded).any(|pattern| globs(pattern, &want.name)),
        _ => given.contains(want),
    }
}

/// Whether a want would be met but for what was lost.
pub(super) fn meets_with(given: &BTreeSet<End>, lost: &BTreeSet<End>, want: &End) -> bool {
    !lost.is_empty() && meets(&given.union(lost).cloned().collect(), want)
}

/// What of the same kind is named much like it.
pub(super) fn nearest(given: &BTreeSet<End>, want: &End) -> Option<String> {
    let last = |name: &'_ str| name.rsplit(' ').next().unwrap_or_default().to_owned();
    let names: Vec<String> = of_kind(given, want.kind).map(last).collect();
    suggest::nearest(&last(&want.name), names.iter().map(String::as_str)).map(str::to_owned)
}

fn of_kind(given: &BTreeSet<End>, kind: Kind) -> impl Iterator<Item = &str> {
    given
        .range(End::new(kind, "")..)
        .take_while(move |end| end.kind == kind)
        .map(|end| end.name.as_str())
}

/// Whether labels hold all that a selector asks for.
fn selects(selector: &str, labels: &str) -> bool {
    selector.split(',').all(|one| one.is_empty() || labels.split(',').any(|label| label == one))
}

/// Whether policies let one pod reach another. Who runs outside the cluster is let through.
fn lets(given: &BTreeSet<End>, from: &str, to: &str, port: &str) -> bool {
    let pods = |service: &str| {
        let name = format!("app.kubernetes.io/name={service}");
        of_kind(given, Kind::Pods).find(|labels| selects(&name, labels))
    };
    let (Some(from), Some(to)) = (pods(from), pods(to)) else { return true };
    let has = |kind, own: &str, other: &str| {
        of_kind(given, kind).any(|rule| match rule.split('|').collect::<Vec<_>>().as_slice() {
            [pods, peers, open] => {
                selects(pods, own) && selects(peers, other) && (open.is_empty() || *open == port)
            }
            _ => false,
        })
    };
    has(Kind::Leaves, from, to) && has(Kind::Enters, to, from)
}

/// Whether a path is another, or a folder above it, or below it.
fn is_below(known: &str, wanted: &str) -> bool {
    let wanted = wanted.trim_end_matches('/');
    known == wanted || known.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a pattern with stars fits a path.
fn globs(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((before, after)) => path.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|at| {
                rest.is_char_boundary(at) && !rest[..at].contains('/') && globs(after, &rest[at..])
            })
        }),
    }
}

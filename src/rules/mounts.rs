//! Finds paths of a container at which two things would be mounted.

use std::fmt;

use crate::blueprint::service::Service as Written;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Service;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::pointer;
use crate::value::{ContainerPath, Name};

/// The folder of the variables that are read as files: one mount in Kubernetes.
const SECRETS: &str = "/run/secrets";

/// Something that is mounted.
struct Mounted<'a> {
    path: &'a str,
    what: What<'a>,
}

/// What is mounted.
enum What<'a> {
    File,
    Secrets,
    OfHost(&'a str),
    Memory { is_own: bool },
    Volume { name: &'a Name, is_own: bool },
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("a compiled file"),
            Self::Secrets => f.write_str("the folder of secrets"),
            Self::OfHost(path) => write!(f, "`{path}` of the host"),
            Self::Memory { .. } => f.write_str("memory"),
            Self::Volume { name, .. } => write!(f, "the volume `{name}`"),
        }
    }
}

impl Mounted<'_> {
    /// Where it is written, within the service.
    fn at(&self) -> String {
        match self.what {
            What::Memory { is_own: true } => pointer::push("/tmpfs", self.path),
            What::Volume { name, is_own: true } => format!("/volumes/{name}"),
            _ => String::new(),
        }
    }
}

/// A path that is taken twice.
pub(super) fn mount_taken(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let all = mounted(view.blueprint.services.get(name).map(AsRef::as_ref), service);
        for (index, mount) in all.iter().enumerate() {
            let Some(first) = all[..index].iter().find(|first| clash(first.path, mount.path))
            else {
                continue;
            };
            found.push(
                Diagnostic::error(
                    Code::MountTaken,
                    format!("`{name}` would have two things at `{}`", mount.path),
                )
                .at(view.service(name, &mount.at()), format!("{} again", mount.what))
                .at(view.service(name, &first.at()), format!("{} first", first.what))
                .help("mount one of them at another path"),
            );
        }
    }
}

/// Whether one hides the other. Folders within others are fine, but for the folder of secrets, which is read-only.
fn clash(one: &str, other: &str) -> bool {
    let in_secrets = |path: &str| path.starts_with("/run/secrets/");
    one == other || (one == SECRETS && in_secrets(other)) || (other == SECRETS && in_secrets(one))
}

/// Everything that is mounted into a service: what the author wrote last, so that it is told at its place.
fn mounted<'a>(written: Option<&Written>, service: &'a Service) -> Vec<Mounted<'a>> {
    let own = |path: &ContainerPath| written.is_some_and(|own| own.tmpfs.contains_key(path));
    let mut all = Vec::new();
    let mut add = |path: &'a str, what| all.push(Mounted { path, what });
    for file in &service.files {
        add(file.path.as_str(), What::File);
    }
    if !service.secrets.is_empty() {
        add(SECRETS, What::Secrets);
    }
    for (path, target) in service.host.iter().flat_map(|host| &host.paths) {
        add(target.as_str(), What::OfHost(path.as_str()));
    }
    for tmpfs in service.tmpfs.iter().filter(|tmpfs| !own(&tmpfs.path)) {
        add(tmpfs.path.as_str(), What::Memory { is_own: false });
    }
    for mount in &service.volumes {
        let is_own = written.is_some_and(|own| own.volumes.contains_key(&mount.volume));
        add(mount.path.as_str(), What::Volume { name: &mount.volume, is_own });
    }
    for tmpfs in service.tmpfs.iter().filter(|tmpfs| own(&tmpfs.path)) {
        add(tmpfs.path.as_str(), What::Memory { is_own: true });
    }
    all
}

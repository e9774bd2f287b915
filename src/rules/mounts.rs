//! Finds paths of a container at which two things would be mounted.

use crate::blueprint::service::Service as Written;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Service;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::pointer;
use crate::value::ContainerPath;

/// The folder of the variables that are read as files: one mount in Kubernetes.
const SECRETS: &str = "/run/secrets";

/// Something that is mounted.
struct Mounted<'a> {
    path: &'a str,
    what: String,
    /// Where it is written, within the service.
    at: String,
}

/// A path that is taken twice.
pub(super) fn mount_taken(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let all = mounted(view.blueprint.services.get(name), service);
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
                .at(view.service(name, &mount.at), format!("{} again", mount.what))
                .at(view.service(name, &first.at), format!("{} first", first.what))
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
    let mut add = |path: &'a str, what: String, at: &str| {
        all.push(Mounted { path, what, at: at.to_owned() });
    };
    for file in &service.files {
        add(file.path.as_str(), "a compiled file".to_owned(), "");
    }
    if !service.secrets.is_empty() {
        add(SECRETS, "the folder of secrets".to_owned(), "");
    }
    for (path, target) in service.host.iter().flat_map(|host| &host.paths) {
        add(target.as_str(), format!("`{path}` of the host"), "");
    }
    for tmpfs in service.tmpfs.iter().filter(|tmpfs| !own(&tmpfs.path)) {
        add(tmpfs.path.as_str(), "memory".to_owned(), "");
    }
    for mount in &service.volumes {
        let is_own = written.is_some_and(|own| own.volumes.contains_key(&mount.volume));
        let at = if is_own { format!("/volumes/{}", mount.volume) } else { String::new() };
        add(mount.path.as_str(), format!("the volume `{}`", mount.volume), &at);
    }
    for tmpfs in service.tmpfs.iter().filter(|tmpfs| own(&tmpfs.path)) {
        let at = pointer::push("/tmpfs", tmpfs.path.as_str());
        add(tmpfs.path.as_str(), "memory".to_owned(), &at);
    }
    all
}

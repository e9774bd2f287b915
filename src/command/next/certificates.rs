//! Turns an edge whose certificates are files into the commands that put them in place.

use crate::command::session::System;
use crate::format::quote::shell;
use crate::model::edge::CertificateSource;
use crate::model::{Edge, Model, Role, naming};
use crate::target::kubernetes::certificate;
use crate::value::HostName;

/// The edge and its hosts, if the operator brings the certificates.
fn by_files(model: &Model) -> Option<(&Edge, impl Iterator<Item = &HostName>)> {
    let edge = model.edge.as_ref().filter(|edge| edge.certificates == CertificateSource::Files)?;
    Some((edge, edge.sites.iter().map(|site| &site.host)))
}

/// Fills the volume of the edge from a folder for each host, which holds `fullchain.pem` and `privkey.pem`. The edge's
/// own user writes the files, so that they belong to it, and nobody else may read them (mode 0600).
pub(super) fn into_volume(system: &System, model: &Model, env_file: Option<&str>) -> Vec<String> {
    let Some((edge, hosts)) = by_files(model) else { return Vec::new() };
    let service = model.services.get(&edge.service);
    let mounts = service.into_iter().flat_map(|service| &service.volumes);
    let mount = mounts.into_iter().find(|mount| mount.volume.as_str() == naming::CERTIFICATES);
    let Some(mount) = mount else { return Vec::new() };
    let compose = super::compose(system, model, env_file);
    // A new volume belongs to root until it is given away.
    let prepare = model.services.values().find(|service| service.role == Role::Preparation);
    let prepare = prepare.map(|service| format!("{compose} run --rm {}", service.name));
    let copy = |host: &HostName| {
        let name = naming::host(host);
        let folder = shell::quote(&format!("{}/{name}", mount.path));
        let script =
            format!("umask 077; mkdir -p {folder} && tar -x --no-same-permissions -C {folder}");
        format!(
            "tar -C {} -ch fullchain.pem privkey.pem | {compose} run --rm --no-deps -T --entrypoint sh {} -c {}",
            shell::quote(&format!("certificates/{name}")),
            edge.service,
            shell::quote(&script),
        )
    };
    prepare.into_iter().chain(hosts.map(copy)).collect()
}

/// Makes the Secrets that a gateway or an ingress reads, from the same folders.
pub(super) fn into_cluster(model: &Model) -> Vec<String> {
    let Some((_, hosts)) = by_files(model) else { return Vec::new() };
    let secret = |host: &HostName| {
        let file =
            |name: &str| shell::quote(&format!("certificates/{}/{name}", naming::host(host)));
        format!(
            "kubectl create secret tls {} --namespace {} --cert={} --key={}",
            certificate(host),
            model.kubernetes.namespace,
            file("fullchain.pem"),
            file("privkey.pem"),
        )
    };
    hosts.map(secret).collect()
}

//! Turns an edge whose certificates are files into the commands that put them in place.

use crate::format::quote::shell;
use crate::model::edge::CertificateSource;
use crate::model::{Edge, Model, Role, naming};
use crate::value::HostName;

/// The folder, beside the compose file, in which the operator puts a folder for each host.
pub const FOLDER: &str = "certificates";

/// The edge and its hosts, if the operator brings the certificates.
fn by_files(model: &Model) -> Option<(&Edge, impl Iterator<Item = &HostName>)> {
    let edge = model.edge.as_ref().filter(|edge| edge.certificates == CertificateSource::Files)?;
    Some((edge, edge.sites.iter().map(|site| &site.host)))
}

impl Model {
    /// Fills the volume of the edge from a folder for each host, which holds `fullchain.pem` and `privkey.pem`. The edge's
    /// own user writes the files, so that they belong to it, and nobody else may read them (mode 0600). `compose` is
    /// Docker Compose with the files of this environment.
    pub fn certificates_into_volume(&self, compose: &str) -> Vec<String> {
        let Some((edge, hosts)) = by_files(self) else { return Vec::new() };
        let service = self.services.get(&edge.service);
        let mounts = service.into_iter().flat_map(|service| &service.volumes);
        let mount = mounts.into_iter().find(|mount| mount.volume.as_str() == naming::CERTIFICATES);
        let Some(mount) = mount else { return Vec::new() };
        // A new volume belongs to root until it is given away.
        let prepare = self.services.values().find(|service| service.role == Role::Preparation);
        let prepare = prepare.map(|service| format!("{compose} run --rm {}", service.name));
        let copy = |host: &HostName| {
            let name = naming::host(host);
            let folder = shell::quote(&format!("{}/{name}", mount.path));
            let script =
                format!("umask 077; mkdir -p {folder} && tar -x --no-same-permissions -C {folder}");
            format!(
                "tar -C {} -ch fullchain.pem privkey.pem | {compose} run --rm --no-deps -T --entrypoint sh {} -c {}",
                shell::quote(&format!("{FOLDER}/{name}")),
                edge.service,
                shell::quote(&script),
            )
        };
        prepare.into_iter().chain(hosts.map(copy)).collect()
    }

    /// Makes the Secrets that a gateway or an ingress reads, from the same folders.
    pub fn certificates_into_cluster(&self) -> Vec<String> {
        let Some((_, hosts)) = by_files(self) else { return Vec::new() };
        let secret = |host: &HostName| {
            let file =
                |name: &str| shell::quote(&format!("{FOLDER}/{}/{name}", naming::host(host)));
            format!(
                "kubectl create secret tls {} --namespace {} --cert={} --key={}",
                naming::certificate(host),
                self.kubernetes.namespace,
                file("fullchain.pem"),
                file("privkey.pem"),
            )
        };
        hosts.map(secret).collect()
    }
}

//! Finds what loosens the hardening that is on by default, unless it is waived.

use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::model::{Role, Service};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::value::Name;

/// What lets a container take over the host or look into others: compose-lint CL-0024, CL-0011, CL-0028 and CL-0030,
/// and the capabilities that the Pod Security Standard "baseline" refuses.
const DANGEROUS: &[&str] = &[
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "BPF",
    "DAC_READ_SEARCH",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "NET_ADMIN",
    "NET_RAW",
    "PERFMON",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_TIME",
];

/// The other capabilities of capabilities(7), Linux 6.
const HARMLESS: &[&str] = &[
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_RESOURCE",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// Where data stores that the catalogue lacks listen: SQL Server, `MySQL`, Elasticsearch, memcached (IANA, Service Name
/// and Transport Protocol Port Number Registry: `ms-sql-s`, `mysql`, `wap-wsp`, `memcache`).
const DATA_PORTS: &[u16] = &[1433, 3306, 9200, 11211];

/// What a server listens on itself: OpenSSH, and the container engine (the same registry: `ssh`, `docker`,
/// `docker-s`).
const HOST_PORTS: &[(u16, &str)] = &[
    (22, "the host's SSH server listens"),
    (2375, "the container engine listens"),
    (2376, "the container engine listens"),
];

/// Whether it keeps what must not be reached from outside.
pub(super) fn is_data_store(service: &Service) -> bool {
    matches!(service.role, Role::Database | Role::Cache | Role::Queue)
}

/// A data store whose port is opened beyond the host itself.
pub(super) fn exposed_data_store(view: &View<'_>, found: &mut Findings<'_>) {
    let stores = view
        .model
        .services
        .iter()
        .filter(|(_, service)| is_data_store(service) || looks_like_data_store(view, service));
    for (name, service) in stores {
        for (index, port) in service.publish.iter().enumerate() {
            if port.address.is_loopback() {
                continue;
            }
            let message = format!("the data store `{name}` can be reached from outside the host");
            let diagnostic = Diagnostic::error(Code::ExposedDataStore, message)
                .at(
                    view.service(name, &format!("/publish/{index}")),
                    format!("{} is not the host alone", port.address),
                )
                .help(format!(
                    "write `127.0.0.1:{}`, and reach it through an SSH tunnel",
                    port.host
                ));
            found.push_unless_waived(name, diagnostic);
        }
    }
}

/// Whether an image of the author's is one that the catalogue knows as a data store, or listens where those do.
fn looks_like_data_store(view: &View<'_>, service: &Service) -> bool {
    if service.component.is_some() || service.role != Role::Application {
        return false;
    }
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let known = view.catalog.names().filter_map(|name| view.catalog.get(name));
    let mut stores =
        known.filter(|entry| matches!(entry.role, Role::Database | Role::Cache | Role::Queue));
    let listens = |port: u16| {
        service.ports.values().any(|own| *own == port)
            || service.publish.iter().any(|published| published.container == port)
    };
    DATA_PORTS.iter().any(|port| listens(*port))
        || stores.any(|entry| {
            last(&entry.image) == last(service.image.repository())
                || entry.ports.values().next().is_some_and(|port| listens(port.get()))
        })
}

/// A port of the host that the host's own administration listens on.
pub(super) fn host_port_taken(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        for (index, port) in service.publish.iter().enumerate() {
            let Some((_, who)) = HOST_PORTS.iter().find(|(taken, _)| *taken == port.host) else {
                continue;
            };
            let message = format!("`{name}` is published on port {}, where {who}", port.host);
            let diagnostic = Diagnostic::error(Code::HostPortTaken, message)
                .at(view.service(name, &format!("/publish/{index}")), "")
                .help(format!(
                    "publish it on another port of the host: `{}:{}`",
                    20_000 + u32::from(port.host),
                    port.container
                ));
            found.push_unless_waived(name, diagnostic);
        }
    }
}

/// A service that runs as root.
pub(super) fn root_user(view: &View<'_>, found: &mut Findings<'_>) {
    for name in named(view, |service| service.user.is_root() || service.kubernetes.user.is_root()) {
        let diagnostic = Diagnostic::error(Code::RootUser, format!("`{name}` runs as root"))
            .at(view.service(name, "/user"), "user 0 is root")
            .help("write `user: 10001`, or the number that the image was made for");
        found.push_unless_waived(name, diagnostic);
    }
}

/// A capability that is as good as being root on the host.
pub(super) fn dangerous_capability(view: &View<'_>, found: &mut Findings<'_>) {
    each_capability(view, |name, index, capability| {
        if !DANGEROUS.contains(&capability) {
            return;
        }
        let message = format!(
            "`{name}` keeps the capability `{capability}`, which reaches beyond its container"
        );
        let diagnostic = Diagnostic::error(Code::DangerousCapability, message)
            .at(view.service(name, &format!("/capabilities/{index}")), "")
            .help("remove it, or name the one that the program needs");
        found.push_unless_waived(name, diagnostic);
    });
}

/// A capability that Linux does not have.
pub(super) fn unknown_capability(view: &View<'_>, found: &mut Findings<'_>) {
    each_capability(view, |name, index, capability| {
        if DANGEROUS.contains(&capability) || HARMLESS.contains(&capability) {
            return;
        }
        let bare = capability.to_uppercase();
        let bare = bare.strip_prefix("CAP_").unwrap_or(&bare);
        let known = HARMLESS.iter().chain(DANGEROUS).copied();
        let diagnostic = Diagnostic::error(
            Code::UnknownCapability,
            format!("Linux has no capability named `{capability}`"),
        )
        .at(view.service(name, &format!("/capabilities/{index}")), "");
        found.push(match suggest::nearest(bare, known) {
            Some(near) => diagnostic.help(format!("write `{near}`")),
            None => diagnostic.help(
                "names are those of capabilities(7) without `CAP_`, such as `NET_BIND_SERVICE`",
            ),
        });
    });
}

fn each_capability(view: &View<'_>, mut see: impl FnMut(&Name, usize, &str)) {
    for (name, service) in &view.model.services {
        for (index, capability) in service.capabilities.iter().enumerate() {
            see(name, index, capability);
        }
    }
}

/// A service that may write to its root file system.
pub(super) fn writable_root(view: &View<'_>, found: &mut Findings<'_>) {
    for name in named(view, |service| service.writable_root) {
        let diagnostic = Diagnostic::error(
            Code::WritableRoot,
            format!("`{name}` may write to its root file system"),
        )
        .at(view.service(name, "/writable_root"), "")
        .help("name the paths that it writes: `tmpfs: { /var/cache/app: 64Mi }`, or a volume where they must last");
        found.push_unless_waived(name, diagnostic);
    }
}

fn named<'a>(view: &View<'a>, which: fn(&Service) -> bool) -> impl Iterator<Item = &'a Name> {
    view.model.services.iter().filter(move |(_, service)| which(service)).map(|(name, _)| name)
}

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

/// Data stores by the last part of their image's repository: official images (docker-library/official-images:library).
const DATA_STORES: &[&str] = &[
    "clickhouse",
    "elasticsearch",
    "mariadb",
    "memcached",
    "mongo",
    "mysql",
    "postgres",
    "rabbitmq",
    "redis",
];

/// Whether it keeps what must not be reached from outside: by its role, or by the image of an own program.
pub(super) fn is_data_store(service: &Service) -> bool {
    let image = service.image.repository().rsplit('/').next().unwrap_or_default();
    matches!(service.role, Role::Database | Role::Cache | Role::Queue)
        || (service.component.is_none() && DATA_STORES.contains(&image))
}

/// A data store whose port is opened beyond the host itself.
pub(super) fn exposed_data_store(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in view.model.services.iter().filter(|(_, service)| is_data_store(service))
    {
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

/// A service that runs as root.
pub(super) fn root_user(view: &View<'_>, found: &mut Findings<'_>) {
    for name in named(view, |service| service.user.is_root()) {
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

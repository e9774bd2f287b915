//! Gives every derived name its one home: files, volumes, jobs, host names.

use crate::format::digest;
use crate::value::{HostName, Name, VariableName};

/// The host name that stands for every replica of a service.
pub fn replicas_host(service: &Name) -> String {
    [service.as_str(), "-replicas"].concat()
}

/// The volume behind a component's own volume.
pub fn volume(service: &Name, volume: &Name) -> String {
    [service.as_str(), "-", volume.as_str()].concat()
}

/// The job in which an exporter is asked about other things than itself.
pub fn probe_job(exporter: &str) -> String {
    [exporter, "-probe"].concat()
}

/// The exporter of a service.
pub fn exporter(service: &Name) -> String {
    [service.as_str(), "-exporter"].concat()
}

/// The path in a container at which a variable is read as a file.
pub fn secret_path(variable: &VariableName) -> String {
    ["/run/secrets/", &secret_file(variable)].concat()
}

/// The name of the file that holds a variable.
pub fn secret_file(variable: &VariableName) -> String {
    variable.as_str().to_lowercase()
}

/// The variable behind a secret parameter of a service, when the blueprint does not name one.
pub fn parameter_variable(service: &Name, parameter: &str) -> String {
    let parameter = parameter.strip_prefix("databases.").unwrap_or(parameter);
    [service.as_str(), "_", parameter].concat().replace(['-', '.'], "_").to_uppercase()
}

/// The namespace of what sees the host, beside the others'.
pub fn agents_namespace(namespace: &Name) -> String {
    [namespace.as_str(), "-agents"].concat()
}

/// The compose file of an environment.
pub fn compose_file(short: &Name) -> String {
    format!("docker-compose.{short}.yml")
}

/// The env file that the operator fills in.
pub fn env_file(environment: &Name) -> String {
    [".env.", environment.as_str()].concat()
}

/// The volume of the edge that holds, for each host, a folder with its certificate and key.
pub const CERTIFICATES: &str = "certificates";

/// A host as part of a file's name.
pub fn host(host: &HostName) -> String {
    host.as_str().replace('*', "_wildcard")
}

/// The manifests of an environment.
pub fn manifests(environment: &Name) -> String {
    ["kubernetes/", environment.as_str()].concat()
}

/// The file that holds all alerts, below the folder of an environment's Prometheus.
pub const ALERT_RULES: &str = "rules/alert_rules.yml";
/// The rules of objectives, below the folder of Prometheus.
pub const SLO_RULES: &str = "rules/slo_rules.yml";
/// The same for the alerts about what stands in a cluster only, beside the folder that Compose mounts.
pub const CLUSTER_RULES: &str = "cluster/alert_rules.yml";

/// The env file as it is compiled, for the operator to fill in.
pub fn env_template(environment: &Name, suffix: &str) -> String {
    format!("{}.{suffix}", env_file(environment))
}

/// What one application reads, for people.
pub fn service_template(service: &Name, environment: &Name, suffix: &str) -> String {
    format!("env/{service}.{environment}.{suffix}")
}

/// What to do about each alert.
pub const RUNBOOK: &str = "RUNBOOK.md";

/// The place in a document that a heading of one word, or words of plain letters, leads to
/// (docs.github.com, "Basic writing and formatting syntax", section links).
pub fn anchor(heading: &str) -> String {
    let mut anchor = String::with_capacity(heading.len());
    for letter in heading.chars() {
        match letter {
            ' ' => anchor.push('-'),
            '-' | '_' => anchor.push(letter),
            _ if letter.is_ascii() && letter.is_alphanumeric() => {
                anchor.push(letter.to_ascii_lowercase());
            }
            _ if letter.is_alphanumeric() => anchor.extend(letter.to_lowercase()),
            _ => {}
        }
    }
    anchor
}

/// Where the runbook says what to do about an alert: below the address that the documents have, else beside them.
pub fn runbook(documents: Option<&str>, alert: &str) -> String {
    let place = anchor(alert);
    match documents {
        None => [RUNBOOK, "#", &place].concat(),
        Some(address) => [address.trim_end_matches('/'), "/", RUNBOOK, "#", &place].concat(),
    }
}

/// The longest DNS label, and the longest value of a label (RFC 1035, section 2.3.4).
pub const LONGEST_LABEL: usize = 63;

/// A text as a DNS label: what may not stand in one becomes a hyphen, and what is too long is cut and told apart by
/// a hash.
pub fn label(text: &str) -> String {
    let is_word = |letter: char| letter.is_ascii_alphanumeric();
    // What does not stay does not stay as a hyphen either at the ends.
    let text = text.trim_matches(|letter: char| !is_word(letter));
    let is_known = |letter: char| is_word(letter) || matches!(letter, '.' | '_' | '-');
    let text = if text.chars().all(is_known) {
        text.to_owned()
    } else {
        text.replace(|letter: char| !is_known(letter), "-")
    };
    if text.len() <= LONGEST_LABEL {
        return text;
    }
    let hash = digest::short([text.as_str()]);
    format!("{}-{}", &text[..LONGEST_LABEL - 9], &hash[..8])
}

/// The `Secret` with the certificate of a host; cert-manager makes it, or the operator where certificates are files.
pub fn certificate(host: &HostName) -> String {
    label(&format!("{}-tls", host_slug(host)))
}

/// A host as part of a name: dots become hyphens, and hyphens two, so that `a-b.c` and `a.b.c` stay apart.
pub fn host_slug(host: &HostName) -> String {
    label(&host.as_str().replace('-', "--").replace('.', "-").replace('*', "wildcard"))
}

/// The folder of the variables that are read as files.
pub fn secrets_folder(environment: &Name) -> String {
    ["secrets/", environment.as_str()].concat()
}

/// The Secret that holds what the operator sets.
pub fn env_secret(system: &Name) -> String {
    [system.as_str(), "-env"].concat()
}

/// The folders of manifests that nothing applies by itself: what restores, and what migrates.
pub const RESTORES: &str = "_restore";
/// See [`RESTORES`].
pub const MIGRATIONS: &str = "_migrate";

/// The library that scripts share, below the output folder.
pub const SCRIPT_LIBRARY: &str = "scripts/lib";

/// The rules by which a bucket of an environment removes what is old.
pub fn lifecycle(environment: &Name, bucket: &Name) -> String {
    format!("backup/{environment}/lifecycle-{bucket}.json")
}

/// The job in a cluster that migrates what a service keeps.
pub fn migration_job(service: &Name) -> String {
    label(&format!("migrate-{service}"))
}

/// The job in a cluster that brings a backup back.
pub fn restore_job(store: &Name) -> String {
    format!("restore-{store}")
}

/// The job in a cluster that brings any moment back.
pub fn recovery_job(store: &Name) -> String {
    format!("recover-{store}")
}

/// The job in a cluster that makes one series of backups.
pub fn backup_job(store: &Name, series: &str) -> String {
    let name = format!("backup-{store}-{series}");
    if name.len() <= LONGEST_JOB {
        return name;
    }
    let hash = digest::short([name.as_str()]);
    format!("backup-{}-{}-{series}", &store.as_str()[..30], &hash[..6])
}

/// The longest name of a `CronJob`: its jobs add 11 characters to it (kubernetes.io, "`CronJob`").
const LONGEST_JOB: usize = 52;

/// The variable that holds a setting of a store's backup commands.
pub fn backup_setting(store: &Name, setting: &str) -> String {
    format!("BACKUP_{}_{setting}", upper(store))
}

/// The variable that holds what is known of a bucket.
pub fn bucket_setting(bucket: &Name, setting: &str) -> String {
    format!("BACKUP_BUCKET_{}_{setting}", upper(bucket))
}

/// The halves of an access key: the variable with the path of its file, and the parameter of the backup service.
pub const BUCKET_KEYS: [(&str, &str); 2] =
    [("ACCESS_KEY_FILE", "access_key"), ("SECRET_KEY_FILE", "secret_key")];

/// The parameter of the backup service that holds half of a bucket's access key.
pub fn bucket_parameter(bucket: &Name, half: &str) -> String {
    format!("{}_{half}", bucket.as_str().replace('-', "_"))
}

fn upper(name: &Name) -> String {
    name.as_str().replace('-', "_").to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_have_names_without_a_star() {
        let name = |name: &str| host(&HostName::parse(name).unwrap());
        assert_eq!(name("*.example.com"), "_wildcard.example.com");
        assert_eq!(name("example.com"), "example.com");
    }
}

//! Turns what is to be backed up into stores, series and buckets, and gives the services that do it what they need.

use indexmap::IndexMap;

use crate::blueprint::backup::{Backup as Written, Bucket as WrittenBucket};
use crate::blueprint::reference::Text as Raw;
use crate::diagnostic::Diagnostics;
use crate::model::backup::{Archive, Backups, Bucket, Commands, RUN_TIME, Series, Store};
use crate::model::mount::{FileMount, VolumeMount};
use crate::model::service::{Flow, Service};
use crate::model::{External, Text, naming};
use crate::resolve::parts::backups::{BACKUP, archive_of};
use crate::resolve::scope::{Found, Scope};
use crate::value::{ContainerPath, Cron, Duration, Host, Name, VariableName};

const KEEP: Duration = Duration::from_seconds(7 * 86_400);
const KEEP_WEEKLY: Duration = Duration::from_seconds(30 * 86_400);
/// How long what a database writes may wait when nobody says.
pub(super) const ARCHIVE_TIMEOUT: Duration = Duration::from_seconds(5 * 60);

/// What is backed up, where anything is.
pub(super) fn backups(
    scope: &Scope<'_>,
    services: &mut IndexMap<Name, Service>,
    externals: &mut IndexMap<Name, External>,
    diagnostics: &mut Diagnostics,
) -> Option<Backups> {
    let service = Name::known(BACKUP);
    if scope.blueprint.backups.is_empty() || !services.contains_key(&service) {
        return None;
    }
    let mut builder = Builder {
        scope,
        services,
        externals,
        diagnostics,
        backups: Backups { service, stores: IndexMap::new(), buckets: IndexMap::new() },
    };
    for (name, written) in &scope.blueprint.backups {
        builder.store(name, written);
    }
    for (name, written) in &scope.blueprint.buckets {
        builder.bucket(name, written);
    }
    builder.share_image();
    builder.programs();
    Some(builder.backups)
}

struct Builder<'a, 'b> {
    scope: &'b Scope<'a>,
    services: &'b mut IndexMap<Name, Service>,
    externals: &'b mut IndexMap<Name, External>,
    diagnostics: &'b mut Diagnostics,
    backups: Backups,
}

impl Builder<'_, '_> {
    fn store(&mut self, name: &Name, written: &Written) {
        let Some((commands, volume)) = self.commands(name) else { return };
        let archive = written.archive.as_ref().filter(|_| commands.archive.is_some());
        let archive = archive.map(|archive| Archive {
            service: archive_of(name),
            timeout: archive.timeout.unwrap_or(ARCHIVE_TIMEOUT),
        });
        let settings = self.settings(name, &commands.settings, archive.as_ref());
        if let Some(archive) = archive.as_ref().filter(|_| encrypts(written)) {
            self.passphrase(&archive.service.clone());
        }
        let recovery = self.scope.blueprint.recovery.clone().unwrap_or_default();
        let about = self.services.get(name).map(|one| one.about.clone()).unwrap_or_default();
        let store = Store {
            about,
            series: series(written),
            encrypt: encrypts(written),
            to: written.to.clone(),
            archive,
            run_time: written.run_time.unwrap_or(RUN_TIME),
            rpo: written.rpo.or(recovery.rpo),
            rto: written.rto.or(recovery.rto),
            keeper: volume.clone().unwrap_or_else(|| name.clone()),
            volume: volume.map(|_| name.clone()),
            settings,
            commands,
        };
        self.backups.stores.insert(name.clone(), store);
    }

    /// How something is backed up, and the service that keeps it where it is a volume.
    fn commands(&mut self, name: &Name) -> Option<(Commands, Option<Name>)> {
        if let Some(part) = self.scope.parts.get(name) {
            let entry = part.entry.as_ref()?;
            return Some((entry.backup.clone()?, None));
        }
        let mut parts = self.scope.parts.iter();
        let (keeper, _) = parts.find(|(_, part)| {
            part.written.volumes.get(name).is_some_and(|mount| !mount.read_only)
        })?;
        let entry = self.scope.parts.get(&self.backups.service)?.entry.as_ref()?;
        let mut commands = entry.backup.clone()?;
        let path = format!("/volumes/{name}");
        commands.settings.insert(VariableName::known("FOLDER"), Raw(path.clone()));
        let service = self.services.get_mut(&self.backups.service)?;
        let path = ContainerPath::known(path);
        service.volumes.push(VolumeMount { volume: name.clone(), path, read_only: true });
        Some((commands, Some(keeper.clone())))
    }

    /// Resolves the settings of a store's commands, and hands them over in variables.
    fn settings(
        &mut self,
        name: &Name,
        settings: &IndexMap<VariableName, Raw>,
        archive: Option<&Archive>,
    ) -> IndexMap<VariableName, VariableName> {
        let place = self.scope.context.locator.key(&format!("/backups/{name}"));
        let mut variables = IndexMap::new();
        for (setting, raw) in settings {
            let mut found = Found::default();
            let of = self.scope.parts.contains_key(name).then_some(name);
            let text = match self.scope.resolve(raw, of) {
                Ok(resolved) => found.take(resolved),
                Err(unresolved) => {
                    self.diagnostics.extend(unresolved.at(place));
                    continue;
                }
            };
            let variable = VariableName::known(naming::backup_setting(name, setting.as_str()));
            variables.insert(setting.clone(), variable.clone());
            for service in self.workers(archive) {
                self.give(&service, &variable, &text, &found);
            }
        }
        variables
    }

    /// What keeps an archive encrypts as what makes backups does.
    fn passphrase(&mut self, archive: &Name) {
        let raw = Raw("${self.passphrase.file}".to_owned());
        if let Ok(resolved) = self.scope.resolve(&raw, Some(&self.backups.service)) {
            let mut found = Found::default();
            let text = found.take(resolved);
            self.give(archive, &VariableName::known("BACKUP_PASSPHRASE_FILE"), &text, &found);
        }
    }

    /// The service that makes backups, and the one that keeps an archive.
    fn workers(&self, archive: Option<&Archive>) -> Vec<Name> {
        let archive = archive.map(|archive| archive.service.clone());
        std::iter::once(self.backups.service.clone()).chain(archive).collect()
    }

    /// Gives a service a variable, and what its text leads to.
    fn give(&mut self, name: &Name, variable: &VariableName, text: &Text, found: &Found) {
        let Some(service) = self.services.get_mut(name) else { return };
        service.environment.insert(variable.clone(), text.clone());
        service.secrets.extend(found.files.clone());
        for (to, ports) in &found.reached {
            for port in ports {
                let flow = Flow { to: to.clone(), port: *port };
                if to != name && !service.flows.contains(&flow) {
                    service.flows.push(flow);
                }
            }
        }
    }

    fn bucket(&mut self, name: &Name, written: &WrittenBucket) {
        let users: Vec<Name> = self.users(name);
        if users.is_empty() {
            return;
        }
        let prefix = Raw("${env.name}".to_owned());
        let none = Raw(String::new());
        let texts = [
            ("NAME", "bucket", &written.bucket),
            ("REGION", "region", &written.region),
            ("ENDPOINT", "endpoint", written.endpoint.as_ref().unwrap_or(&none)),
            ("PREFIX", "prefix", written.prefix.as_ref().unwrap_or(&prefix)),
        ];
        let mut known = IndexMap::new();
        for (suffix, key, raw) in texts {
            let at = format!("/buckets/{name}/{key}");
            let Some(text) = self.scope.text_at(raw, &at, self.diagnostics) else { continue };
            let variable = VariableName::known(naming::bucket_setting(name, suffix));
            for service in &users {
                self.give(service, &variable, &text, &Found::default());
            }
            known.insert(key, text);
        }
        self.keys(name, &users);
        self.way_out(name, &known, &users);
        let prefix = known.get("prefix").and_then(Text::as_literal).unwrap_or_default();
        let prefix = prefix.to_owned();
        self.backups.buckets.insert(name.clone(), Bucket { lifecycle: written.lifecycle, prefix });
    }

    /// The services that copy something to a bucket.
    fn users(&self, bucket: &Name) -> Vec<Name> {
        let stores = self.backups.stores.values().filter(|store| store.to.contains(bucket));
        let mut users: Vec<Name> = Vec::new();
        for user in stores.flat_map(|store| self.workers(store.archive.as_ref())) {
            if !users.contains(&user) {
                users.push(user);
            }
        }
        users
    }

    /// The access key, as files.
    fn keys(&mut self, name: &Name, users: &[Name]) {
        for (suffix, parameter) in naming::BUCKET_KEYS {
            let raw = Raw(format!("${{self.{}.file}}", naming::bucket_parameter(name, parameter)));
            let place = self.scope.context.locator.key(&format!("/buckets/{name}"));
            let mut found = Found::default();
            match self.scope.resolve(&raw, Some(&self.backups.service.clone())) {
                Ok(resolved) => {
                    let text = found.take(resolved);
                    let variable = VariableName::known(naming::bucket_setting(name, suffix));
                    for service in users {
                        self.give(service, &variable, &text, &found);
                    }
                }
                Err(unresolved) => self.diagnostics.extend(unresolved.at(place)),
            }
        }
    }

    /// The way to the storage: its host where it is known when compiling, else its port at any address.
    fn way_out(&mut self, name: &Name, known: &IndexMap<&str, Text>, users: &[Name]) {
        let literal = |key: &str| known.get(key).and_then(Text::as_literal).unwrap_or_default();
        let external = match (literal("endpoint"), literal("region")) {
            ("", "") => None,
            // (docs.aws.amazon.com, "Amazon Simple Storage Service endpoints and quotas")
            ("", region) => host_of(&format!("https://s3.{region}.amazonaws.com")),
            (endpoint, _) => host_of(endpoint),
        };
        let label = Name::known(format!("backups-in-{name}"));
        for user in users {
            let Some(service) = self.services.get_mut(user) else { continue };
            match &external {
                Some(_) => service.egress.push(label.clone()),
                None if !service.reaches_out.contains(&443) => service.reaches_out.push(443),
                None => {}
            }
        }
        if let Some((host, port)) = external {
            let about = format!("keeps copies of backups ({name})");
            self.externals.insert(label, External { about, host, port, cidr: None });
        }
    }

    /// What keeps an archive is made of the same image: it is built once.
    fn share_image(&mut self) {
        let Some(backup) = self.services.get(&self.backups.service) else { return };
        let (image, build) = (backup.image.clone(), backup.build.clone());
        for store in self.backups.stores.values() {
            let Some(archive) = &store.archive else { continue };
            if let Some(service) = self.services.get_mut(&archive.service) {
                service.image = image.clone();
                service.build.clone_from(&build);
            }
        }
    }
}

impl Builder<'_, '_> {
    /// The programs, which are compiled files.
    fn programs(&mut self) {
        let archives = self.backups.stores.values().filter_map(|store| store.archive.as_ref());
        let archives = archives.map(|archive| archive.service.clone());
        let workers: Vec<Name> =
            std::iter::once(self.backups.service.clone()).chain(archives).collect();
        for name in workers {
            let Some(service) = self.services.get_mut(&name) else { continue };
            for (artifact, path) in programs(&self.scope.environment.name) {
                let mount = FileMount { artifact, path };
                service.files.push(mount.clone());
                service.kubernetes.files.push(mount);
            }
        }
    }
}

/// Whether a backup is encrypted: where nobody says, if it leaves the machine.
pub(super) fn encrypts(written: &Written) -> bool {
    written.encrypt.unwrap_or(!written.to.is_empty())
}

/// The series of a backup.
pub(super) fn series(written: &Written) -> Vec<Series> {
    let cron =
        |written: &Option<Cron>, usual: &str| written.clone().or_else(|| Cron::parse(usual).ok());
    let daily = cron(&written.schedule, "0 2 * * *").map(|schedule| Series {
        name: "daily",
        schedule,
        keep: written.keep.unwrap_or(KEEP),
    });
    let weekly = written.weekly.as_ref().and_then(|weekly| {
        let schedule = cron(&weekly.schedule, "0 1 * * 0")?;
        Some(Series { name: "weekly", schedule, keep: weekly.keep.unwrap_or(KEEP_WEEKLY) })
    });
    daily.into_iter().chain(weekly).collect()
}

/// Host and port of an address.
fn host_of(url: &str) -> Option<(Host, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, port) = Host::with_port(rest.split('/').next()?);
    let usual = if scheme == "http" { 80 } else { 443 };
    let port = match port {
        Some(port) => port.parse().ok()?,
        None => usual,
    };
    Host::parse(host).ok().map(|host| (host, port))
}

/// Where compiled files lie in the containers that make backups.
fn programs(environment: &Name) -> [(String, ContainerPath); 2] {
    [
        (format!("backup/{environment}"), ContainerPath::known("/opt/formwork/backup")),
        (naming::SCRIPT_LIBRARY.to_owned(), ContainerPath::known("/opt/formwork/lib")),
    ]
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn addresses_have_a_host_and_a_port() {
        let read = |url: &str| host_of(url).map(|(host, port)| format!("{host} {port}"));
        assert_eq!(read("https://s3.example.com").as_deref(), Some("s3.example.com 443"));
        assert_eq!(read("http://store:9000/x").as_deref(), Some("store 9000"));
        assert_eq!(read("store"), None);
    }
}

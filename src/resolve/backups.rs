//! Turns what is to be backed up into stores, series and buckets, and gives the services that do it what they need.

mod buckets;

use crate::map::IndexMap;

use crate::blueprint::backup::Backup as Written;
use crate::blueprint::reference::Text as Raw;
use crate::diagnostic::Diagnostics;
use crate::model::backup::{Archive, Backups, Commands, RUN_TIME, Series, Store};
use crate::model::mount::{FileMount, VolumeMount};
use crate::model::service::{Flow, Service};
use crate::model::{External, Text, naming};
use crate::resolve::parts::backups::{BACKUP, archive_of};
use crate::resolve::parts::keeper;
use crate::resolve::scope::{Found, Scope};
use crate::value::{ContainerPath, Cron, Duration, Name, VariableName};

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
        backups: Backups {
            service,
            stores: IndexMap::default(),
            off: Vec::new(),
            buckets: IndexMap::default(),
        },
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
        let keeper = keeper(self.scope.parts, name);
        if keeper.is_some_and(|(_, part)| !part.is_on(&self.scope.environment.profiles)) {
            self.backups.off.push(name.clone());
            return;
        }
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
        let (keeper, _) = keeper(self.scope.parts, name)?;
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
        let mut variables = IndexMap::default();
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
pub(in crate::resolve) fn series(written: &Written) -> Vec<Series> {
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

/// Where compiled files lie in the containers that make backups.
fn programs(environment: &Name) -> [(String, ContainerPath); 2] {
    [
        (format!("backup/{environment}"), ContainerPath::known("/opt/formwork/backup")),
        (naming::SCRIPT_LIBRARY.to_owned(), ContainerPath::known("/opt/formwork/lib")),
    ]
}

//! Turns what is backed up into what the scripts know of it.

use std::borrow::Cow;

use crate::model::backup::Store;
use crate::model::{Model, Service};
use crate::value::Name;

/// Store, series, and the seconds after which a backup is too old.
pub(super) fn backups(model: &Model) -> impl Iterator<Item = [Cow<'_, str>; 3]> {
    let stores = model.backups.iter().flat_map(|backups| &backups.stores);
    stores.flat_map(|(name, store)| {
        store.series.iter().map(move |series| {
            let age = store.too_old(series).seconds().to_string();
            [name.as_str().into(), series.name.into(), age.into()]
        })
    })
}

/// Store and bucket.
pub(super) fn copies(model: &Model) -> impl Iterator<Item = [&str; 2]> {
    let stores = model.backups.iter().flat_map(|backups| &backups.stores);
    stores.flat_map(|(name, store)| {
        store.to.iter().map(move |bucket| [name.as_str(), bucket.as_str()])
    })
}

/// Store, service of its archive, how old the newest part usually is, how old it may be, and whether it is copied.
pub(super) fn archives<'a>(model: &'a Model) -> impl Iterator<Item = [Cow<'a, str>; 5]> {
    let stores = model.backups.iter().flat_map(|backups| &backups.stores);
    let line = |(name, store): (&'a Name, &'a Store)| {
        // A base backup comes with each daily one, and ends a part.
        let most = store.series.first().map(|series| store.too_old(series).seconds())?;
        Some([
            name.as_str().into(),
            store.archive.as_ref()?.service.as_str().into(),
            store.archive_age()?.seconds().to_string().into(),
            most.to_string().into(),
            if store.to.is_empty() { "here" } else { "copied" }.into(),
        ])
    };
    stores.filter_map(line)
}

/// The programs that write to what is backed up, each once.
pub(super) fn writers(model: &Model) -> impl Iterator<Item = [&str; 1]> {
    let stores = model.backups.iter().flat_map(|backups| backups.stores.values());
    let mut names: Vec<&str> = stores
        .flat_map(|store| {
            let keeper = store.volume.iter().map(|_| store.keeper.as_str());
            keeper.chain(model.programs_of(&store.keeper).map(|one| one.name.as_str()))
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| [name])
}

/// The service that backs up.
pub(super) fn backup_service(model: &Model) -> Option<&Service> {
    model.services.get(&model.backups.as_ref()?.service)
}

/// Where the program lies that backs up and restores: in the folder that is mounted for it.
pub(super) fn backup_job(model: &Model) -> String {
    let folder = format!("backup/{}", model.environment.name);
    let mut mounts = backup_service(model).into_iter().flat_map(|service| &service.files);
    let found = mounts.find(|mount| mount.artifact == folder);
    found.map(|mount| format!("{}/job.sh", mount.path)).unwrap_or_default()
}

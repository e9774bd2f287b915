//! Turns what is backed up into what the scripts know of it.

use crate::model::{Model, Service};

/// Store, series, and the seconds after which a backup is too old.
pub(super) fn backups(model: &Model) -> Vec<Vec<String>> {
    let stores = model.backups.iter().flat_map(|backups| &backups.stores);
    stores
        .flat_map(|(name, store)| {
            store.series.iter().map(move |series| {
                let age = store.too_old(series).seconds().to_string();
                vec![name.to_string(), series.name.to_owned(), age]
            })
        })
        .collect()
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

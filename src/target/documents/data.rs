//! Turns volumes into the commands that copy them to a file and back.

use serde::Serialize;

use crate::format::quote::shell;
use crate::model::Role;
use crate::model::mount::VolumeMount;
use crate::model::service::Service;
use crate::target::documents::system::Place;
use crate::value::Name;

/// A volume that holds data.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    volume: &'a str,
    about: &'a str,
    size: String,
    service: &'a str,
    /// Copies it into a file: nothing may write meanwhile.
    save: Vec<String>,
    /// The other way.
    restore: Vec<String>,
}

/// The volumes of an environment, each with the first service that writes it.
pub(super) fn data<'a>(place: &Place<'a>) -> Vec<Data<'a>> {
    let model = place.model;
    let kept = model.volumes.iter().filter_map(|(name, volume)| {
        let (service, mount) = owner(place, name)?;
        let (save, restore) = copy(place, service, mount);
        Some(Data {
            volume: name.as_str(),
            about: &volume.about,
            size: volume.size.to_string(),
            service: service.name.as_str(),
            save,
            restore,
        })
    });
    kept.collect()
}

/// The service that a volume belongs to: the first that may write it.
fn owner<'a>(place: &Place<'a>, volume: &Name) -> Option<(&'a Service, &'a VolumeMount)> {
    let model = place.model;
    let services = model.services.values();
    let mut own = services.filter(|one| one.role != Role::Preparation && one.is_composed());
    own.find_map(|service| {
        let mut mounts = service.volumes.iter();
        let mount = mounts.find(|mount| mount.volume == *volume && !mount.read_only)?;
        Some((service, mount))
    })
}

/// Copies a volume into a file and back, with the image's own `tar`, while its service stands still.
fn copy(place: &Place<'_>, service: &Service, mount: &VolumeMount) -> (Vec<String>, Vec<String>) {
    let (compose, name) = (place.compose_for(service), &service.name);
    let run = format!("{compose} run --rm --no-deps -T --entrypoint tar {name}");
    let (path, file) = (shell::quote(mount.path.as_str()), format!("{}.tar", mount.volume));
    let around = |command: String| {
        vec![format!("{compose} stop {name}"), command, format!("{compose} start {name}")]
    };
    (
        around(format!("{run} -C {path} -cf - . > {file}")),
        around(format!("{run} -C {path} -xf - < {file}")),
    )
}

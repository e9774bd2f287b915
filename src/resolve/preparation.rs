//! Turns volumes that root would own into the commands that give them to their users.

use crate::map::IndexMap;

use crate::model::mount::VolumeMount;
use crate::model::service::{After, Service, Until};
use crate::model::{Role, Text};
use crate::resolve::parts::{ForeignVolume, Parts};
use crate::resolve::settings::own_volume;
use crate::value::{ContainerPath, Name};

/// Fills in the service that gives volumes away, and lets the others wait for it.
pub(super) fn prepare(parts: &Parts, services: &mut IndexMap<Name, Service>) {
    let preparing = services.values().find(|service| service.role == Role::Preparation);
    let Some(name) = preparing.map(|service| service.name.clone()) else { return };
    let mut owners = IndexMap::default();
    for (user, part) in parts {
        let Some(service) = services.get_mut(user) else { continue };
        for volume in part.foreign_volumes() {
            let volume = match volume {
                ForeignVolume::Own(volume) => own_volume(user, volume),
                ForeignVolume::Named(volume) => volume.clone(),
            };
            owners.entry(volume).or_insert(service.user);
        }
        if !part.foreign_volumes().is_empty() {
            let after = After { service: name.clone(), until: Until::Completed, required: true };
            service.after.push(after);
        }
    }
    let Some(service) = services.get_mut(&name) else { return };
    let commands: Vec<String> = owners
        .iter()
        .map(|(volume, user)| format!("chown {} /volumes/{volume}", user.both()))
        .collect();
    service.command =
        vec![Text::literal("sh"), Text::literal("-ec"), Text::literal(commands.join("\n"))];
    service.volumes = owners
        .keys()
        .map(|volume| VolumeMount {
            volume: volume.clone(),
            path: ContainerPath::known(format!("/volumes/{volume}")),
            read_only: false,
        })
        .collect();
}

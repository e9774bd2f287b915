//! Finds volumes that more than their owner would get into his hands.

use std::cell::LazyCell;

use crate::map::IndexMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Role, Service, naming};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::value::Name;

/// A service that mounts what a component keeps for itself: data that it would be given, or keys that it could read.
pub(super) fn taken_by_component(view: &View<'_>, found: &mut Findings<'_>) {
    let kept = LazyCell::new(|| of_components(view));
    for (name, written) in &view.blueprint.services {
        for volume in written.volumes.keys() {
            let Some(owner) = kept.get(volume.as_str()) else { continue };
            found.push(
                Diagnostic::error(
                    Code::NameTaken,
                    format!("the volume `{volume}` is the component `{owner}`'s own"),
                )
                .at(
                    view.locator.key(&format!("/services/{name}/volumes/{volume}")),
                    format!("`{name}` would share it"),
                )
                .help(format!("give it another name, such as `{name}-files`")),
            );
        }
    }
}

/// Two services that write to one volume as different users: it is given to one of them only.
pub(super) fn several_users(view: &View<'_>, found: &mut Findings<'_>) {
    let kept = LazyCell::new(|| of_components(view));
    let mut owners: IndexMap<&Name, &Service> = IndexMap::default();
    let services = view.model.services.values();
    for service in services.filter(|service| service.role != Role::Preparation) {
        let written = service.volumes.iter().filter(|mount| !mount.read_only);
        for volume in written.map(|mount| &mount.volume) {
            let owner = *owners.entry(volume).or_insert(service);
            if owner.user.uid == service.user.uid || kept.contains_key(volume.as_str()) {
                continue;
            }
            let place = |service: &Service| {
                view.locator.key(&format!("/services/{}/volumes/{volume}", service.name))
            };
            let user = |service: &Service| format!("writes as user {}", service.user.uid);
            let message = format!(
                "`{}` and `{}` write to the volume `{volume}` as different users",
                owner.name, service.name
            );
            found.push(
                Diagnostic::error(Code::SharedVolumeUsers, message)
                    .at(place(service), user(service))
                    .at(place(owner), user(owner))
                    .help(format!(
                        "give both the same `user:`, or mount it in one of them with `{volume}: {{ path: …, read_only: true }}`"
                    )),
            );
        }
    }
}

/// The volumes that components bring along, with the service that does.
fn of_components<'a>(view: &View<'a>) -> IndexMap<String, &'a Name> {
    let mut kept = IndexMap::default();
    for (name, service) in &view.model.services {
        let component = service.component.as_ref();
        let Some(entry) = component.and_then(|component| view.catalog.get(&component.name)) else {
            continue;
        };
        let own = entry.volumes.keys().map(|volume| naming::volume(name, volume));
        let shared = entry.shares.keys().map(Name::to_string);
        for volume in own.chain(shared) {
            kept.entry(volume).or_insert(name);
        }
    }
    kept
}

//! Turns health checks and who waits for whom into the time that a start may take.

use crate::map::IndexMap;
use crate::model::{Model, Service};
use crate::value::Name;

/// What creating containers takes beside waiting for them, in seconds.
const CREATION: u64 = 60;

/// The seconds until the last service is healthy or has failed: the longest way along those that wait for each other.
pub(super) fn seconds(model: &Model) -> u64 {
    let mut known = IndexMap::default();
    let longest = model.services.values().map(|service| longest(model, service, &mut known)).max();
    CREATION + longest.unwrap_or(0)
}

/// How long it takes until a service is healthy, with all that it waits for.
fn longest<'a>(model: &'a Model, service: &'a Service, known: &mut IndexMap<&'a Name, u64>) -> u64 {
    if let Some(seconds) = known.get(&service.name) {
        return *seconds;
    }
    // Those that wait for each other in a circle are refused elsewhere; here they only must come to an end.
    known.insert(&service.name, 0);
    let before = service.after.iter().filter_map(|after| model.services.get(&after.service));
    let before = before.map(|service| longest(model, service, known)).max().unwrap_or(0);
    let seconds = before + own(service);
    known.insert(&service.name, seconds);
    seconds
}

/// A container is unhealthy after so many failures in a row, the first of which counts once the start is over.
fn own(service: &Service) -> u64 {
    service.health.as_ref().map_or(0, |health| {
        let each = health.interval.seconds() + health.timeout.seconds();
        health.start.seconds() + u64::from(health.retries) * each
    })
}

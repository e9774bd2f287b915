//! Turns whoever answers a route into the groups that requests are balanced over.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::edge::Edge;
use crate::target::nginx::context::routes;
use crate::value::Name;

/// How many idle connections each process keeps to a group; each service sees at most so many from each.
pub(super) const IDLE_CONNECTIONS: u32 = 32;

/// A service that answers on a port, however many of it run.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    name: String,
    zone: String,
    service: String,
    port: u16,
}

/// Whoever answers a route, each once.
pub(super) fn groups(edge: &Edge) -> Vec<Group> {
    let answering: BTreeSet<(&Name, u16)> =
        routes(edge).map(|route| (&route.service, route.port)).collect();
    let made = |(service, port): (&Name, u16)| Group {
        name: group(service, port),
        zone: format!("servers_{}", group(service, port)),
        service: service.to_string(),
        port,
    };
    answering.into_iter().map(made).collect()
}

/// The name of a group; no host has an underscore in its name.
pub(super) fn group(service: &Name, port: u16) -> String {
    format!("{service}_{port}")
}

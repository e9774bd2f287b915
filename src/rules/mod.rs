//! Finds what contradicts itself in a model, or between the models of several environments.

mod alerts;
mod builds;
mod credentials;
mod development;
mod dashboards;
mod edge;
mod environments;
mod findings;
mod hardening;
mod images;
mod names;
mod networks;
mod order;
mod ports;
mod probes;
mod promql;
mod replicas;
mod secrets;
mod unused;
mod variables;
mod volumes;
mod waivers;

use std::collections::BTreeSet;

use crate::blueprint::Blueprint;
use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::source::Span;
use crate::value::Name;
use findings::Findings;
pub use promql::Readings;

/// What a rule looks at: one environment, and where it was written.
#[derive(Debug, Clone, Copy)]
struct View<'a> {
    model: &'a Model,
    blueprint: &'a Blueprint,
    catalog: &'a Catalog,
    locator: Locator<'a>,
}

/// The rules within one environment, each of which finds one kind of fault.
const RULES: &[fn(&View<'_>, &mut Findings<'_>)] = &[
    order::dependency_cycle,
    order::need_under_profile,
    order::undeclared_need,
    order::unknown_profile,
    ports::port_taken,
    names::long_namespace,
    names::long_project,
    networks::unknown_network,
    networks::subnet_overlap,
    networks::no_shared_network,
    networks::no_way_out,
    networks::publish_on_internal_network,
    images::image_latest,
    replicas::replicated_port,
    replicas::replicated_volume,
    replicas::replicated_state,
    replicas::autoscale_range,
    replicas::blocking_disruption_budget,
    probes::same_probe_path,
    hardening::exposed_data_store,
    hardening::root_user,
    hardening::dangerous_capability,
    hardening::unknown_capability,
    hardening::writable_root,
    edge::routed_data_store,
    edge::not_certifiable,
    edge::duplicate_route,
    variables::requirement_violated,
    variables::short_generator,
    volumes::taken_by_component,
    volumes::several_users,
    secrets::in_image,
    secrets::in_command,
    secrets::of_components,
    credentials::literal,
    development::in_production,
    variables::default_in_url,
];

/// Checks one environment; `readings` are kept between the environments of a blueprint. Returns the author's waivers that covered something.
pub fn check(
    model: &Model,
    blueprint: &Blueprint,
    catalog: &Catalog,
    locator: Locator<'_>,
    readings: &Readings,
    diagnostics: &mut Diagnostics,
) -> BTreeSet<String> {
    alerts::check(model, blueprint, catalog, locator, readings, diagnostics);
    dashboards::check(model, blueprint, catalog, locator, readings, diagnostics);
    builds::check(model, locator, diagnostics);
    let view = View { model, blueprint, catalog, locator };
    let mut findings = Findings::new(&model.waivers, diagnostics);
    for rule in RULES {
        rule(&view, &mut findings);
    }
    findings.used()
}

/// Checks the environments against each other, and what none of them uses. `waived` are the waivers that covered
/// something in any of them.
pub fn across(
    models: &[Model],
    written: &Written,
    waived: &BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) {
    builds::across(models, written, diagnostics);
    environments::short_taken(models, written, diagnostics);
    environments::project_taken(models, written, diagnostics);
    environments::port_taken(models, written, diagnostics);
    environments::subnet_overlap(models, written, diagnostics);
    unused::images(models, written, diagnostics);
    unused::volumes(models, written, diagnostics);
    unused::externals(models, written, diagnostics);
    unused::groups(models, written, diagnostics);
    unused::edge(models, written, diagnostics);
    waivers::unknown_waiver(models, written, diagnostics);
    waivers::unused_waiver(models, written, waived, diagnostics);
}

impl View<'_> {
    /// Where a part of a service was written; for a derived service, what it was derived from.
    fn service(&self, name: &Name, rest: &str) -> Span {
        let at = format!("/services/{name}{rest}");
        if self.blueprint.services.contains_key(name) {
            return if rest.is_empty() { self.locator.key(&at) } else { self.locator.value(&at) };
        }
        let is_edge = self.model.edge.as_ref().is_some_and(|edge| edge.service == *name);
        let origin = match (is_edge, self.blueprint.edge.is_some()) {
            (true, true) => "/edge",
            (true, false) => "/routes",
            (false, _) => "/monitoring",
        };
        self.locator.key(origin)
    }
}

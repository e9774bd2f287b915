//! Finds what contradicts itself in a model, or between the models of several environments.

mod addresses;
pub mod alerts;
mod backups;
mod buckets;
mod builds;
mod certificates;
mod cluster;
mod credentials;
mod development;
mod dashboards;
mod edge;
mod environments;
mod findings;
mod hardening;
mod images;
mod loaded;
mod memory;
mod mounts;
mod names;
mod networks;
mod order;
mod patched;
mod pools;
mod ports;
mod probes;
mod promql;
mod replicas;
mod reach;
mod retired;
mod secrets;
mod unused;
mod variables;
mod volumes;
mod waivers;

use std::collections::BTreeSet;

use crate::blueprint::Blueprint;
use crate::blueprint::broken::Broken;
use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostics;
use crate::model::{Model, Role};
use crate::source::Span;
use crate::value::Name;
use findings::Findings;
pub use loaded::{Loaded, check as loaded};
pub use promql::Readings;
use promql::Series;
use promql::exposed::{self, Exposed};
use promql::known;

/// What a rule looks at: one environment, and where it was written.
#[derive(Debug, Clone, Copy)]
struct View<'a> {
    model: &'a Model,
    blueprint: &'a Blueprint,
    catalog: &'a Catalog,
    locator: Locator<'a>,
}

/// A rule, and what it concludes from: where that is faulty it may find what is not so. `services/*/profile` is a key
/// of any service and silences the rule; `.needs` is one of the services that a finding points at.
type Rule = (fn(&View<'_>, &mut Findings<'_>), &'static [&'static str]);

/// The rules within one environment, each of which finds one kind of fault.
const RULES: &[Rule] = &[
    (order::nothing_runs, &["services", "edge", "routes", "monitoring"]),
    (order::dependency_cycle, &["services/*/profile"]),
    (
        order::need_under_profile,
        &["services/*/profile", "environments/*/profiles", "monitoring/profile"],
    ),
    (order::undeclared_need, &[".needs"]),
    (order::unknown_profile, &["services/*/profile", "monitoring/profile"]),
    (ports::port_taken, &[]),
    (names::external_taken, &[]),
    (names::kubelet_taken, &["monitoring", "kubernetes"]),
    (names::long_namespace, &["name", "kubernetes", "environments/*/short"]),
    (names::long_project, &["name", "compose", "environments/*/short"]),
    (networks::unknown_network, &["networks"]),
    (networks::subnet_overlap, &[]),
    (networks::no_shared_network, &["networks", "services/*/networks"]),
    (networks::no_way_out, &["networks", ".networks"]),
    (networks::publish_on_internal_network, &["networks", ".networks"]),
    (images::image_latest, &["environments/*/tier", "images"]),
    (replicas::replicated_port, &[]),
    (replicas::replicated_volume, &["volumes"]),
    (replicas::replicated_state, &[]),
    (replicas::replicated_single, &[]),
    (replicas::autoscale_range, &[".autoscale"]),
    (replicas::blocking_disruption_budget, &[]),
    (probes::same_probe_path, &[]),
    (hardening::exposed_data_store, &[]),
    (hardening::root_user, &[]),
    (hardening::dangerous_capability, &[]),
    (hardening::unknown_capability, &[]),
    (hardening::writable_root, &[]),
    (edge::routed_data_store, &[]),
    (edge::not_certifiable, &["edge/tls"]),
    (variables::requirement_violated, &["environments/*/tier"]),
    (variables::short_generator, &[]),
    (variables::default_in_url, &[]),
    (edge::duplicate_route, &[]),
    (volumes::taken_by_component, &[]),
    (volumes::several_users, &[".user"]),
    (secrets::in_image, &[".with", ".build"]),
    (secrets::in_command, &[]),
    (secrets::of_components, &[".with", ".databases"]),
    (secrets::signing, &[]),
    (credentials::literal, &[".with", ".environment"]),
    (patched::literal_secret, &["patches"]),
    (
        addresses::unanswered,
        &["services/*/uses", "services/*/port", "services/*/ports", "external"],
    ),
    (development::in_production, &["environments/*/tier"]),
    (order::route_under_profile, &["services/*/profile", "environments/*/profiles"]),
    (mounts::mount_taken, &[]),
    (cluster::reserved_namespace, &["kubernetes"]),
    (cluster::lossy_ingress, &["kubernetes", "edge"]),
    (retired::component, &["services/*/uses"]),
    (retired::controller, &["kubernetes", "edge"]),
    (cluster::private_external, &["external"]),
    (images::unnamed_image, &["images", ".image"]),
    (images::other_image, &["images", ".image"]),
    (memory::too_small, &[".resources"]),
    (memory::overrun, &[".resources", ".tmpfs"]),
    (probes::unfit_command, &[]),
    (probes::unfit_times, &[]),
    (hardening::host_port_taken, &[]),
    (edge::huge_body, &[]),
    (edge::no_rate_limit, &["environments/*/tier", "edge/limit"]),
    (reach::unrouted_address, &["routes", "edge", "environments/*/domain", ".with", ".build"]),
    (reach::idle_need, &[".needs", ".build"]),
    (certificates::unchecked, &[".environment"]),
    (variables::variable_taken, &[]),
    (backups::unrestorable, &["services/*/uses", "services/*/volumes", "volumes"]),
    (backups::foreign_files, &[".user", "services/*/uses"]),
    (backups::unknown_bucket, &["buckets"]),
    (buckets::malformed, &[]),
    (buckets::taken, &["buckets"]),
    (backups::missed_objective, &["recovery"]),
    (backups::contradicting_retention, &["buckets"]),
    (backups::unwatched, &["monitoring", "services/*/uses"]),
    (pools::too_large, &[".needs", ".with", ".build", ".replicas", ".autoscale", "variables"]),
];

/// The keys of a stack's service that its image comes from.
const OF_IMAGES: &[&str] = &[".build", ".command", ".health", ".ports", ".user", ".variables"];

/// Checks one environment; returns the author's waivers that covered something. What only follows from what is
/// `broken` is not told; the readings are kept between the environments of a blueprint.
pub fn check(
    model: &Model,
    blueprint: &Blueprint,
    catalog: &Catalog,
    locator: Locator<'_>,
    (broken, readings): (&Broken, &Readings),
    diagnostics: &mut Diagnostics,
) -> BTreeSet<String> {
    let entries = exposed::entries(model, catalog);
    entries
        .values()
        .filter(|entry| !catalog.is_own(&entry.component))
        .for_each(|entry| known::learn(entry));
    let exposed =
        model.monitoring.as_ref().map(|monitoring| Exposed::of(monitoring, blueprint, &entries));
    let series = Series { exposed, sure: !broken.touches_any(promql::DECIDES_SERIES), readings };
    alerts::check(model, (blueprint, catalog, broken), &series, locator, diagnostics);
    dashboards::check(model, &series, locator, diagnostics);
    patched::expressions(model, &series, locator, diagnostics);
    builds::check(model, broken, locator, diagnostics);
    let view = View { model, blueprint, catalog, locator };
    let mut findings = Findings::new(&model.waivers, (broken, locator), diagnostics);
    for (rule, conclude_from) in RULES {
        if findings.begin(conclude_from) {
            rule(&view, &mut findings);
        }
    }
    findings.used()
}

/// Checks the environments against each other, and what none of them uses. `waived` are the waivers that covered
/// something in any of them, `broken` what is faulty in any.
pub fn across(
    models: &[Model],
    written: &Written,
    waived: &BTreeSet<String>,
    broken: &Broken,
    diagnostics: &mut Diagnostics,
) {
    let mut found = Diagnostics::default();
    builds::across(models, written, &mut found);
    let mut images = Findings::new(&[], (broken, Locator::new(written, None)), diagnostics);
    images.begin(OF_IMAGES);
    found.into_iter().for_each(|one| images.push(one));
    for (rule, conclude_from) in ACROSS {
        if !broken.touches_any(conclude_from) {
            rule(models, written, diagnostics);
        }
    }
    // What is faulty may have been the use.
    if broken.is_empty() {
        unused::check(models, written, diagnostics);
        waivers::unused_waiver(models, written, waived, diagnostics);
    }
}

/// A rule about several environments, and what it concludes from, as in [`Rule`].
type Across = (fn(&[Model], &Written, &mut Diagnostics), &'static [&'static str]);

/// The rules about several environments.
const ACROSS: &[Across] = &[
    (environments::short_taken, &["environments/*/short"]),
    (
        environments::project_taken,
        &["environments/*/short", "environments/*/host", "compose", "kubernetes"],
    ),
    (environments::port_taken, &["environments/*/host", "environments/*/shift_ports"]),
    (environments::subnet_overlap, &["environments/*/host"]),
    (buckets::taken_across, &["buckets", "environments/*/short"]),
    (unused::images, &["services/*/uses", "edge/uses", "monitoring", "routes"]),
    (waivers::unknown_waiver, &["services/*/uses", "edge/uses", "monitoring", "routes"]),
];

impl View<'_> {
    /// Where a part of a service was written; for a derived service, what it was derived from.
    fn service(&self, name: &Name, rest: &str) -> Span {
        let at = format!("/services/{name}{rest}");
        if self.blueprint.services.contains_key(name) {
            return if rest.is_empty() { self.locator.key(&at) } else { self.locator.value(&at) };
        }
        let is_edge = self.model.edge.as_ref().is_some_and(|edge| edge.service == *name);
        let role = self.model.services.get(name).map(|service| service.role);
        let origin = match (is_edge, self.blueprint.edge.is_some()) {
            (true, true) => "/edge",
            (true, false) => "/routes",
            (false, _) if matches!(role, Some(Role::Backup | Role::Archive)) => "/backups",
            (false, _) => "/monitoring",
        };
        self.locator.key(origin)
    }
}

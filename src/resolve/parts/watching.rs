//! Turns what runs and what is to be watched into the components that watch it.

use indexmap::IndexMap;

use crate::blueprint::monitoring::Monitoring;
use crate::blueprint::service::Uses;
use crate::catalog::collection::Collection;
use crate::catalog::entry::Role;
use crate::model::naming;
use crate::resolve::parts::Builder;
use crate::value::Name;

impl Builder<'_> {
    pub(super) fn monitoring(&mut self) {
        let Some(monitoring) = &self.blueprint.monitoring else { return };
        let place = self.context.locator.key("/monitoring");
        let standard =
            || ["prometheus", "alertmanager", "grafana"].map(|name| Uses(name.to_owned())).to_vec();
        for uses in monitoring.uses.clone().unwrap_or_else(standard) {
            let name = uses.parts().0.to_owned();
            self.derive(&uses, &name, None, place);
        }
        for name in self.brought(Role::Metrics) {
            if !self.is_wanted(monitoring, &name) {
                continue;
            }
            self.derive(&Uses(name.clone()), &name, None, place);
        }
        let watched: Vec<(Name, String)> = self
            .parts
            .iter()
            .filter_map(|(name, part)| Some((name.clone(), part.entry.as_ref()?.exporter.clone()?)))
            .collect();
        for (name, exporter) in watched {
            self.derive(&Uses(exporter), &naming::exporter(&name), Some(&name), place);
        }
        let profile = monitoring.profile.clone();
        let roles =
            [Role::Metrics, Role::Alerts, Role::Dashboards, Role::Exporter, Role::HostAgent];
        let profiles: IndexMap<Name, Option<Name>> = self
            .parts
            .iter()
            .map(|(name, part)| (name.clone(), part.written.profile.clone()))
            .collect();
        for part in self.parts.values_mut().filter(|part| roles.contains(&part.role())) {
            // Watching something that does not run is of no use: the watched service's own profile comes first.
            let watched =
                part.watches.as_ref().and_then(|name| profiles.get(name)).cloned().flatten();
            part.written.profile =
                part.written.profile.take().or(watched).or_else(|| profile.clone());
        }
    }

    /// Whether something is there that a component can watch, and its alerts are among those that are wanted.
    fn is_wanted(&self, monitoring: &Monitoring, name: &str) -> bool {
        let Some(entry) = self.context.catalog.get(name) else { return true };
        let packs = monitoring.packs.as_ref().zip(entry.pack.as_ref());
        let routes = || !self.blueprint.routes.is_empty();
        let members = match entry.brought_for {
            None => true,
            Some(Collection::Routes | Collection::Passed | Collection::Hosts) => routes(),
            Some(Collection::Services) => !self.parts.is_empty(),
            Some(Collection::AutoscaleMetrics) => self.parts.values().any(|part| {
                part.written.autoscale.as_ref().is_some_and(|scale| !scale.metrics.is_empty())
            }),
        };
        members && packs.is_none_or(|(packs, pack)| packs.contains(pack))
    }
}

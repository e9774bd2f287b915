//! Turns what runs and what is to be watched into the components that watch it.

use crate::map::IndexMap;

use crate::blueprint::monitoring::Monitoring;
use crate::blueprint::reference::Text;
use crate::catalog::collection::Collection;
use crate::catalog::entry::Role;
use crate::model::naming;
use crate::resolve::parts::Builder;
use crate::value::{Name, Uses};

impl Builder<'_> {
    pub(super) fn monitoring(&mut self) {
        let Some(monitoring) = &self.blueprint.monitoring else { return };
        let place = "/monitoring";
        let standard = || ["prometheus", "alertmanager", "grafana"].map(Uses::known).to_vec();
        for uses in monitoring.uses.clone().unwrap_or_else(standard) {
            let name = uses.parts().0.to_owned();
            self.derive(&uses, &name, None, place);
        }
        for name in self.brought(Role::Metrics) {
            if !self.is_wanted(monitoring, &name) {
                continue;
            }
            self.derive(&Uses::known(name.clone()), &name, None, place);
        }
        for (name, exporter) in self.watched() {
            self.derive(&Uses::known(exporter), &naming::exporter(&name), Some(&name), place);
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
            part.runs_under(watched.or_else(|| profile.clone()));
        }
    }

    /// What keeps logs, and what reads them.
    pub(super) fn logs(&mut self) {
        let Some(logs) = &self.blueprint.logs else { return };
        let place = "/logs";
        let standard = || ["loki", "alloy"].map(Uses::known).to_vec();
        for uses in logs.uses.clone().unwrap_or_else(standard) {
            let name = uses.parts().0.to_owned();
            self.derive(&uses, &name, None, place);
        }
        let roles = [Role::Logs, Role::Collector];
        for part in self.parts.values_mut().filter(|part| roles.contains(&part.role())) {
            part.runs_under(logs.profile.clone());
        }
    }

    /// What an exporter watches, and which.
    fn watched(&self) -> Vec<(Name, String)> {
        let mut watched = Vec::new();
        let mut read: Vec<(&String, &Text)> = Vec::new();
        for (name, part) in &self.parts {
            let Some(entry) = &part.entry else { continue };
            let Some(exporter) = &entry.exporter else { continue };
            if let Some(parameter) = &entry.exporter_needs {
                let Some(given) = part.bound(parameter) else { continue };
                if read.contains(&(exporter, given)) {
                    continue;
                }
                read.push((exporter, given));
            }
            watched.push((name.clone(), exporter.clone()));
        }
        watched
    }

    /// Whether something is there that a component can watch, and its alerts are among those that are wanted.
    fn is_wanted(&self, monitoring: &Monitoring, name: &str) -> bool {
        let Some(entry) = self.context.catalog.get(name) else { return true };
        let packs = monitoring.packs.as_ref().zip(entry.pack.as_ref());
        let routes = || !self.blueprint.routes.is_empty();
        let members = match entry.brought_for {
            None => true,
            Some(Collection::Routes | Collection::Passed | Collection::Hosts) => routes(),
            Some(Collection::Datasources) => self
                .parts
                .values()
                .any(|part| part.entry.as_ref().is_some_and(|entry| entry.datasource.is_some())),
            Some(Collection::Services) => !self.parts.is_empty(),
            Some(Collection::AutoscaleMetrics) => self.parts.values().any(|part| {
                part.written.autoscale.as_ref().is_some_and(|scale| !scale.metrics.is_empty())
            }),
        };
        members && packs.is_none_or(|(packs, pack)| packs.contains(pack))
    }
}

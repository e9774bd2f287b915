//! Turns the pools that a file's values make into the servers that they are too large for.

use std::collections::BTreeSet;

use super::Check;
use crate::diagnostic::{Code, Diagnostic};
use crate::value::{Name, VariableName};

impl Check<'_> {
    /// Servers that are asked for more connections than they take, where a value of the file has a part in it.
    pub(super) fn pools(&self, found: &mut Vec<Diagnostic>) {
        let value = |name: &VariableName| self.file.value(name.as_str()).map(str::to_owned);
        for demand in self.model.demands(&value).iter().filter(|one| one.is_too_large()) {
            if self.is_waived(&demand.server.name) {
                continue;
            }
            let holders = demand
                .holders
                .iter()
                .flat_map(|holder| holder.variables().map(move |name| (name, holder)));
            let mut told = BTreeSet::new();
            let mut diagnostic = Diagnostic::error(Code::PoolTooLarge, demand.message());
            for (name, holder) in holders {
                let Some(entry) = self.file.entry(name.as_str()) else { continue };
                if told.insert((name, &holder.service.name)) {
                    let place = self.file.span(&entry.value_span);
                    diagnostic = diagnostic.at(place, holder.words());
                }
            }
            for name in demand.connections.limit.variables() {
                if let Some(entry) = self.file.entry(name.as_str()) {
                    let what = format!("`{}` takes {}", demand.server.name, demand.limit);
                    diagnostic = diagnostic.at(self.file.span(&entry.value_span), what);
                }
            }
            // What no value of the file decides is told when the blueprint is compiled.
            if !diagnostic.labels.is_empty() {
                found.push(diagnostic.help(demand.help()));
            }
        }
    }

    fn is_waived(&self, server: &Name) -> bool {
        let mut of_rule =
            self.model.waivers.iter().filter(|one| one.rule == Code::PoolTooLarge.id());
        of_rule.any(|waiver| waiver.services.is_empty() || waiver.services.contains(server))
    }
}

//! Collects what the rules find, less what is waived.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Waiver;
use crate::rules::waivers;
use crate::value::Name;

/// What the rules found so far in one environment.
pub(super) struct Findings<'a> {
    waivers: &'a [Waiver],
    diagnostics: &'a mut Diagnostics,
    used: BTreeSet<String>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(waivers: &'a [Waiver], diagnostics: &'a mut Diagnostics) -> Self {
        Self { waivers, diagnostics, used: BTreeSet::new() }
    }

    /// Adds what cannot be waived.
    pub(super) fn push(&mut self, found: Diagnostic) {
        self.diagnostics.push(found);
    }

    /// Adds what a service does, unless the author or its component says why it must.
    pub(super) fn push_unless_waived(&mut self, service: &Name, found: Diagnostic) {
        self.push_unless_waived_for(std::slice::from_ref(service), found);
    }

    /// Adds what the blueprint says once for several services, unless a waiver covers all of them.
    pub(super) fn push_unless_waived_for(&mut self, services: &[Name], found: Diagnostic) {
        let rule = found.code.id();
        let covers = |waiver: &&Waiver| {
            let named = |service: &Name| waiver.services.contains(service);
            let all = !services.is_empty() && services.iter().all(named);
            waiver.rule == rule && (waiver.services.is_empty() || all)
        };
        match self.waivers.iter().find(covers) {
            Some(_) => {
                self.used.insert(rule.to_owned());
            }
            None => self.diagnostics.push(found.help(waivers::how_to(rule, services))),
        }
    }

    /// The waivers that covered something.
    pub(super) fn used(self) -> BTreeSet<String> {
        self.used
    }
}

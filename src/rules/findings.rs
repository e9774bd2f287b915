//! Collects what the rules find, less what is waived and what only follows from faults that are told already.

use std::collections::BTreeSet;

use crate::blueprint::broken::Broken;
use crate::blueprint::locate::Locator;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Waiver;
use crate::rules::waivers;
use crate::source::{Span, pointer};
use crate::value::Name;

/// What the rules found so far in one environment.
pub(super) struct Findings<'a> {
    waivers: &'a [Waiver],
    broken: &'a Broken,
    locator: Locator<'a>,
    diagnostics: &'a mut Diagnostics,
    used: BTreeSet<String>,
    /// The services of which the rule at hand may conclude what is not so.
    unsure: BTreeSet<Span>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(
        waivers: &'a [Waiver],
        (broken, locator): (&'a Broken, Locator<'a>),
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let (used, unsure) = (BTreeSet::new(), BTreeSet::new());
        Self { waivers, broken, locator, diagnostics, used, unsure }
    }

    /// Starts a rule that concludes from these places; whether it can conclude anything.
    pub(super) fn begin(&mut self, conclude_from: &[&'static str]) -> bool {
        self.unsure.clear();
        if self.broken.is_empty() {
            return true;
        }
        for key in conclude_from.iter().filter_map(|from| from.strip_prefix('.')) {
            for place in self.broken.iter() {
                let mut segments = pointer::segments(place);
                let (section, name) = (segments.next(), segments.next());
                if section.is_some_and(|section| section == "services")
                    && segments.next().is_none_or(|found| found == key)
                    && let Some(name) = name
                {
                    self.unsure.extend(self.locator.whole(&pointer::push("/services", &name)));
                }
            }
            let lacking = self.broken.services_without(key);
            self.unsure.extend(lacking.flat_map(|place| self.locator.whole(place)));
        }
        let anywhere = |from: &&&str| !from.starts_with('.');
        let anywhere: Vec<&str> = conclude_from.iter().filter(anywhere).copied().collect();
        !self.broken.touches_any(&anywhere)
    }

    /// Whether what is written at a place is faulty, as a whole or in part: nothing can be concluded from it.
    pub(super) fn doubts(&self, place: &str) -> bool {
        self.broken.touches(place)
    }

    /// Adds what cannot be waived.
    #[cold]
    pub(super) fn push(&mut self, found: Diagnostic) {
        let holds =
            |place: &Span, span: Span| place.source == span.source && span.start <= place.end;
        let is_unsure = |span: Span| {
            self.unsure
                .range(..=Span { end: u32::MAX, ..span })
                .next_back()
                .is_some_and(|place| holds(place, span))
        };
        if !found.labels.iter().any(|label| is_unsure(label.span)) {
            self.diagnostics.push(found);
        }
    }

    /// Adds what a service does, unless the author or its component says why it must.
    pub(super) fn push_unless_waived(&mut self, service: &Name, found: Diagnostic) {
        self.push_unless_waived_for(std::slice::from_ref(service), found);
    }

    /// Adds what the blueprint says once for several services, unless a waiver covers all of them.
    #[cold]
    pub(super) fn push_unless_waived_for(&mut self, services: &[Name], found: Diagnostic) {
        let rule = found.code.id();
        let covers = |waiver: &&Waiver| {
            let named = |service: &Name| waiver.services.contains(service);
            let all = !services.is_empty() && services.iter().all(named);
            waiver.rule == rule && (waiver.services.is_empty() || all)
        };
        if self.waivers.iter().any(|waiver| covers(&waiver)) {
            self.used.insert(rule.to_owned());
        } else if !self.broken.touches(&pointer::push("/waivers", rule)) {
            self.push(found.help(waivers::how_to(rule, services)));
        }
    }

    /// The waivers that covered something.
    pub(super) fn used(self) -> BTreeSet<String> {
        self.used
    }
}

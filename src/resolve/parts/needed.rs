//! Turns what components cannot do without into parameters that are taken from the services which authors name.

use std::sync::Arc;

use crate::blueprint::reference::{self, Text as Raw};
use crate::catalog::entry::{Entry, Role};
use crate::diagnostic::{Code, Diagnostic};
use crate::map::IndexMap;
use crate::resolve::parts::Builder;
use crate::value::Name;

impl Builder<'_> {
    /// Takes from services what components need and authors leave open.
    pub(super) fn needed(&mut self) {
        let with_needs = self.parts.iter().filter_map(|(name, part)| {
            let entry = part.entry.clone().filter(|entry| !entry.needs.is_empty())?;
            Some((name.clone(), entry))
        });
        for (name, entry) in with_needs.collect::<Vec<_>>() {
            for (component, taken) in &entry.needs {
                self.take(&name, &entry, (component, taken));
            }
        }
    }

    fn take(
        &mut self,
        name: &Name,
        entry: &Entry,
        (component, taken): (&str, &IndexMap<String, String>),
    ) {
        let Some((part, first)) = self.parts.get(name).zip(taken.keys().next()) else { return };
        let source = if let Some(raw) = part.bound(first) {
            let owners = reference::owners(&raw.0).into_iter();
            owners.map(str::to_owned).find(|owner| self.is(owner, component))
        } else {
            let meant = part.written.needs.keys().map(Name::as_str);
            let meant: Vec<&str> = meant.filter(|one| self.is(one, component)).collect();
            if let [one] = meant[..] {
                Some(one.to_owned())
            } else {
                let found = self.unmet(name, entry, (component, first), &meant);
                self.diagnostics.extend(found);
                None
            }
        };
        let (Some(source), Some(part)) = (source, self.parts.get_mut(name)) else { return };
        for (parameter, offer) in taken {
            if part.bound(parameter).is_none() {
                let raw = Raw(format!("${{{source}.{offer}}}"));
                Arc::make_mut(&mut part.written).with.insert(parameter.clone(), raw);
            }
        }
    }

    /// Whether a service is the component of that name.
    fn is(&self, service: &str, component: &str) -> bool {
        let entry = self.parts.get(service).and_then(|part| part.entry.as_ref());
        entry.is_some_and(|entry| entry.component == component)
    }

    /// Says that no service, or more than one, can be meant.
    fn unmet(
        &self,
        name: &Name,
        entry: &Entry,
        (component, first): (&str, &str),
        meant: &[&str],
    ) -> Option<Diagnostic> {
        let unsure = |key| self.broken.touches(&format!("/services/{name}/{key}"));
        let elsewhere = || {
            self.parts[name].written.needs.keys().any(|need| {
                let broken = |key| self.broken.touches(&format!("/services/{need}/{key}"));
                broken("uses") || broken("build")
            })
        };
        if ["uses", "build", "with", "needs"].into_iter().any(unsure) || elsewhere() {
            return None;
        }
        let at = format!("/services/{name}");
        let by_hand =
            if self.parts[name].written.build.is_some() { "build: { with }" } else { "with" };
        let found = Diagnostic::error(
            Code::UnmetNeed,
            format!("`{name}` is `{}`, which cannot do without `{component}`", entry.component),
        );
        Some(match meant {
            [] => found
                .at(self.context.locator.key(&at), format!("needs no service that is `{component}`"))
                .help(format!(
                    "name one under `needs`, such as `db: {{ uses: {component} }}` with `needs: [db]`; for one that runs \
                     elsewhere, set `{first}` and what belongs to it under `{by_hand}`"
                )),
            _ => found
                .at(
                    self.context.locator.key(&format!("{at}/needs")),
                    format!("needs {}, and one must be meant", meant.join(" and ")),
                )
                .help(format!(
                    "say which under `{by_hand}`: `{first}: \"${{{}.host}}\"`; the rest follows from there",
                    meant[0]
                )),
        })
    }

    /// Refuses what only ever follows from the blueprint where nothing asks for it.
    pub(super) fn idle(&mut self) {
        for (name, part) in &self.parts {
            let Some(entry) = part.entry.as_ref().filter(|_| !part.derived) else { continue };
            let at = format!("/services/{name}");
            let unsure = |key| self.broken.touches(&format!("{at}/{key}"));
            if unsure("uses") || unsure("build") {
                continue;
            }
            if self.claimed.contains(name) || !self.context.catalog.follows(entry) {
                continue;
            }
            // What it watches is missing: the reference to it says so.
            if entry.mentions("${target.") {
                continue;
            }
            let place = ["uses", "build/stack"]
                .into_iter()
                .find_map(|key| self.context.locator.entry(&format!("{at}/{key}")));
            let message = format!(
                "`{name}` is `{}`, which only follows from other parts of a blueprint",
                entry.component
            );
            let found = Diagnostic::error(Code::UnfitComponent, message).at(
                place.unwrap_or_else(|| self.context.locator.key(&at)),
                "nothing would give it work",
            );
            self.diagnostics.push(found.help(match entry.role {
                Role::Backup | Role::Archive => {
                    "remove it, and say under `backups` what is backed up: it follows from there"
                }
                Role::Exporter => "remove it: it follows from what it watches, with `monitoring`",
                _ => "remove it: it is there wherever it is needed",
            }));
        }
    }
}

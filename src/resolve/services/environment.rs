//! Turns the groups of variables that a service reads, and what it alone has, into its environment.

use crate::blueprint::reference::Text as Raw;
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::map::IndexMap;
use crate::model::text::Text;
use crate::resolve::parts::Part;
use crate::resolve::scope::{Found, Scope};
use crate::resolve::services::Builder;
use crate::value::{GroupName, VariableName};

/// Who says what a service reads.
#[derive(Debug, Clone, Copy)]
pub(in crate::resolve) enum Said<'a> {
    /// Its component.
    Component(&'a Raw),
    /// A variable of a group that it reads, set in the blueprint.
    Fixed(&'a Raw),
    /// A variable of a group that it reads, set by the operator.
    Operator,
    /// The author, for it alone.
    Author(&'a Raw),
}

/// What a service reads: what its component needs, the groups that it may read, what it alone has.
pub(in crate::resolve) fn said<'a>(
    scope: &Scope<'a>,
    part: &'a Part,
) -> Vec<(&'a VariableName, Said<'a>)> {
    // What listens on no port is not told one.
    let told = |raw: &Raw| !part.is_silent() || !raw.names_own_port();
    let known = part.entry.iter().flat_map(|entry| &entry.environment);
    let known = known.filter(|(_, raw)| told(raw)).map(|(name, raw)| (name, Said::Component(raw)));
    let groups = scope
        .declared
        .iter()
        .filter(|(_, declared)| declared.is_in(&part.written.variables) && !declared.written.build);
    let groups =
        groups.map(|(name, declared)| (name, declared.fixed().map_or(Said::Operator, Said::Fixed)));
    let own = part.written.environment.iter().map(|(name, raw)| (name, Said::Author(raw)));
    known.chain(groups).chain(own).collect()
}

impl Builder<'_, '_> {
    /// The environment: what the component needs, the groups that it may read, what it alone has.
    pub(super) fn environment(&mut self, found: &mut Found) -> IndexMap<VariableName, Text> {
        for group in &self.part.written.variables {
            let unsure = self.scope.context.broken.touches(&format!("/variables/{group}"));
            if !unsure && !self.scope.blueprint.variables.contains_key(group) {
                self.unknown_group(group);
            }
        }
        let all = said(self.scope, self.part);
        let mut one = |name: &VariableName, said: Said<'_>| {
            let text = match said {
                Said::Component(raw) => self.text(raw, "uses", found),
                // What is wrong with it is told where the variable is declared.
                Said::Fixed(raw) => {
                    self.scope.resolve(raw, None).map(|it| found.take(it)).unwrap_or_default()
                }
                Said::Operator => Text::variable(name.clone()),
                Said::Author(raw) => self.text(raw, &format!("environment/{name}"), found),
            };
            (name.clone(), text)
        };
        let all = all.into_iter().map(|(name, said)| one(name, said));
        let mut environment: IndexMap<VariableName, Text> = all.collect();
        // The author's order of variables shows in templates alone.
        environment.sort_unstable_keys();
        environment
    }

    fn unknown_group(&mut self, group: &GroupName) {
        let groups = self.scope.blueprint.variables.keys().map(GroupName::as_str);
        let message = format!("no group of variables is named `{group}`");
        let found = Diagnostic::error(Code::UnknownVariable, message)
            .at(self.place(&format!("variables/{group}")), "");
        self.diagnostics.push(match suggest::nearest(group.as_str(), groups) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("declare it under `variables: {{ {group}: … }}`")),
        });
    }
}

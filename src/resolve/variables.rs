//! Turns the variables that a blueprint declares, and those that components need, into those of the model.

mod checks;
mod readers;

use std::borrow::Cow;

use crate::map::{IndexMap, IndexSet};

use crate::blueprint::Blueprint;
use crate::blueprint::reference::Text as Raw;
use crate::blueprint::variable::{Variable as Written, VariableKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::Groups;
use crate::model::naming;
use crate::model::service::Service;
use crate::model::text::Text;
use crate::model::variable::{Group, Origin, Variable};
use crate::resolve::Context;
use crate::resolve::parts::Parts;
use crate::resolve::scope::Scope;
use crate::value::{GroupName, Name, VariableName};
use checks::{check, check_kind, check_requirements};
use readers::Readers;

/// A declared variable.
#[derive(Debug, Clone)]
pub(super) struct Declared<'a> {
    /// The group it stands in.
    pub(super) group: GroupName,
    /// Whether a component needs it, and no author declared it: it is listed with the author's group of that name, but
    /// is no part of it.
    pub(super) components: bool,
    /// What was said of it.
    pub(super) written: Cow<'a, Written>,
}

impl Declared<'_> {
    /// The value, where the blueprint sets it.
    pub(super) fn fixed(&self) -> Option<&Raw> {
        self.written.fixed.as_ref()
    }

    /// Whether it is among what a service may read that names these groups.
    pub(super) fn is_in(&self, groups: &[GroupName]) -> bool {
        !self.components && groups.contains(&self.group)
    }
}

/// Values that no secret may have, in any environment.
const FORBIDDEN_SECRETS: &[&str] =
    &["CHANGE_ME", "changeme", "postgres", "admin", "password", "secret"];

/// All variables: the blueprint's, and one for each secret parameter that the author binds to nothing.
pub(super) fn declare<'a>(
    blueprint: &'a Blueprint,
    parts: &Parts,
    context: Context<'_>,
    diagnostics: &mut Diagnostics,
) -> IndexMap<VariableName, Declared<'a>> {
    let mut declared: IndexMap<VariableName, Declared<'a>> = IndexMap::default();
    for (group, variables) in &blueprint.variables {
        for (name, written) in variables {
            let pointer = || format!("/variables/{group}/{name}");
            check(name, written, &pointer, context, diagnostics);
            check_requirements(name, written, &pointer, context, diagnostics);
            let written = Cow::Borrowed(written);
            let variable = Declared { group: group.clone(), components: false, written };
            if let Some(before) = declared.insert(name.clone(), variable) {
                let first = context.locator.key(&format!("/variables/{}/{name}", before.group));
                diagnostics.push(
                    Diagnostic::error(
                        Code::DuplicateVariable,
                        format!("`{name}` is declared in two groups"),
                    )
                    .at(context.locator.key(&pointer()), "declared again here")
                    .at(first, "first declared here")
                    .help("declare it once; a service may read several groups"),
                );
            }
        }
    }
    for (service, part) in parts {
        for (parameter, known) in part.entry.iter().flat_map(|entry| &entry.parameters) {
            if known.default.is_some() || part.bound(parameter).is_some() {
                continue;
            }
            let name = VariableName::known(naming::parameter_variable(service, parameter));
            let written = Written {
                about: known.about.clone(),
                secret: known.secret,
                min_length: known.min_length,
                generate: known.generate,
                ..Written::default()
            };
            let group = GroupName::of_service(service);
            let written = Cow::Owned(written);
            declared.entry(name).or_insert(Declared { group, components: true, written });
        }
    }
    declared
}

/// The variables of the model, in groups, with who reads them.
pub(super) fn groups(
    scope: &Scope<'_>,
    services: &IndexMap<Name, Service>,
    diagnostics: &mut Diagnostics,
) -> Groups {
    let readers = Readers::collect(services);
    let is_referred_to = scope.context.locator.referred();
    let changes = changes(scope, services);
    let file_owners = file_owners(services);
    let mut groups: IndexMap<GroupName, Vec<Variable>> = IndexMap::default();
    for (name, declared) in scope.declared {
        let origin = origin(scope, name, declared, diagnostics);
        let read_by: Vec<Name> = readers.of(name);
        let profile = common_profile(&read_by, services);
        let quoted = declared.fixed().is_some() && is_referred_to(name.as_str());
        let written = &declared.written;
        let tier = scope.environment.tier;
        let mut forbid = written.forbid.clone();
        if written.secret {
            forbid.extend(FORBIDDEN_SECRETS.iter().map(|&value| value.to_owned()));
        }
        let variable = Variable {
            name: name.clone(),
            about: written.about.clone().unwrap_or_default(),
            kind: written.kind,
            origin,
            secret: written.secret,
            min_length: written.min_length.unwrap_or(0),
            generate: written.generate,
            changes: changes.get(name).into_iter().flatten().map(ToString::to_string).collect(),
            build: written.build,
            // A URL may hold another one, whose characters are its own matter.
            url_safe: (written.secret || written.kind != VariableKind::Url)
                && readers.in_urls.contains(name),
            requirement: written.require.get(&tier).cloned().unwrap_or_default(),
            forbid,
            read_by,
            quoted,
            file_owner: file_owners.get(name).copied(),
            profile,
        };
        groups.entry(declared.group.clone()).or_default().push(variable);
    }
    Groups::new(groups.into_iter().map(|(name, variables)| Group { name, variables }).collect())
}

/// The users who read variables as files, by variable; of several the one with the lowest number.
fn file_owners(services: &IndexMap<Name, Service>) -> IndexMap<&VariableName, u32> {
    let mut owners: IndexMap<&VariableName, u32> = IndexMap::default();
    for service in services.values() {
        for secret in service.secrets.keys() {
            let owner = owners.entry(secret).or_insert(service.user.uid);
            *owner = service.user.uid.min(*owner);
        }
    }
    owners
}

/// What components that a variable is bound to need when it changes, each once, by variable.
fn changes<'a>(
    scope: &Scope<'a>,
    services: &'a IndexMap<Name, Service>,
) -> IndexMap<&'a VariableName, IndexSet<&'a str>> {
    let mut changes: IndexMap<_, IndexSet<_>> = IndexMap::default();
    for (name, part) in scope.parts {
        for (parameter, known) in part.entry.iter().flat_map(|entry| &entry.parameters) {
            let text = services.get(name).and_then(|service| service.parameters.get(parameter));
            if let (Some(change), Some(variable)) =
                (known.change.as_deref(), text.and_then(Text::as_variable))
            {
                changes.entry(variable).or_default().insert(change);
            }
        }
    }
    changes
}

fn origin(
    scope: &Scope<'_>,
    name: &VariableName,
    declared: &Declared<'_>,
    diagnostics: &mut Diagnostics,
) -> Origin {
    let at = || format!("/variables/{}/{name}", declared.group);
    let place = |key: &str| scope.context.locator.value(&format!("{}/{key}", at()));
    let value = format_args!("the value of `{name}`");
    if let Some(fixed) = declared.fixed() {
        let Some(text) = scope.text_at(fixed, &at(), diagnostics) else {
            return Origin::Operator { default: None, optional: true };
        };
        if let Some(literal) = text.as_literal() {
            check_kind(value, literal, declared.written.kind, || place("fixed"), diagnostics);
        }
        return Origin::Fixed(text);
    }
    let default = declared.written.default.as_ref().and_then(|raw| {
        let text = scope.text_at(raw, &at(), diagnostics)?;
        if text.as_literal().is_none() {
            diagnostics.push(
                Diagnostic::error(Code::RunTimeReference, format!("the default of `{name}` is known at run time only"))
                    .at(place("default"), "")
                    .help("a default stands in the template: use `fixed` for a value made of other variables"),
            );
        }
        text.as_literal().map(str::to_owned)
    });
    if let Some(default) = &default {
        check_kind(value, default, declared.written.kind, || place("default"), diagnostics);
    }
    Origin::Operator { default, optional: declared.written.optional }
}

/// The profile of all readers, if none of them runs without it.
fn common_profile(read_by: &[Name], services: &IndexMap<Name, Service>) -> Option<Name> {
    let mut profiles =
        read_by.iter().map(|name| services.get(name).and_then(|service| service.profile.clone()));
    let first = profiles.next()??;
    profiles.all(|profile| profile.as_ref() == Some(&first)).then_some(first)
}

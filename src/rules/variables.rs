//! Finds values in the blueprint that the blueprint itself refuses.

use crate::blueprint::url::PLAIN;
use crate::catalog::Entry;
use crate::diagnostic::{Code, Diagnostic};
use crate::format::quote::url;
use crate::model::variable::Origin;
use crate::model::{Role, Variable};
use crate::rules::View;
use crate::rules::findings::Findings;

/// A fixed value or a default that breaks what is required here.
pub(super) fn requirement_violated(view: &View<'_>, found: &mut Findings<'_>) {
    for group in &view.model.groups {
        for variable in &group.variables {
            let (key, value) = match &variable.origin {
                Origin::Fixed(text) => ("fixed", text.as_literal()),
                Origin::Operator { default, .. } => ("default", default.as_deref()),
            };
            let Some((value, why)) =
                value.and_then(|value| Some((value, refusal(variable, value)?)))
            else {
                continue;
            };
            let at = format!("/variables/{}/{}", group.name, variable.name);
            found.push(
                Diagnostic::error(
                    Code::RequirementViolated,
                    format!("`{}` cannot be `{value}` in the tier {}: {why}", variable.name, view.model.environment.tier.as_str()),
                )
                .at(view.locator.value(&format!("{at}/{key}")), "")
                .help(match key {
                    "fixed" => format!("set another value here, or in `environments: {{ {}: {{ override: … }} }}`", view.model.environment.name),
                    _ => "remove the default, so that the operator must choose, or propose a value that is allowed".to_owned(),
                }),
            );
        }
    }
}

/// A variable of the author's in place of one that the catalogue derives from what the service is: the two would
/// disagree.
pub(super) fn variable_taken(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, own) in &view.blueprint.services {
        let component = view.model.services.get(name).and_then(|one| one.component.as_ref());
        let Some(entry) = component.and_then(|component| view.catalog.get(&component.name)) else {
            continue;
        };
        let groups =
            own.variables.iter().filter_map(|group| view.blueprint.variables.get_key_value(group));
        let read = groups.flat_map(|(group, variables)| {
            variables.keys().map(move |variable| (variable, Some(group)))
        });
        let written = own.environment.keys().map(|variable| (variable, None)).chain(read);
        for (variable, group) in written {
            let Some(known) = entry.environment.get(variable) else { continue };
            // A component's plain settings may be set otherwise; what a stack says, its image rests on.
            if entry.role != Role::Application && !known.refers() {
                continue;
            }
            let at = match group {
                Some(group) => format!("/variables/{group}/{variable}"),
                None => format!("/services/{name}/environment/{variable}"),
            };
            let message = format!("`{variable}` of `{name}` is set by `{}`", entry.component);
            found.push(
                Diagnostic::error(Code::VariableTaken, message)
                    .at(view.locator.key(&at), format!("it is `{}` there", known.0))
                    .help(instead(&entry, &known.0)),
            );
        }
    }
}

/// Where the value that a catalogue's variable is made of is set.
fn instead(entry: &Entry, known: &str) -> String {
    let of = known.strip_prefix("${self.").and_then(|rest| rest.strip_suffix('}'));
    match of.map(|key| key.strip_suffix(".file").unwrap_or(key)) {
        Some("port") => "write `port:`, and leave the variable out".to_owned(),
        Some(parameter) if entry.parameters.contains_key(parameter) => {
            format!("write `with: {{ {parameter}: … }}`, and leave the variable out")
        }
        _ => "leave it out, or give your variable another name".to_owned(),
    }
}

/// Why a value is refused.
fn refusal(variable: &Variable, value: &str) -> Option<String> {
    let rule = &variable.requirement;
    let is = |forbidden: &String| forbidden.eq_ignore_ascii_case(value);
    if let Some(equals) = rule.equals.as_ref().filter(|equals| equals.0 != value) {
        return Some(format!("it must be `{}`", equals.0));
    }
    if let Some(prefix) = rule.prefix.as_ref().filter(|prefix| !value.starts_with(*prefix)) {
        return Some(format!("it must start with `{prefix}`"));
    }
    if rule.forbid.iter().chain(&variable.forbid).any(is) {
        return Some("it is forbidden".to_owned());
    }
    let least = variable.min_length as usize;
    (!value.is_empty() && value.chars().count() < least)
        .then(|| format!("it must have at least {least} characters"))
}

/// A default that breaks the URL in which it ends.
pub(super) fn default_in_url(view: &View<'_>, found: &mut Findings<'_>) {
    for group in &view.model.groups {
        for variable in group.variables.iter().filter(|variable| variable.url_safe) {
            let value = variable.default();
            if url::is_plain(value) {
                continue;
            }
            let at = format!("/variables/{}/{}/default", group.name, variable.name);
            let message =
                format!("`{}` is `{value}`, which breaks the URL that it ends in", variable.name);
            found.push(
                Diagnostic::error(Code::InvalidValue, message)
                    .at(view.locator.value(&at), "")
                    .help(PLAIN),
            );
        }
    }
}

/// A secret that would be made too short.
pub(super) fn short_generator(view: &View<'_>, found: &mut Findings<'_>) {
    for group in &view.model.groups {
        for variable in &group.variables {
            let Some(generate) = &variable.generate else { continue };
            let least = variable.min_length as usize;
            if generate.length() >= least {
                continue;
            }
            let at = format!("/variables/{}/{}", group.name, variable.name);
            found.push(
                Diagnostic::error(
                    Code::RequirementViolated,
                    format!("`{}` would be made too short", variable.name),
                )
                .at(
                    view.locator.value(&format!("{at}/generate")),
                    format!("`{generate}` makes {} characters", generate.length()),
                )
                .at(
                    view.locator.value(&format!("{at}/min_length")),
                    format!("at least {least} are asked for"),
                )
                .help(format!("write `generate: alnum {}`", least.max(32))),
            );
        }
    }
}

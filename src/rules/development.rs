//! Finds settings for developers where the tier is production.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::variable::Origin;
use crate::model::{Tier, Variable};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::Span;
use crate::value::Name;

/// Variables that turn on what only developers may see.
const SWITCHES: &[&str] = &["DEBUG", "APP_DEBUG", "DJANGO_DEBUG", "FLASK_DEBUG", "TESTING"];
/// Variables that name the kind of environment to a program or its framework.
const KINDS: &[&str] = &[
    "APP_ENV",
    "ASPNETCORE_ENVIRONMENT",
    "DEPLOYMENT_ENV",
    "DJANGO_ENV",
    "ENV",
    "ENVIRONMENT",
    "FLASK_ENV",
    "GO_ENV",
    "NODE_ENV",
    "RACK_ENV",
    "RAILS_ENV",
    "SENTRY_ENVIRONMENT",
];

/// A value for developers that the blueprint itself sets or proposes in production.
pub(super) fn in_production(view: &View<'_>, found: &mut Findings<'_>) {
    if view.model.environment.tier != Tier::Production {
        return;
    }
    for (name, written) in &view.blueprint.services {
        let Some(service) = view.model.services.get(name) else { continue };
        for variable in written.environment.keys() {
            let value = service.environment.get(variable).and_then(|text| text.as_literal());
            let place = || view.service(name, &format!("/environment/{variable}"));
            report(view, variable.as_str(), value, (&place, std::slice::from_ref(name)), found);
        }
    }
    for group in &view.model.groups {
        // Where only one value is allowed, another one is told already.
        let free = |one: &&Variable| one.requirement.equals.is_none();
        for variable in group.variables.iter().filter(free) {
            let (key, value) = match &variable.origin {
                Origin::Fixed(text) => ("fixed", text.as_literal()),
                Origin::Operator { default, .. } => ("default", default.as_deref()),
            };
            let at = || format!("/variables/{}/{}/{key}", group.name, variable.name);
            let place = || view.locator.value(&at());
            report(view, variable.name.as_str(), value, (&place, &variable.read_by), found);
        }
    }
}

fn report(
    view: &View<'_>,
    variable: &str,
    value: Option<&str>,
    (place, readers): (&dyn Fn() -> Span, &[Name]),
    found: &mut Findings<'_>,
) {
    let Some(value) = value.filter(|value| is_for_developers(variable, value)) else { return };
    let environment = &view.model.environment.name;
    let good = if SWITCHES.contains(&variable) { "false" } else { "production" };
    let diagnostic = Diagnostic::error(
        Code::DebugInProduction,
        format!("`{variable}` is `{value}` in `{environment}`, whose tier is production"),
    )
    .at(place(), "is for developers")
    .help(format!(
        "write `{good}`, and what differs in the `override` of another environment; or set the `tier` of `{environment}`"
    ));
    found.push_unless_waived_for(readers, diagnostic);
}

fn is_for_developers(variable: &str, value: &str) -> bool {
    let is = |values: &[&str]| values.iter().any(|known| value.eq_ignore_ascii_case(known));
    (SWITCHES.contains(&variable) && is(&["true", "1", "yes", "on"]))
        || (KINDS.contains(&variable) && is(&["dev", "development", "local", "test", "testing"]))
}

#[cfg(test)]
mod tests {
    use super::is_for_developers;

    #[test]
    fn developers_settings_are_known_by_name_and_value() {
        for (name, value) in [("DEBUG", "True"), ("FLASK_DEBUG", "1"), ("NODE_ENV", "development")]
        {
            assert!(is_for_developers(name, value), "{name}={value}");
        }
        for (name, value) in [
            ("DEBUG", "false"),
            ("DEBUG", "app:*"),
            ("NODE_ENV", "production"),
            ("ENVIRONMENT", "staging"),
            ("PINECONE_ENVIRONMENT", "development"),
            ("LOG_LEVEL", "DEBUG"),
        ] {
            assert!(!is_for_developers(name, value), "{name}={value}");
        }
    }
}

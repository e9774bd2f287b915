//! Fills what is known of an environment into the blueprint: its settings, and variables whose value is fixed.

use serde_json::{Map, Value, json};

use crate::blueprint::environment::Tier;
use crate::blueprint::locate::Locator;
use crate::blueprint::merge;
use crate::blueprint::url::Fixed;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::pointer::Way;
use crate::value::{HostName, Name};

/// What of the blueprint takes no references: `PromQL` and patches have a `${` of their own; environments were
/// used up by now.
const WITHOUT_REFERENCES: &[&str] = &["monitoring", "patches", "environments"];

/// Fills in what the blueprint fixes and what is known of an environment, and tells what that breaks.
pub(super) fn fill_in(
    value: &mut Value,
    name: &Name,
    settings: &Value,
    locator: &Locator<'_>,
    diagnostics: &mut Diagnostics,
) {
    let fixed = literals(value);
    for (section, below) in value.as_object().into_iter().flatten() {
        if !WITHOUT_REFERENCES.contains(&section.as_str()) {
            let check = Fixed { groups: &value["variables"], values: &fixed, locator };
            check.check(below, Way::Section(section), diagnostics);
        }
    }
    // A value that is refused where it is set must not be refused again where it is used.
    let domain = settings.get("domain").filter(|domain| is(domain, HostName::parse));
    let known = |owner: &str, key: &str| match owner {
        "env" if key == "domain" => domain.cloned(),
        "env" => environment_value(name, settings, key),
        "var" => fixed.get(key).cloned(),
        _ => None,
    };
    let Some(sections) = value.as_object_mut() else { return };
    for (section, below) in sections {
        if WITHOUT_REFERENCES.contains(&section.as_str()) {
            continue;
        }
        if let Err(clashes) = merge::substitute(below, &known) {
            for (pointer, key) in clashes {
                let message = format!("two keys are both `{key}` in `{name}`");
                let place = locator.key(&format!("/{section}{pointer}"));
                diagnostics.push(
                    Diagnostic::error(Code::DuplicateKey, message)
                        .at(place, "in this mapping")
                        .help("keep one of the two"),
                );
            }
        }
    }
}

/// The variables whose value is fixed and holds no references.
fn literals(value: &Value) -> Map<String, Value> {
    let groups = value["variables"].as_object().into_iter().flat_map(Map::values);
    let variables = groups.filter_map(Value::as_object).flatten();
    variables
        .filter_map(|(name, variable)| Some((name.clone(), variable.get("fixed")?.clone())))
        .filter(|(_, fixed)| !fixed.as_str().is_some_and(|text| text.contains("${")))
        .collect()
}

fn environment_value(name: &Name, settings: &Value, key: &str) -> Option<Value> {
    match key {
        "name" => Some(json!(name.as_str())),
        "short" => {
            let short = settings.get("short").filter(|short| is(short, Name::parse));
            Some(short.cloned().unwrap_or_else(|| json!(name.as_str())))
        }
        "tier" => {
            Some(settings.get("tier").cloned().unwrap_or_else(|| json!(Tier::default().as_str())))
        }
        "host" => settings.get(key).cloned(),
        _ => None,
    }
}

fn is<T, E>(value: &Value, parse: impl Fn(&str) -> Result<T, E>) -> bool {
    value.as_str().is_some_and(|text| parse(text).is_ok())
}

//! Turns two configurations of Alertmanager, or of what an operator tells it, into who is not told of alerts any more.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Effect, Notes, Side, listed, parsed};

/// Receivers by what they are told of.
type Told<'v> = BTreeMap<String, BTreeSet<&'v str>>;

/// Tells who is left out by an `AlertmanagerConfig`; all are where there is none any more.
pub(super) fn object(service: &str, old: &Value, new: &Value, notes: &mut Notes) {
    compare(service, &old["spec"], &new["spec"], notes);
}

/// Tells who is left out; another file says nothing.
pub(super) fn file(service: &str, side: &Side<'_>, notes: &mut Notes) {
    let is_routing = |text: Option<&str>| text.is_some_and(|text| text.contains("\nreceivers:"));
    if !is_routing(side.old) || !is_routing(side.new) {
        return;
    }
    compare(service, &parsed(side.old), &parsed(side.new), notes);
}

fn compare(service: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let (before, after) = (told(old), told(new));
    let (paged, still) = (pagers(old), pagers(new));
    let nobody = BTreeSet::new();
    for (alerts, had) in &before {
        let has = after.get(alerts).unwrap_or(&nobody);
        let lost: Vec<&str> = had.difference(has).copied().collect();
        if had.iter().any(|one| paged.contains(one)) && !has.iter().any(|one| still.contains(one)) {
            notes.add(Effect::Loosens, service, format!("nobody is paged any more for {alerts}"));
        }
        if has.is_empty() {
            notes.add(Effect::Loosens, service, format!("nobody is told any more of {alerts}"));
        } else if !lost.is_empty() {
            let says = format!("{} is not told any more of {alerts}", listed(lost));
            notes.add(Effect::Loosens, service, says);
        }
    }
}

fn told(config: &Value) -> Told<'_> {
    let mut found = Told::new();
    for route in config["route"]["routes"].as_array().into_iter().flatten() {
        let matchers = route["matchers"].as_array().into_iter().flatten();
        let matchers: Vec<String> = matchers.map(matcher).collect();
        let severity =
            |one: &str| Some(one.strip_prefix("severity=\"")?.strip_suffix('"')?.to_owned());
        let alerts = match matchers.as_slice() {
            [] => "all alerts".to_owned(),
            [one] => severity(one)
                .map_or_else(|| format!("alerts with `{one}`"), |one| format!("{one} alerts")),
            several => format!("alerts with {}", listed(several.iter().map(String::as_str))),
        };
        found.entry(alerts).or_default().extend(route["receiver"].as_str());
    }
    found
}

/// A condition as Alertmanager's own file has it; the operator's object holds its parts
/// (prometheus-operator/prometheus-operator:pkg/apis/monitoring/v1alpha1/alertmanager_config_types.go, `Matcher`).
fn matcher(matcher: &Value) -> String {
    let part = |key: &str| matcher[key].as_str();
    matcher.as_str().map_or_else(
        || {
            let [name, how, value] = [("name", ""), ("matchType", "="), ("value", "")]
                .map(|(key, usual)| part(key).unwrap_or(usual));
            format!("{name}{how}\"{value}\"")
        },
        str::to_owned,
    )
}

/// The receivers that page somebody.
fn pagers(config: &Value) -> BTreeSet<&str> {
    let all = config["receivers"].as_array().into_iter().flatten();
    let pages = |one: &&Value| {
        ["pagerduty_configs", "pagerdutyConfigs"].iter().any(|key| one[*key].is_array())
    };
    let paging = all.filter(pages);
    paging.filter_map(|one| one["name"].as_str()).collect()
}

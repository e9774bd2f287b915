//! Turns two sets of Prometheus files into what is watched less than before.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Effect, Notes, Side, parsed, quantity};

pub(super) fn assess(sides: &[(&str, Side<'_>)], notes: &mut Notes) {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    for (path, side) in sides {
        let (old, new) = (parsed(side.old), parsed(side.new));
        if path.starts_with("tests/") {
            continue;
        }
        jobs(&old, &new, notes);
        alerts(&old, &mut before);
        alerts(&new, &mut after);
    }
    for (name, old) in before {
        match after.get(&name) {
            Some(new) => alert(&name.1, &old, new, notes),
            None => notes.add(Effect::Loosens, "", format!("the alert `{}` is gone", name.1)),
        }
    }
}

fn jobs(old: &Value, new: &Value, notes: &mut Notes) {
    let names = |value: &Value| -> Vec<String> {
        let jobs = value["scrape_configs"].as_array().into_iter().flatten();
        jobs.filter_map(|job| job["job_name"].as_str()).map(str::to_owned).collect()
    };
    let kept = names(new);
    for name in names(old).into_iter().filter(|name| !kept.contains(name)) {
        notes.add(Effect::Loosens, &name, "its metrics are not read any more");
    }
}

/// Alerts by group and name.
fn alerts(rules: &Value, into: &mut BTreeMap<(String, String), Value>) {
    for group in rules["groups"].as_array().into_iter().flatten() {
        for rule in group["rules"].as_array().into_iter().flatten() {
            if let (Some(group), Some(name)) = (group["name"].as_str(), rule["alert"].as_str()) {
                into.insert((group.to_owned(), name.to_owned()), rule.clone());
            }
        }
    }
}

fn alert(name: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let mut loosens =
        |says: String| notes.add(Effect::Loosens, "", format!("the alert `{name}` {says}"));
    let text = |rule: &Value, key: &str| rule[key].as_str().unwrap_or_default().to_owned();
    let (before, after) = (text(old, "for"), text(new, "for"));
    let hold = |text: &str| if text.is_empty() { Some(0.0) } else { quantity::seconds(text) };
    if hold(&after) > hold(&before) {
        let before = if before.is_empty() { "0s".to_owned() } else { before };
        loosens(format!("waits {after} in place of {before}"));
    }
    let severity = |rule: &Value| text(&rule["labels"], "severity");
    let (before, after) = (severity(old), severity(new));
    if rank(&after) < rank(&before) {
        loosens(format!("is only `{after}` in place of `{before}`"));
    }
    let (before, after) = (text(old, "expr"), text(new, "expr"));
    if before != after {
        match threshold(&before, &after) {
            Some((operator, before, after, Strictness::Weaker)) => {
                loosens(format!("fires at {operator} {after} in place of {before}"));
            }
            Some((.., Strictness::Stricter)) => {}
            None => loosens(
                "has another condition: see whether it still fires when it should".to_owned(),
            ),
        }
    }
}

fn rank(severity: &str) -> u8 {
    match severity {
        "critical" => 4,
        "high" => 3,
        "warning" => 2,
        "info" => 1,
        _ => 0,
    }
}

enum Strictness {
    Weaker,
    Stricter,
}

/// How two conditions differ that are alike up to the number at their end.
fn threshold(old: &str, new: &str) -> Option<(&'static str, f64, f64, Strictness)> {
    let ((head, before), (other, after)) = (split(old)?, split(new)?);
    if head != other {
        return None;
    }
    let head = head.trim_end();
    let operator = [">=", "<=", ">", "<"].into_iter().find(|operator| head.ends_with(operator))?;
    let weaker = if operator.starts_with('>') { after > before } else { after < before };
    let strictness = if weaker { Strictness::Weaker } else { Strictness::Stricter };
    Some((operator, before, after, strictness))
}

/// An expression without the number at its end, and that number.
fn split(expression: &str) -> Option<(&str, f64)> {
    let expression = expression.trim_end();
    let start = expression.rfind(|letter: char| !letter.is_ascii_digit() && letter != '.')? + 1;
    Some((&expression[..start], expression[start..].parse().ok()?))
}

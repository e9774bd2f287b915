//! Turns how long things are kept, before and after, into what is deleted for its age.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Effect, Notes, Side, parsed, quantity};

/// Prometheus' own (prometheus, "Command-line flags").
const METRICS: &str = "--storage.tsdb.retention.time=";
/// The line of a backup's job that says for how many seconds one of each series is kept.
const BACKUPS: &str = "BACKUP_KEEP=(";

/// What a container's arguments say of metrics.
pub(super) fn arguments(service: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let told = |arguments: &Value| {
        let mut all = arguments.as_array().into_iter().flatten().filter_map(Value::as_str);
        quantity::seconds(all.find_map(|one| one.strip_prefix(METRICS))?)
    };
    if let (Some(before), Some(after)) = (told(old), told(new)) {
        shorter(service, "metrics", before, after, notes);
    }
}

/// What a component's file says of logs or of backups.
pub(super) fn file(service: &str, path: &str, side: &Side<'_>, notes: &mut Notes) {
    let (Some(old), Some(new)) = (side.old, side.new) else { return };
    if old.contains("retention_period") {
        let told = |text| {
            let told = parsed(Some(text))["limits_config"]["retention_period"].take();
            told.as_str().and_then(quantity::seconds)
        };
        if let (Some(before), Some(after)) = (told(old), told(new)) {
            shorter(service, "logs", before, after, notes);
        }
    }
    let (before, after) = (backups(old), backups(new));
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.split_once('.').map_or(name, |(name, _)| name);
    for (series, before) in before {
        if let Some(after) = after.get(series) {
            shorter(service, &format!("{series} backups of `{name}`"), before, *after, notes);
        }
    }
}

/// Seconds by series.
fn backups(text: &str) -> BTreeMap<&str, f64> {
    let line = text.lines().find_map(|line| line.split_once(BACKUPS));
    let all = line.map_or("", |(_, rest)| rest.trim_end().trim_end_matches(')'));
    all.split_whitespace().filter_map(one).collect()
}

fn one(word: &str) -> Option<(&str, f64)> {
    let (series, seconds) = word.strip_prefix('[')?.split_once("]=")?;
    Some((series, seconds.parse().ok()?))
}

fn shorter(service: &str, what: &str, before: f64, after: f64, notes: &mut Notes) {
    if after < before {
        let says =
            format!("deletes {what} older than {}, in place of {}", words(after), words(before));
        notes.add(Effect::LosesData, service, says);
    }
}

fn words(seconds: f64) -> String {
    let units = [("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0)];
    let fits = |(_, unit): &(&str, f64)| seconds >= *unit && seconds % unit == 0.0;
    let (unit, length) = units.into_iter().find(fits).unwrap_or(("second", 1.0));
    let count = seconds / length;
    format!("{count} {unit}{}", if (count - 1.0).abs() < f64::EPSILON { "" } else { "s" })
}

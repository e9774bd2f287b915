//! Turns the files of Prometheus, Alertmanager and Grafana into the names in them.

use serde_json::Value;

use super::address;
use super::compose::list;
use super::end::{Facts, Kind};

/// Reads `prometheus.yml`.
pub(super) fn server(value: &Value, facts: &mut Facts) {
    for pattern in list(value, "rule_files").filter_map(Value::as_str) {
        facts.give(Kind::Loaded, pattern);
    }
    for job in list(value, "scrape_configs") {
        if let Some(name) = job["job_name"].as_str() {
            facts.give(Kind::Job, name);
        }
        targets(job, facts);
        for relabeling in list(job, "relabel_configs") {
            let replaced = relabeling["replacement"].as_str();
            if relabeling["target_label"] == "__address__"
                && let Some(address) = replaced.and_then(address::of)
            {
                address::want(address, facts);
            }
        }
    }
    for manager in list(&value["alerting"], "alertmanagers") {
        targets(manager, facts);
    }
}

fn targets(job: &Value, facts: &mut Facts) {
    for group in list(job, "static_configs") {
        for target in list(group, "targets").filter_map(Value::as_str) {
            match address::of(target) {
                Some(address) => address::want(address, facts),
                None => address::each(target, &mut |address| address::want(address, facts)),
            }
        }
    }
    for group in list(job, "dns_sd_configs") {
        for name in list(group, "names").filter_map(Value::as_str) {
            let port = group["port"].as_u64().and_then(|port| u16::try_from(port).ok());
            if let Some(found) = address::of(name) {
                address::want(address::Address { port, ..found }, facts);
            }
        }
    }
}

/// Reads a file of rules, which the server must load.
pub(super) fn rules(path: &str, value: &Value, facts: &mut Facts) {
    if let Some((_, file)) = path.split_once("/rules/")
        && value["groups"].is_array()
    {
        facts.want(Kind::Loaded, format!("/etc/prometheus/rules/{file}"));
    }
    for rule in list(value, "groups").flat_map(|group| list(group, "rules")) {
        let expr = rule["expr"].as_str().unwrap_or_default();
        for label in ["severity", "team"] {
            if let Some(value) = rule["labels"][label].as_str() {
                facts.want(Kind::Label, format!("{label}={value}"));
            }
        }
        for rest in expr.split("job=\"").skip(1) {
            facts.want(Kind::Job, rest.split('"').next().unwrap_or_default());
        }
    }
}

/// Reads `alertmanager.yml`.
pub(super) fn router(value: &Value, facts: &mut Facts) {
    for receiver in list(value, "receivers") {
        if let Some(name) = receiver["name"].as_str() {
            facts.give(Kind::Receiver, name);
        }
        address::every(receiver, &mut |address| address::want(address, facts));
    }
    route(&value["route"], facts);
}

fn route(value: &Value, facts: &mut Facts) {
    if let Some(name) = value["receiver"].as_str() {
        facts.want(Kind::Receiver, name);
    }
    for matcher in list(value, "matchers").filter_map(Value::as_str) {
        for label in ["severity", "team"] {
            let asked = matcher.strip_prefix(label).and_then(|rest| rest.strip_prefix("=\""));
            if let Some(asked) = asked.and_then(|asked| asked.strip_suffix('"')) {
                facts.want(Kind::Label, format!("{label}={asked}"));
            }
        }
    }
    for below in list(value, "routes") {
        route(below, facts);
    }
}

/// Reads a file that provisions data sources.
pub(super) fn datasources(value: &Value, facts: &mut Facts) {
    for source in list(value, "datasources") {
        if let Some(uid) = source["uid"].as_str() {
            facts.give(Kind::Datasource, uid);
        }
        address::every(source, &mut |address| address::want(address, facts));
    }
}

/// Reads a dashboard; what its own variables choose is not known.
pub(super) fn dashboard(value: &Value, facts: &mut Facts) {
    match value {
        Value::Object(map) => {
            let uid = value["datasource"]["uid"].as_str();
            if let Some(uid) = uid.filter(|uid| !uid.contains('$') && !uid.starts_with('-')) {
                facts.want(Kind::Datasource, uid);
            }
            map.values().for_each(|below| dashboard(below, facts));
        }
        Value::Array(items) => items.iter().for_each(|below| dashboard(below, facts)),
        _ => {}
    }
}

/// Reads the file that says where dashboards lie.
pub(super) fn provider(value: &Value, facts: &mut Facts) {
    for path in list(value, "providers").filter_map(|one| one["options"]["path"].as_str()) {
        facts.want(Kind::Mounted, path);
    }
}

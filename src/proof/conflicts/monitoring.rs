//! Finds in what a patch lets the files of Prometheus and Grafana differ from what services and servers expect.

use serde_json::Value;

use super::split;
use crate::proof::compose::list;

/// What services and the other environments rely on.
pub(super) fn server(before: &Value, after: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for job in list(before, "scrape_configs") {
        let now = list(after, "scrape_configs").find(|now| now["job_name"] == job["job_name"]);
        let Some(now) = now else { continue };
        if ["metrics_path", "scheme"].into_iter().any(|key| job[key] != now[key]) {
            let what = format!("where the job {} reads metrics", job["job_name"]);
            found.push(split(&what, "metrics: { path: … }"));
        }
    }
    let labels = "/global/external_labels";
    if before.pointer(labels) != after.pointer(labels)
        && let Some(known) = before.pointer(labels).and_then(Value::as_object)
        && known
            .iter()
            .any(|(name, value)| after.pointer(labels).map(|now| &now[name]) != Some(value))
    {
        found
            .push("its series would say that they are of another system or environment".to_owned());
    }
    found
}

/// What Grafana refuses when it provisions a dashboard (grafana, "Provision Grafana", dashboards: the JSON model itself).
pub(super) fn dashboard(_: &Value, after: &Value) -> Vec<String> {
    let is_wrapped = after.get("dashboard").is_some() || !after["title"].is_string();
    let says = "Grafana provisions the dashboard itself, with its `title`, and nothing round it";
    is_wrapped.then(|| says.to_owned()).into_iter().collect()
}

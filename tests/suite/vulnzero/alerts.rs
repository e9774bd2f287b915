//! Row V8: thresholds.

use std::collections::BTreeMap;

use serde_yaml::Value;

use super::{at, list, yaml};

#[test]
fn v8_thresholds_are_alerts_and_say_what_they_measure() {
    for environment in ["production", "staging"] {
        let file = yaml(&format!("prometheus/{environment}/rules/alert_rules.yml"));
        let rules =
            list(at(&file, &["groups"])).iter().flat_map(|group| list(at(group, &["rules"])));
        let rules: BTreeMap<&str, &Value> =
            rules.map(|rule| (at(rule, &["alert"]).as_str().unwrap(), rule)).collect();
        for (name, series, severity, comparison) in [
            ("DiskSpaceLow", "node_filesystem_avail_bytes", "warning", "< 0.2"),
            ("DiskSpaceCritical", "node_filesystem_avail_bytes", "critical", "< 0.1"),
            ("HighMemoryUsage", "node_memory_MemAvailable_bytes", "warning", "> 0.8"),
            ("CriticalMemoryUsage", "node_memory_MemAvailable_bytes", "critical", "> 0.9"),
            ("DatabaseAnswersSlowly", "pg_scrape_collector_duration_seconds", "warning", "> 1"),
            (
                "RedisAnswersSlowly",
                "redis_exporter_last_scrape_ping_time_seconds",
                "warning",
                "> 0.5",
            ),
            ("CeleryNoWorkerActive", "celery_worker_up", "critical", "== 0"),
        ] {
            let rule = rules[name];
            assert_eq!(at(rule, &["labels", "severity"]), severity, "{name}");
            let expr = at(rule, &["expr"]).as_str().unwrap();
            let flat = expr.split_whitespace().collect::<Vec<_>>().join(" ");
            let compared = flat.split(" unless ").next().unwrap();
            assert!(compared.contains(series) && compared.ends_with(comparison), "{name}: {flat}");
            let about = at(rule, &["annotations", "description"]).as_str().unwrap();
            let indirect = name.ends_with("AnswersSlowly");
            assert_eq!(about.contains("Measured is how long the exporter"), indirect, "{name}");
        }
    }
}

//! What changes of prometheus files do.

use super::*;

const RULES: &str = "
groups:
  - name: api
    rules:
      - { alert: Slow, expr: 'rate(x[5m]) > 0.5', for: 5m, labels: { severity: critical } }
      - { alert: Full, expr: 'free < 10', for: 5m, labels: { severity: warning } }
";

fn edit(from: &str, to: &str) -> Vec<(Effect, String, String)> {
    assert!(RULES.contains(from));
    risks("prometheus/production/rules/api.yml", RULES, &RULES.replace(from, to))
}

#[test]
fn loosens() {
    for (from, to, says) in [
        ("> 0.5", "> 0.9", "`Slow` fires at > 0.9 in place of 0.5"),
        ("< 10", "< 5", "`Full` fires at < 5 in place of 10"),
        ("alert: Full", "alert: Fuller", "`Full` is gone"),
        ("0.5', for: 5m", "0.5', for: 10m", "waits 10m in place of 5m"),
        ("critical", "info", "only `info`"),
        ("rate(x[5m])", "rate(y[5m])", "another condition"),
    ] {
        assert_says(&edit(from, to), Effect::Loosens, "", says);
    }
    assert_eq!(edit("> 0.5", "> 0.4"), []);
    assert_eq!(edit("< 10", "< 20"), []);
    assert_eq!(edit("warning", "critical"), []);
    let jobs = "scrape_configs: [{ job_name: api }, { job_name: db }]\n";
    let found = risks(
        "prometheus/production/prometheus.yml",
        jobs,
        &jobs.replace(", { job_name: db }", ""),
    );
    assert_says(&found, Effect::Loosens, "db", "not read any more");
}

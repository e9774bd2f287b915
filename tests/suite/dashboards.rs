//! Checks dashboards as Grafana stores them: what it would refuse, draw over another panel, or leave empty.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use formwork::target::Target;
use serde_json::Value;

use crate::compiled::{codes, of_target, text, tree};
use crate::golden::projects;

const SHOP: &str = r#"
blueprint: v1
name: shop
services:
  db: { uses: postgres@17 }
  api:
    image: "ghcr.io/example/api:1.4.2"
    build: { context: api, stack: fastapi@3.13 }
    port: 8000
    health: /health
    metrics: { series: { orders_total: { type: counter, labels: [kind] } } }
    needs: [db]
monitoring:
  dashboards:
    shop:
      title: The shop
      refresh: 20s
      window: 6h
      order: [orders]
      panels:
        connections: db
        latency: { of: api, title: How slow }
        down: { of: db, panel: status }
        orders: { unit: ops, queries: { "{{kind}}": "sum by (kind) (rate(orders_total[$__rate_interval]))" } }
"#;

fn dashboard(blueprint: &str, name: &str) -> Value {
    let tree = of_target(blueprint, Target::Grafana);
    serde_json::from_str(text(&tree, &format!("grafana/production/dashboards/{name}.json")))
        .unwrap()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("no {key} in {value}"))
}

#[test]
fn a_dashboard_shows_what_the_blueprint_chooses() {
    let found = dashboard(SHOP, "shop");
    assert_eq!(found["title"], "The shop");
    assert_eq!(found["refresh"], "20s");
    assert_eq!(found["time"]["from"], "now-6h");
    let titles: Vec<&str> =
        list(&found, "panels").iter().map(|panel| panel["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Orders", "Database", "Connections", "How slow"]);
    let expr = |panel: usize| found["panels"][panel]["targets"][0]["expr"].as_str().unwrap();
    assert_eq!(expr(2), r#"sum(pg_stat_activity_count{job="db-exporter"})"#);
    assert_eq!(expr(0), "sum by (kind) (rate(orders_total[$__rate_interval]))");
}

#[test]
fn each_watched_service_has_a_dashboard_under_its_own_name() {
    assert_eq!(dashboard(SHOP, "db")["title"], "Db");
    assert_eq!(dashboard(SHOP, "api")["title"], "Api");
    let bare = SHOP.split("monitoring:").next().unwrap();
    assert!(of_target(bare, Target::Grafana).is_empty(), "nothing shows them");
}

#[test]
fn environments_have_a_dashboard_alike_unless_a_patch_is_for_one_of_them() {
    let both = format!("{SHOP}environments: {{ production: {{}}, staging: {{}} }}\n");
    let renamed_in = |environment: &str| {
        let file = format!("grafana/{environment}/dashboards/db.json");
        format!("{both}patches: {{ renamed: {{ file: {file}, at: /title, merge: Other }} }}\n")
    };
    let titles = |blueprint: &str| {
        let tree = tree(blueprint);
        ["production", "staging"].map(|environment| {
            let path = format!("grafana/{environment}/dashboards/db.json");
            let found: Value = serde_json::from_str(text(&tree, &path)).unwrap();
            found["title"].as_str().unwrap().to_owned()
        })
    };
    assert_eq!(titles(&both), ["Db", "Db"]);
    assert_eq!(titles(&renamed_in("production")), ["Other", "Db"]);
    assert_eq!(titles(&renamed_in("staging")), ["Db", "Other"]);
}

#[test]
fn a_panel_that_would_stay_empty_is_refused() {
    for (from, to, code) in [
        ("orders_total[", "order_total[", "error unknown-metric"),
        ("sum by (kind)", "sum by (colour)", "warning unknown-label"),
        ("sum by (kind) (", "sum by kind (", "error invalid-expression"),
        ("connections: db", "connexions: db", "error unknown-panel"),
        ("connections: db", "connections: dbx", "error unknown-service"),
        (
            "queries: { \"{{kind}}\": \"sum by (kind) (rate(orders_total[$__rate_interval]))\" }",
            "title: x",
            "error missing-key",
        ),
    ] {
        let text = SHOP.replace(from, to);
        assert_ne!(text, SHOP, "{from}");
        assert!(codes(&text).contains(&code.to_owned()), "{to}: {:?}", codes(&text));
    }
}

/// Every dashboard below `out/`.
fn committed() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for project in projects() {
        let Ok(folders) = fs::read_dir(project.output.join("grafana")) else { continue };
        for folder in folders {
            for file in fs::read_dir(folder.unwrap().path().join("dashboards")).unwrap() {
                let path = file.unwrap().path();
                let text = fs::read_to_string(&path).unwrap();
                found.push((shown(&path), serde_json::from_str(&text).unwrap()));
            }
        }
    }
    assert!(found.len() > 10, "{}", found.len());
    found
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn panels_have_ids_of_their_own_and_do_not_lie_on_one_another() {
    for (path, dashboard) in committed() {
        let mut cells = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for panel in list(&dashboard, "panels") {
            assert!(ids.insert(panel["id"].as_u64().unwrap()), "{path}: an id stands twice");
            assert!(panel["title"].as_str().is_some_and(|title| !title.is_empty()), "{path}");
            let known = [
                "timeseries",
                "stat",
                "gauge",
                "table",
                "state-timeseries",
                "state-timeline",
                "logs",
            ];
            assert!(known.contains(&panel["type"].as_str().unwrap()), "{path}: {}", panel["type"]);
            let at = |key: &str| panel["gridPos"][key].as_u64().unwrap();
            assert!(at("x") + at("w") <= 24, "{path}");
            for x in at("x")..at("x") + at("w") {
                for y in at("y")..at("y") + at("h") {
                    assert!(cells.insert((x, y)), "{path}: {} lies on another", panel["title"]);
                }
            }
            let mut references = BTreeSet::new();
            for target in list(panel, "targets") {
                assert!(references.insert(target["refId"].as_str().unwrap()), "{path}");
                assert!(!target["expr"].as_str().unwrap().is_empty(), "{path}");
            }
        }
    }
}

#[test]
fn every_variable_that_a_dashboard_uses_is_declared_in_it() {
    let mut uids = BTreeSet::new();
    for (path, dashboard) in committed() {
        let folder = path.rsplit_once('/').unwrap().0.to_owned();
        assert!(uids.insert((folder, dashboard["uid"].to_string())), "{path}: an uid stands twice");
        let declared: BTreeSet<&str> = list(&dashboard["templating"], "list")
            .iter()
            .map(|variable| variable["name"].as_str().unwrap())
            .collect();
        let text = dashboard["panels"].to_string();
        for used in text.split('$').skip(1) {
            let name: String = used
                .trim_start_matches('{')
                .chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
                .collect();
            let is_grafanas = name.starts_with("__");
            assert!(
                is_grafanas || name.is_empty() || declared.contains(name.as_str()),
                "{path}: {name}"
            );
        }
    }
}

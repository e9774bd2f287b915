//! Lets the cluster's Prometheus Operator watch, and holds what it is told against what a Prometheus of the system's own
//! would have been told.

use std::collections::BTreeMap;

use formwork::tree::Tree;
use serde_json::{Value, json};

use super::{list, selects, text};
use crate::compiled::{tree, yaml};

const SHOP: &str = r##"
blueprint: v1
name: shop
environments: { production: { domain: shop.example.com } }
services:
  db: { uses: postgres@17, team: data }
  api:
    image: "ghcr.io/example/api:1.4.2"
    build: { context: api, stack: fastapi }
    ports: { http: 8000, admin: 9000 }
    health: /health
    metrics: { path: /internal/metrics, port: admin, series: { jobs_total: { type: counter } } }
    needs: [db]
    autoscale: 2..6
  pager: { image: "ghcr.io/example/pager:1.0.0", port: 7000, health: / }
slo: { api: { availability: 99.9% } }
routes: { "${env.domain}": { /: api } }
waivers: { no-rate-limit: another machine limits clients }
external: { smtp: "smtp.example.com:587" }
variables:
  alerting:
    MAIL_PASSWORD: { secret: true }
    SLACK_URL: { secret: true, type: url }
monitoring:
  profile: watch
  scrape: 20s
  mail: { via: smtp, from: a@example.com, user: a, password: "${var.MAIL_PASSWORD}" }
  receivers:
    people: { email: [ops@example.com], slack: { channel: "#alerts", url: "${var.SLACK_URL}" } }
    program: { webhook: { via: pager, url: "http://pager:7000/alert" } }
  routing: { critical: { to: [people, program], at_once: true }, warning: [people], teams: { data: [program] } }
kubernetes:
  operator: { namespace: watchers, labels: { release: stack }, server: the-prometheus }
"##;

const ROOT: &str = "kubernetes/production/";

fn compiled() -> (Tree, Vec<Value>) {
    compiled_from(SHOP)
}

fn compiled_from(blueprint: &str) -> (Tree, Vec<Value>) {
    let tree = tree(blueprint);
    let paths = tree.iter().map(|(path, _)| path.as_str().to_owned());
    let ours = paths.filter(|path| {
        path.starts_with(ROOT)
            && crate::compiled::is_yaml(path)
            && !path.ends_with("kustomization.yaml")
    });
    let objects = ours.map(|path| yaml(&tree, &path)).collect();
    (tree, objects)
}

fn find<'a>(objects: &'a [Value], kind: &str, name: &str) -> &'a Value {
    objects
        .iter()
        .find(|one| one["kind"] == kind && one["metadata"]["name"] == name)
        .unwrap_or_else(|| panic!("no {kind} {name}"))
}

/// What a rule of a policy admits from the operator's namespace.
fn admitted(rules: &Value, peers: &str) -> Vec<u64> {
    let watchers = |peer: &Value| {
        peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] == "watchers"
    };
    let rules = list(rules).iter().filter(|rule| list(&rule[peers]).iter().any(watchers));
    rules.flat_map(|rule| list(&rule["ports"])).map(|port| port["port"].as_u64().unwrap()).collect()
}

#[test]
fn each_job_has_a_monitor_that_finds_the_same_port_under_the_same_labels() {
    let (tree, objects) = compiled();
    let jobs = yaml(&tree, "prometheus/production/prometheus.yml");
    let mut monitors = 0;
    for job in list(&jobs["scrape_configs"]) {
        let name = text(&job["job_name"]);
        if ["prometheus", "alertmanager", "nginx-exporter", "cadvisor"].contains(&name)
            || name.ends_with("-probe")
        {
            assert!(
                objects
                    .iter()
                    .all(|one| one["kind"] != "ServiceMonitor" || one["metadata"]["name"] != name)
            );
            continue;
        }
        monitors += 1;
        let found = [
            &job["static_configs"][0]["labels"]["service"],
            &job["relabel_configs"][0]["replacement"],
        ];
        let watched = found.into_iter().find(|value| value.is_string()).unwrap();
        let target = text(&job["static_configs"][0]["targets"][0]).rsplit(':').next().unwrap();
        let port =
            job["dns_sd_configs"][0]["port"].as_u64().or_else(|| target.parse().ok()).unwrap();
        let monitor = find(&objects, "ServiceMonitor", name);
        assert_eq!(monitor["metadata"]["labels"]["release"], "stack");
        let endpoint = &monitor["spec"]["endpoints"][0];
        assert_eq!(endpoint["interval"], "20s");
        assert_eq!(text(&endpoint["path"]), job["metrics_path"].as_str().unwrap_or("/metrics"));
        let set: BTreeMap<&str, &str> = list(&endpoint["relabelings"])
            .iter()
            .filter(|one| one["targetLabel"].is_string())
            .map(|one| (text(&one["targetLabel"]), text(&one["replacement"])))
            .collect();
        assert_eq!(set, BTreeMap::from([("job", name), ("service", text(watched))]));
        // Exactly one Service leads to the pods, and its port of that name is the job's.
        let there = &monitor["spec"]["namespaceSelector"]["matchNames"][0];
        let kept = list(&endpoint["relabelings"]).iter().find(|one| one["action"] == "keep");
        let services: Vec<&Value> = objects
            .iter()
            .filter(|one| one["kind"] == "Service" && one["metadata"]["namespace"] == *there)
            .filter(|one| one["spec"]["type"] == "ClusterIP")
            .filter(|one| {
                selects(&monitor["spec"]["selector"]["matchLabels"], &one["metadata"]["labels"])
            })
            .filter(|one| kept.is_none_or(|kept| kept["regex"] == one["metadata"]["name"]))
            .collect();
        assert_eq!(services.len(), 1, "{name}");
        let ports = list(&services[0]["spec"]["ports"]);
        assert!(
            ports.iter().any(|one| one["name"] == endpoint["port"] && one["port"] == port),
            "{name}"
        );
        let policy = objects.iter().find(|one| {
            one["kind"] == "NetworkPolicy"
                && one["metadata"]["namespace"] == *there
                && one["spec"]["podSelector"] == monitor["spec"]["selector"]
        });
        let rules = &policy.unwrap()["spec"]["ingress"];
        assert!(admitted(rules, "from").contains(&port), "{name} may be scraped");
    }
    assert!(monitors >= 4, "{monitors}");
    let probe = find(&objects, "Probe", "blackbox-exporter-probe");
    assert_eq!(probe["spec"]["jobName"], "blackbox-exporter-probe");
    assert_eq!(probe["spec"]["prober"]["url"], "blackbox-exporter.shop-production.svc:9115");
    assert_eq!(probe["spec"]["targets"]["staticConfig"]["static"][0], "https://shop.example.com/");
}

#[test]
fn all_alerts_of_what_runs_there_are_rules_that_bear_their_namespace() {
    let (tree, objects) = compiled();
    let file = yaml(&tree, "prometheus/production/rules/alert_rules.yml");
    let elsewhere = ["prometheus", "alertmanager", "nginx-exporter", "cadvisor"];
    let objectives = yaml(&tree, "prometheus/production/rules/slo_rules.yml");
    assert_eq!(list(&objectives["groups"]).len(), 1);
    let alone = yaml(&tree, "prometheus/production/cluster/alert_rules.yml");
    let mut expected: Vec<Value> = list(&file["groups"])
        .iter()
        .chain(list(&alone["groups"]))
        .chain(list(&objectives["groups"]))
        .filter(|group| !elsewhere.contains(&text(&group["name"])))
        .cloned()
        .map(|mut group| {
            let rules = group["rules"].as_array_mut().unwrap();
            for rule in rules.iter_mut().filter(|rule| rule["alert"].is_string()) {
                rule["labels"]["namespace"] = "shop-production".into();
            }
            group
        })
        .collect();
    let rule = find(&objects, "PrometheusRule", "shop");
    let mut found = list(&rule["spec"]["groups"]).to_vec();
    for groups in [&mut expected, &mut found] {
        groups.sort_by_key(|group| text(&group["name"]).to_owned());
    }
    assert_eq!(found, expected);
    assert!(expected.len() >= 4, "those of objectives among them");
}

#[test]
fn the_clusters_own_stand_in_for_both_and_keep_the_name_that_others_use() {
    let (tree, objects) = compiled();
    for name in ["prometheus", "alertmanager"] {
        assert!(
            objects.iter().all(|one| one["metadata"]["name"] != name || one["kind"] == "Service"),
            "{name}"
        );
        assert!(yaml(&tree, "docker-compose.production.yml")["services"][name].is_object());
    }
    let alias = find(&objects, "Service", "prometheus");
    assert_eq!(alias["spec"]["externalName"], "the-prometheus.watchers.svc.cluster.local");
    let policy = find(&objects, "NetworkPolicy", "grafana");
    assert_eq!(admitted(&policy["spec"]["egress"], "to"), [9090]);
    let policy = find(&objects, "NetworkPolicy", "pager");
    assert_eq!(admitted(&policy["spec"]["ingress"], "from"), [7000], "Alertmanager calls it");
    let profiled = yaml(&tree, "kubernetes/production/components/watch/kustomization.yaml");
    let listed = list(&profiled["resources"]);
    assert!(listed.iter().any(|one| one == "prometheus/prometheusrule-shop.yaml"), "{listed:?}");
}

#[test]
fn the_same_people_are_told_with_secrets_that_the_namespace_has() {
    let (tree, objects) = compiled();
    let file = yaml(&tree, "alertmanager/production/alertmanager.yml");
    let config = &find(&objects, "AlertmanagerConfig", "shop")["spec"];
    let pairs = |route: &Value, matchers: Vec<String>| {
        (
            text(&route["receiver"]).to_owned(),
            matchers,
            text(&route["group_wait"]).len() + text(&route["groupWait"]).len(),
        )
    };
    let theirs: Vec<_> = list(&config["route"]["routes"])
        .iter()
        .map(|route| {
            let one = |one: &Value| {
                format!(
                    "{}{}\"{}\"",
                    text(&one["name"]),
                    text(&one["matchType"]),
                    text(&one["value"])
                )
            };
            pairs(route, list(&route["matchers"]).iter().map(one).collect())
        })
        .collect();
    let ours: Vec<_> = list(&file["route"]["routes"])
        .iter()
        .map(|route| {
            pairs(route, list(&route["matchers"]).iter().map(|one| text(one).to_owned()).collect())
        })
        .collect();
    assert_eq!(theirs, ours);
    // Only in the cluster several of `api` run, of which one that is down holds back its own alerts alone.
    let several = list(&config["inhibitRules"]).iter().filter(|rule| {
        list(&rule["sourceMatch"])
            .iter()
            .any(|one| one["value"] == "api" && one["matchType"] == "=")
    });
    let several: Vec<&Value> = several.collect();
    let both = list(&config["inhibitRules"]).len() - several.len();
    assert_eq!(both, list(&file["inhibit_rules"]).len());
    let equal: Vec<&Value> = several.iter().map(|rule| &rule["equal"]).collect();
    assert_eq!(equal, [&json!(["service", "instance"]), &json!(["service"])]);
    let people = list(&config["receivers"]).iter().find(|one| one["name"] == "people").unwrap();
    assert_eq!(people["emailConfigs"][0]["smarthost"], "smtp.example.com:587");
    let keys = [&people["emailConfigs"][0]["authPassword"], &people["slackConfigs"][0]["apiURL"]];
    let path = format!("{ROOT}_namespace/secret-shop-env.template.yaml");
    let secret = tree.get(&path).unwrap().text();
    for key in keys {
        assert_eq!(key["name"], "shop-env");
        assert!(secret.contains(&format!("{}:", text(&key["key"]))), "{key}");
    }
}

/// The alerts of the operator form.
fn alerts(objects: &[Value]) -> Vec<&str> {
    let rules = objects.iter().filter(|one| one["kind"] == "PrometheusRule");
    let groups = rules.flat_map(|one| list(&one["spec"]["groups"]));
    let rules = groups.flat_map(|group| list(&group["rules"]));
    rules.filter_map(|rule| rule["alert"].as_str()).collect()
}

#[test]
fn what_kubelets_tell_is_alerted_on_where_the_cluster_reads_it_and_limits_are_known() {
    let (_, objects) = compiled();
    let read = ["KubeContainerMemoryNearLimit", "KubeContainerThrottled", "KubeletMetricsMissing"];
    for name in read {
        assert!(alerts(&objects).contains(&name), "{name}");
    }
    let monitors = objects.iter().filter(|one| one["kind"] == "ServiceMonitor");
    assert!(monitors.into_iter().all(|one| one["metadata"]["name"] != "kubelet"), "read twice");
    let unread = SHOP.replace("server: the-prometheus", "server: the-prometheus, kubelet: false");
    let without = SHOP.replace("  scrape: 20s", "  scrape: 20s\n  packs: [containers, database]");
    for changed in [unread, without] {
        assert_ne!(changed, SHOP);
        let (_, objects) = compiled_from(&changed);
        let left = alerts(&objects);
        assert!(read.iter().all(|name| !left.contains(name)), "{left:?}");
        assert!(left.contains(&"DatabaseDown"), "{left:?}");
    }
}

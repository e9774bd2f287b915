//! Turns a file before and after a patch into what in it cannot hold together any more.

mod cluster;
mod compose;
mod monitoring;

use serde_json::Value;

use super::{Format, format};

/// What cannot be, of one file.
type Contradictions = fn(&Value) -> Vec<String>;
/// What may not differ between a file before and after.
type Differences = fn(&Value, &Value) -> Vec<String>;

/// Everything that contradicts itself after a change and did not before, in words; and everything in which the targets
/// would differ though the blueprint says it once.
pub fn conflicts(path: &str, before: &Value, after: &Value) -> Vec<String> {
    let (found, differs): (Contradictions, Differences) = match format(path) {
        Format::Compose => (compose::contradictions, compose::differences),
        Format::Cluster => (cluster::contradictions, cluster::differences),
        Format::Prometheus => (|_| Vec::new(), monitoring::server),
        Format::Dashboard => (|_| Vec::new(), monitoring::dashboard),
        _ => return Vec::new(),
    };
    let known = found(before);
    let mut all: Vec<String> = found(after);
    all.retain(|one| !known.contains(one));
    all.extend(differs(before, after));
    all
}

/// An image that is another one tomorrow.
fn floating(name: &str, image: &Value, found: &mut Vec<String>) {
    let Some(image) = image.as_str().filter(|image| !image.contains('$')) else { return };
    let last = image.rsplit('/').next().unwrap_or(image);
    let is_pinned = last.contains('@')
        || last.split_once(':').is_some_and(|(_, tag)| !tag.is_empty() && tag != "latest");
    if !is_pinned {
        found.push(format!("`{name}` runs `{image}`, which is another image tomorrow"));
    }
}

/// What the blueprint says once, and one target would have otherwise.
fn split(what: &str, write: &str) -> String {
    format!("{what} differs from what the other targets have: write `{write}` in the blueprint")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::conflicts;

    fn of(path: &str, before: &Value, change: &Value) -> String {
        let mut after = before.clone();
        crate::blueprint::merge::merge(&mut after, change);
        conflicts(path, before, &after).join("; ")
    }

    #[test]
    fn compose_files_are_asked_what_cannot_be() {
        let before = json!({
            "services": {
                "a": { "image": "a:1", "ports": ["127.0.0.1:80:8080"], "networks": { "out": {} },
                       "volumes": [{ "type": "volume", "source": "v", "target": "/v" }] },
                "b": { "image": "b:1", "networks": { "in": {} }, "environment": { "X": "1" } },
            },
            "networks": { "in": { "internal": true }, "out": {} },
        });
        let found =
            |change: Value| of("docker-compose.prod.yml", &before, &json!({ "services": change }));
        assert_eq!(found(json!({ "a": { "labels": { "x": "y" } } })), "");
        assert!(
            found(json!({ "b": { "networks": { "out": {} }, "ports": ["80:80"] } }))
                .contains("both publish")
        );
        assert!(
            found(json!({ "b": { "ports": [{ "published": 81 }] } }))
                .contains("internal networks only")
        );
        assert!(
            found(json!({ "a": { "deploy": { "replicas": 2 } } })).contains("one port of the host")
        );
        assert!(
            found(json!({ "b": { "scale": 2, "container_name": "b" } }))
                .contains("`container_name`")
        );
        assert!(found(json!({ "b": { "image": "b" } })).contains("another image tomorrow"));
        assert!(
            found(json!({ "b": { "image": "r:5000/b:latest" } }))
                .contains("another image tomorrow")
        );
        assert_eq!(found(json!({ "b": { "image": "r:5000/b@sha256:0" } })), "");
        assert!(found(json!({ "b": { "environment": { "X": "2" } } })).contains("other targets"));
        assert!(found(json!({ "a": { "volumes": ["./x:/v"] } })).is_empty());
        assert!(found(json!({ "a": { "volumes": [] } })).contains("no volume keeps"));
        let version = of("docker-compose.prod.yml", &before, &json!({ "version": "3" }));
        assert!(version.contains("obsolete"));
    }

    #[test]
    fn objects_are_asked_what_cannot_be() {
        let path = "kubernetes/production/api/x.yaml";
        let budget = json!({ "kind": "PodDisruptionBudget", "spec": { "maxUnavailable": 1 } });
        let found = |change: Value| of(path, &budget, &json!({ "spec": change }));
        assert_eq!(found(json!({ "maxUnavailable": 2 })), "");
        assert!(found(json!({ "maxUnavailable": 0 })).contains("every drain"));
        assert!(found(json!({ "minAvailable": 1 })).contains("not both"));
        let scaler = json!({ "kind": "HorizontalPodAutoscaler", "spec": { "minReplicas": 2, "maxReplicas": 3 } });
        assert!(of(path, &scaler, &json!({ "spec": { "minReplicas": 4 } })).contains("above"));
        let alone = json!({ "kind": "Deployment", "spec": { "replicas": 1, "strategy": { "type": "Recreate" } } });
        assert!(of(path, &alone, &json!({ "spec": { "replicas": 2 } })).contains("one pod"));
        assert!(of(path, &alone, &json!({ "kind": "PodSecurityPolicy" })).contains("`kind`"));
        let map = json!({ "kind": "ConfigMap", "metadata": { "name": "m" }, "data": { "A": "1" } });
        assert!(of(path, &map, &json!({ "data": { "A": "2" } })).contains("ConfigMap `m` differs"));
    }

    #[test]
    fn monitoring_is_asked_what_others_rely_on() {
        let path = "prometheus/production/prometheus.yml";
        let before = json!({
            "global": { "external_labels": { "environment": "production" } },
            "scrape_configs": [{ "job_name": "a", "metrics_path": "/m" }],
        });
        let development =
            json!({ "global": { "external_labels": { "environment": "development" } } });
        assert!(of(path, &before, &development).contains("another system or environment"));
        let more = json!({ "global": { "external_labels": { "region": "here" } } });
        assert_eq!(of(path, &before, &more), "");
        let other = json!({ "scrape_configs": [{ "job_name": "a", "metrics_path": "/n" }] });
        assert!(of(path, &before, &other).contains("metrics"));
        let dashboard = json!({ "title": "A" });
        let wrapped = json!({ "dashboard": { "title": "A" } });
        assert!(
            of("grafana/production/dashboards/a.json", &dashboard, &wrapped)
                .contains("nothing round")
        );
    }
}

//! Looks at what a cluster does by itself, what runs on every node, and what a profile takes away.

use serde_json::{Value, json};

use super::{Manifests, all, container, list, pod, text};

#[test]
fn what_the_cluster_does_itself_is_not_emitted_and_nothing_waits_for_it() {
    let manifests = Manifests::shop();
    let names: Vec<&str> =
        manifests.workloads().map(|workload| text(&workload["metadata"]["name"])).collect();
    for absent in ["nginx", "certbot", "nginx-exporter", "volume-owner"] {
        assert!(!names.contains(&absent), "{absent}");
    }
    assert!(names.contains(&"db-exporter"));
    let jobs = scraped(&manifests);
    assert!(!jobs.iter().any(|job| job["job_name"] == "nginx-exporter"));
    let job = |name: &str| jobs.iter().find(|job| job["job_name"] == name).expect("a job");
    assert!(job("node-exporter")["dns_sd_configs"].is_array(), "one address for each node");
    assert!(job("db-exporter")["static_configs"].is_array());
    let compose = manifests.known.compiled.tree.get("prometheus/production/prometheus.yml");
    assert!(compose.expect("the file").text().contains("nginx-exporter:"));
    let rules = manifests.object("ConfigMap", "prometheus-rules");
    assert!(!text(&rules["data"]["alert_rules.yml"]).contains("nginx-exporter"));
}

/// The jobs of the configuration that the pods of Prometheus mount; none where nothing is watched.
fn scraped(manifests: &Manifests) -> Vec<Value> {
    let Some(map) = manifests.find("ConfigMap", "prometheus-prometheus-yml") else {
        return Vec::new();
    };
    let config = text(&map["data"]["prometheus.yml"]);
    let config: Value = serde_yaml::from_str(config).expect("YAML");
    list(&config["scrape_configs"]).to_vec()
}

/// Host and port of what a job scrapes.
fn target(job: &Value) -> (String, u64) {
    if let Some(target) = job["static_configs"][0]["targets"][0].as_str() {
        let (host, port) = target.split_once(':').expect("host and port");
        return (host.to_owned(), port.parse().expect("a port"));
    }
    let looked_up = &job["dns_sd_configs"][0];
    (text(&looked_up["names"][0]).to_owned(), looked_up["port"].as_u64().expect("a port"))
}

/// Of what is scraped only that may be missing whose profile is off.
#[test]
fn every_scraped_name_is_a_service_with_that_port() {
    let mut seen = 0;
    for manifests in all() {
        let model = manifests.model();
        for job in scraped(manifests) {
            let Some(service) = model.services.get(text(&job["job_name"])) else {
                if job["kubernetes_sd_configs"][0]["role"] == "node" {
                    // No service of the system answers, but every node.
                    assert_eq!(job["job_name"], "kubelet", "{job}");
                    continue;
                }
                let probes = model.monitoring.iter().flat_map(|monitoring| &monitoring.probes);
                let names: Vec<&str> = probes.map(|probe| probe.name.as_str()).collect();
                assert!(names.contains(&text(&job["job_name"])), "{job}");
                continue;
            };
            if !model.is_on(service) {
                continue;
            }
            let (host, port) = target(&job);
            let here = |one: &&Value| {
                one["metadata"]["name"] == *host
                    && !text(&one["metadata"]["namespace"]).ends_with("-agents")
            };
            let found = manifests.of_kind("Service").find(here);
            let found = found.unwrap_or_else(|| panic!("{host} is scraped and not there"));
            let alias = text(&found["spec"]["externalName"]).split('.').next();
            let found = match alias.filter(|name| !name.is_empty()) {
                Some(name) => manifests
                    .of_kind("Service")
                    .find(|one| {
                        one["metadata"]["name"] == name && one["spec"]["selector"].is_object()
                    })
                    .expect("what the alias leads to"),
                None => found,
            };
            let ports = list(&found["spec"]["ports"]);
            assert!(ports.iter().any(|one| one["port"] == port), "{host}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} jobs");
}

#[test]
fn what_sees_the_host_runs_on_every_node_in_a_namespace_of_its_own() {
    let manifests = Manifests::shop();
    let node = manifests.workload("node-exporter");
    assert_eq!(node["kind"], "DaemonSet");
    assert_eq!(node["metadata"]["namespace"], "shop-production-agents");
    assert_eq!(pod(node)["hostPID"], true);
    let mount = &container(node)["volumeMounts"][0];
    let expected = json!({
        "name": "host", "mountPath": "/host", "readOnly": true, "mountPropagation": "HostToContainer",
    });
    assert_eq!(*mount, expected);
    let here = manifests.of_kind("Service").find(|service| {
        service["metadata"]["name"] == "node-exporter"
            && service["metadata"]["namespace"] == "shop-production"
    });
    let alias = &here.expect("the alias")["spec"];
    assert_eq!(alias["externalName"], "node-exporter.shop-production-agents.svc.cluster.local");
}

#[test]
fn a_profile_is_a_component_that_the_base_lists_where_it_is_on() {
    let on = Manifests::shop();
    let components = &on.files["kustomization.yaml"]["components"];
    assert_eq!(*components, json!(["components/cache", "components/monitoring"]));
    let off = Manifests::of(super::SHOP, "staging");
    assert!(off.files["kustomization.yaml"]["components"].is_null());
    let component = &off.files["components/cache/kustomization.yaml"];
    assert_eq!(component["kind"], "Component");
    let listed = list(&component["resources"]);
    assert!(listed.iter().any(|path| path == "cache/statefulset-cache.yaml"));
}

/// Each file is applied by exactly one list, and each list names files that are there.
#[test]
fn every_object_is_listed_once() {
    for manifests in all() {
        let mut listed = Vec::new();
        for (path, list) in &manifests.files {
            let Some(folder) = path.strip_suffix("kustomization.yaml") else { continue };
            for resource in super::list(&list["resources"]) {
                listed.push(format!("{folder}{}", text(resource)));
            }
        }
        listed.sort_unstable();
        let mut there: Vec<&String> = manifests.files.keys().collect();
        there.retain(|path| {
            // Rules of Falco are no object.
            let is_object = manifests.files[*path]["kind"].is_string();
            // Nobody restores or migrates by applying everything.
            let is_restore = path.starts_with("_restore/") || path.starts_with("_migrate/");
            is_object
                && !is_restore
                && !path.ends_with("kustomization.yaml")
                && !path.ends_with(".template.yaml")
        });
        assert_eq!(listed.iter().collect::<Vec<_>>(), there);
        for path in there {
            let object = &manifests.files[path];
            let kind = text(&object["kind"]).to_lowercase();
            let name = text(&object["metadata"]["name"]);
            assert!(path.ends_with(&format!("/{kind}-{name}.yaml")), "{path}");
        }
    }
}

#[test]
fn what_keeps_data_has_a_claim_that_outlives_it() {
    let manifests = Manifests::shop();
    let db = manifests.workload("db");
    assert_eq!(db["kind"], "StatefulSet");
    let claim = &db["spec"]["volumeClaimTemplates"][0];
    assert_eq!(claim["metadata"]["name"], "db-data");
    assert_eq!(claim["spec"]["resources"]["requests"]["storage"], "20Gi");
    assert_eq!(claim["spec"]["accessModes"], json!(["ReadWriteOnce"]));
    let kept = &db["spec"]["persistentVolumeClaimRetentionPolicy"];
    assert_eq!(*kept, json!({ "whenDeleted": "Retain", "whenScaled": "Retain" }));
    let uploads = manifests.object("PersistentVolumeClaim", "uploads");
    assert_eq!(uploads["spec"]["accessModes"], json!(["ReadWriteMany"]));
    assert_eq!(
        uploads["metadata"]["annotations"]["kubernetes.io/description"],
        "what customers upload"
    );
    let web = container(manifests.workload("web"));
    let mount = list(&web["volumeMounts"]).iter().find(|one| one["name"] == "uploads");
    assert_eq!(mount.expect("the mount")["readOnly"], true);
    // What no other pod may mount makes any program one that keeps data.
    let worker = manifests.workload("worker");
    assert_eq!(worker["kind"], "StatefulSet");
    assert_eq!(list(&worker["spec"]["volumeClaimTemplates"]).len(), 1);
}

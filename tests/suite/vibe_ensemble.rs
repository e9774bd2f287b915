//! Holds the compiled files of `vibe-ensemble` against the rows that describe it: each test names its row, takes its
//! figures from there, and reads the files with another parser than ours.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_yaml::Value;

const ENVIRONMENTS: [&str; 3] = ["production", "staging", "development"];

fn out(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("out/vibe-ensemble").join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(out(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&text(path)).unwrap()
}

/// A file of an environment in the cluster.
fn manifest(environment: &str, path: &str) -> Value {
    yaml(&format!("kubernetes/{environment}/{path}"))
}

fn deployment(environment: &str) -> Value {
    // The development stage keeps what it compiled on a volume of its own.
    let kind = if environment == "development" { "statefulset" } else { "deployment" };
    manifest(environment, &format!("vibe-ensemble/{kind}-vibe-ensemble.yaml"))
}

fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(value, |value, key| match key.parse::<usize>() {
        Ok(index) => &value[index],
        Err(_) => value.get(*key).unwrap_or_else(|| panic!("no {key} of {path:?}")),
    })
}

fn list(value: &Value) -> &[Value] {
    value.as_sequence().map_or(&[], Vec::as_slice)
}

fn strings(value: &Value) -> Vec<&str> {
    list(value).iter().map(|item| item.as_str().unwrap()).collect()
}

/// Everything that is applied in an environment: path, then object.
fn objects(environment: &str) -> Vec<(String, Value)> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { collect(&path, found) } else { found.push(path) }
        }
    }
    let root = out(&format!("kubernetes/{environment}"));
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let relative = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
    let paths = paths.iter().map(relative).filter(|path| {
        !path.ends_with("kustomization.yaml")
            && !path.ends_with(".template.yaml")
            && !path.starts_with("policies/")
    });
    paths.map(|path| (path.clone(), manifest(environment, &path))).collect()
}

fn of_kind(environment: &str, kind: &str) -> Vec<Value> {
    let mut all: Vec<Value> = objects(environment).into_iter().map(|(_, object)| object).collect();
    all.retain(|object| object["kind"] == kind);
    all
}

fn exists(environment: &str, path: &str) -> bool {
    out(&format!("kubernetes/{environment}/{path}")).exists()
}

#[test]
fn e2_the_deployment_has_its_resources_its_hardening_and_its_probes() {
    let object = deployment("production");
    let pod = at(&object, &["spec", "template", "spec"]);
    let container = at(pod, &["containers", "0"]);
    let amount = |kind, what| at(container, &["resources", kind, what]).as_str().unwrap();
    assert_eq!((amount("requests", "cpu"), amount("requests", "memory")), ("250m", "512Mi"));
    // One CPU is 1000m.
    assert_eq!((amount("limits", "cpu"), amount("limits", "memory")), ("1", "2Gi"));
    let security = at(container, &["securityContext"]);
    assert_eq!(at(security, &["readOnlyRootFilesystem"]).as_bool(), Some(true));
    assert_eq!(at(security, &["allowPrivilegeEscalation"]).as_bool(), Some(false));
    assert_eq!(strings(at(security, &["capabilities", "drop"])), ["ALL"]);
    assert!(at(security, &["capabilities"]).get("add").is_none());
    let security = at(pod, &["securityContext"]);
    assert_eq!(at(security, &["runAsNonRoot"]).as_bool(), Some(true));
    assert_eq!(at(security, &["runAsUser"]), 1001);
    assert_eq!(at(security, &["seccompProfile", "type"]), "RuntimeDefault");
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let path = at(container, &[probe, "httpGet", "path"]).as_str().unwrap();
        let expected = if probe == "readinessProbe" { "/health/ready" } else { "/health/live" };
        assert_eq!(path, expected, "{probe}");
    }
    let spread = list(at(pod, &["topologySpreadConstraints"]));
    let keys: Vec<&str> =
        spread.iter().map(|one| at(one, &["topologyKey"]).as_str().unwrap()).collect();
    assert_eq!(keys, ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]);
    let rolling = at(&object, &["spec", "strategy", "rollingUpdate"]);
    assert_eq!(at(rolling, &["maxUnavailable"]), 0);
    assert_eq!(at(rolling, &["maxSurge"]), 1);
}

#[test]
fn e3_the_autoscaler_has_its_range_three_measures_and_two_paces() {
    let object = manifest("production", "vibe-ensemble/horizontalpodautoscaler-vibe-ensemble.yaml");
    let spec = at(&object, &["spec"]);
    assert_eq!((at(spec, &["minReplicas"]), at(spec, &["maxReplicas"])), (&3.into(), &20.into()));
    let metrics = list(at(spec, &["metrics"]));
    let measured: Vec<&str> = metrics
        .iter()
        .map(|metric| match at(metric, &["type"]).as_str().unwrap() {
            "Resource" => at(metric, &["resource", "name"]).as_str().unwrap(),
            _ => at(metric, &["external", "metric", "name"]).as_str().unwrap(),
        })
        .collect();
    assert_eq!(measured, ["cpu", "memory", "vibe_ensemble_sessions"]);
    let pace = |way: &str| {
        let policies = list(at(spec, &["behavior", way, "policies"]));
        assert_eq!(policies.len(), 1);
        assert_eq!(at(&policies[0], &["type"]), "Percent");
        let stabilised = at(spec, &["behavior", way, "stabilizationWindowSeconds"]);
        assert!(stabilised.as_u64().unwrap() > 0, "{way}");
        (
            at(&policies[0], &["value"]).as_u64().unwrap(),
            at(&policies[0], &["periodSeconds"]).as_u64().unwrap(),
        )
    };
    assert_eq!((pace("scaleUp"), pace("scaleDown")), ((50, 30), (10, 60)));
    assert!(deployment("production")["spec"].get("replicas").is_none(), "the autoscaler decides");
}

/// A way that a policy leaves open: from whom, to whom, to which port.
type Way = (String, String, u64);

fn peer(peer: &Value) -> String {
    let label = |selector: &str, label: &str| {
        let labels = peer.get(selector)?.get("matchLabels")?;
        labels.get(label)?.as_str().map(str::to_owned)
    };
    label("podSelector", "app.kubernetes.io/name")
        .or_else(|| {
            Some(format!(
                "namespace {}",
                label("namespaceSelector", "kubernetes.io/metadata.name")?
            ))
        })
        .or_else(|| Some(format!("address {}", peer.get("ipBlock")?.get("cidr")?.as_str()?)))
        .unwrap_or_else(|| panic!("{peer:?}"))
}

/// The ways in and the ways out; DNS, which every pod may ask for, is asserted and left out.
fn ways(environment: &str) -> (BTreeSet<Way>, BTreeSet<Way>) {
    let (mut inward, mut outward) = (BTreeSet::new(), BTreeSet::new());
    for policy in of_kind(environment, "NetworkPolicy") {
        let name = at(&policy, &["metadata", "name"]).as_str().unwrap();
        let spec = at(&policy, &["spec"]);
        if name == "default-deny" {
            assert_eq!(spec["podSelector"], Value::Mapping(serde_yaml::Mapping::new()));
            assert_eq!(strings(at(spec, &["policyTypes"])), ["Ingress", "Egress"]);
            assert!(spec.get("ingress").is_none() && spec.get("egress").is_none());
            continue;
        }
        let mut dns = 0;
        for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
            for rule in spec.get(rules).map(list).unwrap_or_default() {
                let all = vec![Value::Null];
                let others = rule.get(peers).map_or(all.as_slice(), list);
                let ports = rule.get("ports").map(list).unwrap_or_default();
                let ports: Vec<u64> = match ports {
                    [] => vec![0],
                    ports => {
                        ports.iter().map(|port| at(port, &["port"]).as_u64().unwrap()).collect()
                    }
                };
                for other in others {
                    let other = if other.is_null() { "anybody".to_owned() } else { peer(other) };
                    if other == "namespace kube-system" {
                        assert_eq!(ports, [53, 53]);
                        dns += 1;
                        continue;
                    }
                    for port in &ports {
                        if rules == "ingress" {
                            inward.insert((other.clone(), name.to_owned(), *port));
                        } else {
                            outward.insert((name.to_owned(), other.clone(), *port));
                        }
                    }
                }
            }
        }
        assert_eq!(dns, usize::from(name != "acme-solver"), "{name} may look up names");
    }
    (inward, outward)
}

#[test]
fn e4_policies_deny_all_and_leave_open_what_dependencies_routes_and_scrapes_need() {
    let namespaces = of_kind("staging", "Namespace");
    let denied: BTreeSet<String> = of_kind("staging", "NetworkPolicy")
        .iter()
        .filter(|policy| policy["metadata"]["name"] == "default-deny")
        .map(|policy| at(policy, &["metadata", "namespace"]).as_str().unwrap().to_owned())
        .collect();
    assert_eq!(denied.len(), namespaces.len(), "each namespace denies by default");
    let (inward, outward) = ways("staging");
    let scraped = [
        ("alertmanager", 9093),
        ("blackbox-exporter", 9115),
        ("db-exporter", 9187),
        ("grafana", 3000),
        ("kube-state-metrics", 8080),
        ("node-exporter", 9100),
        ("vibe-ensemble", 8080),
    ];
    let way = |from: &str, to: &str, port| (from.to_owned(), to.to_owned(), port);
    let within: BTreeSet<Way> = scraped
        .iter()
        .map(|(name, port)| way("prometheus", name, *port))
        .chain([
            way("vibe-ensemble", "db", 5432),
            way("db-exporter", "db", 5432),
            way("backup", "db", 5432),
            way("db-archive", "db", 5432),
            way("grafana", "prometheus", 9090),
            way("prometheus-adapter", "prometheus", 9090),
        ])
        .collect();
    let mut expected = within.clone();
    expected.extend([
        way("namespace traefik", "vibe-ensemble", 8080),
        way("namespace traefik", "acme-solver", 8089),
        way("anybody", "prometheus-adapter", 6443),
    ]);
    assert_eq!(inward, expected);
    let outside = |(_, to, _): &&Way| {
        to.starts_with("address") || to.starts_with("namespace") || to == "anybody"
    };
    let inside: BTreeSet<Way> = outward.iter().filter(|way| !outside(way)).cloned().collect();
    assert_eq!(inside, within, "both sides agree");
    let leaving: BTreeSet<&str> =
        outward.iter().filter(outside).map(|(from, _, _)| from.as_str()).collect();
    // Messages, probes from outside, copies of backups, and what asks the API server or the nodes' kubelets.
    let may = [
        "alertmanager",
        "backup",
        "blackbox-exporter",
        "db-archive",
        "kube-state-metrics",
        "prometheus",
        "prometheus-adapter",
    ];
    assert_eq!(leaving, BTreeSet::from(may));
}

#[test]
fn e5_a_drain_is_never_blocked_and_takes_fewer_than_there_are() {
    for (environment, least) in [("production", 3), ("staging", 2)] {
        let path = "vibe-ensemble/poddisruptionbudget-vibe-ensemble.yaml";
        let budget = manifest(environment, path);
        assert!(budget["spec"].get("minAvailable").is_none());
        let taken = at(&budget, &["spec", "maxUnavailable"]).as_u64().unwrap();
        let scaler =
            manifest(environment, "vibe-ensemble/horizontalpodautoscaler-vibe-ensemble.yaml");
        assert_eq!(at(&scaler, &["spec", "minReplicas"]), least);
        assert!(taken >= 1 && taken < least, "{taken} of {least}");
        assert_eq!(at(&budget, &["spec", "unhealthyPodEvictionPolicy"]), "AlwaysAllow");
    }
    let budgets = of_kind("development", "PodDisruptionBudget");
    assert!(budgets.is_empty(), "one pod alone has no budget: {budgets:?}");
}

#[test]
fn e6_an_ingress_has_several_hosts_certificates_and_headers() {
    let ingress = manifest("staging", "_namespace/ingress-vibe-ensemble.yaml");
    let hosts: Vec<&str> = list(at(&ingress, &["spec", "rules"]))
        .iter()
        .map(|rule| at(rule, &["host"]).as_str().unwrap())
        .collect();
    assert_eq!(hosts, ["api.staging.ensemble.yourdomain.com", "staging.ensemble.yourdomain.com"]);
    for (host, tls) in hosts.iter().zip(list(at(&ingress, &["spec", "tls"]))) {
        assert_eq!(strings(at(tls, &["hosts"])), [*host]);
        assert!(at(tls, &["secretName"]).as_str().unwrap().ends_with("-tls"));
    }
    let annotations = at(&ingress, &["metadata", "annotations"]);
    assert_eq!(annotations["cert-manager.io/cluster-issuer"], "letsencrypt");
    let middleware = manifest("staging", "_namespace/middleware-security-headers.yaml");
    assert_eq!(
        annotations["traefik.ingress.kubernetes.io/router.middlewares"],
        format!(
            "{}-{}@kubernetescrd",
            at(&middleware, &["metadata", "namespace"]).as_str().unwrap(),
            at(&middleware, &["metadata", "name"]).as_str().unwrap()
        )
        .as_str()
    );
    let headers = at(&middleware, &["spec", "headers", "customResponseHeaders"]);
    for (name, start) in [
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'self'"),
    ] {
        assert!(at(headers, &[name]).as_str().unwrap().starts_with(start), "{name}");
    }
}

#[test]
fn e6_a_gateway_has_the_same_routes_and_headers_where_the_blueprint_chooses_it() {
    assert!(!exists("production", "_namespace/ingress-vibe-ensemble.yaml"));
    let gateway = manifest("production", "_namespace/gateway-vibe-ensemble.yaml");
    let annotations = at(&gateway, &["metadata", "annotations"]);
    assert_eq!(annotations["cert-manager.io/cluster-issuer"], "letsencrypt");
    let listeners = list(at(&gateway, &["spec", "listeners"]));
    let secure = listeners.iter().filter(|one| one["protocol"] == "HTTPS").count();
    let routes: Vec<Value> = of_kind("production", "HTTPRoute")
        .into_iter()
        .filter(|route| route["spec"].get("hostnames").is_some())
        .collect();
    assert_eq!((secure, routes.len()), (2, 2));
    let mut gated: BTreeSet<(String, String)> = BTreeSet::new();
    for route in &routes {
        let host = strings(at(route, &["spec", "hostnames"])).concat();
        for rule in list(at(route, &["spec", "rules"])) {
            let path = at(rule, &["matches", "0", "path", "value"]).as_str().unwrap();
            gated.insert((host.clone(), path.to_owned()));
            let set = list(at(rule, &["filters", "0", "responseHeaderModifier", "set"]));
            let names: Vec<&str> =
                set.iter().map(|one| at(one, &["name"]).as_str().unwrap()).collect();
            for name in ["Strict-Transport-Security", "X-Frame-Options", "Content-Security-Policy"]
            {
                assert!(names.contains(&name), "{host}{path} sets {names:?}");
            }
        }
    }
    let ingress = manifest("staging", "_namespace/ingress-vibe-ensemble.yaml");
    let mut ingressed = BTreeSet::new();
    for rule in list(at(&ingress, &["spec", "rules"])) {
        let host = at(rule, &["host"]).as_str().unwrap().replace("staging.", "");
        for path in list(at(rule, &["http", "paths"])) {
            ingressed.insert((host.clone(), at(path, &["path"]).as_str().unwrap().to_owned()));
        }
    }
    assert_eq!(gated, ingressed);
}

#[test]
fn e7_the_namespace_is_restricted_and_bounded() {
    for environment in ["production", "staging"] {
        let namespace = format!("vibe-ensemble-{environment}");
        let object = manifest(environment, &format!("_namespace/namespace-{namespace}.yaml"));
        for mode in ["enforce", "audit", "warn"] {
            let label = format!("pod-security.kubernetes.io/{mode}");
            assert_eq!(at(&object, &["metadata", "labels", &label]), "restricted", "{mode}");
        }
        let quota = manifest(environment, "_namespace/resourcequota-vibe-ensemble.yaml");
        for what in ["requests.cpu", "limits.memory", "pods", "requests.storage"] {
            assert!(at(&quota, &["spec", "hard", what]).as_str().is_some(), "{what}");
        }
        let range = manifest(environment, "_namespace/limitrange-vibe-ensemble.yaml");
        assert_eq!(at(&range, &["spec", "limits", "0", "type"]), "Container");
    }
    for environment in ENVIRONMENTS {
        let all = objects(environment);
        assert!(all.iter().all(|(_, object)| object["kind"] != "PodSecurityPolicy"));
    }
}

#[test]
fn e7_accounts_mount_no_token_and_roles_hold_what_is_needed() {
    for environment in ENVIRONMENTS {
        for account in of_kind(environment, "ServiceAccount") {
            assert_eq!(at(&account, &["automountServiceAccountToken"]).as_bool(), Some(false));
        }
        let kinds = ["Deployment", "StatefulSet", "DaemonSet"];
        for (path, workload) in objects(environment) {
            if !kinds.contains(&at(&workload, &["kind"]).as_str().unwrap()) {
                continue;
            }
            let pod = at(&workload, &["spec", "template", "spec"]);
            let name = at(pod, &["serviceAccountName"]).as_str().unwrap();
            let asks = ["kube-state-metrics", "prometheus", "prometheus-adapter"].contains(&name);
            assert_eq!(at(pod, &["automountServiceAccountToken"]).as_bool(), Some(asks), "{path}");
        }
        for role in of_kind(environment, "Role") {
            for rule in list(at(&role, &["rules"])) {
                let verbs = strings(at(rule, &["verbs"]));
                assert!(verbs.iter().all(|verb| ["list", "watch"].contains(verb)), "{verbs:?}");
                let resources = strings(at(rule, &["resources"]));
                assert!(!resources.contains(&"secrets") && !resources.contains(&"*"));
            }
        }
    }
}

#[test]
fn e7_gatekeeper_openshift_and_falco_get_policies_where_the_blueprint_asks() {
    let policies = "policies/gatekeeper";
    let images =
        manifest("production", &format!("{policies}/declaredimages-vibe-ensemble-production.yaml"));
    let repositories = strings(at(&images, &["spec", "parameters", "repositories"]));
    assert!(repositories.contains(&"ghcr.io/example/vibe-ensemble"), "{repositories:?}");
    assert!(repositories.iter().all(|one| one.contains('.') && one.contains('/')));
    let users =
        manifest("production", &format!("{policies}/declaredusers-vibe-ensemble-production.yaml"));
    let users = list(at(&users, &["spec", "parameters", "users"]));
    assert!(users.contains(&1001.into()) && !users.contains(&0.into()), "{users:?}");
    let template =
        manifest("production", &format!("{policies}/constrainttemplate-declaredports.yaml"));
    let target = at(&template, &["spec", "targets", "0"]);
    assert_eq!(at(target, &["target"]), "admission.k8s.gatekeeper.sh");
    assert!(at(target, &["rego"]).as_str().unwrap().starts_with("package declaredports\n"));
    let name = "vibe-ensemble-production-vibe-ensemble";
    let constraints = manifest(
        "production",
        &format!("policies/openshift/securitycontextconstraints-{name}.yaml"),
    );
    assert_eq!(at(&constraints, &["runAsUser", "uid"]), 1001);
    assert_eq!(strings(at(&constraints, &["requiredDropCapabilities"])), ["ALL"]);
    assert_eq!(
        strings(at(&constraints, &["users"])),
        ["system:serviceaccount:vibe-ensemble-production:vibe-ensemble"]
    );
    let rules = manifest("production", "policies/falco/rules.yaml");
    let rules: Vec<&Value> =
        list(&rules).iter().filter(|entry| entry.get("rule").is_some()).collect();
    assert!(rules.len() >= 3);
    for folder in ["gatekeeper", "openshift", "falco"] {
        assert!(exists("production", &format!("policies/{folder}/kustomization.yaml")));
        assert!(!exists("development", &format!("policies/{folder}")), "nobody asked there");
    }
}

#[test]
fn e8_each_environment_has_its_configuration_and_no_secret_has_a_value() {
    let mut levels = BTreeSet::new();
    let mut hashes = BTreeSet::new();
    for environment in ENVIRONMENTS {
        let config = manifest(environment, "_namespace/configmap-vibe-ensemble-config.yaml");
        levels.insert(at(&config, &["data", "RUST_LOG"]).as_str().unwrap().to_owned());
        let pod = deployment(environment);
        let hash = at(&pod, &["spec", "template", "metadata", "annotations", "checksum/config"]);
        hashes.insert(hash.as_str().unwrap().to_owned());
        let template = exists(environment, "_namespace/secret-vibe-ensemble-env.template.yaml");
        let fetched = exists(environment, "_namespace/externalsecret-vibe-ensemble-env.yaml");
        assert_eq!((fetched, template), (environment == "production", environment != "production"));
        assert!(of_kind(environment, "Secret").is_empty(), "none is applied");
    }
    assert_eq!((levels.len(), hashes.len()), (3, 3), "what pods read rolls them");
    let secret = manifest("staging", "_namespace/secret-vibe-ensemble-env.template.yaml");
    assert!(secret.get("data").is_none() && secret.get("stringData").is_none());
    let fetched = manifest("production", "_namespace/externalsecret-vibe-ensemble-env.yaml");
    assert_eq!(at(&fetched, &["spec", "secretStoreRef", "name"]), "vault");
    let keys: Vec<&str> = list(at(&fetched, &["spec", "data"]))
        .iter()
        .map(|one| at(one, &["secretKey"]).as_str().unwrap())
        .collect();
    for key in ["DATABASE_PASSWORD", "JWT_SECRET", "PAGERDUTY_ROUTING_KEY", "SLACK_WEBHOOK_URL"] {
        assert!(keys.contains(&key), "{key} of {keys:?}");
    }
}

/// The rules of production, with those that only the cluster's Prometheus has.
fn rules_of_production() -> BTreeMap<String, Value> {
    let mut found = rules(at(&yaml("prometheus/production/rules/alert_rules.yml"), &["groups"]));
    found.extend(rules(at(&yaml("prometheus/production/cluster/alert_rules.yml"), &["groups"])));
    found
}

/// Rules by name.
fn rules(groups: &Value) -> BTreeMap<String, Value> {
    let rules = list(groups).iter().flat_map(|group| list(at(group, &["rules"])));
    rules.map(|rule| (at(rule, &["alert"]).as_str().unwrap().to_owned(), rule.clone())).collect()
}

#[test]
fn e10_alerts_have_their_thresholds_and_priorities() {
    let rules = rules_of_production();
    let expected = [
        ("HighErrorRate", "P0", "> 0.05"),
        ("HighResponseTime", "P1", "> 1"),
        ("KubePodCrashLooping", "P0", ">= 1"),
        ("DatabaseConnectionFailures", "P0", "> 0.1"),
        ("DatabaseDown", "P0", "== 0"),
        ("HighCPUUsage", "P2", "> 0.8"),
        ("HighMemoryUsage", "P2", "> 0.8"),
    ];
    for (name, priority, comparison) in expected {
        let rule = &rules[name];
        assert_eq!(at(rule, &["labels", "priority"]), priority, "{name}");
        let condition = at(rule, &["expr"]).as_str().unwrap();
        let flat = condition.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.ends_with(comparison), "{name}: {flat}");
    }
    let latency = at(&rules["HighResponseTime"], &["expr"]).as_str().unwrap();
    assert!(latency.contains("histogram_quantile") && latency.contains("0.99"), "{latency}");
    assert!(rules.values().any(|rule| rule["labels"]["priority"] == "P3"), "something is P3");
}

/// Resource use, in both forms that the clusters have: what alerts read is scraped where the system's own server runs, and
/// the cluster's own job where it has the operator.
#[test]
fn e10_containers_are_watched_in_the_cluster_against_what_they_may_use() {
    let config = manifest("staging", "prometheus/configmap-prometheus-prometheus-yml.yaml");
    let config = at(&config, &["data"]).as_mapping().unwrap().values().next().unwrap();
    let config: Value = serde_yaml::from_str(config.as_str().unwrap()).unwrap();
    let jobs = list(at(&config, &["scrape_configs"]));
    let job = jobs.iter().find(|job| job["metrics_path"] == "/metrics/cadvisor").unwrap();
    assert_eq!(at(job, &["kubernetes_sd_configs", "0", "role"]), "node");
    let read = format!("job=\"{}\"", at(job, &["job_name"]).as_str().unwrap());

    let role = of_kind("staging", "ClusterRole").into_iter().find(|role| {
        list(at(role, &["rules"]))
            .iter()
            .any(|rule| strings(at(rule, &["resources"])) == ["nodes/metrics"])
    });
    let role = role.expect("a role that lets read what kubelets tell");
    let binding = of_kind("staging", "ClusterRoleBinding")
        .into_iter()
        .find(|binding| binding["roleRef"]["name"] == role["metadata"]["name"])
        .unwrap();
    assert_eq!(at(&binding, &["subjects", "0", "name"]), "prometheus");
    let policy = manifest("staging", "prometheus/networkpolicy-prometheus.yaml");
    let out = list(at(&policy, &["spec", "egress"]));
    let ports =
        out.iter().filter(|rule| rule.get("to").is_none()).flat_map(|rule| list(&rule["ports"]));
    assert!(ports.into_iter().any(|port| port["port"] == 10250), "the port of kubelets is open");

    let operated = rules_of_production();
    let plain = manifest("staging", "prometheus/configmap-prometheus-rules.yaml");
    let plain = at(&plain, &["data", "alert_rules.yml"]).as_str().unwrap();
    let plain: Value = serde_yaml::from_str(plain).unwrap();
    for (name, metric, comparison) in [
        ("KubeContainerMemoryNearLimit", "container_memory_working_set_bytes", "> 0.9"),
        ("KubeContainerThrottled", "container_cpu_cfs_throttled_periods_total", "> 0.25"),
    ] {
        let ours = list(at(&plain, &["groups"])).iter().flat_map(|group| list(&group["rules"]));
        let ours = ours.into_iter().find(|rule| rule["alert"] == name).unwrap();
        for (rule, namespace) in
            [(&operated[name], "vibe-ensemble-production"), (ours, "vibe-ensemble-staging")]
        {
            let condition = at(rule, &["expr"]).as_str().unwrap();
            assert!(condition.contains(metric) && condition.contains(&read), "{condition}");
            assert!(condition.contains(&format!("\"{namespace}|")), "{condition}");
            assert!(condition.ends_with(comparison), "{condition}");
        }
    }
    let missing = at(&operated["KubeletMetricsMissing"], &["expr"]).as_str().unwrap();
    assert!(missing.starts_with("absent(") && missing.contains(&read), "{missing}");
}

/// Who gets an alert of a severity, by which way, and after which wait. As Alertmanager does: the first route takes it,
/// and `continue` hands it on.
fn told(route: &Value, receivers: &Value, severity: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for route in list(at(route, &["routes"])) {
        let matches = list(at(route, &["matchers"])).iter().all(|matcher| match matcher.as_str() {
            Some(written) => written == format!("severity=\"{severity}\""),
            None => matcher["name"] == "severity" && matcher["value"] == severity,
        });
        if !matches {
            continue;
        }
        assert_eq!(at(route, &["continue"]).as_bool(), Some(true));
        let wait = route.get("group_wait").or(route.get("groupWait"));
        let wait = wait.and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = at(route, &["receiver"]);
        let receiver = list(receivers).iter().find(|one| one["name"] == *name).unwrap();
        let ways = receiver.as_mapping().unwrap().keys().map(|key| key.as_str().unwrap());
        found.extend(ways.filter(|key| *key != "name").map(|key| {
            (key.to_lowercase().replace("_configs", "").replace("configs", ""), wait.clone())
        }));
    }
    found
}

#[test]
fn e10_p0_reaches_the_pager_at_once_and_p3_nobody() {
    let file = yaml("alertmanager/staging/alertmanager.yml");
    let config = manifest("production", "alertmanager/alertmanagerconfig-vibe-ensemble.yaml");
    let forms = [
        (at(&file, &["route"]), at(&file, &["receivers"])),
        (at(&config, &["spec", "route"]), at(&config, &["spec", "receivers"])),
    ];
    for (route, receivers) in forms {
        let nobody = at(route, &["receiver"]);
        let default = list(receivers).iter().find(|one| one["name"] == *nobody).unwrap();
        assert_eq!(default.as_mapping().unwrap().len(), 1, "whom no route takes");
        for (severity, expected) in [
            ("critical", &[("pagerduty", "0s")][..]),
            ("high", &[("email", ""), ("slack", "")]),
            ("warning", &[("slack", "")]),
            ("info", &[]),
        ] {
            let expected: BTreeSet<_> = expected
                .iter()
                .map(|(way, wait)| ((*way).to_owned(), (*wait).to_owned()))
                .collect();
            assert_eq!(told(route, receivers, severity), expected, "{severity}");
        }
    }
}

#[test]
fn e11_prometheus_and_grafana_are_plain_manifests_where_no_operator_is_chosen() {
    for environment in ["staging", "development"] {
        let server = manifest(environment, "prometheus/statefulset-prometheus.yaml");
        let args = strings(at(&server, &["spec", "template", "spec", "containers", "0", "args"]));
        assert!(args.iter().any(|arg| arg.starts_with("--storage.tsdb.retention.time=")));
        assert!(exists(environment, "grafana/statefulset-grafana.yaml"));
        let all = objects(environment);
        let operators = |object: &Value| {
            at(object, &["apiVersion"]).as_str().unwrap().starts_with("monitoring.coreos.com/")
        };
        assert!(all.iter().all(|(_, object)| !operators(object)));
    }
}

#[test]
fn e11_the_operator_gets_the_same_jobs_and_rules_where_it_is_chosen() {
    let plain = |path: &str| {
        let data = manifest("staging", path);
        let held = at(&data, &["data"]).as_mapping().unwrap().values().next().unwrap();
        serde_yaml::from_str::<Value>(held.as_str().unwrap()).unwrap()
    };
    let jobs = plain("prometheus/configmap-prometheus-prometheus-yml.yaml");
    let jobs: BTreeSet<&str> = list(at(&jobs, &["scrape_configs"]))
        .iter()
        .map(|job| at(job, &["job_name"]).as_str().unwrap())
        .collect();
    let monitors = of_kind("production", "ServiceMonitor");
    let mut watched = BTreeSet::new();
    for monitor in &monitors {
        assert_eq!(at(monitor, &["metadata", "labels", "release"]), "kube-prometheus-stack");
        let relabelings = list(at(monitor, &["spec", "endpoints", "0", "relabelings"]));
        let job = relabelings.iter().find(|one| one["targetLabel"] == "job").unwrap();
        watched.insert(at(job, &["replacement"]).as_str().unwrap());
    }
    let expected = [
        "blackbox-exporter",
        "db-exporter",
        "grafana",
        "kube-state-metrics",
        "node-exporter",
        "vibe-ensemble",
    ];
    assert_eq!(watched, BTreeSet::from(expected));
    assert!(watched.is_subset(&jobs), "{jobs:?}");
    let probes = of_kind("production", "Probe");
    assert_eq!(at(&probes[0], &["spec", "jobName"]), "blackbox-exporter-probe");
    let theirs = manifest("production", "prometheus/prometheusrule-vibe-ensemble.yaml");
    let theirs = rules(at(&theirs, &["spec", "groups"]));
    let ours = rules_of_production();
    for name in ["HighErrorRate", "KubePodCrashLooping", "DatabaseConnectionFailures"] {
        assert_eq!(theirs[name]["expr"], ours[name]["expr"], "{name}");
    }
    assert!(!exists("production", "prometheus/statefulset-prometheus.yaml"));
    assert!(exists("production", "grafana/statefulset-grafana.yaml"));
    let alias = manifest("production", "prometheus/service-prometheus.yaml");
    assert_eq!(at(&alias, &["spec", "type"]), "ExternalName");
    let sources = manifest("production", "grafana/configmap-grafana-datasources.yaml");
    let sources = serde_yaml::to_string(at(&sources, &["data"])).unwrap();
    assert!(sources.contains("http://prometheus:9090"), "{sources}");
    let (inward, _) = ways("production");
    assert!(inward.contains(&("namespace monitoring".into(), "vibe-ensemble".into(), 8080)));
}

#[test]
fn e14_there_is_a_development_environment_of_its_own_stage() {
    let object = deployment("development");
    let container = at(&object, &["spec", "template", "spec", "containers", "0"]);
    assert_eq!(at(container, &["image"]), "ghcr.io/example/vibe-ensemble:0.5.0-development");
    assert_eq!(at(container, &["securityContext", "readOnlyRootFilesystem"]).as_bool(), Some(true));
    assert_eq!(at(&object, &["spec", "replicas"]), 1);
    let compose = yaml("docker-compose.dev.yml");
    let build = at(&compose, &["services", "vibe-ensemble", "build"]);
    assert_eq!(at(build, &["target"]), "development");
    for environment in ENVIRONMENTS {
        assert!(out(&format!(".env.{environment}.template")).exists());
    }
}

#[test]
fn e14_volumes_have_a_storage_class() {
    for (environment, class) in
        [("production", "fast"), ("staging", "standard"), ("development", "standard")]
    {
        let mut claims = of_kind(environment, "PersistentVolumeClaim");
        for set in of_kind(environment, "StatefulSet") {
            claims.extend(
                set["spec"].get("volumeClaimTemplates").map(list).unwrap_or_default().to_vec(),
            );
        }
        assert!(claims.len() >= 2);
        for claim in &claims {
            assert_eq!(at(claim, &["spec", "storageClassName"]), class);
        }
    }
    let database = manifest("production", "db/statefulset-db.yaml");
    let claim = at(&database, &["spec", "volumeClaimTemplates", "0", "spec"]);
    assert_eq!(at(claim, &["resources", "requests", "storage"]), "50Gi");
}

#[test]
fn e14_what_scaling_and_alerts_measure_is_there() {
    for environment in ["production", "staging"] {
        let metrics = "kube-state-metrics/deployment-kube-state-metrics.yaml";
        assert!(exists(environment, metrics));
        let adapter = "prometheus-adapter/configmap-prometheus-adapter-config-yaml.yaml";
        let config = manifest(environment, adapter);
        let held = at(&config, &["data"]).as_mapping().unwrap().values().next().unwrap();
        let config: Value = serde_yaml::from_str(held.as_str().unwrap()).unwrap();
        let offered: Vec<&str> = list(at(&config, &["externalRules"]))
            .iter()
            .map(|rule| at(rule, &["name", "as"]).as_str().unwrap())
            .collect();
        let scaler =
            manifest(environment, "vibe-ensemble/horizontalpodautoscaler-vibe-ensemble.yaml");
        let asked = list(at(&scaler, &["spec", "metrics"]))
            .iter()
            .filter(|metric| metric["type"] == "External")
            .map(|metric| at(metric, &["external", "metric", "name"]).as_str().unwrap());
        assert_eq!(offered, asked.collect::<Vec<_>>());
        assert_eq!(offered.len(), 1);
        let serves = of_kind(environment, "APIService");
        assert_eq!(at(&serves[0], &["spec", "group"]), "external.metrics.k8s.io");
    }
}

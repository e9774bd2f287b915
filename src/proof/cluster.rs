//! Turns objects of a cluster into the names in them.

use serde_json::Value;

use super::address;
use super::compose::{list, map};
use super::end::{Facts, Kind};
use crate::model::naming;

/// Reads an object.
pub(super) fn read(path: &str, object: &Value, facts: &mut Facts) {
    let metadata = &object["metadata"];
    let (Some(kind), Some(name)) = (object["kind"].as_str(), metadata["name"].as_str()) else {
        return;
    };
    facts.give(Kind::Object, format!("{kind} {name}"));
    if let Some(namespace) = metadata["namespace"].as_str() {
        facts.want(Kind::Object, format!("Namespace {namespace}"));
    }
    // What only shows what must be there, or is applied one at a time, is in no list.
    if !path.ends_with(".template.yaml") && !is_by_hand(path) {
        facts.want(Kind::Listed, path);
    }
    let spec = &object["spec"];
    match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => workload(name, spec, facts),
        "CronJob" => workload(name, &spec["jobTemplate"]["spec"], facts),
        "ConfigMap" | "Secret" => keys(kind, name, object, facts),
        "ExternalSecret" => fetched(spec, facts),
        "Service" => service(name, spec, facts),
        "NetworkPolicy" => policy(spec, facts),
        "PodDisruptionBudget" => drop(pods(&spec["selector"], facts)),
        "HorizontalPodAutoscaler" => {
            let target = &spec["scaleTargetRef"];
            if let (Some(kind), Some(name)) = (target["kind"].as_str(), target["name"].as_str()) {
                facts.want(Kind::Object, format!("{kind} {name}"));
            }
        }
        "HTTPRoute" => route(spec, facts),
        "Ingress" => ingress(spec, facts),
        "RoleBinding" | "ClusterRoleBinding" => {
            // What runs in `kube-system` is the cluster's own.
            let own = |one: &&Value| one["namespace"] != "kube-system";
            let accounts = list(object, "subjects").filter(|one| one["kind"] == "ServiceAccount");
            for subject in accounts.filter(own) {
                object_of("ServiceAccount", &subject["name"], facts);
            }
        }
        _ => {}
    }
}

/// Reads a `kustomization.yaml`, which lists manifests beside and below it.
pub(super) fn listed(path: &str, value: &Value, facts: &mut Facts) {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    for key in ["resources", "components"] {
        for file in list(value, key).filter_map(Value::as_str) {
            if file.contains("://") {
                continue;
            }
            let mut place: Vec<&str> = folder.split('/').collect();
            for segment in file.split('/') {
                match segment {
                    ".." => drop(place.pop()),
                    "." | "" => {}
                    other => place.push(other),
                }
            }
            facts.want(Kind::File, place.join("/"));
            facts.give(Kind::Listed, place.join("/"));
        }
    }
}

/// Labels as one text, which a selector's text is part of.
fn labels(value: &Value) -> String {
    let one = |(key, value): (&String, &Value)| Some(format!("{key}={}", value.as_str()?));
    map(value).filter_map(one).collect::<Vec<_>>().join(",")
}

fn object_of(kind: &str, name: &Value, facts: &mut Facts) {
    if let Some(name) = name.as_str() {
        facts.want(Kind::Object, format!("{kind} {name}"));
    }
}

/// Wants the pods of a selector; an empty one is content with any, and one with expressions is not read.
fn pods(selector: &Value, facts: &mut Facts) -> Option<String> {
    let known = labels(&selector["matchLabels"]);
    if !known.is_empty() {
        facts.want(Kind::Pods, &known);
    }
    selector["matchExpressions"].is_null().then_some(known)
}

fn workload(name: &str, spec: &Value, facts: &mut Facts) {
    let template = &spec["template"];
    let own = labels(&template["metadata"]["labels"]);
    facts.give(Kind::Pods, &own);
    if spec["selector"].is_object() {
        pods(&spec["selector"], facts);
    }
    object_of("Service", &spec["serviceName"], facts);
    let pod = &template["spec"];
    object_of("ServiceAccount", &pod["serviceAccountName"], facts);
    // (kubernetes.io, "StatefulSets", stable storage)
    let claims = || list(spec, "volumeClaimTemplates").map(|claim| &claim["metadata"]["name"]);
    for claim in claims().filter_map(Value::as_str) {
        for ordinal in 0..spec["replicas"].as_u64().unwrap_or(1) {
            facts.give(Kind::Object, format!("PersistentVolumeClaim {claim}-{name}-{ordinal}"));
        }
    }
    let volumes = list(pod, "volumes").map(|volume| &volume["name"]);
    for volume in claims().chain(volumes).filter_map(Value::as_str) {
        facts.give(Kind::PodVolume, format!("{name} {volume}"));
    }
    for volume in list(pod, "volumes") {
        source(volume, facts);
        for projected in list(&volume["projected"], "sources") {
            source(projected, facts);
        }
    }
    for container in list(pod, "containers").chain(list(pod, "initContainers")) {
        self::container(name, &own, container, facts);
    }
}

/// What a volume is filled from.
fn source(volume: &Value, facts: &mut Facts) {
    for (kind, source) in [("ConfigMap", &volume["configMap"]), ("Secret", &volume["secret"])] {
        let name = source["name"].as_str().or_else(|| source["secretName"].as_str());
        let Some(name) = name.filter(|_| source["optional"] != true) else { continue };
        facts.want(Kind::Object, format!("{kind} {name}"));
        for key in list(source, "items").filter_map(|item| item["key"].as_str()) {
            facts.want(Kind::Key, format!("{kind} {name} {key}"));
        }
    }
    object_of("PersistentVolumeClaim", &volume["persistentVolumeClaim"]["claimName"], facts);
}

fn container(name: &str, own: &str, container: &Value, facts: &mut Facts) {
    for port in list(container, "ports") {
        for known in [&port["name"], &port["containerPort"]] {
            facts.give(Kind::PodPort, format!("{own} {}", told(known)));
        }
    }
    for mount in list(container, "volumeMounts").filter_map(|mount| mount["name"].as_str()) {
        facts.want(Kind::PodVolume, format!("{name} {mount}"));
    }
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        for action in ["httpGet", "tcpSocket", "grpc"] {
            let port = &container[probe][action]["port"];
            if !port.is_null() {
                facts.want(Kind::PodPort, format!("{own} {}", told(port)));
            }
        }
    }
    for variable in list(container, "env") {
        for (kind, from) in [("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")] {
            let from = &variable["valueFrom"][from];
            let (Some(name), Some(key)) = (from["name"].as_str(), from["key"].as_str()) else {
                continue;
            };
            if from["optional"] != true {
                facts.want(Kind::Key, format!("{kind} {name} {key}"));
            }
        }
        // Whoever runs beside it answers under its own name.
        address::every(&variable["value"], &mut |found| host(&found, facts));
    }
    for from in list(container, "envFrom") {
        object_of("ConfigMap", &from["configMapRef"]["name"], facts);
        object_of("Secret", &from["secretRef"]["name"], facts);
    }
}

/// A name or a number as it is written.
fn told(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Wants the `Service` that an address names.
fn host(address: &address::Address<'_>, facts: &mut Facts) {
    facts.want(Kind::Object, format!("Service {}", address.host));
    if let Some(port) = address.port {
        facts.want(Kind::ServicePort, format!("{} {port}", address.host));
    }
}

fn keys(kind: &str, name: &str, object: &Value, facts: &mut Facts) {
    for section in ["data", "stringData", "binaryData"] {
        for (key, _) in map(&object[section]) {
            facts.give(Kind::Key, format!("{kind} {name} {key}"));
        }
    }
}

/// The Secret that an `ExternalSecret` makes.
fn fetched(spec: &Value, facts: &mut Facts) {
    let Some(name) = spec["target"]["name"].as_str() else { return };
    facts.give(Kind::Object, format!("Secret {name}"));
    for key in list(spec, "data").filter_map(|one| one["secretKey"].as_str()) {
        facts.give(Kind::Key, format!("Secret {name} {key}"));
    }
}

fn service(name: &str, spec: &Value, facts: &mut Facts) {
    let selector = labels(&spec["selector"]);
    if !selector.is_empty() {
        facts.want(Kind::Pods, &selector);
    }
    for port in list(spec, "ports") {
        facts.give(Kind::ServicePort, format!("{name} {}", told(&port["port"])));
        let target = port.get("targetPort").unwrap_or(&port["port"]);
        if !selector.is_empty() {
            facts.want(Kind::PodPort, format!("{selector} {}", told(target)));
        }
    }
}

fn policy(spec: &Value, facts: &mut Facts) {
    let Some(own) = pods(&spec["podSelector"], facts) else { return };
    for (rules, side, kind) in [("ingress", "from", Kind::Enters), ("egress", "to", Kind::Leaves)] {
        for rule in list(spec, rules) {
            let mut peers: Vec<String> = Vec::new();
            for peer in list(rule, side).filter(|peer| peer["podSelector"].is_object()) {
                peers.extend(pods(&peer["podSelector"], facts));
            }
            if rule.get(side).is_none() {
                peers.push(String::new());
            }
            // A port by name is taken for any: which it is depends on the pod.
            let ports = list(rule, "ports").map(|port| port["port"].as_u64());
            let mut ports: Vec<String> =
                ports.map(|port| port.map_or_else(String::new, |port| port.to_string())).collect();
            if ports.is_empty() {
                ports.push(String::new());
            }
            for peer in &peers {
                for port in &ports {
                    facts.give(kind, format!("{own}|{peer}|{port}"));
                }
            }
        }
    }
}

fn route(spec: &Value, facts: &mut Facts) {
    for parent in list(spec, "parentRefs").filter(|one| one["namespace"].is_null()) {
        object_of(parent["kind"].as_str().unwrap_or("Gateway"), &parent["name"], facts);
    }
    for backend in list(spec, "rules").flat_map(|rule| list(rule, "backendRefs")) {
        backed(&backend["name"], &backend["port"], facts);
    }
}

fn ingress(spec: &Value, facts: &mut Facts) {
    let paths = list(spec, "rules").flat_map(|rule| list(&rule["http"], "paths"));
    for path in paths.filter(|path| path["backend"]["service"].is_object()) {
        let service = &path["backend"]["service"];
        backed(&service["name"], &service["port"]["number"], facts);
    }
}

fn backed(name: &Value, port: &Value, facts: &mut Facts) {
    let Some(name) = name.as_str() else { return };
    facts.want(Kind::Object, format!("Service {name}"));
    if port.is_number() {
        facts.want(Kind::ServicePort, format!("{name} {port}"));
    }
}

/// Whether a manifest is applied by a script or a person alone.
fn is_by_hand(path: &str) -> bool {
    let folders = [naming::RESTORES, naming::MIGRATIONS];
    path.split('/').any(|folder| folders.contains(&folder))
}

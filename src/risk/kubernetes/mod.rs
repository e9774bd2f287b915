//! Turns two sets of Kubernetes objects into what the change does.

mod network;
mod pod;
mod route;

use std::collections::BTreeMap;

use serde_json::Value;

use super::quantity::amount;
use super::{Effect, Notes, Side, image, listed, parsed, told};

/// An object's identity: kind, name and namespace.
type Id = (String, String, String);
/// The service that an object belongs to, by its folder, and the object.
type Object = (String, Value);

/// What may change in the specification of a `StatefulSet` (kubernetes/kubernetes:
/// pkg/apis/apps/validation/validation.go, `ValidateStatefulSetUpdate`).
const STATEFUL_SET_MAY: &[&str] = &[
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

/// What may not change once the object is there, by kind (the same folder, and pkg/apis/{batch,core}/validation).
const IMMUTABLE: &[(&str, &[&str])] = &[
    ("Deployment", &["/spec/selector"]),
    ("DaemonSet", &["/spec/selector"]),
    ("Service", &["/spec/clusterIP"]),
    ("Job", &["/spec/template", "/spec/selector", "/spec/completionMode"]),
    (
        "PersistentVolumeClaim",
        &[
            "/spec/accessModes",
            "/spec/storageClassName",
            "/spec/volumeName",
            "/spec/volumeMode",
            "/spec/selector",
        ],
    ),
    ("Secret", &["/type"]),
    ("RoleBinding", &["/roleRef"]),
    ("ClusterRoleBinding", &["/roleRef"]),
];

/// The kinds of objects that keep pods running.
const WORKLOADS: &[&str] = &["Deployment", "StatefulSet", "DaemonSet"];

pub(super) fn assess(sides: &[(&str, Side<'_>)], notes: &mut Notes) {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    for (path, side) in sides {
        collect(path, side.old, &mut before);
        collect(path, side.new, &mut after);
    }
    // What another kind of route takes over is not gone with the `Ingress` that asked for it.
    let moved = before.keys().any(|id| id.0 == "Ingress" && !after.contains_key(id));
    for (id, (service, old)) in &before {
        match after.get(id) {
            None if id.0 == "Middleware" && moved => {}
            Some((_, new)) if old == new => {}
            Some((_, new)) => changed(id, service, old, new, notes),
            None => removed(id, service, old, &after, notes),
        }
    }
    for (id, (service, new)) in after.iter().filter(|(id, _)| !before.contains_key(*id)) {
        network::exposes(&id.0, service, &Value::Null, new, notes);
        // Where nothing answered there was nothing to trust.
        if id.0 == "Issuer" && new["spec"]["selfSigned"].is_object() && !before.is_empty() {
            let says = "certificates are signed by nobody else: clients cannot tell who answers";
            notes.add(Effect::Loosens, service, says);
        }
    }
}

/// Takes the object of a file, if there is one; kustomizations are none.
fn collect(path: &str, text: Option<&str>, into: &mut BTreeMap<Id, Object>) {
    let object = parsed(text);
    let (Some(kind), Some(name)) = (object["kind"].as_str(), object["metadata"]["name"].as_str())
    else {
        return;
    };
    // A profile's objects lie in `components/<profile>/`.
    let below = path.strip_prefix("components/").and_then(|path| path.split_once('/'));
    let path = below.map_or(path, |(_, path)| path);
    let folder = path.split_once('/').map_or("", |(folder, _)| folder);
    let service = if folder.starts_with('_') { "" } else { folder };
    let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
    into.insert((kind.to_owned(), name.to_owned(), namespace), (service.to_owned(), object));
}

fn changed((kind, name, _): &Id, service: &str, old: &Value, new: &Value, notes: &mut Notes) {
    immutable(kind, name, service, old, new, notes);
    network::exposes(kind, service, old, new, notes);
    match kind.as_str() {
        "Deployment" | "StatefulSet" | "DaemonSet" => workload(kind, service, old, new, notes),
        "CronJob" => {
            let template = "/spec/jobTemplate/spec/template";
            if let (Some(old), Some(new)) = (old.pointer(template), new.pointer(template)) {
                pod::loosens(service, old, new, notes);
            }
        }
        "AlertmanagerConfig" => told::object(service, old, new, notes),
        "HTTPRoute" => route::loosens(service, old, new, notes),
        "Middleware" => route::middleware(old, new, notes),
        "NetworkPolicy" => network::widened(name, service, old, new, notes),
        "PodDisruptionBudget" => budget(service, old, new, notes),
        "Namespace" => pod_security(old, new, notes),
        "PersistentVolumeClaim" => {
            let size = |object: &Value| object.pointer("/spec/resources/requests/storage").cloned();
            let (before, after) = (size(old).unwrap_or_default(), size(new).unwrap_or_default());
            if amount(&after) < amount(&before) {
                let says = format!("the claim `{name}` cannot shrink: it must be made again");
                notes.add(Effect::Recreates, service, says);
            }
        }
        _ => {}
    }
}

fn removed(id: &Id, service: &str, old: &Value, after: &BTreeMap<Id, Object>, notes: &mut Notes) {
    let (kind, name, _) = id;
    match kind.as_str() {
        "PersistentVolumeClaim" => {
            notes.add(Effect::LosesData, service, left_behind(name));
        }
        "Namespace" => {
            let says = format!("the namespace `{name}` is given up with everything in it");
            notes.add(Effect::LosesData, "", says);
        }
        "StatefulSet" => {
            if old["spec"]["volumeClaimTemplates"].as_array().is_some_and(|all| !all.is_empty()) {
                let says = "is gone: the data in its claims is left behind";
                notes.add(Effect::LosesData, service, says);
            }
            stopped(id, service, after, notes);
        }
        "Deployment" | "DaemonSet" => stopped(id, service, after, notes),
        "AlertmanagerConfig" => told::object(service, old, &Value::Null, notes),
        "Middleware" => route::middleware(old, &Value::Null, notes),
        "NetworkPolicy" if !network::is_closed_without(old, id, after) => {
            notes.add(Effect::Loosens, service, format!("the network policy `{name}` is gone"));
        }
        "PodDisruptionBudget" => {
            notes.add(Effect::Loosens, service, "a drain may take all of it at once");
        }
        _ => {}
    }
}

/// A workload that is gone, or goes on as one of another kind.
fn stopped(
    (kind, name, namespace): &Id,
    service: &str,
    after: &BTreeMap<Id, Object>,
    notes: &mut Notes,
) {
    let other = WORKLOADS
        .iter()
        .find(|other| after.contains_key(&((**other).to_owned(), name.clone(), namespace.clone())));
    match other {
        Some(other) => {
            let says = format!(
                "becomes a {other}: the {kind} `{name}` must be deleted, or both run side by side"
            );
            notes.add(Effect::Recreates, service, says);
        }
        None => notes.add(Effect::Stops, service, "does not run any more"),
    }
}

/// What is no longer compiled is not deleted: nothing prunes what was applied before.
fn left_behind(claim: &str) -> String {
    format!("the claim `{claim}` is left behind with what is in it")
}

fn immutable(kind: &str, name: &str, service: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let mut fields: Vec<String> = Vec::new();
    if kind == "StatefulSet" {
        let keys = [old, new].into_iter().filter_map(|side| side["spec"].as_object());
        for key in keys.flat_map(serde_json::Map::keys) {
            let differs = old["spec"].get(key) != new["spec"].get(key);
            if differs && !STATEFUL_SET_MAY.contains(&key.as_str()) && !fields.contains(key) {
                fields.push(key.clone());
            }
        }
    }
    let known = IMMUTABLE.iter().find(|(known, _)| *known == kind);
    for pointer in known.into_iter().flat_map(|(_, pointers)| *pointers) {
        if old.pointer(pointer) != new.pointer(pointer) {
            fields.push(pointer.rsplit('/').next().unwrap_or_default().to_owned());
        }
    }
    if !fields.is_empty() {
        let fields = listed(fields.iter().map(String::as_str));
        let says = format!(
            "the {kind} `{name}` must be deleted and applied again, because {fields} cannot be changed"
        );
        notes.add(Effect::Recreates, service, says);
    }
}

fn workload(kind: &str, service: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let (before, after) = (&old["spec"]["template"], &new["spec"]["template"]);
    if before != after {
        let what = listed(pod::differences(before, after).iter().map(String::as_str));
        notes.add(Effect::Restarts, service, format!("its pods are replaced: {what}"));
    }
    pod::loosens(service, before, after, notes);
    let claims = |object: &Value| -> Vec<String> {
        let claims = object["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten();
        let own = claims.filter_map(|claim| claim["metadata"]["name"].as_str()).map(str::to_owned);
        let volumes = object.pointer("/spec/template/spec/volumes").and_then(Value::as_array);
        let shared = volumes.into_iter().flatten().filter_map(|volume| {
            volume["persistentVolumeClaim"]["claimName"].as_str().map(str::to_owned)
        });
        own.chain(shared).collect()
    };
    let (before, after) = (claims(old), claims(new));
    for claim in before.iter().filter(|claim| !after.contains(claim)) {
        notes.add(Effect::LosesData, service, left_behind(claim));
    }
    let image = |object: &Value| {
        let image = object.pointer("/spec/template/spec/containers/0/image");
        image.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    if let Some(claim) = before.first().filter(|_| kind != "DaemonSet")
        && let Some(says) = image::data_risk(&image(old), &image(new), claim)
    {
        notes.add(Effect::LosesData, service, says);
    }
}

fn budget(service: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let at = |object: &Value, key: &str| amount(&object["spec"][key]);
    let weaker = at(new, "maxUnavailable") > at(old, "maxUnavailable")
        || at(new, "minAvailable") < at(old, "minAvailable") && at(new, "maxUnavailable").is_none();
    if weaker {
        notes.add(Effect::Loosens, service, "a drain may take more of it at once");
    }
}

/// The level that the namespace holds its pods to.
fn pod_security(old: &Value, new: &Value, notes: &mut Notes) {
    let level =
        |object: &Value| match object["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
            .as_str()
        {
            Some("restricted") => 2,
            Some("baseline") => 1,
            _ => 0,
        };
    if level(new) < level(old) {
        notes.add(Effect::Loosens, "", "the namespace holds its pods to a weaker standard");
    }
}

//! Turns two pod templates into how they differ and what is weaker in the new one.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::risk::quantity::weaker;
use crate::risk::{Effect, Notes, kept};

/// The names of what differs: fields of containers, else of the pod.
pub(super) fn differences(old: &Value, new: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (before, after) = (&old["spec"], &new["spec"]);
    fields(before, after, &["containers"], &mut found);
    for (old, new) in pairs(before, after) {
        fields(old, new, &["name"], &mut found);
    }
    if count(before) != count(after) {
        found.insert("containers".to_owned());
    }
    if old["metadata"] != new["metadata"] {
        fields(&old["metadata"], &new["metadata"], &[], &mut found);
    }
    found
}

fn fields(old: &Value, new: &Value, except: &[&str], found: &mut BTreeSet<String>) {
    let keys = [old, new].into_iter().filter_map(Value::as_object).flat_map(Map::keys);
    let differ = keys.filter(|key| !except.contains(&key.as_str()) && old.get(key) != new.get(key));
    found.extend(differ.cloned());
}

fn containers(spec: &Value) -> impl Iterator<Item = &Value> {
    spec["containers"].as_array().into_iter().flatten()
}

fn count(spec: &Value) -> usize {
    containers(spec).count()
}

/// The containers that are on both sides, by name.
fn pairs<'a>(old: &'a Value, new: &'a Value) -> Vec<(&'a Value, &'a Value)> {
    let partner = |old: &Value| containers(new).find(|new| new["name"] == old["name"]);
    containers(old).filter_map(|old| Some((old, partner(old)?))).collect()
}

/// Tells what is weaker.
pub(super) fn loosens(service: &str, old: &Value, new: &Value, notes: &mut Notes) {
    let (old, new) = (&old["spec"], &new["spec"]);
    let mut says = Vec::new();
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        if new[key] == true && old[key] != true {
            says.push(format!("shares the host's namespace: `{key}`"));
        }
    }
    if old["automountServiceAccountToken"] == false && new["automountServiceAccountToken"] != false
    {
        says.push("gets a token of the cluster's API".to_owned());
    }
    let had = host_paths(old);
    says.extend(
        host_paths(new)
            .into_iter()
            .filter(|path| !had.contains(path))
            .map(|path| format!("sees the host's `{path}`")),
    );
    context(&old["securityContext"], &new["securityContext"], &mut says);
    // A container that is new is held against what every compiled one has.
    let hardened = json!({
        "readOnlyRootFilesystem": true,
        "allowPrivilegeEscalation": false,
        "capabilities": { "drop": ["ALL"] },
    });
    let known = |new: &&Value| containers(old).all(|old| old["name"] != new["name"]);
    for added in containers(new).filter(known) {
        context(&hardened, &added["securityContext"], &mut says);
    }
    for (old, new) in pairs(old, new) {
        kept::arguments(service, &old["args"], &new["args"], notes);
        context(&old["securityContext"], &new["securityContext"], &mut says);
        for (key, what) in [("memory", "memory"), ("cpu", "processor time")] {
            let limit = |container: &Value| container["resources"]["limits"][key].clone();
            says.extend(weaker(what, &limit(old), &limit(new)));
        }
        for probe in ["livenessProbe", "readinessProbe"] {
            if old[probe].is_object() && !new[probe].is_object() {
                says.push(format!("has no `{probe}` any more"));
            }
        }
    }
    for says in says {
        notes.add(Effect::Loosens, service, says);
    }
}

fn host_paths(spec: &Value) -> Vec<&str> {
    let volumes = spec["volumes"].as_array().into_iter().flatten();
    volumes.filter_map(|volume| volume["hostPath"]["path"].as_str()).collect()
}

/// A security context of a pod or of a container.
fn context(old: &Value, new: &Value, says: &mut Vec<String>) {
    if old["runAsNonRoot"] == true && new["runAsNonRoot"] != true
        || new["runAsUser"] == 0 && old["runAsUser"] != 0
    {
        says.push("may run as root".to_owned());
    }
    if old["readOnlyRootFilesystem"] == true && new["readOnlyRootFilesystem"] != true {
        says.push("its root file system may be written".to_owned());
    }
    if old["allowPrivilegeEscalation"] == false && new["allowPrivilegeEscalation"] != false {
        says.push("may gain privileges".to_owned());
    }
    if new["privileged"] == true && old["privileged"] != true {
        says.push("runs privileged".to_owned());
    }
    let profile = |context: &Value| context["seccompProfile"]["type"].as_str().map(str::to_owned);
    if profile(old).is_some_and(|before| before != "Unconfined")
        && profile(new).is_none_or(|after| after == "Unconfined")
    {
        says.push("its system calls are not filtered any more".to_owned());
    }
    let list = |context: &Value, key: &str| -> BTreeSet<String> {
        let all = context["capabilities"][key].as_array().into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    for capability in list(old, "drop").difference(&list(new, "drop")) {
        says.push(format!("does not drop the capability `{capability}` any more"));
    }
    for capability in list(new, "add").difference(&list(old, "add")) {
        says.push(format!("gets the capability `{capability}`"));
    }
}

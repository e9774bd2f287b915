//! Reads the manifests of an environment into what they say of each service.

use std::collections::BTreeMap;
use std::path::Path;

use serde_yaml::Value;

use super::container::Reader;
use super::side::{Side, entries, list, plain, text};
use super::{names, value};

const WORKLOADS: [&str; 4] = ["Deployment", "StatefulSet", "DaemonSet", "CronJob"];

/// The keys of what configures pods with their values, by kind and name.
pub(super) type Keys = BTreeMap<(String, String), BTreeMap<String, String>>;

pub(super) fn read(folder: &Path) -> Side {
    let mut side = Side::default();
    let mut workloads = Vec::new();
    walk(folder, folder, "", &mut side, &mut workloads);
    let keys = keys(&side.objects);
    for (profile, workload) in workloads {
        let name = text(&workload, "metadata.name").unwrap();
        let mut reader = Reader::new(&side.objects, &keys);
        reader.said.say("profile", profile);
        reader.workload(&name, &workload);
        let Reader { said, found, settings, .. } = reader;
        side.settings.extend(settings);
        side.found.extend(found.into_iter().map(|one| format!("{name}: {one}")));
        if side.services.insert(name.clone(), said).is_some() {
            side.found.push(format!("{name}: two workloads have this name"));
        }
    }
    side
}

/// Collects the objects, and the workloads with the profile whose component they stand in.
fn walk(
    root: &Path,
    folder: &Path,
    profile: &str,
    side: &mut Side,
    workloads: &mut Vec<(String, Value)>,
) {
    for name in names(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            // Policies are applied by somebody else, if at all.
            if path == root.join("policies") {
                continue;
            }
            let is_component = folder == root.join("components");
            walk(root, &path, if is_component { &name } else { profile }, side, workloads);
            continue;
        }
        let mut object = value(&path);
        let kind = text(&object, "kind").unwrap();
        if kind == "Secret" {
            object["data"] = template(&path);
        }
        if WORKLOADS.contains(&kind.as_str()) {
            if !is_applied(root, profile, &path) {
                side.found.push(format!("{}: no kustomization lists it", path.display()));
            }
            workloads.push((profile.to_owned(), object.clone()));
        }
        side.objects.push(object);
    }
}

fn is_applied(root: &Path, profile: &str, path: &Path) -> bool {
    let base =
        if profile.is_empty() { root.to_owned() } else { root.join("components").join(profile) };
    let listed = value(&base.join("kustomization.yaml"));
    let path = path.strip_prefix(&base).unwrap().to_str().unwrap();
    list(&listed, "resources").iter().any(|resource| resource == path)
}

/// The keys of a secret: its values are never committed, so that the template tells of them in lines such as
/// `#   NAME: # what it is`.
fn template(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("#   ")?.split_once(':'));
    let is_name = |key: &str| {
        key.bytes().all(|one| one.is_ascii_uppercase() || b"_0123456789".contains(&one))
    };
    let keys = lines.filter(|(key, _)| is_name(key));
    let keys: serde_yaml::Mapping = keys.map(|(key, _)| (key.into(), Value::Null)).collect();
    assert!(!keys.is_empty(), "{path:?}");
    Value::Mapping(keys)
}

/// The keys of each configuration map and of each secret, which may be a template or what another store is asked for.
fn keys(objects: &[Value]) -> Keys {
    let mut keys = Keys::new();
    for object in objects {
        let name = text(object, "metadata.name").unwrap_or_default();
        let (of, found): (_, BTreeMap<String, String>) =
            match text(object, "kind").unwrap().as_str() {
                "ConfigMap" => ("configMap", named(object, "data")),
                "Secret" => ("secret", named(object, "data")),
                "ExternalSecret" => {
                    let found = list(object, "spec.data").iter();
                    (
                        "secret",
                        found.map(|one| (text(one, "secretKey").unwrap(), String::new())).collect(),
                    )
                }
                _ => continue,
            };
        let name = text(object, "spec.target.name").unwrap_or(name);
        keys.entry((of.to_owned(), name)).or_default().extend(found);
    }
    keys
}

fn named(object: &Value, path: &str) -> BTreeMap<String, String> {
    entries(object, path).into_iter().map(|(name, value)| (name.to_owned(), plain(value))).collect()
}

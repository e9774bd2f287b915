//! Turns a value that breaks the schema into one that keeps it: faulty parts are left out, and remembered as broken.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::blueprint::broken::Broken;
use crate::check::{Fault, Finding};
use crate::diagnostic::suggest;
use crate::source::pointer;

/// What stands in for a name that is missing or faulty.
const NAMELESS: &str = "nameless";
/// Sections whose entries stay when nothing in them can be kept: others refer to them by name.
const KEPT: &[&str] = &["environments", "services", "volumes", "networks"];
/// Keys of a service that hold named entries.
const MAPS: &[&str] = &["needs", "environment", "volumes", "tmpfs", "with", "ports"];

/// Takes out what each finding is about.
pub fn mend(value: &mut Value, findings: &[Finding], broken: &mut Broken) {
    let mut unwanted = Unwanted::default();
    for finding in findings {
        let place = finding.pointer.as_str();
        match &finding.fault {
            Fault::UnknownKey { key, known } => {
                // Where the whole place is unknown no key of it has to be guessed.
                if !broken.has(place) {
                    let near = suggest::nearest(key, known.iter().map(String::as_str));
                    meant(value, place, near, known, broken);
                }
                unwanted.add(place, key);
            }
            Fault::MalformedKey { key, .. } => {
                let place_of = |key: &str| pointer::push(place, key);
                broken.add(place_of(key));
                unwanted.add(place, key);
                // What refers to it may have the name right.
                let meant = key.trim().to_lowercase().replace(['_', ' ', '.'], "-");
                if meant != *key {
                    broken.add(place_of(&meant));
                }
            }
            Fault::MissingKey { key } if place.is_empty() => {
                broken.add(pointer::push(place, key));
                stand_in(value, key);
            }
            Fault::MissingKey { .. }
            | Fault::WrongType { .. }
            | Fault::NotAllowed { .. }
            | Fault::Malformed { .. }
            | Fault::Unfit { .. }
            | Fault::Other { .. } => leave_out(value, &unit(place), &mut unwanted, broken),
        }
    }
    unwanted.remove(value);
}

/// Keys to remove, by the mapping that has them: to remove them one by one would move all others each time.
#[derive(Default)]
struct Unwanted(BTreeMap<String, BTreeSet<String>>);

impl Unwanted {
    fn add(&mut self, parent: &str, key: &str) {
        self.0.entry(parent.to_owned()).or_default().insert(key.to_owned());
    }

    fn remove(self, value: &mut Value) {
        for (parent, keys) in self.0 {
            if let Some(map) = value.pointer_mut(&parent).and_then(Value::as_object_mut) {
                map.retain(|key, _| !keys.contains(key));
            }
        }
    }
}

/// Marks what an unknown key was meant for: the nearest key, else any that is not there.
fn meant(value: &Value, place: &str, near: Option<&str>, known: &[String], broken: &mut Broken) {
    match near {
        Some(near) => broken.add(pointer::push(place, near)),
        None if place.is_empty() => {
            let absent = known.iter().filter(|key| value.get(key.as_str()).is_none());
            broken.extend(absent.map(|key| pointer::push(place, key)));
        }
        None => broken.add(place),
    }
}

fn leave_out(value: &mut Value, place: &str, unwanted: &mut Unwanted, broken: &mut Broken) {
    broken.add(place);
    let segments: Vec<&str> = place.split('/').skip(1).collect();
    match segments.as_slice() {
        [key @ ("blueprint" | "name")] => stand_in(value, key),
        [section, _] if KEPT.contains(section) => {
            if let Some(found) = value.pointer_mut(place) {
                *found = Value::Object(Map::new());
            }
        }
        _ => {
            let (parent, _) = place.rsplit_once('/').unwrap_or_default();
            unwanted.add(parent, &pointer::segments(place).last().unwrap_or_default());
        }
    }
}

/// The two keys that a blueprint cannot be without.
fn stand_in(value: &mut Value, key: &str) {
    let Some(map) = value.as_object_mut() else { return };
    map.insert(key.to_owned(), json!(if key == "blueprint" { "v1" } else { NAMELESS }));
}

/// The part round a place that can be left out as a whole: a key of a service, a variable, an alert.
fn unit(place: &str) -> String {
    let segments: Vec<&str> = place.split('/').skip(1).collect();
    let depth = match segments.as_slice() {
        ["services", _, key, ..] if MAPS.contains(key) => 4,
        ["services" | "environments" | "routes" | "variables", ..]
        | ["monitoring", "alerts" | "receivers", ..] => 3,
        _ => 2,
    };
    segments.iter().take(depth).map(|segment| format!("/{segment}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blueprint::schema;

    fn mended(mut value: Value) -> (Value, Vec<String>) {
        let mut broken = Broken::default();
        let faults = schema::LONG.check(&value);
        mend(&mut value, &faults, &mut broken);
        assert_eq!(schema::LONG.check(&value), []);
        (value, broken.iter().map(str::to_owned).collect())
    }

    #[test]
    fn faulty_parts_are_left_out_and_remembered() {
        let (value, broken) = mended(json!({
            "blueprint": "v1", "name": "Shop!",
            "services": {
                "api": { "helth": {}, "image": "x:1", "ports": { "http": 0, "admin": 81 }, "publish": ["1:2:3:4"] },
                "web": 5, "Db": {}, "old": { "foo": 1 },
            },
            "external": { "mail": { "port": 25 } },
        }));
        assert_eq!(
            value,
            json!({
                "blueprint": "v1", "name": "nameless",
                "services": { "api": { "image": "x:1", "ports": { "admin": 81 } }, "web": {}, "old": {} },
                "external": {},
            })
        );
        assert_eq!(
            broken,
            [
                "/external/mail",
                "/name",
                "/services/Db",
                "/services/api/health",
                "/services/api/ports/http",
                "/services/api/publish",
                "/services/db",
                "/services/old",
                "/services/web",
            ]
        );
    }

    /// Each removal that moves all others would make thousands of them take minutes.
    #[test]
    fn many_keys_are_left_out_at_once_and_the_others_keep_their_order() {
        let keys = (0..5000).map(|at| (format!("other{at}"), json!(at)));
        let mut service: Map<String, Value> = keys.collect();
        service.shift_insert(0, "tmpfs".to_owned(), json!({ "/z": "1Mi", "/a": "1Mi" }));
        service.insert("image".to_owned(), json!("x:1"));
        let (value, broken) =
            mended(json!({ "blueprint": "v1", "name": "shop", "services": { "api": service } }));
        let kept = value["services"]["api"].as_object().unwrap();
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["tmpfs", "image"]);
        assert_eq!(broken, ["/services/api"]);
    }

    #[test]
    fn an_unknown_section_stands_for_one_that_is_not_there() {
        let (_, broken) = mended(json!({ "name": "shop", "services": {}, "stuff": 1 }));
        assert!(
            broken.contains(&"/variables".to_owned()) && broken.contains(&"/blueprint".to_owned())
        );
        assert!(!broken.contains(&"/services".to_owned()));
    }
}

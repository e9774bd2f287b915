//! Compares the Compose file of an environment with its Kubernetes manifests, both read back from disk: what stands on
//! both sides says the same of it, and what stands on one side only is in the table of roles.

mod changed;
mod compare;
mod compose;
mod container;
mod kubernetes;
mod roles;
mod side;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_yaml::Value;

use compare::{Used, compare};
use side::Side;

/// The two forms of one environment.
#[derive(Clone)]
struct Environment {
    compose: Side,
    kubernetes: Side,
}

impl Environment {
    /// Reads both forms; the short name in the Compose file's name is how the environment's begins.
    fn read(system: &Path, name: &str) -> Self {
        let mut files = names(system);
        files.retain(|file| short(file).is_some_and(|short| name.starts_with(short)));
        let [file] = &files[..] else { panic!("{system:?} {name}: {files:?}") };
        let folder = system.join("kubernetes").join(name);
        let mut compose = compose::read(&value(&system.join(file)));
        let mut settings = names(system);
        settings.retain(|file| file.starts_with(&format!(".env.{name}.")));
        let [file] = &settings[..] else { panic!("{system:?} {name}: {settings:?}") };
        compose.settings = compose::settings(&std::fs::read_to_string(system.join(file)).unwrap());
        Self { compose, kubernetes: kubernetes::read(&folder) }
    }
}

/// `prod` of `docker-compose.prod.yml`.
fn short(file: &str) -> Option<&str> {
    file.strip_prefix("docker-compose.")?.strip_suffix(".yml")
}

/// What is in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn value(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    let mut value: Value =
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    value.apply_merge().unwrap();
    value
}

/// All systems that are committed.
fn systems() -> Vec<PathBuf> {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("out");
    names(&out).into_iter().map(|name| out.join(name)).collect()
}

#[test]
fn compose_and_kubernetes_say_the_same_of_every_system_in_every_environment() {
    let mut found = Vec::new();
    let mut used = Used::default();
    let mut compared = BTreeSet::new();
    for system in systems() {
        let environments = names(&system.join("kubernetes"));
        let files = names(&system).iter().filter(|file| short(file).is_some()).count();
        assert_eq!(environments.len(), files, "{system:?}: {environments:?}");
        for name in environments {
            let environment = Environment::read(&system, &name);
            let of = format!("{} {name}", system.file_name().unwrap().to_str().unwrap());
            let both = environment.compose.services.keys();
            let both = both.filter(|name| environment.kubernetes.services.contains_key(*name));
            assert!(both.count() > 4, "{of}: hardly anything was compared");
            found.extend(compare(&environment, &mut used).iter().map(|one| format!("{of}: {one}")));
            compared.insert(of);
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(compared.len() >= 12, "{compared:?}");
    // A row that nothing needs would excuse what nobody has looked at.
    assert_eq!(used.idle(), [""; 0]);
}

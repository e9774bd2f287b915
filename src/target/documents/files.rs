//! Turns a system into the list of its compiled files and folders, and what each is for.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Model, naming};
use crate::target::documents::system::System;

/// The files and folders of the output, at the top and one for each environment.
pub(super) fn files(system: &System<'_>, has: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for place in &system.places {
        found.push((place.compose_file.clone(), "Docker Compose".to_owned()));
        found.push((place.template.clone(), "what the operator sets, as a template".to_owned()));
        if !place.manifests.is_empty() {
            found.push((place.manifests.clone(), "manifests for Kubernetes".to_owned()));
        }
        for (folder, what) in FOLDERS {
            found.push((format!("{folder}/{}", place.name), (*what).to_owned()));
        }
        for (folder, services) in read(place.model) {
            let folder = format!("{folder}/{}", place.name);
            if !found.iter().any(|(path, _)| *path == folder) {
                let verb = if services.len() == 1 { "reads" } else { "read" };
                let services = services.into_iter().collect::<Vec<_>>().join(", ");
                found.push((folder, format!("what {services} {verb}")));
            }
        }
    }
    found.extend(SHARED.iter().map(|(path, what)| ((*path).to_owned(), (*what).to_owned())));
    found.retain(|(path, _)| has(path));
    found
}

/// The folders of the environment's own from which services read, and who does.
fn read(model: &Model) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, service) in &model.services {
        let mounted = service.files.iter().chain(&service.kubernetes.files);
        let artifacts = mounted.map(|mount| &mount.artifact).chain(service.contents.keys());
        for artifact in artifacts {
            let mut parts = artifact.splitn(3, '/');
            if let (Some(folder), Some(environment)) = (parts.next(), parts.next())
                && environment == model.environment.name.as_str()
            {
                folders.entry(folder).or_default().insert(name.as_str());
            }
        }
    }
    folders
}

/// The folders that have one of their own for each environment.
const FOLDERS: &[(&str, &str)] = &[
    ("nginx", "the server in front"),
    ("prometheus", "scrape jobs, alert rules and their tests"),
    ("alertmanager", "who is told of which alerts"),
    ("grafana", "dashboards and their data sources"),
    ("loki", "the store of logs"),
    ("alloy", "the collector of logs"),
    ("backup", "what is backed up, how and when"),
];

/// What all environments share.
const SHARED: &[(&str, &str)] = &[
    ("docker", "Dockerfiles"),
    ("env", "what each program reads"),
    ("scripts", "deployment, verification, rollback"),
    (".github", "the pipeline"),
    (naming::RUNBOOK, "what to do about each alert"),
    ("DEPLOYMENT_CHECKLIST.md", "everything to see to, one by one"),
    ("DISASTER_RECOVERY.md", "what to do when all is lost"),
    ("ARCHITECTURE.md", "what runs, and who talks to whom"),
    ("architecture.svg", "the same as a picture"),
    (".gitignore", "what is never committed: values and secrets"),
    ("formwork.lock", "what is compiled, so that changes by hand are noticed"),
];

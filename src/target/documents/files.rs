//! Turns a system into the list of its compiled files and folders, and what each is for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Model, naming};
use crate::target::documents::page::Listed;
use crate::target::documents::system::System;

/// The files and folders of the output, at the top and one for each environment.
pub(super) fn files(
    system: &System<'_>,
    has: impl Fn(&str) -> bool,
) -> Vec<(String, Cow<'static, str>)> {
    let mut found: Vec<(String, Cow<'static, str>)> = Vec::new();
    let mut add = |path: String, what: Cow<'static, str>| {
        if has(&path) && found.iter().all(|(known, _)| *known != path) {
            found.push((path, what));
        }
    };
    for place in &system.places {
        add(place.compose_file.clone(), "Docker Compose".into());
        add(place.template.clone(), "what the operator sets, as a template".into());
        if !place.manifests.is_empty() {
            add(place.manifests.clone(), "manifests for Kubernetes".into());
        }
        for (folder, what) in FOLDERS {
            add([folder, "/", place.name].concat(), (*what).into());
        }
        for (folder, services) in read(place.model) {
            let verb = if services.len() == 1 { "reads" } else { "read" };
            let what = format!("what {} {verb}", Listed(&services));
            add([folder, "/", place.name].concat(), what.into());
        }
    }
    for (path, what) in SHARED {
        add((*path).to_owned(), (*what).into());
    }
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

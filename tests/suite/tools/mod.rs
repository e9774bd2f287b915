//! Holds every tool that a script calls inside a container against what the container's image holds.

mod called;
mod images;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_yaml::Value;

use crate::compiled::tree;
use crate::judge::judge;
use called::Called;
use images::Images;

/// The compiled files of a system, by path.
type Files = BTreeMap<String, String>;

/// A system with every kind of store that is backed up, and with a volume.
const STORES: &str = r#"
blueprint: v1
name: shop
environments: { production: { domain: shop.example.com } }
images: { backup: "ghcr.io/example/shop-backup:1.0.0" }
services:
  db: { uses: postgres@17, databases: [reports] }
  cache: { uses: redis@8 }
  documents: { uses: mongodb@8.0 }
  figures: { uses: clickhouse }
  old: { uses: mariadb }
  queue: { uses: rabbitmq }
  api:
    image: "ghcr.io/example/api:1.4.2"
    port: 8000
    health: /health
    user: 999
    needs: [db, cache, documents, figures, old, queue]
    volumes: { uploads: /uploads }
routes: { "${env.domain}": { /: api } }
edge: { limit: 50r/s burst 100, tls: { by: letsencrypt, email: "ops@${env.domain}" } }
monitoring: {}
buckets: { s3: { bucket: shop-backups, region: eu-central-1, lifecycle: 100d } }
backups:
  db: { archive: 10m, to: s3 }
  cache: { to: s3 }
  documents: { to: s3 }
  figures: { to: s3 }
  old: { to: s3 }
  uploads: { to: s3 }
"#;

fn below(folder: &Path, root: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, root, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// The systems below `out/`, and one with every store.
fn systems() -> Vec<(String, Files)> {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("out");
    let mut found: Vec<(String, Files)> = fs::read_dir(out)
        .unwrap()
        .map(|entry| {
            let (root, mut files) = (entry.unwrap().path(), Files::new());
            below(&root, &root, &mut files);
            (root.file_name().unwrap().to_str().unwrap().to_owned(), files)
        })
        .collect();
    let tree = tree(STORES);
    let files = tree.iter().map(|(path, file)| (path.to_string(), file.text().to_owned()));
    found.push(("stores".to_owned(), files.collect()));
    found
}

fn words(value: &Value) -> Vec<String> {
    let items = value.as_sequence().into_iter().flatten();
    // Compose writes a lone `$` as two.
    items.filter_map(Value::as_str).map(|word| word.replace("$$", "$")).collect()
}

/// A container: what it is, its image, the scripts that are mounted into it and the commands that it runs.
struct Container {
    name: String,
    image: String,
    scripts: Vec<String>,
    commands: Vec<Vec<String>>,
}

/// Those of Docker Compose.
fn composed(files: &Files) -> Vec<Container> {
    let mut found = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("docker-compose.")) {
        let file: Value = serde_yaml::from_str(text).unwrap();
        for (name, service) in file["services"].as_mapping().unwrap() {
            let mounts = service["volumes"].as_sequence().into_iter().flatten();
            let binds = mounts.filter(|one| one["type"] == "bind");
            let sources = binds.filter_map(|one| one["source"].as_str()?.strip_prefix("./"));
            let scripts = sources.flat_map(|source| {
                let within = move |path: &&String| {
                    *path == source
                        || path.strip_prefix(source).is_some_and(|it| it.starts_with('/'))
                };
                files.keys().filter(within).filter(|path| is_script(path, &files[*path])).cloned()
            });
            let test = words(&service["healthcheck"]["test"]);
            let test = test.split_first().map(|(_, rest)| rest.to_vec()).unwrap_or_default();
            found.push(Container {
                name: format!("{path}: {}", name.as_str().unwrap()),
                image: service["image"].as_str().unwrap().to_owned(),
                scripts: scripts.collect(),
                commands: vec![words(&service["entrypoint"]), words(&service["command"]), test],
            });
        }
    }
    found
}

/// Those of a cluster: what they run. The scripts that they mount are those of Compose.
fn clustered(files: &Files) -> Vec<Container> {
    fn walk(value: &Value, path: &str, found: &mut Vec<Container>) {
        match value {
            Value::Mapping(map) => {
                for (key, value) in map {
                    if ["containers", "initContainers"].contains(&key.as_str().unwrap_or_default())
                    {
                        for one in value.as_sequence().into_iter().flatten() {
                            let Some(image) = one["image"].as_str() else { continue };
                            let probes = ["livenessProbe", "readinessProbe", "startupProbe"];
                            let probes = probes.map(|probe| words(&one[probe]["exec"]["command"]));
                            let mut commands = vec![words(&one["command"]), words(&one["args"])];
                            commands.extend(probes);
                            let name = format!("{path}: {}", one["name"].as_str().unwrap());
                            let image = image.to_owned();
                            found.push(Container { name, image, scripts: Vec::new(), commands });
                        }
                    } else {
                        walk(value, path, found);
                    }
                }
            }
            Value::Sequence(items) => items.iter().for_each(|item| walk(item, path, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (path, text) in files {
        if path.starts_with("kubernetes/") && crate::compiled::is_yaml(path) {
            for document in serde_yaml::Deserializer::from_str(text) {
                let value = <Value as serde::Deserialize>::deserialize(document).unwrap();
                walk(&value, path, &mut found);
            }
        }
    }
    found
}

fn is_script(path: &str, text: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "sh")
        || path.ends_with("/crontab")
        || text.starts_with("#!/bin/sh")
        || text.starts_with("#!/usr/bin/env bash")
}

/// What containers call and their images lack, each once; and how many calls were looked at.
fn lacking(shfmt: &Path, files: &Files) -> (BTreeSet<String>, usize) {
    let images = Images::of(files);
    let (mut wrong, mut checked) = (BTreeSet::new(), 0);
    let mut known: BTreeMap<Vec<String>, Called> = BTreeMap::new();
    for container in composed(files).into_iter().chain(clustered(files)) {
        let called = known.entry(container.scripts.clone()).or_insert_with(|| {
            let mut called = Called::default();
            for path in &container.scripts {
                let text = &files[path];
                called.script(
                    shfmt,
                    path,
                    &if path.ends_with("/crontab") { scheduled(text) } else { text.clone() },
                );
            }
            called
        });
        let mut called = called.clone();
        container.commands.iter().for_each(|command| called.shell(shfmt, command));
        let tools = called.tools();
        if tools.is_empty() {
            continue;
        }
        checked += tools.len();
        let there = images.tools(&container.image);
        let lacks = tools.into_iter().filter(|tool| !there.contains(tool));
        wrong.extend(
            lacks.map(|tool| format!("{}: {} lacks {tool}", container.name, container.image)),
        );
    }
    (wrong, checked)
}

/// The commands of a crontab.
fn scheduled(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.splitn(6, ' ').nth(5).unwrap().to_owned() + "\n").collect()
}

#[test]
fn every_tool_that_a_script_calls_in_a_container_is_in_its_image() {
    let Some(shfmt) = judge("shfmt") else { return };
    let mut checked = 0;
    for (name, files) in systems() {
        let (wrong, found) = lacking(&shfmt, &files);
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        checked += found;
    }
    assert!(checked > 500, "{checked}");
}

#[test]
fn a_tool_that_an_image_lacks_is_found() {
    let Some(shfmt) = judge("shfmt") else { return };
    let (_, whole) = systems().pop().unwrap();
    for (path, from, to, lacks) in [
        ("docker/backup.Dockerfile", "gnupg rclone", "gnupg", "rclone"),
        ("docker/backup.Dockerfile", "/usr/bin/mongodump ", "", "mongodump"),
        ("docker/backup.Dockerfile", "mariadb-client", "curl", "mariadb-dump"),
        ("docker/backup.Dockerfile", "/usr/local/bin/redis-cli ", "", "redis-cli"),
        ("scripts/lib/backup.sh", "sha256sum", "b3sum", "b3sum"),
        ("backup/production/job.sh", "set -", "jq --version; set -", "jq"),
        ("certbot/production/renew.sh", "mkdir", "install -d; mkdir; systemctl", "systemctl"),
    ] {
        let mut files = whole.clone();
        let text = files.get_mut(path).unwrap_or_else(|| panic!("{path}"));
        assert!(text.contains(from), "{path}: {from}");
        *text = text.replace(from, to);
        let (wrong, _) = lacking(&shfmt, &files);
        assert!(
            wrong.iter().any(|one| one.ends_with(&format!("lacks {lacks}"))),
            "{lacks}: {wrong:#?}"
        );
    }
}

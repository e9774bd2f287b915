//! Lets Docker Compose read every compiled Compose file, with every choice of profiles.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use formwork::model::Model;
use formwork::value::Name;
use serde_json::Value;

use crate::harness::Folder;
use crate::judge::judge;
use crate::matrix;
use crate::parallel::in_parallel;
use crate::support::Known;

/// A compiled system in a folder of its own, with every secret file in place.
struct System {
    folder: Folder,
    known: Arc<Known>,
}

/// The blueprints, the examples and the scaffolds, compiled and written.
fn systems() -> Vec<System> {
    matrix::sets().iter().map(|set| System::of(set.known.clone())).collect()
}

impl System {
    fn of(known: Arc<Known>) -> Self {
        let folder = Folder::empty();
        for (path, artifact) in known.compiled.tree.iter() {
            folder.write(path.as_str(), artifact.text());
        }
        for model in &known.compiled.models {
            let filled: String = model
                .variables()
                .filter(|variable| variable.is_operators())
                .map(|variable| format!("{}=filled\n", variable.name))
                .collect();
            folder.write(&format!(".env.{}", model.environment.name), &filled);
        }
        Self { folder, known }
    }

    fn compose_file(model: &Model) -> String {
        format!("docker-compose.{}.yml", model.environment.short)
    }

    /// What Docker Compose makes of the file with these profiles.
    fn config(&self, program: &Path, model: &Model, profiles: &[&str]) -> Value {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path());
        command.args(["--env-file", &format!(".env.{}", model.environment.name)]);
        command.args(["-f", &Self::compose_file(model)]);
        for profile in profiles {
            command.args(["--profile", profile]);
        }
        let output = command.args(["config", "--format", "json"]).output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} {profiles:?}: {complaint}", model.name);
        assert!(complaint.is_empty(), "{} {profiles:?} is accepted with: {complaint}", model.name);
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn services(config: &Value) -> BTreeSet<String> {
    config["services"].as_object().unwrap().keys().cloned().collect()
}

/// The services that run with these profiles on.
fn running(model: &Model, on: &[&str]) -> BTreeSet<String> {
    let is_on = |profile: &str| on.contains(&"*") || on.contains(&profile);
    let running = model.services.values().filter(|service| {
        let profile = service.profile.as_ref();
        service.is_composed() && profile.is_none_or(|profile| is_on(profile.as_str()))
    });
    running.map(|service| service.name.to_string()).collect()
}

#[test]
fn compose_accepts_every_file_with_no_profile_each_and_all_and_each_can_start() {
    let Some(program) = judge("docker-compose") else { return };
    let systems = systems();
    let mut runs = Vec::new();
    for system in &systems {
        for model in &system.known.compiled.models {
            let services = model.services.values();
            let profiles: BTreeSet<&str> =
                services.filter_map(|one| one.profile.as_ref()).map(Name::as_str).collect();
            let each = profiles.into_iter().map(|one| vec![one]);
            let all = std::iter::once(vec![]).chain(each).chain([vec!["*"]]);
            runs.extend(all.map(|on| (system, model, on)));
        }
    }
    in_parallel(&runs, |(system, model, on)| {
        let config = system.config(&program, model, on);
        assert_eq!(services(&config), running(model, on), "{} with {on:?}", model.name);
        if *on == ["*"] {
            can_start(system, model, &config);
        }
    });
    let files = systems.iter().map(|system| system.known.compiled.models.len()).sum();
    matrix::record("docker-compose config", files, 0);
}

/// What `config` accepts and `up` refuses, or what cannot work.
fn can_start(system: &System, model: &Model, config: &Value) {
    let services = config["services"].as_object().unwrap();
    let mut host_ports = BTreeSet::new();
    for (name, service) in services {
        for (other, how) in service["depends_on"].as_object().into_iter().flatten() {
            let other = &services[other];
            if how["condition"] == "service_healthy" {
                assert!(
                    other["healthcheck"]["test"].is_array(),
                    "{name} waits for health of {other}"
                );
            }
        }
        let published = service["ports"].as_array().into_iter().flatten();
        for port in published {
            assert!(
                host_ports
                    .insert((port["published"].clone().to_string(), port["protocol"].to_string()))
            );
            let open = service["networks"]
                .as_object()
                .unwrap()
                .keys()
                .any(|network| config["networks"][network]["internal"] != Value::Bool(true));
            assert!(open, "{name} publishes on a network without a way out");
            assert!(service["container_name"].is_null(), "{name} could not be replicated");
        }
        let is_waived = model.waivers.iter().any(|waiver| {
            let mut named = waiver.services.iter();
            waiver.rule == "CL-0007" && named.any(|one| one.as_str() == name)
        });
        assert!(is_waived || service["read_only"] == true, "{name}");
        assert_eq!(service["cap_drop"], serde_json::json!(["ALL"]), "{name}");
        assert_eq!(
            service["security_opt"],
            serde_json::json!(["no-new-privileges:true"]),
            "{name}"
        );
        assert!(service["user"].as_str().is_some_and(|user| user.contains(':')), "{name}");
        for limit in ["cpus", "memory", "pids"] {
            assert!(
                !service["deploy"]["resources"]["limits"][limit].is_null(),
                "{name} has no {limit}"
            );
        }
        for mount in service["volumes"].as_array().into_iter().flatten() {
            let source = mount["source"].as_str().unwrap_or_default();
            let ours =
                Path::new(source).strip_prefix(fs::canonicalize(system.folder.path()).unwrap());
            if mount["type"] == "bind"
                && let Ok(ours) = ours
            {
                assert!(
                    system.folder.file(ours.to_str().unwrap()).exists(),
                    "{name} mounts {source}"
                );
            }
        }
    }
}

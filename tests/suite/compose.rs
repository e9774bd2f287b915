//! Lets Docker Compose, its schema and a linter of its security judge every compiled Compose file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use formwork::compile::{Compiled, compile};
use formwork::model::Model;
use formwork::project::Project;
use formwork::value::Name;
use serde_json::Value;

use crate::golden;
use crate::harness::Folder;
use crate::judge::judge;

/// A compiled system in a folder of its own, with every secret file in place.
struct System {
    folder: Folder,
    compiled: Compiled,
}

/// The blueprints and the examples, compiled and written.
fn systems() -> Vec<System> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut projects = golden::projects();
    let mut paths: Vec<PathBuf> =
        fs::read_dir(examples).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    projects.extend(paths.iter().map(|path| Project::read(path, None).unwrap()));
    projects.iter().map(|project| System::of(compile(&project.inputs).unwrap())).collect()
}

impl System {
    fn of(compiled: Compiled) -> Self {
        let folder = Folder::empty();
        for (path, artifact) in compiled.tree.iter() {
            folder.write(path.as_str(), artifact.text());
        }
        for model in &compiled.models {
            let filled: String = model
                .variables()
                .filter(|variable| variable.is_operators())
                .map(|variable| format!("{}=filled\n", variable.name))
                .collect();
            folder.write(&format!(".env.{}", model.environment.name), &filled);
        }
        Self { folder, compiled }
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

#[test]
fn compose_accepts_every_file_with_no_profile_each_and_all() {
    let Some(program) = judge("docker-compose") else { return };
    for system in systems() {
        for model in &system.compiled.models {
            let profiles: BTreeSet<&str> = model
                .services
                .values()
                .filter_map(|service| service.profile.as_ref())
                .map(Name::as_str)
                .collect();
            let running = |on: &[&str]| -> BTreeSet<String> {
                let is_on = |profile: &str| on.contains(&"*") || on.contains(&profile);
                model
                    .services
                    .values()
                    .filter(|service| {
                        let profile = service.profile.as_ref();
                        service.is_composed()
                            && profile.is_none_or(|profile| is_on(profile.as_str()))
                    })
                    .map(|service| service.name.to_string())
                    .collect()
            };
            for on in std::iter::once(vec![])
                .chain(profiles.iter().map(|one| vec![*one]))
                .chain([vec!["*"]])
            {
                let config = system.config(&program, model, &on);
                assert_eq!(services(&config), running(&on), "{} with {on:?}", model.name);
            }
        }
    }
}

#[test]
fn every_file_keeps_the_schema_of_the_specification() {
    let Some(program) = judge("check-jsonschema") else { return };
    for system in systems() {
        for model in &system.compiled.models {
            let file = system.folder.file(&System::compose_file(model));
            let output = Command::new(&program)
                .args(["--builtin-schema", "vendor.compose-spec"])
                .arg(file)
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

/// Findings are waived by the rule's name, either by the author or by a component, with a reason.
#[test]
fn the_linter_finds_nothing_but_what_is_waived() {
    let Some(program) = judge("compose-lint") else { return };
    let mut judged = 0;
    for system in systems() {
        for model in &system.compiled.models {
            let file = system.folder.file(&System::compose_file(model));
            let output = Command::new(&program)
                .args(["check", "--format", "json"])
                .arg(file)
                .output()
                .unwrap();
            let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
                panic!("{error}: {}", String::from_utf8_lossy(&output.stderr))
            });
            let findings = findings(&report);
            judged += 1;
            for (rule, service, message) in findings {
                // A tag without a digest: digests are the update bot's, and none is invented here.
                let waived = rule == "CL-0019"
                    || model.waivers.iter().any(|waiver| {
                        waiver.rule == rule
                            && (waiver.services.is_empty()
                                || waiver.services.iter().any(|name| name.as_str() == service))
                    });
                assert!(waived, "{}: {service}: {rule}: {message}", model.name);
            }
        }
    }
    assert!(judged > 2, "files were judged");
}

/// Rule, service and message of each finding, wherever the report keeps them.
fn findings(report: &Value) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    match report {
        Value::Array(items) => items.iter().for_each(|item| found.extend(findings(item))),
        Value::Object(map) => {
            let text = |keys: &[&str]| {
                keys.iter().find_map(|key| map.get(*key)?.as_str()).unwrap_or_default().to_owned()
            };
            let rule = text(&["rule_id", "rule", "id"]);
            if rule.starts_with("CL-") {
                found.push((rule, text(&["service"]), text(&["message"])));
            } else {
                map.values().for_each(|value| found.extend(findings(value)));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    found
}

/// What `config` accepts and `up` refuses, or what cannot work.
#[test]
fn what_config_accepts_also_starts() {
    let Some(program) = judge("docker-compose") else { return };
    for system in systems() {
        for model in &system.compiled.models {
            let config = system.config(&program, model, &["*"]);
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
                    assert!(host_ports.insert((
                        port["published"].clone().to_string(),
                        port["protocol"].to_string()
                    )));
                    let open = service["networks"].as_object().unwrap().keys().any(|network| {
                        config["networks"][network]["internal"] != Value::Bool(true)
                    });
                    assert!(open, "{name} publishes on a network without a way out");
                    assert!(service["container_name"].is_null(), "{name} could not be replicated");
                }
                assert_eq!(service["read_only"], true, "{name}");
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
                    let ours = Path::new(source)
                        .strip_prefix(fs::canonicalize(system.folder.path()).unwrap());
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
    }
}

//! Compiles every example, and asks Docker Compose and compose-lint what they think of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use formwork::model::variable::Origin;
use formwork::model::{Model, naming};
use formwork::tree::Tree;
use serde_json::Value;

use crate::judge::judge;
use crate::support::{blueprints, compiled, read};

/// Images are pinned by tag; digests are the update bot's to add, and none is known here.
const WITHOUT_DIGEST: &str = "CL-0019";

fn write(tree: &Tree, folder: &Path) {
    for (path, artifact) in tree.iter() {
        let path = path.under(folder);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, artifact.text()).unwrap();
    }
}

/// An env file with something for every variable.
fn env_file(model: &Model) -> String {
    let mut text = String::new();
    for variable in model.variables() {
        if let Origin::Operator { default, .. } = &variable.origin {
            let value = default.as_deref().filter(|value| !value.is_empty()).unwrap_or("filled");
            text += &format!("{}='{value}'\n", variable.name);
        }
    }
    text
}

/// No profile, each alone, all.
fn choices(model: &Model) -> Vec<Vec<String>> {
    let mut profiles: Vec<String> = model
        .services
        .values()
        .filter_map(|service| Some(service.profile.as_ref()?.to_string()))
        .collect();
    profiles.sort();
    profiles.dedup();
    let alone = profiles.iter().map(|profile| vec![profile.clone()]);
    [vec![]].into_iter().chain(alone).chain([profiles.clone()]).collect()
}

#[test]
fn every_example_compiles_without_remarks() {
    for path in blueprints() {
        let compiled = compiled(&read(&path));
        let remarks: Vec<_> = compiled.remarks.iter().map(|remark| &remark.message).collect();
        assert!(remarks.is_empty(), "{}: {remarks:?}", path.display());
    }
}

#[test]
fn the_shortest_example_needs_no_waiver() {
    let text = read(Path::new("examples/ten-lines.yaml"));
    let lines = text.lines().filter(|line| !line.starts_with('#')).count();
    assert!(lines <= 10, "{lines} lines");
    assert!(!text.contains("waivers"));
}

#[test]
fn compose_accepts_every_example_with_every_choice_of_profiles() {
    let Some(compose) = judge("docker-compose") else { return };
    for path in blueprints() {
        let compiled = compiled(&read(&path));
        let folder = tempfile::tempdir().unwrap();
        write(&compiled.tree, folder.path());
        for model in &compiled.models {
            let env = folder.path().join(naming::env_file(&model.environment.name));
            fs::write(&env, env_file(model)).unwrap();
            for profiles in choices(model) {
                let mut command = Command::new(&compose);
                command.arg("--env-file").arg(&env);
                command.args(["-f", &naming::compose_file(&model.environment.short)]);
                for profile in &profiles {
                    command.args(["--profile", profile]);
                }
                let output =
                    command.args(["config", "-q"]).current_dir(folder.path()).output().unwrap();
                let told = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{} {profiles:?}: {told}", path.display());
                assert!(told.is_empty(), "{} {profiles:?}: {told}", path.display());
            }
        }
    }
}

#[test]
fn compose_lint_finds_nothing_that_is_not_waived() {
    let Some(lint) = judge("compose-lint") else { return };
    for path in blueprints() {
        let compiled = compiled(&read(&path));
        let folder = tempfile::tempdir().unwrap();
        write(&compiled.tree, folder.path());
        for model in &compiled.models {
            let file = naming::compose_file(&model.environment.short);
            let output = Command::new(&lint)
                .args(["check", "--format", "json", &file])
                .current_dir(folder.path())
                .output()
                .unwrap();
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            let findings = report["findings"].as_array().unwrap();
            assert!(findings.iter().any(|found| found["rule_id"] == WITHOUT_DIGEST), "{report}");
            let left: Vec<&Value> = findings.iter().filter(|found| counts(model, found)).collect();
            assert!(left.is_empty(), "{}: {left:#?}", path.display());
        }
    }
}

/// Whether a finding is of medium severity or more, and neither the author nor a component says why it must be so.
fn counts(model: &Model, finding: &Value) -> bool {
    let (rule, service) =
        (finding["rule_id"].as_str().unwrap(), finding["service"].as_str().unwrap_or_default());
    let waived = model.waivers.iter().any(|waiver| {
        waiver.rule == rule
            && (waiver.services.is_empty()
                || waiver.services.iter().any(|name| name.as_str() == service))
    });
    finding["severity"] != "low" && rule != WITHOUT_DIGEST && !waived
}

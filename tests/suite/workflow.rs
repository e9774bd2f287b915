//! Holds the compiled workflows against the rows that describe them, and has linters judge them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_yaml::Value;

use crate::compiled::{codes, text, tree, yaml};

const SYSTEMS: [&str; 5] = ["agenthub", "saas-chat", "sira", "vibe-ensemble", "vulnzero"];

fn path(system: &str) -> PathBuf {
    PathBuf::from(format!("out/{system}/.github/workflows/{system}.yml"))
}

fn workflow(system: &str) -> Value {
    serde_yaml::from_str(&std::fs::read_to_string(path(system)).unwrap()).unwrap()
}

fn at<'a>(value: &'a Value, keys: &[&str]) -> &'a Value {
    keys.iter()
        .fold(value, |value, key| value.get(*key).unwrap_or_else(|| panic!("no {key} of {keys:?}")))
}

fn jobs(workflow: &Value) -> Vec<&str> {
    at(workflow, &["jobs"]).as_mapping().unwrap().keys().map(|key| key.as_str().unwrap()).collect()
}

/// What a job does: the actions and the commands of its steps.
fn steps(workflow: &Value, job: &str) -> Vec<String> {
    let steps = at(workflow, &["jobs", job, "steps"]).as_sequence().unwrap();
    steps.iter().map(|step| serde_yaml::to_string(step).unwrap()).collect()
}

fn has(workflow: &Value, job: &str, wanted: &str) {
    let steps = steps(workflow, job);
    assert!(steps.iter().any(|step| step.contains(wanted)), "no {wanted:?} in {steps:#?}");
}

fn needs(workflow: &Value, job: &str) -> Vec<String> {
    serde_yaml::from_value(at(workflow, &["jobs", job, "needs"]).clone()).unwrap()
}

#[test]
fn row_e12_scan_build_for_two_processors_staging_approval_production_verification_and_rollback() {
    let found = workflow("vibe-ensemble");
    assert_eq!(jobs(&found)[0], "check");
    has(&found, "check", "formwork check");
    has(&found, "dependencies", "scan-type: fs");
    has(&found, "quality-rust", "cargo clippy");
    has(&found, "images", "platforms: linux/amd64,linux/arm64");
    has(&found, "scan", "format: sarif");
    has(&found, "scan", "github/codeql-action/upload-sarif@");
    for environment in ["staging", "production"] {
        let job = format!("deploy-{environment}");
        has(&found, &job, &format!("deploy-kubernetes.sh {environment}"));
        has(&found, &job, &format!("smoke-test.sh {environment} --public"));
        has(&found, &job, &format!("validate-kubernetes.sh {environment}"));
        has(&found, &job, &format!("deploy-kubernetes.sh {environment} --rollback"));
        // The environment's rules ask for the approval.
        assert_eq!(at(&found, &["jobs", &job, "environment", "name"]), environment);
    }
    assert_eq!(needs(&found, "deploy-staging"), ["scan"]);
    assert_eq!(needs(&found, "deploy-production"), ["deploy-staging"]);
    let head = std::fs::read_to_string(path("vibe-ensemble")).unwrap();
    assert!(head.contains("environment production, with required reviewers"), "{head}");
}

#[test]
fn row_g7_trivy_bandit_ruff_mypy_coverage_push_staging_then_production_blue_green_and_rollback() {
    let found = workflow("agenthub");
    has(&found, "dependencies", "aquasecurity/trivy-action@");
    for tool in ["bandit@", "ruff@0.17.6 check", "mypy"] {
        has(&found, "quality-python", tool);
    }
    has(&found, "test-python", "--cov");
    has(&found, "test-node", "--coverage");
    has(&found, "images", "push: ${{ github.event_name == 'push' }}");
    assert_eq!(needs(&found, "deploy-production"), ["deploy-staging"]);
    has(&found, "deploy-production", "scripts/deploy.sh production --pull --blue-green");
    has(&found, "deploy-production", "scripts/rollback.sh production --yes");
    // Row G9: a baseline of performance, held against the objective of p95 under 2 s.
    has(&found, "deploy-production", "smoke-test.sh production --public --max-p95 2000");
    // What does not work inside was rolled back by the deployment itself.
    has(&found, "deploy-production", "if: failure() && steps.smoke.outcome == 'failure'");
}

#[test]
fn row_c5_seven_stages_with_a_matrix_of_six_service_containers_slack_and_production_by_tag() {
    let found = workflow("saas-chat");
    let stages = [
        "quality-node",
        "test-node",
        "integration-node",
        "images",
        "scan",
        "deploy-staging",
        "deploy-production",
    ];
    let order: Vec<&str> = jobs(&found).into_iter().filter(|job| stages.contains(job)).collect();
    assert_eq!(order, stages);
    let six = [
        "auth-service",
        "chat-service",
        "billing-service",
        "analytics-service",
        "orchestrator-service",
        "email-worker",
    ];
    let matrix = at(&found, &["jobs", "test-node", "strategy", "matrix", "include"]);
    let services: BTreeSet<&str> =
        matrix.as_sequence().unwrap().iter().map(|row| row["service"].as_str().unwrap()).collect();
    assert_eq!(services, six.into_iter().collect());
    let containers = at(&found, &["jobs", "integration-node", "services"]).as_mapping().unwrap();
    for service in ["postgres", "mongodb", "redis", "clickhouse", "rabbitmq"] {
        let container =
            containers.get(service).unwrap_or_else(|| panic!("{service}: {containers:?}"));
        assert!(
            container["options"].as_str().unwrap().starts_with("--health-cmd "),
            "{container:?}"
        );
    }
    has(&found, "images", "platforms: linux/amd64,linux/arm64");
    has(&found, "images", "cache-from: type=gha");
    has(&found, "scan", "aquasecurity/trivy-action@");
    let condition = at(&found, &["jobs", "deploy-production", "if"]).as_str().unwrap();
    assert!(condition.contains("github.ref_type == 'tag'"), "{condition}");
    for environment in ["staging", "production"] {
        has(
            &found,
            &format!("deploy-{environment}"),
            &format!("scripts/rollback.sh {environment}"),
        );
        has(&found, &format!("deploy-{environment}"), &format!("smoke-test.sh {environment}"));
    }
    has(&found, "notify", "secrets.SLACK_WEBHOOK");
}

#[test]
fn row_c10_secrets_are_scanned_for_and_named_as_they_are() {
    let found = workflow("saas-chat");
    has(&found, "secrets", "trufflesecurity/trufflehog@");
    has(&found, "secrets", "fetch-depth: '0'");
    let text = std::fs::read_to_string(path("saas-chat")).unwrap();
    let named: BTreeSet<&str> = text
        .split("secrets.")
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap())
        .collect();
    assert_eq!(
        named,
        ["PRODUCTION_SSH_KEY", "SLACK_WEBHOOK", "STAGING_SSH_KEY"].into_iter().collect()
    );
}

#[test]
fn jobs_may_do_as_little_as_they_can_and_end_by_themselves() {
    for system in SYSTEMS {
        let found = workflow(system);
        assert!(at(&found, &["permissions"]).as_mapping().unwrap().is_empty());
        for job in jobs(&found) {
            assert!(at(&found, &["jobs", job, "timeout-minutes"]).as_u64().unwrap() <= 60, "{job}");
            let permissions = at(&found, &["jobs", job, "permissions"]).as_mapping().unwrap();
            let written: Vec<&str> = permissions
                .iter()
                .filter(|(_, level)| level.as_str() == Some("write"))
                .map(|(name, _)| name.as_str().unwrap())
                .collect();
            let allowed: &[&str] = match job {
                "images" => &["packages"],
                "scan" | "dependencies" => &["security-events"],
                _ => &[],
            };
            assert_eq!(written, allowed, "{job}");
        }
        for line in std::fs::read_to_string(path(system)).unwrap().lines() {
            let Some((_, uses)) = line.split_once("uses: ") else { continue };
            let (action, tag) = uses.split_once(" # ").unwrap_or_else(|| panic!("{line}"));
            let commit = action.split_once('@').unwrap().1;
            assert!(commit.len() == 40 && tag.starts_with('v'), "{line}");
        }
    }
}

/// Each system has a pipeline of its own: rows E12, G7 and C5 say what that is, and it is the same for all.
#[test]
fn every_system_is_checked_scanned_tested_built_and_deployed_one_environment_after_the_other() {
    for system in SYSTEMS {
        let workflow = workflow(system);
        let found = jobs(&workflow);
        let first = found.first().unwrap();
        has(&workflow, first, "formwork check");
        let all = std::fs::read_to_string(path(system)).unwrap();
        for word in ["trivy", "trufflehog", "sarif", "rollback", "smoke", "environment:"] {
            assert!(all.to_lowercase().contains(word), "{system}: no {word}");
        }
        assert!(at(&workflow, &["concurrency", "group"]).is_string(), "{system}");
        assert_eq!(
            at(&workflow, &["permissions"]).as_mapping().map_or(0, serde_yaml::Mapping::len),
            0
        );
        let deployed = |environment: &str| {
            found.iter().position(|job| {
                let job = at(&workflow, &["jobs", job]);
                let place =
                    job.get("environment").and_then(|place| place.get("name").or(Some(place)));
                place.and_then(Value::as_str) == Some(environment)
            })
        };
        let (staging, production) = (deployed("staging"), deployed("production"));
        assert!(staging.is_some() && staging < production, "{system}: {staging:?} {production:?}");
        // What is deployed has passed all that comes before, from the first job on.
        let mut before = vec![found[production.unwrap()].to_owned()];
        let mut next = 0;
        while let Some(job) = before.get(next).cloned() {
            next += 1;
            if at(&workflow, &["jobs", &job]).get("needs").is_some() {
                before.extend(
                    needs(&workflow, &job)
                        .into_iter()
                        .filter(|one| !before.contains(one))
                        .collect::<Vec<_>>(),
                );
            }
        }
        for job in [*first, "secrets", "dependencies", "images", found[staging.unwrap()]] {
            assert!(before.iter().any(|one| one == job), "{system}: {job} not in {before:?}");
        }
    }
}

const SMALL: &str = r"
blueprint: v1
name: shop
environments: { production: {}, staging: { tier: staging, host: other } }
services:
  api: { image: ghcr.io/example/api:1.0.0, build: { context: api, stack: fastapi@3.13 }, port: 8000, health: /health }
ci:
  deploy:
    production: { ssh: { host: 192.0.2.7, user: deploy, folder: /srv/shop, key: KEY } }
";

#[test]
fn a_small_pipeline_needs_little_and_paths_are_those_of_the_repository() {
    let tree = tree(SMALL);
    let path = ".github/workflows/shop.yml";
    let found = yaml(&tree, path);
    assert_eq!(found["jobs"]["images"]["strategy"]["matrix"]["include"][0]["context"], "api");
    assert_eq!(
        found["jobs"]["images"]["strategy"]["matrix"]["include"][0]["dockerfile"],
        "out/docker/api.Dockerfile"
    );
    assert!(found["jobs"]["notify"].is_null());
    assert!(text(&tree, path).contains("formwork check blueprint.yaml --out out "));
}

#[test]
fn what_cannot_be_deployed_is_told() {
    let errors = |text: &str| {
        let mut found = codes(text);
        found.retain(|code| code.starts_with("error"));
        found
    };
    assert_eq!(errors(SMALL), Vec::<String>::new());
    let elsewhere = SMALL.replace("    production: { ssh", "    produktion: { ssh");
    assert_eq!(errors(&elsewhere), ["error invalid-value"]);
    let both = SMALL.replace("key: KEY } }", "key: KEY }, kubeconfig: CLUSTER }");
    assert_eq!(errors(&both), ["error invalid-value"]);
    let neither = SMALL.replace(
        "{ ssh: { host: 192.0.2.7, user: deploy, folder: /srv/shop, key: KEY } }",
        "{ on: tag }",
    );
    assert_eq!(errors(&neither), ["error invalid-value"]);
}

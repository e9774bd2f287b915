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
    has(&found, "dependencies", "exit-code: '1'");
    // The code itself: every finding ends it.
    has(&found, "quality-rust", "cargo clippy --locked --all-targets -- -D warnings");
    has(&found, "images", "platforms: linux/amd64,linux/arm64");
    has(&found, "scan", "format: sarif");
    has(&found, "scan", "github/codeql-action/upload-sarif@");
    for environment in ["staging", "production"] {
        let job = format!("deploy-{environment}");
        has(&found, &job, &format!("deploy-kubernetes.sh {environment}"));
        has(&found, &job, &format!("smoke-test.sh {environment} --public"));
        has(&found, &job, &format!("validate-kubernetes.sh {environment}"));
        has(&found, &job, &format!("deploy-kubernetes.sh {environment} --rollback"));
        // What is verified is what was built: by digest. What fails afterwards is taken back, whichever step it is.
        has(&found, &job, "--images");
        for step in ["smoke", "validate"] {
            has(&found, &job, &format!("steps.{step}.outcome == 'failure'"));
            has(&found, &job, &format!("steps.{step}.outcome == 'cancelled'"));
        }
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
    let ended = "(steps.smoke.outcome == 'failure' || steps.smoke.outcome == 'cancelled')";
    has(&found, "deploy-production", &format!("if: (failure() || cancelled()) && {ended}"));
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
    // What the operator fills in stays as it is there, and what is filled in comes along.
    let template = "out/saas-chat/.env.production.example";
    assert!(PathBuf::from(template).exists());
    has(&found, "deploy-production", "--include '/.env.*.example' --exclude '/.env.*'");
}

/// The environment of the tests' step of a job, and those of its containers.
fn beside(workflow: &Value, job: &str) -> (Value, Value) {
    let steps = at(workflow, &["jobs", job, "steps"]).as_sequence().unwrap();
    let test = steps.iter().find(|step| step["name"] == "Test").unwrap();
    (test["env"].clone(), at(workflow, &["jobs", job, "services"]).clone())
}

#[test]
fn row_c5_integration_tests_find_service_containers_by_the_variables_that_the_programs_read() {
    let found = workflow("saas-chat");
    let (tests, containers) = beside(&found, "integration-node");
    let password = "integration-integration-${{ github.run_id }}";
    let wanted = [
        ("DATABASE_URL", format!("postgresql://saas:{password}@127.0.0.1:5432/saas_db")),
        (
            "MONGODB_URL",
            format!("mongodb://saas:{password}@127.0.0.1:27017/conversations?authSource=admin"),
        ),
        ("REDIS_URL", format!("redis://:{password}@127.0.0.1:6379/0")),
        ("CLICKHOUSE_HOST", "127.0.0.1".to_owned()),
        ("CLICKHOUSE_PORT", "8123".to_owned()),
        ("CLICKHOUSE_PASSWORD", password.to_owned()),
        ("RABBITMQ_URL", format!("amqp://saas:{password}@127.0.0.1:5672/app")),
    ];
    for (name, value) in wanted {
        assert_eq!(tests[name], value.as_str(), "{name}");
    }
    // The other end: what each of these names is made so in the container, and open at that port.
    for (service, port, variables) in [
        ("postgres", "5432:5432", ["POSTGRES_USER=saas", "POSTGRES_DB=saas_db"].as_slice()),
        ("mongodb", "27017:27017", &["MONGO_INITDB_ROOT_USERNAME=saas"]),
        ("redis", "6379:6379", &[]),
        ("clickhouse", "8123:8123", &["CLICKHOUSE_USER=analytics", "CLICKHOUSE_DB=analytics_db"]),
        ("rabbitmq", "5672:5672", &["RABBITMQ_DEFAULT_USER=saas", "RABBITMQ_DEFAULT_VHOST=app"]),
    ] {
        let container = &containers[service];
        assert_eq!(container["ports"][0], port);
        for variable in variables {
            let (name, value) = variable.split_once('=').unwrap();
            assert_eq!(container["env"][name], value, "{service}");
        }
    }
    has(
        &found,
        "integration-node",
        "config set requirepass integration-integration-\"${GITHUB_RUN_ID}\"",
    );
}

#[test]
fn what_tests_are_given_is_what_the_programs_read_and_no_more() {
    for (system, job, programs) in [
        (
            "saas-chat",
            "integration-node",
            "auth-service chat-service billing-service analytics-service orchestrator-service email-worker",
        ),
        ("sira", "integration-python", "backend"),
        ("vulnzero", "integration-python", "api aggregator"),
    ] {
        let (tests, _) = beside(&workflow(system), job);
        let compose = PathBuf::from(format!("out/{system}/docker-compose.yml"));
        let compose = [compose, PathBuf::from(format!("out/{system}/docker-compose.prod.yml"))];
        let compose: Vec<Value> = compose
            .iter()
            .filter_map(|path| serde_yaml::from_str(&std::fs::read_to_string(path).ok()?).ok())
            .collect();
        let read = |name: &str| {
            programs.split(' ').any(|program| {
                compose.iter().any(|file| !file["services"][program]["environment"][name].is_null())
            })
        };
        let names: Vec<&str> =
            tests.as_mapping().unwrap().keys().map(|name| name.as_str().unwrap()).collect();
        assert!(names.len() > 3, "{system}: {names:?}");
        for name in names {
            assert!(read(name), "{system}: no program reads {name}");
        }
    }
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
                // A deployment sets the tag that its environment names.
                "images" | "deploy-staging" | "deploy-production" => &["packages"],
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

/// Each image as its environment's compose file or manifests name it.
fn named(system: &str, environment: &str) -> BTreeSet<String> {
    let facts = format!("out/{system}/scripts/environments/{environment}.sh");
    let facts = std::fs::read_to_string(facts).unwrap();
    let images = facts.split("each_image() {").nth(1).unwrap().split('}').next().unwrap();
    let built = images.lines().filter(|line| line.ends_with(" built"));
    built.map(|line| line.split_whitespace().nth(2).unwrap().to_owned()).collect()
}

/// What runs anywhere was scanned, and approved for there: no tag that a file names is pushed by a build, and each is set in
/// the job of its environment alone, before anything else is done there.
#[test]
fn only_scanned_images_get_the_tags_of_an_environment_and_only_in_its_own_job() {
    for system in SYSTEMS {
        let found = workflow(system);
        let tags = steps(&found, "images").into_iter().find(|step| step.contains("tags:")).unwrap();
        assert!(
            tags.contains("tags: ${{ matrix.repository }}:sha-${{ github.sha }}-${{ github.run_id }}${{ matrix.suffix }}\n"),
            "{system}: {tags}"
        );
        let mut all = BTreeSet::new();
        for environment in ["staging", "production"] {
            let job = format!("deploy-{environment}");
            let steps = steps(&found, &job);
            let at = steps.iter().position(|step| step.contains("imagetools create")).unwrap();
            let deploy = steps.iter().position(|step| step.starts_with("name: Deploy\n")).unwrap();
            assert!(at < deploy, "{steps:#?}");
            let step: Value = serde_yaml::from_str(&steps[at]).unwrap();
            let lines = at_text(&step, "IMAGES");
            let promoted: BTreeSet<String> = lines
                .lines()
                .map(|line| line.rsplit_once(' ').unwrap())
                .map(|(from, to)| {
                    assert!(from.contains(":sha-${{ github.sha }}-${{ github.run_id }}"), "{from}");
                    to.to_owned()
                })
                .collect();
            assert!(named(system, environment).is_subset(&promoted), "{system}: {promoted:?}");
            for image in promoted {
                assert!(all.insert(image.clone()), "{image} is that of two environments");
            }
        }
        let (before, _) = text_of(system).split_once("deploy-staging:").map(both).unwrap();
        for image in all {
            assert!(!before.contains(&image), "{system}: {image} before its approval");
        }
    }
}

fn both((one, two): (&str, &str)) -> (String, String) {
    (one.to_owned(), two.to_owned())
}

fn text_of(system: &str) -> String {
    std::fs::read_to_string(path(system)).unwrap()
}

fn at_text<'a>(step: &'a Value, name: &str) -> &'a str {
    at(step, &["env", name]).as_str().unwrap()
}

/// The step as it stands, run with a registry that is a file.
#[test]
fn images_are_promoted_by_digest_and_one_that_is_not_the_same_ends_it() {
    let found = workflow("vibe-ensemble");
    let steps = steps(&found, "deploy-production");
    let step = steps.iter().find(|step| step.contains("imagetools create")).unwrap();
    let step: Value = serde_yaml::from_str(step).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let docker = folder.path().join("docker");
    let stand_in = r#"#!/bin/bash
echo "$*" >>"${RUNNER_TEMP}/calls"
case $3 in
  inspect) [[ -e ${RUNNER_TEMP}/${6##*:} ]] && echo "\"sha256:$(cat "${RUNNER_TEMP}/${6##*:}")\"" ;;
  create) printf '%s' "${PUSHES:-${7##*:}}" >"${RUNNER_TEMP}/${6##*:}" ;;
esac
"#;
    std::fs::write(&docker, stand_in).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&docker, executable).unwrap();
    std::fs::write(folder.path().join("sha-1"), "a".repeat(64)).unwrap();
    let run = |images: &str, pushes: &str| {
        let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
        let mut command = std::process::Command::new("bash");
        command.args(["-e", "-c", at(&step, &["run"]).as_str().unwrap()]);
        command.env("PATH", path).env("RUNNER_TEMP", folder.path()).env("IMAGES", images);
        crate::harness::Run::of(command.env("PUSHES", pushes).output().unwrap())
    };
    run("ghcr.io/a/b:sha-1 ghcr.io/a/b:1.0", "").exits(0);
    let digests = std::fs::read_to_string(folder.path().join("images")).unwrap();
    assert_eq!(digests, format!("ghcr.io/a/b:1.0\tsha256:{}\n", "a".repeat(64)));
    let calls = std::fs::read_to_string(folder.path().join("calls")).unwrap();
    let created = format!("--tag ghcr.io/a/b:1.0 ghcr.io/a/b@sha256:{}", "a".repeat(64));
    assert!(calls.contains(&created), "{calls}");
    let other = run("ghcr.io/a/b:sha-1 ghcr.io/a/b:1.0", "b").exits(1);
    assert!(other.stdout.contains("::error::ghcr.io/a/b:1.0 is sha256:b"), "{other:#?}");
    let lost = run("ghcr.io/a/b:lost ghcr.io/a/b:1.0", "").exits(1);
    assert!(lost.stdout.contains("::error::ghcr.io/a/b:lost is not there"), "{lost:#?}");

    // What is rolled back is what its tag names again; the first deployment has nothing before it.
    let tag = folder.path().join("1.0");
    std::fs::remove_file(&tag).unwrap();
    std::fs::write(folder.path().join("2.0"), "c".repeat(64)).unwrap();
    run("ghcr.io/a/b:sha-1 ghcr.io/a/b:1.0\nghcr.io/a/b:sha-1 ghcr.io/a/b:2.0", "").exits(0);
    let before = std::fs::read_to_string(folder.path().join("before")).unwrap();
    assert_eq!(before, format!("ghcr.io/a/b:2.0\tsha256:{}\n", "c".repeat(64)));
    let back = steps.last().unwrap();
    let back: Value = serde_yaml::from_str(back).unwrap();
    assert_eq!(back["if"], "(failure() || cancelled()) && steps.promote.outcome != 'skipped'");
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let mut command = std::process::Command::new("bash");
    command.args(["-e", "-c", at(&back, &["run"]).as_str().unwrap()]);
    command.env("PATH", path).env("RUNNER_TEMP", folder.path());
    crate::harness::Run::of(command.output().unwrap()).exits(0);
    let now = |tag: &str| std::fs::read_to_string(folder.path().join(tag)).unwrap();
    assert_eq!(now("2.0"), "c".repeat(64));
    assert_eq!(now("1.0"), "a".repeat(64));
}

fn rows(system: &str) -> Vec<Value> {
    let found = workflow(system);
    at(&found, &["jobs", "images", "strategy", "matrix", "include"]).as_sequence().unwrap().clone()
}

/// Row S4: public variables are built in, and each environment has its own.
#[test]
fn row_s4_each_environment_has_an_image_with_its_own_public_variables() {
    let arguments = |system: &str, service: &str| {
        let rows = rows(system);
        let row = rows.iter().find(|row| row["service"] == service);
        row.unwrap_or_else(|| panic!("{service}: {rows:#?}"))["arguments"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    // What the blueprint knows is as in the compose file of the environment, and asked of nobody.
    for (service, file) in [("frontend", "prod"), ("frontend-staging", "staging")] {
        let text = std::fs::read_to_string(format!("out/agenthub/docker-compose.{file}.yml"));
        let compose: Value = serde_yaml::from_str(&text.unwrap()).unwrap();
        let args = at(&compose, &["services", "frontend", "build", "args"]).as_mapping().unwrap();
        let args: Vec<String> = args
            .iter()
            .map(|(name, value)| format!("{}={}", name.as_str().unwrap(), value.as_str().unwrap()))
            .collect();
        assert_eq!(arguments("agenthub", service).lines().collect::<Vec<_>>(), args);
    }
    assert!(!text_of("agenthub").contains("vars.VITE"));
    // What only the operator knows is asked for each environment, and its absence ends the job with a sentence.
    let asked = arguments("sira", "frontend-staging");
    let key = "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY";
    assert!(asked.contains(&format!("{key}=${{{{ vars.STAGING_{key} }}}}")), "{asked}");
    assert!(arguments("sira", "frontend").contains(&format!("vars.PRODUCTION_{key}")));
    assert!(text_of("sira").contains(&format!("# - the variable STAGING_{key}: ")));
    let found = workflow("sira");
    let check = steps(&found, "images").into_iter().find(|step| step.contains("REQUIRED")).unwrap();
    let check: Value = serde_yaml::from_str(&check).unwrap();
    let run = |required: &str| {
        let mut command = std::process::Command::new("bash");
        command.args(["-e", "-c", at(&check, &["run"]).as_str().unwrap()]);
        command.env("SERVICE", "frontend").env("REQUIRED", required);
        crate::harness::Run::of(command.output().unwrap())
    };
    run("A=1\nB=2").exits(0);
    let unset = run("A=\nB=2\nC=").exits(1);
    assert!(unset.stdout.contains("set the variables A, C of the repository"), "{unset:#?}");
    // One image serves both where nothing differs.
    assert_eq!(rows("vibe-ensemble").iter().filter(|row| row["suffix"] != "").count(), 0);
}

#[test]
fn the_program_that_checks_is_the_one_that_compiled() {
    let install = format!("cargo install --locked formwork@{}", env!("CARGO_PKG_VERSION"));
    has(&workflow("vibe-ensemble"), "check", &install);
}

#[test]
fn without_a_deployment_images_are_published_once_they_are_scanned() {
    let (head, _) = SMALL.split_once("  deploy:").unwrap();
    let tree = tree(&head.replace("ci:", "ci: {}"));
    let found = yaml(&tree, ".github/workflows/shop.yml");
    assert_eq!(found["jobs"]["publish"]["needs"][0], "scan");
    let text = text(&tree, ".github/workflows/shop.yml");
    assert!(text.contains("}} ghcr.io/example/api:1.0.0\n"), "{text}");
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

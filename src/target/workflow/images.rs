//! Turns what is built into the jobs that build, push and scan images.

use crate::format::quote::github;
use crate::model::pipeline::{Built, Pipeline, Platform};
use crate::target::workflow::schema::{Job, Matrix, Pairs, Step, Strategy};
use crate::target::workflow::{PUSHED, RUNNER, actions, checkout, expression, pairs, uses};

/// The images, each once though several services may run it.
fn distinct(pipeline: &Pipeline) -> Vec<&Built> {
    let mut found: Vec<&Built> = Vec::new();
    for build in &pipeline.builds {
        if !found.iter().any(|one| one.image == build.image) {
            found.push(build);
        }
    }
    found
}

fn row(build: &Built) -> Pairs {
    let arguments: Vec<String> = build
        .arguments
        .iter()
        .map(|name| format!("{name}={}", expression(&format!("vars.{name}"))))
        .collect();
    pairs(&[
        ("service", build.service.as_str()),
        ("image", &build.image.to_string()),
        ("repository", &repository(build)),
        ("context", &github::literal(&build.context)),
        ("dockerfile", &github::literal(&build.dockerfile)),
        ("target", &build.target),
        ("arguments", &arguments.join("\n")),
    ])
}

/// The image without its tag.
fn repository(build: &Built) -> String {
    let image = build.image.to_string();
    let name = image.split('@').next().unwrap_or_default();
    let tagged = name.rsplit_once('/').map_or(name, |(_, last)| last).contains(':');
    let bare = if tagged { name.rsplit_once(':').map(|(bare, _)| bare) } else { None };
    bare.unwrap_or(name).to_owned()
}

/// The registry of an image: its first part, where that looks like a host.
fn registry(build: &Built) -> String {
    let image = build.image.to_string();
    match image.split_once('/') {
        Some((host, _)) if host.contains('.') || host.contains(':') => host.to_owned(),
        _ => "docker.io".to_owned(),
    }
}

/// The registries that images are pushed to.
fn registries(pipeline: &Pipeline) -> Vec<String> {
    let mut found: Vec<String> = pipeline.builds.iter().map(registry).collect();
    found.sort();
    found.dedup();
    found
}

/// Logs in where images are pushed to: with the run's own token at GitHub's registry, else with two secrets.
fn logins(pipeline: &Pipeline, condition: &str) -> Vec<Step> {
    let step = |registry: String| {
        let (user, password) = match registry.as_str() {
            "ghcr.io" => (expression("github.actor"), expression("github.token")),
            _ => (expression("vars.REGISTRY_USER"), expression("secrets.REGISTRY_PASSWORD")),
        };
        let with = [("registry", registry.as_str()), ("username", &user), ("password", &password)];
        let mut step = uses(&format!("Log in to {registry}"), actions::LOGIN, &with);
        condition.clone_into(&mut step.condition);
        step
    };
    registries(pipeline).into_iter().map(step).collect()
}

/// Builds every image for every processor, and pushes it where a version is to be deployed.
pub(super) fn images(pipeline: &Pipeline, needs: Vec<String>) -> Job {
    let platforms: Vec<&str> = pipeline.platforms.iter().map(|one| one.as_str()).collect();
    let mut steps = vec![checkout()];
    if pipeline.platforms.contains(&Platform::Arm64) {
        steps.push(uses("Emulate other processors", actions::QEMU, &[("platforms", "arm64")]));
    }
    steps.push(uses("Set up the builder", actions::BUILDX, &[]));
    steps.extend(logins(pipeline, PUSHED));
    let tags = format!(
        "{}\n{}:sha-{}\n",
        expression("matrix.image"),
        expression("matrix.repository"),
        expression("github.sha")
    );
    let scope = expression("matrix.service");
    let with = [
        ("context", expression("matrix.context")),
        ("file", expression("matrix.dockerfile")),
        ("target", expression("matrix.target")),
        ("build-args", expression("matrix.arguments")),
        ("platforms", platforms.join(",")),
        ("push", expression(PUSHED)),
        ("tags", tags),
        ("provenance", "mode=max".to_owned()),
        ("sbom", "true".to_owned()),
        ("cache-from", format!("type=gha,scope={scope}")),
        ("cache-to", format!("type=gha,scope={scope},mode=max")),
    ];
    let with: Vec<(&str, &str)> = with.iter().map(|(key, value)| (*key, value.as_str())).collect();
    steps.push(uses("Build and push", actions::BUILD, &with));
    let include = distinct(pipeline).into_iter().map(row).collect();
    Job {
        name: format!("Image of {}", expression("matrix.service")),
        needs,
        runs_on: RUNNER,
        timeout_minutes: 60,
        permissions: pairs(&[("contents", "read"), ("packages", "write")]),
        strategy: Some(Strategy { fail_fast: false, matrix: Matrix { include } }),
        steps,
        ..Job::default()
    }
}

/// Scans every image that was pushed. Every finding is shown; what can be mended and is bad ends it.
pub(super) fn scan(pipeline: &Pipeline) -> Job {
    let image = format!("{}:sha-{}", expression("matrix.repository"), expression("github.sha"));
    let shown = [("image-ref", image.as_str()), ("format", "sarif"), ("output", "trivy.sarif")];
    let gate = [
        ("image-ref", image.as_str()),
        ("severity", "HIGH,CRITICAL"),
        ("ignore-unfixed", "true"),
        ("exit-code", "1"),
    ];
    let mut upload = uses("Show findings", actions::SARIF, &[("sarif_file", "trivy.sarif")]);
    upload.with.insert("category".to_owned(), expression("matrix.service"));
    let mut steps = logins(pipeline, "");
    steps.push(uses("Scan with Trivy", actions::TRIVY, &shown));
    steps.push(upload);
    steps.push(uses("Refuse what can be mended", actions::TRIVY, &gate));
    let row = |build: &Built| {
        pairs(&[("service", build.service.as_str()), ("repository", &repository(build))])
    };
    let include = distinct(pipeline).into_iter().map(row).collect();
    Job {
        name: format!("Scan of {}", expression("matrix.service")),
        needs: vec!["images".to_owned()],
        condition: PUSHED.to_owned(),
        runs_on: RUNNER,
        timeout_minutes: 20,
        permissions: pairs(&[
            ("contents", "read"),
            ("packages", "read"),
            ("security-events", "write"),
        ]),
        strategy: Some(Strategy { fail_fast: false, matrix: Matrix { include } }),
        steps,
        ..Job::default()
    }
}

//! Turns what is built into the jobs that build, push and scan images.

use crate::model::pipeline::{Pipeline, Platform};
use crate::target::workflow::schema::{Job, Matrix, Pairs, Step, Strategy};
use crate::target::workflow::variants::{Images, Variant};
use crate::target::workflow::{PUSHED, RUNNER, actions, checkout, expression, pairs, runs, uses};

/// Logs in where images are pushed to: with the run's own token at GitHub's registry, else with two secrets.
pub(super) fn logins(images: &Images<'_>, condition: &str) -> Vec<Step> {
    let mut registries: Vec<String> = images.variants().map(Variant::registry).collect();
    registries.sort();
    registries.dedup();
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
    registries.into_iter().map(step).collect()
}

/// Ends the job where a variable is not set: the build would pass, with nothing in its place.
fn required() -> Step {
    let run = "missing=$(sed -n 's/=$//p' <<<\"${REQUIRED}\")\n\
        if [[ -n ${missing} ]]; then\n  \
        printf '::error::the image of %s cannot be built: set the variables %s of the repository\\n' \"${SERVICE}\" \"${missing//$'\\n'/, }\"\n  \
        exit 1\n\
        fi";
    Step {
        // What comes from a fork is built without them, and goes nowhere.
        condition: PUSHED.to_owned(),
        env: pairs(&[
            ("SERVICE", &expression("matrix.service")),
            ("REQUIRED", &expression("matrix.required")),
        ]),
        ..runs("See that what is built in is set", run)
    }
}

/// Builds every image for every processor, and pushes it where a version is to be deployed, under a tag that nothing runs.
pub(super) fn images(pipeline: &Pipeline, built: &Images<'_>, needs: Vec<String>) -> Job {
    let platforms: Vec<&str> = pipeline.platforms.iter().map(|one| one.as_str()).collect();
    let mut steps = vec![checkout()];
    let mut include: Vec<Pairs> = built.variants().map(Variant::row).collect();
    if include.iter().any(|row| row.get("required").is_some_and(|lines| !lines.is_empty())) {
        steps.push(required());
    } else {
        for row in &mut include {
            row.shift_remove("required");
        }
    }
    if pipeline.platforms.contains(&Platform::Arm64) {
        steps.push(uses("Emulate other processors", actions::QEMU, &[("platforms", "arm64")]));
    }
    steps.push(uses("Set up the builder", actions::BUILDX, &[]));
    steps.extend(logins(built, PUSHED));
    let scope = expression("matrix.service");
    let with = [
        ("context", expression("matrix.context")),
        ("file", expression("matrix.dockerfile")),
        ("target", expression("matrix.target")),
        ("build-args", expression("matrix.arguments")),
        ("platforms", platforms.join(",")),
        ("push", expression(PUSHED)),
        ("tags", pushed()),
        ("provenance", "mode=max".to_owned()),
        ("sbom", "true".to_owned()),
        ("cache-from", format!("type=gha,scope={scope}")),
        ("cache-to", format!("type=gha,scope={scope},mode=max")),
    ];
    let with: Vec<(&str, &str)> = with.iter().map(|(key, value)| (*key, value.as_str())).collect();
    steps.push(uses("Build and push", actions::BUILD, &with));
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

/// What a job of the matrix pushes, or has pushed.
fn pushed() -> String {
    let tag = Variant::tag(&expression("matrix.suffix"));
    format!("{}:{tag}", expression("matrix.repository"))
}

/// Scans every image that was pushed. Every finding is shown; what can be mended and is bad ends it.
pub(super) fn scan(built: &Images<'_>) -> Job {
    let image = pushed();
    let shown = [("image-ref", image.as_str()), ("format", "sarif"), ("output", "trivy.sarif")];
    let gate = [
        ("image-ref", image.as_str()),
        ("severity", "HIGH,CRITICAL"),
        ("ignore-unfixed", "true"),
        ("exit-code", "1"),
    ];
    let mut upload = uses("Show findings", actions::SARIF, &[("sarif_file", "trivy.sarif")]);
    upload.with.insert("category".to_owned(), expression("matrix.service"));
    let mut steps = logins(built, "");
    steps.push(uses("Scan with Trivy", actions::TRIVY, &shown));
    steps.push(upload);
    steps.push(uses("Refuse what can be mended", actions::TRIVY, &gate));
    let include = built.variants().map(Variant::scanned).collect();
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

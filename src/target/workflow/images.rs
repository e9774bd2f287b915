//! Turns what is built into the jobs that build, push and scan images.

use crate::model::pipeline::{Pipeline, Platform};
use crate::target::workflow::schema::{Job, Matrix, Pairs, Step, Strategy, Wording};
use crate::target::workflow::variants::{Images, Variant};
use crate::target::workflow::{PUSHED, RUNNER, actions, checkout, expression, pairs, runs, uses};

/// Logs in where images are pushed to: with the run's own token at GitHub's registry, else with two secrets.
pub(super) fn logins(images: &Images<'_>, condition: &'static str) -> Vec<Step> {
    let mut registries: Vec<String> = images.variants().map(Variant::registry).collect();
    registries.sort();
    registries.dedup();
    let step = |registry: String| {
        let (user, password) = match registry.as_str() {
            "ghcr.io" => (expression("github.actor"), expression("github.token")),
            _ => (expression("vars.REGISTRY_USER"), expression("secrets.REGISTRY_PASSWORD")),
        };
        let name = format!("Log in to {registry}");
        let with = [("registry", registry), ("username", user), ("password", password)];
        Step { condition: condition.into(), ..uses(name, actions::LOGIN, with) }
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
        condition: PUSHED.into(),
        env: pairs([("SERVICE", "${{ matrix.service }}"), ("REQUIRED", "${{ matrix.required }}")]),
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
            row.remove("required");
        }
    }
    if pipeline.platforms.contains(&Platform::Arm64) {
        steps.push(uses("Emulate other processors", actions::QEMU, [("platforms", "arm64")]));
    }
    steps.push(uses("Set up the builder", actions::BUILDX, [("", ""); 0]));
    steps.extend(logins(built, PUSHED));
    let with: [(&str, Wording); 11] = [
        ("context", "${{ matrix.context }}".into()),
        ("file", "${{ matrix.dockerfile }}".into()),
        ("target", "${{ matrix.target }}".into()),
        ("build-args", "${{ matrix.arguments }}".into()),
        ("platforms", platforms.join(",").into()),
        ("push", expression(PUSHED).into()),
        ("tags", pushed().into()),
        ("provenance", "mode=max".into()),
        ("sbom", "true".into()),
        ("cache-from", "type=gha,scope=${{ matrix.service }}".into()),
        ("cache-to", "type=gha,scope=${{ matrix.service }},mode=max".into()),
    ];
    steps.push(uses("Build and push", actions::BUILD, with));
    Job {
        name: "Image of ${{ matrix.service }}".into(),
        needs,
        runs_on: RUNNER,
        timeout_minutes: 60,
        permissions: pairs([("contents", "read"), ("packages", "write")]),
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
    let image = Wording::from(pushed());
    let shown = [
        ("image-ref", image.clone()),
        ("format", "sarif".into()),
        ("output", "trivy.sarif".into()),
    ];
    let gate = [
        ("image-ref", image),
        ("severity", "HIGH,CRITICAL".into()),
        ("ignore-unfixed", "true".into()),
        ("exit-code", "1".into()),
    ];
    let findings = [("sarif_file", "trivy.sarif"), ("category", "${{ matrix.service }}")];
    let upload = uses("Show findings", actions::SARIF, findings);
    let mut steps = logins(built, "");
    steps.push(uses("Scan with Trivy", actions::TRIVY, shown));
    steps.push(upload);
    steps.push(uses("Refuse what can be mended", actions::TRIVY, gate));
    let include = built.variants().map(Variant::scanned).collect();
    Job {
        name: "Scan of ${{ matrix.service }}".into(),
        needs: vec!["images".to_owned()],
        condition: PUSHED.into(),
        runs_on: RUNNER,
        timeout_minutes: 20,
        permissions: pairs([
            ("contents", "read"),
            ("packages", "read"),
            ("security-events", "write"),
        ]),
        strategy: Some(Strategy { fail_fast: false, matrix: Matrix { include } }),
        steps,
        ..Job::default()
    }
}

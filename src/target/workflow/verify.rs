//! Turns what stacks say of their programs into the jobs that check them.

use crate::map::IndexMap;

use crate::format::quote::github;
use crate::format::quote::shell;
use crate::model::Model;
use crate::model::pipeline::{Built, Checks, Language, Pipeline};
use crate::target::workflow::schema::{Job, Matrix, Step, Strategy, Wording};
use crate::target::workflow::{
    PUSHED, RUNNER, actions, beside, checkout, expression, pairs, runs, uses,
};

fn job(name: impl Into<Wording>, minutes: u32, steps: Vec<Step>) -> Job {
    Job {
        name: name.into(),
        runs_on: RUNNER,
        timeout_minutes: minutes,
        permissions: pairs([("contents", "read")]),
        steps,
        ..Job::default()
    }
}

/// Whether the compiled files are what the blueprint says.
pub(super) fn check(pipeline: &Pipeline) -> Job {
    let command = format!(
        "formwork check {} --out {} --format github",
        shell::quote(&pipeline.blueprint),
        shell::quote(&pipeline.root)
    );
    let steps = vec![
        checkout(),
        runs("Install Formwork", pipeline.install.clone()),
        runs("Check that the compiled files are current", command),
    ];
    job("Compiled files", 20, steps)
}

/// Whether a secret was committed, at any time.
pub(super) fn secrets() -> Job {
    let mut whole = checkout();
    whole.with.insert("fetch-depth", "0");
    let look = [("extra_args", "--results=verified,unknown"), ("version", "3.96.0")];
    let steps = vec![whole, uses("Look for secrets", actions::TRUFFLEHOG, look)];
    job("Secrets", 15, steps)
}

/// What is dangerous in what is built on, and in the set-up itself; programs' own code is looked at with their quality.
/// Every finding is shown; a bad one that an update mends ends it.
pub(super) fn dependencies() -> Job {
    let sarif = "trivy.sarif";
    let scan = [
        ("scan-type", "fs"),
        ("scan-ref", "."),
        ("scanners", "vuln,misconfig"),
        ("ignore-unfixed", "true"),
        ("format", "sarif"),
        ("output", sarif),
    ];
    let mut upload = uses("Show findings", actions::SARIF, [("sarif_file", sarif)]);
    upload.with.insert("category", "dependencies");
    // A fork's token may not write.
    upload.condition = PUSHED.into();
    let gate = [
        ("scan-type", "fs"),
        ("scan-ref", "."),
        ("scanners", "vuln"),
        ("severity", "HIGH,CRITICAL"),
        ("ignore-unfixed", "true"),
        ("exit-code", "1"),
    ];
    let steps = vec![
        checkout(),
        uses("Scan with Trivy", actions::TRIVY, scan),
        upload,
        uses("Refuse what can be mended", actions::TRIVY, gate),
    ];
    let mut job = job("Dependencies and configuration", 15, steps);
    job.permissions.insert("security-events", "write");
    job
}

/// Programs that are checked alike.
struct Alike<'a> {
    /// The part of a job's id.
    id: String,
    checks: &'a Checks,
    version: &'a str,
    builds: Vec<&'a Built>,
}

/// Programs in groups, each program once though several images may be built from it.
fn groups(pipeline: &Pipeline) -> Vec<Alike<'_>> {
    let mut found: Vec<Alike<'_>> = Vec::new();
    for build in &pipeline.builds {
        let Some(checks) = &build.checks else { continue };
        let same =
            found.iter().position(|one| one.checks == checks && one.version == build.version);
        match same {
            Some(at) if found[at].builds.iter().any(|one| one.context == build.context) => {}
            Some(at) => found[at].builds.push(build),
            None => {
                let language = checks.language.as_str();
                let before = found.iter().filter(|one| one.checks.language == checks.language);
                let id = match before.count() {
                    0 => language.to_owned(),
                    count => format!("{language}-{}", count + 1),
                };
                found.push(Alike { id, checks, version: &build.version, builds: vec![build] });
            }
        }
    }
    found
}

/// The matrix of a group, and the steps that come first in each of its jobs.
fn prepared(group: &Alike<'_>) -> (Strategy, Vec<Step>) {
    let one = |build: &&Built| {
        let context = github::literal(&build.context).into_owned();
        pairs([("service", build.service.to_string()), ("context", context)])
    };
    let include = group.builds.iter().map(one).collect();
    let mut steps = vec![checkout(), set_up(group)];
    if !group.checks.bun.is_empty() {
        let bun = Wording::from(group.checks.bun.clone());
        let with = [("bun-version", bun), ("no-cache", "true".into())];
        steps.push(uses("Set up Bun", actions::BUN, with));
    }
    steps.push(within("Install", group.checks.install.clone()));
    (Strategy { fail_fast: false, matrix: Matrix { include } }, steps)
}

fn set_up(group: &Alike<'_>) -> Step {
    let version = group.version;
    match group.checks.language {
        Language::Python => {
            let with = [("python-version", version.to_owned())];
            uses("Set up Python", actions::PYTHON, with)
        }
        Language::Node => {
            // What is published is made of nothing that another run has left behind.
            let version = Wording::from(version.to_owned());
            let with = [("node-version", version), ("package-manager-cache", "false".into())];
            uses("Set up Node.js", actions::NODE, with)
        }
        Language::Rust => {
            let version = shell::quote(version);
            let install = format!(
                "rustup toolchain install {version} --profile minimal --component clippy,rustfmt\nrustup default {version}"
            );
            runs("Set up Rust", install)
        }
    }
}

/// Runs commands in the program's folder.
fn within(name: impl Into<Wording>, run: String) -> Step {
    Step { working_directory: "${{ matrix.context }}".into(), ..runs(name, run) }
}

/// How well programs are written, and what is dangerous in them.
pub(super) fn quality(pipeline: &Pipeline) -> IndexMap<String, Job> {
    let jobs = groups(pipeline).into_iter().map(|group| {
        let (strategy, mut steps) = prepared(&group);
        let tools = group.checks.quality.iter().chain(&group.checks.security);
        steps.extend(tools.map(|(tool, command)| within(tool.to_string(), command.clone())));
        let name = format!("Quality of {}", expression("matrix.service"));
        (format!("quality-{}", group.id), Job { strategy: Some(strategy), ..job(name, 20, steps) })
    });
    jobs.collect()
}

/// Tests of each program without anything else, with coverage.
pub(super) fn tests(pipeline: &Pipeline) -> IndexMap<String, Job> {
    let jobs = groups(pipeline).into_iter().map(|group| {
        let (strategy, mut steps) = prepared(&group);
        steps.push(within("Test", group.checks.test.clone()));
        let name = format!("Tests of {}", expression("matrix.service"));
        (format!("test-{}", group.id), Job { strategy: Some(strategy), ..job(name, 30, steps) })
    });
    jobs.collect()
}

/// Tests of each program against the databases, caches and queues of the system.
pub(super) fn integration(model: &Model, pipeline: &Pipeline) -> IndexMap<String, Job> {
    if pipeline.rehearsals.is_empty() {
        return IndexMap::default();
    }
    let jobs = groups(pipeline).into_iter().map(|group| {
        let (mut strategy, mut steps) = prepared(&group);
        steps.extend(beside::prepared(model, pipeline));
        let (env, rows) = beside::variables(model, &group.builds);
        for (row, own) in strategy.matrix.include.iter_mut().zip(rows) {
            row.extend(own);
        }
        steps.push(Step { env, ..within("Test", group.checks.integration.clone()) });
        let name = format!("Integration of {}", expression("matrix.service"));
        let services = beside::containers(model, pipeline);
        let job = Job { strategy: Some(strategy), services, ..job(name, 30, steps) };
        (format!("integration-{}", group.id), job)
    });
    jobs.collect()
}

//! Turns environments into the jobs that deploy them, verify that, and go back where it does not work.

use crate::format::quote::github;
use crate::format::quote::shell;
use crate::model::Model;
use crate::model::pipeline::{Deployment, Pipeline, Ssh, Trigger, Way};
use crate::target::workflow::promote;
use crate::target::workflow::schema::{Concurrency, Environment, Flag, Job, Pairs, Step};
use crate::target::workflow::variants::{Images, setting};
use crate::target::workflow::{PUSHED, RUNNER, checkout, expression, pairs, runs};
use crate::value::{PortNumber, VariableName};

/// What the repository's settings must hold for an environment.
pub(super) fn settings(deployment: &Deployment) -> String {
    let name = &deployment.environment;
    match &deployment.way {
        Way::Ssh { to, .. } => format!(
            "- the environment {name}, with required reviewers where an approval is wanted, its secret {}: a private key, and its\n  variable {}: the lines of ssh-keyscan for {}",
            to.key,
            known_hosts(deployment),
            to.host
        ),
        Way::Kubernetes(secret) => format!(
            "- the environment {name}, with required reviewers where an approval is wanted, and its secret {secret}: a kubeconfig"
        ),
    }
}

/// The variable that holds the keys by which a machine is known.
fn known_hosts(deployment: &Deployment) -> String {
    setting(&deployment.environment, "KNOWN_HOSTS")
}

/// Deploys, verifies from outside, and goes back where that fails.
pub(super) fn deploy(
    (model, pipeline, images): (&Model, &Pipeline, &Images<'_>),
    deployment: &Deployment,
    needs: Vec<String>,
) -> Job {
    let name = &deployment.environment;
    let condition = match deployment.on {
        Trigger::Push => PUSHED.into(),
        Trigger::Tag => format!("{PUSHED} && github.ref_type == 'tag'").into(),
    };
    let url = deployment.domain.as_ref().map(|domain| format!("https://{domain}"));
    let mut steps = vec![checkout()];
    // Once somebody has approved, and never before: from here on that tag may be fetched.
    let promoted = promote::steps(images, name);
    let mut permissions = pairs([("contents", "read")]);
    if !promoted.is_empty() {
        permissions.insert("packages", "write");
    }
    steps.extend(promoted);
    match &deployment.way {
        Way::Ssh { to, blue_green } => {
            steps.extend(over_ssh((model, pipeline), deployment, to, *blue_green));
        }
        Way::Kubernetes(secret) => steps.extend(to_cluster((pipeline, images), deployment, secret)),
    }
    steps.extend(promote::put_back(images, name));
    Job {
        name: format!("Deploy to {name}").into(),
        needs,
        condition,
        runs_on: RUNNER,
        timeout_minutes: 60,
        environment: Some(Environment { name: name.to_string(), url: url.unwrap_or_default() }),
        concurrency: Some(Concurrency {
            group: format!("{}-{name}", model.name),
            cancel_in_progress: Flag::Known(false),
        }),
        permissions,
        steps,
        ..Job::default()
    }
}

/// The step that goes back, where the system was deployed and one of the steps that verify it failed or was cancelled:
/// what nobody has verified does not stay. What could not be deployed was rolled back by then.
fn go_back(verified: &[Step], run: String, env: Pairs) -> Step {
    let outcome = |step: &Step, what| format!("steps.{}.outcome == '{what}'", step.id);
    let ended =
        verified.iter().flat_map(|step| ["failure", "cancelled"].map(|it| outcome(step, it)));
    let ended = ended.collect::<Vec<_>>().join(" || ");
    let condition = format!("(failure() || cancelled()) && ({ended})").into();
    Step { condition, env, ..runs("Roll back", run) }
}

fn smoke(pipeline: &Pipeline, deployment: &Deployment) -> Step {
    let script = shell::quote(&format!("{}/scripts/smoke-test.sh", pipeline.root));
    let limit = pipeline.max_p95.map(|limit| format!(" --max-p95 {limit}")).unwrap_or_default();
    Step {
        id: "smoke".into(),
        ..runs(
            "Verify from outside",
            format!("{script} {} --public{limit}", deployment.environment),
        )
    }
}

fn over_ssh(
    (model, pipeline): (&Model, &Pipeline),
    deployment: &Deployment,
    to: &Ssh,
    blue_green: bool,
) -> Vec<Step> {
    let name = &deployment.environment;
    let port = to.port.map_or(22, PortNumber::get);
    let machine = pairs([
        ("HOST", to.host.to_string()),
        ("LOGIN", to.user.clone()),
        ("PORT", port.to_string()),
        ("KEY", expression(&format!("secrets.{}", to.key))),
        ("KNOWN_HOSTS", expression(&format!("vars.{}", known_hosts(deployment)))),
    ]);
    let folder = || pairs([("FOLDER", github::literal(to.folder.as_str()).into_owned())]);
    let root = shell::quote(&format!("{}/", pipeline.root));
    let options = if blue_green { " --pull --blue-green" } else { " --pull" };
    let key = "install -d -m 0700 ~/.ssh\n\
        (umask 077 && printf '%s\\n' \"${KEY}\" >~/.ssh/deploy)\n\
        printf '%s\\n' \"${KNOWN_HOSTS}\" >~/.ssh/known_hosts\n\
        printf 'Host deploy\\n  HostName %s\\n  User %s\\n  Port %s\\n  IdentityFile ~/.ssh/deploy\\n  IdentitiesOnly yes\\n  StrictHostKeyChecking yes\\n' \\\n  \"${HOST}\" \"${LOGIN}\" \"${PORT}\" >~/.ssh/config";
    let templates = format!("/.env.*.{}", model.environment.env_suffix);
    let templates = format!("--include {}", shell::quote(&templates));
    // What the operator fills in, and what was deployed before, are there and nowhere else.
    let copy = format!(
        "rsync --archive --compress --delete --protect-args --exclude /secrets --exclude /certificates {templates} --exclude '/.env.*' --exclude /.deploy \\\n  {root} \"deploy:${{FOLDER}}/\""
    );
    let on_host = |words: &str, further: &str| {
        format!("ssh deploy \"$(printf 'cd %q && {words}' \"${{FOLDER}}\"{further})\"")
    };
    let verified = [smoke(pipeline, deployment)];
    let back = on_host(&format!("scripts/rollback.sh {name} --yes"), "");
    let back = go_back(&verified, back, folder());
    let steps = [
        Step { env: machine, ..runs("Get to the machine", key) },
        Step { env: folder(), ..runs("Copy the compiled files", copy) },
        Step {
            env: folder(),
            ..runs(
                "Deploy",
                on_host(
                    &format!("DEPLOY_COMMIT=%q scripts/deploy.sh {name}{options}"),
                    " \"${GITHUB_SHA}\"",
                ),
            )
        },
    ];
    steps.into_iter().chain(verified).chain([back]).collect()
}

fn to_cluster(
    (pipeline, images): (&Pipeline, &Images<'_>),
    deployment: &Deployment,
    secret: &VariableName,
) -> Vec<Step> {
    let name = &deployment.environment;
    let root = &pipeline.root;
    let script = |script: &str| shell::quote(&format!("{root}/scripts/{script}.sh"));
    let key = pairs([("KEY", expression(&format!("secrets.{secret}")))]);
    let place =
        "install -d -m 0700 ~/.kube\n(umask 077 && printf '%s\\n' \"${KEY}\" >~/.kube/config)";
    let validate = Step {
        id: "validate".into(),
        ..runs(
            "Validate, and measure how fast it is",
            format!("{} {name}", script("validate-kubernetes")),
        )
    };
    let verified = [smoke(pipeline, deployment), validate];
    let back = format!("{} {name} --rollback", script("deploy-kubernetes"));
    let back = go_back(&verified, back, Pairs::default());
    // By digest: the pods are new where the bytes are, and going back brings the old bytes back.
    let digests = if images.of_environment(name).next().is_some() {
        format!(" --images \"{}\"", promote::DIGESTS)
    } else {
        String::new()
    };
    let steps = [
        Step { env: key, ..runs("Get to the cluster", place) },
        runs("Deploy", format!("{} {name}{digests}", script("deploy-kubernetes"))),
    ];
    steps.into_iter().chain(verified).chain([back]).collect()
}

/// Tells a channel how the run ended.
pub(super) fn notify(model: &Model, secret: &VariableName, needs: Vec<String>) -> Job {
    let run = "jq --null-input --arg text \"${SYSTEM}: ${RESULT} (${REF}), ${URL}\" '{text: $text}' |\n  \
        curl --fail --silent --show-error --max-time 20 --header 'Content-Type: application/json' --data @- \"${WEBHOOK}\"";
    let result = "contains(needs.*.result, 'failure') && 'failed' || contains(needs.*.result, 'cancelled') && 'cancelled' || 'done'";
    let env = pairs([
        ("SYSTEM", model.name.to_string()),
        ("RESULT", expression(result)),
        ("REF", expression("github.ref_name")),
        (
            "URL",
            expression(
                "format('{0}/{1}/actions/runs/{2}', github.server_url, github.repository, github.run_id)",
            ),
        ),
        ("WEBHOOK", expression(&format!("secrets.{secret}"))),
    ]);
    Job {
        name: "Tell how it ended".into(),
        needs,
        condition: format!("always() && {PUSHED}").into(),
        runs_on: RUNNER,
        timeout_minutes: 5,
        permissions: Pairs::default(),
        steps: vec![Step { env, ..runs("Write to Slack", run) }],
        ..Job::default()
    }
}

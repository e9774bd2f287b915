//! Turns an environment into the commands that deploy it, verify it and take it back, in order.

use crate::format::quote::shell;
use crate::model::service::Service;
use crate::model::{Model, Variable};
use crate::target::documents::look;
use crate::target::documents::system::{Place, System};
use crate::target::documents::way::{Step, Way};
use crate::target::rollout::{MIGRATION, NOTE};

/// How environments are deployed, the main one before others.
pub(super) struct Deploying<'a> {
    /// With Docker Compose.
    pub(super) composed: Vec<Way<'a>>,
    /// In a cluster, where they have manifests.
    pub(super) in_cluster: Vec<Way<'a>>,
}

impl<'a> Deploying<'a> {
    pub(super) fn of(system: &'a System<'a>) -> Self {
        let clustered = system.main_first().filter(|place| !place.manifests.is_empty());
        Self {
            composed: system.main_first().map(|place| deploy(system, place)).collect(),
            in_cluster: clustered.map(|place| apply(system, place)).collect(),
        }
    }
}

/// How an environment is deployed with Docker Compose.
fn deploy<'a>(system: &System<'a>, place: &Place<'a>) -> Way<'a> {
    let model = place.model;
    let compose = &place.compose;
    let blueprint = shell::quote(&model.blueprint);
    let mut steps = vec![Step::new(
        "Take the version that is to run, and see that the files are what the blueprint compiles to",
        ["git pull --ff-only".to_owned(), format!("formwork check {blueprint}")],
    )];
    if !place.env_file.is_empty() {
        steps.push(Step::new(
            "See that nothing is left to be set",
            [place.env("fill"), place.env("check")],
        ));
    }
    steps.push(Step::new(
        "See that Docker Compose understands its file",
        [format!("{compose} config --quiet")],
    ));
    let backup = system.back_up(place);
    if !backup.is_empty() {
        let why = "Back up: a deployment may change data, and only a backup takes that back";
        steps.push(Step::new(why, backup));
    }
    steps.push(Step::new("Fetch the images", images(model, compose)));
    let certificates = place.certificates();
    if !certificates.is_empty() {
        let when = "The first time, and when they change: put the certificates in place";
        steps.push(Step::new(when, certificates));
    }
    let migrations = migrations(place);
    if !migrations.is_empty() {
        steps.push(Step::new("Migrate, with the new programs, while the old ones run", migrations));
    }
    steps.push(Step::new("Start what has changed, and wait until all is healthy", [place.start()]));
    Way { environment: place.name, script: system.run("deploy.sh", place, ""), steps }
}

fn images(model: &Model, compose: &str) -> Vec<String> {
    if model.is_built() {
        vec![format!("{compose} pull --ignore-buildable"), format!("{compose} build --pull")]
    } else {
        vec![format!("{compose} pull")]
    }
}

/// The commands that bring tables up to date.
fn migrations(place: &Place<'_>) -> Vec<String> {
    let migrates = |service: &&Service| !service.migrations.upgrade.is_empty();
    let upgrade = |service: &Service| {
        let words = service.migrations.upgrade.iter().map(|word| shell::quote(word));
        let words = words.collect::<Vec<_>>().join(" ");
        format!("{} run --rm -T {} {words}", place.compose_for(service), service.name)
    };
    place.composed().filter(migrates).map(upgrade).collect()
}

/// How an environment is deployed in a cluster.
fn apply<'a>(system: &System<'a>, place: &Place<'a>) -> Way<'a> {
    let folder = &place.manifests;
    let rollout = &place.rollout;
    let files = |paths: &[String]| {
        paths.iter().map(|path| format!(" -f {}", shell::quote(path))).collect::<String>()
    };
    let namespaces: Vec<String> = rollout.namespaces.iter().map(|(_, path)| path.clone()).collect();
    let mut steps = vec![Step::new(
        "The first time: make the namespaces, in which all that follows stands",
        [format!("kubectl apply{}", files(&namespaces))],
    )];
    let secret = secret(place);
    if !secret.is_empty() {
        steps.push(Step::new(
            "The first time, and when a value changes: make the Secret, for which pods wait",
            secret,
        ));
    }
    let certificates = place.model.certificates_into_cluster();
    if !certificates.is_empty() {
        steps.push(Step::new("The first time: make the certificates' Secrets", certificates));
    }
    steps.push(Step::new("See what would change", [format!("kubectl diff -k {folder}")]));
    let backups = rollout.backups.iter().flat_map(|(namespace, name, run_time)| {
        let longest = run_time.go();
        let kubectl = format!("kubectl --namespace {namespace}");
        let job = format!("{name}-by-hand");
        [
            format!("{kubectl} delete job/{job} --ignore-not-found"),
            format!("{kubectl} create job --from=cronjob/{name} {job}"),
            format!("{kubectl} wait --for=condition=complete --timeout={longest} job/{job}"),
        ]
    });
    let backups: Vec<String> = backups.collect();
    if !backups.is_empty() {
        let why = "Back up, but for the first time: a deployment may change data, and only a backup takes that back";
        steps.push(Step::new(why, backups));
    }
    steps.extend(migrate(place, &files(&rollout.settings)));
    steps.push(Step::new("Apply it", [format!("kubectl apply -k {folder}")]));
    steps.push(Step::new("Wait until all of it runs", waits(place)));
    Way { environment: place.name, script: system.run("deploy-kubernetes.sh", place, ""), steps }
}

/// The command that makes the Secret, where nothing in the cluster does.
pub(super) fn secret(place: &Place<'_>) -> Vec<String> {
    let model = place.model;
    let is_kept = |variable: &Variable| {
        variable.is_operators()
            && variable.lives_in_secret()
            && [false, true].into_iter().any(|by_agents| model.is_read(variable, by_agents))
    };
    if model.kubernetes.secrets.is_none() && model.variables().any(is_kept) {
        vec![format!("{} | kubectl apply --server-side -f -", place.env("secret"))]
    } else {
        Vec::new()
    }
}

/// The steps that migrate in a cluster.
fn migrate(place: &Place<'_>, settings: &str) -> Vec<Step> {
    let rollout = &place.rollout;
    if rollout.migrations.is_empty() {
        return Vec::new();
    }
    let title = "Apply what migrations read and may do";
    let mut steps = vec![Step::new(title, [format!("kubectl apply{settings}")])];
    if !rollout.needs.is_empty() {
        let names: Vec<&str> = rollout.needs.iter().map(|(_, _, name)| name.as_str()).collect();
        let apply = format!(
            "kubectl apply -k {} --selector 'app.kubernetes.io/name in ({})'",
            place.manifests,
            names.join(", ")
        );
        let wait = |(namespace, kind, name): &(String, String, String)| {
            format!("kubectl --namespace {namespace} rollout status {kind}/{name} --timeout=10m")
        };
        let commands = std::iter::once(apply).chain(rollout.needs.iter().map(wait));
        steps.push(Step::new("The first time: start what migrations talk to", commands));
    }
    let longest = MIGRATION.go();
    let run = rollout.migrations.iter().flat_map(|(namespace, job, path)| {
        let kubectl = format!("kubectl --namespace {namespace}");
        [
            format!("{kubectl} delete job/{job} --ignore-not-found"),
            format!("{kubectl} create -f {}", shell::quote(path)),
            format!("{kubectl} wait --for=condition=complete --timeout={longest} job/{job}"),
            format!("{kubectl} logs job/{job}"),
        ]
    });
    let title = "Migrate, with the new programs, while the old ones run";
    steps.push(Step::new(title, run));
    steps
}

/// The commands that wait for every workload.
pub(super) fn waits(place: &Place<'_>) -> Vec<String> {
    let on = || running(place).filter_map(|service| Some((service, place.workload(service)?)));
    on().map(|(service, workload)| {
        format!("{} rollout status {workload} --timeout=10m", place.kubectl(service))
    })
    .collect()
}

/// The services that run in the cluster, in this environment's profiles.
fn running<'a>(place: &Place<'a>) -> impl Iterator<Item = &'a Service> {
    let model = place.model;
    model.services.values().filter(|service| model.is_on(service))
}

/// How it is seen that an environment works.
pub(super) fn verify<'a>(system: &System<'a>, place: &Place<'a>) -> Way<'a> {
    let compose = &place.compose;
    let mut steps =
        vec![Step::new("Every container runs and is healthy", [format!("{compose} ps --all")])];
    // Elsewhere the engine's own word is enough: it asks the same.
    let is_main = place.name == system.main().name;
    let asked: Vec<String> = place
        .composed()
        .filter(|_| is_main)
        .filter_map(|service| look::asked(place, service))
        .collect();
    if !asked.is_empty() {
        steps.push(Step::new("Every program answers: each of these exits with 0", asked));
    }
    let routes = routes(place.model);
    if !routes.is_empty() {
        steps.push(Step::new(
            "Every route answers from outside and over TLS: no 502, 503 or 504",
            routes,
        ));
    }
    steps.push(Step::new(
        "Nothing in the logs looks wrong",
        [format!("{compose} logs --since 10m --tail 500")],
    ));
    Way { environment: place.name, script: system.run("health-check.sh", place, ""), steps }
}

/// The commands that ask every route.
pub(super) fn routes(model: &Model) -> Vec<String> {
    let sites = model.edge.iter().flat_map(|edge| &edge.sites);
    let sites = sites.filter(|site| !site.host.as_str().contains('*'));
    let ask = |(host, path): (&str, &str)| {
        let url = shell::quote(&format!("https://{host}{path}"));
        format!("curl -sS -o /dev/null -w '%{{http_code}} %{{url_effective}}\\n' {url}")
    };
    sites
        .flat_map(|site| site.routes.iter().map(|route| (site.host.as_str(), route.path.as_str())))
        .map(ask)
        .collect()
}

/// How an environment goes back to the version before, with its data as they are.
pub(super) fn back<'a>(system: &System<'a>, place: &Place<'a>) -> Way<'a> {
    let list = system.run("rollback.sh", place, "--list");
    if !list.is_empty() {
        let quick = system.run("rollback.sh", place, "--quick");
        let steps = vec![
            Step::new("See which versions there are", [list]),
            Step::new("Go back to the one before", [quick]),
        ];
        return Way { environment: place.name, script: String::new(), steps };
    }
    let file = shell::quote(&place.compose_file);
    let steps = vec![
        Step::new(
            "Find the version that ran before: the commit above the last",
            [format!("git log --oneline -5 -- {file}")],
        ),
        Step::new(
            "Take its files; `VERSION` is that commit",
            ["git checkout VERSION -- .".to_owned()],
        ),
        Step::new("Start it", [place.start()]),
    ];
    Way { environment: place.name, script: String::new(), steps }
}

/// The same in a cluster: of what a version is about, what the last deployment changed.
pub(super) fn undo<'a>(system: &System<'a>, place: &Place<'a>) -> Way<'a> {
    let rollout = &place.rollout;
    let changed = format!(
        "kubectl get namespace {} --output 'jsonpath={{.metadata.annotations.{NOTE}}}'",
        place.namespace
    );
    let undo = rollout.back.iter().map(|(namespace, kind, name)| {
        format!("kubectl --namespace {namespace} rollout undo {kind}/{name}")
    });
    let undo: Vec<String> = undo.collect();
    let mut steps = Vec::new();
    if !undo.is_empty() {
        steps.push(Step::new("See what the last deployment by the script changed", [changed]));
        let what = "Take that back to the version before, and only that: of these what it names. A pod of a StatefulSet that never became ready must then be deleted by hand";
        steps.push(Step::new(what, undo));
    }
    steps.push(Step::new("Wait until all of it runs", waits(place)));
    let script = system.run("deploy-kubernetes.sh", place, "--rollback");
    Way { environment: place.name, script, steps }
}

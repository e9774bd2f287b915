//! Turns a system into the guide for whoever deploys and operates it.

use serde::Serialize;

use crate::format::quote::markdown::{code, escape, span};
use crate::model::{Variable, naming};
use crate::target::documents::certificates::{Certificates, certificates};
use crate::target::documents::checklist::{self, Needed};
use crate::target::documents::data::{self, Data};
use crate::target::documents::files;
use crate::target::documents::page::{Listed, row};
use crate::target::documents::recovery;
use crate::target::documents::sizing::{Sizing, sizing};
use crate::target::documents::steps::{self, Deploying};
use crate::target::documents::system::{Place, System};
use crate::target::documents::tables::{self, Tables};
use crate::target::documents::trouble;
use crate::target::documents::watch::{Watch, watch};
use crate::target::documents::way;
use crate::value::Name;

/// What the guide is rendered from.
#[derive(Serialize)]
pub(super) struct Deployment<'a> {
    header: String,
    system: &'a str,
    description: &'a str,
    blueprint: &'a str,
    main: &'a Place<'a>,
    places: &'a [Place<'a>],
    sizing: Sizing<'a>,
    /// What a cluster must have: command, then what for.
    cluster_needs: Vec<(String, String)>,
    runbook: bool,
    before: String,
    before_count: usize,
    settings: Vec<Settings<'a>>,
    deploy: String,
    apply: String,
    verify: String,
    /// What verifies each environment in a cluster, where the tree has such a script.
    validate: Vec<String>,
    back: String,
    undo: String,
    /// What takes the data back too, for each environment; empty where the tree has no such script.
    full: Vec<String>,
    watch: Option<Watch>,
    data: Vec<Data<'a>>,
    /// Makes a backup now, where there are any.
    back_up: Vec<String>,
    troubles: String,
    /// What of the hardening is given up, and where.
    exceptions: Vec<String>,
    /// The networks without a way out.
    closed: String,
    secrets: Vec<Secret<'a>>,
    certificates: Option<Certificates<'a>>,
    tables: Tables,
    /// What runs by itself: what, schedule, in words, and what becomes of it.
    schedules: Vec<(String, String, String, String)>,
    documents: Vec<(&'static str, &'static str)>,
    /// What is wanted often, and the command that does it.
    commands: String,
}

/// What an environment needs from the operator before it can start.
#[derive(Serialize)]
struct Settings<'a> {
    environment: &'a str,
    template: &'a str,
    env_file: &'a str,
    fill: String,
    check: String,
    /// Groups, each with the variables that have no value to begin with and cannot be made.
    groups: Vec<(&'a str, String)>,
}

/// A secret that can be changed.
#[derive(Serialize)]
struct Secret<'a> {
    name: &'a str,
    made: String,
    changes: String,
    readers: String,
}

/// The guide of a system.
pub(super) fn deployment<'a>(
    system: &'a System<'a>,
    header: String,
    (needed, deploying): (Needed, &Deploying<'_>),
    has: impl Fn(&str) -> bool,
) -> Deployment<'a> {
    let main = system.main();
    let places = || system.main_first();
    let clustered = || places().filter(|place| !place.manifests.is_empty());
    let full = places().map(|place| system.run("rollback.sh", place, "--full"));
    Deployment {
        header,
        system: main.model.name.as_str(),
        description: &main.model.description,
        blueprint: &main.model.blueprint,
        main,
        places: &system.places,
        sizing: sizing(system),
        cluster_needs: checklist::needs(main),
        runbook: has(naming::RUNBOOK),
        before: needed.text,
        before_count: needed.count,
        settings: places().filter_map(settings).collect(),
        deploy: way::text("Deploy", &deploying.composed),
        apply: way::text("In a cluster:", &deploying.in_cluster),
        verify: way::text("Verify", places().map(|place| steps::verify(system, place))),
        validate: clustered()
            .map(|place| system.run("validate-kubernetes.sh", place, ""))
            .filter(|command| !command.is_empty())
            .collect(),
        back: way::text("Quick:", places().map(|place| steps::back(system, place))),
        undo: way::text(
            "Quick, in a cluster:",
            clustered().map(|place| steps::undo(system, place)),
        ),
        full: full.filter(|command| !command.is_empty()).collect(),
        watch: main.model.monitoring.as_ref().map(|monitoring| watch(main, monitoring)),
        data: if main.model.backups.is_some() { Vec::new() } else { data::data(main) },
        back_up: system.back_up(main),
        troubles: trouble::troubles(system),
        exceptions: exceptions(main),
        closed: closed(main),
        secrets: secrets(main),
        certificates: certificates(main),
        tables: tables::tables(system, files::files(system, &has)),
        commands: commands(main),
        schedules: recovery::schedules(main),
        documents: DOCUMENTS.iter().filter(|(path, _)| has(path)).copied().collect(),
    }
}

/// The documents beside this one.
const DOCUMENTS: &[(&str, &str)] = &[
    ("DEPLOYMENT_CHECKLIST.md", "everything to see to, one by one"),
    (naming::RUNBOOK, "what to do about each alert"),
    ("DISASTER_RECOVERY.md", "what to do when all is lost"),
    ("ARCHITECTURE.md", "what runs, and who talks to whom"),
];

/// What is wanted often.
fn commands(place: &Place<'_>) -> String {
    let compose = &place.compose;
    let mut all = vec![
        ("start, or apply what has changed", place.start()),
        ("see what runs", format!("{compose} ps --all")),
        ("follow the logs", format!("{compose} logs --follow --tail 100")),
        ("see who uses what", "docker stats --no-stream".to_owned()),
        ("see what takes room on the disk", "docker system df".to_owned()),
        ("stop all, and keep the data", format!("{compose} stop")),
        (
            "see whether these files are current",
            format!("formwork check {}", place.model.blueprint),
        ),
        (
            "see what a change of the blueprint does",
            format!("formwork diff {}", place.model.blueprint),
        ),
    ];
    if !place.manifests.is_empty() {
        let namespace = place.namespace;
        all.push((
            "see what runs in a cluster",
            format!("kubectl --namespace {namespace} get pods"),
        ));
        all.push((
            "see what happened in a cluster",
            format!("kubectl --namespace {namespace} get events --sort-by=.lastTimestamp"),
        ));
    }
    let mut out = String::new();
    for (to, run) in all {
        row(&mut out, [&to, &code(&run)]);
    }
    out
}

fn settings<'a>(place: &'a Place<'a>) -> Option<Settings<'a>> {
    if place.env_file.is_empty() {
        return None;
    }
    let by_hand = |variable: &&Variable| {
        let is_asked = variable.is_operators() && variable.is_read() && variable.is_required();
        is_asked && variable.proposed().is_empty() && variable.generate.is_none()
    };
    let group = |group: &'a crate::model::Group| {
        let names = group.variables.iter().filter(by_hand);
        let names = Listed(names.map(|variable| span(variable.name.as_str()))).to_string();
        (!names.is_empty()).then(|| (group.name.as_str(), names))
    };
    Some(Settings {
        environment: place.name,
        template: &place.template,
        env_file: &place.env_file,
        fill: place.env("fill"),
        check: place.env("check"),
        groups: place.model.groups.iter().filter_map(group).collect(),
    })
}

/// What of the hardening is given up, and where.
fn exceptions(place: &Place<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for service in place.composed() {
        let mut ways = Vec::new();
        if service.user.is_root() {
            ways.push("runs as root".to_owned());
        }
        if service.writable_root {
            ways.push("writes to its root file system".to_owned());
        }
        if !service.capabilities.is_empty() {
            ways.push(format!("keeps {}", service.capabilities.join(", ")));
        }
        if service.host.is_some() {
            ways.push("sees the host".to_owned());
        }
        if !ways.is_empty() {
            found.push(format!("{} {}", span(service.name.as_str()), ways.join(", ")));
        }
    }
    found
}

fn closed(place: &Place<'_>) -> String {
    let closed = place.model.networks.iter().filter(|(_, network)| network.internal);
    Listed(closed.map(|(name, _)| span(name.as_str()))).to_string()
}

/// The secrets that something reads.
fn secrets<'a>(place: &Place<'a>) -> Vec<Secret<'a>> {
    let secrets = place.model.variables().filter(|one| one.secret && one.is_operators());
    let secret = |variable: &'a Variable| Secret {
        name: variable.name.as_str(),
        made: variable.generate.map(|one| code(&one.command()).to_string()).unwrap_or_default(),
        changes: escape(&variable.changes.join("; ")).to_string(),
        readers: variable.read_by.iter().map(Name::as_str).collect::<Vec<_>>().join(" "),
    };
    secrets.filter(|variable| variable.is_read()).map(secret).collect()
}

//! Turns backups into what to do when data, a machine or all of it is lost.

use std::borrow::Cow;

use serde::Serialize;

use crate::format::quote::markdown::{code, span};
use crate::format::quote::shell;
use crate::model::backup::{Backups, Series, Store};
use crate::model::{Role, naming};
use crate::target::documents::lifecycle::{Lifecycle, lifecycles};
use crate::target::documents::lost_cluster::{self, LostCluster, lost_cluster};
use crate::target::documents::system::{Place, System};
use crate::value::{Duration, Name};

/// What the document is rendered from.
#[derive(Serialize)]
pub(super) struct Recovery<'a> {
    header: String,
    system: &'a str,
    main: &'a Place<'a>,
    stores: Vec<Kept<'a>>,
    buckets: Vec<&'a str>,
    /// The volumes that no backup holds.
    left_out: Vec<&'a str>,
    list: String,
    /// Whether anything keeps what is written between two backups.
    archived: bool,
    /// Starts what keeps data and what restores it, and nothing else.
    start_stores: String,
    start: String,
    fill: String,
    check: String,
    certificates: Vec<String>,
    /// The same where a cluster is lost, if one runs it.
    cluster: Option<LostCluster<'a>>,
    /// What buckets are told once.
    lifecycles: Vec<Lifecycle<'a>>,
    /// What is asked once all runs.
    verify: Vec<String>,
    /// Restores by hand, where the tree has such a script.
    script: String,
}

/// Something that is backed up.
#[derive(Serialize)]
struct Kept<'a> {
    name: &'a str,
    about: &'a str,
    keeper: &'a str,
    rpo: String,
    rto: String,
    /// The most that can be lost, from the schedule.
    loss: String,
    archive: String,
    series: Vec<(&'static str, String, String)>,
    buckets: String,
    encrypted: bool,
    back_up: Vec<String>,
    /// Shows what there is, and reads the newest back.
    look: Vec<String>,
    restore: String,
    /// Goes back to a moment, where an archive is kept.
    moment: String,
    /// Brings back as much as there is where nothing is left: the newest moment, or else the newest backup.
    anew: String,
    /// The files that restore it in a cluster, which say how they are used.
    in_cluster: Vec<String>,
    /// What makes one of these jobs and waits for it; empty where no script does.
    by_script: String,
    /// Stops in the cluster those that write, and starts them again.
    hold: Vec<String>,
    release: Vec<String>,
    readers: Vec<&'a str>,
    stop: String,
    go_on: String,
    jobs: Vec<String>,
}

/// The document of a system's main environment; `None` where nothing is backed up.
pub(super) fn recovery<'a>(system: &'a System<'a>, header: String) -> Option<Recovery<'a>> {
    let main = system.main();
    let backups = main.model.backups.as_ref()?;
    let stores =
        backups.stores.iter().map(|(name, store)| kept(system, main, backups, (name, store)));
    let keepers: Vec<&str> = backups.stores.values().map(|store| store.keeper.as_str()).collect();
    let first = std::iter::once(backups.service.as_str()).chain(keepers.iter().copied());
    let mut first: Vec<&str> = first.collect();
    first.sort_unstable();
    first.dedup();
    Some(Recovery {
        header,
        system: main.model.name.as_str(),
        main,
        stores: stores.collect(),
        buckets: backups.buckets.keys().map(Name::as_str).collect(),
        left_out: left_out(main, backups),
        list: job(main, backups, "list"),
        archived: backups.stores.values().any(|store| store.archive.is_some()),
        start_stores: format!("{} up -d --wait {}", main.compose, first.join(" ")),
        start: main.start(),
        fill: main.env("fill"),
        check: main.env("check"),
        certificates: main.certificates(),
        cluster: lost_cluster(system, main, backups),
        lifecycles: system.main_first().flat_map(lifecycles).collect(),
        verify: [
            system.run("health-check.sh", main, ""),
            system.run("smoke-test.sh", main, ""),
            format!("{} ps --all", main.compose),
        ]
        .into_iter()
        .filter(|command| !command.is_empty())
        .collect(),
        script: system.run("restore.sh", main, "--help"),
    })
}

/// A run of the program that makes and restores backups, in its container.
fn job(place: &Place<'_>, backups: &Backups, words: &str) -> String {
    let service = place.model.services.get(&backups.service);
    let program = service.and_then(|service| service.command.first()?.as_literal());
    let compose = service.map_or(Cow::Borrowed(&*place.compose), |one| place.compose_for(one));
    let program = shell::quote(program.unwrap_or_default());
    format!("{compose} exec {} {program} {words}", backups.service)
}

/// The commands that back up everything now, where Docker Compose runs it.
pub(super) fn back_up(place: &Place<'_>) -> Vec<String> {
    let Some(backups) = &place.model.backups else { return Vec::new() };
    backups
        .stores
        .iter()
        .filter_map(|(name, store)| {
            let series = store.series.first()?;
            Some(job(place, backups, &format!("run {name} {}", series.name)))
        })
        .collect()
}

/// When each backup is made: store, series, schedule in words, how long it is kept.
pub(super) fn schedules(place: &Place<'_>) -> Vec<(String, String, String, String)> {
    let stores = place.model.backups.iter().flat_map(|backups| &backups.stores);
    stores
        .flat_map(|(name, store)| {
            store.series.iter().map(move |series| {
                (
                    format!("backup of {name}, {}", series.name),
                    code(&series.schedule.to_string()).to_string(),
                    series.schedule.describe(),
                    format!("kept for {}", series.keep.words()),
                )
            })
        })
        .collect()
}

fn kept<'a>(
    system: &System<'a>,
    place: &Place<'a>,
    backups: &'a Backups,
    (name, store): (&'a Name, &'a Store),
) -> Kept<'a> {
    let model = place.model;
    let readers: Vec<&str> =
        model.programs_of(&store.keeper).map(|service| service.name.as_str()).collect();
    let archive = store.archive.as_ref().map(|one| {
        let wait = one.timeout.words();
        format!(
            "{} keeps what is written in between, handed over after {wait} at the latest",
            span(one.service.as_str())
        )
    });
    let limit = |limit: Option<Duration>| limit.map(Duration::words).unwrap_or_default();
    let (stop, go_on) = if readers.is_empty() {
        (String::new(), String::new())
    } else {
        let named = readers.join(" ");
        (
            format!("{} stop {named}", place.compose),
            format!("{} up -d --wait {named}", place.compose),
        )
    };
    let restore = match system.run("restore.sh", place, name.as_str()) {
        script if script.is_empty() => job(place, backups, &format!("restore {name}")),
        script => script,
    };
    let to = |moment: &str| match &store.archive {
        Some(_) => system.run("restore.sh", place, &format!("{name} --time {moment}")),
        None => String::new(),
    };
    Kept {
        name: name.as_str(),
        about: &store.about,
        keeper: store.keeper.as_str(),
        rpo: limit(store.rpo),
        rto: limit(store.rto),
        loss: store.loss().words(),
        archive: archive.unwrap_or_default(),
        series: store.series.iter().map(series).collect(),
        buckets: store.to.iter().map(Name::as_str).collect::<Vec<_>>().join(", "),
        encrypted: store.encrypt,
        back_up: store
            .series
            .first()
            .map(|series| job(place, backups, &format!("run {name} {}", series.name)))
            .into_iter()
            .collect(),
        look: ["list", "verify"].map(|word| job(place, backups, &format!("{word} {name}"))).into(),
        anew: match to("latest") {
            newest if newest.is_empty() => format!("{restore} --without-safety-backup"),
            newest => newest,
        },
        moment: to("'2026-01-31 12:00:00+00'"),
        restore,
        in_cluster: place.restores(name),
        by_script: match place.restores(name).as_slice() {
            [] => String::new(),
            _ => system.run("restore-kubernetes.sh", place, name.as_str()),
        },
        hold: lost_cluster::stop(place, lost_cluster::writers(place, &store.keeper)),
        release: lost_cluster::start(place, lost_cluster::writers(place, &store.keeper)),
        jobs: jobs(place, name, store),
        readers,
        stop,
        go_on,
    }
}

fn series(series: &Series) -> (&'static str, String, String) {
    (series.name, series.schedule.describe(), series.keep.words())
}

/// The commands that make a backup in a cluster now.
fn jobs(place: &Place<'_>, name: &Name, store: &Store) -> Vec<String> {
    if place.manifests.is_empty() {
        return Vec::new();
    }
    let make = |series: &Series| {
        let job = naming::backup_job(name, series.name);
        format!(
            "kubectl --namespace {} create job \"{job}-$(date +%s)\" --from=cronjob/{job}",
            place.namespace
        )
    };
    store.series.first().map(make).into_iter().collect()
}

/// The volumes with data of their own that no backup holds.
fn left_out<'a>(place: &Place<'a>, backups: &Backups) -> Vec<&'a str> {
    let model = place.model;
    let mut held: Vec<&Name> = backups.stores.keys().collect();
    for store in backups.stores.values() {
        let keeper = model.services.get(&store.keeper);
        held.extend(keeper.iter().flat_map(|one| &one.volumes).map(|mount| &mount.volume));
    }
    let own = model
        .services
        .values()
        .filter(|service| matches!(service.role, Role::Backup | Role::Archive | Role::Preparation));
    held.extend(own.flat_map(|service| &service.volumes).map(|mount| &mount.volume).filter(
        |volume| {
            // What the preparation gives away is others'.
            let others = model.services.values().filter(|one| one.role != Role::Preparation);
            others
                .filter(|one| !matches!(one.role, Role::Backup | Role::Archive))
                .all(|one| one.volumes.iter().all(|mount| mount.volume != **volume))
        },
    ));
    model.volumes.keys().filter(|name| !held.contains(name)).map(Name::as_str).collect()
}

//! Turns a cluster that is lost into the commands that make it anew with its data, in order.

use serde::Serialize;

use crate::model::Service;
use crate::model::backup::{Backups, Store};
use crate::target::documents::steps;
use crate::target::documents::system::{Place, System};
use crate::value::Name;

/// What is done once a new cluster is there.
#[derive(Serialize)]
pub(super) struct LostCluster<'a> {
    /// Makes all objects; the pods wait for their Secret.
    apply: Vec<String>,
    /// Keeps those from running that would write before the data are back.
    hold: Vec<String>,
    /// Makes the Secrets.
    secrets: Vec<String>,
    /// Brings back what is backed up, one after the other.
    stores: Vec<Back<'a>>,
    /// Lets all of it run again.
    release: Vec<String>,
    /// Shows that it does.
    verify: Vec<String>,
}

/// How one of them comes back.
#[derive(Serialize)]
struct Back<'a> {
    name: &'a str,
    /// How far it comes back, in words.
    to: &'static str,
    commands: Vec<String>,
}

/// The way back of a lost cluster; `None` where no manifests are compiled.
pub(super) fn lost_cluster<'a>(
    system: &System<'a>,
    place: &Place<'a>,
    backups: &'a Backups,
) -> Option<LostCluster<'a>> {
    if place.manifests.is_empty() {
        return None;
    }
    let apply = format!("kubectl apply -k {}", place.manifests);
    let held = held(place, backups);
    let held = || held.iter().copied();
    let crons: Vec<String> = backups.jobs().map(|(name, ..)| format!("cronjob/{name}")).collect();
    let suspend = |is: bool| {
        let kubectl = format!("kubectl --namespace {}", place.namespace);
        crons.iter().map(move |cron| {
            format!("{kubectl} patch {cron} --patch '{{\"spec\":{{\"suspend\":{is}}}}}'")
        })
    };
    let stores = backups.stores.iter().filter_map(|one| back(place, one)).collect();
    let mut secrets = steps::secret(place);
    secrets.extend(place.model.certificates_into_cluster());
    Some(LostCluster {
        apply: vec![
            apply.clone(),
            format!("kubectl --namespace {} get persistentvolumeclaims", place.namespace),
        ],
        hold: stop(place, held()).into_iter().chain(suspend(true)).collect(),
        secrets,
        stores,
        release: start(place, held()).into_iter().chain([apply]).chain(suspend(false)).collect(),
        verify: match system.run("validate-kubernetes.sh", place, "") {
            script if script.is_empty() => steps::waits(place),
            script => vec![script],
        },
    })
}

/// The workloads that wait until the data are back: those that talk to what is restored, what keeps an archive, and the
/// databases that are put together from one.
fn held<'a>(place: &Place<'a>, backups: &Backups) -> Vec<&'a Service> {
    let model = place.model;
    let waits = |service: &&Service| {
        let talks = backups.stores.values().any(|store| service.is_program_of(&store.keeper));
        let recovers = backups.stores.values().any(|store| {
            store.archive.as_ref().is_some_and(|archive| {
                archive.service == service.name || store.keeper == service.name
            })
        });
        talks || recovers
    };
    let on = model.services.values().filter(|service| model.is_on(service));
    on.filter(waits).collect()
}

/// The commands that stop services in the cluster. An autoscaler leaves alone what has no replica (kubernetes.io,
/// "Horizontal Pod Autoscaling").
pub(super) fn stop<'a>(
    place: &Place<'_>,
    services: impl Iterator<Item = &'a Service>,
) -> Vec<String> {
    scale(place, services, |_| 0)
}

/// The commands that start them again, as many of each as there are at least.
pub(super) fn start<'a>(
    place: &Place<'_>,
    services: impl Iterator<Item = &'a Service>,
) -> Vec<String> {
    scale(place, services, |service| {
        service.autoscale.as_ref().map_or(service.replicas, |autoscale| autoscale.min)
    })
}

fn scale<'a>(
    place: &Place<'_>,
    services: impl Iterator<Item = &'a Service>,
    replicas: impl Fn(&Service) -> u32,
) -> Vec<String> {
    let command = |service: &Service| {
        let (kubectl, workload) = (place.kubectl(service), place.workload(service)?);
        Some(format!("{kubectl} scale {workload} --replicas={}", replicas(service)))
    };
    services.filter_map(command).collect()
}

/// The programs that write to what somebody keeps, where a cluster runs them.
pub(super) fn writers<'a>(
    place: &Place<'a>,
    keeper: &'a Name,
) -> impl Iterator<Item = &'a Service> {
    let model = place.model;
    let on = model.services.values().filter(|service| model.is_on(service));
    on.filter(|service| service.is_program_of(keeper))
}

/// The job that brings one back: to the newest moment where an archive is kept, to the newest backup where none is.
fn back<'a>(place: &Place<'_>, (name, store): (&'a Name, &'a Store)) -> Option<Back<'a>> {
    let word = if store.archive.is_some() { "recover" } else { "restore" };
    let file = place.restores(name).into_iter().find(|file| {
        file.rsplit('/').next().is_some_and(|file| file.starts_with(&format!("job-{word}-")))
    })?;
    let kubectl = format!("kubectl --namespace {}", place.namespace);
    let mut commands = Vec::new();
    let keeper = place.model.services.get(&store.keeper);
    if let Some((keeper, workload)) = keeper
        .filter(|_| store.archive.is_none())
        .and_then(|keeper| Some((keeper, place.workload(keeper)?)))
    {
        let wait = place.kubectl(keeper);
        commands.push(format!("{wait} rollout status {workload} --timeout=10m"));
    }
    commands.push(format!("kubectl create -f {file}"));
    commands
        .push(format!("{kubectl} wait job/{word}-{name} --for=condition=complete --timeout=24h"));
    let to = if store.archive.is_some() { "the newest moment" } else { "the newest backup" };
    Some(Back { name: name.as_str(), to, commands })
}

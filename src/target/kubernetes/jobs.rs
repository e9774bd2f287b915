//! Turns the service that makes backups into jobs that run when one is due.

use crate::format::quote::kubernetes::escape_env;
use crate::format::yaml::Comments;
use crate::model::backup::{Series, Store};
use crate::model::naming;
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, description, label, object};
use crate::target::kubernetes::files::Files;
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::pod::{Affinity, AffinityTerm, Beside, Pod};
use crate::target::kubernetes::schema::volume::{ClaimVolume, Volume, VolumeMount, VolumeSource};
use crate::target::kubernetes::schema::workload::{CronJob, Job, JobTemplate, TemplateMetadata};
use crate::target::kubernetes::workload::{comments, template};
use crate::value::Name;

/// How many jobs that ended are kept, so that their logs can be read.
const HISTORY: u32 = 3;

/// The longest that a run which was missed is made up for: the controller gives up after a hundred missed ones where
/// nothing is said (kubernetes.io, "`CronJob`").
const LATEST_START: u64 = 3600;

/// How long a restore that ended is kept, so that its log can be read.
const KEPT: u64 = 7 * 86_400;

/// How often a run is tried again within its time.
const RETRIES: u32 = 2;

pub(super) fn emit(
    cluster: &Cluster<'_>,
    service: &Service,
    files: &Files<'_>,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let Some(backups) = cluster.model.backups.as_ref().filter(|one| one.service == service.name)
    else {
        return Ok(());
    };
    for (name, store_name, store, series) in backups.jobs() {
        cron_job(cluster, service, files, (&name, store_name, store, series), folder)?;
    }
    for (name, store) in &backups.stores {
        restore_job(cluster, service, files, (name, store), folder)?;
    }
    Ok(())
}

/// A job that restores the newest backup, or puts a database together as it was last. It is never listed: whoever needs
/// it writes into it what is to be restored, and creates it.
fn restore_job(
    cluster: &Cluster<'_>,
    service: &Service,
    files: &Files<'_>,
    (name, store): (&Name, &Store),
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let mut metadata = cluster.workload_metadata(service);
    metadata.name = naming::restore_job(name);
    let file = format!("{}/job-{}.yaml", naming::RESTORES, metadata.name);
    let mut restore = job(cluster, service, files, store, &["restore", name.as_str(), "--yes"]);
    only_once(&mut restore);
    for mount in restore.template.spec.containers.iter_mut().flat_map(|one| &mut one.volume_mounts)
    {
        // What is restored is written.
        mount.read_only &=
            store.volume.as_ref().is_none_or(|volume| mount.name != label(volume.as_str()));
    }
    let about = format!(
        "Restores {name}, after a safety backup: the newest, or add --file NAME or --date DATE to the words.\nRun: kubectl create -f {}/{file}",
        naming::manifests(&cluster.model.environment.name)
    );
    let object = object("batch/v1", "Job", metadata, restore);
    folder.template(&file, &object, Comments::from([(String::new(), about)]))?;
    recover_job(cluster, service, files, (name, store), folder)
}

/// What puts data back runs once, and as long as it takes: one that is late is worth more than one that is stopped
/// half-way. It says itself that the objective is passed.
fn only_once(job: &mut Job<'_>) {
    job.backoff_limit = 0;
    job.active_deadline_seconds = None;
    job.ttl_seconds_after_finished = Some(KEPT);
}

fn recover_job(
    cluster: &Cluster<'_>,
    service: &Service,
    files: &Files<'_>,
    (name, store): (&Name, &Store),
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let known = store.archive.as_ref().zip(store.commands.archive.as_ref());
    let Some((archive, commands)) = known else { return Ok(()) };
    let into = format!("/restore/{}", commands.folder);
    let words = ["recover", name.as_str(), "--time", "latest", "--into", into.as_str(), "--yes"];
    let mut recover = job(cluster, service, files, store, &words);
    only_once(&mut recover);
    let data = Name::known(naming::volume(name, &commands.volume));
    let kept = Name::known(naming::volume(&archive.service, &Name::known("data")));
    for (keeper, volume, path) in [(name, &data, "/restore"), (&archive.service, &kept, "/archive")]
    {
        let Some(keeper) = cluster.service(keeper) else { continue };
        let claim_name = claim(cluster, keeper, volume);
        let source = VolumeSource::PersistentVolumeClaim(ClaimVolume { claim_name });
        recover.template.spec.volumes.push(Volume { name: label(volume.as_str()), source });
        for container in &mut recover.template.spec.containers {
            container.volume_mounts.push(VolumeMount {
                name: label(volume.as_str()),
                mount_path: path.into(),
                sub_path: None,
                read_only: false,
                mount_propagation: None,
            });
        }
    }
    let mut metadata = cluster.workload_metadata(service);
    metadata.name = naming::recovery_job(name);
    let file = format!("{}/job-{}.yaml", naming::RESTORES, metadata.name);
    let namespace = cluster.namespace();
    let about = format!(
        "Puts {name} together as it was last, or at the moment that stands in place of `latest`: 2026-01-31 12:00:00+00.\n\
         1. kubectl -n {namespace} scale statefulset/{name} statefulset/{} --replicas=0\n\
         2. kubectl create -f {}/{file}\n\
         3. when it has ended well: the same as 1 with --replicas=1",
        archive.service,
        naming::manifests(&cluster.model.environment.name)
    );
    let object = object("batch/v1", "Job", metadata, recover);
    folder.template(&file, &object, Comments::from([(String::new(), about)]))
}

/// The claim behind a volume of a service: that of its first pod where each has one of its own.
fn claim(cluster: &Cluster<'_>, service: &Service, volume: &Name) -> String {
    if cluster.is_own(service, volume) {
        format!("{}-{}-0", label(volume.as_str()), service.name)
    } else {
        volume.to_string()
    }
}

fn cron_job(
    cluster: &Cluster<'_>,
    service: &Service,
    files: &Files<'_>,
    (name, store_name, store, series): (&str, &Name, &Store, &Series),
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let job = job(cluster, service, files, store, &["run", store_name.as_str(), series.name]);
    let path = "/spec/jobTemplate/spec/template";
    let comments = comments(&job.template)
        .into_iter()
        .map(|(at, text)| (at.replacen("/spec/template", path, 1), text));
    let spec = CronJob {
        schedule: series.schedule.to_string(),
        time_zone: "Etc/UTC",
        concurrency_policy: "Forbid",
        starting_deadline_seconds: LATEST_START.min(series.gap().seconds()),
        successful_jobs_history_limit: HISTORY,
        failed_jobs_history_limit: HISTORY,
        job_template: JobTemplate {
            metadata: TemplateMetadata {
                labels: cluster.versioned_labels(service),
                annotations: crate::target::kubernetes::schema::meta::Pairs::default(),
            },
            spec: job,
        },
    };
    let mut metadata = cluster.workload_metadata(service);
    name.clone_into(&mut metadata.name);
    let when = format!(
        "Backs up {store_name} {}, and keeps each for {}",
        series.schedule.describe(),
        series.keep.words()
    );
    metadata.annotations.extend(description(&when));
    let object = object("batch/v1", "CronJob", metadata, spec);
    folder.add(&Place::of(service), &object, comments.collect())
}

/// Of the volumes that are backed up, a pod mounts the one that its job is about, on the node of whoever keeps it.
fn own_volume(cluster: &Cluster<'_>, store: &Store, pod: &mut Pod<'_>) {
    let stores = cluster.model.backups.iter().flat_map(|backups| backups.stores.values());
    let others = stores.filter_map(|one| one.volume.as_ref());
    let others: Vec<String> = others
        .filter(|volume| store.volume.as_ref() != Some(*volume))
        .map(|volume| label(volume.as_str()))
        .collect();
    pod.volumes.retain(|volume| !others.contains(&volume.name));
    for container in &mut pod.containers {
        container.volume_mounts.retain(|mount| !others.contains(&mount.name));
    }
    let keeper = cluster.service(&store.keeper).filter(|_| store.volume.is_some());
    let (Some(volume), Some(keeper)) = (&store.volume, keeper) else { return };
    for mounted in &mut pod.volumes {
        if mounted.name == label(volume.as_str()) {
            let claim_name = claim(cluster, keeper, volume);
            mounted.source = VolumeSource::PersistentVolumeClaim(ClaimVolume { claim_name });
        }
    }
    let term = AffinityTerm {
        topology_key: "kubernetes.io/hostname",
        label_selector: cluster.selector(keeper),
    };
    let beside = Beside { required_during_scheduling_ignored_during_execution: vec![term] };
    pod.affinity = Some(Affinity { pod_affinity: Some(beside), pod_anti_affinity: None });
}

/// A job that runs the program with these words.
fn job<'a>(
    cluster: &'a Cluster<'_>,
    service: &'a Service,
    files: &Files<'a>,
    store: &Store,
    words: &[&'a str],
) -> Job<'a> {
    let mut template = template(cluster, service, files.clone());
    let pod = &mut template.spec;
    pod.restart_policy = Some("Never");
    own_volume(cluster, store, pod);
    for container in &mut pod.containers {
        container.args = std::iter::once("/opt/formwork/backup/job.sh")
            .chain(words.iter().copied())
            .map(escape_env)
            .collect();
        // A job is asked by its end.
        container.startup_probe = None;
        container.liveness_probe = None;
        container.readiness_probe = None;
    }
    Job {
        backoff_limit: RETRIES,
        active_deadline_seconds: Some(store.run_time.seconds()),
        ttl_seconds_after_finished: None,
        template,
    }
}

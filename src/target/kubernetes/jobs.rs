//! Turns the service that makes backups into jobs that run when one is due.

use crate::model::backup::{Series, Store};
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, description, object};
use crate::target::kubernetes::files::Files;
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::workload::{CronJob, Job, JobTemplate, TemplateMetadata};
use crate::target::kubernetes::workload::{comments, template};
use crate::value::Name;

/// How many jobs that ended are kept, so that their logs can be read.
const HISTORY: u32 = 3;

/// The longest that a run which was missed is made up for: the controller gives up after a hundred missed ones where
/// nothing is said (kubernetes.io, "`CronJob`").
const LATEST_START: u64 = 3600;

/// How often a run is tried again within its time.
const RETRIES: u32 = 2;

pub(super) fn emit(
    cluster: &Cluster<'_>,
    service: &Service,
    files: &Files,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let Some(backups) = cluster.model.backups.as_ref().filter(|one| one.service == service.name)
    else {
        return Ok(());
    };
    for (name, store_name, store, series) in backups.jobs() {
        cron_job(cluster, service, files, (&name, store_name, store, series), folder)?;
    }
    Ok(())
}

fn cron_job(
    cluster: &Cluster<'_>,
    service: &Service,
    files: &Files,
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
                annotations: crate::target::kubernetes::schema::meta::Pairs::new(),
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

/// A job that runs the program with these words.
fn job(
    cluster: &Cluster<'_>,
    service: &Service,
    files: &Files,
    store: &Store,
    words: &[&str],
) -> Job {
    let mut template = template(cluster, service, files.clone());
    let pod = &mut template.spec;
    pod.restart_policy = Some("Never");
    for container in &mut pod.containers {
        container.args = std::iter::once("/opt/formwork/backup/job.sh")
            .chain(words.iter().copied())
            .map(str::to_owned)
            .collect();
        // A job is asked by its end.
        container.startup_probe = None;
        container.liveness_probe = None;
        container.readiness_probe = None;
    }
    Job {
        backoff_limit: RETRIES,
        active_deadline_seconds: store.run_time.seconds(),
        ttl_seconds_after_finished: None,
        template,
    }
}

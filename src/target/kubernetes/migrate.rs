//! Turns the migrations of a program into a job that a deployment runs once, from the new image, before anything is rolled
//! out.

use crate::format::yaml::Comments;
use crate::model::naming;
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object};
use crate::target::kubernetes::files::Files;
use crate::target::kubernetes::folder::Folder;
use crate::target::kubernetes::schema::pod::{Gate, Pod};
use crate::target::kubernetes::schema::volume::VolumeSource;
use crate::target::kubernetes::schema::workload::Job;
use crate::target::kubernetes::workload::template;
use crate::target::rollout::MIGRATION;

/// How long a migration that ended is kept, so that its log can be read.
const KEPT: u64 = 7 * 86_400;

/// It is never listed: what is applied would run it whenever that is done.
pub(super) fn emit(
    cluster: &Cluster<'_>,
    service: &Service,
    files: &Files<'_>,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    if service.migrations.upgrade.is_empty() {
        return Ok(());
    }
    let mut template = template(cluster, service, files.clone());
    once(&mut template.spec, &service.migrations.upgrade);
    let job = Job {
        // What failed may be half done: somebody must look at it.
        backoff_limit: 0,
        active_deadline_seconds: Some(MIGRATION.seconds()),
        ttl_seconds_after_finished: Some(KEPT),
        template,
    };
    let mut metadata = cluster.workload_metadata(service);
    let name = naming::migration_job(&service.name);
    let file = format!("{}/job-{name}.yaml", naming::MIGRATIONS);
    metadata.name = name;
    let about = format!(
        "Brings what {} keeps up to date. A deployment runs it before anything is rolled out.\nRun: kubectl create -f {}/{file}",
        service.name,
        naming::manifests(&cluster.model.environment.name)
    );
    let gates = "/spec/template/spec/readinessGates".to_owned();
    let never = "Nothing ever sets it: the pod has the labels that policies look for, and no request may reach it.";
    let comments = Comments::from([(String::new(), about), (gates, never.to_owned())]);
    folder.template(&file, &object("batch/v1", "Job", metadata, job), comments)
}

/// A pod that runs a command and ends, beside those that run.
fn once<'a>(pod: &mut Pod<'a>, command: &'a [String]) {
    pod.restart_policy = Some("Never");
    pod.topology_spread_constraints.clear();
    pod.affinity = None;
    pod.readiness_gates = vec![Gate { condition_type: "formwork/serves" }];
    // A claim may be held on another node, by those that run.
    let is_claim = |source: &VolumeSource| matches!(source, VolumeSource::PersistentVolumeClaim(_));
    pod.volumes.retain(|volume| !is_claim(&volume.source));
    let kept: Vec<String> = pod.volumes.iter().map(|volume| volume.name.clone()).collect();
    for container in &mut pod.containers {
        container.args = command.iter().map(|word| word.as_str().into()).collect();
        container.ports.clear();
        container.startup_probe = None;
        container.liveness_probe = None;
        container.readiness_probe = None;
        container.lifecycle = None;
        container.volume_mounts.retain(|mount| kept.contains(&mount.name));
    }
}

//! Emits the documents for whoever operates a system: one of each for all its environments.

mod annotation;
mod architecture;
mod certificates;
mod checklist;
mod data;
mod deployment;
mod files;
mod lifecycle;
mod look;
mod lost_cluster;
mod page;
mod recovery;
mod runbook;
mod sizing;
mod steps;
mod system;
mod tables;
mod trouble;
mod watch;
mod way;

use crate::model::{Model, naming};
use crate::target::{Error, Output};
use steps::Deploying;
use system::System;

const DEPLOYMENT: &str = concat!(
    include_str!("deployment.md.j2"),
    include_str!("operations.md.j2"),
    include_str!("reference.md.j2")
);
const ARCHITECTURE: &str = include_str!("architecture.md.j2");
const PICTURE: &str = include_str!("architecture.svg.j2");
const CHECKLIST: &str = include_str!("checklist.md.j2");
const RECOVERY: &str = include_str!("recovery.md.j2");
const RUNBOOK: &str = include_str!("runbook.md.j2");

/// Emits `DEPLOYMENT.md`, `DEPLOYMENT_CHECKLIST.md`, `ARCHITECTURE.md` with its picture, `RUNBOOK.md` where anything
/// alerts, and `DISASTER_RECOVERY.md` where anything is backed up. Read by: people, and whoever is led there by an alert.
///
/// # Errors
/// A broken template or a path that is taken.
pub fn emit(models: &[Model], output: &mut Output<'_>) -> Result<(), Error> {
    let system = System::new(models, output);
    if let Some(runbook) = runbook::runbook(&system, output.header()) {
        output.template(naming::RUNBOOK, RUNBOOK, &runbook)?;
    }
    if let Some(recovery) = recovery::recovery(&system, output.header()) {
        output.template("DISASTER_RECOVERY.md", RECOVERY, &recovery)?;
    }
    let page = architecture::architecture(&system, output.header(), "architecture.svg");
    output.template("ARCHITECTURE.md", ARCHITECTURE, &page)?;
    let picture = architecture::picture(system.main().model, &output.header());
    output.template("architecture.svg", PICTURE, &picture)?;
    let deploying = Deploying::of(&system);
    let checklist = checklist::checklist(&system, &deploying, output.header());
    output.template("DEPLOYMENT_CHECKLIST.md", CHECKLIST, &checklist)?;
    let has = |path: &str| output.emitted_below(path).next().is_some();
    let deployment =
        deployment::deployment(&system, output.header(), (checklist.needed, &deploying), has);
    output.template("DEPLOYMENT.md", DEPLOYMENT, &deployment)
}

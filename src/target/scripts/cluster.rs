//! Turns what a deployment to a cluster consists of into lists of words.

use crate::model::Model;
use crate::target::Output;
use crate::target::rollout::{Restore, Rollout};
use crate::target::scripts::list::List;

/// What a deployment to a cluster consists of.
pub(super) fn lists(model: &Model, output: &Output<'_>) -> Vec<List> {
    let rollout = Rollout::of(model, output);
    let list = |name, about, items| List { name, about, items };
    let pairs = |all: &[(String, String)]| {
        all.iter().map(|(one, two)| vec![one.clone(), two.clone()]).collect()
    };
    let threes = |all: &[(String, String, String)]| {
        all.iter().map(|(one, two, three)| vec![one.clone(), two.clone(), three.clone()]).collect()
    };
    vec![
        list(
            "cluster_namespace",
            "The namespaces in a cluster: name, manifest.",
            pairs(&rollout.namespaces),
        ),
        list(
            "cluster_secret",
            "The Secrets without which pods do not start, and which the operator makes: namespace, name.",
            pairs(&rollout.secrets),
        ),
        list(
            "cluster_backup",
            "What backs up in a cluster every day: namespace, name of its CronJob.",
            rollout.backups.iter().map(|(one, two, _)| vec![one.clone(), two.clone()]).collect(),
        ),
        list(
            "cluster_restore",
            "What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob\nthat backs it up, what stands still meanwhile.",
            rollout.restores.iter().map(restore).collect(),
        ),
        list(
            "cluster_setting",
            "The manifests of what migrations read and may do.",
            rollout.settings.iter().map(|path| vec![path.clone()]).collect(),
        ),
        list(
            "cluster_need",
            "What must run in a cluster before something is migrated: namespace, kind, name.",
            threes(&rollout.needs),
        ),
        list(
            "cluster_migration",
            "What migrates in a cluster: namespace, job, manifest.",
            threes(&rollout.migrations),
        ),
        list(
            "cluster_program",
            "What goes back in a cluster where a deployment has changed it: namespace, kind, name.",
            threes(&rollout.back),
        ),
    ]
}

fn restore(one: &Restore) -> Vec<String> {
    let words = [&*one.store, one.way, &*one.namespace, &*one.job, &*one.path, &*one.schedule];
    words.into_iter().map(str::to_owned).chain(one.stopped.iter().cloned()).collect()
}

//! Turns what a deployment to a cluster consists of into lists of words.

use crate::target::rollout::{Restore, Rollout};
use crate::target::scripts::list::{List, Words};

/// What a deployment to a cluster consists of.
pub(super) fn lists(rollout: &Rollout) -> Vec<List<'_>> {
    let list = |name, about, items| List { name, about, items };
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
            rollout.backups.iter().map(|(one, two, _)| vec![one.into(), two.into()]).collect(),
        ),
        list(
            "cluster_restore",
            "What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob\nthat backs it up, what stands still meanwhile.",
            rollout.restores.iter().map(restore).collect(),
        ),
        list(
            "cluster_setting",
            "The manifests of what migrations read and may do.",
            rollout.settings.iter().map(|path| vec![path.into()]).collect(),
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

fn restore(one: &Restore) -> Words<'_> {
    let words = [&*one.store, one.way, &*one.namespace, &*one.job, &*one.path, &*one.schedule];
    words.into_iter().chain(one.stopped.iter().map(String::as_str)).map(Into::into).collect()
}

fn pairs(all: &[(String, String)]) -> Vec<Words<'_>> {
    all.iter().map(|(one, two)| vec![one.into(), two.into()]).collect()
}

fn threes(all: &[(String, String, String)]) -> Vec<Words<'_>> {
    all.iter().map(|(one, two, three)| vec![one.into(), two.into(), three.into()]).collect()
}

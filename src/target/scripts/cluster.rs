//! Turns what a deployment to a cluster consists of into lists of words.

use crate::model::Model;
use crate::target::rollout::{self, Manifest, Restore, Rollout};
use crate::target::scripts::list::Functions;

/// What a deployment to a cluster consists of.
pub(super) fn lists(out: &mut Functions, model: &Model, manifests: &[Manifest<'_>]) {
    let rollout = Rollout::of(model, manifests);
    out.each(
        "cluster_namespace",
        "The namespaces in a cluster: name, manifest.",
        rollout.namespaces.iter().map(|(name, path)| [name, path]),
    );
    out.each(
        "cluster_secret",
        "The Secrets without which pods do not start, and which the operator makes: namespace, name.",
        rollout::secrets(model, manifests).iter().map(|(namespace, name)| [namespace, name]),
    );
    out.each(
        "cluster_backup",
        "What backs up in a cluster every day: namespace, name of its CronJob.",
        rollout.backups.iter().map(|(namespace, name, _)| [namespace, name]),
    );
    out.each(
        "cluster_restore",
        "What brings back in a cluster what is backed up: its name, restore or recover, namespace, job, manifest, CronJob\nthat backs it up, what stands still meanwhile.",
        rollout::restores(model, manifests).iter().map(restore),
    );
    out.each(
        "cluster_setting",
        "The manifests of what migrations read and may do.",
        rollout.settings.iter().map(|path| [path]),
    );
    out.each(
        "cluster_need",
        "What must run in a cluster before something is migrated: namespace, kind, name.",
        rollout.needs.iter().map(three),
    );
    out.each(
        "cluster_migration",
        "What migrates in a cluster: namespace, job, manifest.",
        rollout.migrations.iter().map(three),
    );
    out.each(
        "cluster_program",
        "What goes back in a cluster where a deployment has changed it: namespace, kind, name.",
        rollout.back.iter().map(three),
    );
}

fn restore(one: &Restore) -> impl Iterator<Item = &str> {
    let words = [&*one.store, one.way, &*one.namespace, &*one.job, &*one.path, &*one.schedule];
    words.into_iter().chain(one.stopped.iter().map(String::as_str))
}

fn three((one, two, three): &(String, String, String)) -> [&String; 3] {
    [one, two, three]
}

//! Finds backups that do not back up: of nothing, too seldom, kept too short, or with no way back.

use crate::blueprint::backup::Backup as Written;
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::model::alert::{Rule, Subject};
use crate::model::backup::{Backups, Series, Store};
use crate::model::cluster::Only;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::value::{Duration, Name};

/// What is backed up and is not there, or cannot be restored.
pub(super) fn unrestorable(view: &View<'_>, found: &mut Findings<'_>) {
    let known = |name: &Name| {
        let known = |one: &Backups| one.stores.contains_key(name) || one.off.contains(name);
        view.model.backups.as_ref().is_some_and(known)
    };
    for (name, written) in &view.blueprint.backups {
        let place = view.locator.key(&format!("/backups/{name}"));
        if known(name) {
            archive(view, name, written, found);
        } else if let Some(service) = view.model.services.get(name) {
            let why = match &service.component {
                Some(component) => {
                    format!("the catalogue does not say how `{}` is", component.name)
                }
                None => "it is a program of your own".to_owned(),
            };
            let message = format!("`{name}` is backed up, and nothing says how it is restored");
            found.push(
                Diagnostic::error(Code::UnrestorableBackup, message)
                    .at(place, why)
                    .help("back up the volume that it mounts, or the database that it writes to"),
            );
        } else if view.model.volumes.contains_key(name) {
            let message = format!("the volume `{name}` is backed up, and cannot be restored");
            found.push(Diagnostic::error(Code::UnrestorableBackup, message).at(place, "").help(
                "back up the service that it belongs to: files that a database is writing to are no backup",
            ));
        } else {
            let message = format!("neither a service nor a volume is named `{name}`");
            let names = view.model.services.keys().chain(view.model.volumes.keys());
            let unknown =
                Diagnostic::error(Code::UnknownService, message).at(place, "is backed up here");
            found.push(match suggest::nearest(name.as_str(), names.map(Name::as_str)) {
                Some(near) => unknown.help(format!("did you mean `{near}`?")),
                None => unknown.help("name a service that keeps data, or a volume of a service"),
            });
        }
    }
}

/// What is read or written by another user than the one that it belongs to.
pub(super) fn foreign_files(view: &View<'_>, found: &mut Findings<'_>) {
    let Some(backup) = backups(view).and_then(|all| view.model.services.get(&all.service)) else {
        return;
    };
    for (name, store) in stores(view) {
        if store.volume.is_none() && store.archive.is_none() {
            continue;
        }
        let Some(keeper) = view.model.services.get(&store.keeper) else { continue };
        if keeper.user.uid == backup.user.uid {
            continue;
        }
        let (theirs, ours) = (keeper.user.uid, backup.user.uid);
        let message =
            format!("the files of `{name}` belong to user {theirs}, and `backup` runs as {ours}");
        found.push(
            Diagnostic::error(Code::SharedVolumeUsers, message)
                .at(
                    view.locator.key(&format!("/backups/{name}")),
                    "could not be read, or not be restored",
                )
                .help(format!(
                    "run it as that user: `services: {{ backup: {{ user: {theirs} }} }}`"
                )),
        );
    }
}

/// An archive of what keeps none.
fn archive(view: &View<'_>, name: &Name, written: &Written, found: &mut Findings<'_>) {
    let backups = view.model.backups.as_ref();
    let store = backups.and_then(|backups| backups.stores.get(name));
    if written.archive.is_some() && store.is_some_and(|store| store.archive.is_none()) {
        let message = format!("`{name}` writes nothing that an archive could keep");
        let place = view.locator.key(&format!("/backups/{name}/archive"));
        found.push(
            Diagnostic::error(Code::UnrestorableBackup, message)
                .at(place, "is for databases that the catalogue knows an archive of")
                .help("remove `archive`, and back it up more often"),
        );
    }
}

/// A bucket that nothing describes.
pub(super) fn unknown_bucket(view: &View<'_>, found: &mut Findings<'_>) {
    let known = &view.blueprint.buckets;
    for (name, written) in &view.blueprint.backups {
        for (index, bucket) in written.to.iter().enumerate() {
            if known.contains_key(bucket) {
                continue;
            }
            let place = view.locator.value(&format!("/backups/{name}/to/{index}"));
            let message = format!("no bucket is named `{bucket}`");
            let unknown = Diagnostic::error(Code::UnknownBucket, message).at(place, "");
            let near = suggest::nearest(bucket.as_str(), known.keys().map(Name::as_str));
            found.push(match near {
                Some(near) => unknown.help(format!("did you mean `{near}`?")),
                None => unknown.help(format!(
                    "declare it: `buckets: {{ {bucket}: {{ bucket: NAME, region: REGION }} }}`"
                )),
            });
        }
    }
}

/// A schedule under which more may be lost than anybody wants to lose.
pub(super) fn missed_objective(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, store) in stores(view) {
        if found.doubts(&format!("/backups/{name}")) {
            continue;
        }
        let Some(rpo) = store.rpo else { continue };
        let loss = store.loss();
        if loss <= rpo {
            continue;
        }
        let message = format!(
            "up to {} of `{name}` can be lost, and the objective is {}",
            loss.words(),
            rpo.words()
        );
        let own = format!("/backups/{name}/rpo");
        let stated = view.locator.entry(&own).map_or("/recovery/rpo", |_| own.as_str());
        let why = match &store.archive {
            Some(archive) => format!("what is written waits for {}", archive.timeout.words()),
            None => format!(
                "a backup every {}, each of which may take {}",
                shortest(store).words(),
                store.run_time.words()
            ),
        };
        let key = if store.archive.is_some() { "archive" } else { "schedule" };
        let at = format!("/backups/{name}/{key}");
        let place = view.locator.entry(&at).map_or(format!("/backups/{name}"), |_| at);
        found.push(
            Diagnostic::error(Code::MissedObjective, message)
                .at(view.locator.key(&place), why)
                .at(view.locator.value(stated), "the most that may be lost")
                .help(remedy(store, rpo)),
        );
    }
}

/// The time between two backups of the series that is made most often.
fn shortest(store: &Store) -> Duration {
    store.series.iter().map(Series::gap).min().unwrap_or(store.run_time)
}

fn remedy(store: &Store, rpo: Duration) -> String {
    if store.archive.is_none() && store.commands.archive.is_some() {
        return "keep what is written in between too: `archive: 5m`".to_owned();
    }
    if store.archive.is_some() {
        return "let what is written wait for less: `archive: 5m`".to_owned();
    }
    match rpo.seconds().checked_sub(store.run_time.seconds()).filter(|rest| *rest >= 60) {
        Some(rest) => {
            let most = Duration::from_seconds(rest);
            format!("make one at least every {}", most.words())
        }
        None => "state a shorter `run_time`, and make one more often".to_owned(),
    }
}

/// What is kept for less time than something else rests on.
pub(super) fn contradicting_retention(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, store) in stores(view) {
        if found.doubts(&format!("/backups/{name}")) {
            continue;
        }
        let at = |key: &str| {
            let at = format!("/backups/{name}/{key}");
            view.locator.entry(&at).map_or_else(|| format!("/backups/{name}"), |_| at)
        };
        let mut tell = |message: String, key: &str, help: &str| {
            found.push(
                Diagnostic::error(Code::ContradictingRetention, message)
                    .at(view.locator.key(&at(key)), "")
                    .help(help),
            );
        };
        if let [daily, weekly, ..] = store.series.as_slice()
            && weekly.keep < daily.keep
        {
            tell(
                format!(
                    "the weekly backups of `{name}` are kept for {}, the daily ones for {}",
                    weekly.keep.words(),
                    daily.keep.words()
                ),
                "weekly",
                "a second series is there to reach further back: keep it for longer, or remove it",
            );
        }
        for series in &store.series {
            let key = if series.name == "daily" { "keep" } else { "weekly" };
            if series.keep < series.gap() {
                tell(
                    format!(
                        "a {} backup of `{name}` is kept for {}, and the next may come after {}",
                        series.name,
                        series.keep.words(),
                        series.gap().words()
                    ),
                    key,
                    "keep it at least until the next one",
                );
            }
        }
        let longest = store.series.iter().map(|series| series.keep).max();
        for bucket in &store.to {
            let known = backups(view).and_then(|backups| backups.buckets.get(bucket));
            let Some(lifecycle) = known.and_then(|bucket| bucket.lifecycle) else { continue };
            let Some(keep) = longest.filter(|keep| lifecycle < *keep) else { continue };
            let message = format!(
                "the bucket `{bucket}` removes after {} what `{name}` keeps for {}",
                lifecycle.words(),
                keep.words()
            );
            found.push(
                Diagnostic::error(Code::ContradictingRetention, message)
                    .at(view.locator.value(&format!("/buckets/{bucket}/lifecycle")), "")
                    .at(view.locator.key(&at("keep")), "kept for longer")
                    .help("let the bucket keep things for longer than the jobs do: it is for what they leave behind"),
            );
        }
    }
}

/// Whether an alert tells of backups, and not in a cluster only.
fn tells_everywhere(rule: &Rule) -> bool {
    rule.tells_of == Some(Subject::Backups) && rule.only != Some(Only::Kubernetes)
}

/// Backups whose end nobody would notice, though metrics are read.
pub(super) fn unwatched(view: &View<'_>, found: &mut Findings<'_>) {
    let Some(backups) = backups(view).filter(|backups| !backups.stores.is_empty()) else { return };
    let Some(monitoring) = &view.model.monitoring else { return };
    let mut rules = monitoring.rules.iter().flat_map(|group| &group.rules);
    if monitoring.metrics.is_none() || rules.any(|rule| tells_everywhere(rule)) {
        return;
    }
    let names: Vec<String> = backups.stores.keys().map(|name| format!("`{name}`")).collect();
    let message = format!("no alert tells when the backups of {} are too old", names.join(", "));
    let packs = view.locator.entry("/monitoring/packs").is_some();
    let at = if packs { "/monitoring/packs" } else { "/monitoring" };
    let diagnostic = Diagnostic::error(Code::UnwatchedBackup, message)
        .at(view.locator.key("/backups"), "made here")
        .at(view.locator.key(at), "the alerts that there are")
        .help(if packs {
            "add `backups` to the packs"
        } else {
            "let the alert `BackupTooOld` be, or write one of your own with `tells_of: backups`"
        });
    found.push_unless_waived(&backups.service, diagnostic);
}

fn backups<'a>(view: &View<'a>) -> Option<&'a Backups> {
    view.model.backups.as_ref()
}

fn stores<'a>(view: &View<'a>) -> impl Iterator<Item = (&'a Name, &'a Store)> {
    backups(view).into_iter().flat_map(|backups| &backups.stores)
}

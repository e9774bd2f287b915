//! Turns what is to be backed up into the components that do it, with the tools and the alerts that they need.

use std::sync::Arc;

use crate::map::IndexMap;

use crate::blueprint::Mount;
use crate::blueprint::monitoring::{Alert, Sample, Subject};
use crate::blueprint::reference::Text;
use crate::blueprint::service::Build;
use crate::catalog::backup::Archive;
use crate::catalog::entry::{Content, Entry};
use crate::catalog::parameter::Parameter;
use crate::catalog::samples;
use crate::model::naming;
use crate::resolve::backups::{ARCHIVE_TIMEOUT, encrypts, series};
use crate::resolve::monitoring::filled;
use crate::resolve::parts::{Builder, keeper};
use crate::resolve::services::base_image;
use crate::value::{ContainerPath, Duration, GroupName, Image, Name, RelativePath, Uses};

/// The service that makes backups, and its entry.
pub(in crate::resolve) const BACKUP: &str = "backup";
/// The entry of what keeps what a database writes.
const ARCHIVE: &str = "backup-archive";
/// The volume on which metrics of backups lie.
const METRICS: &str = "backup-metrics";

/// How long an archive may be silent before anybody is told.
const SILENCE: Duration = Duration::from_seconds(900);

/// What keeps what a database writes.
pub(in crate::resolve) fn archive_of(store: &Name) -> Name {
    Name::known(format!("{store}-archive"))
}

impl Builder<'_> {
    /// What makes backups, and what keeps what is written between two.
    pub(super) fn backups(&mut self) {
        if self.blueprint.backups.is_empty() {
            return;
        }
        let place = "/backups";
        let Some(entry) = self.derive(&Uses::known(BACKUP), BACKUP, None, place) else {
            return;
        };
        let assembled = self.assembled(&entry);
        let with = self.bucket_keys();
        if let Some(part) = self.parts.get_mut(BACKUP) {
            part.entry = Some(Arc::new(assembled));
            let written = Arc::make_mut(&mut part.written);
            written.with.extend(with);
            written.build = Some(Build {
                context: RelativePath::known("."),
                stack: Some(Uses::known(BACKUP)),
                dockerfile: None,
                target: None,
                with: IndexMap::default(),
            });
        }
        for (store, written) in &self.blueprint.backups {
            if let Some(archive) = &written.archive {
                self.archive(store, archive.timeout.unwrap_or(ARCHIVE_TIMEOUT));
            }
        }
    }

    /// The entry of the backup service, with the tools of every store, and a parameter for each half of an access key.
    fn assembled(&self, entry: &Entry) -> Entry {
        let mut entry = entry.clone();
        let mut dockerfile = entry.dockerfile.clone().unwrap_or_default();
        let mut done: Vec<(&str, Image)> = Vec::new();
        for store in self.blueprint.backups.keys() {
            let Some(known) = self.parts.get(store).and_then(|part| part.entry.as_deref()) else {
                continue;
            };
            let Some(backup) = known.backup.as_ref().filter(|one| !one.tools.is_empty()) else {
                continue;
            };
            let image = self.image_of(store, known);
            if done.contains(&(known.component.as_str(), image.clone())) {
                continue;
            }
            let key = GroupName::of_service(store);
            dockerfile.push_str(
                &backup.tools.replace("{{ image }}", &format!("{{{{ images['{key}'] }}}}")),
            );
            entry.images.insert(key, image.clone());
            done.push((known.component.as_str(), image));
        }
        dockerfile.push_str(include_str!("backup.Dockerfile"));
        entry.dockerfile = Some(dockerfile);
        if !self.blueprint.backups.values().any(encrypts) {
            entry.parameters.shift_remove("passphrase");
            entry.environment.retain(|_, text| !text.0.contains("self.passphrase"));
        }
        for (name, bucket) in &self.blueprint.buckets {
            for ((_, half), given) in
                naming::BUCKET_KEYS.iter().zip([&bucket.access_key, &bucket.secret_key])
            {
                let about = format!("the {} of the bucket {name}", half.replace('_', " "));
                let secret = Parameter { about: Some(about), secret: true, ..Parameter::default() };
                let used = self.blueprint.backups.values().any(|one| one.to.contains(name));
                if used || given.is_some() {
                    entry.parameters.insert(naming::bucket_parameter(name, half), secret);
                }
            }
        }
        entry
    }

    /// What the author gives of access keys, as parameters of the backup service.
    fn bucket_keys(&self) -> IndexMap<String, Text> {
        let mut with = IndexMap::default();
        for (name, bucket) in &self.blueprint.buckets {
            for ((_, half), given) in
                naming::BUCKET_KEYS.iter().zip([&bucket.access_key, &bucket.secret_key])
            {
                with.extend(given.clone().map(|text| (naming::bucket_parameter(name, half), text)));
            }
        }
        with
    }

    /// The image that a service runs.
    fn image_of(&self, name: &Name, entry: &Entry) -> Image {
        let part = self.parts.get(name);
        let written = part.and_then(|part| part.written.image.clone());
        let pinned = self.blueprint.images.get(name.as_str()).cloned();
        let version = part.map_or("", |part| part.version.as_str());
        pinned.or(written).unwrap_or_else(|| base_image(entry, version))
    }

    /// What keeps what one database writes; the database itself learns to hand it over.
    fn archive(&mut self, store: &Name, timeout: Duration) {
        let known = self.parts.get(store).and_then(|part| part.entry.clone());
        let Some((server, archive)) =
            known.and_then(|entry| Some((entry.clone(), entry.backup.as_ref()?.archive.clone()?)))
        else {
            return;
        };
        let name = archive_of(store);
        let place = format!("/backups/{store}/archive");
        let Some(entry) = self.derive(&Uses::known(ARCHIVE), name.as_str(), Some(store), &place)
        else {
            return;
        };
        let mut entry = Entry::clone(&entry);
        for word in entry.command.iter_mut().flatten() {
            word.0 = word.0.replace("$store", store.as_str());
        }
        let profile = self.parts.get(store).and_then(|part| part.written.profile.clone());
        if let Some(part) = self.parts.get_mut(&name) {
            part.entry = Some(Arc::new(entry));
            part.runs_under(profile);
        }
        if let Some(part) = self.parts.get_mut(store) {
            part.entry = Some(Arc::new(handing_over(&server, &archive, timeout)));
        }
    }

    /// Lets those that watch know what to expect: the alerts that tell of single backups say of which.
    pub(super) fn backups_watched(&mut self) {
        let expected = self.expected();
        let exporter = naming::exporter(&Name::known(BACKUP));
        let is_watched = self.parts.contains_key(exporter.as_str());
        for (name, part) in &mut self.parts {
            let Some(entry) = &mut part.entry else { continue };
            if !is_watched && entry.shares.contains_key(METRICS) {
                Arc::make_mut(entry).shares.shift_remove(METRICS);
                continue;
            }
            if name.as_str() == exporter {
                let mount = Mount { path: ContainerPath::known("/metrics"), read_only: true };
                Arc::make_mut(&mut part.written).volumes.insert(Name::known(METRICS), mount);
            }
            if entry.alerts.values().any(|alert| tells_of_backups(alert)) {
                let entry = Arc::make_mut(entry);
                let told =
                    std::mem::take(&mut entry.alerts).into_iter().filter_map(|(name, alert)| {
                        if tells_of_backups(&alert) {
                            Some((name, spelled_out(&alert, &expected)?.into()))
                        } else {
                            Some((name, alert))
                        }
                    });
                entry.alerts = told.collect();
            }
        }
    }

    /// What watches a database tells of its archive too: the server itself knows how far that is.
    pub(super) fn archives_watched(&mut self) {
        for store in self.blueprint.backups.keys() {
            if !self.parts.contains_key(archive_of(store).as_str()) {
                continue;
            }
            let known = self.parts.get(store).and_then(|part| part.entry.clone());
            let archive = known.as_ref().and_then(|entry| entry.backup.as_ref()?.archive.as_ref());
            let watching = self.parts.get_mut(naming::exporter(store).as_str());
            if let (Some(archive), Some(part)) = (archive, watching)
                && let Some(entry) = &mut part.entry
            {
                Arc::make_mut(entry).alerts.extend(archive.alerts.clone());
            }
        }
    }

    /// Every series of what runs, and the age at which it is too old.
    fn expected(&self) -> Vec<Expected> {
        let mut expected = Vec::new();
        for (name, written) in &self.blueprint.backups {
            if keeper(&self.parts, name).is_some_and(|(_, part)| !part.is_on(self.profiles)) {
                continue;
            }
            for series in series(written) {
                let age = crate::model::backup::too_old(&series, written.run_time);
                expected.push(Expected::new(name, series.name, age, true));
            }
            // What hands over nothing for so long has lost its connection.
            if self.parts.contains_key(archive_of(name).as_str()) {
                expected.push(Expected::new(name, "archive", SILENCE, false));
            }
        }
        expected
    }
}

/// A series that must not grow too old.
struct Expected {
    backup: String,
    series: String,
    /// What its job is called in a cluster.
    job: String,
    age: Duration,
    /// Whether a job makes it when it is due.
    is_job: bool,
}

impl Expected {
    fn new(backup: &Name, series: &str, age: Duration, is_job: bool) -> Self {
        let job = naming::backup_job(backup, series);
        Self { backup: backup.to_string(), series: series.to_owned(), job, age, is_job }
    }

    fn fill(&self, text: &str) -> String {
        let names = [
            ("$backup", self.backup.as_str().into()),
            ("$series", self.series.as_str().into()),
            ("$cronjob", self.job.as_str().into()),
            ("$age", self.age.seconds().to_string().into()),
        ];
        filled(text, &names, None)
    }
}

fn tells_of_backups(alert: &Alert) -> bool {
    alert.tells_of == Some(Subject::Backups)
}

/// An alert about any of the series; `None` where there is none. Its samples are those of the first.
fn spelled_out(alert: &Alert, expected: &[Expected]) -> Option<Alert> {
    let first = expected.first()?;
    let expr = alert.expr.as_ref()?;
    let told = expected.iter().filter(|one| one.is_job || !expr.contains("$cronjob"));
    let each: Vec<String> = told.map(|one| one.fill(expr)).collect();
    let hold = alert.hold.map_or(0, Duration::seconds);
    let at = first.age.seconds() + hold + 600;
    let sample = |sample: &Sample| Sample {
        series: sample
            .series
            .iter()
            .map(|(series, values)| {
                (first.fill(series), values.replace(samples::COUNT, &(at / 15).to_string()))
            })
            .collect(),
        at: Duration::from_seconds(at),
        labels: sample
            .labels
            .iter()
            .map(|(label, value)| (label.clone(), first.fill(value)))
            .collect(),
    };
    Some(Alert {
        expr: Some(each.join("\n  or ")),
        fires: alert.fires.as_ref().map(sample),
        quiet: alert.quiet.as_ref().map(sample),
        ..alert.clone()
    })
}

/// The entry of a database that hands over what it writes.
fn handing_over(entry: &Entry, archive: &Archive, timeout: Duration) -> Entry {
    let mut entry = entry.clone();
    let filled = archive.command.iter();
    let filled =
        filled.map(|word| Text(word.0.replace("$timeout", &timeout.seconds().to_string())));
    entry.command.get_or_insert_default().extend(filled);
    entry.mounts.extend(archive.mounts.clone());
    let files = archive.files.iter();
    entry
        .files
        .extend(files.map(|(path, text)| (path.clone(), Content::Text(text.as_str().into()))));
    entry
}

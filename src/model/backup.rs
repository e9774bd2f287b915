//! Describes what is backed up, everything decided.

use crate::map::IndexMap;
use serde::Serialize;

pub use crate::catalog::backup::Backup as Commands;
use crate::model::{Model, Role, Service, naming};
use crate::value::{Cron, Duration, Name, VariableName};

/// What is backed up.
#[derive(Debug, Clone, Serialize)]
pub struct Backups {
    /// The service that makes backups in Docker Compose, and whose pods do in Kubernetes.
    pub service: Name,
    /// What is backed up, by the name of the service or the volume.
    pub stores: IndexMap<Name, Store>,
    /// What is backed up elsewhere only: the profile of what keeps it is off here.
    pub off: Vec<Name>,
    /// The buckets that backups are copied to.
    pub buckets: IndexMap<Name, Bucket>,
}

/// Something that is backed up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Store {
    /// What it is.
    pub about: String,
    /// The series, the daily one first.
    pub series: Vec<Series>,
    /// The buckets that it is copied to.
    pub to: Vec<Name>,
    /// Whether it is encrypted.
    pub encrypt: bool,
    /// What keeps what is written between two backups, where anything does.
    pub archive: Option<Archive>,
    /// How long a run may take.
    pub run_time: Duration,
    /// The most that may be lost, where anybody says.
    pub rpo: Option<Duration>,
    /// The longest that a restore may take, where anybody says.
    pub rto: Option<Duration>,
    /// The service that keeps the data, or that mounts the volume.
    pub keeper: Name,
    /// The volume, where it is one that a program of the author's own writes to.
    pub volume: Option<Name>,
    /// The settings of the commands, and the variables of the backup service that hold them.
    pub settings: IndexMap<VariableName, VariableName>,
    /// The commands.
    #[serde(skip)]
    pub commands: Commands,
}

/// Backups of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Series {
    /// `daily` or `weekly`.
    pub name: &'static str,
    /// When one is made.
    pub schedule: Cron,
    /// How long one is kept.
    pub keep: Duration,
}

/// What keeps what is written between two backups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Archive {
    /// The service that does.
    pub service: Name,
    /// How long what is written may wait in the database.
    pub timeout: Duration,
}

/// A bucket that backups are copied to.
#[derive(Debug, Clone, Serialize)]
pub struct Bucket {
    /// The age at which it removes what lies in it itself, where it does.
    pub lifecycle: Option<Duration>,
    /// The folder in it, where that is known; empty for all of it.
    pub prefix: String,
    /// Where that is, if all of it is known when compiling.
    pub place: Option<BucketPlace>,
}

/// Where a bucket is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BucketPlace {
    /// The address of the storage; empty for Amazon's.
    pub endpoint: String,
    /// The bucket's own name.
    pub bucket: String,
    /// The folder in it, without `/` at its ends; empty for all of it.
    pub folder: String,
}

/// How much later than it should be the newest part of an archive may come before anybody looks.
const LATE: Duration = Duration::from_seconds(900);

/// How long an archive may wait before it looks at what is complete: the pause between two passes, and a copy.
const PASS: Duration = Duration::from_seconds(60);

/// How long a run may take when nobody says.
pub const RUN_TIME: Duration = Duration::from_seconds(30 * 60);

/// How much older than it should be a backup may get before anybody is told.
const PATIENCE: Duration = Duration::from_seconds(3600);

impl Store {
    /// The most that can be lost, as time: what is written just after a run has begun is in the next run only, and that
    /// may fail up to its end.
    pub fn loss(&self) -> Duration {
        let dumps =
            self.series.iter().map(|series| series.gap().seconds() + self.run_time.seconds());
        let archive = self.archive.iter().map(|one| one.timeout.seconds() + PASS.seconds());
        Duration::from_seconds(dumps.chain(archive).min().unwrap_or(0))
    }

    /// The age that the newest part of its archive has at most where something is written, where it keeps one.
    pub fn archive_age(&self) -> Option<Duration> {
        let archive = self.archive.as_ref()?;
        Some(Duration::from_seconds(archive.timeout.seconds() + PASS.seconds() + LATE.seconds()))
    }

    /// The age at which a backup of a series is too old.
    pub fn too_old(&self, series: &Series) -> Duration {
        too_old(series, Some(self.run_time))
    }
}

/// The age at which a backup of a series is too old, given how long a run may take where anybody says.
pub fn too_old(series: &Series, run_time: Option<Duration>) -> Duration {
    let due = series.gap().seconds() + run_time.unwrap_or(RUN_TIME).seconds();
    Duration::from_seconds(due + PATIENCE.seconds())
}

impl Series {
    /// The longest time between two.
    pub fn gap(&self) -> Duration {
        Duration::from_seconds(u64::from(self.schedule.max_gap_minutes()) * 60)
    }
}

impl Model {
    /// The programs that talk to whoever keeps something, where Docker Compose runs them.
    pub fn programs_of<'a>(&'a self, keeper: &'a Name) -> impl Iterator<Item = &'a Service> {
        let running = self.services.values().filter(|one| one.is_composed() && self.is_on(one));
        running.filter(move |one| one.is_program_of(keeper))
    }
}

impl Service {
    /// Whether it is a program that talks to whoever keeps something, and not what watches it or backs it up.
    pub fn is_program_of(&self, keeper: &Name) -> bool {
        matches!(self.role, Role::Application | Role::Platform)
            && self.flows.iter().any(|flow| flow.to == *keeper)
    }
}

impl Backups {
    /// Every series of every store, with the name of its job in a cluster.
    pub fn jobs(&self) -> impl Iterator<Item = (String, &Name, &Store, &Series)> {
        self.stores.iter().flat_map(|(name, store)| {
            let job = |series: &Series| naming::backup_job(name, series.name);
            store.series.iter().map(move |series| (job(series), name, store, series))
        })
    }
}

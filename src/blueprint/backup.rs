//! Describes backups: what is copied away, how often, how long it is kept, and how much may be lost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::reference::Text;
use crate::value::{Cron, Duration, Name};

/// How a service or a volume is backed up. `{}` is a dump every night at 02:00 UTC, kept for 7 days.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// When the daily series is made, in UTC; `0 2 * * *` when left out. Texts may name it: `${SERVICE.backup_schedule}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"0 2 * * *")]
    pub schedule: Option<Cron>,
    /// How long one of the daily series is kept; `7d` when left out. The newest is never removed. Texts may say it in days:
    /// `${SERVICE.backup_days}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<Duration>,
    /// A second series, kept for longer. A length of time is short for `{ keep: TIME }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly: Option<Weekly>,
    /// The buckets that each is copied to; left out, it stays on a volume of its own. One name is short for a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Name>,
    /// Whether it is encrypted before it is stored; on where it leaves the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypt: Option<bool>,
    /// Keeps what the database writes between two backups, so that any moment can be restored. A length of time is
    /// short for `{ timeout: TIME }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<Archive>,
    /// How long a run may take before it is given up; `30m` when left out. The data of a run are as old as its start, so
    /// that this counts against `rpo`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_time: Option<Duration>,
    /// The most that may be lost, as time, where it differs from the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpo: Option<Duration>,
    /// The longest that a restore may take, where it differs from the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rto: Option<Duration>,
}

/// A series that is kept for longer than the daily one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Weekly {
    /// When it is made, in UTC; `0 1 * * 0`, Sunday at 01:00, when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"0 1 * * 0")]
    pub schedule: Option<Cron>,
    /// How long one of it is kept; `30d` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<Duration>,
}

/// Keeps what a database writes between two backups.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// How long what is written may wait before it is handed over (`PostgreSQL`: `archive_timeout`); `5m` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
}

/// What may be expected of a recovery.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// The most that may be lost, as time (recovery point objective). A schedule that cannot keep it is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpo: Option<Duration>,
    /// The longest that a restore may take (recovery time objective): the restore says when it takes longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rto: Option<Duration>,
}

/// A bucket of object storage that speaks S3.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its name.
    pub bucket: Text,
    /// Its region.
    pub region: Text,
    /// The address of the storage; Amazon's in the region when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"https://s3.example.com")]
    pub endpoint: Option<Text>,
    /// The folder in the bucket; the name of the environment when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<Text>,
    /// The identifier of the access key: a variable. Left out, `BACKUP_<NAME>_ACCESS_KEY` is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<Text>,
    /// The access key's secret: a secret variable. Left out, `BACKUP_<NAME>_SECRET_KEY` is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<Text>,
    /// The age at which the bucket itself removes what lies in it: rules for it are compiled. It catches what a job
    /// that no longer runs would leave behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Duration>,
}

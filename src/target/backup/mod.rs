//! Emits the scripts that make, list and restore backups, and the schedule by which they run.

use serde::Serialize;

use crate::format::quote::lines;
use crate::model::backup::{Backups, Commands, Store};
use crate::model::{Model, naming};
use crate::target::{Error, Output, scripts};
use crate::value::Name;

/// Emits `scripts/lib/`, which all scripts share, and `backup/<environment>/`: `job.sh`, `jobs/<store>.sh` and `crontab`.
/// Read by: bash, supercronic.
///
/// # Errors
/// A broken template or a path that is taken.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    let Some(backups) = &model.backups else { return Ok(()) };
    let header = Header { header: output.header() };
    let twin = output.earlier().iter().find_map(|one| Some((one, one.backups.as_ref()?)));
    for (name, template) in [
        ("backup", include_str!("backup.sh.j2")),
        ("remote", include_str!("remote.sh.j2")),
        ("restore", include_str!("restore.sh.j2")),
        ("archive", include_str!("archive.sh.j2")),
    ] {
        let path = format!("{}/{name}.sh", naming::SCRIPT_LIBRARY);
        let from = twin.map(|_| path.as_str());
        output.again_or(&path, from, |output| output.template(&path, template, &header))?;
    }
    scripts::emit_messages(&format!("{}/messages.sh", naming::SCRIPT_LIBRARY), output)?;
    let folder = folder(model);
    let path = format!("{folder}/job.sh");
    let from = twin.map(|(twin, _)| format!("{}/job.sh", self::folder(twin)));
    output.again_or(&path, from.as_deref(), |output| {
        output.script(&path, include_str!("job.sh.j2"), &header)
    })?;
    for (name, store) in &backups.stores {
        let path = format!("{folder}/jobs/{name}.sh");
        let twin = twin.filter(|(_, twin)| twin.stores.get(name) == Some(store));
        let from = twin.map(|(twin, _)| format!("{}/jobs/{name}.sh", self::folder(twin)));
        output.again_or(&path, from.as_deref(), |output| {
            let context = Job::of(name, store, output.header());
            output.template(&path, include_str!("job.j2"), &context)
        })?;
    }
    for (name, bucket) in &backups.buckets {
        if let Some(age) = bucket.lifecycle {
            let path = naming::lifecycle(&model.environment.name, name);
            output.json(&path, &Lifecycle::of(age, &bucket.prefix))?;
        }
    }
    let path = format!("{folder}/crontab");
    let twin = twin.filter(|(_, twin)| twin.stores == backups.stores);
    let from = twin.map(|(twin, _)| format!("{}/crontab", self::folder(twin)));
    output.again_or(&path, from.as_deref(), |output| {
        let context = Crontab::of(backups, output.header());
        output.template(&path, include_str!("crontab.j2"), &context)
    })
}

fn folder(model: &Model) -> String {
    format!("backup/{}", model.environment.name)
}

/// What a template sees that says the same everywhere.
#[derive(Debug, Serialize)]
struct Header {
    header: String,
}

/// How a store is backed up.
#[derive(Debug, Serialize)]
struct Job<'a> {
    header: String,
    name: &'a str,
    about: &'a str,
    suffix: &'a str,
    encrypt: bool,
    /// The recovery time objective in seconds; 0 where there is none.
    rto: u64,
    buckets: Vec<&'a str>,
    series: Vec<Kept>,
    /// The series, and the seconds after which the newest is too old.
    ages: Vec<Kept>,
    /// The variables of the shell, and those of the environment that they are taken from.
    settings: Vec<Setting<'a>>,
    prepare: String,
    functions: Vec<Function>,
}

/// A series, and the seconds for which one is kept.
#[derive(Debug, Serialize)]
struct Kept {
    name: &'static str,
    keep: u64,
}

#[derive(Debug, Serialize)]
struct Setting<'a> {
    name: &'a str,
    variable: &'a str,
}

/// A function of the shell.
#[derive(Debug, Serialize)]
struct Function {
    name: &'static str,
    about: &'static str,
    body: String,
}

impl<'a> Job<'a> {
    fn of(name: &'a Name, store: &'a Store, header: String) -> Self {
        let kept = store.series.iter();
        let kept = kept.map(|series| Kept { name: series.name, keep: series.keep.seconds() });
        // A base backup is made with each daily one, and is of use for as long.
        let daily = store.series.iter().find(|series| series.name == "daily");
        let base = store.archive.as_ref().and(daily);
        let base = base.map(|series| Kept { name: "base", keep: series.keep.seconds() });
        let settings = store.settings.iter();
        let ages = store.series.iter();
        let ages =
            ages.map(|series| Kept { name: series.name, keep: store.too_old(series).seconds() });
        let ages = ages.collect();
        Self {
            header,
            name: name.as_str(),
            about: &store.about,
            suffix: &store.commands.suffix,
            encrypt: store.encrypt,
            rto: store.rto.map_or(0, crate::value::Duration::seconds),
            buckets: store.to.iter().map(Name::as_str).collect(),
            series: kept.chain(base).collect(),
            ages,
            settings: settings
                .map(|(name, variable)| Setting {
                    name: name.as_str(),
                    variable: variable.as_str(),
                })
                .collect(),
            prepare: indented(&store.commands.prepare),
            functions: functions(&store.commands, store.archive.is_some()),
        }
    }
}

fn functions(commands: &Commands, archived: bool) -> Vec<Function> {
    let function = |name, about, body: &str| Function { name, about, body: indented(body) };
    let mut functions = vec![
        function("dump", "Writes everything to $1.", &commands.dump),
        function("verify", "Reads $1 back, without a server.", &commands.verify),
        function("restore", "Puts what $1 holds in the place of what is live.", &commands.restore),
        function("check", "Says what is there, to whoever is let in.", &commands.check),
    ];
    if let Some(archive) = commands.archive.as_ref().filter(|_| archived) {
        functions.extend([
            function("base", "Writes a base backup to $1.", &archive.base),
            function("verify_base", "Reads the base backup $1 back.", &archive.verify),
            function("receive", "Writes to the folder $1 what the server writes.", &archive.receive),
            function(
                "needs",
                "Of the names that it reads, writes those that the base backup $1 needs.",
                &archive.needs,
            ),
            function(
                "recover",
                "Puts the folder $3 together as it was at the moment $4: base backup $1, archive $2; what was there goes to $5.",
                &archive.recover,
            ),
        ]);
    }
    functions
}

/// The body of a function, two spaces further in.
fn indented(body: &str) -> String {
    let mut out = String::with_capacity(body.len() + 64);
    for (at, line) in lines(body.trim_end()).enumerate() {
        for part in [if at == 0 { "" } else { "\n" }, if line.is_empty() { "" } else { "  " }, line]
        {
            out.push_str(part);
        }
    }
    out
}

/// The rules by which a bucket removes what is old, as `aws s3api put-bucket-lifecycle-configuration` reads them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Lifecycle<'a> {
    rules: [LifecycleRule<'a>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LifecycleRule<'a> {
    #[serde(rename = "ID")]
    id: &'static str,
    status: &'static str,
    filter: Filter<'a>,
    expiration: Days,
    abort_incomplete_multipart_upload: DaysAfterInitiation,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Filter<'a> {
    prefix: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Days {
    days: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DaysAfterInitiation {
    days_after_initiation: u64,
}

impl<'a> Lifecycle<'a> {
    fn of(age: crate::value::Duration, prefix: &'a str) -> Self {
        let rule = LifecycleRule {
            id: "backups",
            status: "Enabled",
            filter: Filter { prefix },
            expiration: Days { days: age.seconds().div_ceil(86_400) },
            abort_incomplete_multipart_upload: DaysAfterInitiation { days_after_initiation: 7 },
        };
        Self { rules: [rule] }
    }
}

/// What runs when.
#[derive(Debug, Serialize)]
struct Crontab<'a> {
    header: String,
    lines: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    about: String,
    schedule: String,
    name: &'a str,
    series: &'static str,
    /// The seconds after which a run is given up.
    limit: u64,
}

impl<'a> Crontab<'a> {
    fn of(backups: &'a Backups, header: String) -> Self {
        let line = |(_, name, store, series): (
            String,
            &'a Name,
            &Store,
            &crate::model::backup::Series,
        )| Line {
            about: format!(
                "{name}: {}, kept for {}",
                series.schedule.describe(),
                series.keep.words()
            ),
            schedule: series.schedule.to_string(),
            name: name.as_str(),
            series: series.name,
            limit: store.run_time.seconds(),
        };
        Self { header, lines: backups.jobs().map(line).collect() }
    }
}

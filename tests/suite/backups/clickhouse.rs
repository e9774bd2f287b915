//! Backs `ClickHouse` up, destroys what it holds, restores it, and compares every table.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use super::live::{Ended, Place};

const BLUEPRINT: &str = r#"
blueprint: v1
name: shop
images: { backup: "ghcr.io/example/shop-backup:1.0.0" }
services:
  stats: { uses: clickhouse@26.3 }
backups:
  stats: {}
"#;

const CONTENT: [&str; 16] = [
    "create database app",
    "create table app.events (id UInt64, at DateTime, what LowCardinality(String), tags Array(Nullable(String))) \
     engine = MergeTree partition by toYYYYMM(at) order by id",
    "create table app.daily (day Date, n UInt64) engine = SummingMergeTree order by day",
    "create materialized view app.to_daily to app.daily as \
     select toDate(at) as day, count() as n from app.events group by day",
    "create materialized view app.kept (what String, n AggregateFunction(count)) engine = AggregatingMergeTree \
     order by what as select what, countState() as n from app.events group by what",
    "create view app.shown as select what, count() c from app.events group by what",
    "create table app.logged (a String) engine = Log",
    r"create table app.`odd \`x 'y \\ $(z)` (`a b` String default 'q\'') engine = MergeTree order by tuple()",
    "create table app.empty (a String) engine = MergeTree order by a",
    "create table app.names (id UInt64, name String) engine = MergeTree order by id",
    "create table app.buffered as app.names engine = Buffer(app, names, 1, 10, 100, 1, 10, 1, 10)",
    "insert into app.names values (1, 'one'), (2, 't''wo')",
    "create dictionary app.known (id UInt64, name String) primary key id \
     source(clickhouse(db 'app' table 'names')) layout(flat()) lifetime(0)",
    "insert into app.events select number, toDateTime(1700000000 + number * 36000, 'UTC'), \
     concat('w', toString(number % 3)), ['a', NULL] from numbers(1000)",
    "insert into app.logged values ('x')",
    r"insert into app.`odd \`x 'y \\ $(z)` values ('1'), ('2')",
];

struct Engine {
    place: Place,
    program: PathBuf,
}

impl Engine {
    /// `FORMWORK_CHDB` names a folder with chdb-core (`pip install --no-deps --target FOLDER chdb-core`, half a gigabyte):
    /// Debian's own server is older than everything that is used here.
    fn start() -> Option<Self> {
        let Ok(library) = std::env::var("FORMWORK_CHDB") else {
            eprintln!("skipped: FORMWORK_CHDB names no folder with chdb-core");
            return None;
        };
        let settings = [
            ("BACKUP_STATS_CLICKHOUSE_HOST", "127.0.0.1"),
            ("BACKUP_STATS_CLICKHOUSE_PORT", "9000"),
            ("BACKUP_STATS_CLICKHOUSE_USER", "app"),
            ("BACKUP_STATS_CLICKHOUSE_DATABASE", "app"),
            ("BACKUP_STATS_PASSWORD_FILE", "FOLDER/secret"),
            ("FOLDER", "FOLDER/data"),
            ("PYTHONPATH", &library),
        ];
        let mut place = Place::new(BLUEPRINT, &settings);
        fs::write(place.path("secret"), "correct-horse\n").unwrap();
        fs::create_dir(place.path("bin")).unwrap();
        let program = place.path("bin/clickhouse");
        let stand_in = fs::canonicalize("tests/suite/backups/clickhouse.py").unwrap();
        fs::copy(stand_in, place.path("bin/clickhouse.py")).unwrap();
        let text = "#!/bin/sh\nexec /usr/bin/python3 \"${0%/*}/clickhouse.py\" \"$@\"\n";
        fs::write(&program, text).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let path = std::env::var("PATH").unwrap();
        place.set("PATH", &format!("{}:{path}", place.path("bin").display()));
        place.give_away();
        let engine = Self { place, program };
        for query in CONTENT {
            engine.ask(query).exits(0);
        }
        Some(engine)
    }

    fn ask(&self, query: &str) -> Ended {
        let mut command: Command = self.place.command(&self.program);
        command.env("CLICKHOUSE_USER", "app").env("CLICKHOUSE_PASSWORD", "correct-horse");
        Ended::of(command.args(["client", &format!("--query={query}")]).output().unwrap())
    }

    /// Every definition, and what every table holds.
    fn everything(&self) -> String {
        let definitions = self.ask(
            "select name, engine, create_table_query from system.tables \
             where database = 'app' and not startsWith(name, '.inner') order by name",
        );
        let mut all = definitions.exits(0).text;
        for table in
            ["events", "daily", "names", "shown", "logged", "empty", r"`odd \`x 'y \\ $(z)`"]
        {
            all += &self.ask(&format!("select count(), sum(cityHash64(*)) from app.{table}")).text;
        }
        all +=
            &self.ask("select what, countMerge(n) from app.kept group by what order by what").text;
        all + &self.ask("show databases").text
    }
}

#[test]
fn c6_a_backup_is_restored_table_by_table_with_what_is_made_of_them() {
    let Some(engine) = Engine::start() else { return };
    let before = engine.everything();
    engine.place.job(&["run", "stats", "daily"]).exits(0).says("made stats-daily-");
    for query in [
        "alter table app.events delete where id < 500 settings mutations_sync = 2",
        "drop table app.empty",
        "create table app.extra (a Int8) engine = MergeTree order by a",
        "insert into app.events select number + 5000, now(), 'new', [] from numbers(10)",
        "drop view app.shown",
        "create view app.left_over as select 1",
    ] {
        engine.ask(query).exits(0);
    }
    engine.place.job(&["restore", "stats", "--yes"]).exits(0).says("safety backup");
    assert_eq!(engine.everything(), before);
    engine.ask("insert into app.events select 9999, now(), 'new', []").exits(0);
    engine.ask("select countMerge(n) from app.kept where what = 'new'").exits(0).says("1");
}

#[test]
fn c6_what_cannot_be_restored_leaves_what_is_live_as_it_is() {
    let Some(mut engine) = Engine::start() else { return };
    engine.place.job(&["run", "stats"]).exits(0);
    engine.ask("insert into app.names values (3, 'three')").exits(0);
    let live = engine.everything();
    let made = engine.place.made("stats", "daily").remove(0);
    let whole = fs::read(&made).unwrap();
    fs::write(&made, &whole[..whole.len() / 2]).unwrap();
    engine.place.job(&["restore", "stats", "--yes"]).exits(4).says("damaged");
    assert_eq!(engine.everything(), live, "half a file");
    fs::write(&made, whole).unwrap();
    engine.place.set("BACKUP_STATS_PASSWORD_FILE", "FOLDER/password");
    engine.place.job(&["run", "stats"]).exits(1).says("was not backed up");
    engine.place.job(&["restore", "stats", "--yes"]).exits(1).says("nothing was changed");
    assert_eq!(engine.everything(), live, "a wrong password");
}

#[test]
fn the_password_is_no_argument_and_the_image_has_what_is_called() {
    let tree = crate::compiled::tree(BLUEPRINT);
    let job = crate::compiled::text(&tree, "backup/production/jobs/stats.sh");
    assert!(job.contains("export CLICKHOUSE_USER CLICKHOUSE_PASSWORD"), "{job}");
    assert!(!job.contains("--password"), "{job}");
    let image = crate::compiled::text(&tree, "docker/backup.Dockerfile");
    let copied = "COPY --from=docker.io/library/clickhouse:26.3.33.24-jammy /usr/bin/clickhouse /usr/local/bin/";
    assert!(image.contains(copied), "{image}");
}

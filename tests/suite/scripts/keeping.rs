//! Asks the scripts that keep data what they do when something is missing, and what they do not let pass.

use std::fs;

use serde_json::{Value, json};

use super::machine::Machine;

/// A database with an archive and a bucket, a volume of a program's own, and a cache that is off here.
const KEPT: &str = r#"
blueprint: v1
name: shop
environments: { production: { domain: shop.example } }
images: { backup: "ghcr.io/example/shop-backup:1.0.0" }
services:
  db: { uses: postgres@17 }
  cache: { uses: redis@8, profile: with-cache }
  api: { image: "ghcr.io/example/api:1.0.0", user: 999, port: 8000, needs: [db], volumes: { uploads: /uploads } }
  web: { image: "ghcr.io/example/web:1.0.0", port: 3000 }
monitoring: {}
buckets: { s3: { bucket: shop-backups, region: eu-central-1 } }
backups:
  db: { archive: 10m, to: s3 }
  cache: {}
  uploads: {}
"#;

fn kept() -> Machine {
    let machine = Machine::of_blueprint(KEPT);
    machine.containers(&["db", "db-archive", "backup", "api", "web"]);
    machine
}

fn jobs(machine: &Machine) -> Vec<String> {
    let calls = machine.calls().into_iter();
    calls.filter_map(|call| call.split_once("job.sh ").map(|(_, job)| job.to_owned())).collect()
}

#[test]
fn a_backup_that_was_not_made_because_nothing_runs_is_a_failure() {
    let machine = kept();
    machine.run("backup.sh", &["production"]).exits(0);
    assert_eq!(jobs(&machine), ["run db daily", "run uploads daily"]);
    machine.container("db", "exited 1 false 0 none");
    for words in [&["production"][..], &["production", "db"]] {
        machine.run("backup.sh", words).exits(1).complains("db does not run");
    }
    machine.run("backup.sh", &["production", "uploads"]).exits(0);
}

#[test]
fn what_is_off_is_neither_backed_up_nor_missed() {
    let machine = kept();
    let now = stamp();
    machine.plan(&json!({ "list": format!("db\tdb-daily-{now}.tar.gpg\ts3\t-"), "segments": "" }));
    let told = machine.run("health-check.sh", &["production", "--only", "backups"]).exits(1).stdout;
    assert!(told.contains("db: its last daily backup is 0 hours old"), "{told}");
    assert!(!told.contains("cache"), "{told}");
    machine.run("backup.sh", &["production", "cache"]).exits(2).complains("only db uploads");
    let files = ["backup/production/crontab", "prometheus/production/rules/alert_rules.yml"];
    for file in files {
        let text = fs::read_to_string(machine.root().join(file)).unwrap();
        assert!(text.contains("db") && !text.contains("backup=\"cache\""), "{file}");
        assert!(!text.contains("run cache"), "{file}");
    }
    assert!(!machine.root().join("backup/production/jobs/cache.sh").exists());
    let on = KEPT.replace("shop.example }", "shop.example, profiles: [with-cache] }");
    assert_ne!(on, KEPT);
    let machine = Machine::of_blueprint(&on);
    machine.containers(&["db", "db-archive", "backup", "api", "web", "cache"]);
    machine.run("backup.sh", &["production"]).exits(0);
    assert_eq!(jobs(&machine), ["run db daily", "run cache daily", "run uploads daily"]);
}

#[test]
fn a_full_rollback_stops_what_writes_and_writes_volumes_from_another_container() {
    let machine = kept();
    machine.version("20260101T000000Z", "");
    machine.version("20260102T000000Z", "2026-01-02T00:00:00Z");
    let run = machine
        .run("rollback.sh", &["production", "--full", "--to", "20260101T000000Z", "--dry-run"]);
    let run = run.exits(0);
    let steps = [
        " stop api",
        "job.sh restore db --date 2026-01-02T00:00:00Z --yes",
        " stop api",
        "--volume shop_uploads:/restore --env BACKUP_UPLOADS_FOLDER=/restore backup",
        " up --detach --wait --wait-timeout",
    ];
    let calls: Vec<&str> =
        run.stdout.lines().filter(|line| line.starts_with("would run")).collect();
    assert_eq!(calls.len(), steps.len(), "{calls:#?}");
    for (call, step) in calls.iter().zip(steps) {
        assert!(call.contains(step), "{call} has {step}");
    }
    assert!(!calls[0].contains("web"), "{calls:#?}");
    machine.version("20260103T000000Z", "");
    let words = ["production", "--full", "--to", "20260102T000000Z", "--yes"];
    machine.run("rollback.sh", &words).exits(2).complains("no backup was made");
    assert_eq!(machine.calls(), Vec::<String>::new());
}

#[test]
fn words_that_are_not_used_together_are_refused() {
    let machine = kept();
    for (script, words, told) in [
        ("restore.sh", &["db", "--time", "latest", "--file", "x"][..], "either --time or --file"),
        ("restore.sh", &["db", "--date", "2026-01-31", "--file", "x"], "either --date or --file"),
        ("restore.sh", &["db", "--date", "2026-01-31", "--date", "x"], "either --date or --date"),
        ("restore.sh", &["db", "uploads"], "not also 'uploads'"),
        ("restore.sh", &["--before", "2026-01-31", "db"], "--before is about everything"),
        ("restore.sh", &["--list", "--file", "x"], "takes no --file"),
        ("restore.sh", &["--time", "latest"], "name what is restored"),
        ("backup.sh", &["db", "daily", "weekly"], "not also 'weekly'"),
        ("backup.sh", &["db", "daily", "--status"], "tells of every series"),
        ("backup.sh", &["uploads", "archive"], "no archive"),
    ] {
        let words = [&["production"], words].concat();
        machine.run(script, &words).exits(2).complains(told);
    }
    assert_eq!(machine.calls(), Vec::<String>::new());
}

#[test]
fn without_buckets_nothing_of_a_restore_asks_one() {
    let machine = kept();
    for (words, said) in [
        (&["db", "--time", "latest"][..], &["recover db", "run db daily"][..]),
        (&["db"], &["restore db"]),
        (&["--before", "2026-01-31"], &["restore db", "restore uploads"]),
    ] {
        machine.forget_calls();
        let words = [&["production"], words, &["--without-buckets", "--yes"]].concat();
        machine.run("restore.sh", &words).exits(0);
        let calls: Vec<String> =
            machine.calls().into_iter().filter(|call| call.contains("job.sh")).collect();
        assert_eq!(calls.len(), said.len(), "{calls:#?}");
        for (call, said) in calls.iter().zip(said) {
            assert!(call.contains(said) && call.contains(" --without-buckets"), "{call}");
        }
    }
}

#[test]
fn the_status_of_the_job_comes_through() {
    let machine = kept();
    let time = &["production", "db", "--time", "latest", "--yes"][..];
    let dump = &["production", "db", "--yes"][..];
    let volume = &["production", "uploads", "--yes"][..];
    for (words, plan) in [(time, "run"), (dump, "exec"), (volume, "run")] {
        for (status, ends) in [(0, 0), (2, 2), (3, 3), (4, 4), (6, 6), (5, 1), (125, 1)] {
            machine.plan(&json!({ plan: status }));
            machine.run("restore.sh", words).exits(ends);
        }
    }
    machine.plan(&json!({ "exec": 5 }));
    machine.run("restore.sh", time).exits(5).complains("not backed up");
    machine.forget_calls();
    machine.run("backup.sh", &["production", "db", "archive"]).exits(0);
    assert!(machine.calls().iter().any(|call| call.ends_with("--force-recreate db-archive")));
}

fn stamp() -> String {
    let now = std::process::Command::new("date").args(["-u", "+%Y%m%dT%H%M%SZ"]).output().unwrap();
    String::from_utf8(now.stdout).unwrap().trim().to_owned()
}

fn seconds() -> i64 {
    let now = std::process::Command::new("date").args(["+%s"]).output().unwrap();
    String::from_utf8(now.stdout).unwrap().trim().parse().unwrap()
}

#[test]
fn the_archive_and_the_copies_are_judged_too() {
    let machine = kept();
    let (now, then) = (stamp(), seconds());
    let here = format!("db\tdb-daily-{now}.tar.gpg\there\t1 MiB");
    let there = here.replace("\there\t", "\ts3\t");
    let uploads = format!("uploads\tuploads-daily-{now}.tar.gz\there\t1 MiB");
    let old = "db\tdb-daily-20260101T020000Z.tar.gpg\ts3\t-";
    let all = format!("{here}\n{there}\n{uploads}");
    let name = "000000010000000000000007.gz";
    let part = |age: i64| format!("{}.5 {name}\n{}.5 {name}.partial", then - age, then);
    let copied = |age: i64| format!("{}\n{}.5 .copied/{name}", part(age), then);
    for (list, segments, expected, told) in [
        (all.clone(), copied(60), "ok", "the buckets have all of its archive"),
        (all.clone(), part(60), "ok", "on its way to the buckets"),
        (all.clone(), part(1200), "fail", "is in no bucket"),
        (all.clone(), copied(7200), "warn", "120 minutes old"),
        (all.clone(), copied(200_000), "fail", "3333 minutes old"),
        (all.clone(), String::new(), "fail", "db-archive has nothing"),
        (format!("{here}\n{uploads}"), copied(60), "fail", "the bucket s3 has no daily backup"),
        (format!("{here}\n{uploads}\n{old}"), copied(60), "fail", "in the bucket s3 is"),
    ] {
        machine.plan(&json!({ "list": list, "segments": segments }));
        for script in ["health-check.sh", "backup.sh"] {
            let words: &[&str] = match script {
                "backup.sh" => &["production", "--status"],
                _ => &["production", "--only", "backups"],
            };
            let run = machine.run(script, words).exits(i32::from(expected == "fail"));
            assert!(run.stdout.contains(told), "{told}: {}", run.stdout);
            let state = if expected == "warn" { "healthy, with warnings" } else { "" };
            assert!(run.stdout.contains(state), "{}", run.stdout);
        }
    }
    // Of one alone nothing is said about the others.
    machine.plan(&json!({ "list": uploads, "segments": "" }));
    let run = machine.run("backup.sh", &["production", "uploads", "--status"]).exits(0);
    assert!(!run.stdout.contains("db:"), "{}", run.stdout);
}

#[test]
fn a_deployment_goes_without_a_backup_only_where_somebody_says_so() {
    let machine = Machine::backed_up();
    machine.run("deploy.sh", &["production"]).exits(0);
    machine.plan(&json!({ "exec": 1 }));
    machine.compile(2);
    machine.run("deploy.sh", &["production"]).exits(1).says("the backup of db failed");
    let without = ["production", "--without-backup"];
    machine.run("deploy.sh", &without).exits(2).says("is lost, back to its last backup");
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:1.0.0");
    machine.plan(&json!({}));
    machine.forget_calls();
    machine.run("deploy.sh", &["production", "--without-backup", "--yes"]).exits(0);
    assert_eq!(jobs(&machine), Vec::<String>::new());
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:2.0.0");
    let run = machine.run("rollback.sh", &["production", "--full", "--yes"]).exits(2);
    run.complains("no backup was made before");
}

#[test]
fn what_is_deployed_again_and_again_pushes_nothing_older_out() {
    let machine = Machine::new();
    for (version, times) in [(1, 1), (2, 4)] {
        machine.compile(version);
        for _ in 0..times {
            machine.run("deploy.sh", &["production", "--keep", "2"]).exits(0);
        }
    }
    let list = machine.run("rollback.sh", &["production", "--list"]).exits(0).stdout;
    assert_eq!(list.matches("shop-api:1.0.0").count(), 1, "{list}");
    assert_eq!(list.matches("shop-api:2.0.0").count(), 2, "{list}");
    // Back is to what was different.
    machine.run("rollback.sh", &["production", "--yes"]).exits(0);
    assert_eq!(machine.answers(), "ghcr.io/example/shop-api:1.0.0");
}

#[test]
fn the_data_of_production_are_not_lost_by_a_word() {
    let machine = Machine::new();
    let words = ["production", "--in-production", "--reset", "--yes"];
    machine.run("test-migration.sh", &words).exits(2).complains("at a terminal");
    assert_eq!(machine.calls(), Vec::<String>::new());
}

/// Every command of a script that an alert prints, with the values of its labels in it, is one that the script takes.
#[test]
fn the_commands_that_alerts_print_work_as_they_are_written() {
    let machine = kept();
    let rules = machine.root().join("prometheus/production/rules/alert_rules.yml");
    let rules: Value = serde_yaml::from_str(&fs::read_to_string(rules).unwrap()).unwrap();
    let rules = rules["groups"].as_array().unwrap().iter();
    let rules = rules.flat_map(|group| group["rules"].as_array().unwrap());
    let mut called = Vec::new();
    for rule in rules {
        let text = rule["annotations"]["description"].as_str().unwrap_or_default();
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for command in words.split('`').filter(|word| word.starts_with("scripts/")) {
            for series in [("db", "daily"), ("db", "archive"), ("uploads", "daily")] {
                let filled = command
                    .replace("{{ $labels.backup }}", series.0)
                    .replace("{{ $labels.series }}", series.1);
                let mut filled = filled.split(' ').map(str::to_owned);
                let script = filled.next().unwrap();
                let mut words: Vec<String> = filled.collect();
                words.push("--dry-run".to_owned());
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                let script = script.strip_prefix("scripts/").unwrap();
                machine.run(script, &words).exits(0).says("would run: docker compose");
                called.push(rule["alert"].as_str().unwrap());
            }
        }
    }
    called.dedup();
    assert_eq!(called, ["BackupTooOld", "BackupFailed"]);
    let runbook = fs::read_to_string(machine.root().join("RUNBOOK.md")).unwrap();
    assert!(runbook.contains("scripts/backup.sh production ⟨backup⟩ ⟨series⟩"), "{runbook}");
}

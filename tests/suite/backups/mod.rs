//! Holds the backups of every system against its row, and runs them.

mod clickhouse;
mod live;
mod mariadb;
mod mongodb;
mod postgres;
mod redis;
mod targets;
mod watched;

use std::collections::BTreeMap;
use std::fs;

use serde_yaml::Value;

fn text(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&text(path)).unwrap()
}

/// The lines of a crontab: schedule, then the words behind the name of the program.
fn schedule(path: &str) -> BTreeMap<String, String> {
    let text = text(path);
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let at = words.iter().position(|word| *word == "run").unwrap();
            (words[at + 1..].join(" "), words[..5].join(" "))
        })
        .collect()
}

/// The seconds that a store's series are kept, as bash reads them.
fn kept(path: &str) -> BTreeMap<String, u64> {
    let script = format!(
        "set -eu; store() {{ . \"$1\"; }}; store '{path}'; for one in \"${{!BACKUP_KEEP[@]}}\"; do echo \"$one ${{BACKUP_KEEP[$one]}}\"; done"
    );
    let output = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let pair = |line: &str| {
        let (name, seconds) = line.split_once(' ').unwrap();
        (name.to_owned(), seconds.parse().unwrap())
    };
    lines.lines().map(pair).collect()
}

const DAY: u64 = 86_400;

#[test]
fn s5_the_database_of_sira_is_backed_up_every_night_and_kept_for_seven_days() {
    let folder = "out/sira/backup/production";
    assert_eq!(
        schedule(&format!("{folder}/crontab")),
        BTreeMap::from([("db daily".to_owned(), "0 2 * * *".to_owned())])
    );
    let job = format!("{folder}/jobs/db.sh");
    assert_eq!(kept(&job), BTreeMap::from([("daily".to_owned(), 7 * DAY)]));
    let job = text(&job);
    assert!(job.contains("pg_dump") && job.contains("--compress="), "compressed");
    assert!(job.contains("pg_restore --file=/dev/null"), "read back");
    for script in ["backup.sh", "restore.sh"] {
        let path = format!("out/sira/scripts/{script}");
        let output = std::process::Command::new("bash").args([&path, "--help"]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let library = text("out/sira/scripts/lib/restore.sh") + &text("out/sira/scripts/lib/backup.sh");
    for word in ["safety backup", "to go back to what was there before", "the one before"] {
        assert!(library.contains(word), "{word}");
    }
    assert!(text("out/sira/scripts/restore.sh").contains("\n  confirm \"what "));
}

#[test]
fn e9_cron_jobs_of_vibe_ensemble_run_daily_and_weekly_and_keep_each_as_long_as_the_row_says() {
    for environment in ["production", "staging"] {
        let folder = format!("out/vibe-ensemble/kubernetes/{environment}/backup");
        for (series, schedule) in [("daily", "0 2 * * *"), ("weekly", "0 1 * * 0")] {
            let job = yaml(&format!("{folder}/cronjob-backup-db-{series}.yaml"));
            let spec = &job["spec"];
            assert_eq!(spec["schedule"], schedule);
            assert_eq!(spec["timeZone"], "Etc/UTC");
            assert_eq!(spec["concurrencyPolicy"], "Forbid");
            assert!(spec["startingDeadlineSeconds"].as_u64().is_some_and(|seconds| seconds >= 600));
            let run = &spec["jobTemplate"]["spec"];
            assert!(run["activeDeadlineSeconds"].is_number());
            let pod = &run["template"]["spec"];
            assert_eq!(pod["restartPolicy"], "Never");
            let container = &pod["containers"][0];
            let words: Vec<&str> = container["args"]
                .as_sequence()
                .unwrap()
                .iter()
                .map(|one| one.as_str().unwrap())
                .collect();
            assert_eq!(words[1..], ["run", "db", series]);
            assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
            assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
            let claim = pod["volumes"]
                .as_sequence()
                .unwrap()
                .iter()
                .find(|one| one["persistentVolumeClaim"]["claimName"] == "backup-data");
            assert!(claim.is_some(), "what is made outlives the pod");
        }
    }
    let job = "out/vibe-ensemble/backup/production/jobs/db.sh";
    let kept = kept(job);
    assert_eq!((kept["daily"], kept["weekly"]), (30 * DAY, 90 * DAY));
    assert!(text(job).contains("BACKUP_BUCKETS=(s3)"), "uploaded");
    let compose = yaml("out/vibe-ensemble/docker-compose.prod.yml");
    assert_eq!(
        compose["services"]["backup"]["environment"]["BACKUP_BUCKET_S3_NAME"],
        "vibe-ensemble-backups-prod"
    );
    // What is there is saved before anything is put in its place.
    let restore = yaml("out/vibe-ensemble/kubernetes/production/_restore/job-restore-db.yaml");
    let words =
        serde_yaml::to_string(&restore["spec"]["template"]["spec"]["containers"][0]["args"])
            .unwrap();
    assert!(words.contains("restore") && !words.contains("--without-safety-backup"), "{words}");
    // What makes a backup has its time; what puts one back is not stopped half-way.
    let recover = yaml("out/vibe-ensemble/kubernetes/production/_restore/job-recover-db.yaml");
    for job in [&restore, &recover] {
        assert!(job["spec"]["activeDeadlineSeconds"].is_null(), "{job:?}");
        assert_eq!(job["spec"]["backoffLimit"], 0);
    }
    let library = text("out/vibe-ensemble/scripts/lib/restore.sh");
    let order =
        ["attempt store_verify", "make safety", "attempt store_restore", "attempt store_check"]
            .map(|step| {
                library
                    .split("\nrestore() {")
                    .nth(1)
                    .unwrap()
                    .find(step)
                    .unwrap_or_else(|| panic!("no {step}"))
            });
    assert!(order.is_sorted(), "{order:?}");
    let dockerfile = text("out/vibe-ensemble/docker/backup.Dockerfile");
    for tool in ["rclone", "gnupg", "supercronic", "postgres:17.11-bookworm /usr/lib/postgresql/"] {
        assert!(dockerfile.contains(tool), "{tool}");
    }
}

/// What may be lost is counted from what the server is told, not from what the blueprint says.
#[test]
fn e14_the_log_of_vibe_ensemble_is_handed_over_within_the_hour_that_may_be_lost() {
    let compose = yaml("out/vibe-ensemble/docker-compose.prod.yml");
    let command = compose["services"]["db"]["command"].as_sequence().unwrap();
    let timeout = command.iter().find_map(|word| word.as_str()?.strip_prefix("archive_timeout="));
    let timeout: u64 = timeout.unwrap().parse().unwrap();
    assert!(timeout + 60 <= 3600, "{timeout}");
    let archive = &compose["services"]["db-archive"];
    assert_eq!(archive["image"], compose["services"]["backup"]["image"]);
    let set = yaml("out/vibe-ensemble/kubernetes/production/db/statefulset-db.yaml");
    let words = serde_yaml::to_string(&set).unwrap();
    assert!(words.contains(&format!("archive_timeout={timeout}")), "the same in the cluster");
    // In a cluster too it is told when nobody keeps the log: by the server's own word, not by a file beside the archive.
    let path =
        "out/vibe-ensemble/kubernetes/production/prometheus/prometheusrule-vibe-ensemble.yaml";
    let rules = yaml(path);
    let groups = rules["spec"]["groups"].as_sequence().unwrap();
    let rules = groups.iter().flat_map(|group| group["rules"].as_sequence().unwrap());
    let stopped = rules.clone().find(|rule| rule["alert"] == "ArchiveStopped").unwrap();
    let expr = stopped["expr"].as_str().unwrap();
    assert!(
        expr.contains(r#"unless on (job, instance) pg_replication_slot_slot_is_active{job="db-exporter",slot_name="formwork"} == 1"#),
        "{expr}"
    );
    assert!(rules.clone().any(|rule| rule["alert"] == "ArchiveBehind"));
    let job = text("out/vibe-ensemble/backup/production/jobs/db.sh");
    assert!(job.contains("pg_receivewal --no-password --slot=formwork "), "the slot of that name");
    let rto = text("out/vibe-ensemble/backup/production/jobs/db.sh");
    assert!(rto.contains("BACKUP_RTO=1800"), "30 minutes");
    // Without the archive the dumps alone would be refused.
    let blueprint = text("blueprints/vibe-ensemble.yaml").replace("    archive: 5m\n", "");
    assert_eq!(errors(&blueprint), ["missed-objective"]);
}

#[test]
fn c6_saas_chat_keeps_thirty_days_of_both_databases_in_a_bucket_with_a_lifecycle() {
    let folder = "out/saas-chat/backup/production";
    for (store, suffix) in [("postgres", "tar"), ("mongodb", "archive.gz")] {
        let job = format!("{folder}/jobs/{store}.sh");
        assert_eq!(kept(&job)["daily"], 30 * DAY, "{store}");
        let job = text(&job);
        for line in [
            format!("BACKUP_SUFFIX={suffix}"),
            "BACKUP_ENCRYPT=true".to_owned(),
            "BACKUP_RTO=7200".to_owned(),
            "BACKUP_BUCKETS=(backups)".to_owned(),
        ] {
            assert!(job.contains(&line), "{store}: {line}");
        }
    }
    assert!(
        text(&format!("{folder}/jobs/postgres.sh")).contains("store_recover()"),
        "point in time"
    );
    let lifecycle: serde_json::Value =
        serde_json::from_str(&text(&format!("{folder}/lifecycle-backups.json"))).unwrap();
    assert_eq!(lifecycle["Rules"][0]["Expiration"]["Days"], 35);
    // By list, by date and by moment, as the row spells them.
    let restore = |words: &[&str]| {
        let mut command = std::process::Command::new("bash");
        command.arg("out/saas-chat/scripts/restore.sh").arg("production").args(words);
        let output = command.arg("--dry-run").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(restore(&["-l"]).trim_end().ends_with("job.sh list"));
    assert!(
        restore(&["mongodb", "-d", "2026-01-31"]).contains("job.sh restore mongodb -d 2026-01-31")
    );
    let moment = restore(&["postgres", "--time", "2026-01-31 12:00:00+00"]);
    assert!(moment.contains("job.sh recover postgres --time"), "{moment}");
    // Six hours: what MongoDB may lose is the time between two dumps and that of the run.
    let hours = &schedule(&format!("{folder}/crontab"))["mongodb daily"];
    let every: u64 =
        hours.strip_prefix("0 */").unwrap().split(' ').next().unwrap().parse().unwrap();
    let run = text(&format!("{folder}/crontab"));
    let run = run.lines().find(|line| line.ends_with("run mongodb daily")).unwrap();
    assert!(every * 60 + 30 <= 6 * 60, "{run}");
    let blueprint = text("blueprints/saas-chat.yaml");
    let seldom = blueprint.replace("0 */4 * * *", "0 */6 * * *");
    assert_ne!(seldom, blueprint);
    assert!(
        whole_errors("blueprints/saas-chat.yaml", "0 */4 * * *", "0 */6 * * *")
            .contains(&"missed-objective".to_owned())
    );
}

#[test]
fn g8_the_objectives_of_agenthub_are_checked_against_its_schedule_and_copies_lie_in_two_regions() {
    let compose = yaml("out/agenthub/docker-compose.prod.yml");
    for store in ["postgres", "keycloak-db"] {
        let job = text(&format!("out/agenthub/backup/production/jobs/{store}.sh"));
        assert!(
            job.contains("BACKUP_BUCKETS=(s3 s3-copy)") && job.contains("BACKUP_RTO=14400"),
            "{store}"
        );
        let command = compose["services"][store]["command"].as_sequence().unwrap();
        let timeout =
            command.iter().find_map(|word| word.as_str()?.strip_prefix("archive_timeout="));
        assert!(timeout.unwrap().parse::<u64>().unwrap() + 60 <= 3600, "{store}");
    }
    let environment = &compose["services"]["backup"]["environment"];
    let region = |bucket: &str| {
        environment[format!("BACKUP_BUCKET_{bucket}_REGION").as_str()].as_str().unwrap().to_owned()
    };
    assert_ne!(region("S3"), region("S3_COPY"));
    let broken = whole_errors("blueprints/agenthub.yaml", "\"rpo\": \"1h\"", "\"rpo\": \"5m\"");
    assert_eq!(broken, ["missed-objective"]);
}

#[test]
fn v3_vulnzero_keeps_backups_as_long_as_its_variables_say_and_takes_the_bucket_from_them() {
    for (environment, days) in [("production", 30), ("staging", 7)] {
        let job = format!("out/vulnzero/backup/{environment}/jobs/postgres.sh");
        assert_eq!(kept(&job)["daily"], days * DAY);
        let template = text(&format!("out/vulnzero/.env.{environment}.template"));
        assert!(template.contains(&format!("\nBACKUP_RETENTION_DAYS={days}\n")), "{environment}");
    }
    // The days are said once: what the template says follows from what the jobs do.
    let whole = crate::support::whole(std::path::Path::new("blueprints/vulnzero.yaml"));
    let other = whole
        .replace("\"30d\",\"to\"", "\"9d\",\"to\"")
        .replace("\"keep\": \"30d\"", "\"keep\": \"9d\"");
    assert_ne!(other, whole, "{whole}");
    let tree = crate::compiled::tree(&other);
    let template = crate::compiled::text(&tree, ".env.production.template");
    assert!(template.contains("\nBACKUP_RETENTION_DAYS=9\n"), "{template}");
    let compose = yaml("out/vulnzero/docker-compose.prod.yml");
    let bucket =
        compose["services"]["backup"]["environment"]["BACKUP_BUCKET_S3_NAME"].as_str().unwrap();
    assert!(bucket.starts_with("${BACKUP_S3_BUCKET:?"), "{bucket}");
}

/// What is wrong with a blueprint that stands alone.
fn errors(blueprint: &str) -> Vec<String> {
    let found = crate::compiled::codes(blueprint);
    let mut errors: Vec<String> =
        found.iter().filter_map(|one| one.strip_prefix("error ")).map(str::to_owned).collect();
    errors.dedup();
    errors
}

/// What is wrong with a committed blueprint once a text in it is another.
fn whole_errors(path: &str, from: &str, to: &str) -> Vec<String> {
    let whole = crate::support::whole(std::path::Path::new(path));
    assert!(whole.contains(from), "{path} has no {from}");
    let mut errors = errors(&whole.replace(from, to));
    errors.sort();
    errors
}

//! Holds what is compiled for backups against what it is made from, in both targets.

use crate::compiled::{text, tree, yaml};
use crate::judge::judge;

pub(super) const BLUEPRINT: &str = r#"
blueprint: v1
name: shop
environments: { production: { domain: shop.example.com } }
images: { backup: "ghcr.io/example/shop-backup:1.0.0" }
networks: { inside: { internal: true }, outside: {} }
services:
  db: { uses: postgres@17, networks: [inside] }
  cache: { uses: redis@8, networks: [inside] }
monitoring: {}
buckets:
  s3: { bucket: shop-backups, region: eu-central-1, lifecycle: 100d }
backups:
  db: { weekly: 30d, archive: 10m, to: s3 }
  cache: { encrypt: false }
"#;

#[test]
fn the_service_has_the_tools_the_secrets_and_the_ways_that_its_jobs_need() {
    let tree = tree(BLUEPRINT);
    let compose = yaml(&tree, "docker-compose.production.yml");
    let backup = &compose["services"]["backup"];
    assert_eq!(backup["read_only"], true);
    assert_eq!(backup["user"], "999:999");
    let secrets: Vec<&str> =
        backup["secrets"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    for secret in [
        "db_password",
        "cache_password",
        "backup_passphrase",
        "backup_s3_access_key",
        "backup_s3_secret_key",
    ] {
        assert!(secrets.contains(&secret), "{secret} in {secrets:?}");
    }
    for network in ["inside", "outside"] {
        assert!(!backup["networks"][network].is_null(), "{network}");
    }
    let dockerfile = text(&tree, "docker/backup.Dockerfile");
    assert!(dockerfile.contains("COPY --from=docker.io/library/postgres:17"), "{dockerfile}");
    assert!(dockerfile.contains("COPY --from=docker.io/library/redis:8"), "{dockerfile}");
    assert!(dockerfile.contains("\nUSER 999:999\n"), "{dockerfile}");
    let archive = &compose["services"]["db-archive"];
    assert_eq!(archive["environment"]["BACKUP_DB_PGHOST"], "db");
    assert!(
        archive["environment"]["BACKUP_CACHE_REDIS_HOST"].is_null(),
        "what is none of its business"
    );
    assert_eq!(compose["services"]["backup-exporter"]["volumes"][0]["read_only"], true);
}

#[test]
fn pods_of_jobs_reach_the_stores_and_the_storage_and_nothing_else() {
    let tree = tree(BLUEPRINT);
    let folder = "kubernetes/production";
    let policy = yaml(&tree, &format!("{folder}/backup/networkpolicy-backup.yaml"));
    let egress = policy["spec"]["egress"].to_string();
    for port in ["5432", "6379", "443"] {
        assert!(egress.contains(&format!("\"port\":{port}")), "{port}: {egress}");
    }
    assert_eq!(policy["spec"]["ingress"].as_array().map(Vec::len).unwrap_or_default(), 0);
    let database = yaml(&tree, &format!("{folder}/db/networkpolicy-db.yaml"));
    let ingress = database["spec"]["ingress"].to_string();
    for name in ["backup", "db-archive"] {
        assert!(ingress.contains(&format!("\"app.kubernetes.io/name\":\"{name}\"")), "{ingress}");
    }
    assert!(
        tree.get(&format!("{folder}/backup-exporter/deployment-backup-exporter.yaml")).is_none()
    );
    assert!(
        tree.get(&format!("{folder}/_namespace/persistentvolumeclaim-backup-metrics.yaml"))
            .is_none()
    );
}

#[test]
fn an_alert_tells_of_each_series_that_is_too_old_and_its_tests_hold() {
    let tree = tree(BLUEPRINT);
    let rules = text(&tree, "prometheus/production/rules/alert_rules.yml");
    for (series, age) in [
        (r#"backup="db",series="daily""#, 24 * 3600 + 1800 + 3600),
        (r#"backup="db",series="weekly""#, 7 * 24 * 3600 + 1800 + 3600),
        (r#"backup="cache",series="daily""#, 24 * 3600 + 1800 + 3600),
        (r#"backup="db",series="archive""#, 900),
    ] {
        assert!(rules.contains(&format!("{series}}} > {age}")), "{series} > {age} in {rules}");
    }
    if let Some(tool) = judge("promtool") {
        let folder = crate::compiled::written(&tree);
        let test = folder.path().join("prometheus/production/tests/alert_rules_test.yml");
        let output =
            std::process::Command::new(tool).args(["test", "rules"]).arg(test).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_guide_waits_for_a_backup_as_long_as_its_job_may_take() {
    let text = BLUEPRINT.replace("archive: 10m,", "archive: 10m, run_time: 45m,");
    assert_ne!(text, BLUEPRINT);
    let tree = tree(&text);
    let job = yaml(&tree, "kubernetes/production/backup/cronjob-backup-db-daily.yaml");
    assert_eq!(job["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"], 45 * 60);
    let guide = self::text(&tree, "DEPLOYMENT.md");
    for (name, longest) in [("db", "45m"), ("cache", "30m")] {
        let wait = format!("--timeout={longest} job/backup-{name}-daily-by-hand");
        assert!(guide.contains(&wait), "{wait}");
    }
}

#[test]
fn a_system_without_backups_is_told_of_none() {
    let text =
        "blueprint: v1\nname: shop\nservices:\n  db: { uses: postgres@17 }\nmonitoring: {}\n";
    let tree = tree(text);
    assert!(tree.iter().all(|(path, _)| !path.as_str().contains("backup")));
    assert!(
        !self::text(&tree, "prometheus/production/rules/alert_rules.yml").contains("BackupTooOld")
    );
}

const VOLUME: &str = r#"
blueprint: v1
name: shop
environments: { production: {} }
images: { backup: "ghcr.io/example/shop-backup:1.0.0" }
services:
  backup: { user: 1000 }
  api: { image: "ghcr.io/example/api:1.0.0", user: 1000, volumes: { uploads: /uploads } }
  other: { image: "ghcr.io/example/other:1.0.0", user: 1000, volumes: { drafts: /drafts } }
backups:
  uploads: { keep: 14d }
  drafts: {}
"#;

#[test]
fn a_volume_is_read_beside_whoever_keeps_it_and_written_only_by_a_restore() {
    let tree = tree(VOLUME);
    let compose = yaml(&tree, "docker-compose.production.yml");
    let mounts = compose["services"]["backup"]["volumes"].as_array().unwrap();
    let mount = mounts.iter().find(|one| one["source"] == "uploads").unwrap();
    assert_eq!((&mount["target"], &mount["read_only"]), (&"/volumes/uploads".into(), &true.into()));
    let job = yaml(&tree, "kubernetes/production/backup/cronjob-backup-uploads-daily.yaml");
    let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    let claims: Vec<&str> = pod["volumes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["persistentVolumeClaim"]["claimName"].as_str())
        .collect();
    assert_eq!(claims, ["backup-data", "uploads-api-0"]);
    let beside =
        &pod["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][0];
    assert_eq!(beside["labelSelector"]["matchLabels"]["app.kubernetes.io/name"], "api");
    let restore = yaml(&tree, "kubernetes/production/_restore/job-restore-uploads.yaml");
    let container = &restore["spec"]["template"]["spec"]["containers"][0];
    let mounts = container["volumeMounts"].as_array().unwrap();
    let mount = mounts.iter().find(|one| one["mountPath"] == "/volumes/uploads").unwrap();
    assert_ne!(mount["readOnly"], true);
    let list = text(&tree, "kubernetes/production/kustomization.yaml");
    assert!(!list.contains("_restore"), "nobody restores by applying everything");
    let claim = yaml(&tree, "kubernetes/production/api/statefulset-api.yaml");
    let modes = &claim["spec"]["volumeClaimTemplates"][0]["spec"]["accessModes"];
    assert_eq!(modes[0], "ReadWriteOnce", "the job is no second user");
}

#[test]
fn files_that_belong_to_somebody_else_are_refused() {
    let text = VOLUME.replace("  backup: { user: 1000 }\n", "");
    assert_eq!(crate::compiled::codes(&text), ["error shared-volume-users"; 2]);
}

#[test]
fn a_volume_is_restored_file_by_file() {
    use super::live::Place;
    use std::fs;
    let settings = [("BACKUP_UPLOADS_FOLDER", "FOLDER/data")];
    let place = Place::new(VOLUME, &settings);
    let odd = "odd $(name)'s \"file\"\n.txt";
    fs::create_dir(place.path("data/.hidden")).unwrap();
    for (name, content) in [("plain", "1"), (odd, "2"), (".hidden/deep", "3")] {
        fs::write(place.path("data").join(name), content).unwrap();
    }
    place.give_away();
    place.job(&["run", "uploads"]).exits(0).says("made uploads-daily-");
    let made = place.made("uploads", "daily").remove(0);
    fs::remove_file(place.path("data").join(odd)).unwrap();
    fs::write(place.path("data/left-over"), "x").unwrap();
    place.give_away();
    let whole = fs::read(&made).unwrap();
    fs::write(&made, &whole[..whole.len() - 9]).unwrap();
    place.job(&["restore", "uploads", "--yes"]).exits(4).says("damaged");
    assert!(place.path("data/left-over").exists(), "nothing is changed");
    fs::write(&made, whole).unwrap();
    place.job(&["restore", "uploads", "--yes"]).exits(0).says("3 files");
    assert_eq!(fs::read_to_string(place.path("data").join(odd)).unwrap(), "2");
    assert_eq!(fs::read_to_string(place.path("data/.hidden/deep")).unwrap(), "3");
    assert!(!place.path("data/left-over").exists());
    let mut left: Vec<_> =
        fs::read_dir(place.path("data")).unwrap().map(|one| one.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left.len(), 3, "{left:?}");
}

/// What a script would call, in the folder of a committed system.
fn would_run(script: &str, words: &[&str]) -> Vec<String> {
    let mut command = std::process::Command::new("bash");
    let output =
        command.arg(format!("out/agenthub/scripts/{script}")).args(words).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let calls = lines.lines().filter_map(|line| line.strip_prefix("would run: "));
    calls.map(|line| line.replace("\\ ", "~")).collect()
}

#[test]
fn the_scripts_of_the_host_call_the_service_and_stop_the_server_for_a_recovery() {
    let calls = would_run("backup.sh", &["production", "--dry-run"]);
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(
        calls[1].ends_with("exec -T backup /opt/formwork/backup/job.sh run postgres daily"),
        "{calls:?}"
    );
    let calls = would_run("restore.sh", &["production", "--before", "2026-01-31", "--dry-run"]);
    assert!(calls[0].ends_with("job.sh restore keycloak-db --date 2026-01-31 --yes"), "{calls:?}");
    let words = ["production", "postgres", "--time", "2026-01-31 12:00:00+00", "--dry-run"];
    let calls = would_run("restore.sh", &words);
    let ends = [
        " stop postgres-archive postgres",
        "job.sh recover postgres --time 2026-01-31~12:00:00+00 --into /restore/pgdata --yes",
        " up --detach --wait postgres postgres-archive",
        "job.sh run postgres daily",
    ];
    assert_eq!(calls.len(), ends.len(), "{calls:?}");
    for (call, end) in calls.iter().zip(ends) {
        assert!(call.ends_with(end), "{call} ends with {end}");
    }
    assert!(calls[1].contains("--user 999:999 --volume agenthub_postgres-data:/restore --volume agenthub_postgres-archive-data:/archive backup"), "{}", calls[1]);
}

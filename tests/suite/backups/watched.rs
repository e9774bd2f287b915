//! Holds that somebody is told when backups stop, or never begin.

use crate::judge::judge;

/// In a cluster there is no time of the last success until there was one.
#[test]
fn a_backup_in_a_cluster_that_never_worked_is_told_of_as_one_that_stopped() {
    let Some(tool) = judge("promtool") else { return };
    let path =
        "out/vibe-ensemble/kubernetes/production/prometheus/prometheusrule-vibe-ensemble.yaml";
    let object: serde_yaml::Value =
        serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let rules = serde_yaml::to_string(&object["spec"]).unwrap();
    std::fs::write(folder.path().join("rules.yml"), rules).unwrap();
    let label = r#"{job="kube-state-metrics",namespace="vibe-ensemble-production",cronjob="backup-db-daily"}"#;
    let made = format!("kube_cronjob_created{label}");
    let ended = format!("kube_cronjob_status_last_successful_time{label}");
    // What was seen, and whether it is told of after 30 hours.
    for (series, fires) in [
        (vec![(&made, "0x7300")], true),
        (vec![(&made, "0x7300"), (&ended, "0x7300")], true),
        (vec![(&made, "0x7300"), (&ended, "0+15x7300")], false),
        // Made an hour ago: none is due yet.
        (vec![(&made, "104400x7300")], false),
        // No success yet, and then one at last.
        (vec![(&made, "0x7300"), (&ended, "_x7190 107850x100")], false),
    ] {
        let input: Vec<serde_json::Value> = series
            .iter()
            .map(|(series, values)| serde_json::json!({ "series": series, "values": values }))
            .collect();
        let value =
            r#"count(ALERTS{alertname="KubeBackupTooOld",alertstate="firing"}) or vector(0)"#;
        let test = serde_json::json!({
            "rule_files": ["rules.yml"],
            "evaluation_interval": "1m",
            "tests": [{
                "interval": "15s",
                "input_series": input,
                "promql_expr_test": [{
                    "expr": value,
                    "eval_time": "30h",
                    "exp_samples": [{ "value": i32::from(fires) }],
                }],
            }],
        });
        std::fs::write(folder.path().join("test.yml"), test.to_string()).unwrap();
        let test = folder.path().join("test.yml");
        let mut run = std::process::Command::new(&tool);
        let output = run.args(["test", "rules"]).arg(test).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success(),
            "{series:?}: {said}{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}

/// A system that chooses its alerts says openly where none of them tells of backups.
#[test]
fn backups_that_nobody_watches_are_a_finding_until_a_waiver_says_why() {
    let chosen =
        super::targets::BLUEPRINT.replace("monitoring: {}", "monitoring: { packs: [database] }");
    assert_eq!(crate::compiled::codes(&chosen), ["error unwatched-backup"]);
    let waived = format!("{chosen}waivers: {{ unwatched-backup: somebody looks }}\n");
    assert_eq!(crate::compiled::codes(&waived), Vec::<String>::new());
    let with = chosen.replace("[database]", "[database, backups]");
    assert_eq!(crate::compiled::codes(&with), Vec::<String>::new());
    let left_out = super::targets::BLUEPRINT
        .replace("monitoring: {}", "monitoring: { alerts: { BackupTooOld: null } }");
    assert_eq!(crate::compiled::codes(&left_out), ["error unwatched-backup"]);
    let rules = std::fs::read_to_string("out/vulnzero/prometheus/production/rules/alert_rules.yml");
    assert!(rules.unwrap().contains("alert: BackupTooOld"));
}

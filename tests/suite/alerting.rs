//! Has Alertmanager's own tool say who is told of which alert.

use std::path::Path;
use std::process::Command;

use formwork::target::Target;
use serde_json::Value;

use crate::compiled::{codes, of_target, tree, written, yaml};
use crate::judge::judge;
use crate::matrix;

const FILE: &str = "alertmanager/production/alertmanager.yml";

const TOLD: &str = r##"
blueprint: v1
name: shop
environments:
  production: { domain: shop.example.com }
services:
  db: { uses: postgres@17, team: database }
  api:
    image: "ghcr.io/example/api:1.4.2"
    port: 8000
    health: /health
    needs: [db]
  bot: { image: "ghcr.io/example/bot:1.0.0", port: 9999, health: /health }
external:
  relay: smtp.example.com:465
variables:
  alerting:
    PAGERDUTY_KEY: { secret: true }
    SLACK_URL: { secret: true }
    MAIL_PASSWORD: { secret: true }
monitoring:
  mail: { via: relay, from: "alerts@${env.domain}", user: alerts, password: "${var.MAIL_PASSWORD}" }
  receivers:
    pager: { pagerduty: "${var.PAGERDUTY_KEY}" }
    people: { email: ["ops@${env.domain}", second@example.com] }
    chat: { slack: { channel: "#alerts {{ x", url: "${var.SLACK_URL}" } }
    keepers: { webhook: { via: bot, url: "http://bot:9999/alert" } }
  routing:
    critical: { to: [pager, people], at_once: true, repeat: 30m }
    high: [people, chat]
    warning: [chat]
    teams: { database: [keepers] }
    wait: 45s
    repeat: 6h
"##;

/// Who is told of an alert with these labels.
fn told(tool: &Path, folder: &Path, labels: &[&str]) -> Vec<String> {
    let output = Command::new(tool)
        .args(["config", "routes", "test", "--config.file", FILE])
        .args(labels)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().split(',').map(str::to_owned).collect()
}

#[test]
fn amtool_accepts_the_configuration() {
    let Some(tool) = judge("amtool") else { return };
    let plain = "blueprint: v1\nname: shop\nservices: {}\nmonitoring: {}\n";
    for text in [TOLD, plain] {
        let folder = written(&of_target(text, Target::Alertmanager));
        for options in
            [&["check-config"][..], &["--enable-feature=utf8-strict-mode", "check-config"]]
        {
            let run = Command::new(&tool).args(options).arg(FILE).current_dir(&folder).output();
            let run = run.unwrap();
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        }
    }
}

#[test]
fn an_alert_reaches_whom_its_severity_and_its_team_name() {
    let Some(tool) = judge("amtool") else { return };
    let folder = written(&of_target(TOLD, Target::Alertmanager));
    for (labels, expected) in [
        (&["severity=critical", "priority=P0"][..], &["pager", "people"][..]),
        (&["severity=high"], &["people", "chat"]),
        (&["severity=warning"], &["chat"]),
        (&["severity=info", "priority=P3"], &["nobody"]),
        (&["severity=critical", "team=database"], &["keepers", "pager", "people"]),
        (&["severity=info", "team=database"], &["nobody"]),
        (&["severity=warning", "team=backend"], &["chat"]),
    ] {
        assert_eq!(told(&tool, folder.path(), labels), expected, "{labels:?}");
    }
    matrix::record("amtool config routes test", 1, 0);
}

#[test]
fn times_are_those_of_the_routing() {
    let file = yaml(&of_target(TOLD, Target::Alertmanager), FILE);
    assert_eq!(file["route"]["group_wait"], "45s");
    assert_eq!(file["route"]["group_interval"], "5m");
    assert_eq!(file["route"]["repeat_interval"], "6h");
    let routes = file["route"]["routes"].as_array().unwrap();
    let critical = routes.iter().find(|route| route["matchers"][0] == "severity=\"critical\"");
    assert_eq!(critical.unwrap()["group_wait"], "0s");
    assert_eq!(critical.unwrap()["repeat_interval"], "30m");
}

#[test]
fn keys_are_read_from_files_that_the_container_has() {
    let tree = tree(TOLD);
    let config = yaml(&tree, FILE);
    let find = |name: &str| -> Value {
        let receivers = config["receivers"].as_array().unwrap();
        receivers.iter().find(|one| one["name"] == name).unwrap().clone()
    };
    assert_eq!(find("people")["email_configs"].as_array().unwrap().len(), 2);
    assert_eq!(find("keepers")["webhook_configs"][0]["url"], "http://bot:9999/alert");
    assert_eq!(find("chat")["slack_configs"][0]["channel"], "#alerts {{ `{{` }} x");
    assert_eq!(config["global"]["smtp_smarthost"], "smtp.example.com:465");
    let files = [
        &find("pager")["pagerduty_configs"][0]["routing_key_file"],
        &find("chat")["slack_configs"][0]["api_url_file"],
        &config["global"]["smtp_auth_password_file"],
    ]
    .map(|file| file.as_str().unwrap().to_owned());
    let compose = yaml(&tree, "docker-compose.production.yml");
    let service = &compose["services"]["alertmanager"];
    let mounted: Vec<String> = service["secrets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|secret| {
            format!(
                "/run/secrets/{}",
                secret["target"]
                    .as_str()
                    .or(secret["source"].as_str())
                    .unwrap_or_else(|| secret.as_str().unwrap())
            )
        })
        .collect();
    for file in files {
        assert!(mounted.contains(&file), "{file}: {mounted:?}");
    }
}

#[test]
fn in_a_cluster_messages_may_leave() {
    let policy =
        yaml(&tree(TOLD), "kubernetes/production/alertmanager/networkpolicy-alertmanager.yaml");
    let egress = policy["spec"]["egress"].as_array().unwrap();
    let ports: Vec<u64> = egress
        .iter()
        .flat_map(|rule| rule["ports"].as_array().unwrap())
        .filter_map(|port| port["port"].as_u64())
        .collect();
    for port in [443, 465, 9999] {
        assert!(ports.contains(&port), "{port}: {ports:?}");
    }
}

#[test]
fn what_nobody_could_get_is_refused() {
    for (from, to, code) in [
        ("[pager, people]", "[pagr, people]", "error unknown-receiver"),
        ("[keepers]", "[keeper]", "error unknown-receiver"),
        (
            "PAGERDUTY_KEY: { secret: true }",
            "PAGERDUTY_KEY: { secret: true, optional: true }",
            "error incomplete-receiver",
        ),
        ("pagerduty: \"${var.PAGERDUTY_KEY}\"", "pagerduty: abc", "error incomplete-receiver"),
        ("via: relay, from", "via: relais, from", "error unknown-service"),
        (", password: \"${var.MAIL_PASSWORD}\"", "", "error incomplete-receiver"),
        (
            "from: \"alerts@${env.domain}\"",
            "from: \"${var.SLACK_URL}\"",
            "error run-time-reference",
        ),
    ] {
        let text = TOLD.replace(from, to);
        assert_ne!(text, TOLD, "{from}");
        assert!(codes(&text).contains(&code.to_owned()), "{to}: {:?}", codes(&text));
    }
}

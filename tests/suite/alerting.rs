//! Has Alertmanager's own tool say who is told of which alert.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

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

/// Whoever hears of warnings hears of what is worse.
#[test]
fn a_severity_that_is_not_named_goes_where_lesser_ones_go() {
    let Some(tool) = judge("amtool") else { return };
    let high = "    high: [people, chat]\n";
    for (way, expected) in [("", "chat"), ("    high: []\n", "nobody")] {
        let text = TOLD.replace(high, way);
        let folder = written(&of_target(&text, Target::Alertmanager));
        assert_eq!(told(&tool, folder.path(), &["severity=high"]), [expected], "{way}");
        assert_eq!(told(&tool, folder.path(), &["severity=info"]), ["nobody"]);
    }
    let text = TOLD.replace(high, "").replace("    warning: [chat]\n", "    info: [chat]\n");
    let folder = written(&of_target(&text, Target::Alertmanager));
    for severity in ["severity=high", "severity=warning", "severity=info"] {
        assert_eq!(told(&tool, folder.path(), &[severity]), ["chat"], "{severity}");
    }
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

/// A service with three replicas and one that runs once; the alert of the author tells of all replicas together.
const HELD: &str = r#"
blueprint: v1
name: shop
environments: { production: { domain: shop.example.com } }
services:
  api:
    image: "ghcr.io/example/api:1.4.2"
    build: { context: api, stack: fastapi }
    port: 8000
    health: /health
    metrics: /metrics
    replicas: 3
  web:
    image: "ghcr.io/example/web:1.4.2"
    build: { context: web, stack: node }
    port: 8001
    health: /health
    metrics: /metrics
  db: { uses: postgres@17 }
monitoring:
  alerts:
    AllDown: { expr: 'sum by (service) (up{job="api"}) == 0', for: 1m, mutes: true }
"#;

/// An Alertmanager that runs on a compiled configuration, until it is dropped.
struct Running {
    process: Child,
    amtool: PathBuf,
    url: String,
    _folder: tempfile::TempDir,
}

impl Running {
    fn start(alertmanager: &Path, amtool: &Path, config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("alertmanager.yml");
        std::fs::write(&file, config).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let debian = alertmanager.parent().unwrap().parent().unwrap().join("debian");
        // Debian's build looks for its templates where Debian has them.
        let put = "mount --bind \"$1/usr/share\" /usr/share && shift && exec \"$@\"";
        let process = Command::new("unshare")
            .args(["--mount", "sh", "-c", put, "sh"])
            .args([debian.as_path(), alertmanager])
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.path={}", folder.path().display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--cluster.listen-address=")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = format!("--alertmanager.url=http://127.0.0.1:{port}");
        let running = Self { process, amtool: amtool.to_owned(), url, _folder: folder };
        until("it answers", || running.ask(&["alert", "query"]).status.success());
        running
    }

    fn ask(&self, words: &[&str]) -> std::process::Output {
        Command::new(&self.amtool).arg(&self.url).args(words).output().unwrap()
    }

    /// The alerts that fire, and whether each is held back by another.
    fn held(&self) -> BTreeMap<String, bool> {
        let found = self.ask(&["alert", "query", "--active", "--inhibited", "-o", "json"]);
        let found: Value = serde_json::from_slice(&found.stdout).unwrap();
        let name = |alert: &Value| {
            let label = |label: &str| alert["labels"][label].as_str().unwrap_or("-").to_owned();
            [label("alertname"), label("service"), label("instance")].join(" ")
        };
        let alerts = found.as_array().unwrap().iter();
        alerts
            .map(|one| {
                (
                    name(one),
                    one["status"]["inhibitedBy"].as_array().is_some_and(|by| !by.is_empty()),
                )
            })
            .collect()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn one_instance_that_is_down_holds_back_its_own_alerts_and_not_those_of_the_others() {
    let (Some(alertmanager), Some(amtool)) = (judge("alertmanager"), judge("amtool")) else {
        return;
    };
    if !Command::new("unshare").args(["--mount", "true"]).status().is_ok_and(|ran| ran.success()) {
        let is_required = std::env::var_os("FORMWORK_REQUIRE_JUDGES").is_some_and(|it| it == "1");
        assert!(!is_required, "Alertmanager is run in a namespace of its own, which takes root");
        eprintln!("skipped: Alertmanager is run in a namespace of its own, which takes root");
        return;
    }
    let tree = tree(HELD);
    let composed = tree.get(FILE).unwrap().text().to_owned();
    let object = yaml(
        &tree,
        "kubernetes/production/alertmanager/configmap-alertmanager-alertmanager-yml.yaml",
    );
    let in_cluster = object["data"]["alertmanager.yml"].as_str().unwrap().to_owned();
    for config in [composed, in_cluster] {
        let running = Running::start(&alertmanager, &amtool, &config);
        let expected = [
            ("APIDown api one:8000", false),
            ("APIDown web web:8001", false),
            // The same instance; another; all together, as where a label is missing.
            ("Slow api one:8000", true),
            ("Slow api two:8000", false),
            ("HighErrorRate api -", false),
            // What runs once takes everything with it.
            ("Slow web web:8001", true),
            ("HighErrorRate web -", true),
            ("Probe web https://web.test/", true),
            // Another service, and none.
            ("Slow db web:8001", false),
            ("Strange - -", false),
        ];
        let expected: BTreeMap<String, bool> =
            expected.into_iter().map(|(name, held)| (name.to_owned(), held)).collect();
        let add = |name: &str| {
            let words: Vec<&str> = name.split(' ').collect();
            let labels = ["alertname", "service", "instance"].into_iter().zip(words);
            let labels = labels.filter(|(_, value)| *value != "-");
            let labels: Vec<String> =
                labels.map(|(label, value)| format!("{label}=\"{value}\"")).collect();
            let mut words = vec!["alert", "add"];
            words.extend(labels.iter().map(String::as_str));
            assert!(running.ask(&words).status.success(), "{name}");
        };
        for name in expected.keys() {
            add(name);
        }
        until("all alerts are there", || running.held().len() == expected.len());
        until("what is held back is", || {
            let held = running.held().values().filter(|held| **held).count();
            held >= expected.values().filter(|held| **held).count()
        });
        assert_eq!(running.held(), expected);
        // All replicas at once: then it is the service that is down.
        add("AllDown api -");
        until("the service's other alerts are held back", || {
            let held = running.held();
            ["Slow api two:8000", "HighErrorRate api -"].iter().all(|name| held[*name])
        });
        assert!(!running.held()["Slow db web:8001"]);
    }
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

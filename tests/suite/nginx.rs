//! Runs nginx on the unmodified compiled files, from an empty certificate volume, in front of small services.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::judge::judge;

/// What is on every answer, and how often.
const HEADERS: [(&str, &str); 6] = [
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("content-security-policy", "default-src 'self'; connect-src 'self' https://api.shop.test"),
    ("permissions-policy", "camera=(), price=\"5$\""),
];

/// A blueprint compiled by the program itself; the folder is gone with the value.
struct Compiled(TempDir);

impl Compiled {
    fn new(blueprint: &Path) -> Self {
        let out = TempDir::new().expect("a folder");
        let built = Command::new(env!("CARGO_BIN_EXE_formwork"))
            .args([Path::new("build"), blueprint, Path::new("--out"), out.path()])
            .output()
            .expect("formwork runs");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        Self(out)
    }

    fn of(text: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("blueprint.yaml");
        fs::write(&path, text).expect("a blueprint");
        Self::new(&path)
    }

    fn nginx(&self) -> PathBuf {
        self.0.path().join("nginx/production")
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.nginx().join(path)).expect(path)
    }
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/nginx")
}

/// Where nginx was unpacked; `None`, aloud, where it was not or where it cannot be run as the image runs it.
fn unpacked() -> Option<PathBuf> {
    let nginx = judge("nginx")?;
    let allowed = Command::new("unshare")
        .args(["--mount", "--net", "--pid", "--fork", "setpriv", "--reuid=101", "true"])
        .status()
        .is_ok_and(|status| status.success());
    if !allowed {
        let is_required = std::env::var_os("FORMWORK_REQUIRE_JUDGES").is_some_and(|it| it == "1");
        assert!(!is_required, "nginx is run in namespaces of its own, which takes root");
        eprintln!("skipped: nginx is run in namespaces of its own, which takes root");
        return None;
    }
    Some(nginx.parent()?.parent()?.join("debian"))
}

/// What clients see; or why nothing could be seen.
fn observe(compiled: &Compiled, mode: &str, hosts: &[&str]) -> Option<Result<Value, String>> {
    let nginx = unpacked()?;
    let ran = Command::new("unshare")
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child"])
        .args(["python3", "-W", "ignore"])
        .args([here().join("live.py"), nginx, compiled.nginx()])
        .arg(mode)
        .args(hosts)
        .output()
        .expect("python3 runs");
    if !ran.status.success() {
        return Some(Err(String::from_utf8_lossy(&ran.stderr).into_owned()));
    }
    let facts: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
    let text = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
    if facts["started"] != true {
        return Some(Err(format!("nginx did not start: {}", text("error_log"))));
    }
    // Not even a warning.
    let tested = text("tested");
    if !tested.ends_with("test is successful\n") || tested.contains('[') {
        return Some(Err(tested));
    }
    let log = text("start_log");
    if log.lines().any(|line| !line.starts_with("certificates: ")) {
        return Some(Err(log));
    }
    Some(Ok(facts))
}

fn live(compiled: &Compiled, mode: &str, hosts: &[&str]) -> Option<Value> {
    observe(compiled, mode, hosts).map(|facts| facts.unwrap_or_else(|why| panic!("{why}")))
}

/// One run for all facts of row S3.
fn facts() -> Option<&'static Value> {
    static FACTS: OnceLock<Option<Result<Value, String>>> = OnceLock::new();
    let run = || observe(&Compiled::new(&here().join("blueprint.yaml")), "everything", &[]);
    let facts = FACTS.get_or_init(run).as_ref()?;
    Some(facts.as_ref().unwrap_or_else(|why| panic!("{why}")))
}

fn header<'a>(answer: &'a Value, name: &str) -> Vec<&'a str> {
    let values = answer["headers"][name].as_array();
    values.into_iter().flatten().filter_map(Value::as_str).collect()
}

fn assert_secured(what: &str, answer: &Value) {
    for (name, value) in HEADERS {
        assert_eq!(header(answer, name), [value], "{name} of {what}: {answer}");
    }
}

#[test]
fn it_starts_from_an_empty_certificate_volume() {
    let Some(facts) = facts() else { return };
    for host in ["shop.test", "api.shop.test"] {
        let pair = &facts["pairs"][host];
        assert_eq!(pair["served"], true, "{pair}");
        let text = pair["text"].as_str().unwrap();
        assert!(text.contains("placeholder") && text.contains(&format!("DNS:{host}\n")), "{text}");
        let files = serde_json::json!({ "fullchain.pem": "0o600", "privkey.pem": "0o600" });
        assert_eq!(pair["files"], files);
    }
    assert_eq!(facts["stopped"], 0);
}

#[test]
fn plain_http_redirects_to_the_same_address() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["redirect"]["status"], 301);
    assert_eq!(header(&facts["redirect"], "location"), ["https://shop.test/some/path?a=1"]);
    assert_eq!(header(&facts["redirect_api"], "location"), ["https://api.shop.test/"]);
}

#[test]
fn challenges_are_answered_on_port_80_and_not_redirected() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["challenge"]["status"], 200);
    assert_eq!(facts["challenge"]["text"], "token.thumbprint");
    assert_eq!(facts["challenge_missing"]["status"], 404);
    assert_ne!(facts["challenge_climbs"]["status"], 200);
}

#[test]
fn hosts_that_are_not_ours_get_nothing() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["unknown_host"]["status"], 0, "{}", facts["unknown_host"]);
    assert_eq!(facts["tls_unknown_host"]["refused"], "TLSV1_UNRECOGNIZED_NAME");
}

#[test]
fn tls_starts_with_1_2() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["tls_1_1"]["refused"], "TLSV1_ALERT_PROTOCOL_VERSION");
    assert_eq!(facts["tls_1_2"]["version"], "TLSv1.2");
    assert_eq!(facts["tls_1_3"]["version"], "TLSv1.3");
    assert_eq!(facts["http2"], "2 200");
}

#[test]
fn hosts_and_paths_lead_to_their_services() {
    let Some(facts) = facts() else { return };
    for (what, service, path) in [
        ("site", "frontend", "/a?b=%2F"),
        ("deeper", "frontend", "/gonefishing"),
        ("api", "api", "/"),
        ("docs", "api", "/docs"),
        ("rewritten", "api", "/internal/a%20b/c?d=e"),
        ("rewritten_itself", "api", "/internal?d=e"),
        ("not_rewritten", "api", "/v10"),
        ("stripped", "api", "/a"),
    ] {
        let body = &facts[what]["body"];
        assert_eq!((&body["service"], &body["path"]), (&service.into(), &path.into()), "{what}");
    }
    assert_eq!(facts["gone"]["status"], 502);
    assert_eq!(facts["gone_itself"]["status"], 502);
}

#[test]
fn services_learn_who_asks_from_the_edge_alone() {
    let Some(facts) = facts() else { return };
    let got = &facts["site"]["body"]["headers"];
    assert_eq!(got["host"], "shop.test");
    assert_eq!(got["x-forwarded-for"], facts["client"]);
    assert_eq!(got["x-real-ip"], facts["client"]);
    assert_eq!(got["x-forwarded-proto"], "https");
    assert_eq!(got["x-forwarded-host"], "shop.test");
    assert_eq!(got["proxy"], Value::Null);
    assert_eq!(got["x-request-id"].as_str().map(str::len), Some(32));
}

#[test]
fn headers_are_on_every_answer() {
    let Some(facts) = facts() else { return };
    for (what, status) in [
        ("site", 200),
        ("missing", 404),
        ("limited", 429),
        ("gone", 502),
        ("timeout", 504),
        ("too_large", 413),
        ("preflight", 204),
        ("preflight_foreign", 204),
        ("cors", 200),
        ("feed", 200),
    ] {
        assert_eq!(facts[what]["status"], status, "{what}");
        assert_secured(what, &facts[what]);
    }
    assert_secured("a kept answer", &facts["cached"][1]);
    assert_eq!(header(&facts["site"], "server"), ["nginx"]);
    assert_eq!(header(&facts["site"], "x-powered-by"), [""; 0]);
}

/// At first the burst and one more pass, then ten a second.
#[test]
fn a_route_is_limited_to_10_a_second_and_a_burst_of_10() {
    let Some(facts) = facts() else { return };
    assert_limited(&facts["limit"], 40, 10.0, 10);
    assert_eq!(facts["limit_over"]["status"], 200, "it passes again");
    // The limit of `/` is not that of `/docs`.
    assert_eq!(facts["limit_docs"]["counts"]["200"], 25);
}

#[test]
fn all_routes_together_are_limited_to_50_a_second_and_a_burst_of_30() {
    let Some(facts) = facts() else { return };
    assert_limited(&facts["limit_all"], 80, 50.0, 30);
    assert_eq!(facts["limit_all_hosts"]["status"], 429, "hosts share it");
}

fn assert_limited(seen: &Value, asked: u64, rate: f64, burst: u64) {
    let count = |status: &str| seen["counts"][status].as_u64().unwrap_or_default();
    let (passed, refused) = (count("200"), count("429"));
    assert_eq!(passed + refused, asked, "{seen}");
    let most = burst + 2 + (seen["seconds"].as_f64().unwrap() * rate).ceil() as u64;
    assert!((burst + 1..=most).contains(&passed), "{seen}");
    assert!(refused > 0, "{seen}");
}

#[test]
fn preflights_are_answered_for_allowed_origins_only() {
    let Some(facts) = facts() else { return };
    let answer = &facts["preflight"];
    assert_eq!(answer["status"], 204);
    for (name, value) in [
        ("access-control-allow-origin", "https://shop.test"),
        ("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE"),
        ("access-control-allow-headers", "Authorization, Content-Type"),
        ("access-control-max-age", "600"),
        ("access-control-allow-credentials", "true"),
        ("vary", "Origin"),
    ] {
        assert_eq!(header(answer, name), [value], "{name}");
    }
    let origin = header(&facts["preflight_port"], "access-control-allow-origin");
    assert_eq!(origin, ["https://admin.shop.test:8443"]);
    for what in ["preflight_foreign", "preflight_suffix", "cors_foreign", "options"] {
        let headers = facts[what]["headers"].as_object().unwrap();
        let told = headers.keys().find(|name| name.starts_with("access-control-"));
        assert_eq!(told, None, "{what}");
    }
    assert_eq!(facts["preflight_hits"], 0, "the service was asked");
    assert_eq!(facts["options"]["body"]["method"], "OPTIONS", "the service was not asked");
}

/// The service says `*`, which the edge does not pass on.
#[test]
fn allowed_origins_may_read_answers() {
    let Some(facts) = facts() else { return };
    let answer = &facts["cors"];
    assert_eq!(header(answer, "access-control-allow-origin"), ["https://shop.test"]);
    assert_eq!(header(answer, "access-control-allow-credentials"), ["true"]);
    assert!(header(answer, "vary").contains(&"Origin"));
    assert_eq!(header(answer, "access-control-allow-methods"), [""; 0]);
}

#[test]
fn answers_are_kept_for_365_days() {
    let Some(facts) = facts() else { return };
    for answer in facts["cached"].as_array().unwrap() {
        assert_eq!(answer["status"], 200);
        assert_eq!(header(answer, "cache-control"), ["public, max-age=31536000, immutable"]);
    }
    assert_eq!(facts["cached_hits"], 1, "the second came from the edge");
    assert_eq!(header(&facts["feed"], "cache-control"), ["public, max-age=300"]);
}

#[test]
fn what_is_missing_or_for_one_reader_is_not_kept() {
    let Some(facts) = facts() else { return };
    assert_eq!(
        (&facts["uncached"][1]["status"], &facts["uncached_hits"]),
        (&404.into(), &2.into())
    );
    assert_eq!(header(&facts["uncached"][1], "cache-control"), ["public, max-age=0"]);
    assert_eq!(facts["private_hits"], 2);
    assert_eq!(header(&facts["private"][1], "cache-control"), ["private"]);
    assert_eq!(facts["cached_authorized_hits"], 2, "a client with credentials asks the service");
}

#[test]
fn websockets_are_passed_on() {
    let Some(facts) = facts() else { return };
    let head = facts["websocket"]["head"].as_str().unwrap();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert_eq!(facts["websocket"]["echo"], "hello");
    assert_eq!(facts["websocket_plain"], 400, "without a handshake there is no upgrade");
}

#[test]
fn streams_come_as_they_are_sent() {
    let Some(facts) = facts() else { return };
    let time = |word: &str| facts["events"][word].as_f64().unwrap();
    assert!(time("one") < 0.7 && time("two") >= 0.9, "{}", facts["events"]);
}

#[test]
fn bodies_and_times_have_limits() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["too_large"]["status"], 413);
    assert_eq!(facts["large"]["status"], 200);
    assert_eq!(facts["timeout"]["status"], 504);
    assert_eq!(header(&facts["gzip"], "content-encoding"), ["gzip"]);
}

#[test]
fn renewed_certificates_are_picked_up() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["renewed"], true, "{}", facts["error_log"]);
}

#[test]
fn a_service_that_moves_is_found_again() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["moved"], true, "{}", facts["error_log"]);
}

#[test]
fn health_and_figures_are_on_a_port_of_their_own() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["healthz"]["text"], "ok\n");
    assert!(facts["status_page"]["text"].as_str().unwrap().starts_with("Active connections:"));
}

#[test]
fn the_access_log_is_json_with_times() {
    let Some(facts) = facts() else { return };
    let lines: Vec<Value> = facts["access_log"]
        .as_str()
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect();
    let line = lines.iter().find(|line| line["uri"] == "/a?b=%2F").expect("the request");
    assert_eq!(line["user_agent"], "a \"b\"");
    assert_eq!((&line["host"], &line["status"]), (&"shop.test".into(), &"200".into()));
    assert!(line["upstream_seconds"].as_str().unwrap().parse::<f64>().is_ok(), "{line}");
    assert!(lines.iter().all(|line| line["uri"] != "/healthz"), "health checks are not logged");
}

#[test]
fn gixy_finds_nothing() {
    let Some(gixy) = judge("gixy") else { return };
    let Some(facts) = facts() else { return };
    assert_clean(&gixy, facts);
}

fn assert_clean(gixy: &Path, facts: &Value) {
    let folder = TempDir::new().expect("a folder");
    let dump = folder.path().join("nginx.conf");
    fs::write(&dump, facts["configuration"].as_str().unwrap()).expect("a file");
    // It has something to say of every version but the newest.
    let found = Command::new(gixy)
        .args(["-f", "json", "--nginx-version", "1.31.7"])
        .arg(&dump)
        .output()
        .expect("gixy runs");
    let found = String::from_utf8_lossy(&found.stdout);
    assert_eq!(found.trim(), "[]");
}

/// Everything in another way: certificates, TLS, names, no limits, texts of the author's.
fn variant(by: &str) -> Compiled {
    let label = "l".repeat(63);
    Compiled::of(&format!(
        r#"
blueprint: v1
name: variant
environments: {{ production: {{ domain: example.test }} }}
services:
  web: {{ image: "ghcr.io/example/web:1.0", port: 3000, health: /health }}
  nginx: {{ publish: ["80", "8443:443"] }}
routes:
  "*.example.test": {{ /: web }}
  "{label}.{label}.{label}.example.test":
    /only: {{ to: web, cors: {{ origins: ["https://{label}.{label}.{label}.example.test"] }} }}
    /a.b(c)+d: {{ to: web, rewrite: /e }}
edge:
  tls: {{ by: {by}, min: "1.3" }}
patches:
  main: {{ file: nginx/*/nginx.conf, at: /main, insert: "worker_priority 0;" }}
  http: {{ file: nginx/*/nginx.conf, at: /http, insert: "types_hash_max_size 4096;\nopen_file_cache off;" }}
  server: {{ file: nginx/*/conf.d/_wildcard.*.conf, at: /server, insert: "underscores_in_headers off;" }}
  route: {{ file: nginx/*/conf.d/l*.conf, at: /location/only, insert: "proxy_redirect off;" }}
"#
    ))
}

#[test]
fn self_signed_certificates_hold_for_a_year() {
    let Some(facts) = live(&variant("self-signed"), "start", &[]) else { return };
    let pair = &facts["pairs"]["_wildcard.example.test"];
    assert_eq!(pair["served"], true);
    let text = pair["text"].as_str().unwrap();
    assert!(text.contains("self-signed") && text.contains("DNS:*.example.test"), "{text}");
    let year = |what: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(what)).unwrap();
        line.split_whitespace().find(|word| word.len() == 4).unwrap().parse::<u32>().unwrap()
    };
    assert_eq!(year("notAfter=") - year("notBefore="), 1, "{text}");
    let Some(gixy) = judge("gixy") else { return };
    assert_clean(&gixy, &facts);
}

#[test]
fn files_of_the_operator_are_waited_for_and_named() {
    let label = "l".repeat(63);
    let long = format!("{label}.{label}.{label}.example.test");
    let hosts = ["_wildcard.example.test", long.as_str()];
    let Some(facts) = live(&variant("files"), "files", &hosts) else { return };
    assert_eq!(facts["waits"], true);
    let complaint = facts["complaint"].as_str().unwrap();
    let file = "/etc/nginx/certificates/_wildcard.example.test/fullchain.pem is missing";
    assert!(complaint.contains(file), "{complaint}");
    assert_eq!(facts["pairs"][long.as_str()]["served"], true);
}

#[test]
fn patches_insert_text_at_named_points() {
    let compiled = variant("self-signed");
    let main = compiled.read("nginx.conf");
    assert!(main.contains("\nworker_priority 0;\n"), "{main}");
    assert!(main.contains("\n    types_hash_max_size 4096;\n    open_file_cache off;\n"), "{main}");
    let wildcard = compiled.read("conf.d/_wildcard.example.test.conf");
    assert!(wildcard.contains("\n    underscores_in_headers off;\n"), "{wildcard}");
    assert!(wildcard.contains("return 301 https://$host:8443$request_uri;"), "{wildcard}");
    let label = "l".repeat(63);
    let long = compiled.read(&format!("conf.d/{label}.{label}.{label}.example.test.conf"));
    assert_eq!(long.matches("\n        proxy_redirect off;\n").count(), 2, "{long}");
    assert!(!long.contains("acme-challenge"), "nobody asks for a challenge: {long}");
}

#[test]
fn the_hook_is_a_tidy_script() {
    for by in ["letsencrypt", "self-signed", "files"] {
        let compiled = variant(by);
        let hook = compiled.nginx().join("hooks/10-certificates.sh");
        for (name, arguments) in [
            ("shellcheck", ["-o", "all", "-s", "sh"].as_slice()),
            ("shfmt", &["-d", "-i", "2", "-ci"]),
        ] {
            let Some(judge) = judge(name) else { continue };
            let found = Command::new(judge).args(arguments).arg(&hook).output().expect(name);
            let found = String::from_utf8_lossy(&found.stdout).into_owned();
            assert!(found.is_empty(), "{name}, {by}: {found}");
        }
    }
}

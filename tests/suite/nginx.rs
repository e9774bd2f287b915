//! Runs nginx on the unmodified compiled files, from an empty certificate volume, in front of small services.

mod everywhere;
mod offered;
pub(crate) mod parsed;
mod paths;
mod site;
mod variants;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use crate::compiled;
use crate::judge::judge;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/nginx")
}

/// Where nginx was unpacked; `None`, aloud, where it was not or where it cannot be run as the image runs it.
pub(crate) fn unpacked() -> Option<PathBuf> {
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
fn observe(files: &Path, mode: &str, hosts: &[&str]) -> Option<Result<Value, String>> {
    let nginx = unpacked()?;
    let ran = Command::new("unshare")
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child"])
        .args(["python3", "-W", "ignore"])
        .args([here().join("live.py"), nginx, files.to_owned()])
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
    // It starts without services that are down, and says so.
    let expected = |line: &str| {
        line.starts_with("certificates: ")
            || line.ends_with("could not be resolved (3: Host not found)")
    };
    if !log.lines().all(expected) {
        return Some(Err(log));
    }
    Some(Ok(facts))
}

/// What clients of one system see; the test passes without it where nginx cannot be run.
fn live(files: &Path, mode: &str, hosts: &[&str]) -> Option<Value> {
    observe(files, mode, hosts).map(|facts| facts.unwrap_or_else(|why| panic!("{why}")))
}

/// One run for all facts of each system: that of `nginx/blueprint.yaml`, and the reference system as it is committed.
fn runs() -> &'static [Option<Result<Value, String>>; 2] {
    static RUNS: OnceLock<[Option<Result<Value, String>>; 2]> = OnceLock::new();
    RUNS.get_or_init(|| {
        let sira = Path::new(env!("CARGO_MANIFEST_DIR")).join("out/sira/nginx/production");
        let sira = thread::spawn(move || observe(&sira, "site", &["yourdomain.com"]));
        let shop = fs::read_to_string(here().join("blueprint.yaml")).unwrap();
        let folder = compiled::written(&compiled::tree(&shop));
        let shop = observe(&folder.path().join("nginx/production"), "everything", &["shop.test"]);
        [shop, sira.join().unwrap()]
    })
}

/// What clients of the test's own system see.
fn facts() -> Option<&'static Value> {
    let run = runs()[0].as_ref()?;
    Some(run.as_ref().unwrap_or_else(|why| panic!("{why}")))
}

/// What clients of both systems see, and the host of each.
fn sites() -> Vec<(&'static str, &'static Value)> {
    let told =
        |run: &'static Result<Value, String>| run.as_ref().unwrap_or_else(|why| panic!("{why}"));
    ["shop.test", "yourdomain.com"]
        .into_iter()
        .zip(runs().iter().flatten())
        .map(|(host, run)| (host, told(run)))
        .collect()
}

fn header<'a>(answer: &'a Value, name: &str) -> Vec<&'a str> {
    let values = answer["headers"][name].as_array();
    values.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// What is on every answer, once.
fn assert_secured(what: &str, answer: &Value) {
    for (name, value) in [
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
    ] {
        assert_eq!(header(answer, name), [value], "{name} of {what}: {answer}");
    }
    let policy = header(answer, "content-security-policy");
    assert_eq!(policy.len(), 1, "{what}");
    assert!(policy[0].starts_with("default-src 'self'; "), "{what}: {policy:?}");
}

/// gixy reads the whole configuration as nginx prints it.
fn assert_gixy_finds_nothing(facts: &Value) {
    let Some(gixy) = judge("gixy") else { return };
    let folder = TempDir::new().unwrap();
    let dump = folder.path().join("nginx.conf");
    fs::write(&dump, facts["configuration"].as_str().unwrap()).unwrap();
    // It has something to say of every version but the newest.
    let found = Command::new(gixy)
        .args(["-f", "json", "--nginx-version", "1.31.7"])
        .arg(&dump)
        .output()
        .expect("gixy runs");
    assert_eq!(String::from_utf8_lossy(&found.stdout).trim(), "[]");
}

#[test]
fn gixy_finds_nothing() {
    for (_, facts) in sites() {
        assert_gixy_finds_nothing(facts);
    }
}

//! Compiles the same for other certificates, names and texts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::{assert_gixy_finds_nothing, live};
use crate::compiled;
use crate::judge::judge;

/// Compiled files on disk.
struct Files(TempDir);

impl Files {
    fn of(text: &str) -> Self {
        Self(compiled::written(&compiled::tree(text)))
    }

    fn nginx(&self) -> PathBuf {
        self.0.path().join("nginx/production")
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.nginx().join(path)).expect(path)
    }
}

/// Everything in another way: certificates, TLS, names, no limits, texts of the author's.
fn variant(by: &str) -> Files {
    let label = "l".repeat(63);
    Files::of(&format!(
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
waivers: {{ no-rate-limit: another machine limits clients }}
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
    let Some(facts) = live(&variant("self-signed").nginx(), "start", &[]) else { return };
    let pair = &facts["pairs"]["_wildcard.example.test"];
    assert_eq!(pair["served"], true);
    let text = pair["text"].as_str().unwrap();
    assert!(text.contains("self-signed") && text.contains("DNS:*.example.test"), "{text}");
    let year = |what: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(what)).unwrap();
        line.split_whitespace().find(|word| word.len() == 4).unwrap().parse::<u32>().unwrap()
    };
    assert_eq!(year("notAfter=") - year("notBefore="), 1, "{text}");
    assert_gixy_finds_nothing(&facts);
}

#[test]
fn files_of_the_operator_are_waited_for_and_named() {
    let label = "l".repeat(63);
    let long = format!("{label}.{label}.{label}.example.test");
    let hosts = ["_wildcard.example.test", long.as_str()];
    let Some(facts) = live(&variant("files").nginx(), "files", &hosts) else { return };
    assert_eq!(facts["waits"], true);
    let complaint = facts["complaint"].as_str().unwrap();
    let file = "/etc/nginx/certificates/_wildcard.example.test/fullchain.pem is missing";
    assert!(complaint.contains(file), "{complaint}");
    assert_eq!(facts["pairs"][long.as_str()]["served"], true);
}

#[test]
fn patches_insert_text_at_named_points() {
    let files = variant("self-signed");
    let main = files.read("nginx.conf");
    assert!(main.contains("\nworker_priority 0;\n"), "{main}");
    assert!(main.contains("\n    types_hash_max_size 4096;\n    open_file_cache off;\n"), "{main}");
    let wildcard = files.read("conf.d/_wildcard.example.test.conf");
    assert!(wildcard.contains("\n    underscores_in_headers off;\n"), "{wildcard}");
    assert!(wildcard.contains("return 301 https://$host:8443$request_uri;"), "{wildcard}");
    let label = "l".repeat(63);
    let long = files.read(&format!("conf.d/{label}.{label}.{label}.example.test.conf"));
    assert_eq!(long.matches("\n        proxy_redirect off;\n").count(), 2, "{long}");
    assert!(!long.contains("acme-challenge"), "nobody asks for a challenge: {long}");
}

#[test]
fn the_hook_is_a_tidy_script() {
    for by in ["letsencrypt", "self-signed", "files"] {
        let files = variant(by);
        let hook = files.nginx().join("hooks/10-certificates.sh");
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

#[test]
fn the_other_environment_of_the_reference_system_starts() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("out/sira/nginx/staging");
    let Some(facts) = live(&files, "start", &[]) else { return };
    let pairs = facts["pairs"].as_object().unwrap();
    assert_eq!(pairs.len(), 2, "{pairs:?}");
    assert!(pairs.values().all(|pair| pair["served"] == true), "{pairs:?}");
    assert_gixy_finds_nothing(&facts);
}

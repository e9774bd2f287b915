//! Turns what scanners say of a started nginx into findings.

use std::path::Path;

use serde_json::Value;

use super::everywhere::{list, text};
use crate::matrix::Finding;

/// What sslscan holds against what is offered for each name of a site.
pub(super) fn weak(nginx: &Path, offered: &Value) -> Vec<Finding> {
    let mut found = Vec::new();
    for (host, facts) in offered.as_object().into_iter().flatten() {
        let ciphers = list(facts).iter().filter(|one| one["what"] == "cipher").count();
        let modern = list(facts).iter().any(|one| {
            one["what"] == "protocol" && one["version"] == "1.3" && one["enabled"] == "1"
        });
        assert!(ciphers > 0 && modern, "{host}: {facts}");
        for one in list(facts) {
            let is = |key: &str, value: &str| one[key] == value;
            let rule = match text(&one["what"]) {
                "protocol"
                    if is("enabled", "1") && !is("version", "1.2") && !is("version", "1.3") =>
                {
                    "protocol"
                }
                "cipher" if !is("strength", "strong") => "cipher",
                "group" if is("strength", "weak") => "group",
                "renegotiation" if is("supported", "1") && !is("secure", "1") => "renegotiation",
                "compression" if is("supported", "1") => "compression",
                "heartbleed" if is("vulnerable", "1") => "heartbleed",
                "fallback" if is("supported", "0") => "fallback",
                _ => continue,
            };
            found.push(Finding {
                file: nginx.display().to_string(),
                line: 1,
                rule: rule.to_owned(),
                message: format!("{host}: {one}"),
            });
        }
    }
    found
}

/// What testssl.sh finds of medium severity or more for a name of a site.
pub(super) fn grave(nginx: &Path, said: &Value) -> Vec<Finding> {
    // A part that it left out finds nothing: protocols, preference, certificate and headers have been looked at.
    for id in ["TLS1_3", "cipher_order", "cert_chain_of_trust", "HTTP_status_code"] {
        assert!(list(said).iter().any(|one| one["id"] == id), "no {id} in {said}");
    }
    let is_grave =
        |one: &&Value| ["MEDIUM", "HIGH", "CRITICAL", "FATAL"].contains(&text(&one["severity"]));
    let finding = |one: &Value| Finding {
        file: nginx.display().to_string(),
        line: 1,
        rule: text(&one["id"]).to_owned(),
        message: format!("{}: {}", text(&one["severity"]), text(&one["finding"])),
    };
    list(said).iter().filter(is_grave).map(finding).collect()
}

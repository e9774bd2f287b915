//! Finds settings that keep programs from checking whom they talk to.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::variable::Origin;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::Span;
use crate::value::Name;

/// What turns the check off when it is on: Node.js has a name of its own, the others end like this.
const ON_WHEN_FALSE: &[&str] = &[
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "PYTHONHTTPSVERIFY",
    "SSL_VERIFY",
    "TLS_VERIFY",
    "VERIFY_SSL",
    "VERIFY_TLS",
    "SSL_VERIFY_PEER",
    "REJECT_UNAUTHORIZED",
    "VERIFY_CERTIFICATES",
];
/// What turns the check off when it is off.
const OFF_WHEN_TRUE: &[&str] = &[
    "GIT_SSL_NO_VERIFY",
    "INSECURE_SKIP_VERIFY",
    "INSECURE_SKIP_TLS_VERIFY",
    "SKIP_TLS_VERIFY",
    "TLS_SKIP_VERIFY",
    "TLS_SKIP_VERIFY_INSECURE",
    "TLS_INSECURE",
    "SSL_INSECURE",
    "ALLOW_INSECURE_TLS",
];
/// Arguments that turn it off.
const ARGUMENTS: &[&str] = &[
    "--insecure",
    "--insecure-skip-tls-verify",
    "--insecure-skip-verify",
    "--no-check-certificate",
    "--no-verify-ssl",
    "--tls-skip-verify",
    "--skip-tls-verify",
];

/// A setting that the blueprint makes or proposes.
pub(super) fn unchecked(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, written) in &view.blueprint.services {
        let Some(service) = view.model.services.get(name) else { continue };
        let readers = std::slice::from_ref(name);
        for variable in written.environment.keys() {
            let value = service.environment.get(variable).and_then(|text| text.as_literal());
            if value.is_some_and(|value| turns_off(variable.as_str(), value)) {
                let place = view.service(name, &format!("/environment/{variable}"));
                report(variable.as_str(), (place, readers), found);
            }
        }
        for (index, word) in service.command.iter().enumerate() {
            let word = word.as_literal().filter(|word| ARGUMENTS.contains(word));
            if let Some(word) = word.filter(|_| written.command.is_some()) {
                report(word, (view.service(name, &format!("/command/{index}")), readers), found);
            }
        }
    }
    for group in &view.model.groups {
        for variable in &group.variables {
            let (key, value) = match &variable.origin {
                Origin::Fixed(text) => ("fixed", text.as_literal()),
                Origin::Operator { default, .. } => ("default", default.as_deref()),
            };
            if value.is_some_and(|value| turns_off(variable.name.as_str(), value)) {
                let at = format!("/variables/{}/{}/{key}", group.name, variable.name);
                let place = view.locator.value(&at);
                report(variable.name.as_str(), (place, &variable.read_by), found);
            }
        }
    }
}

fn report(what: &str, (place, readers): (Span, &[Name]), found: &mut Findings<'_>) {
    let message = format!("`{what}` keeps a program from checking certificates");
    let diagnostic = Diagnostic::error(Code::UncheckedCertificate, message)
        .at(place, "anybody on the way can read and change what is sent")
        .help("leave it out, and give the program the certificate of the authority that it lacks");
    found.push_unless_waived_for(readers, diagnostic);
}

fn turns_off(name: &str, value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let is = |values: &[&str]| values.contains(&value.as_str());
    let ends = |known: &[&str]| {
        known.iter().any(|end| {
            name.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
        })
    };
    (ends(ON_WHEN_FALSE) && is(&["0", "false", "no", "off", "none"]))
        || (ends(OFF_WHEN_TRUE) && is(&["1", "true", "yes", "on"]))
}

#[cfg(test)]
mod tests {
    use super::turns_off;

    #[test]
    fn settings_are_known_by_name_and_value() {
        for (name, value) in [
            ("NODE_TLS_REJECT_UNAUTHORIZED", "0"),
            ("PYTHONHTTPSVERIFY", "0"),
            ("ELASTIC_SSL_VERIFY", "False"),
            ("SMTP_TLS_INSECURE", "true"),
            ("GIT_SSL_NO_VERIFY", "1"),
        ] {
            assert!(turns_off(name, value), "{name}={value}");
        }
        for (name, value) in [
            ("NODE_TLS_REJECT_UNAUTHORIZED", "1"),
            ("SSL_VERIFY", "true"),
            ("SSL_VERIFY", "/etc/ssl/ca.pem"),
            ("EMAIL_VERIFY", "false"),
            ("TLS_INSECURE", "false"),
        ] {
            assert!(!turns_off(name, value), "{name}={value}");
        }
    }
}

//! Says which rules can be waived, and finds waivers that cover nothing.

use std::collections::BTreeSet;

use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::model::Model;
use crate::source::pointer;
use crate::value::Name;

/// The rules that a system may break on purpose. What cannot work cannot be waived.
pub(super) const WAIVABLE: &[Code] = &[
    Code::DangerousCapability,
    Code::DebugInProduction,
    Code::ExposedDataStore,
    Code::HostPortTaken,
    Code::ImageLatest,
    Code::LiteralSecret,
    Code::LooseningPatch,
    Code::LossyIngress,
    Code::MemoryOverrun,
    Code::NoRateLimit,
    Code::OtherImage,
    Code::PoolTooLarge,
    Code::PrivateExternal,
    Code::RetiredInterface,
    Code::RootUser,
    Code::SecretInCommand,
    Code::UncheckedCertificate,
    Code::UnnamedImage,
    Code::UnwatchedBackup,
    Code::WritableRoot,
];

/// How an author says why a rule is broken.
pub(super) fn how_to(rule: &str, services: &[Name]) -> String {
    let names: Vec<&str> = services.iter().map(Name::as_str).collect();
    let waiver = if names.is_empty() {
        format!("{rule}: …")
    } else {
        format!("{rule}: {{ reason: …, services: [{}] }}", names.join(", "))
    };
    format!("if it must be so, say why: `waivers: {{ {waiver} }}`")
}

/// The rules of the scanners that judge compiled files: compose-lint's and Checkov's.
fn is_scanners(rule: &str) -> bool {
    let digits = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    rule.strip_prefix("CL-").is_some_and(digits)
        || rule.starts_with("CKV_")
        || rule.starts_with("CKV2_")
}

/// A waiver of something that is no rule, or for a service that runs nowhere.
pub(super) fn unknown_waiver(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    let locator = Locator::new(written, None);
    for (rule, services) in own(models) {
        let at = pointer::push("/waivers", rule);
        let known = WAIVABLE.iter().map(|code| code.id());
        if !is_scanners(rule) && !known.clone().any(|code| code == rule) {
            let is_code = Code::ALL.iter().any(|code| code.id() == rule);
            let message = if is_code {
                format!("`{rule}` cannot be waived")
            } else {
                format!("no rule is named `{rule}`")
            };
            let found = Diagnostic::warning(Code::UnknownWaiver, message).at(locator.key(&at), "");
            diagnostics.push(match suggest::nearest(rule, known.clone()) {
                Some(near) if !is_code => found.help(format!("did you mean `{near}`?")),
                _ => {
                    let known: Vec<_> = known.map(|code| format!("`{code}`")).collect();
                    found.help(format!(
                        "these can be waived: {}, and rules of scanners such as `CL-0019`",
                        known.join(", ")
                    ))
                }
            });
        }
        for (index, service) in services.iter().enumerate() {
            if models.iter().any(|model| model.services.contains_key(service)) {
                continue;
            }
            let names = models.iter().flat_map(|model| model.services.keys()).map(Name::as_str);
            let found =
                Diagnostic::error(Code::UnknownService, format!("no service is named `{service}`"))
                    .at(
                        locator.value(&format!("{at}/services/{index}")),
                        "the waiver would cover nothing",
                    );
            diagnostics.push(match suggest::nearest(service.as_str(), names) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help("remove it from the list"),
            });
        }
    }
}

/// A waiver of a rule that is kept everywhere.
pub(super) fn unused_waiver(
    models: &[Model],
    written: &Written,
    waived: &BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) {
    for (rule, _) in own(models) {
        if !WAIVABLE.iter().any(|code| code.id() == rule) || waived.contains(rule) {
            continue;
        }
        let place = Locator::new(written, None).key(&pointer::push("/waivers", rule));
        diagnostics.push(
            Diagnostic::warning(Code::UnusedWaiver, format!("nothing breaks the rule `{rule}`"))
                .at(place, "covers nothing")
                .help("remove it, so that a later breach does not pass unseen"),
        );
    }
}

/// The author's waivers; those of components have a source.
fn own(models: &[Model]) -> impl Iterator<Item = (&str, &[Name])> {
    let waivers = models.iter().flat_map(|model| &model.waivers);
    waivers
        .filter(|waiver| waiver.source.is_empty())
        .map(|waiver| (waiver.rule.as_str(), waiver.services.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_explanation_names_what_can_be_waived() {
        let explanation = Code::UnknownWaiver.explanation();
        let named = |code: &&Code| explanation.contains(&format!("`{}`", code.id()));
        let named: Vec<Code> = Code::ALL.iter().filter(named).copied().collect();
        let mut waivable = WAIVABLE.to_vec();
        waivable.sort();
        assert_eq!(named, waivable);
    }

    #[test]
    fn rules_of_scanners_are_known_by_their_form() {
        for rule in ["CL-0019", "CKV_K8S_43", "CKV2_K8S_6"] {
            assert!(is_scanners(rule), "{rule}");
        }
        for rule in ["CL-19", "CL-00190", "cl-0019", "root-user", "CKV", ""] {
            assert!(!is_scanners(rule), "{rule}");
        }
    }
}

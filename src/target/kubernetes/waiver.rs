//! Turns rules that are broken on purpose into the annotations by which scanners know it, each with its reason.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::service::Service;
use crate::model::{Model, Waiver};
use crate::target::kubernetes::schema::meta::Pairs;

/// The least user and group ids that are no user of a node (checkov `CKV_K8S_40`, kube-score
/// `container-security-context-user-group-id`).
const FIRST_FREE_ID: u32 = 10_000;

/// Checkov's rule that no pod mounts a token without need.
const TOKEN: &str = "CKV_K8S_38";

/// A rule of ours as each scanner calls it.
struct Rule {
    name: &'static str,
    checkov: &'static str,
    kube_linter: Option<&'static str>,
    kube_score: &'static str,
}

const READ_ONLY_ROOT: Rule = Rule {
    name: "writable-root",
    checkov: "CKV_K8S_22",
    kube_linter: Some("no-read-only-root-fs"),
    kube_score: "container-security-context-readonlyrootfilesystem",
};

const HIGH_USER_ID: Rule = Rule {
    name: "high-user-id",
    checkov: "CKV_K8S_40",
    kube_linter: None,
    kube_score: "container-security-context-user-group-id",
};

/// The annotations of a role.
pub(super) fn of_access(model: &Model, service: &Service) -> Pairs {
    let waivers = model.waivers.iter().filter(|waiver| covers(waiver, service));
    let rules = waivers.filter(|waiver| waiver.rule.starts_with("CKV_K8S_"));
    let rules: BTreeMap<&str, &str> =
        rules.map(|waiver| (waiver.rule.as_str(), waiver.reason.as_str())).collect();
    skips(rules.into_iter())
}

/// Rules of checkov, each with the reason why it is skipped.
fn skips<'a>(rules: impl Iterator<Item = (&'a str, &'a str)>) -> Pairs {
    let skip = |(index, (rule, reason)): (usize, (&str, &str))| {
        (format!("checkov.io/skip{}", index + 1), format!("{rule}={reason}"))
    };
    rules.enumerate().map(skip).collect()
}

/// The annotations of a workload.
pub(super) fn annotations<'a>(model: &'a Model, service: &Service) -> Pairs {
    // By rule: whatever the order in which they are written, they have the same numbers.
    let mut checkov: BTreeMap<&str, Cow<'_, str>> = BTreeMap::new();
    let mut kube_score: Vec<&str> = Vec::new();
    let mut annotations = Pairs::default();
    let mut waive = |rule: &Rule, reason: Cow<'a, str>| {
        if let Some(check) = rule.kube_linter {
            let check = format!("ignore-check.kube-linter.io/{check}");
            annotations.insert(check, reason.clone().into_owned());
        }
        checkov.insert(rule.checkov, reason);
        kube_score.push(rule.kube_score);
    };
    if service.kubernetes.user.uid < FIRST_FREE_ID || service.kubernetes.user.gid < FIRST_FREE_ID {
        let reason = format!("the image's files belong to {}", service.kubernetes.user.both());
        waive(&HIGH_USER_ID, reason.into());
    }
    let waivers = || model.waivers.iter().filter(|waiver| covers(waiver, service));
    if service.writable_root {
        let reason = waivers().find(|waiver| waiver.rule == READ_ONLY_ROOT.name);
        let reason = reason.map_or("its program writes there", |waiver| waiver.reason.as_str());
        waive(&READ_ONLY_ROOT, reason.into());
    }
    for waiver in waivers().filter(|waiver| waiver.rule.starts_with("CKV_K8S_")) {
        checkov.insert(&waiver.rule, waiver.reason.as_str().into());
    }
    if service.kubernetes.asks() {
        checkov.insert(TOKEN, "it asks the Kubernetes API".into());
    }
    let mut all = skips(checkov.iter().map(|(rule, reason)| (*rule, &**reason)));
    all.extend(annotations);
    if !kube_score.is_empty() {
        all.insert("kube-score/ignore".to_owned(), kube_score.join(","));
    }
    all
}

fn covers(waiver: &Waiver, service: &Service) -> bool {
    waiver.services.is_empty() || waiver.services.contains(&service.name)
}

//! Turns alerts into the rule file that Prometheus loads.

use indexmap::IndexMap;

use crate::model::alert;
use crate::model::monitoring::Monitoring;
use crate::target::prometheus::schema::{Group, Rule, RuleFile};

/// All alerts, in one file.
pub(super) fn file(monitoring: &Monitoring) -> RuleFile {
    let groups = monitoring.rules.iter().map(|group| Group {
        name: group.name.clone(),
        rules: group.rules.iter().map(rule).collect(),
    });
    RuleFile { groups: groups.collect() }
}

fn rule(rule: &alert::Rule) -> Rule {
    Rule {
        alert: rule.name.clone(),
        expr: rule.expr.clone(),
        hold: rule.hold.map(crate::value::Duration::prometheus),
        labels: rule.labels.clone(),
        annotations: annotations(rule).into_iter().collect(),
    }
}

/// The annotations, which are templates of Prometheus' own.
pub(super) fn annotations(rule: &alert::Rule) -> IndexMap<&'static str, String> {
    let mut annotations = IndexMap::from([("summary", rule.summary.clone())]);
    if !rule.description.is_empty() {
        annotations.insert("description", rule.description.clone());
    }
    annotations
}

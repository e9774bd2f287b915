//! Turns alerts and objectives into the rule files that Prometheus loads.

use std::borrow::Cow;

use crate::model::alert;
use crate::model::monitoring::{Monitoring, RuleGroup};
use crate::model::objective::Objective;
use crate::target::prometheus::schema::{Entry, Group, Record, Rule, RuleFile};

/// All alerts, in one file.
pub(super) fn file<'a>(groups: impl IntoIterator<Item = &'a RuleGroup>) -> RuleFile<'a> {
    let groups = groups.into_iter().map(|group| Group {
        name: Cow::Borrowed(&group.name),
        rules: group.rules.iter().map(|one| Entry::Alert(rule(one))).collect(),
    });
    RuleFile { groups: groups.collect() }
}

/// The objectives, in one file; `None` where there are none.
pub(super) fn objectives(monitoring: &Monitoring) -> Option<RuleFile<'_>> {
    let groups: Vec<Group> = monitoring.objectives.iter().map(objective).collect();
    (!groups.is_empty()).then_some(RuleFile { groups })
}

fn objective(objective: &Objective) -> Group<'_> {
    let record = |(name, expr)| {
        Entry::Record(Record { name, expr, labels: objective.labels().into_iter().collect() })
    };
    let alerts = objective.alerts.iter().map(|alert| Entry::Alert(rule(&alert.rule)));
    Group {
        name: objective.group().into(),
        rules: objective.records().into_iter().map(record).chain(alerts).collect(),
    }
}

fn rule(rule: &alert::Rule) -> Rule<'_> {
    Rule {
        alert: &rule.name,
        expr: &rule.expr,
        hold: rule.hold.map(crate::value::Duration::prometheus),
        labels: &rule.labels,
        annotations: rule.annotations(),
    }
}

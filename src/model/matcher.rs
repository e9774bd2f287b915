//! Decides which alerts a route takes, and which alerts hold back which others.

use std::collections::BTreeSet;
use std::fmt;

use crate::blueprint::monitoring::AlertSeverity;
use crate::model::Model;
use crate::model::cluster::{InCluster, Only};
use crate::model::delivery::Route;
use crate::model::monitoring::Monitoring;
use crate::model::service::Service;
use crate::value::Name;

/// A condition on a label of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher<'a> {
    /// The label.
    pub label: &'static str,
    /// Whether it must have one of the values, or none of them.
    pub has: bool,
    /// The values.
    pub values: Vec<&'a str>,
}

/// Alerts that hold others back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inhibition<'a> {
    /// Those that hold back.
    pub source: Vec<Matcher<'a>>,
    /// Those that are held back.
    pub target: Vec<Matcher<'a>>,
    /// The labels that both must have alike.
    pub equal: Vec<&'static str>,
}

impl<'a> Matcher<'a> {
    /// A condition that a label has one of the values; none for no value.
    fn any(label: &'static str, values: impl Iterator<Item = &'a str>) -> Option<Self> {
        let values: Vec<&str> = values.collect();
        (!values.is_empty()).then_some(Self { label, has: true, values })
    }

    /// How label and value are compared, as Alertmanager writes it.
    pub fn operator(&self) -> &'static str {
        match (self.has, self.values.len()) {
            (true, 1) => "=",
            (true, _) => "=~",
            (false, 1) => "!=",
            (false, _) => "!~",
        }
    }

    /// The value, or a regular expression for several.
    pub fn value(&self) -> String {
        self.values.join("|")
    }
}

impl fmt::Display for Matcher<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label)?;
        f.write_str(self.operator())?;
        f.write_str("\"")?;
        for (at, value) in self.values.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "|" })?;
            f.write_str(value)?;
        }
        f.write_str("\"")
    }
}

impl Route {
    /// Which alerts it takes.
    pub fn matchers(&self) -> Vec<Matcher<'_>> {
        let team = Matcher::any("team", self.team.iter().map(Name::as_str));
        let severities =
            Matcher::any("severity", self.severities.iter().map(|severity| severity.as_str()));
        team.into_iter().chain(severities).collect()
    }
}

impl Model {
    /// The services, by the label that their alerts bear, of which several instances are watched in a target: that one
    /// of them is down says nothing of the others.
    pub fn several(&self, monitoring: &Monitoring, there: Only) -> BTreeSet<String> {
        let is_several = |service: &Service| match there {
            Only::Compose => service.replicas > 1,
            Only::Kubernetes => {
                service.is_replicated() || self.in_cluster(service) == InCluster::EveryNode
            }
        };
        let jobs = monitoring.jobs.iter();
        let several = jobs.filter(|job| self.services.get(&job.service).is_some_and(is_several));
        several.map(|job| job.watched.to_string()).collect()
    }
}

impl Monitoring {
    /// What a worse alert holds back: the same alert at a lower severity, and, where a service does not work at all,
    /// what else is wrong with it. Alerts of no service are left alone, since a missing label equals a missing one
    /// (prometheus.io, "Configuration", `inhibit_rule`). Of several instances, one that is down holds back its own
    /// alerts only: those of the others, and of all together, say whether the service still works.
    pub fn inhibitions<'a>(&'a self, several: &'a BTreeSet<String>) -> Vec<Inhibition<'a>> {
        let severities = || AlertSeverity::ALL.iter().map(|one| one.as_str());
        let lesser = |(rank, one): (usize, &'static str)| {
            Some(Inhibition {
                source: Matcher::any("severity", [one].into_iter()).into_iter().collect(),
                target: vec![Matcher::any("severity", severities().skip(rank + 1))?],
                equal: vec!["alertname", "service", "instance"],
            })
        };
        let mut found: Vec<Inhibition<'a>> = severities().enumerate().filter_map(lesser).collect();
        let rules = self.rules.iter().flat_map(|group| &group.rules).filter(|rule| rule.mutes);
        // One without the label tells of whatever service its series name.
        let tells_of = |name: &String| {
            rules
                .clone()
                .any(|rule| rule.labels.get("service").is_none_or(|service| service == name))
        };
        let several = several.iter().filter(|name| tells_of(name)).map(String::as_str);
        let mut muting: Vec<&str> = rules.clone().map(|rule| rule.name.as_str()).collect();
        muting.sort_unstable();
        muting.dedup();
        let Some(source) = Matcher::any("alertname", muting.into_iter()) else { return found };
        let target = Matcher { has: false, ..source.clone() };
        let no = |label, has| Matcher { label, has, values: vec![""] };
        let add = |mut conditions: Vec<Matcher<'a>>, target: Vec<Matcher<'a>>, equal| {
            conditions.insert(0, source.clone());
            Inhibition { source: conditions, target, equal }
        };
        let one_of_several = Matcher::any("service", several);
        let alone = one_of_several.clone().map(|these| Matcher { has: false, ..these });
        let alone = std::iter::once(no("service", false)).chain(alone).collect();
        found.push(add(alone, vec![target.clone()], vec!["service"]));
        if let Some(these) = one_of_several {
            let some = no("instance", false);
            let (conditions, held) =
                (vec![these.clone(), some.clone()], vec![target.clone(), some]);
            found.push(add(conditions, held, vec!["service", "instance"]));
            let whole = vec![these, no("instance", true)];
            found.push(add(whole, vec![target], vec!["service"]));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Matcher;

    #[test]
    fn one_value_is_compared_and_several_are_matched() {
        let any = |values: &[&'static str]| Matcher::any("a", values.iter().copied());
        assert_eq!(any(&[]), None);
        assert_eq!(any(&["x"]).unwrap().to_string(), r#"a="x""#);
        assert_eq!(any(&["x", "y"]).unwrap().to_string(), r#"a=~"x|y""#);
        let not = Matcher { has: false, ..any(&["x", "y"]).unwrap() };
        assert_eq!(not.to_string(), r#"a!~"x|y""#);
    }
}

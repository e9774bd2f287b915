//! Decides which alerts a route takes, and which alerts hold back which others.

use std::fmt;

use crate::blueprint::monitoring::AlertSeverity;
use crate::model::delivery::Route;
use crate::model::monitoring::Monitoring;
use crate::value::Name;

/// A condition on a label of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// The label.
    pub label: &'static str,
    /// Whether it must have one of the values, or none of them.
    pub has: bool,
    /// The values.
    pub values: Vec<String>,
}

/// Alerts that hold others back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inhibition {
    /// Those that hold back.
    pub source: Vec<Matcher>,
    /// Those that are held back.
    pub target: Vec<Matcher>,
    /// The labels that both must have alike.
    pub equal: Vec<&'static str>,
}

impl Matcher {
    /// A condition that a label has one of the values; none for no value.
    fn any<'a>(label: &'static str, values: impl Iterator<Item = &'a str>) -> Option<Self> {
        let values: Vec<String> = values.map(str::to_owned).collect();
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

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"{}{}"{}""#, self.label, self.operator(), self.value())
    }
}

impl Route {
    /// Which alerts it takes.
    pub fn matchers(&self) -> Vec<Matcher> {
        let team = Matcher::any("team", self.team.iter().map(Name::as_str));
        let severities =
            Matcher::any("severity", self.severities.iter().map(|severity| severity.as_str()));
        team.into_iter().chain(severities).collect()
    }
}

impl Monitoring {
    /// What a worse alert holds back: the same alert at a lower severity, and, where a service does not work at all,
    /// what else is wrong with it. Alerts of no service are left alone, since a missing label equals a missing one.
    pub fn inhibitions(&self) -> Vec<Inhibition> {
        let severities = || AlertSeverity::ALL.iter().map(|one| one.as_str());
        let lesser = |(rank, one): (usize, &'static str)| {
            Some(Inhibition {
                source: Matcher::any("severity", [one].into_iter()).into_iter().collect(),
                target: vec![Matcher::any("severity", severities().skip(rank + 1))?],
                equal: vec!["alertname", "service"],
            })
        };
        let mut found: Vec<Inhibition> = severities().enumerate().filter_map(lesser).collect();
        let rules = self.rules.iter().flat_map(|group| &group.rules);
        let mut muting: Vec<&str> =
            rules.filter(|rule| rule.mutes).map(|rule| rule.name.as_str()).collect();
        muting.sort_unstable();
        muting.dedup();
        found.extend(Matcher::any("alertname", muting.into_iter()).map(|source| {
            let target = Matcher { has: false, ..source.clone() };
            let some = Matcher { label: "service", has: false, values: vec![String::new()] };
            Inhibition { source: vec![source, some], target: vec![target], equal: vec!["service"] }
        }));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Matcher;

    #[test]
    fn one_value_is_compared_and_several_are_matched() {
        let any = |values: &[&str]| Matcher::any("a", values.iter().copied());
        assert_eq!(any(&[]), None);
        assert_eq!(any(&["x"]).unwrap().to_string(), r#"a="x""#);
        assert_eq!(any(&["x", "y"]).unwrap().to_string(), r#"a=~"x|y""#);
        let not = Matcher { has: false, ..any(&["x", "y"]).unwrap() };
        assert_eq!(not.to_string(), r#"a!~"x|y""#);
    }
}

//! Turns the template of an annotation into a sentence for people.

use crate::model::alert::Rule;

/// A text of an alert, with what Prometheus puts in only when it fires in angle brackets.
pub(super) fn plain(template: &str, rule: &Rule, job: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((action, after)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        out.push_str(&said(action, rule, job));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands for an action of a template.
fn said(action: &str, rule: &Rule, job: &str) -> String {
    let action = action.trim();
    if let Some(label) = action.strip_prefix("$labels.") {
        let label: String =
            label.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        // Where the condition names one job, it is that one.
        let known = rule.labels.get(&label).map(String::as_str);
        let is_job = label == "job" && rule.expr.contains(&format!("job=\"{job}\""));
        return match known.or(is_job.then_some(job)) {
            Some(known) => known.to_owned(),
            None => format!("⟨{label}⟩"),
        };
    }
    if action.contains("$value") { "⟨value⟩".to_owned() } else { "⟨…⟩".to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::map::IndexMap;

    use super::plain;
    use crate::blueprint::monitoring::AlertSeverity;
    use crate::model::alert::Rule;

    #[test]
    fn what_is_known_is_said() {
        let rule = Rule {
            name: "A".to_owned(),
            expr: "up{job=\"api\"} == 0".to_owned(),
            hold: None,
            severity: AlertSeverity::Info,
            only: None,
            labels: IndexMap::from_iter([("service".to_owned(), "api".to_owned())]),
            tells_of: None,
            mutes: false,
            summary: String::new(),
            description: String::new(),
            runbook: String::new(),
            fires: None,
            quiet: None,
        };
        let said = |template| plain(template, &rule, "api");
        assert_eq!(said("{{ $labels.job }} is down"), "api is down");
        assert_eq!(said("{{$labels.service}} at {{ $labels.instance }}"), "api at ⟨instance⟩");
        assert_eq!(said("{{ $value | humanize }} of it"), "⟨value⟩ of it");
        assert_eq!(said("{{ with query `x` }}"), "⟨…⟩");
        assert_eq!(said("a {{ b"), "a {{ b");
    }
}

//! Emits the configuration of Alertmanager: who is told of which alerts, and which alerts are held back.

mod schema;

use crate::blueprint::monitoring::AlertSeverity;
use crate::format::yaml::Comments;
use crate::model::Model;
use crate::model::delivery::{Address, Receiver, Route};
use crate::model::monitoring::Monitoring;
use crate::target::{Error, Output};
use crate::value::Duration;
use schema::{
    Config, Email, Global, Inhibition, Integrations, PagerDuty, Slack, SubRoute, TopRoute, Webhook,
};

/// The receiver of whatever no route takes: it tells nobody.
const NOBODY: &str = "nobody";
/// What a message in Slack says of each alert.
const SLACK_TEXT: &str =
    "{{ range .Alerts }}*{{ .Annotations.summary }}*\n{{ .Annotations.description }}\n{{ end }}";
/// What `PagerDuty` calls the severities (`PagerDuty`, "Send an Alert Event", `payload.severity`).
const PAGERDUTY_SEVERITY: &str = r#"{{ if eq .CommonLabels.severity "high" }}error{{ else if .CommonLabels.severity }}{{ .CommonLabels.severity }}{{ else }}critical{{ end }}"#;

/// Emits `alertmanager/<environment>/alertmanager.yml`. Read by: `alertmanager`, `amtool`.
///
/// # Errors
/// When the path is taken.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    let Some(monitoring) = &model.monitoring else { return Ok(()) };
    if monitoring.alerts.is_none() {
        return Ok(());
    }
    let path = format!("alertmanager/{}/alertmanager.yml", model.environment.name);
    output.yaml(&path, &config(monitoring), Comments::new())
}

fn config(monitoring: &Monitoring) -> Config {
    let delivery = &monitoring.delivery;
    let receivers = delivery.receivers.iter().map(receiver);
    Config {
        global: delivery.mail.as_ref().map(|mail| Global {
            smarthost: format!("{}:{}", mail.server.0, mail.server.1),
            from: template(&mail.from),
            username: mail.user.clone(),
            password_file: mail.password.as_ref().map(ToString::to_string),
            require_tls: true,
        }),
        route: TopRoute {
            receiver: NOBODY.to_owned(),
            group_by: vec!["alertname", "service"],
            group_wait: delivery.wait.prometheus(),
            group_interval: delivery.interval.prometheus(),
            repeat_interval: delivery.repeat.prometheus(),
            routes: delivery.routes.iter().flat_map(routes).collect(),
        },
        inhibit_rules: inhibitions(monitoring),
        receivers: std::iter::once(schema::Receiver {
            name: NOBODY.to_owned(),
            integrations: Integrations::default(),
        })
        .chain(receivers)
        .collect(),
    }
}

/// One route for each receiver, each of which lets the alert go on to the next.
fn routes(route: &Route) -> impl Iterator<Item = SubRoute> + '_ {
    let team = route.team.as_ref().map(|team| format!(r#"team="{team}""#));
    let severities = matcher("severity", route.severities.iter().map(|one| one.as_str()));
    let matchers: Vec<String> = team.into_iter().chain(severities).collect();
    route.to.iter().map(move |name| SubRoute {
        matchers: matchers.clone(),
        receiver: name.to_string(),
        proceed: true,
        group_wait: route.at_once.then_some("0s"),
        repeat_interval: route.repeat.map(Duration::prometheus),
    })
}

/// A matcher for any of the values; none for no value.
fn matcher<'a>(label: &str, values: impl Iterator<Item = &'a str>) -> Option<String> {
    let values: Vec<&str> = values.collect();
    match values.as_slice() {
        [] => None,
        [one] => Some(format!(r#"{label}="{one}""#)),
        several => Some(format!(r#"{label}=~"{}""#, several.join("|"))),
    }
}

/// What a worse alert holds back: the same alert at a lower severity, and, where a service does not work at all, what
/// else is wrong with it. Alerts of no service are left alone, since a missing label equals a missing one.
fn inhibitions(monitoring: &Monitoring) -> Vec<Inhibition> {
    let severity = |one: AlertSeverity| format!(r#"severity="{}""#, one.as_str());
    let lesser = |rank: usize| {
        let lower = AlertSeverity::ALL.iter().skip(rank + 1).map(|one| one.as_str());
        matcher("severity", lower).map(|lower| Inhibition {
            source_matchers: AlertSeverity::ALL
                .get(rank)
                .map(|one| severity(*one))
                .into_iter()
                .collect(),
            target_matchers: vec![lower],
            equal: vec!["alertname", "service"],
        })
    };
    let mut found: Vec<Inhibition> = (0..AlertSeverity::ALL.len()).filter_map(lesser).collect();
    let rules = monitoring.rules.iter().flat_map(|group| &group.rules);
    let mut muting: Vec<&str> =
        rules.filter(|rule| rule.mutes).map(|rule| rule.name.as_str()).collect();
    muting.sort_unstable();
    muting.dedup();
    if let Some(source) = matcher("alertname", muting.iter().copied()) {
        let negated = source.replacen("=~", "!~", 1);
        let target = if negated == source { source.replacen('=', "!=", 1) } else { negated };
        found.push(Inhibition {
            source_matchers: vec![source, r#"service!="""#.to_owned()],
            target_matchers: vec![target],
            equal: vec!["service"],
        });
    }
    found
}

fn receiver(receiver: &Receiver) -> schema::Receiver {
    let email = receiver.email.iter().map(|to| Email { to: template(to), send_resolved: true });
    let slack = receiver.slack.iter().map(|(channel, file)| Slack {
        api_url_file: file.to_string(),
        channel: template(channel),
        send_resolved: true,
        text: SLACK_TEXT,
    });
    let pagerduty = receiver.pagerduty.iter().map(|file| PagerDuty {
        routing_key_file: file.to_string(),
        severity: PAGERDUTY_SEVERITY,
        send_resolved: true,
    });
    let webhook = receiver.webhook.iter().map(|address| {
        let (url, url_file) = match address {
            Address::Known(url) => (Some(url.clone()), None),
            Address::File(file) => (None, Some(file.to_string())),
        };
        Webhook { url, url_file, send_resolved: true }
    });
    schema::Receiver {
        name: receiver.name.to_string(),
        integrations: Integrations {
            email: email.collect(),
            slack: slack.collect(),
            pagerduty: pagerduty.collect(),
            webhook: webhook.collect(),
        },
    }
}

/// Text that stands for itself where Alertmanager reads a Go template.
fn template(text: &str) -> String {
    text.replace("{{", "{{ `{{` }}")
}

#[cfg(test)]
mod tests {
    use super::{matcher, template};

    #[test]
    fn what_opens_a_template_is_written_as_one() {
        assert_eq!(template("a {{ .X }}"), "a {{ `{{` }} .X }}");
        assert_eq!(template("#alerts"), "#alerts");
    }

    #[test]
    fn one_value_is_compared_and_several_are_matched() {
        assert_eq!(matcher("a", [].into_iter()), None);
        assert_eq!(matcher("a", ["x"].into_iter()).as_deref(), Some(r#"a="x""#));
        assert_eq!(matcher("a", ["x", "y"].into_iter()).as_deref(), Some(r#"a=~"x|y""#));
    }
}

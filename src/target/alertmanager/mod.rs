//! Emits the configuration of Alertmanager: who is told of which alerts, and which alerts are held back.

mod schema;

use std::collections::BTreeSet;

use crate::format::yaml::Comments;
use crate::model::Model;
use crate::model::cluster::Only;
use crate::model::delivery::{Address, PAGERDUTY_SEVERITY, Receiver, Route, SLACK_TEXT};
use crate::model::matcher as model;
use crate::model::monitoring::Monitoring;
use crate::target::{Error, Output};
use crate::value::Duration;
use schema::{
    Config, Email, Global, Inhibition, Integrations, PagerDuty, Slack, SubRoute, TopRoute, Webhook,
};

/// The receiver of whatever no route takes: it tells nobody.
const NOBODY: &str = "nobody";
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
    let composed = model.several(monitoring, Only::Compose);
    let in_cluster = model.several(monitoring, Only::Kubernetes);
    let mut file = config(monitoring, &composed);
    output.yaml(&path, &file, Comments::new())?;
    if composed != in_cluster {
        file.inhibit_rules = inhibitions(monitoring, &in_cluster);
        output.yaml_in_cluster(&path, &file, Comments::new())?;
    }
    Ok(())
}

fn config(monitoring: &Monitoring, several: &BTreeSet<String>) -> Config {
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
        inhibit_rules: inhibitions(monitoring, several),
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
    let matchers = texts(&route.matchers());
    route.to.iter().map(move |name| SubRoute {
        matchers: matchers.clone(),
        receiver: name.to_string(),
        proceed: true,
        group_wait: route.at_once.then_some("0s"),
        repeat_interval: route.repeat.map(Duration::prometheus),
    })
}

fn inhibitions(monitoring: &Monitoring, several: &BTreeSet<String>) -> Vec<Inhibition> {
    monitoring.inhibitions(several).into_iter().map(inhibition).collect()
}

fn inhibition(inhibition: model::Inhibition<'_>) -> Inhibition {
    Inhibition {
        source_matchers: texts(&inhibition.source),
        target_matchers: texts(&inhibition.target),
        equal: inhibition.equal,
    }
}

fn texts(matchers: &[model::Matcher<'_>]) -> Vec<String> {
    matchers.iter().map(ToString::to_string).collect()
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
    use super::template;

    #[test]
    fn what_opens_a_template_is_written_as_one() {
        assert_eq!(template("a {{ .X }}"), "a {{ `{{` }} .X }}");
        assert_eq!(template("#alerts"), "#alerts");
    }
}

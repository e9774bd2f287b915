//! Turns who is told of which alerts into what the cluster's Alertmanager is told through the Prometheus Operator.

use crate::format::quote::gotemplate;
use crate::format::yaml::Comments;
use crate::model::cluster::Only;
use crate::model::delivery::{self, Address, Delivery, PAGERDUTY_SEVERITY, Route, SLACK_TEXT};
use crate::model::monitoring::Monitoring;
use crate::model::service::Service;
use crate::model::{Operator, matcher};
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::operator::found_by;
use crate::target::kubernetes::schema::delivery::{
    AlertmanagerConfig, Email, Inhibition, Matcher, PagerDuty, Receiver, SecretKey, Slack,
    SubRoute, TopRoute, Webhook,
};
use crate::value::{ContainerPath, Duration};

/// Still `v1alpha1`: for the later version the operator needs a webhook that converts.
const API: &str = "monitoring.coreos.com/v1alpha1";

/// The receiver of whatever no route takes: it tells nobody.
const NOBODY: &str = "nobody";

pub(super) fn emit(
    cluster: &Cluster<'_>,
    operator: &Operator,
    monitoring: &Monitoring,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let sender = monitoring.alerts.as_ref().and_then(|(name, _)| cluster.model.services.get(name));
    let Some(sender) = sender else { return Ok(()) };
    if monitoring.delivery.receivers.is_empty() {
        return Ok(());
    }
    let config = Builder { cluster, sender, delivery: &monitoring.delivery }.config(monitoring);
    let metadata = found_by(cluster, operator, cluster.model.name.as_str());
    let config = object(API, "AlertmanagerConfig", metadata, config);
    let about =
        "The operator adds the namespace to every matcher, and every alert of ours bears it.";
    let comments = Comments::from([("/spec/route", about)]);
    folder.add(&Place::of(sender), &config, comments)
}

struct Builder<'a> {
    cluster: &'a Cluster<'a>,
    /// The service in whose place the cluster's Alertmanager stands.
    sender: &'a Service,
    delivery: &'a Delivery,
}

impl Builder<'_> {
    fn config(&self, monitoring: &Monitoring) -> AlertmanagerConfig {
        let delivery = self.delivery;
        let several = self.cluster.model.several(monitoring, Only::Kubernetes);
        let inhibitions = monitoring.inhibitions(&several);
        let nobody = Receiver { name: NOBODY.to_owned(), ..Receiver::default() };
        AlertmanagerConfig {
            route: TopRoute {
                receiver: NOBODY.to_owned(),
                group_by: vec!["alertname", "service"],
                group_wait: delivery.wait.prometheus(),
                group_interval: delivery.interval.prometheus(),
                repeat_interval: delivery.repeat.prometheus(),
                routes: delivery.routes.iter().flat_map(routes).collect(),
            },
            inhibit_rules: inhibitions.into_iter().map(inhibition).collect(),
            receivers: std::iter::once(nobody)
                .chain(delivery.receivers.iter().map(|receiver| self.receiver(receiver)))
                .collect(),
        }
    }

    fn receiver(&self, receiver: &delivery::Receiver) -> Receiver {
        let slack = receiver.slack.iter().filter_map(|(channel, file)| {
            Some(Slack {
                api_url: self.secret(file)?,
                channel: gotemplate::literal(channel),
                text: SLACK_TEXT,
                send_resolved: true,
            })
        });
        let pagerduty = receiver.pagerduty.iter().filter_map(|file| {
            Some(PagerDuty {
                routing_key: self.secret(file)?,
                severity: PAGERDUTY_SEVERITY,
                send_resolved: true,
            })
        });
        let webhook = receiver.webhook.iter().map(|address| match address {
            Address::Known(url) => {
                Webhook { url: Some(url.clone()), url_secret: None, send_resolved: true }
            }
            Address::File(file) => {
                Webhook { url: None, url_secret: self.secret(file), send_resolved: true }
            }
        });
        Receiver {
            name: receiver.name.to_string(),
            email: receiver.email.iter().filter_map(|to| self.email(to)).collect(),
            slack: slack.collect(),
            pagerduty: pagerduty.collect(),
            webhook: webhook.collect(),
        }
    }

    fn email(&self, to: &str) -> Option<Email> {
        let mail = self.delivery.mail.as_ref()?;
        Some(Email {
            to: gotemplate::literal(to),
            from: gotemplate::literal(&mail.from),
            smarthost: format!("{}:{}", mail.server.0, mail.server.1),
            auth_username: mail.user.clone(),
            auth_password: mail.password.as_ref().and_then(|file| self.secret(file)),
            require_tls: true,
            send_resolved: true,
        })
    }

    /// The variable that stands in a file, as the key of the `Secret` that holds it.
    fn secret(&self, file: &ContainerPath) -> Option<SecretKey> {
        let (variable, _) = self.sender.secrets.iter().find(|(_, path)| *path == file)?;
        Some(SecretKey { name: self.cluster.secret_name.clone(), key: variable.to_string() })
    }
}

/// One route for each receiver, each of which lets the alert go on to the next.
fn routes(route: &Route) -> impl Iterator<Item = SubRoute> + '_ {
    let matchers = matchers(route.matchers());
    route.to.iter().map(move |name| SubRoute {
        matchers: matchers.clone(),
        receiver: name.to_string(),
        proceed: true,
        group_wait: route.at_once.then_some("0s"),
        repeat_interval: route.repeat.map(Duration::prometheus),
    })
}

fn inhibition(inhibition: matcher::Inhibition) -> Inhibition {
    Inhibition {
        source_match: matchers(inhibition.source),
        target_match: matchers(inhibition.target),
        equal: inhibition.equal,
    }
}

fn matchers(matchers: Vec<matcher::Matcher<'_>>) -> Vec<Matcher> {
    let one = |matcher: matcher::Matcher<'_>| Matcher {
        name: matcher.label,
        match_type: matcher.operator(),
        value: matcher.value(),
    };
    matchers.into_iter().map(one).collect()
}

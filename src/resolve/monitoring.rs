//! Turns what exposes metrics into scrape jobs, and what may go wrong into alerts.

use std::borrow::Cow;
use std::sync::Arc;

use crate::map::{self, IndexMap};

use crate::blueprint::monitoring::{Alert, AlertSeverity, Monitoring as Written, Sample};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::alert::Rule;
use crate::model::monitoring::{Job, Monitoring, RuleGroup};
use crate::model::service::Service;
use crate::model::{External, Role, naming};
use crate::resolve::scope::Scope;
use crate::resolve::sides::Sides;
use crate::resolve::{dashboards, delivery, kubelets, objectives, probes};
use crate::value::{AlertName, Duration, Name};

/// How often metrics are read when nobody says.
const SCRAPE: Duration = Duration::from_seconds(15);
/// How long metrics are kept when nobody says.
const RETENTION: Duration = Duration::from_seconds(15 * 86_400);

/// How often metrics are read.
pub(super) fn scrape(written: Option<&Written>) -> Duration {
    written.and_then(|written| written.scrape).unwrap_or(SCRAPE)
}

/// How long metrics are kept.
pub(super) fn retention(written: Option<&Written>) -> Duration {
    written.and_then(|written| written.retention).unwrap_or(RETENTION)
}

/// What is watched, where something is.
pub(super) fn monitoring(
    scope: &Scope<'_>,
    services: &mut IndexMap<Name, Service>,
    externals: &mut IndexMap<Name, External>,
    diagnostics: &mut Diagnostics,
) -> Option<Monitoring> {
    let Some(written) = &scope.blueprint.monitoring else {
        objectives::unwatched(scope, diagnostics);
        return None;
    };
    let (delivery, means) = delivery::delivery(scope, written, diagnostics);
    if let Some(sender) = services.values_mut().find(|service| service.role == Role::Alerts) {
        means.give(sender);
        externals.extend(means.externals);
    }
    let kubelets = kubelets::jobs(scope, services);
    let of_role = |role| services.values().find(|service: &&Service| service.role == role);
    let metrics = of_role(Role::Metrics);
    let alerts =
        of_role(Role::Alerts).and_then(|service| Some((service.name.clone(), service.port()?)));
    let profile = metrics.and_then(|service| service.profile.clone());
    let jobs: Vec<Job> =
        services.values().filter_map(|service| job(scope, service, profile.as_ref())).collect();
    let sides = Sides::of(scope, services);
    Some(Monitoring {
        scrape: scrape(Some(written)),
        retention: retention(Some(written)),
        metrics: metrics.map(|service| service.name.clone()),
        alerts,
        delivery,
        probes: probes::probes(scope, services, scrape(Some(written)), diagnostics),
        dashboards: dashboards::dashboards(scope, written, services, &sides, diagnostics),
        objectives: objectives::objectives(scope, written, services, diagnostics),
        rules: rules(scope, written, services, &sides, diagnostics),
        jobs,
        kubelets,
    })
}

fn job(scope: &Scope<'_>, service: &Service, profile: Option<&Name>) -> Option<Job> {
    let metrics = service.metrics.as_ref()?;
    let host = if service.is_replicated() {
        naming::replicas_host(&service.name)
    } else {
        service.name.to_string()
    };
    let always = service.profile.is_none() || service.profile.as_ref() == profile;
    Some(Job {
        name: metrics.job.clone(),
        service: service.name.clone(),
        watched: watched(scope, &service.name).clone(),
        port: metrics.port,
        path: metrics.path.clone(),
        host,
        discovered: service.is_replicated() || !always,
    })
}

/// The service that an exporter watches, else the service itself.
fn watched<'a>(scope: &'a Scope<'_>, name: &'a Name) -> &'a Name {
    scope.parts.get(name).and_then(|part| part.watches.as_ref()).unwrap_or(name)
}

fn rules(
    scope: &Scope<'_>,
    written: &Written,
    services: &IndexMap<Name, Service>,
    sides: &Sides<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<RuleGroup> {
    let kubelets: Vec<_> = kubelets::of(scope).collect();
    let namespaces = scope.namespaces().join("|");
    let mut groups = Vec::new();
    let mut used: Vec<&AlertName> = Vec::new();
    for (name, part) in scope.parts {
        let Some(entry) = &part.entry else { continue };
        let wanted = match (&written.packs, &entry.pack) {
            (Some(packs), Some(pack)) => packs.contains(pack),
            (Some(_), None) => false,
            (None, _) => true,
        };
        if services.get(name).is_none_or(|service| service.metrics.is_none()) {
            continue;
        }
        let watched = watched(scope, name);
        let team = services.get(watched).map(|service| service.team.as_str()).unwrap_or_default();
        let environment = &scope.environment.name;
        let own = Told::new(name, Some(watched), &namespaces, environment);
        let kubelet = kubelets.iter().find(|(service, _)| *service == name);
        let kubelet = kubelet.map(|(_, kubelet)| {
            let told = Told::new(&kubelet.job, None, &namespaces, environment);
            (told, &kubelet.alerts)
        });
        for (told, alerts) in std::iter::once((own, &entry.alerts)).chain(kubelet) {
            let mut rules = Vec::new();
            for (alert, known) in alerts {
                let change = written.alerts.get_key_value(alert);
                used.extend(change.map(|(name, _)| name));
                let changed = match change {
                    Some((_, Some(change))) => Cow::Owned(merged(known, change)),
                    None if wanted => Cow::Borrowed(&**known),
                    Some((_, None)) | None => continue,
                };
                rules.extend(rule((written, sides), alert, &changed, Some(&told), team));
            }
            add(&mut groups, told.job.to_string(), rules);
        }
    }
    let own = written.alerts.iter().filter(|(name, _)| !used.contains(name));
    let mut rules = Vec::new();
    for (name, alert) in own {
        let at = || scope.context.locator.key(&format!("/monitoring/alerts/{name}"));
        match alert.as_ref().and_then(|alert| rule((written, sides), name, alert, None, "")) {
            Some(rule) => rules.push(rule),
            // The catalogue's alert of that name may come with what is not known.
            None if scope.context.broken.lacks_a_text()
                || scope.context.broken.touches_any(&[
                    "services/*/uses",
                    "monitoring",
                    "services/*/metrics",
                ]) => {}
            None => diagnostics.push(
                Diagnostic::error(Code::MissingKey, format!("the alert `{name}` has no `expr`"))
                    .at(at(), "the catalogue has no alert of this name for what runs here")
                    .help("add `expr:` with a condition in PromQL"),
            ),
        }
    }
    add(&mut groups, scope.blueprint.name.to_string(), rules);
    groups
}

/// Adds alerts to their group. Prometheus refuses two groups of one name, and a service may be named like the system.
fn add(groups: &mut Vec<RuleGroup>, name: String, rules: Vec<Arc<Rule>>) {
    match groups.iter_mut().find(|group| group.name == name) {
        Some(group) => group.rules.extend(rules),
        None if rules.is_empty() => {}
        None => groups.push(RuleGroup { name, rules }),
    }
}

/// A catalogue's alert with the author's changes.
fn merged(known: &Alert, change: &Alert) -> Alert {
    let change = change.clone();
    // Samples fit one condition: with another condition, threshold or time the catalogue's prove nothing.
    let same = change.expr.is_none() && change.threshold.is_none() && change.hold.is_none();
    Alert {
        expr: change.expr.or_else(|| known.expr.clone()),
        threshold: change.threshold.or(known.threshold),
        hold: change.hold.or(known.hold),
        severity: change.severity.or(known.severity),
        mutes: change.mutes.or(known.mutes),
        team: change.team.or_else(|| known.team.clone()),
        tells_of: change.tells_of.or(known.tells_of),
        summary: change.summary.or_else(|| known.summary.clone()),
        description: change.description.or_else(|| known.description.clone()),
        fires: change.fires.or_else(|| known.fires.clone().filter(|_| same)),
        quiet: change.quiet.or_else(|| known.quiet.clone().filter(|_| same)),
    }
}

/// What an alert of the catalogue is about.
struct Told<'a> {
    /// The job that it reads.
    job: &'a Name,
    /// The service that it tells of, where it is always the same.
    of: Option<&'a Name>,
    /// The environment, which commands in its texts name.
    environment: &'a Name,
    /// What stands for what in its expressions; the longer of two names that start alike comes first.
    names: [(&'static str, Cow<'a, str>); 4],
}

impl<'a> Told<'a> {
    /// `namespaces` are the system's own in a cluster, as a pattern.
    fn new(
        job: &'a Name,
        of: Option<&'a Name>,
        namespaces: &'a str,
        environment: &'a Name,
    ) -> Self {
        let first = namespaces.split('|').next().unwrap_or_default();
        let names = [
            ("$job", job.as_str().into()),
            ("$probe", naming::probe_job(job.as_str()).into()),
            ("$namespaces", namespaces.into()),
            ("$namespace", first.into()),
        ];
        Self { job, of, environment, names }
    }

    /// A text for people, in which everything else is Prometheus' own.
    fn say(&self, text: &str) -> String {
        text.replace("$environment", self.environment.as_str())
    }
}

/// Puts values in place of their names.
pub(super) fn filled(
    text: &str,
    names: &[(&str, Cow<'_, str>)],
    threshold: Option<&str>,
) -> String {
    let names = names.iter().map(|(name, value)| (*name, value.as_ref()));
    let names = names.chain(threshold.map(|value| ("$threshold", value)));
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'$', rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        let found = names.clone().find(|(name, _)| from.starts_with(name));
        let (name, value) = found.unwrap_or(("$", "$"));
        filled.push_str(value);
        rest = &from[name.len()..];
    }
    filled + rest
}

/// An alert; `told` is what it is about, where it is not the author's own.
fn rule(
    (written, sides): (&Written, &Sides<'_>),
    name: &AlertName,
    alert: &Alert,
    told: Option<&Told<'_>>,
    team: &str,
) -> Option<Arc<Rule>> {
    let expr = alert.expr.as_ref()?;
    let threshold = alert.threshold.map(|threshold| threshold.to_string());
    let names = told.map_or(&[][..], |told| &told.names);
    let fill = |text: &str| filled(text, names, threshold.as_deref());
    let sample = |sample: &Sample| Sample {
        series: sample
            .series
            .iter()
            .map(|(series, values)| (fill(series), values.clone()))
            .collect(),
        at: sample.at,
        labels: sample.labels.iter().map(|(label, value)| (label.clone(), fill(value))).collect(),
    };
    let said = |text: &str| told.map_or_else(|| text.to_owned(), |told| told.say(text));
    let severity = alert.severity.unwrap_or(AlertSeverity::Warning);
    let team = alert.team.as_ref().map_or(team, Name::as_str);
    // What looks at every job tells of many services; then the series' own label says which.
    let watched = told.and_then(|told| told.of).filter(|_| expr.contains("$job"));
    let labels = labels(severity, team, watched);
    let expr = fill(expr);
    Some(Arc::new(Rule {
        name: name.to_string(),
        only: sides.of_query(&expr),
        expr,
        hold: alert.hold,
        severity,
        labels,
        tells_of: alert.tells_of,
        mutes: alert.mutes.unwrap_or(false),
        summary: alert.summary.clone().unwrap_or_else(|| name.to_string()),
        description: said(alert.description.as_deref().unwrap_or_default()),
        runbook: naming::runbook(written.runbooks.as_deref(), name.as_str()),
        fires: alert.fires.as_ref().map(sample),
        quiet: alert.quiet.as_ref().map(sample),
    }))
}

/// The labels of an alert, by which it is routed.
pub(super) fn labels(
    severity: AlertSeverity,
    team: &str,
    service: Option<&Name>,
) -> IndexMap<String, String> {
    let mut labels = map::with_room(4);
    labels.insert("severity".to_owned(), severity.as_str().to_owned());
    labels.insert("priority".to_owned(), severity.priority().to_owned());
    if !team.is_empty() {
        labels.insert("team".to_owned(), team.to_owned());
    }
    if let Some(service) = service {
        labels.insert("service".to_owned(), service.to_string());
    }
    labels
}

//! Lists the commands of a deployment, and what must be so once it has run.

use crate::format::quote::markdown::{escape, span as code};
use crate::format::quote::shell;
use crate::model::cluster::Only;
use crate::model::edge::CertificateSource;
use crate::model::{Model, Monitoring, Role, naming};
use crate::target::documents::checklist::Items;
use crate::target::documents::lifecycle::lifecycles;
use crate::target::documents::page::Listed;
use crate::target::documents::steps::Deploying;
use crate::target::documents::system::{Place, System};
use crate::target::documents::way::Way;
use crate::target::documents::{look, steps};

/// The commands of a deployment.
pub(super) fn deployment(items: &mut Items, place: &Place<'_>, deploying: &Deploying<'_>) {
    let parts =
        [("The steps", &deploying.composed), ("The steps in a cluster", &deploying.in_cluster)];
    for (title, ways) in parts {
        items.section(title);
        let here = ways.iter().filter(|way| way.environment == place.name);
        for command in here.flat_map(Way::commands) {
            items.add(command, format_args!("{} has been run without an error", code(command)));
        }
    }
}

/// What must be so afterwards.
pub(super) fn part(items: &mut Items, system: &System<'_>) {
    let place = system.main();
    health(items, place);
    routes(items, place.model);
    if let Some(monitoring) = &place.model.monitoring {
        monitored(items, place, monitoring);
        told(items, place, monitoring);
    }
    security(items, system, place);
    recovery(items, system, place);
    back(items, system, place);
}

fn health(items: &mut Items, place: &Place<'_>) {
    items.section("Health");
    for service in place.composed() {
        let name = &service.name;
        let state = || format!("{} ps --all {name}", place.compose);
        let (command, is) =
            match look::asked(place, service).filter(|command| !command.contains('\n')) {
                Some(command) => (command, "is well: this ends with 0:"),
                None if service.role == Role::Preparation => (state(), "has ended with 0:"),
                None => (state(), "is up:"),
            };
        items.add(
            format_args!("health {name}"),
            format_args!("{} {is} {}", code(name.as_str()), code(&command)),
        );
    }
    for service in place.composed() {
        let details = service.health.as_ref().and_then(|health| health.details.as_ref());
        if let (Some(path), Some(port)) = (details, service.port()) {
            items.add(
                format_args!("details {}", service.name),
                format_args!(
                    "{} says that all parts are well",
                    code(&format!("http://{}:{port}{path}", service.name))
                ),
            );
        }
    }
}

/// Every route, and the way from plain HTTP.
fn routes(items: &mut Items, model: &Model) {
    items.section("Routes");
    for command in steps::routes(model) {
        items.add(&command, format_args!("{} says no 502, 503 or 504", code(&command)));
    }
    let Some(edge) = &model.edge else { return };
    items.section("Certificates");
    for site in edge.sites.iter().filter(|site| !site.host.as_str().contains('*')) {
        let host = site.host.as_str();
        let redirect = format!("curl -sSI {}", shell::quote(&format!("http://{host}/")));
        items.add(&redirect, format_args!("{} leads to HTTPS", code(&redirect)));
        if edge.certificates != CertificateSource::SelfSigned {
            let folder = naming::host(&site.host);
            items.add(
                format_args!("certificate {host}"),
                format_args!("{} is the placeholder no more: see [what is served](DEPLOYMENT.md#what-is-served)", code(&format!("{}/{folder}", naming::CERTIFICATES))),
            );
        }
    }
}

/// What is read, shown and promised.
fn monitored(items: &mut Items, place: &Place<'_>, monitoring: &Monitoring) {
    let runs = |name: &crate::value::Name| {
        let service = place.model.services.get(name);
        service.is_some_and(|service| service.is_composed() && place.model.is_on(service))
    };
    items.section("Metrics");
    for job in monitoring.jobs.iter().filter(|job| runs(&job.service)) {
        let query = format!("up{{job=\"{}\"}}", job.name);
        items.add(
            &query,
            format_args!(
                "{} is 1: {} is read",
                code(&query),
                code(&format!("{}:{}{}", job.host, job.port, job.path))
            ),
        );
    }
    for job in monitoring.probes.iter().filter(|job| runs(&job.exporter)) {
        for target in job.groups.iter().flat_map(|group| &group.targets) {
            items.add(
                format_args!("probe {} {target}", job.name),
                format_args!("{} probes {}", code(&job.name), code(target)),
            );
        }
    }
    items.section("Dashboards");
    let shown = monitoring.dashboards.iter().filter_map(|one| one.shown_in(Only::Compose));
    // One of what a profile keeps off would be empty, and so would one of what stands in a cluster only.
    let shown = shown.filter(|one| {
        let service = place.model.services.get(&one.name);
        service.is_none_or(|service| service.is_composed() && place.model.is_on(service))
    });
    let has_a_server = place.composed().any(|service| service.role == Role::Dashboards);
    for dashboard in shown.filter(|_| has_a_server) {
        items.add(
            format_args!("dashboard {}", dashboard.name),
            format_args!(
                "{} ({}) shows figures",
                escape(&dashboard.title),
                code(dashboard.name.as_str())
            ),
        );
    }
    items.section("Objectives");
    for objective in &monitoring.objectives {
        items.add(
            format_args!("objective {} {}", objective.service, objective.kind),
            format_args!(
                "{} is recorded",
                code(&format!(
                    "service:slo_total:5m{{service=\"{}\",objective=\"{}\"}}",
                    objective.service, objective.kind
                ))
            ),
        );
    }
}

/// Who is told.
fn told(items: &mut Items, place: &Place<'_>, monitoring: &Monitoring) {
    items.section("Alerts");
    for receiver in &monitoring.delivery.receivers {
        let mut ways: Vec<String> = receiver.email.iter().map(|to| code(to).to_string()).collect();
        ways.extend(receiver.slack.iter().map(|(channel, _)| code(channel).to_string()));
        ways.extend(receiver.pagerduty.iter().map(|_| "PagerDuty".to_owned()));
        ways.extend(receiver.webhook.iter().map(|_| "its webhook".to_owned()));
        items.add(
            format_args!("receiver {}", receiver.name),
            format_args!("A test reaches {} by {}", code(receiver.name.as_str()), ways.join(", ")),
        );
    }
    let composed = place.model.watched_in_compose(monitoring);
    let groups = composed.rules.iter().filter(|_| monitoring.metrics.is_some());
    for group in groups {
        // prometheus/prometheus:rules/group.go, `GroupKey`: the file, a semicolon, the name.
        let loaded = format!("prometheus_rule_group_rules{{rule_group=~\".*;{}\"}}", group.name);
        items.add(
            &loaded,
            format_args!("{} is {}: its alerts are loaded", code(&loaded), group.rules.len()),
        );
    }
}

/// What keeps the system safe, and what was given up on purpose.
fn security(items: &mut Items, system: &System<'_>, place: &Place<'_>) {
    items.section("Security");
    let public: Vec<String> = place
        .composed()
        .flat_map(|service| &service.publish)
        .filter(|one| !one.address.is_loopback())
        .map(|one| one.host.to_string())
        .collect();
    let but = match public.as_slice() {
        [] => "nothing of this system".to_owned(),
        ports => format!("of this system nothing but port {}", ports.join(", ")),
    };
    let list = code("ss -tln");
    items.add("public", format_args!("{list} lists, on other addresses than 127.0.0.1, {but}"));
    for (name, network) in &place.model.networks {
        let engine = format!("{}_{name}", place.project);
        let command = format!("docker network inspect --format '{{{{.Internal}}}}' {engine}");
        let way = if network.internal { "it has no way out" } else { "it has a way out" };
        items.add(
            &command,
            format_args!("{} says {}: {way}", code(&command), code(&network.internal.to_string())),
        );
    }
    for service in place.composed().filter(|service| service.writable_root) {
        items.add(
            format_args!("writable {}", service.name),
            format_args!(
                "{} still must write to its root file system",
                code(service.name.as_str())
            ),
        );
    }
    for service in place.composed() {
        for capability in &service.capabilities {
            items.add(
                format_args!("capability {} {capability}", service.name),
                format_args!("{} still needs {}", code(service.name.as_str()), code(capability)),
            );
        }
    }
    for waiver in system.main_first().flat_map(|place| &place.model.waivers) {
        let services = waiver.services.iter().map(|name| code(name.as_str()));
        let of = if waiver.services.is_empty() {
            String::new()
        } else {
            format!(" of {}", Listed(services))
        };
        items.add(
            format_args!("waiver {} {of}", waiver.rule),
            format_args!(
                "{}{of} is still to be waived: {}",
                code(&waiver.rule),
                escape(&waiver.reason)
            ),
        );
    }
}

/// What is backed up, and that it can be read back.
fn recovery(items: &mut Items, system: &System<'_>, place: &Place<'_>) {
    let Some(backups) = &place.model.backups else { return };
    items.section("Backups");
    let status = system.run("backup.sh", place, "--status");
    if !status.is_empty() {
        items.add(&status, format_args!("{} finds none too old", code(&status)));
    }
    for one in lifecycles(place) {
        items.add(
            format_args!("lifecycle {}", one.bucket),
            format_args!(
                "The bucket {} removes what is older than {}: {} was applied to it by {}",
                code(one.bucket),
                one.age,
                code(&one.file),
                code(&one.command)
            ),
        );
    }
    for (name, store) in &backups.stores {
        let of = code(name.as_str());
        for series in &store.series {
            let (when, keep) = (series.schedule.describe(), series.keep.words());
            items.add(
                format_args!("series {name} {}", series.name),
                format_args!("{} of {of} is made {when}, and kept for {keep}", code(series.name)),
            );
        }
        items.add(
            format_args!("restore {name}"),
            format_args!("{of} was [restored](DISASTER_RECOVERY.md#restore-{name}) elsewhere within three months"),
        );
        for bucket in &store.to {
            items.add(
                format_args!("copy {name} {bucket}"),
                format_args!("The bucket {} has the newest backup of {of}", code(bucket.as_str())),
            );
        }
        if let Some(archive) = &store.archive {
            let (service, wait) = (code(archive.service.as_str()), archive.timeout.words());
            items.add(
                format_args!("archive {name}"),
                format_args!("{service} has handed over something of {of} within {wait}"),
            );
        }
    }
}

/// The way back.
fn back(items: &mut Items, system: &System<'_>, place: &Place<'_>) {
    items.section("The way back");
    for command in steps::back(system, place).commands() {
        items.add(command, format_args!("Whoever is on call knows when to run {}", code(command)));
    }
}

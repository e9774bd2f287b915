//! Lists what must be there before a deployment: machines, names, ports, images, settings.

use std::borrow::Cow;

use crate::format::quote::markdown::span as code;
use crate::model::edge::CertificateSource;
use crate::model::service::{Dockerfile, Service};
use crate::model::{Model, Variable, naming};
use crate::target::documents::checklist::Items;
use crate::target::documents::checklist::wanted::{About, Wanted};
use crate::target::documents::page::Listed;
use crate::target::documents::system::{Place, System};
use crate::target::documents::{sizing, tables};
use crate::value::Name;

/// All that must be there.
pub(super) fn part(items: &mut Items, system: &System<'_>) {
    let place = system.main();
    machine(items, system, place);
    names(items, place);
    outside(items, place.model);
    images(items, place);
    migrations(items, system);
    variables(items, place);
    secrets(items, place);
    storage(items, place);
    cluster(items, place);
}

fn machine(items: &mut Items, system: &System<'_>, place: &Place<'_>) {
    items.section("The machine");
    let (cores, memory, disk) = sizing::needed(system, place);
    items.add("nproc", format_args!("{} says at least {cores}", code("nproc")));
    items.add("free", format_args!("{} says at least {memory} GiB in all", code("free -g")));
    items.add(
        "df",
        format_args!(
            "{} says at least {disk} GiB, images not counted",
            code("df -h \"$(docker info --format '{{.DockerRootDir}}')\"")
        ),
    );
    for command in ["docker version", "docker compose version", "formwork --version"] {
        items.add(command, format_args!("{} answers", code(command)));
    }
}

/// The names by which the system is reached, and the ports that it opens.
fn names(items: &mut Items, place: &Place<'_>) {
    items.section("Names and ports");
    let sites = place.model.edge.iter().flat_map(|edge| &edge.sites);
    for site in sites {
        let host = site.host.as_str();
        items.add(
            format_args!("name {host}"),
            format_args!("{} leads to the machine", code(&format!("getent hosts {host}"))),
        );
    }
    for service in place.composed() {
        for published in &service.publish {
            let (address, port) = (published.address, tables::port(published));
            let reach = if published.address.is_loopback() {
                "from the machine alone"
            } else {
                "from outside"
            };
            items.add(
                format_args!("port {address} {port}"),
                format_args!(
                    "{} is free for {}, and reached {reach}",
                    code(&format!("{address}:{port}")),
                    code(service.name.as_str())
                ),
            );
        }
    }
}

/// What lies outside.
fn outside(items: &mut Items, model: &Model) {
    items.section("What lies outside");
    for (name, external) in &model.externals {
        let users = model.services.values().filter(|service| service.egress.contains(name));
        let users = users.map(|service| &service.name);
        if users.clone().next().is_none() {
            continue;
        }
        let address = format!("{}:{}", external.host, external.port);
        items.add(
            format_args!("external {name} {address}"),
            format_args!("{} ({name}) can be reached by {}", code(&address), Listed(users)),
        );
    }
}

/// What is pulled and what is built.
fn images(items: &mut Items, place: &Place<'_>) {
    items.section("Images");
    for service in place.composed() {
        let image = service.image.as_str();
        match &service.build {
            None => {
                items.add(
                    format_args!("image {image}"),
                    format_args!("{} can be pulled", code(image)),
                );
            }
            Some(build) => {
                let file = match &build.dockerfile {
                    Dockerfile::Compiled { path, .. } => Cow::Borrowed(path.as_str()),
                    Dockerfile::Own(path) => format!("{}/{path}", build.context).into(),
                };
                items.add(
                    format_args!("image {image}"),
                    format_args!(
                        "{} builds from {} with {}",
                        code(image),
                        code(&build.context),
                        code(&file)
                    ),
                );
            }
        }
    }
}

/// Migrations, tried where no data can be lost.
fn migrations(items: &mut Items, system: &System<'_>) {
    items.section("Migrations");
    let migrates = |place: &&Place<'_>| {
        let is_tried = place.name != system.main().name;
        is_tried && place.composed().any(|service| !service.migrations.upgrade.is_empty())
    };
    for place in system.places.iter().filter(migrates) {
        let test = system.run("test-migration.sh", place, "");
        if !test.is_empty() {
            items.add(&test, format_args!("{} leads up and down", code(&test)));
        }
    }
}

fn variables(items: &mut Items, place: &Place<'_>) {
    let asked = |variable: &&Variable| variable.is_operators() && variable.is_read();
    for group in &place.model.groups {
        items.section(format!("Settings: {}", group.name));
        for variable in group.variables.iter().filter(asked) {
            let name = variable.name.as_str();
            let line = items.add_optional(
                format_args!("variable {name}"),
                format_args!("{} {}", code(name), Wanted(variable)),
            );
            if variable.is_required() && variable.proposed().is_empty() {
                items.need(line);
            }
        }
    }
    if !place.env_file.is_empty() {
        items.section("Settings as a whole");
        let check = place.env("check");
        items.add(&check, format_args!("{} finds nothing", code(&check)));
        items.add(
            format_args!("mode {}", place.env_file),
            format_args!(
                "{} is readable by its owner alone, and in no repository",
                code(&place.env_file)
            ),
        );
    }
}

/// The files that programs read secrets from.
fn secrets(items: &mut Items, place: &Place<'_>) {
    items.section("Secrets in files");
    for variable in place.model.variables().filter(|variable| variable.is_read()) {
        if variable.file_owner.is_none() {
            continue;
        }
        let file = format!("{}/{}", place.secrets, naming::secret_file(&variable.name));
        items.add(
            format_args!("file {file}"),
            format_args!("{} is there, in a folder that nobody else may enter", code(&file)),
        );
    }
    let edge = place.model.edge.as_ref();
    let by_files = edge.filter(|edge| edge.certificates == CertificateSource::Files);
    for site in by_files.iter().flat_map(|edge| &edge.sites) {
        let folder = format!("certificates/{}", naming::host(&site.host));
        for file in ["fullchain.pem", "privkey.pem"] {
            let file = format!("{folder}/{file}");
            items.add(format_args!("file {file}"), format_args!("{} is there", code(&file)));
        }
    }
}

/// Volumes, and networks with addresses of their own.
fn storage(items: &mut Items, place: &Place<'_>) {
    items.section("Volumes and networks");
    let mounted: Vec<&Name> =
        place.composed().flat_map(|service| &service.volumes).map(|mount| &mount.volume).collect();
    for (name, volume) in &place.model.volumes {
        if mounted.contains(&name) {
            let engine = format!("{}_{name}", place.project);
            items.add(
                format_args!("volume {name}"),
                format_args!(
                    "There is room for {} to grow to {}{}",
                    code(&engine),
                    volume.size,
                    About(&volume.about)
                ),
            );
        }
    }
    for (name, network) in &place.model.networks {
        if let Some(subnet) = network.subnet {
            items.add(
                format_args!("subnet {subnet}"),
                format_args!(
                    "Nothing else on the machine uses {}, which {} takes",
                    code(&subnet.to_string()),
                    code(&format!("{}_{name}", place.project))
                ),
            );
        }
    }
}

/// What a cluster must have.
fn cluster(items: &mut Items, place: &Place<'_>) {
    items.section("In a cluster, in place of the machine");
    for (command, what) in needs(place) {
        items.add_optional(&command, format_args!("{}: {what}", code(&command)));
    }
}

/// What a cluster must have: the command that shows it, and what it is for.
pub(in crate::target::documents) fn needs(place: &Place<'_>) -> Vec<(String, String)> {
    let (model, mut found) = (place.model, Vec::new());
    if place.manifests.is_empty() {
        return found;
    }
    let kubernetes = &model.kubernetes;
    let mut need = |command: String, what: &str| found.push((command, what.to_owned()));
    if let Some(edge) = model.edge.as_ref().filter(|edge| !edge.sites.is_empty()) {
        let kind = match kubernetes.routes {
            crate::model::RouteKind::Gateway => "gatewayclass",
            crate::model::RouteKind::Ingress => "ingressclass",
        };
        need(format!("kubectl get {kind} {}", kubernetes.class), "serves the routes");
        if edge.certificates == CertificateSource::Letsencrypt {
            need(
                format!("kubectl get clusterissuer {}", kubernetes.issuer),
                "signs the certificates, by cert-manager",
            );
        }
    }
    if let Some(class) = &kubernetes.storage_class {
        need(format!("kubectl get storageclass {class}"), "gives the volumes");
    }
    if let Some(store) = &kubernetes.secrets {
        let kind = store.kind.as_str().to_lowercase();
        need(format!("kubectl get {kind} {}", store.name), "holds the secrets");
    }
    if kubernetes.operator.is_some() {
        need(
            "kubectl get crd prometheusrules.monitoring.coreos.com".to_owned(),
            "the Prometheus Operator watches the system",
        );
    }
    let scaled = |by: fn(&Service) -> bool| model.services.values().any(by);
    if scaled(|one| one.autoscale.as_ref().is_some_and(|by| by.cpu > 0 || by.memory > 0)) {
        need(
            "kubectl get apiservice v1beta1.metrics.k8s.io".to_owned(),
            "measures what the autoscaling goes by",
        );
    }
    found
}

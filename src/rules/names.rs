//! Finds names that mean two things, and names that grow too long once the system's, the environment's and a service's
//! own are joined.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::Model;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::pointer;
use crate::value::Name;

/// The longest label of a DNS name (RFC 1035, section 2.3.4), and so the longest name of a namespace (kubernetes.io,
/// "Object Names and IDs").
///
/// What else is compiled stays below it, since no single name is longer than 40: a `StatefulSet` may have 52, because
/// its pods bear its name and a hash of ten characters in a label (kubernetes/kubernetes#64023); a claim may have 253.
const LONGEST: usize = 63;

/// An external that has a service's name: `${NAME.host}` would mean the service, whoever was meant.
pub(super) fn external_taken(view: &View<'_>, found: &mut Findings<'_>) {
    for name in
        view.blueprint.external.keys().filter(|name| view.model.services.contains_key(*name))
    {
        let external = view.locator.key(&pointer::push("/external", name.as_str()));
        let message = format!("`{name}` is the name of a service and of an external");
        found.push(
            Diagnostic::error(Code::NameTaken, message)
                .at(external, "the external")
                .at(view.service(name, ""), "the service")
                .help("rename one of them: `${NAME.host}` and `needs` can mean one only"),
        );
    }
}

/// A service that has the name under which kubelets are read: alerts and dashboards would mix the one with the others.
pub(super) fn kubelet_taken(view: &View<'_>, found: &mut Findings<'_>) {
    let Some(monitoring) = &view.model.monitoring else { return };
    for job in &monitoring.kubelets {
        let named = view.model.services.keys().find(|name| name.as_str() == job.name);
        let Some(name) = named else { continue };
        let message =
            format!("`{name}` is the name of a service and of what a cluster's kubelets tell");
        found.push(
            Diagnostic::error(Code::NameTaken, message)
                .at(view.service(name, ""), "the service")
                .help("rename the service"),
        );
    }
}

/// A namespace that no cluster takes.
pub(super) fn long_namespace(view: &View<'_>, found: &mut Findings<'_>) {
    let namespace = view.model.kubernetes.namespace.to_string();
    let agents = view.model.services.values().any(|service| view.model.is_agent(service));
    let agents = agents.then(|| view.model.agents_namespace());
    let longest = agents.unwrap_or(namespace);
    if longest.len() > LONGEST {
        let way_out = "write a shorter `kubernetes: { namespace: … }`";
        found.push(too_long(view, "namespace", &longest, "/kubernetes/namespace").help(way_out));
    }
}

/// A container or a network whose name Docker's resolver cannot answer with. The name of the one and of the other are
/// the two labels under which an address is known, and a longer label breaks every look-up (moby/moby#37971,
/// moby/moby#35488, docker/compose#7379).
pub(super) fn long_project(view: &View<'_>, found: &mut Findings<'_>) {
    let names = derived(view.model);
    let Some(longest) = names.max_by_key(Derived::length) else { return };
    if longest.length() <= LONGEST {
        return;
    }
    let (what, from, name) = longest.told();
    let way_out = match view.locator.entry(&from) {
        Some(_) => "shorten one of them, or write a shorter `compose: { project: … }`",
        None => "write a shorter `compose: { project: … }`",
    };
    let diagnostic = too_long(view, what, &name, "/compose/project");
    let diagnostic = view
        .locator
        .entry(&from)
        .into_iter()
        .fold(diagnostic, |diagnostic, span| diagnostic.at(span, "and this is put behind it"));
    found.push(diagnostic.help(way_out));
}

/// What Compose names after the project.
struct Derived<'a> {
    project: &'a Name,
    of: &'a Name,
    /// The number of a container; a network has none.
    number: Option<u32>,
}

impl Derived<'_> {
    fn length(&self) -> usize {
        let number = self.number.map_or(0, |number| 2 + number.checked_ilog10().unwrap_or(0));
        self.project.as_str().len() + 1 + self.of.as_str().len() + number as usize
    }

    /// What it is, where the last part stands, and its name.
    fn told(&self) -> (&'static str, String, String) {
        let Self { project, of, number } = self;
        match number {
            Some(number) => {
                let at = pointer::push("/services", of.as_str());
                ("container", at, format!("{project}-{of}-{number}"))
            }
            None => {
                let at = pointer::push("/networks", of.as_str());
                ("network", at, format!("{project}_{of}"))
            }
        }
    }
}

fn derived(model: &Model) -> impl Iterator<Item = Derived<'_>> {
    let project = &model.compose.project;
    let containers = model.services.values();
    let containers = containers.map(move |service| Derived {
        project,
        of: &service.name,
        number: Some(service.replicas),
    });
    let networks = model.networks.keys();
    containers.chain(networks.map(move |of| Derived { project, of, number: None }))
}

/// That a name is too long, at what the author chose of it: the setting at a pointer, or the system's name.
fn too_long(view: &View<'_>, what: &str, name: &str, setting: &str) -> Diagnostic {
    let environment = &view.model.environment.name;
    let message = format!(
        "the {what} `{name}` of `{environment}` has {} characters, and {LONGEST} is the most",
        name.len()
    );
    let found = Diagnostic::error(Code::InvalidName, message);
    let at = pointer::push("/environments", environment.as_str());
    if let Some(span) = view.locator.entry(setting) {
        return found.at(span, "it begins with this");
    }
    let found = found.at(view.locator.value("/name"), "it begins with the system's name");
    let named = view.locator.entry(&at).into_iter();
    named.fold(found, |found, span| found.at(span, "in this environment"))
}

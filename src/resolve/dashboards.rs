//! Turns panels, the catalogue's and the author's, into dashboards.

use std::borrow::Cow;

use crate::map::IndexMap;

use crate::blueprint::dashboard::Panel as Written;
use crate::blueprint::monitoring::Monitoring;
use crate::catalog::cluster::Kubelet;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::model::Role;
use crate::model::dashboard::{Dashboard, Panel};
use crate::model::naming;
use crate::model::service::Service;
use crate::resolve::edge::choice;
use crate::resolve::kubelets;
use crate::resolve::monitoring::filled;
use crate::resolve::scope::Scope;
use crate::resolve::sides::Sides;
use crate::value::{Duration, Name};

/// How often a dashboard reads anew when nobody says.
const REFRESH: Duration = Duration::from_seconds(30);
/// How far back a dashboard looks when nobody says.
const WINDOW: Duration = Duration::from_seconds(3600);

/// All dashboards: the author's, then one for each service whose catalogue entry has panels. None where nothing shows
/// them.
pub(super) fn dashboards(
    scope: &Scope<'_>,
    monitoring: &Monitoring,
    services: &IndexMap<Name, Service>,
    sides: &Sides<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Dashboard> {
    if !services.values().any(|service| service.role == Role::Dashboards) {
        return Vec::new();
    }
    let own = monitoring.dashboards.iter().map(|(name, written)| {
        let panels = written.panels.iter().filter_map(|(panel, one)| {
            let at = format!("/monitoring/dashboards/{name}/panels/{panel}");
            one_panel(scope, services, panel, one, &at, diagnostics)
        });
        let mut panels: Vec<Panel> = panels.collect();
        // The order of keys means nothing, here as everywhere.
        let place = |panel: &Panel| {
            let first = written.order.iter().position(|name| *name == panel.name);
            (first.unwrap_or(usize::MAX), panel.kind)
        };
        panels.sort_by(|one, other| {
            place(one).cmp(&place(other)).then_with(|| one.name.cmp(&other.name))
        });
        Dashboard {
            name: name.clone(),
            title: written.title.clone().unwrap_or_else(|| words(name)),
            refresh: written.refresh.unwrap_or(REFRESH),
            window: written.window.unwrap_or(WINDOW),
            panels,
        }
    });
    let mut found: Vec<Dashboard> = own.collect();
    for (name, service) in services {
        // What an exporter shows is of interest under the name of the service that it watches.
        let named = service.watches.as_ref().unwrap_or(name);
        let names = names(service_job(service));
        let panels: Vec<Panel> = known(scope, services, name)
            .map(|(panel, known)| panel_of(panel, known, &names))
            .collect();
        if panels.is_empty() || monitoring.dashboards.contains_key(named) {
            continue;
        }
        found.push(Dashboard {
            name: named.clone(),
            title: words(named),
            refresh: REFRESH,
            window: WINDOW,
            panels,
        });
    }
    found.extend(of_kubelets(scope, monitoring));
    for panel in found.iter_mut().flat_map(|dashboard| &mut dashboard.panels) {
        panel.only = sides.of_queries(panel.queries.iter().map(|(_, query)| query.as_str()));
    }
    found
}

/// What the kubelets of a cluster tell of the system's own namespaces.
fn of_kubelets(scope: &Scope<'_>, monitoring: &Monitoring) -> Vec<Dashboard> {
    let namespaces = scope.namespaces().join("|");
    let panels = |kubelet: &Kubelet| {
        let [job, probe] = names(kubelet.job.as_str());
        let names = [job, probe, ("$namespaces", namespaces.as_str().into())];
        let panels = kubelet.panels.iter();
        panels.map(|(name, known)| panel_of(name, known, &names)).collect()
    };
    let shown = kubelets::of(scope).filter(|(_, kubelet)| {
        !kubelet.panels.is_empty() && !monitoring.dashboards.contains_key(&kubelet.job)
    });
    shown
        .map(|(_, kubelet)| Dashboard {
            name: kubelet.job.clone(),
            title: words(&kubelet.job),
            refresh: REFRESH,
            window: WINDOW,
            panels: panels(kubelet),
        })
        .collect()
}

/// The catalogue's panels of a service that exposes metrics.
fn known<'a>(
    scope: &'a Scope<'_>,
    services: &IndexMap<Name, Service>,
    name: &Name,
) -> impl Iterator<Item = (&'a Name, &'a Written)> + use<'a> {
    let exposes = services.get(name).is_some_and(|service| service.metrics.is_some());
    let part = scope.parts.get(name).filter(|_| exposes);
    part.and_then(|part| part.entry.as_ref()).into_iter().flat_map(|entry| &entry.panels)
}

fn service_job(service: &Service) -> &str {
    service.metrics.as_ref().map_or(service.name.as_str(), |metrics| &metrics.job)
}

fn one_panel(
    scope: &Scope<'_>,
    services: &IndexMap<Name, Service>,
    name: &Name,
    one: &Written,
    at: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Panel> {
    let locator = scope.context.locator;
    let Some(of) = &one.of else {
        if one.queries.is_empty() {
            diagnostics.push(
                Diagnostic::error(Code::MissingKey, format!("the panel `{name}` shows nothing"))
                    .at(locator.key(at), "has neither `of` nor `queries`")
                    .help("name the service of a catalogue panel with `of:`, or write `queries:`"),
            );
            return None;
        }
        return Some(with_sorted_queries(panel_of(name, one, &names(""))));
    };
    // What an exporter shows of a service is asked for by the service's own name.
    let watching = scope.parts.iter().find(|(_, part)| part.watches.as_ref() == Some(of));
    let candidates = [Some(of), watching.map(|(name, _)| name)];
    let wanted = one.panel.as_ref().unwrap_or(name);
    for candidate in candidates.into_iter().flatten() {
        let found = known(scope, services, candidate).find(|(panel, _)| *panel == wanted);
        if let (Some((_, known)), Some(service)) = (found, services.get(candidate)) {
            let names = names(service_job(service));
            return Some(changed(panel_of(name, known, &names), one, &names));
        }
    }
    if !services.contains_key(of) {
        let found = Diagnostic::error(Code::UnknownService, format!("no service is named `{of}`"))
            .at(locator.value(&format!("{at}/of")), "");
        let near = suggest::nearest(of.as_str(), services.keys().map(Name::as_str));
        diagnostics.push(
            near.into_iter()
                .fold(found, |found, near| found.help(format!("did you mean `{near}`?"))),
        );
        return None;
    }
    let panels: Vec<&str> = candidates
        .into_iter()
        .flatten()
        .flat_map(|candidate| known(scope, services, candidate))
        .map(|(panel, _)| panel.as_str())
        .collect();
    let message = format!("`{of}` has no panel `{wanted}`");
    let found = Diagnostic::error(Code::UnknownPanel, message).at(locator.key(at), "");
    diagnostics.push(match suggest::nearest(wanted.as_str(), panels.iter().copied()) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help(format!("{}write `queries:` of your own", choice(panels.into_iter()))),
    });
    None
}

/// A panel whose queries stand by their legends: the order of keys means nothing.
fn with_sorted_queries(mut panel: Panel) -> Panel {
    panel.queries.sort_unstable();
    panel
}

/// A catalogue's panel with the author's changes.
fn changed(mut panel: Panel, change: &Written, names: &[(&str, Cow<'_, str>)]) -> Panel {
    let set = |text: &mut String, new: &Option<String>| {
        if let Some(new) = new {
            text.clone_from(new);
        }
    };
    set(&mut panel.title, &change.title);
    set(&mut panel.about, &change.about);
    set(&mut panel.unit, &change.unit);
    panel.kind = change.kind.unwrap_or(panel.kind);
    panel.thresholds = change.thresholds.or(panel.thresholds);
    if change.queries.is_empty() {
        return panel;
    }
    panel.queries = queries(change, names);
    with_sorted_queries(panel)
}

/// What stands for what in queries that read a job.
fn names(job: &str) -> [(&'static str, Cow<'_, str>); 2] {
    [("$job", job.into()), ("$probe", naming::probe_job(job).into())]
}

fn panel_of(name: &Name, written: &Written, names: &[(&str, Cow<'_, str>)]) -> Panel {
    Panel {
        name: name.clone(),
        title: written.title.clone().unwrap_or_else(|| words(name)),
        about: written.about.clone().unwrap_or_default(),
        kind: written.kind.unwrap_or_default(),
        unit: written.unit.clone().unwrap_or_else(|| "short".to_owned()),
        queries: queries(written, names),
        thresholds: written.thresholds,
        only: None,
    }
}

/// The queries of a panel by their legends.
fn queries(written: &Written, names: &[(&str, Cow<'_, str>)]) -> Vec<(String, String)> {
    let query = |(legend, expr): (&String, &String)| (legend.clone(), filled(expr, names, None));
    written.queries.iter().map(query).collect()
}

/// A name as a title.
fn words(name: &Name) -> String {
    let text = name.as_str().replace('-', " ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

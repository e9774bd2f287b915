//! Emits the dashboards of Grafana.

mod layout;
mod schema;

use std::borrow::Cow;

use crate::model::cluster::Only;
use crate::model::dashboard::{Dashboard, Panel, PanelKind, Thresholds};
use crate::model::{Model, Role};
use crate::target::{Error, Output};
use layout::places;
use schema as json;

/// The data source, chosen by a variable of the dashboard, so that one file serves several servers.
const DATASOURCE: json::Datasource = json::Datasource { kind: "prometheus", uid: "${datasource}" };

/// Emits `grafana/<environment>/dashboards/<name>.json`. Read by: Grafana, which finds them through its provider. What
/// would be empty in a cluster or in Compose is not shown there.
///
/// # Errors
/// When a path is taken.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    let Some(monitoring) = &model.monitoring else { return Ok(()) };
    let Some(folder) = folder(model) else { return Ok(()) };
    for dashboard in &monitoring.dashboards {
        let path = path(model, folder, dashboard);
        if let Some(twin) = twin(model, dashboard, output)
            && output.again_everywhere(&path, &twin)?
        {
            continue;
        }
        let (composed, here) =
            (dashboard.shown_in(Only::Compose), dashboard.shown_in(Only::Kubernetes));
        if let Some(composed) = &composed {
            output.json(&path, &page(model, composed))?;
        }
        match (composed, here) {
            (Some(Cow::Borrowed(_)), Some(Cow::Borrowed(_))) => {}
            (_, Some(here)) => output.json_in_cluster(&path, &page(model, &here))?,
            (_, None) => output.not_in_cluster(&path),
        }
    }
    Ok(())
}

/// The folder of the server that shows dashboards.
fn folder(model: &Model) -> Option<&str> {
    let server = model.services.values().find(|one| one.role == Role::Dashboards)?;
    Some(server.component.as_ref().map_or(server.name.as_str(), |entry| &entry.name))
}

fn path(model: &Model, folder: &str, dashboard: &Dashboard) -> String {
    format!("{folder}/{}/dashboards/{}.json", model.environment.name, dashboard.name)
}

/// Where an environment that was emitted before has the very same dashboard.
fn twin(model: &Model, dashboard: &Dashboard, output: &Output<'_>) -> Option<String> {
    output.earlier().iter().find_map(|other| {
        let dashboards = &other.monitoring.as_ref()?.dashboards;
        let is_same = other.name == model.name && dashboards.contains(dashboard);
        is_same.then(|| Some(path(other, folder(other)?, dashboard)))?
    })
}

fn page<'a>(model: &'a Model, dashboard: &'a Dashboard) -> json::Dashboard<'a> {
    let kinds: Vec<PanelKind> = dashboard.panels.iter().map(|panel| panel.kind).collect();
    let panels = dashboard.panels.iter().zip(places(&kinds)).enumerate();
    json::Dashboard {
        id: None,
        uid: dashboard.name.as_str(),
        title: &dashboard.title,
        tags: vec![model.name.as_str()],
        editable: false,
        schema_version: 41,
        version: 1,
        timezone: "browser",
        refresh: dashboard.refresh.prometheus(),
        time: json::Time {
            from: format!("now-{}", dashboard.window.prometheus()),
            to: "now".to_owned(),
        },
        annotations: json::List::default(),
        links: Vec::new(),
        templating: json::List {
            list: vec![json::Variable {
                name: "datasource",
                label: "Data source",
                kind: "datasource",
                query: "prometheus",
                current: json::Current { text: "Prometheus", value: "prometheus" },
            }],
        },
        panels: panels.map(|(index, (panel, place))| drawn(index, panel, place)).collect(),
    }
}

fn drawn(index: usize, panel: &Panel, place: json::Place) -> json::Panel<'_> {
    let instant = panel.kind != PanelKind::Graph;
    let targets = panel.queries.iter().enumerate().map(|(index, (legend, expr))| json::Target {
        reference: reference(index),
        datasource: DATASOURCE,
        expr,
        legend,
        instant,
        range: !instant,
    });
    json::Panel {
        id: index + 1,
        kind: match panel.kind {
            PanelKind::Graph => "timeseries",
            PanelKind::Stat | PanelKind::Status => "stat",
            PanelKind::Gauge => "gauge",
        },
        title: &panel.title,
        description: &panel.about,
        place,
        datasource: DATASOURCE,
        targets: targets.collect(),
        field_config: json::FieldConfig { defaults: defaults(panel), overrides: Vec::new() },
        options: options(panel.kind),
    }
}

/// The id of a query within its panel: `A`, `B`, … `Z`, `A1`.
fn reference(index: usize) -> Cow<'static, str> {
    let letter = &"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[index % 26..=index % 26];
    if index < 26 { letter.into() } else { format!("{letter}{}", index / 26).into() }
}

fn defaults(panel: &Panel) -> json::Defaults<'_> {
    let thresholds = match panel.kind {
        PanelKind::Status => Some(Thresholds { warning: 1.0, critical: 0.0 }),
        _ => panel.thresholds,
    };
    let share = panel.kind == PanelKind::Gauge && panel.unit == "percentunit";
    json::Defaults {
        unit: if panel.kind == PanelKind::Status { "none" } else { &panel.unit },
        min: (panel.kind != PanelKind::Stat).then_some(0.0),
        max: share.then_some(1.0),
        color: json::Color {
            mode: if panel.kind == PanelKind::Graph { "palette-classic" } else { "thresholds" },
        },
        thresholds: json::Steps { mode: "absolute", steps: steps(panel.kind, thresholds) },
        mappings: if panel.kind == PanelKind::Status {
            vec![json::Mapping::up_or_down()]
        } else {
            Vec::new()
        },
    }
}

/// The colours from the lowest value up; the first has no value, which Grafana reads as minus infinity.
fn steps(kind: PanelKind, thresholds: Option<Thresholds>) -> Vec<json::Step> {
    let step = |color, value| json::Step { color, value };
    match (kind, thresholds) {
        (PanelKind::Status, _) => vec![step("red", None), step("green", Some(1.0))],
        (_, None) => vec![step("green", None)],
        (_, Some(bad)) if bad.critical < bad.warning => vec![
            step("red", None),
            step("orange", Some(bad.critical)),
            step("green", Some(bad.warning)),
        ],
        (_, Some(bad)) => vec![
            step("green", None),
            step("orange", Some(bad.warning)),
            step("red", Some(bad.critical)),
        ],
    }
}

fn options(kind: PanelKind) -> json::Options {
    match kind {
        PanelKind::Graph => json::Options {
            legend: Some(json::Legend { mode: "list", placement: "bottom", show: true }),
            tooltip: Some(json::Tooltip { mode: "multi", sort: "desc" }),
            reduce: None,
            color_mode: None,
        },
        PanelKind::Stat | PanelKind::Status | PanelKind::Gauge => json::Options {
            legend: None,
            tooltip: None,
            reduce: Some(json::Reduce { calcs: vec!["lastNotNull"], fields: "", values: false }),
            color_mode: match kind {
                PanelKind::Gauge => None,
                PanelKind::Status => Some("background"),
                _ => Some("value"),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::reference;

    #[test]
    fn queries_have_ids_of_their_own() {
        assert_eq!([0, 25, 26, 52].map(reference), ["A", "Z", "A1", "A2"]);
    }
}

//! Mirrors a dashboard as Grafana stores it, as typed structs in output order
//! (grafana, "JSON model", and packages/grafana-schema/src/raw/dashboard).

use std::borrow::Cow;

use serde::Serialize;

/// A dashboard.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dashboard<'a> {
    /// Nothing: Grafana's database gives it one.
    pub(super) id: Option<u32>,
    pub(super) uid: &'a str,
    pub(super) title: &'a str,
    pub(super) tags: Vec<&'a str>,
    pub(super) editable: bool,
    pub(super) schema_version: u32,
    pub(super) version: u32,
    pub(super) timezone: &'static str,
    pub(super) refresh: String,
    pub(super) time: Time,
    pub(super) annotations: List<()>,
    pub(super) links: Vec<()>,
    pub(super) templating: List<Variable>,
    pub(super) panels: Vec<Panel<'a>>,
}

/// What the dashboard looks at when it is opened.
#[derive(Debug, Serialize)]
pub(super) struct Time {
    pub(super) from: String,
    pub(super) to: String,
}

/// A list in an object of its own.
#[derive(Debug, Serialize)]
pub(super) struct List<T> {
    pub(super) list: Vec<T>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { list: Vec::new() }
    }
}

/// A choice at the top of the dashboard.
#[derive(Debug, Serialize)]
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) query: &'static str,
    pub(super) current: Current,
}

/// What is chosen at first.
#[derive(Debug, Serialize)]
pub(super) struct Current {
    pub(super) text: &'static str,
    pub(super) value: &'static str,
}

/// A panel.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Panel<'a> {
    pub(super) id: usize,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) description: &'a str,
    #[serde(rename = "gridPos")]
    pub(super) place: Place,
    pub(super) datasource: Datasource,
    pub(super) targets: Vec<Target<'a>>,
    pub(super) field_config: FieldConfig<'a>,
    pub(super) options: Options,
}

/// Where a panel stands on the grid.
#[derive(Debug, Serialize)]
pub(super) struct Place {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) w: u32,
    pub(super) h: u32,
}

/// Where a query is answered.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Datasource {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) uid: &'static str,
}

/// A query.
#[derive(Debug, Serialize)]
pub(super) struct Target<'a> {
    #[serde(rename = "refId")]
    pub(super) reference: Cow<'static, str>,
    pub(super) datasource: Datasource,
    pub(super) expr: &'a str,
    #[serde(rename = "legendFormat", skip_serializing_if = "str::is_empty")]
    pub(super) legend: &'a str,
    pub(super) instant: bool,
    pub(super) range: bool,
}

/// How values are shown.
#[derive(Debug, Serialize)]
pub(super) struct FieldConfig<'a> {
    pub(super) defaults: Defaults<'a>,
    pub(super) overrides: Vec<()>,
}

/// How all values of a panel are shown.
#[derive(Debug, Serialize)]
pub(super) struct Defaults<'a> {
    pub(super) unit: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max: Option<f64>,
    pub(super) color: Color,
    pub(super) thresholds: Steps,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) mappings: Vec<Mapping>,
}

/// What gives a value its colour.
#[derive(Debug, Serialize)]
pub(super) struct Color {
    pub(super) mode: &'static str,
}

/// Colours by value.
#[derive(Debug, Serialize)]
pub(super) struct Steps {
    pub(super) mode: &'static str,
    pub(super) steps: Vec<Step>,
}

/// A colour from a value on.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    pub(super) color: &'static str,
    pub(super) value: Option<f64>,
}

/// Words in place of values.
#[derive(Debug, Serialize)]
pub(super) struct Mapping {
    #[serde(rename = "type")]
    kind: &'static str,
    options: UpOrDown,
}

#[derive(Debug, Serialize)]
struct UpOrDown {
    #[serde(rename = "0")]
    down: Word,
    #[serde(rename = "1")]
    up: Word,
}

#[derive(Debug, Serialize)]
struct Word {
    text: &'static str,
    index: u32,
}

impl Mapping {
    /// `up` for 1 and `down` for 0.
    pub(super) fn up_or_down() -> Self {
        let options =
            UpOrDown { down: Word { text: "down", index: 0 }, up: Word { text: "up", index: 1 } };
        Self { kind: "value", options }
    }
}

/// What else a kind of panel wants to know.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) legend: Option<Legend>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tooltip: Option<Tooltip>,
    #[serde(rename = "reduceOptions", skip_serializing_if = "Option::is_none")]
    pub(super) reduce: Option<Reduce>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) color_mode: Option<&'static str>,
}

/// The list of lines.
#[derive(Debug, Serialize)]
pub(super) struct Legend {
    #[serde(rename = "displayMode")]
    pub(super) mode: &'static str,
    pub(super) placement: &'static str,
    #[serde(rename = "showLegend")]
    pub(super) show: bool,
}

/// What is shown under the pointer.
#[derive(Debug, Serialize)]
pub(super) struct Tooltip {
    pub(super) mode: &'static str,
    pub(super) sort: &'static str,
}

/// How many values become one.
#[derive(Debug, Serialize)]
pub(super) struct Reduce {
    pub(super) calcs: Vec<&'static str>,
    pub(super) fields: &'static str,
    pub(super) values: bool,
}

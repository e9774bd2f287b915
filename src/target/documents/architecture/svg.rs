//! Lays out the picture of a system: a column for each layer, boxes below each other, lines between their sides.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

use crate::model::Model;
use crate::model::service::Service;
use crate::target::documents::architecture::{Layer, direct, routed};

const WIDTH: usize = 200;
const HEIGHT: usize = 52;
const GAP: usize = 22;
/// Between two columns: room for the lines.
const LANE: usize = 130;
const MARGIN: usize = 24;
const TOP: usize = 72;

/// What the picture is rendered from.
#[derive(Serialize)]
pub(in crate::target::documents) struct Picture {
    header: String,
    title: String,
    width: usize,
    height: usize,
    columns: Vec<Column>,
    boxes: String,
    lines: String,
}

/// The title of a column.
#[derive(Serialize)]
struct Column {
    title: &'static str,
    x: usize,
}

/// What the boxes of a column say: name, then what stands below.
type Entries<'a> = Vec<(Cow<'a, str>, String)>;

/// Where a box lies.
#[derive(Debug, Clone)]
struct Spot<'a> {
    name: Cow<'a, str>,
    column: usize,
    x: usize,
    y: usize,
}

/// The picture of an environment.
pub(in crate::target::documents) fn picture(model: &Model, header: &str) -> Picture {
    let mut columns: Vec<(&str, &str, Entries<'_>)> = Vec::new();
    let hosts = model.edge.iter().flat_map(|edge| &edge.sites);
    let hosts = hosts.map(|site| (format!("host {}", site.host).into(), String::new())).collect();
    columns.push(("Hosts", "host", hosts));
    for (layer, class) in
        [(Layer::Edge, "edge"), (Layer::Programs, "program"), (Layer::Data, "data")]
    {
        columns.push((layer.title(), class, of_layer(model, layer)));
    }
    let outside = model.externals.iter().map(|(name, external)| {
        (format!("outside {name}").into(), format!("{}:{}", external.host, external.port))
    });
    columns.push(("Outside", "outside", outside.collect()));
    columns.push((Layer::Watching.title(), "watching", of_layer(model, Layer::Watching)));
    columns.retain(|(_, _, boxes)| !boxes.is_empty());
    let (mut spots, mut boxes, mut titles) = (Vec::new(), String::new(), Vec::new());
    for (column, (title, class, entries)) in columns.into_iter().enumerate() {
        let x = MARGIN + column * (WIDTH + LANE);
        titles.push(Column { title, x: x + WIDTH / 2 });
        for (row, (name, about)) in entries.into_iter().enumerate() {
            let y = TOP + row * (HEIGHT + GAP);
            draw(&mut boxes, class, (x, y), (&name, &about));
            spots.push(Spot { name, column, x, y });
        }
    }
    Picture {
        header: header.replace("--", "- -"),
        title: xml(&format!("{} in {}", model.name, model.environment.name)).into_owned(),
        width: spots.iter().map(|spot| spot.x).max().unwrap_or(0) + WIDTH + LANE / 2 + MARGIN,
        height: spots.iter().map(|spot| spot.y).max().unwrap_or(0) + HEIGHT + MARGIN,
        columns: titles,
        lines: paths(model, &spots),
        boxes,
    }
}

fn of_layer(model: &Model, layer: Layer) -> Entries<'_> {
    let services = model.services.values().filter(|one| Layer::of(one) == layer);
    services.map(|service| (service.name.as_str().into(), about(service))).collect()
}

/// The ports and networks of a service.
fn about(service: &Service) -> String {
    let mut about = service.port().map(|port| format!(":{port}")).unwrap_or_default();
    for network in &service.networks {
        about.push_str(if about.is_empty() { "" } else { " " });
        about.push_str(network.as_str());
    }
    about
}

/// Writes a box.
fn draw(out: &mut String, class: &str, (x, y): (usize, usize), (name, about): (&str, &str)) {
    let shown = name.strip_prefix("host ").or(name.strip_prefix("outside ")).unwrap_or(name);
    let (middle, height) = (x + WIDTH / 2, if about.is_empty() { HEIGHT / 2 + 5 } else { 22 });
    let (first, second) = (y + height, y + 40);
    let (name, about) = (cut(shown, 26), cut(about, 34));
    let (name, about) = (xml(&name), xml(&about));
    let _ = write!(
        out,
        "  <rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n  \
         <text x=\"{middle}\" y=\"{first}\">{name}</text>\n"
    );
    if !about.is_empty() {
        let place = format_args!("x=\"{middle}\" y=\"{second}\"");
        let _ = writeln!(out, "  <text class=\"small\" {place}>{about}</text>");
    }
}

/// The lines of an environment.
fn paths(model: &Model, spots: &[Spot<'_>]) -> String {
    let find = |name: &str| spots.iter().find(|spot| spot.name == name);
    let mut out = String::new();
    let mut add = |class, from: &str, to: &str, about: &str| {
        if let (Some(one), Some(other)) = (find(from), find(to)) {
            let about = format!("{from} to {to} {about}");
            let about = xml(&about);
            let curve = curve(one, other);
            let _ = writeln!(
                out,
                "  <path class=\"{class}\" d=\"{curve}\"><title>{about}</title></path>"
            );
        }
    };
    if let Some(edge) = &model.edge {
        for site in &edge.sites {
            add("route", &format!("host {}", site.host), edge.service.as_str(), "");
        }
    }
    for (from, to, label) in routed(model) {
        add("route", from.as_str(), to.as_str(), &label);
    }
    for (from, to, label) in direct(model) {
        add("flow", from.as_str(), to.as_str(), &label);
    }
    for service in model.services.values().filter(|one| Layer::of(one) != Layer::Watching) {
        for name in &service.egress {
            add("way-out", service.name.as_str(), &format!("outside {name}"), "");
        }
    }
    out
}

/// From the right side of a box to the left side of another; within a column from right side to right side.
fn curve(from: &Spot<'_>, to: &Spot<'_>) -> String {
    let (start_y, end_y) = (from.y + HEIGHT / 2, to.y + HEIGHT / 2);
    let right = |spot: &Spot<'_>| spot.x + WIDTH;
    match from.column.cmp(&to.column) {
        std::cmp::Ordering::Less => {
            let (start, end) = (right(from), to.x);
            let bend = LANE / 2;
            format!(
                "M{start},{start_y} C{},{start_y} {},{end_y} {end},{end_y}",
                start + bend,
                end - bend
            )
        }
        std::cmp::Ordering::Equal => {
            let side = right(from);
            let bend = side + LANE / 3 + 4 * (from.y.abs_diff(to.y) / (HEIGHT + GAP));
            format!("M{side},{start_y} C{bend},{start_y} {bend},{end_y} {side},{end_y}")
        }
        std::cmp::Ordering::Greater => {
            let (start, end) = (from.x, right(to));
            let bend = LANE / 2;
            format!(
                "M{start},{start_y} C{},{start_y} {},{end_y} {end},{end_y}",
                start - bend,
                end + bend
            )
        }
    }
}

/// A text of a width that fits its box.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most || text.chars().count() <= most {
        return text.into();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// A text within an element (XML 1.0, section 2.4).
fn xml(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return text.into();
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;").into()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{Spot, curve, cut, xml};

    #[test]
    fn texts_stay_in_their_box() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abcd", 4), "abcd");
        assert_eq!(xml("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
    }

    #[test]
    fn lines_leave_and_arrive_at_sides() {
        let spot = |column, x, y| Spot { name: Cow::Borrowed(""), column, x, y };
        let (left, right, below) = (spot(0, 0, 0), spot(1, 330, 0), spot(0, 0, 74));
        assert!(
            curve(&left, &right).starts_with("M200,26 ")
                && curve(&left, &right).ends_with("330,26")
        );
        assert!(
            curve(&right, &left).starts_with("M330,26 ")
                && curve(&right, &left).ends_with("200,26")
        );
        assert!(curve(&left, &below).ends_with("200,100"));
    }
}

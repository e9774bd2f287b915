//! Turns a system into a picture of what runs and who talks to whom, in the language of Mermaid.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use crate::model::Model;
use crate::target::documents::architecture::{Layer, direct, routed};
use crate::value::Name;

/// The picture in the language of Mermaid (mermaid.js.org, "Flowcharts - Basic Syntax").
pub(super) fn mermaid(model: &Model) -> String {
    let id = |name: &Name| model.services.get_index_of(name).map_or(0, |index| index + 1);
    let mut out = "flowchart LR".to_owned();
    let mut line = |line: fmt::Arguments<'_>| {
        let _ = write!(out, "\n{line}");
    };
    for layer in Layer::ALL {
        let mut services = model.services.values().filter(|one| Layer::of(one) == layer).peekable();
        if services.peek().is_none() {
            continue;
        }
        let group = id_of(layer);
        line(format_args!("  subgraph {group} [\"{}\"]", layer.title()));
        for service in services {
            let port = service.port().map(|port| format!(":{port}")).unwrap_or_default();
            let (id, name) = (id(&service.name), &service.name);
            let (open, close) = if layer == Layer::Data { ("[(", ")]") } else { ("[", "]") };
            line(format_args!("    s{id}{open}\"{name}{port}\"{close}"));
        }
        line(format_args!("  end"));
    }
    let mut hosts = 0;
    for site in model.edge.iter().flat_map(|edge| &edge.sites) {
        hosts += 1;
        let edge = model.edge.as_ref().map_or(0, |edge| id(&edge.service));
        line(format_args!("  h{hosts}([\"{}\"]) --> s{edge}", quoted(site.host.as_str())));
    }
    for (from, to, label) in routed(model).into_iter().chain(direct(model)) {
        line(format_args!("  s{} -->|\"{}\"| s{}", id(from), quoted(&label), id(to)));
    }
    for (index, (name, external)) in model.externals.iter().enumerate() {
        let callers = model.services.values().filter(|service| service.egress.contains(name));
        for service in callers {
            let label = format!("{}:{}", external.host, external.port);
            let label = quoted(&label);
            let (number, caller) = (index + 1, id(&service.name));
            line(format_args!("  s{caller} -.-> x{number}{{{{\"{label}\"}}}}"));
        }
    }
    out
}

fn id_of(layer: Layer) -> &'static str {
    match layer {
        Layer::Edge => "way_in",
        Layer::Programs => "programs",
        Layer::Data => "data",
        Layer::Watching => "watching",
    }
}

/// A text in quotation marks of Mermaid, whose entities begin with `#` (mermaid.js.org, "Entity codes to escape
/// characters").
fn quoted(text: &str) -> Cow<'_, str> {
    if !text.contains(['#', '"', '<', '>']) {
        return text.into();
    }
    let text =
        text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;");
    text.into()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_text_ends_its_quotation() {
        assert_eq!(quoted("/a\"b<c>#d"), "/a#quot;b#lt;c#gt;#35;d");
    }
}

//! Finds servers that are asked for more connections than they take.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::pool::Demand;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::Span;

/// All pools together are larger than what the server takes.
pub(super) fn too_large(view: &View<'_>, found: &mut Findings<'_>) {
    let demands = view.model.demands(&|name| view.model.proposed(name));
    for demand in demands.iter().filter(|demand| demand.is_too_large()) {
        let takes = format!("takes {}", demand.limit);
        let mut diagnostic = Diagnostic::error(Code::PoolTooLarge, demand.message())
            .at(limit(view, demand), takes)
            .help(demand.help());
        for holder in &demand.holders {
            let name = &holder.service.name;
            let place = view.service(name, &format!("/needs/{}/pool", demand.server.name));
            diagnostic = diagnostic.at(place, holder.words());
        }
        found.push_unless_waived(&demand.server.name, diagnostic);
    }
}

/// Where the limit is written; the component, where it is its own.
fn limit(view: &View<'_>, demand: &Demand<'_>) -> Span {
    let (name, parameter) = (&demand.server.name, &demand.connections.parameter);
    let written = view.blueprint.services.get(name);
    if written.is_some_and(|service| service.with.contains_key(parameter)) {
        return view.service(name, &format!("/with/{parameter}"));
    }
    view.service(name, "/uses")
}

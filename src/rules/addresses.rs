//! Finds addresses that are written out as text, where no service answers.

use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::model::variable::Origin;
use crate::model::{Model, Text, naming};
use crate::proof::address::{self, Address};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::Span;

/// A host without a dot can only be a service: one that is none, or a port that it does not listen on.
pub(super) fn unanswered(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, written) in &view.blueprint.services {
        let Some(service) = view.model.services.get(name) else { continue };
        for variable in written.environment.keys() {
            let Some(text) = service.environment.get(variable) else { continue };
            let place = view.service(name, &format!("/environment/{variable}"));
            look(view.model, &format!("`{name}`"), text, place, found);
        }
        for (index, word) in service.command.iter().enumerate() {
            if written.command.is_some() {
                let place = view.service(name, &format!("/command/{index}"));
                look(view.model, &format!("`{name}`"), word, place, found);
            }
        }
    }
    for group in &view.model.groups {
        for variable in &group.variables {
            let (key, text) = match &variable.origin {
                Origin::Fixed(text) => ("fixed", text.clone()),
                Origin::Operator { default: Some(default), .. } => {
                    ("default", Text::literal(default))
                }
                Origin::Operator { default: None, .. } => continue,
            };
            let at = format!("/variables/{}/{}/{key}", group.name, variable.name);
            let who = format!("`{}`", variable.name);
            look(view.model, &who, &text, view.locator.value(&at), found);
        }
    }
}

fn look(model: &Model, who: &str, text: &Text, place: Span, found: &mut Findings<'_>) {
    // What the operator sets is a control character, which no host holds.
    let text = text.render(str::to_owned, |_| "\u{1}".to_owned());
    address::each(&text, &mut |address| {
        if let Some(diagnostic) = unmet(model, who, &address, place) {
            found.push(diagnostic);
        }
    });
}

fn unmet(model: &Model, who: &str, address: &Address<'_>, place: Span) -> Option<Diagnostic> {
    let host = address.host;
    let service = model.services.iter().find_map(|(name, service)| {
        (name.as_str() == host || naming::replicas_host(name) == host).then_some(service)
    });
    let Some(service) = service else {
        let externals = model.externals.values().map(|external| external.host.to_string());
        if externals.into_iter().any(|known| known == host) {
            return None;
        }
        let found = Diagnostic::error(
            Code::DanglingReference,
            format!("{who} is given the address of `{host}`, and nothing has that name"),
        )
        .at(place, "no service and no external answers there");
        return Some(
            match suggest::nearest(host, model.services.keys().map(|name| name.as_str())) {
                Some(near) => {
                    found.help(format!("did you mean `{near}`? `${{{near}.url}}` follows it"))
                }
                None => found.help("what lies outside is declared under `external`"),
            },
        );
    };
    let port = address.port.filter(|port| !service.ports.values().any(|known| known == port))?;
    let known: Vec<String> = service.ports.values().map(ToString::to_string).collect();
    let help = match known.as_slice() {
        [] => format!("give `{host}` a `port`"),
        known => format!("it listens on {}: `${{{host}.port}}` follows it", known.join(", ")),
    };
    let message = format!("{who} is given port {port} of `{host}`, which does not listen there");
    Some(Diagnostic::error(Code::DanglingReference, message).at(place, "").help(help))
}

//! Finds addresses that are written out as text, where no service answers.

use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::model::{External, Model, Service, naming};
use crate::proof::address::{self, Address};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::Span;
use crate::value::Name;

/// A host without a dot can only be a service: one that is none, or a port that it does not listen on. What a
/// reference puts in is there, so that hosts are looked for in what is written, and ports in what becomes of it.
pub(super) fn unanswered(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, written) in &view.blueprint.services {
        let Some(service) = view.model.services.get(name) else { continue };
        let who = name.as_str();
        for (variable, raw) in &written.environment {
            let Some(text) = service.environment.get(variable) else { continue };
            let place = || view.service(name, &format!("/environment/{variable}"));
            let text = text.render(Into::into, |_| "\u{1}".to_owned());
            look(view.model, who, (&raw.0, &text), &place, found);
        }
        for (parameter, text) in &written.with {
            let place = || view.service(name, &format!("/with/{parameter}"));
            look(view.model, who, (&text.0, &text.0), &place, found);
        }
        for (index, word) in written.command.iter().flatten().enumerate() {
            let place = || view.service(name, &format!("/command/{index}"));
            look(view.model, who, (&word.0, &word.0), &place, found);
        }
    }
    for (group, variables) in &view.blueprint.variables {
        for (name, variable) in variables {
            let fixed = variable.fixed.as_ref().map(|text| ("fixed", &text.0));
            let default = variable.default.as_ref().map(|text| ("default", &text.0));
            for (key, text) in fixed.into_iter().chain(default) {
                let place = || view.locator.value(&format!("/variables/{group}/{name}/{key}"));
                look(view.model, name.as_str(), (text, text), &place, found);
            }
        }
    }
}

fn look(
    model: &Model,
    who: &str,
    (written, text): (&str, &str),
    place: &dyn Fn() -> Span,
    found: &mut Findings<'_>,
) {
    let mut told = None;
    address::each(written, &mut |address| {
        told = told.take().or_else(|| nobody(model, who, &address, place));
    });
    address::each(text, &mut |address| {
        told = told.take().or_else(|| closed(model, who, &address, place));
    });
    if let Some(diagnostic) = told {
        found.push(diagnostic);
    }
}

fn service<'a>(model: &'a Model, host: &str) -> Option<&'a Service> {
    model.services.iter().find_map(|(name, service)| {
        (name.as_str() == host || naming::replicas_host(name) == host).then_some(service)
    })
}

fn nobody(
    model: &Model,
    who: &str,
    address: &Address<'_>,
    place: &dyn Fn() -> Span,
) -> Option<Diagnostic> {
    let host = address.host;
    let outside = |external: &External| external.host.to_string() == host;
    if service(model, host).is_some() || model.externals.values().any(outside) {
        return None;
    }
    let found = Diagnostic::error(
        Code::DanglingReference,
        format!("`{who}` is given the address of `{host}`, and nothing has that name"),
    )
    .at(place(), "no service and no external answers there");
    let names = model.services.keys().map(Name::as_str);
    Some(match suggest::nearest(host, names) {
        Some(near) => found.help(format!("did you mean `{near}`? `${{{near}.url}}` follows it")),
        None => found.help("what lies outside is declared under `external`"),
    })
}

fn closed(
    model: &Model,
    who: &str,
    address: &Address<'_>,
    place: &dyn Fn() -> Span,
) -> Option<Diagnostic> {
    let host = address.host;
    let ports = &service(model, host)?.ports;
    let port = address.port.filter(|port| !ports.values().any(|known| known == port))?;
    let known: Vec<String> = ports.values().map(ToString::to_string).collect();
    let help = match known.as_slice() {
        [] => format!("give `{host}` a `port`"),
        known => format!("it listens on {}: `${{{host}.port}}` follows it", known.join(", ")),
    };
    let message = format!("`{who}` is given port {port} of `{host}`, which does not listen there");
    Some(Diagnostic::error(Code::DanglingReference, message).at(place(), "").help(help))
}

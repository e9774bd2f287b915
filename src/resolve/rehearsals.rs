//! Turns what stands beside tests, and what programs read, into the very variables by which tests find it.

use crate::map::{IndexMap, IndexSet};
use crate::model::Text;
use crate::model::pipeline::{Beside, Built};
use crate::model::service::Service;
use crate::resolve::parts::Part;
use crate::resolve::scope::{Ports, Resolved, Scope};
use crate::resolve::services::environment::{Said, said};
use crate::value::{Name, VariableName};

/// Fills in what runs beside tests, and of each program that is built the variables that lead there.
pub(super) fn rehearsals(
    scope: &Scope<'_>,
    services: &IndexMap<Name, Service>,
    builds: &mut [Built],
) -> Vec<Beside> {
    let ports = ports(scope, services);
    let there = Scope { beside: Some(&ports), ..*scope };
    let mut found: Vec<Beside> =
        services.values().filter_map(|service| beside(&there, service)).collect();
    let theirs = found.iter().flat_map(|one| one.environment.values().chain(&one.prepare));
    let theirs: IndexSet<VariableName> = theirs.flat_map(Text::variables).cloned().collect();
    for build in builds {
        let Some(part) = scope.parts.get(&build.service) else { continue };
        for (name, resolved) in read(&there, &build.service, part) {
            let leads_there = !resolved.beside.is_empty()
                || resolved.text.variables().any(|name| theirs.contains(name));
            // What is read from a file is left out: there is none.
            if !leads_there || !resolved.files.is_empty() || resolved.absent {
                continue;
            }
            for one in &mut found {
                let named = resolved.reached.get(&one.service).into_iter().flatten();
                let all = ports.get(&one.service);
                let open = named.filter_map(|port| Some((*port, *all?.get(port)?)));
                one.ports.extend(open);
            }
            build.rehearsed.insert(name.clone(), resolved.text);
        }
        build.rehearsed.sort_unstable_keys();
    }
    for one in &mut found {
        one.ports.sort_unstable_keys();
    }
    found
}

/// The port of the machine for each port of what stands beside tests: its own, unless another has that.
fn ports(scope: &Scope<'_>, services: &IndexMap<Name, Service>) -> IndexMap<Name, Ports> {
    let mut taken = IndexSet::default();
    let mut all: IndexMap<Name, Ports> = IndexMap::default();
    for service in services.values().filter(|service| rehearsal(scope, service).is_some()) {
        let free = |port: &u16| {
            let free = (*port..=u16::MAX).find(|one| !taken.contains(one)).unwrap_or(*port);
            taken.insert(free);
            (*port, free)
        };
        all.insert(service.name.clone(), service.ports.values().map(free).collect());
    }
    all
}

fn rehearsal<'a>(
    scope: &Scope<'a>,
    service: &Service,
) -> Option<&'a crate::catalog::checks::Rehearsal> {
    service.port()?;
    scope.parts.get(&service.name)?.entry.as_ref()?.rehearsal.as_ref()
}

fn beside(there: &Scope<'_>, service: &Service) -> Option<Beside> {
    let rehearsal = rehearsal(there, service)?;
    // A catalogue's texts are tried by its tests.
    let text = |raw| there.resolve(raw, Some(&service.name)).unwrap_or_default().text;
    let first = service.port()?;
    let host = *there.beside?.get(&service.name)?.get(&first)?;
    Some(Beside {
        service: service.name.clone(),
        image: service.image.clone(),
        ports: std::iter::once((first, host)).collect(),
        environment: rehearsal
            .environment
            .iter()
            .map(|(name, raw)| (name.clone(), text(raw)))
            .collect(),
        prepare: rehearsal.prepare.iter().map(text).collect(),
        health: rehearsal.health.clone(),
    })
}

/// What a program reads, as it is beside tests; what is faulty is told elsewhere.
fn read<'a>(there: &Scope<'a>, name: &Name, part: &'a Part) -> Vec<(&'a VariableName, Resolved)> {
    let one = |(variable, said): (&'a VariableName, Said<'a>)| {
        let resolved = match said {
            Said::Component(raw) | Said::Author(raw) => there.resolve(raw, Some(name)).ok()?,
            Said::Fixed(raw) => there.resolve(raw, None).ok()?,
            Said::Operator => {
                Resolved { text: Text::variable(variable.clone()), ..Resolved::default() }
            }
        };
        Some((variable, resolved))
    };
    said(there, part).into_iter().filter_map(one).collect()
}

//! Finds services that could not start, or would start without what they need.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::blueprint::reference;
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::model::Service;
use crate::model::circles::Circles;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::{Span, pointer};
use crate::value::Name;

/// An environment without services. It compiles, since services may be added one by one; nothing can be started.
pub(super) fn nothing_runs(view: &View<'_>, found: &mut Findings<'_>) {
    if !view.model.services.is_empty() {
        return;
    }
    let locator = view.locator;
    let place = locator.entry("/services").unwrap_or_else(|| locator.key("/name"));
    let environment = &view.model.environment.name;
    found.push(
        Diagnostic::warning(
            Code::NothingToRun,
            format!("nothing runs in `{environment}`: it has no services"),
        )
        .at(place, "")
        .help("add one: `formwork add service`, or `services: { api: { image: … } }`"),
    );
}

/// Services that wait for each other in a circle: of each, the shortest circle, unless it was told for another.
pub(super) fn dependency_cycle(view: &View<'_>, found: &mut Findings<'_>) {
    let circles = Circles::of(&view.model.services);
    let mut told: BTreeSet<&Name> = BTreeSet::new();
    for name in view.model.services.keys() {
        if told.contains(name) {
            continue;
        }
        let Some(circle) = circle(view, &circles, name) else { continue };
        told.extend(circle.iter().copied());
        let way: Vec<String> =
            circle.iter().chain(circle.first()).map(|name| format!("`{name}`")).collect();
        let message = match circle.as_slice() {
            [only] => format!("`{only}` needs itself"),
            _ => format!("services wait for each other in a circle: {}", way.join(" → ")),
        };
        let mut diagnostic = Diagnostic::error(Code::DependencyCycle, message);
        let next = circle.iter().cycle().skip(1);
        for (from, to) in circle.iter().zip(next) {
            let place = need(view, from, to);
            diagnostic = diagnostic.at(place, format!("`{from}` waits for `{to}`"));
        }
        found.push(match circle.as_slice() {
            [_] => diagnostic.help("remove it from its own `needs`"),
            _ => diagnostic.help(format!(
                "mark the need that can wait as optional, for instance `needs: [\"{}?\"]` in `{}`",
                circle[0],
                circle[circle.len() - 1]
            )),
        });
    }
}

/// The shortest circle that leads from a service back to it.
fn circle<'a>(view: &View<'a>, circles: &Circles<'_>, start: &'a Name) -> Option<Vec<&'a Name>> {
    let mut came_from: BTreeMap<&Name, &Name> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(name) = open.pop_front() {
        let service = view.model.services.get(name)?;
        for after in service.after.iter().filter(|after| circles.close(start, &after.service)) {
            if after.service == *start {
                let mut way = vec![name];
                while let Some(before) = way.last().and_then(|last| came_from.get(last)) {
                    way.push(before);
                }
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(&after.service) {
                came_from.insert(&after.service, name);
                open.push_back(&after.service);
            }
        }
    }
    None
}

/// Where a service says that it needs another.
fn need(view: &View<'_>, from: &Name, to: &Name) -> Span {
    view.service(from, &format!("/needs/{to}"))
}

/// A route that leads to a service which does not run here.
pub(super) fn route_under_profile(view: &View<'_>, found: &mut Findings<'_>) {
    for (host, routes) in &view.blueprint.routes {
        for (path, route) in routes {
            let Some(service) = view.model.services.get(&route.to) else { continue };
            let Some(profile) = service.profile.as_ref().filter(|_| !view.model.is_on(service))
            else {
                continue;
            };
            let at = pointer::push(&pointer::push("/routes", host), path);
            let (to, environment) = (&route.to, &view.model.environment.name);
            let message = format!(
                "a route leads to `{to}`, which runs only with the profile `{profile}`, off in `{environment}`"
            );
            found.push(
                Diagnostic::warning(Code::RouteUnderProfile, message)
                    .at(view.locator.value(&format!("{at}/to")), "the edge would answer with an error")
                    .at(view.service(to, "/profile"), format!("`{to}` runs with `{profile}` only"))
                    .help(format!("add `{profile}` to the `profiles` of `{environment}`, or leave it to those who start it with `--profile {profile}`")),
            );
        }
    }
}

/// A service that always runs and needs one that does not.
pub(super) fn need_under_profile(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, written) in &view.blueprint.services {
        let Some(service) = view.model.services.get(name) else { continue };
        for (needed, how) in &written.needs {
            let Some(target) = view.model.services.get(needed) else { continue };
            let Some(profile) = &target.profile else { continue };
            if how.optional || service.profile == target.profile || view.model.is_on(target) {
                continue;
            }
            found.push(
                Diagnostic::error(
                    Code::NeedUnderProfile,
                    format!("`{name}` needs `{needed}`, which runs under the profile `{profile}` only"),
                )
                .at(need(view, name, needed), "needed whenever this runs")
                .at(view.service(needed, "/profile"), "runs only where this profile is on")
                .help(format!(
                    "write `\"{needed}?\"` if `{name}` works without it, or give `{name}` the same profile"
                )),
            );
        }
    }
}

/// A service that reads the address of another without naming it under `needs`.
pub(super) fn undeclared_need(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, written) in &view.blueprint.services {
        let own = written
            .environment
            .iter()
            .map(|(key, text)| (text, view.service(name, &format!("/environment/{key}"))));
        let read = written.variables.iter().flat_map(|group| {
            let variables = view.blueprint.variables.get(group).into_iter().flatten();
            variables.filter_map(move |(key, variable)| {
                let place = view.locator.value(&format!("/variables/{group}/{key}/fixed"));
                Some((variable.fixed.as_ref()?, place))
            })
        });
        for (text, place) in own.chain(read) {
            for owner in reference::owners(&text.0) {
                let known = view.model.services.contains_key(owner)
                    || view.blueprint.external.contains_key(owner);
                if !known || owner == name.as_str() || written.needs.contains_key(owner) {
                    continue;
                }
                found.push(
                    Diagnostic::warning(
                        Code::UndeclaredNeed,
                        format!("`{name}` reads the address of `{owner}`, but does not need it"),
                    )
                    .at(place, "refers to it here")
                    .at(view.service(name, ""), "has no need of that name")
                    .help(format!("add `{owner}` to the `needs` of `{name}`; networks and policies follow from there")),
                );
            }
        }
    }
}

/// A profile that an environment turns on and no service has.
pub(super) fn unknown_profile(view: &View<'_>, found: &mut Findings<'_>) {
    let environment = &view.model.environment;
    let known: BTreeSet<&Name> = view
        .model
        .services
        .values()
        .filter_map(|service: &Service| service.profile.as_ref())
        .collect();
    for (index, profile) in environment.profiles.iter().enumerate() {
        if known.contains(profile) {
            continue;
        }
        let at = format!("/environments/{}/profiles/{index}", environment.name);
        let diagnostic = Diagnostic::error(
            Code::UnknownProfile,
            format!("no service has the profile `{profile}`"),
        )
        .at(view.locator.value(&at), "turned on here");
        found.push(
            match suggest::nearest(profile.as_str(), known.iter().map(|name| name.as_str())) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None if known.is_empty() => {
                    diagnostic.help("no service has a profile: remove the line")
                }
                None => diagnostic.help(format!("the profiles are {}", list(&known))),
            },
        );
    }
}

fn list(names: &BTreeSet<&Name>) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

//! Decides whether what is given meets what is wanted: by name, or as labels, ports, ways and patterns do.

use std::collections::BTreeSet;

use super::end::{End, Kind};
use crate::diagnostic::suggest;

/// Whether something that is given meets a want.
pub(super) fn meets(given: &BTreeSet<End>, want: &End) -> bool {
    let of = |kind| of_kind(given, kind);
    let words: Vec<&str> = want.name.split(' ').collect();
    match (want.kind, words.as_slice()) {
        // Where a service that somebody adds listens, nobody says.
        (Kind::Address, _) => {
            let (host, _) = want.name.rsplit_once(':').unwrap_or((&want.name, ""));
            let known = of(Kind::Address)
                .any(|name| name.rsplit_once(':').is_some_and(|(other, _)| other == host));
            let runs = given.contains(&End::new(Kind::Service, host));
            runs && (!known || given.contains(want))
        }
        (Kind::File, _) => of(Kind::File).any(|name| is_below(name, &want.name)),
        (Kind::Way, [from, to]) => {
            let on = |service: &str| -> BTreeSet<&str> {
                let members = of(Kind::Member).filter_map(|name| name.split_once(' '));
                members.filter(|(who, _)| *who == service).map(|(_, network)| network).collect()
            };
            !on(from).is_disjoint(&on(to))
        }
        (Kind::Pods, _) => of(Kind::Pods).any(|labels| selects(&want.name, labels)),
        (Kind::PodPort, [selector, port]) => of(Kind::PodPort).any(|name| {
            let (labels, own) = name.split_once(' ').unwrap_or_default();
            own == *port && selects(selector, labels)
        }),
        (Kind::PodWay, [from, to, port]) => lets(given, from, to, port),
        (Kind::Mounted, _) => of(Kind::Mounted).any(|mount| {
            let (path, source) = mount.split_once(' ').unwrap_or((mount, ""));
            let Some(rest) = want.name.strip_prefix(path) else { return false };
            // What is in a folder that we write is known.
            let folder = source.strip_prefix("./");
            let file =
                |folder: &str| meets(given, &End::new(Kind::File, format!("{folder}{rest}")));
            (rest.is_empty() || rest.starts_with('/')) && folder.is_none_or(file)
        }),
        (Kind::Loaded, _) => of(Kind::Loaded).any(|pattern| globs(pattern, &want.name)),
        _ => given.contains(want),
    }
}

/// Whether a want would be met but for what was lost.
pub(super) fn meets_with(given: &BTreeSet<End>, lost: &BTreeSet<End>, want: &End) -> bool {
    !lost.is_empty() && meets(&given.union(lost).cloned().collect(), want)
}

/// What of the same kind is named much like it.
pub(super) fn nearest(given: &BTreeSet<End>, want: &End) -> Option<String> {
    let last = |name: &'_ str| name.rsplit(' ').next().unwrap_or_default().to_owned();
    let names: Vec<String> = of_kind(given, want.kind).map(last).collect();
    suggest::nearest(&last(&want.name), names.iter().map(String::as_str)).map(str::to_owned)
}

fn of_kind(given: &BTreeSet<End>, kind: Kind) -> impl Iterator<Item = &str> {
    given
        .range(End::new(kind, "")..)
        .take_while(move |end| end.kind == kind)
        .map(|end| end.name.as_str())
}

/// Whether labels hold all that a selector asks for.
fn selects(selector: &str, labels: &str) -> bool {
    selector.split(',').all(|one| one.is_empty() || labels.split(',').any(|label| label == one))
}

/// Whether a `Service` answers and policies let one pod reach another. Who runs outside the cluster is let through.
fn lets(given: &BTreeSet<End>, from: &str, name: &str, port: &str) -> bool {
    let pods = |service: &str| {
        let name = format!("app.kubernetes.io/name={service}");
        of_kind(given, Kind::Pods).find(|labels| selects(&name, labels))
    };
    let (Some(from), Some(to)) = (pods(from), pods(name)) else { return true };
    let has = |kind, own: &str, other: &str| {
        of_kind(given, kind).any(|rule| match rule.split('|').collect::<Vec<_>>().as_slice() {
            [pods, peers, open] => {
                selects(pods, own) && selects(peers, other) && (open.is_empty() || *open == port)
            }
            _ => false,
        })
    };
    let serves = End::new(Kind::ServicePort, format!("{name} {port}"));
    given.contains(&serves) && has(Kind::Leaves, from, to) && has(Kind::Enters, to, from)
}

/// Whether a path is another, or a folder above it, or below it.
fn is_below(known: &str, wanted: &str) -> bool {
    let wanted = wanted.trim_end_matches('/');
    known == wanted || known.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a pattern with stars fits a path.
fn globs(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((before, after)) => path.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|at| {
                rest.is_char_boundary(at) && !rest[..at].contains('/') && globs(after, &rest[at..])
            })
        }),
    }
}

//! Turns what each service exposes into the target in which an alert or a panel finds what it reads.

use crate::map::IndexMap;

use crate::blueprint::service::Series;
use crate::model::cluster::{InCluster, Only, in_cluster};
use crate::model::naming;
use crate::model::service::Service;
use crate::resolve::kubelets;
use crate::resolve::scope::Scope;
use crate::value::Name;

/// What the series of a histogram or of a summary end with.
const SUFFIXES: &[&str] = &["_bucket", "_sum", "_count"];

/// Where series and jobs are.
#[derive(Default)]
pub(super) struct Sides<'a> {
    series: IndexMap<&'a str, Side>,
    jobs: IndexMap<String, Side>,
}

/// The targets in which something is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Side {
    compose: bool,
    cluster: bool,
}

impl Side {
    fn within(self, only: Option<Only>) -> Self {
        Self {
            compose: self.compose && only != Some(Only::Kubernetes),
            cluster: self.cluster && only != Some(Only::Compose),
        }
    }

    fn or(self, other: Self) -> Self {
        Self { compose: self.compose || other.compose, cluster: self.cluster || other.cluster }
    }

    fn and(self, other: Self) -> Self {
        Self { compose: self.compose && other.compose, cluster: self.cluster && other.cluster }
    }

    /// What is nowhere is told elsewhere.
    fn only(self) -> Option<Only> {
        match (self.compose, self.cluster) {
            (true, false) => Some(Only::Compose),
            (false, true) => Some(Only::Kubernetes),
            _ => None,
        }
    }
}

impl<'a> Sides<'a> {
    /// What all services expose.
    pub(super) fn of(scope: &'a Scope<'_>, services: &IndexMap<Name, Service>) -> Self {
        let mut sides = Self::default();
        for (_, kubelet) in kubelets::of(scope) {
            let here = Side { compose: false, cluster: true };
            sides.jobs.insert(kubelet.job.to_string(), here);
            sides.add(kubelet.series.iter(), here);
        }
        for (name, service) in services {
            let Some(metrics) = &service.metrics else { continue };
            let here = Side {
                compose: service.is_composed(),
                cluster: in_cluster(services, service) != InCluster::Platform,
            };
            sides.jobs.insert(metrics.job.clone(), here);
            sides.jobs.insert(naming::probe_job(name), here);
            let entry = scope.parts.get(name).and_then(|part| part.entry.as_ref());
            let known = entry.and_then(|entry| entry.metrics.as_ref());
            let probed = entry.and_then(|entry| entry.probe.as_ref());
            let own = scope.blueprint.services.get(name).and_then(|own| own.metrics.as_ref());
            sides.add(known.into_iter().flat_map(|metrics| &metrics.series), here);
            sides.add(probed.into_iter().flat_map(|probe| &probe.series), here);
            sides.add(own.into_iter().flat_map(|metrics| &metrics.series), here);
        }
        sides
    }

    fn add(&mut self, series: impl Iterator<Item = (&'a String, &'a Series)>, here: Side) {
        for (name, one) in series {
            let known = self.series.entry(name).or_default();
            *known = known.or(here.within(one.only));
        }
    }

    /// The only target in which something that is read is there; `None` where it is in both, or nobody knows.
    pub(super) fn of_query(&self, expr: &str) -> Option<Only> {
        let read = read(expr);
        // One side of `or` is enough.
        let alternatives = read.contains(&Read::Word("or"));
        let join = if alternatives { Side::or } else { Side::and };
        let sides = read.into_iter().filter_map(|one| match one {
            Read::Job(name) => self.jobs.get(name).copied(),
            Read::Word(name) => self.known(name),
        });
        sides.reduce(join)?.only()
    }

    /// The only target in which any of these is there.
    pub(super) fn of_queries<'q>(&self, queries: impl Iterator<Item = &'q str>) -> Option<Only> {
        let side = |query| match self.of_query(query) {
            Some(Only::Compose) => Side { compose: true, cluster: false },
            Some(Only::Kubernetes) => Side { compose: false, cluster: true },
            None => Side { compose: true, cluster: true },
        };
        queries.map(side).reduce(Side::or)?.only()
    }

    fn known(&self, name: &str) -> Option<Side> {
        let of = |name| self.series.get(name).copied();
        let bare = || SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix));
        of(name).or_else(|| of(bare()?))
    }
}

/// What an expression names.
#[derive(Debug, PartialEq, Eq)]
enum Read<'e> {
    /// A series, a function, a label or a word of the language.
    Word(&'e str),
    /// The job that a selector asks for.
    Job(&'e str),
}

fn read(expr: &str) -> Vec<Read<'_>> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    let mut found = Vec::new();
    let mut rest = expr;
    let mut job = false;
    let is_selector = |after: &str| {
        let value = after.trim_start_matches(' ').strip_prefix('=');
        value.is_some_and(|value| value.trim_start_matches(' ').starts_with('"'))
    };
    while let Some(first) = rest.chars().next() {
        if is_word(first) {
            let (word, after) = rest.split_at(rest.find(|one| !is_word(one)).unwrap_or(rest.len()));
            found.push(Read::Word(word));
            job = word == "job" && is_selector(after);
            rest = after;
        } else if matches!(first, '"' | '\'' | '`') {
            let text = &rest[1..];
            let Some(end) = text.find(first) else { break };
            if std::mem::take(&mut job) {
                found.push(Read::Job(&text[..end]));
            }
            rest = &text[end + 1..];
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Side = Side { compose: true, cluster: true };
    const COMPOSE: Side = Side { compose: true, cluster: false };
    const CLUSTER: Side = Side { compose: false, cluster: true };

    fn only(expr: &str) -> Option<Only> {
        let jobs = [("edge", COMPOSE), ("kube", CLUSTER), ("api", BOTH)];
        Sides {
            series: IndexMap::from_iter([
                ("edge_requests", COMPOSE),
                ("kube_pods", CLUSTER),
                ("api_seconds", BOTH),
            ]),
            jobs: jobs.map(|(name, side)| (name.to_owned(), side)).into_iter().collect(),
        }
        .of_query(expr)
    }

    #[test]
    fn what_is_read_says_where_it_is() {
        for (expr, expected) in [
            ("rate(edge_requests[5m]) > 1", Some(Only::Compose)),
            ("up{job=\"kube\"} == 0", Some(Only::Kubernetes)),
            ("up{instance=\"edge\",job=\"api\"} == 0", None),
            ("sum(api_seconds_bucket) / sum(edge_requests)", Some(Only::Compose)),
            ("edge_requests > 1 or api_seconds_count > 1", None),
            ("edge_requests > 1 or kube_pods > 1", None),
            ("up{name=\"edge_requests\"}", None),
            ("up{job=~\"edge|api\"} == 0", None),
            ("sum(api_seconds_count) and on () up{job = \"edge\"} == 1", Some(Only::Compose)),
        ] {
            assert_eq!(only(expr), expected, "{expr}");
        }
    }
}

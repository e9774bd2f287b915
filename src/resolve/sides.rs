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
    /// The series that each service exposes, and where it is.
    exposed: Vec<(&'a IndexMap<String, Series>, Side)>,
    jobs: IndexMap<String, Side>,
    /// The series that may be in one target alone: few are, and what reads none of them is in both.
    partial: IndexMap<&'a str, Side>,
    /// The letters that their names start with, a bit each: most words of a query start with others.
    starts: u128,
}

/// The targets in which something is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Side {
    compose: bool,
    cluster: bool,
}

impl Side {
    const BOTH: Self = Self { compose: true, cluster: true };

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
            sides.exposed.push((&kubelet.series, here));
        }
        for (name, service) in services {
            let Some(metrics) = &service.metrics else { continue };
            let here = Side {
                compose: service.is_composed(),
                cluster: in_cluster(services, service) != InCluster::Platform,
            };
            sides.jobs.insert(metrics.job.clone(), here);
            sides.jobs.insert(naming::probe_job(name.as_str()), here);
            let entry = scope.parts.get(name).and_then(|part| part.entry.as_ref());
            let known = entry.and_then(|entry| entry.metrics.as_ref());
            let probed = entry.and_then(|entry| entry.probe.as_ref());
            let own = scope.blueprint.services.get(name).and_then(|own| own.metrics.as_ref());
            let series = [
                known.map(|metrics| &metrics.series),
                probed.map(|probe| &probe.series),
                own.map(|metrics| &metrics.series),
            ];
            sides.exposed.extend(series.into_iter().flatten().map(|series| (series, here)));
        }
        sides.with_partial()
    }

    /// Finds the series that may be in one target alone.
    fn with_partial(mut self) -> Self {
        for (series, here) in &self.exposed {
            for (name, one) in *series {
                let side = here.within(one.only);
                if side != Side::BOTH {
                    let known = self.partial.entry(name).or_default();
                    *known = known.or(side);
                }
            }
        }
        self.partial.retain(|_, side| *side != Side::BOTH);
        self.starts = self.partial.keys().fold(0, |starts, name| starts | start(name));
        self
    }

    /// The only target in which something that is read is there; `None` where it is in both, or nobody knows.
    pub(super) fn of_query(&self, expr: &str) -> Option<Only> {
        if !Reads::of(expr).any(|one| self.may_be_partial(&one)) {
            return None;
        }
        // One side of `or` is enough.
        let alternatives = Reads::of(expr).any(|one| one == Read::Word("or"));
        let join = if alternatives { Side::or } else { Side::and };
        let sides = Reads::of(expr).filter_map(|one| match one {
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
            None => Side::BOTH,
        };
        queries.map(side).reduce(Side::or)?.only()
    }

    fn may_be_partial(&self, read: &Read<'_>) -> bool {
        match read {
            Read::Job(name) => self.jobs.get(*name).is_some_and(|side| *side != Side::BOTH),
            Read::Word(name) => {
                let is_partial = |name| self.partial.contains_key(name);
                self.starts & start(name) != 0
                    && (is_partial(*name) || bare(name).is_some_and(is_partial))
            }
        }
    }

    fn known(&self, name: &str) -> Option<Side> {
        let of = |name: &str| {
            let side = |(series, here): &(&IndexMap<String, Series>, Side)| {
                Some(here.within(series.get(name)?.only))
            };
            self.exposed.iter().filter_map(side).reduce(Side::or)
        };
        of(name).or_else(|| of(bare(name)?))
    }
}

/// The letter that a name starts with, as a bit; all beyond ASCII share the one of NUL, which starts none.
fn start(name: &str) -> u128 {
    name.bytes().next().filter(u8::is_ascii).map_or(1, |byte| 1 << byte)
}

/// The metric behind a series of a histogram or of a summary.
fn bare(name: &str) -> Option<&str> {
    if !name.ends_with(['t', 'm']) {
        return None;
    }
    SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix))
}

/// What an expression names.
#[derive(Debug, PartialEq, Eq)]
enum Read<'e> {
    /// A series, a function, a label or a word of the language.
    Word(&'e str),
    /// The job that a selector asks for.
    Job(&'e str),
}

/// Reads an expression from its start to its end.
struct Reads<'e> {
    expr: &'e str,
    /// How far it was read.
    at: usize,
    /// Whether the next text in quotes is a job.
    job: bool,
}

impl<'e> Reads<'e> {
    fn of(expr: &'e str) -> Self {
        Self { expr, at: 0, job: false }
    }

    /// How many letters of a kind come next.
    fn length(&self, kind: Kind) -> usize {
        let rest = &self.expr.as_bytes()[self.at..];
        let ends = |byte: &u8| KINDS[usize::from(*byte)] != kind;
        rest.iter().position(ends).unwrap_or(rest.len())
    }
}

impl<'e> Iterator for Reads<'e> {
    type Item = Read<'e>;

    fn next(&mut self) -> Option<Read<'e>> {
        loop {
            self.at += self.length(Kind::Other);
            let start = self.at;
            let first = *self.expr.as_bytes().get(start)?;
            if KINDS[usize::from(first)] == Kind::Word {
                self.at += self.length(Kind::Word);
                let word = &self.expr[start..self.at];
                self.job = word == "job" && is_chosen(&self.expr[self.at..]);
                return Some(Read::Word(word));
            }
            let text = &self.expr[start + 1..];
            let quoted = &text[..memchr::memchr(first, text.as_bytes())?];
            self.at += quoted.len() + 2;
            if std::mem::take(&mut self.job) {
                return Some(Read::Job(quoted));
            }
        }
    }
}

/// What a letter is a part of.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Word,
    Quote,
    Other,
}

/// What each letter is a part of.
const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = u8::MAX;
    while byte > 0 {
        kinds[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b':' => Kind::Word,
            b'"' | b'\'' | b'`' => Kind::Quote,
            _ => Kind::Other,
        };
        byte -= 1;
    }
    kinds
};

/// Whether what comes behind a label chooses one value of it.
fn is_chosen(after: &str) -> bool {
    let value = after.trim_start_matches(' ').strip_prefix('=');
    value.is_some_and(|value| value.trim_start_matches(' ').starts_with('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blueprint::service::SeriesKind;

    const COMPOSE: Side = Side { compose: true, cluster: false };
    const CLUSTER: Side = Side { compose: false, cluster: true };

    fn only(expr: &str) -> Option<Only> {
        let exposed = [
            ("edge_requests", COMPOSE),
            ("kube_pods", CLUSTER),
            ("api_seconds", Side::BOTH),
            ("up_everywhere", COMPOSE),
            ("up_everywhere", Side::BOTH),
        ];
        let exposed = exposed.map(|(name, side)| {
            let series =
                Series { kind: SeriesKind::Gauge, labels: Vec::new(), about: None, only: None };
            (IndexMap::from_iter([(name.to_owned(), series)]), side)
        });
        let jobs = [("edge", COMPOSE), ("kube", CLUSTER), ("api", Side::BOTH)];
        let sides = Sides {
            exposed: exposed.iter().map(|(series, side)| (series, *side)).collect(),
            jobs: jobs.map(|(name, side)| (name.to_owned(), side)).into_iter().collect(),
            ..Sides::default()
        };
        sides.with_partial().of_query(expr)
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
            ("edge_requests > 1 or missing > 1", Some(Only::Compose)),
            ("up_everywhere > 1", None),
            ("up_everywhere > 1 and edge_requests > 1", Some(Only::Compose)),
            ("up{name=\"edge_requests\"}", None),
            ("up{job=~\"edge|api\"} == 0", None),
            ("sum(api_seconds_count) and on () up{job = \"edge\"} == 1", Some(Only::Compose)),
        ] {
            assert_eq!(only(expr), expected, "{expr}");
        }
    }
}

//! Turns what exporters are asked about other things into scrape jobs with many targets.

use crate::map::IndexMap;

use crate::blueprint::reference::Text as Raw;
use crate::catalog::probe::Probe;
use crate::diagnostic::Diagnostics;
use crate::model::monitoring::{ProbeGroup, ProbeJob};
use crate::model::naming;
use crate::model::service::Service;
use crate::resolve::each::{self, Member};
use crate::resolve::scope::{Found, Scope, Unresolved};
use crate::value::{Duration, Name};

/// The jobs that ask about members of collections.
pub(super) fn probes(
    scope: &Scope<'_>,
    services: &IndexMap<Name, Service>,
    scrape: Duration,
    diagnostics: &mut Diagnostics,
) -> Vec<ProbeJob> {
    let mut jobs = Vec::new();
    for service in services.values() {
        let entry = scope.parts.get(&service.name).and_then(|part| part.entry.as_ref());
        let probe = entry.and_then(|entry| entry.probe.as_ref());
        let (Some(probe), Some(port)) = (probe, service.port()) else { continue };
        match groups(scope, &service.name, probe) {
            Ok(groups) if groups.is_empty() => {}
            Ok(groups) => jobs.push(ProbeJob {
                name: naming::probe_job(service.name.as_str()),
                exporter: service.name.clone(),
                port,
                path: probe.path.clone(),
                interval: probe.interval.unwrap_or(scrape).max(scrape),
                groups,
            }),
            Err(fault) => {
                let at = format!("/services/{}/uses", service.name);
                diagnostics.extend(fault.at(scope.context.locator.value(&at)));
            }
        }
    }
    jobs
}

/// The targets: those that have labels and parameters in common stand together.
fn groups(scope: &Scope<'_>, of: &Name, probe: &Probe) -> Result<Vec<ProbeGroup>, Unresolved> {
    let members = each::members(scope, probe.for_each, of, &mut Found::default())?;
    let mut groups: Vec<ProbeGroup> = Vec::new();
    for member in &members {
        let Some(target) = known(scope, of, member, &probe.target)? else { continue };
        let all = |raws: &IndexMap<String, Raw>| -> Result<IndexMap<String, String>, Unresolved> {
            let mut texts = IndexMap::default();
            for (key, raw) in raws {
                texts.extend(known(scope, of, member, raw)?.map(|text| (key.clone(), text)));
            }
            Ok(texts)
        };
        let (labels, params) = (all(&probe.labels)?, all(&probe.params)?);
        match groups.iter_mut().find(|group| group.labels == labels && group.params == params) {
            Some(group) => group.targets.push(target),
            None => groups.push(ProbeGroup { targets: vec![target], labels, params }),
        }
    }
    Ok(groups)
}

/// The text for a member; `None` where it refers to what this member lacks.
fn known(
    scope: &Scope<'_>,
    of: &Name,
    member: &Member,
    raw: &Raw,
) -> Result<Option<String>, Unresolved> {
    let resolved = scope.each(member).resolve(raw, Some(of))?;
    if resolved.absent {
        return Ok(None);
    }
    let run_time = || {
        let message = format!("what `{of}` is asked holds `{}`, known at run time only", raw.0);
        Unresolved::run_time(message, "Prometheus reads a file: refer to `fixed` variables")
    };
    resolved.text.as_literal().map(|text| Some(text.to_owned())).ok_or_else(run_time)
}

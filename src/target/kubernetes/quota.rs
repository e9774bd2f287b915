//! Turns what runs in a namespace into the most that may run there, and into limits for what has none of its own.

use crate::map::IndexMap;

use crate::format::yaml::Comments;
use crate::model::edge::CertificateSource;
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::config::{LimitRange, LimitRangeItem, ResourceQuota};
use crate::target::kubernetes::workload::Kind;
use crate::value::{Cpu, Memory};

/// What a container without limits of its own gets: the pods that cert-manager starts set theirs to the same order
/// (cert-manager/cert-manager:pkg/issuer/acme/http/pod.go).
const DEFAULT: Amount = Amount { cpu: 100, memory: 64 };
/// What such a container asks for.
const DEFAULT_REQUEST: Amount = Amount { cpu: 10, memory: 64 };

/// Processor time in thousandths, and memory in MiB.
#[derive(Debug, Clone, Copy, Default)]
struct Amount {
    cpu: u64,
    memory: u64,
}

impl Amount {
    fn plus(self, other: Self, times: u64) -> Self {
        Self { cpu: self.cpu + other.cpu * times, memory: self.memory + other.memory * times }
    }

    fn most(self, other: Self) -> Self {
        Self { cpu: self.cpu.max(other.cpu), memory: self.memory.max(other.memory) }
    }

    fn written(self) -> IndexMap<&'static str, String> {
        let cpu = Cpu::from_milli(self.cpu).kubernetes();
        let memory = Memory::from_mebibytes(self.memory).kubernetes();
        [("cpu", cpu), ("memory", memory)].into_iter().collect()
    }
}

/// Everything that a namespace may hold at the busiest moment.
#[derive(Debug, Default)]
struct Sum {
    requests: Amount,
    limits: Amount,
    largest: Amount,
    pods: u64,
    claims: u64,
    storage: u64,
}

pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    if !cluster.model.kubernetes.quota {
        return Ok(());
    }
    let sum = sum(cluster);
    let place = Place::common();
    let name = cluster.model.name.to_string();
    let quota = object("v1", "ResourceQuota", cluster.common_metadata(&name), hard(&sum));
    let about = "All that runs here at the busiest moment: every replica, and one more while a version is replaced."
        .to_owned();
    folder.add(&place, &quota, Comments::from([("/spec/hard", about)]))?;
    let range = LimitRange {
        limits: vec![LimitRangeItem {
            kind: "Container",
            default: DEFAULT.written(),
            default_request: DEFAULT_REQUEST.written(),
            max: sum.largest.written(),
        }],
    };
    let range = object("v1", "LimitRange", cluster.common_metadata(name), range);
    folder.add(&place, &range, Comments::new())
}

fn hard(sum: &Sum) -> ResourceQuota {
    let [cpu, memory] = ["cpu", "memory"];
    let (requests, limits) = (sum.requests.written(), sum.limits.written());
    ResourceQuota {
        hard: IndexMap::from_iter([
            ("requests.cpu", requests[cpu].clone()),
            ("requests.memory", requests[memory].clone()),
            ("limits.cpu", limits[cpu].clone()),
            ("limits.memory", limits[memory].clone()),
            ("pods", sum.pods.to_string()),
            ("persistentvolumeclaims", sum.claims.to_string()),
            ("requests.storage", Memory::from_mebibytes(sum.storage).kubernetes()),
            // Ways in stand at the gateway, in its own namespace.
            ("services.nodeports", "0".to_owned()),
            ("services.loadbalancers", "0".to_owned()),
        ]),
    }
}

fn sum(cluster: &Cluster<'_>) -> Sum {
    let mut sum = Sum { largest: DEFAULT, ..Sum::default() };
    // What sees the host runs once on every node, and nobody knows how many there will be.
    let ours = cluster.services.iter().filter(|service| !cluster.is_agent(service));
    for service in ours {
        let pods = pods(cluster, service);
        let resources = &service.resources;
        let limit = Amount {
            cpu: resources.cpu.limit().milli(),
            memory: resources.memory.limit().mebibytes().max(1),
        };
        let request = Amount {
            cpu: resources.cpu.request().map_or(limit.cpu, Cpu::milli),
            memory: resources.memory.request().map_or(limit.memory, Memory::mebibytes).max(1),
        };
        sum.requests = sum.requests.plus(request, pods);
        sum.limits = sum.limits.plus(limit, pods);
        sum.largest = sum.largest.most(limit);
        sum.pods += pods;
    }
    let edge = cluster.model.edge.as_ref();
    if edge.is_some_and(|edge| edge.certificates == CertificateSource::Letsencrypt) {
        // One for each host, while its certificate is asked for.
        let solvers = cluster.sites().count() as u64;
        sum.requests = sum.requests.plus(DEFAULT_REQUEST, solvers);
        sum.limits = sum.limits.plus(DEFAULT, solvers);
        sum.pods += solvers;
    }
    for (name, volume) in &cluster.model.volumes {
        let mounts = |service: &&&Service| service.volumes.iter().any(|one| one.volume == *name);
        let mut users = cluster.services.iter().filter(mounts);
        let Some(first) = users.next() else { continue };
        let claims = if cluster.is_own(first, name) { u64::from(first.replicas.max(1)) } else { 1 };
        sum.claims += claims;
        sum.storage += volume.size.mebibytes() * claims;
    }
    sum
}

/// How many pods of a service there are at the busiest moment.
fn pods(cluster: &Cluster<'_>, service: &Service) -> u64 {
    let most = service.autoscale.as_ref().map_or(service.replicas, |autoscale| autoscale.max);
    let surge = u64::from(cluster.kind(service) == Kind::Deployment);
    u64::from(most) + surge
}

//! Turns the limits of services into the hardware that they need.

use serde::Serialize;

use crate::model::service::Service;
use crate::model::{InCluster, Model};
use crate::target::documents::page::{Listed, row};
use crate::target::documents::system::{Place, System};
use crate::value::{Cpu, Memory, Name};

const GIBI: u64 = 1 << 30;
const MEBI: u64 = 1 << 20;

/// The hardware of a system.
#[derive(Serialize)]
pub(super) struct Sizing<'a> {
    machines: Vec<Machine<'a>>,
    /// What each service of the main environment may use, as the rows of a table.
    services: String,
    clusters: Vec<Cluster<'a>>,
}

/// A machine that runs one environment or more with Docker Compose.
#[derive(Serialize)]
struct Machine<'a> {
    /// The environments on it.
    environments: Vec<&'a str>,
    containers: u32,
    cpu_reserved: String,
    cpu_limit: String,
    memory_reserved: String,
    memory_limit: String,
    /// Processors and memory to choose.
    cores: u64,
    memory: u64,
    volumes: String,
    logs: String,
    /// The disk to choose.
    disk: u64,
}

/// What an environment asks of a cluster.
#[derive(Serialize)]
struct Cluster<'a> {
    environment: &'a str,
    cpu: String,
    memory: String,
    cpu_most: String,
    memory_most: String,
    cpu_limit: String,
    memory_limit: String,
    volumes: String,
    /// What runs on every node, and so is asked of each.
    everywhere: Vec<&'a str>,
}

/// Amounts that are added up: thousandths of a processor, and bytes.
#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    cpu_reserved: u64,
    cpu_limit: u64,
    memory_reserved: u64,
    memory_limit: u64,
    containers: u64,
}

impl Sum {
    fn add(&mut self, service: &Service, count: u32) {
        let count = u64::from(count);
        let (cpu, memory) = (service.resources.cpu, service.resources.memory);
        self.cpu_reserved += count * cpu.request().map_or(0, Cpu::milli);
        self.cpu_limit += count * cpu.limit().milli();
        self.memory_reserved += count * memory.request().map_or(0, Memory::bytes);
        self.memory_limit += count * memory.limit().bytes();
        self.containers += count;
    }
}

/// The hardware of a system: of each machine, of the main environment's services, and of a cluster.
pub(super) fn sizing<'a>(system: &System<'a>) -> Sizing<'a> {
    let mut machines: Vec<(&str, Vec<&Place<'a>>)> = Vec::new();
    for place in &system.places {
        match machines.iter_mut().find(|(name, _)| *name == place.machine) {
            Some((_, places)) => places.push(place),
            None => machines.push((place.machine, vec![place])),
        }
    }
    let main = system.main();
    let clusters = system.places.iter().filter(|place| !place.manifests.is_empty());
    let mut services = String::new();
    main.composed().for_each(|service| sized(&mut services, main.model, service));
    Sizing {
        machines: machines.iter().map(|(_, places)| machine(places)).collect(),
        services,
        clusters: clusters.map(cluster).collect(),
    }
}

/// The processors, GiB of memory and GiB of disk that the machine of an environment needs.
pub(super) fn needed(system: &System<'_>, place: &Place<'_>) -> (u64, u64, u64) {
    let here = system.places.iter().filter(|other| other.machine == place.machine);
    let machine = machine(&here.collect::<Vec<_>>());
    (machine.cores, machine.memory, machine.disk)
}

fn machine<'a>(places: &[&Place<'a>]) -> Machine<'a> {
    let (mut sum, mut volumes, mut logs) = (Sum::default(), 0, 0);
    for place in places {
        for service in place.composed() {
            sum.add(service, service.replicas);
        }
        let compose = &place.model.compose;
        let containers: u64 = place.composed().map(|one| u64::from(one.replicas)).sum();
        logs += compose.log_size.bytes() * u64::from(compose.log_files) * containers;
        volumes += volume_bytes(place.model, place.composed());
    }
    Machine {
        environments: places.iter().map(|place| place.name).collect(),
        containers: u32::try_from(sum.containers).unwrap_or(u32::MAX),
        cpu_reserved: cores(sum.cpu_reserved),
        cpu_limit: cores(sum.cpu_limit),
        memory_reserved: amount(sum.memory_reserved),
        memory_limit: amount(sum.memory_limit),
        cores: sum.cpu_limit.div_ceil(1000),
        memory: sum.memory_limit.div_ceil(GIBI),
        volumes: amount(volumes),
        logs: amount(logs),
        disk: (volumes + logs).div_ceil(GIBI),
    }
}

fn cluster<'a>(place: &Place<'a>) -> Cluster<'a> {
    let model = place.model;
    let (mut least, mut most) = (Sum::default(), Sum::default());
    let running = || {
        let services = model.services.values();
        services.filter(|one| place.workload(one).is_some() && model.is_on(one))
    };
    for service in running() {
        let autoscale = service.autoscale.as_ref();
        least.add(service, autoscale.map_or(service.replicas, |autoscale| autoscale.min));
        most.add(service, autoscale.map_or(service.replicas, |autoscale| autoscale.max));
    }
    let everywhere = running().filter(|one| model.in_cluster(one) == InCluster::EveryNode);
    Cluster {
        environment: place.name,
        cpu: cores(least.cpu_reserved),
        memory: amount(least.memory_reserved),
        cpu_most: cores(most.cpu_reserved),
        memory_most: amount(most.memory_reserved),
        cpu_limit: cores(most.cpu_limit),
        memory_limit: amount(most.memory_limit),
        volumes: amount(volume_bytes(model, running())),
        everywhere: everywhere.map(|service| service.name.as_str()).collect(),
    }
}

/// The sizes of all volumes that services mount, each once.
fn volume_bytes<'a>(model: &'a Model, services: impl Iterator<Item = &'a Service>) -> u64 {
    let mut names: Vec<&Name> =
        services.flat_map(|service| &service.volumes).map(|mount| &mount.volume).collect();
    names.sort();
    names.dedup();
    names.iter().filter_map(|name| model.volumes.get(*name)).map(|one| one.size.bytes()).sum()
}

fn sized(out: &mut String, model: &Model, service: &Service) {
    let volumes = service.volumes.iter().filter_map(|mount| {
        Some(format!("{} {}", mount.volume, model.volumes.get(&mount.volume)?.size))
    });
    let (cpu, memory) = (service.resources.cpu, service.resources.memory);
    let cpu = between(cpu.request().map(|cpu| cores(cpu.milli())), cores(cpu.limit().milli()));
    let least = memory.request().map(|memory| amount(memory.bytes()));
    let memory = between(least, amount(memory.limit().bytes()));
    row(out, [&service.name, &service.replicas, &cpu, &memory, &Listed(volumes)]);
}

fn between(request: Option<String>, limit: String) -> String {
    match request {
        Some(request) if request != limit => format!("{request} to {limit}"),
        Some(_) => limit,
        None => format!("up to {limit}"),
    }
}

/// Processors with up to three decimals.
fn cores(milli: u64) -> String {
    Cpu::from_milli(milli).compose()
}

/// An amount of memory in GiB with one decimal, or in MiB below one.
fn amount(bytes: u64) -> String {
    if bytes < GIBI {
        return format!("{} MiB", bytes.div_ceil(MEBI));
    }
    let tenths = (bytes * 10).div_ceil(GIBI);
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} GiB"),
        (whole, tenth) => format!("{whole}.{tenth} GiB"),
    }
}

#[cfg(test)]
mod tests {
    use super::{amount, between, cores};

    #[test]
    fn amounts_are_rounded_up_and_short() {
        assert_eq!(cores(250), "0.25");
        assert_eq!(cores(4000), "4");
        assert_eq!(cores(0), "0");
        assert_eq!(amount(512 << 20), "512 MiB");
        assert_eq!(amount(2 << 30), "2 GiB");
        assert_eq!(amount((2 << 30) + 1), "2.1 GiB");
        assert_eq!(between(Some("1".to_owned()), "2".to_owned()), "1 to 2");
        assert_eq!(between(Some("2".to_owned()), "2".to_owned()), "2");
    }
}

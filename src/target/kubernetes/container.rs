//! Turns a service into the container that runs in its pods.

use std::borrow::Cow;

use crate::model::service::Service;
use crate::model::{Role, Text};
use crate::target::kubernetes::cluster::port_name;
use crate::target::kubernetes::environment::Environment;
use crate::target::kubernetes::probe::{Probes, probes};
use crate::target::kubernetes::schema::pod::{
    Amounts, Capabilities, Container, ContainerPort, Lifecycle, PreStop, Resources, Security, Sleep,
};
use crate::target::kubernetes::schema::volume::VolumeMount;
use crate::value::{Name, Signal};

/// Logs and whatever else a container writes to its node. The kubelet keeps 5 log files of 10 MiB
/// (`containerLogMaxSize`, `containerLogMaxFiles`), so a container with a read-only root stays far below.
const NODE_STORAGE: (&str, &str) = ("64Mi", "512Mi");
/// The same where the root file system may be written.
const WRITABLE_STORAGE: (&str, &str) = ("256Mi", "2Gi");

/// How long a pod serves on after it is told to stop: until then others still send it requests.
const DRAIN: u64 = 5;

pub(super) fn container<'a>(
    service: &'a Service,
    environment: Environment<'a>,
    volume_mounts: Vec<VolumeMount<'a>>,
) -> Container<'a> {
    let Probes { startup, liveness, readiness } = probes(service, &environment);
    let words = |texts: &'a [Text]| -> Vec<Cow<'a, str>> {
        texts.iter().map(|text| environment.expanded(text)).collect()
    };
    let port = |(name, number): (&'a Name, &u16)| ContainerPort {
        name: port_name(name.as_str(), *number),
        container_port: *number,
        protocol: "TCP",
    };
    Container {
        name: service.name.as_str(),
        image: service.image.as_str(),
        image_pull_policy: "Always",
        command: words(&service.entrypoint),
        args: words(&service.command),
        ports: service.ports.iter().map(port).collect(),
        startup_probe: startup,
        liveness_probe: liveness,
        readiness_probe: readiness,
        lifecycle: lifecycle(service),
        resources: resources(service),
        security_context: Security {
            allow_privilege_escalation: false,
            read_only_root_filesystem: !service.writable_root,
            capabilities: Capabilities { drop: ["ALL"], add: &service.capabilities },
        },
        volume_mounts,
        env: environment.variables,
    }
}

/// How long a service serves on after it is told to stop.
pub(super) fn drain(service: &Service) -> Option<u64> {
    (service.role == Role::Application && !service.ports.is_empty()).then_some(DRAIN)
}

/// Whether Kubernetes must be told by which signal a service stops. An image's own `STOPSIGNAL` counts where nothing
/// is said; clusters before 1.33, or without `ContainerStopSignals`, know only that.
pub(super) fn stop_signal(service: &Service) -> Option<Signal> {
    Some(service.stop_signal).filter(|signal| *signal != Signal::default())
}

fn lifecycle(service: &Service) -> Option<Lifecycle> {
    let (drain, stop_signal) = (drain(service), stop_signal(service));
    (drain.is_some() || stop_signal.is_some()).then(|| Lifecycle {
        pre_stop: drain.map(|seconds| PreStop { sleep: Sleep { seconds } }),
        stop_signal,
    })
}

fn resources(service: &Service) -> Resources {
    let (cpu, memory) = (service.resources.cpu, service.resources.memory);
    let storage = if service.writable_root { WRITABLE_STORAGE } else { NODE_STORAGE };
    Resources {
        requests: Amounts {
            cpu: cpu.request().unwrap_or(cpu.limit()).kubernetes(),
            memory: memory.request().unwrap_or(memory.limit()).kubernetes(),
            ephemeral_storage: storage.0,
        },
        limits: Amounts {
            cpu: cpu.limit().kubernetes(),
            memory: memory.limit().kubernetes(),
            ephemeral_storage: storage.1,
        },
    }
}

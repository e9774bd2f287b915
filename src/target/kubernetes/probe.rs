//! Turns the ways of asking for health into probes.

use crate::model::service::{Health, Probe as Asked, Scheme, Service};
use crate::target::kubernetes::cluster::port_by_number;
use crate::target::kubernetes::environment::Environment;
use crate::target::kubernetes::schema::pod::{Action, Exec, HttpGet, Probe, TcpSocket};
use crate::value::Duration;

/// How often a starting container is asked: often, so that it serves as soon as it can.
const STARTUP_PERIOD: u64 = 5;

/// The three probes of a container.
pub(super) struct Probes<'a> {
    /// Until it has started, nothing else is asked.
    pub(super) startup: Option<Probe<'a>>,
    /// Decides about restarts.
    pub(super) liveness: Option<Probe<'a>>,
    /// Decides about traffic.
    pub(super) readiness: Option<Probe<'a>>,
}

pub(super) fn probes<'a>(service: &'a Service, environment: &Environment<'_>) -> Probes<'a> {
    let asked = |asked| action(service, asked, environment);
    match (&service.health, service.port()) {
        (Some(health), _) => of(health, health.live.as_ref().map(asked), asked(&health.ready)),
        (None, Some(port)) => {
            let open = || Action::TcpSocket(TcpSocket { port: port_by_number(service, port) });
            of(&assumed(port), Some(open()), open())
        }
        (None, None) => Probes { startup: None, liveness: None, readiness: None },
    }
}

fn of<'a>(health: &Health, live: Option<Action<'a>>, ready: Action<'a>) -> Probes<'a> {
    let (period, timeout) = (health.interval.seconds(), health.timeout.seconds());
    let retries = u64::from(health.retries);
    let probe = |action, failures: u64| Probe {
        action,
        period_seconds: period,
        timeout_seconds: timeout,
        failure_threshold: failures,
    };
    // As long as Compose takes to call a starting container unhealthy.
    let start = health.start.seconds() + retries * period;
    // The same question may take a pod out of traffic sooner than it restarts it.
    let patience = if live.as_ref() == Some(&ready) { 2 } else { 1 };
    Probes {
        // Without an end to its patience a start is not waited for: nothing would restart it.
        startup: live.clone().map(|action| Probe {
            action,
            period_seconds: STARTUP_PERIOD,
            timeout_seconds: timeout,
            failure_threshold: start.div_ceil(STARTUP_PERIOD),
        }),
        liveness: live.map(|live| probe(live, retries * patience)),
        readiness: Some(probe(ready, retries)),
    }
}

/// A service that says nothing of its health but listens: its port must accept connections.
fn assumed(port: u16) -> Health {
    Health {
        live: Some(Asked::Tcp { port }),
        ready: Asked::Tcp { port },
        check: None,
        details: None,
        start: Duration::from_seconds(30),
        interval: Duration::from_seconds(15),
        timeout: Duration::from_seconds(5),
        retries: 3,
    }
}

fn action<'a>(service: &'a Service, asked: &'a Asked, environment: &Environment<'_>) -> Action<'a> {
    match asked {
        Asked::Http { port, path, scheme, .. } => Action::HttpGet(HttpGet {
            path: path.as_str(),
            port: port_by_number(service, *port),
            scheme: (*scheme == Scheme::Https).then_some("HTTPS"),
        }),
        Asked::Tcp { port } => {
            Action::TcpSocket(TcpSocket { port: port_by_number(service, *port) })
        }
        Asked::Command(command) => Action::Exec(Exec { command: environment.unexpanded(command) }),
    }
}

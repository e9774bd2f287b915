//! Finds ports of the host that two services of one environment would open.

use std::net::IpAddr;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::Model;
use crate::model::service::Published;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::Span;
use crate::value::Name;

/// A port of the host that is opened twice.
pub(super) fn port_taken(view: &View<'_>, found: &mut Findings<'_>) {
    let mut all: Vec<(&Name, usize, &Published)> = opened(view.model).collect();
    let is_taken = |(index, (_, _, port)): (usize, &(&Name, usize, &Published))| {
        all[..index].iter().any(|(_, _, first)| clash(first, port))
    };
    if !all.iter().enumerate().any(is_taken) {
        return;
    }
    all.sort_by_cached_key(|(name, at, _)| place(view, name, *at));
    for (index, (name, at, port)) in all.iter().enumerate() {
        for (other, first_at, first) in
            all[..index].iter().filter(|(_, _, first)| clash(first, port))
        {
            found.push(
                Diagnostic::error(
                    Code::PortTaken,
                    format!("`{other}` and `{name}` both open {} of the host", described(port)),
                )
                .at(place(view, name, *at), "opened again here")
                .at(
                    place(view, other, *first_at),
                    format!("first opened here, {}", on(first.address)),
                )
                .help(format!(
                    "publish one of them on another port, for instance `{}:{}:{}`",
                    port.address,
                    free(&all, port),
                    port.container
                )),
            );
        }
    }
}

/// Every port that the services of an environment open, with its place among the service's own.
pub(super) fn opened(model: &Model) -> impl Iterator<Item = (&Name, usize, &Published)> {
    model.services.iter().flat_map(|(name, service)| {
        service.publish.iter().enumerate().map(move |(index, port)| (name, index, port))
    })
}

/// Whether two containers cannot open both.
pub(super) fn clash(one: &Published, other: &Published) -> bool {
    one.host == other.host && one.udp == other.udp && overlap(one.address, other.address)
}

/// The unspecified address stands for every address of its family.
fn overlap(one: IpAddr, other: IpAddr) -> bool {
    one == other
        || (one.is_ipv4() == other.is_ipv4() && (one.is_unspecified() || other.is_unspecified()))
}

/// `port 5432` or `port 53/udp`.
pub(super) fn described(port: &Published) -> String {
    format!("port {}{}", port.host, if port.udp { "/udp" } else { "" })
}

fn on(address: IpAddr) -> String {
    if address.is_unspecified() { "on every address".to_owned() } else { format!("on {address}") }
}

/// The next port that nothing opens.
fn free(all: &[(&Name, usize, &Published)], port: &Published) -> u16 {
    let taken = |number: &u16| all.iter().any(|(_, _, other)| other.host == *number);
    (port.host..u16::MAX).find(|number| !taken(number)).unwrap_or(port.host)
}

fn place(view: &View<'_>, name: &Name, index: usize) -> Span {
    view.service(name, &format!("/publish/{index}"))
}

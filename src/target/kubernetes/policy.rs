//! Turns flows into policies: for each service who may reach it, and whom it may reach.

use crate::map::IndexMap;
use ipnet::IpNet;

use crate::format::yaml::Comments;
use crate::model::External;
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::meta::{Labels, Selector};
use crate::target::kubernetes::schema::network::{
    Egress, Ingress, IpBlock, Peer, Policy, PolicyPort,
};
use crate::value::{Host, Name};

/// What lies outside of all private networks: a policy knows addresses, not names. The exceptions are the private
/// ranges (RFC 1918, RFC 6598), link-local addresses, where clouds hand out credentials (RFC 3927), and those of IPv6
/// (RFC 4193, RFC 4291).
const OUTSIDE: &[(&str, &[&str])] = &[
    (
        "0.0.0.0/0",
        &["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
    ),
    ("::/0", &["fc00::/7", "fe80::/10"]),
];

/// Every address but the link-local ones (RFC 3927, RFC 4291).
const ANYWHERE: &[(&str, &[&str])] =
    &[("0.0.0.0/0", &["169.254.0.0/16"]), ("::/0", &["fe80::/10"])];

/// What the API server listens on: the first is its Service's port, the second its own where nothing says otherwise
/// (kubernetes.io: "Controlling Access to the Kubernetes API", "Ports and Protocols"). A policy may see either.
const API_SERVER: &[u16] = &[443, 6443];

/// What the pods that answer the certificate authority's challenges listen on, and their label
/// (cert-manager/cert-manager:pkg/issuer/acme/http/http.go, pkg/apis/acme/v1/types.go).
const SOLVER_PORT: u16 = 8089;
pub(super) const SOLVER_LABEL: (&str, &str) = ("acme.cert-manager.io/http01-solver", "true");

pub(super) fn emit(
    cluster: &Cluster<'_>,
    service: &Service,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let mut comments = Comments::new();
    let ingress = ingress(cluster, service, &mut comments);
    let egress = egress(cluster, service, &mut comments);
    let policy = Policy {
        pod_selector: cluster.selector(service),
        policy_types: &["Ingress", "Egress"],
        ingress,
        egress,
    };
    let metadata = cluster.metadata(service, &service.name);
    let policy = object("networking.k8s.io/v1", "NetworkPolicy", metadata, policy);
    folder.add(&Place::of(service), &policy, comments)
}

/// Lets the gateway reach the pods that answer the certificate authority's challenges, which stand in our namespace.
pub(super) fn solver(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let (label, value) = SOLVER_LABEL;
    let policy = Policy {
        pod_selector: Selector { match_labels: Labels::default().with(label, value) },
        policy_types: &["Ingress"],
        ingress: vec![Ingress { from: vec![controller(cluster)], ports: vec![tcp(SOLVER_PORT)] }],
        egress: Vec::new(),
    };
    let mut metadata = cluster.common_metadata("acme-solver");
    metadata
        .annotations
        .insert("kube-score/ignore".to_owned(), "networkpolicy-targets-pod".to_owned());
    let about = "cert-manager starts these pods when a certificate is due.".to_owned();
    let policy = object("networking.k8s.io/v1", "NetworkPolicy", metadata, policy);
    folder.add(&Place::common(), &policy, Comments::from([("/spec/podSelector", about)]))
}

fn ingress(cluster: &Cluster<'_>, service: &Service, comments: &mut Comments) -> Vec<Ingress> {
    let mut rules = Vec::new();
    for other in cluster.callers(&service.name) {
        let ports = ports(other.flows.iter().filter(|flow| flow.to == service.name));
        if !ports.is_empty() && other.name != service.name {
            rules.push(Ingress { from: vec![peer(cluster, service, other)], ports });
        }
    }
    operated(cluster, service, comments, &mut rules);
    let mut routed: Vec<PolicyPort> = Vec::new();
    for route in cluster.routes().filter(|route| route.service == service.name) {
        let port = tcp(route.port);
        if !routed.contains(&port) {
            routed.push(port);
        }
    }
    if !routed.is_empty() {
        let at = format!("/spec/ingress/{}", rules.len());
        comments.insert(at, "Routes lead here: the controller that serves them.");
        rules.push(Ingress { from: vec![controller(cluster)], ports: routed });
    }
    if !service.kubernetes.serves.is_empty() {
        let at = format!("/spec/ingress/{}", rules.len());
        let about = "The API server asks, which is no pod: a policy cannot name it.";
        comments.insert(at, about);
        rules.push(Ingress {
            from: Vec::new(),
            ports: service.port().map(tcp).into_iter().collect(),
        });
    }
    rules
}

/// What the cluster's own Prometheus and Alertmanager ask, as those in whose place they stand would.
fn operated(
    cluster: &Cluster<'_>,
    service: &Service,
    comments: &mut Comments,
    rules: &mut Vec<Ingress>,
) {
    let Some(operator) = &cluster.model.kubernetes.operator else { return };
    let replaced = cluster.model.services.values();
    let replaced = replaced.filter(|other| cluster.model.operator_of(other).is_some());
    let flows = replaced.flat_map(|other| &other.flows).filter(|flow| flow.to == service.name);
    let ports = ports(flows);
    if !ports.is_empty() {
        let at = format!("/spec/ingress/{}", rules.len());
        comments.insert(at, "The cluster's own Prometheus.");
        rules.push(Ingress { from: vec![in_namespace(&operator.namespace)], ports });
    }
}

fn egress(cluster: &Cluster<'_>, service: &Service, comments: &mut Comments) -> Vec<Egress> {
    let mut targets: IndexMap<&Name, Vec<_>> = IndexMap::default();
    for flow in service.flows.iter().filter(|flow| flow.to != service.name) {
        targets.entry(&flow.to).or_default().push(flow);
    }
    let mut rules = vec![dns()];
    for (name, flows) in targets {
        let known = cluster.model.services.get(name);
        let to = match (cluster.service(name), known) {
            (Some(other), _) => peer(cluster, service, other),
            (None, Some(other)) => match cluster.model.operator_of(other) {
                Some(operator) => in_namespace(&operator.namespace),
                None => continue,
            },
            (None, None) => continue,
        };
        rules.push(Egress { to: vec![to], ports: ports(flows.into_iter()) });
    }
    for name in &service.egress {
        let Some(external) = cluster.model.externals.get(name) else { continue };
        let at = format!("{name}: {}, port {}.", external.host, external.port);
        let (to, about) = if let Some(cidr) = private(external) {
            let block = IpBlock { cidr: cidr.into(), except: &[] };
            (vec![Peer { ip_block: Some(block), ..Peer::default() }], at)
        } else {
            let outside = OUTSIDE.iter().map(|(cidr, except)| Peer {
                ip_block: Some(IpBlock { cidr: (*cidr).into(), except }),
                ..Peer::default()
            });
            let why = "A policy knows no names: this opens the port to every public address.";
            (outside.collect(), format!("{at} {why}"))
        };
        comments.insert(format!("/spec/egress/{}", rules.len()), about);
        rules.push(Egress { to, ports: vec![tcp(external.port)] });
    }
    if service.kubernetes.asks() {
        let about = "It asks the API server, which is no pod: a policy cannot name it.";
        comments.insert(format!("/spec/egress/{}", rules.len()), about);
        rules.push(Egress { to: Vec::new(), ports: API_SERVER.iter().copied().map(tcp).collect() });
    }
    if !service.kubernetes.nodes.is_empty() {
        let about =
            "It asks the kubelets of all nodes, which are no pods: a policy cannot name them.";
        comments.insert(format!("/spec/egress/{}", rules.len()), about);
        let ports = service.kubernetes.nodes.iter().copied().map(tcp).collect();
        rules.push(Egress { to: Vec::new(), ports });
    }
    anywhere(cluster, service, comments, &mut rules);
    rules
}

/// Calls at any address. What has a name of our own leads back to the gateway, perhaps without leaving the cluster.
fn anywhere(
    cluster: &Cluster<'_>,
    service: &Service,
    comments: &mut Comments,
    rules: &mut Vec<Egress>,
) {
    if service.reaches_out.is_empty() {
        return;
    }
    let about = "Every address but those where clouds hand out credentials.";
    comments.insert(format!("/spec/egress/{}", rules.len()), about);
    let everywhere = ANYWHERE.iter().map(|(cidr, except)| Peer {
        ip_block: Some(IpBlock { cidr: (*cidr).into(), except }),
        ..Peer::default()
    });
    let ports = service.reaches_out.iter().copied().map(tcp).collect();
    rules.push(Egress { to: everywhere.collect(), ports });
    if cluster.routes().next().is_some() {
        let about = "The controller that serves the routes, on whatever port its pods listen.";
        comments.insert(format!("/spec/egress/{}", rules.len()), about);
        rules.push(Egress { to: vec![controller(cluster)], ports: Vec::new() });
    }
}

/// The addresses of an external, where they are known: its network, or its one address.
fn private(external: &External) -> Option<String> {
    match (external.cidr, &external.host) {
        (Some(cidr), _) => Some(cidr.to_string()),
        (None, Host::Address(address)) => Some(IpNet::from(*address).to_string()),
        (None, Host::Name(_)) => None,
    }
}

/// The pods of another service, as seen from one.
fn peer(cluster: &Cluster<'_>, from: &Service, other: &Service) -> Peer {
    let (here, there) = (cluster.namespace_of(from), cluster.namespace_of(other));
    Peer {
        namespace_selector: (here != there).then(|| namespace(there)),
        pod_selector: Some(cluster.selector(other)),
        ip_block: None,
    }
}

fn controller(cluster: &Cluster<'_>) -> Peer {
    in_namespace(&cluster.model.kubernetes.controller_namespace)
}

/// All pods of a namespace that is not ours.
fn in_namespace(name: &Name) -> Peer {
    Peer { namespace_selector: Some(namespace(name.as_str())), ..Peer::default() }
}

/// A namespace by the label that the API server gives each (kubernetes.io: "Well-Known Labels").
fn namespace(name: &str) -> Selector {
    Selector { match_labels: Labels::default().with("kubernetes.io/metadata.name", name) }
}

fn dns() -> Egress {
    let ports = ["UDP", "TCP"].map(|protocol| PolicyPort { port: 53, protocol });
    let cluster = Peer { namespace_selector: Some(namespace("kube-system")), ..Peer::default() };
    Egress { to: vec![cluster], ports: ports.into() }
}

fn tcp(port: u16) -> PolicyPort {
    PolicyPort { port, protocol: "TCP" }
}

fn ports<'f>(flows: impl Iterator<Item = &'f crate::model::service::Flow>) -> Vec<PolicyPort> {
    let mut ports = Vec::new();
    for flow in flows {
        let port = tcp(flow.port);
        if !ports.contains(&port) {
            ports.push(port);
        }
    }
    ports
}

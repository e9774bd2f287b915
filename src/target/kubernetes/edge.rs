//! Leads requests from outside to services, in the form that the environment chose, and gets certificates.

use crate::format::yaml::Comments;
use crate::model::RouteKind;
use crate::model::edge::{CertificateSource, Edge, Limit, Route, Site, TlsVersion};
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::edge::{Issuer, SelfSigned};
use crate::target::kubernetes::schema::meta::Pairs;
use crate::target::kubernetes::{gateway, ingress, policy};

/// The issuer that signs what nobody has to trust.
const SELF_SIGNED: &str = "self-signed";

impl<'a> Cluster<'a> {
    /// The hosts that answer here, with the routes whose service runs.
    pub(super) fn sites(&self) -> impl Iterator<Item = (&'a Site, Vec<&'a Route>)> {
        let sites = self.model.edge.iter().flat_map(|edge| &edge.sites);
        sites
            .map(|site| (site, site.routes.iter().filter(|route| self.serves(route)).collect()))
            .filter(|(_, routes): &(_, Vec<&Route>)| !routes.is_empty())
    }

    /// The routes whose service runs here.
    pub(super) fn routes(&self) -> impl Iterator<Item = &'a Route> {
        self.sites().flat_map(|(_, routes)| routes)
    }

    fn serves(&self, route: &Route) -> bool {
        self.service(&route.service).is_some_and(|service| self.model.is_on(service))
    }
}

pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let Some(edge) = &cluster.model.edge else { return Ok(()) };
    if cluster.sites().next().is_none() {
        return Ok(());
    }
    match edge.certificates {
        CertificateSource::Letsencrypt => policy::solver(cluster, folder)?,
        CertificateSource::SelfSigned => {
            let issuer = Issuer { self_signed: SelfSigned {} };
            let metadata = cluster.common_metadata(SELF_SIGNED);
            let issuer = object("cert-manager.io/v1", "Issuer", metadata, issuer);
            folder.add(&Place::common(), &issuer, Comments::new())?;
        }
        CertificateSource::Files => {}
    }
    match cluster.model.kubernetes.routes {
        RouteKind::Gateway => gateway::emit(cluster, edge, folder),
        RouteKind::Ingress => ingress::emit(cluster, edge, folder),
    }
}

/// What tells cert-manager who signs.
pub(super) fn issuer(cluster: &Cluster<'_>, edge: &Edge) -> Pairs {
    let (key, issuer) = match edge.certificates {
        CertificateSource::Letsencrypt => {
            ("cert-manager.io/cluster-issuer", cluster.model.kubernetes.issuer.to_string())
        }
        CertificateSource::SelfSigned => ("cert-manager.io/issuer", SELF_SIGNED.to_owned()),
        CertificateSource::Files => return Pairs::default(),
    };
    [(key.to_owned(), issuer)].into_iter().collect()
}

/// What the operator has to do where no issuer signs.
pub(super) fn by_hand(edge: &Edge) -> Option<String> {
    (edge.certificates == CertificateSource::Files).then(|| {
        "Each certificate is a Secret that you make: kubectl create secret tls NAME --cert=FILE --key=FILE"
            .to_owned()
    })
}

/// What of a route the API cannot say, for whoever sets up the controller.
pub(super) fn unsaid(edge: &Edge, route: &Route) -> String {
    let mut unsaid = Vec::new();
    match (&route.limit, &edge.limit) {
        (Some(Limit { rate, by: Some(by) }), _) => {
            unsaid.push(format!("at most {rate} for a client, told apart by {by}"));
        }
        (Some(Limit { rate, by: None }), _) | (None, Some(rate)) => {
            unsaid.push(format!("at most {rate} for a client"));
        }
        (None, None) => {}
    }
    unsaid.push(format!("requests of at most {}", route.body));
    unsaid.join(", ")
}

/// The lowest version of TLS, which neither API can say.
pub(super) fn tls_min(edge: &Edge) -> &'static str {
    match edge.tls_min {
        TlsVersion::V1_2 => "1.2",
        TlsVersion::V1_3 => "1.3",
    }
}

#[cfg(test)]
mod tests {
    use crate::model::naming::{certificate, host_slug};
    use crate::value::HostName;

    #[test]
    fn hosts_stay_apart_as_names() {
        let host = |text: &str| HostName::parse(text).unwrap();
        assert_eq!(host_slug(&host("api.example.com")), "api-example-com");
        assert_eq!(host_slug(&host("*.example.com")), "wildcard-example-com");
        assert_ne!(host_slug(&host("a-b.c.com")), host_slug(&host("a.b.c.com")));
        assert_ne!(host_slug(&host("a--b.com")), host_slug(&host("a.b.com")));
        let long = |end: &str| format!("{}{end}.com", "abc.".repeat(60));
        let (one, two) = (host(&long("a")), host(&long("b")));
        assert!(certificate(&one).len() <= 63 && certificate(&one) != certificate(&two));
    }
}

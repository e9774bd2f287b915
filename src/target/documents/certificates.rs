//! Turns the edge into how its certificates come, are seen and made anew.

use serde::Serialize;

use crate::model::edge::{CertificateSource, TlsVersion};
use crate::model::{Role, naming};
use crate::target::documents::system::Place;

/// How certificates come.
#[derive(Serialize)]
pub(super) struct Certificates<'a> {
    by: &'static str,
    /// The lowest version of TLS.
    tls: &'static str,
    edge: &'a str,
    /// The service that gets them, where one does.
    client: &'a str,
    hosts: Vec<(&'a str, String)>,
    logs: String,
    /// Shows what the edge serves.
    shows: Vec<String>,
    files: Vec<String>,
    anew: String,
}

/// How certificates come in an environment; `None` where nothing is served.
pub(super) fn certificates<'a>(place: &Place<'a>) -> Option<Certificates<'a>> {
    let model = place.model;
    let edge = model.edge.as_ref().filter(|edge| !edge.sites.is_empty())?;
    let client = model.services.values().find(|service| service.role == Role::Certificates);
    let client = client.map(|service| service.name.as_str()).unwrap_or_default();
    let told = if client.is_empty() { edge.service.as_str() } else { client };
    let hosts = edge.sites.iter().map(|site| {
        (site.host.as_str(), format!("{}/{}", naming::CERTIFICATES, naming::host(&site.host)))
    });
    let named = edge.sites.iter().filter(|site| !site.host.as_str().contains('*'));
    let shows = named.map(|site| {
        let host = site.host.as_str();
        format!(
            "openssl s_client -connect {host}:443 -servername {host} </dev/null 2>/dev/null | openssl x509 -noout -issuer -enddate"
        )
    });
    Some(Certificates {
        by: match edge.certificates {
            CertificateSource::Letsencrypt => "letsencrypt",
            CertificateSource::Files => "files",
            CertificateSource::SelfSigned => "self-signed",
        },
        tls: match edge.tls_min {
            TlsVersion::V1_2 => "1.2",
            TlsVersion::V1_3 => "1.3",
        },
        edge: edge.service.as_str(),
        client,
        hosts: hosts.collect(),
        logs: format!("{} logs --since 24h {told}", place.compose),
        shows: shows.collect(),
        files: place.certificates(),
        anew: format!("{} up -d --wait --no-deps --force-recreate {told}", place.compose),
    })
}

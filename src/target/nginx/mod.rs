//! Turns routes and the edge's settings into the configuration of nginx and the hook that minds its certificates.
//!
//! Each service that answers is an `upstream` group whose name nginx asks Docker's DNS for while it runs
//! (`server … resolve`, which takes nginx 1.27.3): it starts without a service that is down, finds one that was recreated
//! under another address, knows every replica, and keeps connections open.

mod context;
mod location;
mod site;
mod upstreams;

use crate::format::quote::Refused;
use crate::model::{Edge, Model, Service, naming};
use crate::target::{Error, Output};
use context::{Hook, Main, Snippet};
use site::Site;

/// Where the image keeps the pair of each host: `<host>/fullchain.pem` and `<host>/privkey.pem`.
const CERTIFICATES: &str = "/etc/nginx/certificates";
/// Where the certificate client puts the answers to challenges.
const ACME: &str = "/var/www/acme";
/// Where temporary files and kept answers lie.
const CACHE: &str = "/var/cache/nginx";

/// Emits `nginx/<environment>/`. Read by: nginx, and the entry point of its image.
///
/// # Errors
/// A broken template or a path that is taken.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    let folder = format!("nginx/{}", model.environment.name);
    let Some((edge, service)) = served(model, &folder) else { return Ok(()) };
    let header = output.header();

    let path = format!("{folder}/nginx.conf");
    let mut main = Main::new(&header, model, edge, service);
    main.at_top = output.insertion(&path, "main");
    main.in_http = output.insertion(&path, "http");
    output.template(&path, include_str!("nginx.conf.j2"), &main)?;

    for site in &edge.sites {
        let path = format!("{folder}/conf.d/{}.conf", naming::host(&site.host));
        let insert_server = output.insertion(&path, "server");
        let mut locations = String::with_capacity(4096);
        for mut location in site::locations(edge, service, site) {
            location.insert = output.insertion(&path, &format!("location{}", location.route));
            location.push(&mut locations).map_err(|refused| refusal(&path, refused))?;
        }
        let mut context = Site::new(&header, (edge, service), site, locations);
        context.insert_server = insert_server;
        output.template(&path, include_str!("site.conf.j2"), &context)?;
    }

    let path = format!("{folder}/snippets/shared.conf");
    let mut headers = Snippet::new(&header, edge).map_err(|refused| refusal(&path, refused))?;
    headers.insert = output.insertion(&path, "headers");
    output.template(&path, include_str!("shared.conf.j2"), &headers)?;
    let hook = Hook::new(&header, edge);
    output.script(
        &format!("{folder}/hooks/10-certificates.sh"),
        include_str!("certificates.sh.j2"),
        &hook,
    )
}

fn refusal(path: &str, refused: Refused) -> Error {
    Error { path: path.to_owned(), cause: refused.to_string() }
}

/// The edge and its service, if that service reads what is emitted here.
fn served<'a>(model: &'a Model, folder: &str) -> Option<(&'a Edge, &'a Service)> {
    let edge = model.edge.as_ref()?;
    let service = model.services.get(&edge.service)?;
    let main = format!("{folder}/nginx.conf");
    service.files.iter().any(|mount| mount.artifact == main).then_some((edge, service))
}

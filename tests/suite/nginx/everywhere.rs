//! Asks the nginx of every system and environment for every route that the same environment has in Kubernetes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use super::offered::{grave, weak};
use super::{header, live};
use crate::judge::judge;
use crate::matrix::{self, Finding};

/// A route as Kubernetes has it: what is asked for, who answers, what it sees, and what is on the answer.
struct Route {
    host: String,
    asked: String,
    service: String,
    port: u64,
    seen: String,
    headers: Vec<(String, String)>,
}

/// The folders `<system>/nginx/<environment>` below `out/`, each with its Kubernetes form.
pub(super) fn sites() -> Vec<(PathBuf, PathBuf)> {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("out");
    let mut found = Vec::new();
    for system in folders(&out) {
        for nginx in folders(&system.join("nginx")) {
            let kubernetes = system.join("kubernetes").join(nginx.file_name().unwrap());
            found.push((nginx, kubernetes));
        }
    }
    assert!(found.len() >= 7, "{found:?}");
    found
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten();
    let mut found: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

fn objects(kubernetes: &Path) -> Vec<Value> {
    let entries = fs::read_dir(kubernetes.join("_namespace")).unwrap();
    let mut found = Vec::new();
    for entry in entries {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for document in serde_yaml::Deserializer::from_str(&text) {
            found.push(Value::deserialize(document).unwrap());
        }
    }
    found
}

fn routes(kubernetes: &Path) -> Vec<Route> {
    let objects = objects(kubernetes);
    let of_kind = |kind: &str| -> Vec<&Value> {
        objects.iter().filter(|object| object["kind"] == kind).collect()
    };
    let shared: Vec<(String, String)> = of_kind("Middleware")
        .into_iter()
        .filter_map(|object| object["spec"]["headers"]["customResponseHeaders"].as_object())
        .flatten()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    let mut found: Vec<Route> = of_kind("HTTPRoute").into_iter().flat_map(of_gateway).collect();
    for ingress in of_kind("Ingress") {
        for rule in list(&ingress["spec"]["rules"]) {
            for path in list(&rule["http"]["paths"]) {
                let service = &path["backend"]["service"];
                let is_exact = path["pathType"] == "Exact";
                let asked = address(text(&path["path"]), is_exact);
                found.push(Route {
                    host: text(&rule["host"]).to_owned(),
                    seen: asked.clone(),
                    asked,
                    service: text(&service["name"]).to_owned(),
                    port: service["port"]["number"].as_u64().unwrap(),
                    headers: shared.clone(),
                });
            }
        }
    }
    found
}

fn of_gateway(object: &Value) -> Vec<Route> {
    let mut found = Vec::new();
    for rule in list(&object["spec"]["rules"]) {
        let Some(backend) = list(&rule["backendRefs"]).first() else { continue };
        let filter = |name: &str| list(&rule["filters"]).iter().find(|one| one["type"] == name);
        let headers = filter("ResponseHeaderModifier")
            .into_iter()
            .flat_map(|filter| list(&filter["responseHeaderModifier"]["set"]))
            .map(|set| (text(&set["name"]).to_owned(), text(&set["value"]).to_owned()))
            .collect::<Vec<_>>();
        for (host, matches) in list(&object["spec"]["hostnames"])
            .iter()
            .flat_map(|host| list(&rule["matches"]).iter().map(move |one| (host, one)))
        {
            let path = text(&matches["path"]["value"]);
            let asked = address(path, matches["path"]["type"] == "Exact");
            let rewritten = filter("URLRewrite")
                .map(|filter| text(&filter["urlRewrite"]["path"]["replacePrefixMatch"]));
            let seen = rewritten.map_or_else(
                || asked.clone(),
                |prefix| {
                    format!(
                        "{}{}",
                        prefix.trim_end_matches('/'),
                        &asked[path.trim_end_matches('/').len()..]
                    )
                },
            );
            found.push(Route {
                host: text(host).to_owned(),
                asked,
                service: text(&backend["name"]).to_owned(),
                port: backend["port"].as_u64().unwrap(),
                seen,
                headers: headers.clone(),
            });
        }
    }
    found
}

/// An address that only this route has: below a prefix, or the very path.
fn address(path: &str, is_exact: bool) -> String {
    if is_exact { path.to_owned() } else { format!("{}/of-this-route", path.trim_end_matches('/')) }
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is text"))
}

#[test]
fn every_system_starts_and_its_routes_are_those_of_the_cluster() {
    let judged: Vec<Checked> = std::thread::scope(|scope| {
        // testssl.sh takes its time: one name of one site stands for all, which have the same settings.
        let mut testssl = judge("testssl.sh").is_some();
        let checks: Vec<_> = sites()
            .into_iter()
            .map(|(nginx, kubernetes)| {
                let thoroughly = std::mem::take(&mut testssl);
                scope.spawn(move || check(&nginx, &kubernetes, thoroughly))
            })
            .collect();
        checks.into_iter().map(|check| check.join().unwrap()).collect()
    });
    if super::unpacked().is_some() {
        matrix::record("nginx, started", judged.len(), 0);
    }
    let mut wrong = Vec::new();
    if judge("sslscan").is_some() && super::unpacked().is_some() {
        let names = judged.iter().map(|one| one.names).sum();
        let weak: Vec<Finding> = judged.iter().flat_map(|one| one.weak.clone()).collect();
        wrong.extend(matrix::settle("sslscan", names, &weak).err());
    }
    if judge("testssl.sh").is_some() && super::unpacked().is_some() {
        let mut grave = judged.iter().filter_map(|one| one.grave.as_ref());
        wrong.extend(matrix::settle("testssl.sh", 1, grave.next().unwrap()).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How many names sslscan asked of a site, what it found, and what testssl.sh did where it was asked.
struct Checked {
    names: usize,
    weak: Vec<Finding>,
    grave: Option<Vec<Finding>>,
}

fn check(nginx: &Path, kubernetes: &Path, thoroughly: bool) -> Checked {
    let routes = routes(kubernetes);
    let mut services: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for route in &routes {
        services.entry(&route.service).or_default().insert(route.port);
    }
    let asks: Vec<[&str; 2]> = routes.iter().map(|route| [&*route.host, &*route.asked]).collect();
    assert!(!routes.is_empty(), "{}", nginx.display());
    let mut checked = Checked { names: 0, weak: Vec::new(), grave: None };
    let scanned = thoroughly.then(|| &*routes[0].host);
    let wanted = json!({ "services": services, "asks": asks, "scanned": scanned }).to_string();
    if let Some(facts) = live(nginx, "routes", &[&wanted]) {
        for (route, answers) in routes.iter().zip(list(&facts["answers"])) {
            let (answer, plain) = (&answers[0], &answers[1]);
            let what = format!("{}: {}{} is {answer}", nginx.display(), route.host, route.asked);
            assert_eq!(answer["status"], 200, "{what}");
            assert_eq!(answer["body"]["service"], route.service.as_str(), "{what}");
            assert_eq!(answer["body"]["path"], route.seen.as_str(), "{what}");
            assert!(!route.headers.is_empty(), "{what}");
            for (name, value) in &route.headers {
                assert_eq!(header(answer, &name.to_lowercase()), [value], "{name}; {what}");
            }
            assert_eq!(plain["status"], 301, "{what}: {plain}");
            let location = format!("https://{}{}", route.host, route.asked);
            assert_eq!(header(plain, "location"), [location], "{what}");
        }
        assert_eq!(list(&facts["answers"]).len(), routes.len());
        checked.names = facts["offered"].as_object().map_or(0, serde_json::Map::len);
        checked.weak = weak(nginx, &facts["offered"]);
        checked.grave = scanned.map(|_| grave(nginx, &facts["scanned"]));
    }
    checked
}

//! Holds nginx, certificates and Kong's routes against rows C4 and C10. What clients see is asked of a running nginx by
//! the tests of nginx.

use std::collections::BTreeSet;

use crate::nginx::parsed::{files, parsed};

use super::{ENVIRONMENTS, at, entries, list, out, services, string, text, yaml};

/// What the row routes, and who answers in the end.
const ROUTES: [(&str, &str, u64); 5] = [
    ("/api/auth", "auth-service", 3001),
    ("/api/chat", "chat-service", 3002),
    ("/api/billing", "billing-service", 3003),
    ("/api/analytics", "analytics-service", 3004),
    ("/api/orchestrator", "orchestrator-service", 3006),
];

fn domain(environment: &str) -> &'static str {
    match environment {
        "production" => "saas-chat.example.com",
        "staging" => "staging.saas-chat.example.com",
        _ => "saas-chat.localhost",
    }
}

/// A file of nginx without comments, its words one blank apart.
fn words(path: &str) -> String {
    let read = text(path);
    let lines = read.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

fn main_file(environment: &str) -> String {
    words(&format!("nginx/{environment}/nginx.conf"))
}

fn site(environment: &str) -> String {
    words(&format!("nginx/{environment}/conf.d/{}.conf", domain(environment)))
}

/// What stands between the braces after a text.
fn block<'a>(words: &'a str, head: &str) -> &'a str {
    let start = words.find(head).unwrap_or_else(|| panic!("no {head}: {words}")) + head.len();
    let mut depth = 1;
    for (at, character) in words[start..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return words[start..start + at].trim();
        }
    }
    panic!("{head} does not end");
}

/// The server that speaks TLS.
fn secured(environment: &str) -> String {
    let site = site(environment);
    let from = site.find("server { listen 443 ssl;").expect("a server with TLS");
    block(&site[from..], "server {").to_owned()
}

#[test]
fn c4_nginx_is_three_files() {
    for (environment, compose) in ENVIRONMENTS {
        let folder = out(&format!("nginx/{environment}"));
        let site = format!("conf.d/{}.conf", domain(environment));
        let three = ["nginx.conf", &site, "snippets/shared.conf"].map(str::to_owned);
        assert_eq!(files(&folder, ""), BTreeSet::from(three.clone()), "{environment}");
        if let Some((met, _)) = parsed(&folder) {
            assert_eq!(met, BTreeSet::from(three), "{environment}: all are read");
        }
        let file = yaml(compose);
        let mounts = list(at(&file, &["services", "nginx", "volumes"]));
        for target in ["/etc/nginx/nginx.conf", "/etc/nginx/conf.d", "/etc/nginx/snippets"] {
            assert!(
                mounts.iter().any(|mount| string(at(mount, &["target"])) == target),
                "{target}"
            );
        }
    }
}

#[test]
fn c4_tls_starts_with_1_2_and_answers_carry_the_headers() {
    for (environment, _) in ENVIRONMENTS {
        assert!(main_file(environment).contains("ssl_protocols TLSv1.2 TLSv1.3;"));
        let headers = words(&format!("nginx/{environment}/snippets/shared.conf"));
        for header in [
            r#"add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;"#,
            "add_header X-Frame-Options DENY always;",
            r#"add_header Content-Security-Policy "default-src 'none'; frame-ancestors 'none'" always;"#,
        ] {
            assert!(headers.contains(header), "{header}: {headers}");
        }
        assert!(secured(environment).contains("include /etc/nginx/snippets/shared.conf;"));
    }
}

#[test]
fn c4_each_endpoint_has_a_limit_of_its_own() {
    for (environment, _) in ENVIRONMENTS {
        let (main, site) = (main_file(environment), secured(environment));
        let mut zones = BTreeSet::new();
        for path in ROUTES.map(|(path, ..)| path).into_iter().chain(["/ws"]) {
            let location = block(&site, &format!("location {path}/ {{")).to_owned();
            assert!(location.contains("limit_req zone=rate_all burst=100 nodelay;"), "{path}");
            let own = location
                .split("limit_req zone=")
                .filter_map(|rest| rest.split_once(' '))
                .map(|(zone, _)| zone)
                .find(|zone| zone.starts_with("rate_") && *zone != "rate_all")
                .unwrap_or_else(|| panic!("{path} has no limit of its own: {location}"));
            assert!(zones.insert(own.to_owned()), "{own} twice");
            let counted = format!("limit_req_zone $binary_remote_addr zone={own}:10m rate=");
            assert!(main.contains(&counted), "{counted}");
            let itself = block(&site, &format!("location = {path} {{")).to_owned();
            assert!(itself.contains(&format!("limit_req zone={own} ")), "{path}");
        }
        assert_eq!(zones.len(), 6);
    }
}

#[test]
fn c4_upstreams_take_the_least_busy_and_keep_connections() {
    for (environment, _) in ENVIRONMENTS {
        let (main, site) = (main_file(environment), secured(environment));
        for (name, server) in
            [("kong_8000", "kong:8000"), ("chat-service_3002", "chat-service:3002")]
        {
            let group = block(&main, &format!("upstream {name} {{"));
            assert!(group.contains("least_conn;"), "{group}");
            assert!(group.contains("keepalive 32;"), "{group}");
            assert!(group.contains(&format!("server {server} resolve;")), "{group}");
        }
        assert_eq!(main.matches(" upstream ").count(), 2);
        // What a connection that is kept takes.
        assert!(main.contains("proxy_http_version 1.1;"));
        assert!(site.contains(r#"proxy_set_header Connection "";"#));
        for (path, ..) in ROUTES {
            let location = block(&site, &format!("location {path}/ {{")).to_owned();
            assert!(location.contains("proxy_pass http://kong_8000;"), "{location}");
        }
    }
}

#[test]
fn c4_websockets_gzip_and_times_in_the_log() {
    for (environment, _) in ENVIRONMENTS {
        let (main, site) = (main_file(environment), secured(environment));
        let sockets = block(&site, "location /ws/ {").to_owned();
        for line in [
            "proxy_set_header Upgrade $http_upgrade;",
            "proxy_set_header Connection $connection_upgrade;",
            "proxy_pass http://chat-service_3002;",
            "proxy_read_timeout 1h;",
        ] {
            assert!(sockets.contains(line), "{line}: {sockets}");
        }
        assert!(main.contains("gzip on;") && main.contains("application/json"));
        assert!(main.contains("access_log /dev/stdout json;"));
        for time in [
            "$request_time",
            "$upstream_connect_time",
            "$upstream_header_time",
            "$upstream_response_time",
        ] {
            assert!(main.contains(time), "{time}");
        }
    }
}

#[test]
fn c4_certbot_gets_certificates_and_renews_them() {
    for (environment, compose) in ENVIRONMENTS {
        let file = yaml(compose);
        let services = services(&file);
        let certbot = services.get("certbot");
        assert_eq!(certbot.is_some(), environment != "development");
        let Some(certbot) = certbot else { continue };
        let volumes = |service: &serde_yaml::Value| -> BTreeSet<String> {
            let mounts = list(at(service, &["volumes"])).iter();
            let named = mounts.filter(|mount| at(mount, &["type"]) == "volume");
            named.map(|mount| string(at(mount, &["source"])).to_owned()).collect()
        };
        let shared: Vec<String> =
            volumes(certbot).intersection(&volumes(services["nginx"])).cloned().collect();
        assert_eq!(shared, ["acme", "certificates"]);
        let script = text(&format!("certbot/{environment}/renew.sh"));
        assert!(script.contains("certbot certonly --webroot") && script.contains("certbot renew"));
        assert!(script.contains(&format!("set -- {}\n", domain(environment))), "{script}");
        let plain = site(environment);
        assert!(plain.contains("location ^~ /.well-known/acme-challenge/ { root /var/www/acme;"));
    }
}

#[test]
fn c10_kongs_routes_are_compiled_from_the_routes() {
    for (environment, _) in ENVIRONMENTS {
        let config = yaml(&format!("kong/{environment}/kong.yml"));
        let mut found = Vec::new();
        for service in list(at(&config, &["services"])) {
            let routes = list(at(service, &["routes"]));
            assert_eq!(routes.len(), 1);
            let hosts = list(at(&routes[0], &["hosts"]));
            assert_eq!(hosts, [serde_yaml::Value::from(domain(environment))]);
            let paths: Vec<&str> = list(at(&routes[0], &["paths"])).iter().map(string).collect();
            let path = paths[0].trim_end_matches('/');
            assert_eq!(paths[1], format!("~{path}$"));
            assert_eq!(at(&routes[0], &["strip_path"]).as_bool(), Some(false));
            let port = at(service, &["port"]).as_u64().unwrap();
            found.push((path.to_owned(), string(at(service, &["host"])).to_owned(), port));
        }
        let expected =
            ROUTES.iter().map(|(path, host, port)| ((*path).to_owned(), (*host).to_owned(), *port));
        assert!(found.iter().cloned().collect::<BTreeSet<_>>() == expected.collect(), "{found:?}");
        let file = yaml(ENVIRONMENTS.iter().find(|(name, _)| *name == environment).unwrap().1);
        let kong = entries(at(&file, &["services", "kong", "environment"]));
        assert_eq!(kong["KONG_DATABASE"], "off");
        assert_eq!(kong["KONG_DECLARATIVE_CONFIG"], "/etc/kong/kong.yml");
    }
}

//! D17, D19 to D21 and D23: what serves the routes, retired interfaces, and documents.

use super::{SHOP, beside, follows, instead, patched, tree, with};
use crate::compiled::{text, yaml};

/// What is found for a text that is put into the server of the host.
fn inserted(at: &str, text: &str) -> Vec<String> {
    patched(&format!("file: nginx/*/conf.d/*.conf, at: {at}, insert: \"{text}\""))
}

#[test]
fn d17_what_nginx_would_not_start_with_is_refused() {
    for (at, text) in [
        ("/server", "limit_req_zone $x zone=own:1m rate=1r/s;"),
        ("/server", "allow 10.0.0.0/8"),
        ("/server", "}"),
        ("/server", "location /x { return 200;"),
        ("/server", "upstream other { server api:8431; }"),
    ] {
        assert_eq!(inserted(at, text), ["patch-contradicts"], "{text}");
    }
    for text in [
        "limit_req zone=own;",
        "proxy_cache own;",
        "location /x { proxy_pass http://own; }",
        "ssl_certificate /etc/ssl/own.pem;",
    ] {
        assert_eq!(inserted("/server", text), ["dangling-reference"], "{text}");
    }
    assert_eq!(inserted("/server", "allow 10.0.0.0/8; deny all;"), [""; 0]);
}

#[test]
fn d17_headers_are_not_lost() {
    // What a patch sets holds in every location, and no header comes twice.
    let shared = |text: &str| {
        patched(&format!("file: nginx/*/snippets/shared.conf, at: /headers, insert: \"{text}\""))
    };
    assert_eq!(shared("add_header X-Own own; proxy_set_header X-Tenant shop;"), [""; 0]);
    for text in [
        "add_header X-Frame-Options SAMEORIGIN;",
        "proxy_set_header Upgrade own;",
        "proxy_set_header Host own;",
        "limit_req zone=own;",
    ] {
        let found = shared(text);
        assert!(found.contains(&"patch-contradicts".to_owned()), "{text}: {found:?}");
    }
    for (at, text) in [
        ("/server", "add_header X-Own own;"),
        ("/server", "proxy_set_header X-Tenant own;"),
        ("/server", "proxy_hide_header X-Own;"),
        ("/server", "location /x { add_header X-Own own; }"),
        ("/server", "location /x { proxy_set_header A b; proxy_pass http://api:8431; }"),
        ("/server", "location /x { proxy_hide_header A; return 200; }"),
        ("/location/shop/", "add_header X-Own own;"),
        ("/location/shop/", "if ($args) { add_header X-Own own; }"),
        ("/location/shop/", "include /etc/nginx/snippets/shared.conf;"),
        ("/location/shop/", "proxy_set_header Host own;"),
    ] {
        assert_eq!(inserted(at, text), ["patch-contradicts"], "{text}");
    }
    let lost = "file: nginx/*/nginx.conf, at: /http, insert: \"add_header X-Own own;\"";
    assert_eq!(patched(lost), ["patch-contradicts"]);
}

#[test]
fn d17_certificates_and_challenges_are_there_before_nginx() {
    let tree = tree(SHOP);
    let compose = yaml(&tree, "docker-compose.prod.yml");
    let mounts = compose["services"]["nginx"]["volumes"].to_string();
    assert!(mounts.contains("/etc/nginx/certificates"), "{mounts}");
    let site = text(&tree, "nginx/production/conf.d/shop.example.com.conf");
    let plain = site.split("listen 443").next().unwrap();
    assert!(plain.contains("location ^~ /.well-known/acme-challenge/"), "{plain}");
    assert!(site.contains("ssl_certificate_key"));
    let volume = "file: docker-compose.prod.yml, at: /services/nginx, merge: { volumes: [] }";
    assert!(patched(volume).contains(&"dangling-reference".to_owned()));
}

#[test]
fn d19_limits_are_the_same_in_every_target() {
    let ingress = SHOP.replace("7Mi", "9Mi")
        + "kubernetes: { routes: ingress }\nwaivers: { lossy-ingress: the class is told beside it }\n";
    let tree = tree(&ingress);
    assert!(
        text(&tree, "nginx/production/conf.d/shop.example.com.conf")
            .contains("client_max_body_size 9m")
    );
    assert!(
        inserted("/location/shop/", "client_max_body_size 1g;")
            .contains(&"patch-contradicts".to_owned())
    );
    assert!(inserted("/server", "ssl_protocols TLSv1;").contains(&"patch-contradicts".to_owned()));
}

#[test]
fn d19_headers_are_the_same_in_every_target() {
    let framed = |frame: &str| {
        let tree = tree(&format!("{SHOP}edge: {{ headers: {{ frame: {frame} }} }}\n"));
        let nginx = text(&tree, "nginx/production/snippets/shared.conf").to_owned();
        (
            nginx,
            text(&tree, "kubernetes/production/_namespace/httproute-shop-example-com.yaml")
                .to_owned(),
        )
    };
    for (frame, value) in [("deny", "DENY"), ("sameorigin", "SAMEORIGIN")] {
        let (nginx, route) = framed(frame);
        assert!(nginx.contains(value) && route.contains(value), "{frame}");
    }
    let filters = "file: kubernetes/*/_namespace/httproute-shop-example-com.yaml, at: /spec/rules/0, merge: { filters: [] }";
    assert_eq!(patched(filters), ["loosening-patch"]);
}

#[test]
fn d20_retired_interfaces_are_refused() {
    let policy = "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: { name: own }\n";
    let template = beside("templates/kubernetes/{environment}/own/policy.yaml.j2", policy);
    assert_eq!(template, ["broken-template apiVersion: policy/v1beta1"]);
    let version = "file: docker-compose.prod.yml, merge: { version: \"3.8\" }";
    assert_eq!(patched(version), ["patch-contradicts"]);
    let kind =
        "file: kubernetes/*/api/deployment-api.yaml, merge: { apiVersion: extensions/v1beta1 }";
    assert_eq!(patched(kind), ["patch-contradicts"]);
    assert_eq!(inserted("/server", "listen 8443 ssl http2;"), ["patch-contradicts"]);
    let ingress = with(
        "kubernetes: { routes: ingress, class: nginx }\nwaivers: { lossy-ingress: told beside it }\n",
    );
    assert_eq!(ingress, ["retired-interface nginx"]);
    let logs =
        instead("  api:\n", "  loki: { uses: loki }\n  promtail: { uses: promtail }\n  api:\n");
    assert!(logs.contains(&"retired-interface promtail".to_owned()), "{logs:?}");
    let retired = ["PodSecurityPolicy", "ssl http2;", "\nversion: \"", "ingressClassName: nginx"];
    for (path, artifact) in tree(SHOP).iter() {
        let told = retired.iter().find(|one| artifact.text().contains(**one));
        assert_eq!(told, None, "{path}");
    }
}

#[test]
fn d21_documents_name_what_is_there() {
    let link =
        |to: &str| beside("templates/docs/own.md.j2", &format!("# Own\n\nSee [that]({to}).\n"));
    assert_eq!(link("../RUNBOOK.md#anything"), [""; 0]);
    assert_eq!(link("../scripts/none.sh"), ["dangling-reference See [that](../scripts/none.sh)."]);
    assert_eq!(link("https://example.com/x"), [""; 0]);
    // A name that is another is another in every document: `follows` compares them too.
    assert!(follows("8431", "8533") >= 8);
}

#[test]
fn d23_a_public_address_is_one() {
    assert!(follows("/shop/", "/store/") >= 2);
    let twice = instead("/shop/: {", "/shop: api, /shop/: {");
    assert!(twice.iter().all(|one| !one.starts_with("error")), "{twice:?}");
    for merge in [
        "at: /spec/rules/0/matches, merge: [{ path: { type: PathPrefix, value: /store } }]",
        "at: /spec, merge: { hostnames: [store.example.com] }",
    ] {
        let patch =
            format!("file: kubernetes/*/_namespace/httproute-shop-example-com.yaml, {merge}");
        assert!(patched(&patch).contains(&"patch-contradicts".to_owned()), "{merge}");
    }
    assert!(with("").is_empty());
}

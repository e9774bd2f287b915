//! D7 to D9: services that cannot talk, ports that are open or useless, passwords on one side.

use super::{SHOP, found, instead, patched, tree, with};
use crate::compiled::yaml;

#[test]
fn d07_who_must_talk_shares_a_network() {
    let apart = "services:\n  db: { uses: postgres@17, networks: [data] }\n  api: { image: \"a:1.0.0\", needs: [db], networks: [web] }\nnetworks: { web: {}, data: { internal: true } }\n";
    let found = found(&[("blueprint.yaml", &format!("blueprint: v1\nname: shop\n{apart}"))]);
    assert!(found.iter().any(|one| one.starts_with("no-shared-network")), "{found:?}");
    for patch in [
        "file: docker-compose.prod.yml, merge: { networks: { data: {} }, services: { db: { networks: { main: null, data: {} } } } }",
        "file: docker-compose.prod.yml, at: /services/prometheus, merge: { networks: { dmz: {} } }",
        "file: docker-compose.prod.yml, at: /services/api, merge: { networks: null, network_mode: none }",
    ] {
        assert_eq!(patched(patch), ["dangling-reference"], "{patch}");
    }
}

#[test]
fn d07_policies_let_through_what_is_needed() {
    for patch in [
        "file: kubernetes/*/db/networkpolicy-db.yaml, at: /spec, merge: { ingress: [] }",
        "file: kubernetes/*/api/networkpolicy-api.yaml, at: /spec, merge: { egress: [] }",
        "file: kubernetes/*/prometheus/networkpolicy-prometheus.yaml, at: /spec, merge: { egress: [] }",
        "file: kubernetes/*/db/networkpolicy-db.yaml, at: /spec, merge: { podSelector: { matchLabels: { app: database } } }",
        "file: kubernetes/*/api/deployment-api.yaml, at: /spec/template/metadata, merge: { labels: { app.kubernetes.io/name: shop-api } }",
        "file: kubernetes/*/api/networkpolicy-api.yaml, at: /spec/ingress/0, merge: { from: [{ podSelector: { matchLabels: { app: none } } }] }",
    ] {
        assert!(patched(patch).contains(&"dangling-reference".to_owned()), "{patch}");
    }
    let label = "file: kubernetes/*/api/deployment-api.yaml, at: /spec/template/metadata, merge: { labels: { team: shop } }";
    assert_eq!(patched(label), [""; 0]);
}

#[test]
fn d08_ports_are_published_where_they_work_and_may() {
    let publish =
        |keys: &str| instead("{ uses: postgres@17 }", &format!("{{ uses: postgres@17, {keys} }}"));
    assert!(publish("publish: \"0.0.0.0:5432\"")[0].starts_with("exposed-data-store"));
    let internal = format!(
        "{}networks: {{ data: {{ internal: true }} }}\n",
        SHOP.replace("port: 8431", "port: 8431\n    publish: 127.0.0.1:8431")
    );
    let found = found(&[("blueprint.yaml", &internal)]);
    assert!(found.iter().any(|one| one.starts_with("publish-on-internal-network")), "{found:?}");
    let compose =
        |merge: &str| patched(&format!("file: docker-compose.prod.yml, merge: {{ {merge} }}"));
    let taken = compose("services: { db: { ports: [\"127.0.0.1:80:5432\"] } }");
    assert_eq!(taken, ["patch-contradicts"]);
    assert_eq!(compose("services: { db: { ports: [\"5432:5432\"] } }"), ["loosening-patch"]);
    let internal = compose("networks: { main: { internal: true } }");
    assert_eq!(internal, ["patch-contradicts"]);
}

#[test]
fn d09_a_password_is_on_both_sides() {
    let cache = SHOP
        .replace("  api:\n", "  cache: { uses: redis@8 }\n  api:\n")
        .replace("needs: [db]", "needs: [db, cache]")
        .replace("LOG_LEVEL: hushed", "CACHE_URL: \"${cache.url}\"");
    let compose = yaml(&tree(&cache), "docker-compose.prod.yml");
    let url = compose["services"]["api"]["environment"]["CACHE_URL"].as_str().unwrap();
    assert!(url.starts_with("redis://:${CACHE_PASSWORD:?"), "{url}");
    let secrets = compose["services"]["cache"]["secrets"].to_string();
    assert!(secrets.contains("cache_password"), "{secrets}");
    let literal = instead("LOG_LEVEL: hushed", "LOG_LEVEL: hushed, API_PASSWORD: hunter2");
    assert_eq!(literal, ["literal-secret hunter2"]);
    let url = instead(
        "LOG_LEVEL: hushed",
        "LOG_LEVEL: hushed, OTHER: \"postgres://u:hunter2@db:5432/x\"",
    );
    assert_eq!(url, ["literal-secret \"postgres://u:hunter2@db:5432/x\""]);
    for patch in [
        "file: docker-compose.prod.yml, at: /services/api, merge: { labels: { API_PASSWORD: hunter2 } }",
        "file: docker-compose.prod.yml, at: /services/api, merge: { labels: [\"postgres://u:hunter2@db:5432/x\"] }",
        "file: kubernetes/*/api/deployment-api.yaml, at: /metadata, merge: { annotations: { PASSWORD: hunter2 } }",
    ] {
        assert!(patched(patch).contains(&"literal-secret".to_owned()), "{patch}");
    }
    assert!(with("").is_empty());
}

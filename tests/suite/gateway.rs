//! Compiles routes that go through a gateway, and reads the gateway's own configuration back.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::compiled::{codes, tree, yaml};

const CHAT: &str = r#"
blueprint: v1
name: chat
environments:
  production: { domain: chat.example.com }
services:
  kong: { uses: kong }
  web: { image: "ghcr.io/example/web:1.0.0", port: 3000, health: / }
  api:
    image: ghcr.io/example/api:1.0.0
    ports: { http: 8000, events: 8001 }
    health: /health
routes:
  "${env.domain}":
    /: web
    /api: { to: api, through: kong, rewrite: /v2/, timeout: 90s, limit: 10r/s }
    /api/events/: { to: api, port: events, through: kong, stream: true }
  "admin.${env.domain}":
    /: { to: web, through: kong }
monitoring: {}
waivers: { no-rate-limit: another machine limits clients }
"#;

fn service<'a>(config: &'a Value, name: &str) -> &'a Value {
    let services = config["services"].as_array().unwrap();
    services.iter().find(|service| service["name"] == name).unwrap()
}

/// Row C10.
#[test]
fn the_gateways_routes_are_those_that_go_through_it() {
    let tree = tree(CHAT);
    let config = yaml(&tree, "kong/production/kong.yml");
    let names: Vec<&str> = config["services"]
        .as_array()
        .unwrap()
        .iter()
        .map(|service| service["name"].as_str().unwrap())
        .collect();
    let expected =
        ["chat-example-com-api", "chat-example-com-api-events", "admin-chat-example-com"];
    assert_eq!(names, [expected[2], expected[0], expected[1]]);
    let api = service(&config, expected[0]);
    assert_eq!((&api["host"], &api["port"]), (&json!("api"), &json!(8000)));
    assert_eq!(api["path"], "/v2");
    assert_eq!(api["read_timeout"], 90_000);
    let route = &api["routes"][0];
    assert_eq!(route["hosts"], json!(["chat.example.com"]));
    assert_eq!(route["paths"], json!(["/api/", "~/api$"]));
    assert_eq!(route["strip_path"], true);
    assert_eq!(route["response_buffering"], true);
    let events = service(&config, expected[1]);
    assert_eq!(events["port"], 8001);
    assert!(events.get("path").is_none(), "{events}");
    assert_eq!(events["routes"][0]["paths"], json!(["/api/events/"]));
    assert_eq!(events["routes"][0]["strip_path"], false);
    assert_eq!(events["routes"][0]["response_buffering"], false);
    assert_eq!(service(&config, expected[2])["routes"][0]["paths"], json!(["/"]));
}

/// The edge limits and times; the gateway rewrites. Neither does what the other has done already.
#[test]
fn the_edge_leads_to_the_gateway_and_the_gateway_to_the_service() {
    let tree = tree(CHAT);
    let site = tree.get("nginx/production/conf.d/chat.example.com.conf").unwrap().text();
    let block = |path: &str| {
        // The last of them: the one before it answers without TLS.
        let from = site.rfind(&format!("location {path} {{")).unwrap();
        &site[from..from + site[from..].find("\n    }").unwrap()]
    };
    assert!(block("/api/").contains("proxy_pass http://kong_8000;"), "{}", block("/api/"));
    assert!(block("/api/").contains("limit_req"), "{}", block("/api/"));
    assert!(!block("/api/").contains("rewrite"), "{}", block("/api/"));
    assert!(block("/").contains("proxy_pass http://web_3000;"), "{}", block("/"));
    let compose = yaml(&tree, "docker-compose.production.yml");
    let waits = |service: &str| {
        let waits = compose["services"][service]["depends_on"].as_object().unwrap();
        waits.keys().cloned().collect::<BTreeSet<_>>()
    };
    assert_eq!(waits("kong"), BTreeSet::from(["api", "web"].map(str::to_owned)));
    assert!(waits("nginx").contains("kong") && !waits("nginx").contains("api"));
    let policy = yaml(&tree, "kubernetes/production/kong/networkpolicy-kong.yaml");
    let egress = policy["spec"]["egress"].as_array().unwrap();
    let to_api = egress.iter().find(|rule| {
        let labels = &rule["to"][0]["podSelector"]["matchLabels"];
        labels["app.kubernetes.io/name"] == "api"
    });
    let ports = json!([{ "port": 8000, "protocol": "TCP" }, { "port": 8001, "protocol": "TCP" }]);
    assert_eq!(to_api.unwrap()["ports"], ports);
    let route = yaml(&tree, "kubernetes/production/_namespace/httproute-chat-example-com.yaml");
    let rules = route["spec"]["rules"].as_array().unwrap();
    let api = rules.iter().find(|rule| rule["matches"][0]["path"]["value"] == "/api").unwrap();
    assert_eq!(api["backendRefs"], json!([{ "name": "kong", "port": 8000 }]));
}

#[test]
fn only_a_gateway_can_be_gone_through() {
    let through = |name: &str| {
        let text = CHAT.replace("through: kong", &format!("through: {name}"));
        format!("{text}\nedge: {{ limit: 50r/s }}\n")
    };
    assert_eq!(codes(&through("web")), ["error unknown-service"; 3]);
    assert_eq!(codes(&through("kang")), ["error unknown-service"; 3]);
}

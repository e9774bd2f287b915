//! Adds up what the manifests ask for, and holds it against the quota; and asks where secrets come from.

use serde_json::Value;

use super::text;
use crate::compiled::{tree, yaml};

const SHOP: &str = r#"
blueprint: v1
name: shop
environments:
  production: { domain: shop.example.com }
services:
  db: { uses: postgres@17, resources: { cpu: 250m..1, memory: 256Mi..1Gi }, storage: 10Gi }
  api:
    image: "ghcr.io/example/api:1.4.2"
    port: 8000
    health: /health
    needs: [db]
    autoscale: 2..6
    resources: { cpu: 100m..500m, memory: 128Mi..256Mi }
    variables: [app]
  web: { image: "ghcr.io/example/web:1.0.0", port: 3000, health: /, replicas: 2 }
routes:
  "${env.domain}": { /: web }
  "api.${env.domain}": { /: api }
waivers: { no-rate-limit: another machine limits clients }
variables:
  app:
    TOKEN_SECRET: { secret: true }
    SENTRY: { secret: true, optional: true }
kubernetes:
  quota: true
  secrets: { store: vault, key: teams/shop }
"#;

/// Thousandths of a CPU, or MiB.
fn amount(value: &Value) -> u64 {
    let text = text(value);
    let number = |end: &str| text.strip_suffix(end).and_then(|text| text.parse::<u64>().ok());
    number("m")
        .or_else(|| number("Mi"))
        .or_else(|| number("Gi").map(|number| number * 1024))
        .or_else(|| text.parse::<u64>().ok().map(|number| number * 1000))
        .unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn the_quota_admits_all_that_runs_at_the_busiest_moment() {
    let tree = tree(SHOP);
    let file = |path: &str| yaml(&tree, &format!("kubernetes/production/{path}"));
    let hard = file("_namespace/resourcequota-shop.yaml")["spec"]["hard"].clone();
    // The autoscaler's most and one more, two and one more, one that is replaced in place, and two solvers.
    let most =
        file("api/horizontalpodautoscaler-api.yaml")["spec"]["maxReplicas"].as_u64().unwrap();
    let pods = [
        ("api/deployment-api.yaml", most + 1),
        ("web/deployment-web.yaml", 3),
        ("db/statefulset-db.yaml", 1),
    ];
    assert_eq!(hard["pods"], (most + 1 + 3 + 1 + 2).to_string());
    for (kind, resource) in
        [("requests", "cpu"), ("requests", "memory"), ("limits", "cpu"), ("limits", "memory")]
    {
        let sum: u64 = pods
            .iter()
            .map(|(path, pods)| {
                let containers = &file(path)["spec"]["template"]["spec"]["containers"];
                amount(&containers[0]["resources"][kind][resource]) * pods
            })
            .sum();
        let solvers = match (kind, resource) {
            (_, "memory") => 2 * 64,
            ("requests", _) => 2 * 10,
            _ => 2 * 100,
        };
        assert_eq!(amount(&hard[format!("{kind}.{resource}")]), sum + solvers, "{kind} {resource}");
    }
    assert_eq!(hard["requests.storage"], "10Gi");
    assert_eq!(hard["persistentvolumeclaims"], "1");
    let limits = file("_namespace/limitrange-shop.yaml")["spec"]["limits"][0].clone();
    assert_eq!(limits["type"], "Container");
    assert_eq!(limits["max"]["memory"], "1Gi");
}

#[test]
fn secrets_are_fetched_from_the_store_and_no_template_is_written() {
    let tree = tree(SHOP);
    let secret = yaml(&tree, "kubernetes/production/_namespace/externalsecret-shop-env.yaml");
    let spec = &secret["spec"];
    assert_eq!(spec["secretStoreRef"]["name"], "vault");
    assert_eq!(spec["secretStoreRef"]["kind"], "ClusterSecretStore");
    let data = spec["data"].as_array().unwrap();
    let keys: Vec<&str> = data.iter().map(|one| text(&one["secretKey"])).collect();
    assert_eq!(keys, ["DB_PASSWORD", "TOKEN_SECRET"]);
    assert!(data.iter().all(|one| one["remoteRef"]["key"] == "teams/shop"));
    // What may be absent would stop everything if it were asked for by name.
    assert_eq!(spec["dataFrom"][0]["extract"]["key"], "teams/shop");
    assert!(tree.iter().all(|(path, _)| !path.as_str().ends_with(".template.yaml")));
    let listed = yaml(&tree, "kubernetes/production/kustomization.yaml");
    let listed = listed["resources"].as_array().unwrap();
    assert!(listed.iter().any(|one| one == "_namespace/externalsecret-shop-env.yaml"));
}

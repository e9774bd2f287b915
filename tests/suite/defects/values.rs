//! D10 to D12, D22, D24 and D25: variables, versions and settings that differ, are retyped, or are of another stage.

use super::{SHOP, follows, found, instead, patched, tree};
use crate::compiled::{text, yaml};

fn codes(found: &[String]) -> Vec<&str> {
    found.iter().map(|one| one.split(' ').next().unwrap()).collect()
}

#[test]
fn d10_a_variable_has_one_value() {
    assert!(follows("hushed", "loud") >= 2);
    let twice = "LOG_LEVEL: hushed }\n    variables: [one, two]";
    let text = SHOP.replace("LOG_LEVEL: hushed }", twice);
    let groups = "variables: { one: { RATE: 60 }, two: { RATE: 100 } }\n";
    let found = found(&[("blueprint.yaml", &format!("{text}{groups}"))]);
    assert!(codes(&found).contains(&"duplicate-variable"), "{found:?}");
    for patch in [
        "file: docker-compose.prod.yml, at: /services/api/environment, merge: { LOG_LEVEL: loud }",
        "file: kubernetes/*/api/deployment-api.yaml, at: /spec/template/spec/containers/0, merge: { env: [{ name: LOG_LEVEL, value: loud }] }",
    ] {
        assert_eq!(patched(patch), ["patch-contradicts"], "{patch}");
    }
}

#[test]
fn d11_a_variable_that_is_used_is_in_the_template() {
    let own = instead("LOG_LEVEL: hushed", "LOG_LEVEL: \"${var.LEVEL}\"");
    assert_eq!(own, ["unknown-variable \"${var.LEVEL}\""]);
    let secret = "valueFrom: { secretKeyRef: { name: shop-env, key: NOWHERE } }";
    for patch in [
        "file: docker-compose.prod.yml, at: /services/api, merge: { labels: { level: \"${LEVEL}\" } }".to_owned(),
        "file: docker-compose.prod.yml, at: /services/api, merge: { labels: { level: \"${LEVEL:-1}\" } }".to_owned(),
        format!("file: kubernetes/*/api/deployment-api.yaml, at: /spec/template/spec, merge: {{ initContainers: [{{ name: first, image: \"a:1\", env: [{{ name: X, {secret} }}] }}] }}"),
    ] {
        assert!(patched(&patch).contains(&"dangling-reference".to_owned()), "{patch}");
    }
    let tree = tree(&SHOP.replace("LOG_LEVEL: hushed }", "LOG_LEVEL: hushed }\n    variables: [own]\nvariables: { own: { LEVEL: { about: how much } } }").replace("\nroutes", "\nx-routes").replace("x-routes", "routes"));
    let template = text(&tree, ".env.production.template");
    assert_eq!(template.lines().filter(|line| line.starts_with("LEVEL=")).count(), 1);
    let compose = yaml(&tree, "docker-compose.prod.yml");
    assert!(
        compose["services"]["api"]["environment"]["LEVEL"]
            .as_str()
            .unwrap()
            .starts_with("${LEVEL:?")
    );
    assert!(text(&tree, "kubernetes/production/api/deployment-api.yaml").contains("key: LEVEL"));
}

#[test]
fn d12_one_image_and_one_amount_for_every_target() {
    assert!(follows("1.4.2", "1.5.3") >= 2);
    let sized = SHOP.replace(
        "port: 8431",
        "port: 8431\n    resources: { cpu: 250m..750m, memory: 300Mi..700Mi }",
    );
    let tree = tree(&sized);
    let compose = yaml(&tree, "docker-compose.prod.yml");
    let limits = &compose["services"]["api"]["deploy"]["resources"]["limits"];
    assert_eq!((limits["cpus"].as_str(), limits["memory"].as_str()), (Some("0.75"), Some("700M")));
    let pod = yaml(&tree, "kubernetes/production/api/deployment-api.yaml");
    let limits = &pod["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"];
    assert_eq!((limits["cpu"].as_str(), limits["memory"].as_str()), (Some("750m"), Some("700Mi")));
    let versions = "images: { db: \"postgres:15.2\" }\n";
    assert!(codes(&super::with(versions)).contains(&"other-image"));
    let floats = "file: kubernetes/*/api/deployment-api.yaml, at: /spec/template/spec/containers, merge: [{ name: api, image: \"ghcr.io/example/api:latest\" }]";
    assert!(patched(floats).contains(&"patch-contradicts".to_owned()));
}

#[test]
fn d22_texts_come_back_as_they_were() {
    let values =
        ["no", "on", "1e3", "08", "1_000", "2024-01-01", "$HOME", "$(HOME)", "${HOME}", "{{ x }}"];
    let written: Vec<String> = values
        .iter()
        .enumerate()
        .map(|(at, value)| format!("V{at}: \"{}\"", value.replace("${", "$${")))
        .collect();
    let tree = tree(&SHOP.replace("LOG_LEVEL: hushed", &written.join(", ")));
    let compose = yaml(&tree, "docker-compose.prod.yml");
    let pod = yaml(&tree, "kubernetes/production/api/deployment-api.yaml");
    let pod = pod["spec"]["template"]["spec"]["containers"][0]["env"].as_array().unwrap();
    for (at, value) in values.iter().enumerate() {
        let name = format!("V{at}");
        let one = compose["services"]["api"]["environment"][&name].as_str().unwrap();
        assert_eq!(one.replace("$$", "$"), *value, "Compose, {name}");
        let one = pod.iter().find(|variable| variable["name"] == name.as_str()).unwrap();
        assert_eq!(
            one["value"].as_str().unwrap().replace("$$(", "$("),
            *value,
            "Kubernetes, {name}"
        );
    }
}

#[test]
fn d22_texts_of_a_patch_stay_texts() {
    let labels = "patches: { change: { file: docker-compose.prod.yml, at: /services/api, merge: { labels: { a: \"no\", b: \"08\", c: \"1e3\" } } } }\n";
    let tree = tree(&format!("{SHOP}{labels}"));
    let compose = text(&tree, "docker-compose.prod.yml");
    for line in ["a: \"no\"", "b: \"08\"", "c: \"1e3\""] {
        assert!(compose.contains(line), "{line}");
    }
}

#[test]
fn d24_production_runs_no_settings_of_development() {
    let debug = instead("LOG_LEVEL: hushed", "NODE_ENV: development");
    assert!(codes(&debug).contains(&"debug-in-production"), "{debug:?}");
    let latest = instead("api:1.4.2", "api:latest");
    assert!(codes(&latest).contains(&"image-latest"), "{latest:?}");
    for patch in [
        "file: prometheus/*/prometheus.yml, at: /global/external_labels, merge: { environment: development }",
        "file: docker-compose.prod.yml, at: /services/api, merge: { image: \"ghcr.io/example/api:latest\" }",
    ] {
        assert_eq!(patched(patch), ["patch-contradicts"], "{patch}");
    }
}

#[test]
fn d25_a_change_of_configuration_replaces_what_reads_it() {
    let sum = |scrape: &str| {
        let tree =
            tree(&SHOP.replace("monitoring: {}", &format!("monitoring: {{ scrape: {scrape} }}")));
        let compose = yaml(&tree, "docker-compose.prod.yml");
        let pod = yaml(&tree, "kubernetes/production/prometheus/statefulset-prometheus.yaml");
        let labels = compose["services"]["prometheus"]["labels"].to_string();
        (labels, pod["spec"]["template"]["metadata"]["annotations"].to_string())
    };
    let ((one, pod), (other, other_pod)) = (sum("15s"), sum("20s"));
    assert!(one.contains("formwork.config") && one != other);
    assert!(pod.contains("checksum/") && pod != other_pod);
    let kept = "file: kubernetes/*/prometheus/statefulset-prometheus.yaml, at: /spec/template/metadata, merge: { annotations: null }";
    assert_eq!(patched(kept), ["patch-contradicts"]);
    let map = "file: kubernetes/*/prometheus/configmap-prometheus-rules.yaml, merge: { data: { own.yml: \"groups: []\" } }";
    assert_eq!(patched(map), ["patch-contradicts"]);
}

//! Rows V1, V2 and V6: how containers run, how many, how they are asked and stopped.

use std::collections::BTreeSet;

use super::{PRODUCTION, STAGING, at, list, services, strings, text, yaml};

/// It gives volumes to their users before the others start, has no network, and ends.
const ENDS: &str = "volume-owner";

#[test]
fn v1_every_service_of_production_is_hardened_limited_watched_and_restarted() {
    let file = yaml(PRODUCTION);
    let services = services(&file);
    for name in
        ["api", "aggregator", "celery-worker", "celery-beat", "postgres", "redis", "prometheus"]
    {
        assert!(services.contains_key(name), "{name}");
    }
    assert!(services.contains_key("grafana") && !services.contains_key("flower"));
    for (name, service) in &services {
        let ends = *name == ENDS;
        for bound in ["limits", "reservations"] {
            let amounts = at(service, &["deploy", "resources", bound]);
            assert!(amounts["cpus"].is_string() && amounts["memory"].is_string(), "{name} {bound}");
        }
        assert_eq!(strings(at(service, &["security_opt"])), ["no-new-privileges:true"], "{name}");
        assert_eq!(strings(at(service, &["cap_drop"])), ["ALL"], "{name}");
        let back = service.get("cap_add").map(strings).unwrap_or_default();
        assert_eq!(back, if ends { vec!["CHOWN"] } else { vec![] }, "{name} needs no more back");
        assert!(service.get("privileged").is_none(), "{name}");
        assert_eq!(at(service, &["logging", "driver"]), "json-file", "{name}");
        for option in ["max-size", "max-file"] {
            at(service, &["logging", "options", option]);
        }
        // What gives volumes away is root and ends: nobody could ask it for its health, or start it again.
        assert_eq!(at(service, &["restart"]), if ends { "no" } else { "always" }, "{name}");
        if ends {
            assert_eq!(at(service, &["network_mode"]), "none");
            assert!(service.get("healthcheck").is_none());
            continue;
        }
        let (user, group) = at(service, &["user"]).as_str().unwrap().split_once(':').unwrap();
        assert!(user.parse::<u32>().unwrap() > 0 && group.parse::<u32>().unwrap() > 0, "{name}");
        for key in ["interval", "timeout", "retries", "start_period", "test"] {
            at(service, &["healthcheck", key]);
        }
    }
}

/// What a service mounts is read-only, but for the one volume that holds its data.
#[test]
fn v1_what_is_not_written_is_mounted_read_only() {
    let file = yaml(PRODUCTION);
    let mut written = BTreeSet::new();
    for (name, service) in services(&file) {
        assert_eq!(*at(service, &["read_only"]), true, "{name}");
        for mount in service.get("volumes").map(list).unwrap_or_default() {
            if *at(mount, &["read_only"]) != true {
                assert_eq!(at(mount, &["type"]), "volume", "{name}");
                written.insert(at(mount, &["source"]).as_str().unwrap().to_owned());
            }
        }
    }
    let data = [
        "alertmanager-data",
        "backup-data",
        "backup-metrics",
        "celery-beat-schedule",
        "grafana-data",
        "postgres-data",
        "prometheus-data",
        "redis-data",
    ];
    assert!(written.iter().eq(data), "{written:?}");
}

#[test]
fn v1_dependencies_wait_for_health_on_one_isolated_bridge_network() {
    let file = yaml(PRODUCTION);
    for (name, service) in services(&file) {
        for (other, needed) in
            service.get("depends_on").into_iter().flat_map(|n| n.as_mapping().unwrap())
        {
            let ready =
                if other == ENDS { "service_completed_successfully" } else { "service_healthy" };
            assert_eq!(at(needed, &["condition"]), ready, "{name}");
        }
        if name == ENDS {
            assert_eq!(at(service, &["network_mode"]), "none");
            continue;
        }
        assert!(service.get("network_mode").is_none(), "{name}");
        assert_eq!(at(service, &["networks"]).as_mapping().unwrap().len(), 1, "{name}");
        for port in service.get("ports").map(strings).unwrap_or_default() {
            assert!(port.starts_with("127.0.0.1:"), "{name} opens {port} to everybody");
        }
    }
    for (later, earlier) in [
        ("api", "postgres"),
        ("api", "redis"),
        ("aggregator", "postgres"),
        ("celery-worker", "redis"),
    ] {
        at(&file, &["services", later, "depends_on", earlier]);
    }
    let networks = at(&file, &["networks"]).as_mapping().unwrap();
    assert_eq!(networks.len(), 1);
    assert!(
        networks
            .values()
            .all(|one| at(one, &["driver"]) == "bridge" && one.get("external").is_none())
    );
}

#[test]
fn v2_two_workers_in_production_and_one_in_staging_with_nothing_in_their_way() {
    for (path, replicas) in [(PRODUCTION, 2), (STAGING, 1)] {
        let file = yaml(path);
        let worker = at(&file, &["services", "celery-worker"]);
        let count = at(worker, &["deploy"]).get("replicas").map_or(1, |n| n.as_u64().unwrap());
        assert_eq!(count, replicas, "{path}");
        assert!(worker.get("ports").is_none(), "{path}");
        assert!(services(&file).values().all(|service| service.get("container_name").is_none()));
    }
    for (environment, replicas) in [("production", 2), ("staging", 1)] {
        let path = format!("kubernetes/{environment}/celery-worker/deployment-celery-worker.yaml");
        assert_eq!(at(&yaml(&path), &["spec", "replicas"]), replicas, "{environment}");
    }
}

#[test]
fn v6_there_are_three_health_endpoints_and_each_decides_about_its_own() {
    for name in ["api", "aggregator"] {
        for path in [PRODUCTION, STAGING] {
            let file = yaml(path);
            let test = strings(at(&file, &["services", name, "healthcheck", "test"])).join(" ");
            assert!(test.contains("http://127.0.0.1:8000/health/ready'"), "{test}");
            let lines = text(path);
            let above =
                lines.split(&format!("\n  {name}:\n")).next().unwrap().lines().last().unwrap();
            assert!(above.starts_with("  # ") && above.ends_with(" /health"), "{above}");
        }
        let deployment = yaml(&format!("kubernetes/production/{name}/deployment-{name}.yaml"));
        let about = at(&deployment, &["metadata", "annotations", "kubernetes.io/description"]);
        assert!(about.as_str().unwrap().ends_with(" /health"));
        let container = &list(at(&deployment, &["spec", "template", "spec", "containers"]))[0];
        for (probe, path) in
            [("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready")]
        {
            assert_eq!(at(container, &[probe, "httpGet", "path"]), path, "{name}");
        }
    }
}

#[test]
fn v6_programs_are_told_to_stop_and_get_the_time_for_it() {
    let file = yaml(PRODUCTION);
    for (name, signal, grace, seconds) in [
        ("api", "SIGTERM", "40s", 40),
        ("aggregator", "SIGTERM", "40s", 40),
        ("celery-worker", "SIGTERM", "2m", 120),
    ] {
        let service = at(&file, &["services", name]);
        assert_eq!(at(service, &["stop_signal"]), signal, "{name}");
        assert_eq!(at(service, &["stop_grace_period"]), grace, "{name}");
        let deployment = yaml(&format!("kubernetes/production/{name}/deployment-{name}.yaml"));
        let pod = at(&deployment, &["spec", "template", "spec"]);
        let given = at(pod, &["terminationGracePeriodSeconds"]).as_u64().unwrap();
        assert!(given >= seconds, "{name}: {given}");
        if let Some(option) = service["command"]
            .as_sequence()
            .unwrap()
            .iter()
            .position(|word| word == "--timeout-graceful-shutdown")
        {
            let patience: u64 = service["command"][option + 1].as_str().unwrap().parse().unwrap();
            assert!(patience < seconds, "{name} ends by itself before it is killed");
        }
    }
    assert_eq!(at(&file, &["services", "postgres", "stop_signal"]), "SIGINT", "a fast shutdown");
}

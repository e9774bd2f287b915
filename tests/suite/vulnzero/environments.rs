//! Row V4: staging beside production.

use std::collections::BTreeSet;

use serde_yaml::Value;

use super::{PRODUCTION, STAGING, at, services, strings, yaml};

#[test]
fn v4_staging_mirrors_production_beside_it() {
    let (production, staging) = (yaml(PRODUCTION), yaml(STAGING));
    let (ours, theirs) = (services(&production), services(&staging));
    let more: Vec<_> = theirs.keys().filter(|name| !ours.contains_key(*name)).collect();
    assert_eq!((more, ours.len() + 1), (vec![&"flower"], theirs.len()), "Flower is on in staging");
    // Compose puts the project's name before those of containers, networks and volumes that have none of their own.
    assert_ne!(at(&production, &["name"]), at(&staging, &["name"]));
    for file in [&production, &staging] {
        let named = |key| at(file, &[key]).as_mapping().unwrap().values();
        assert!(named("volumes").chain(named("networks")).all(|one| one.get("name").is_none()));
    }
    let host = |service: &Value| -> Vec<u16> {
        let ports = service.get("ports").map(strings).unwrap_or_default();
        ports.iter().map(|port| port.rsplit(':').nth(1).unwrap().parse().unwrap()).collect()
    };
    assert_eq!(host(theirs["postgres"]), [5433]);
    assert_eq!(host(theirs["redis"]), [6380]);
    assert_eq!(host(theirs["api"]), [8001]);
    let taken: BTreeSet<u16> = ours.values().flat_map(|service| host(service)).collect();
    assert!(theirs.values().flat_map(|service| host(service)).all(|port| !taken.contains(&port)));
    for (name, service) in &ours {
        assert_eq!(host(service).len(), host(theirs[name]).len(), "{name}");
        // What the pipeline builds has a tag of its own in staging, so that nothing there moves production's.
        let image = |service| at(service, &["image"]).as_str().unwrap().to_owned();
        assert_eq!(image(service), image(theirs[name]).trim_end_matches("-staging"), "{name}");
        for what in ["cpus", "memory"] {
            let limit = |service| amount(at(service, &["deploy", "resources", "limits", what]));
            assert!(limit(theirs[name]) < limit(service), "{name} has less {what} in staging");
        }
    }
    for (file, days) in [(&production, "30d"), (&staging, "7d")] {
        let command = strings(at(file, &["services", "prometheus", "command"]));
        assert!(command.contains(&format!("--storage.tsdb.retention.time={days}").as_str()));
    }
}

/// An amount of Compose as a number.
fn amount(value: &Value) -> f64 {
    let text = value.as_str().unwrap();
    let unit = if text.ends_with('G') { 1024.0 } else { 1.0 };
    text.trim_end_matches(['G', 'M']).parse::<f64>().unwrap() * unit
}

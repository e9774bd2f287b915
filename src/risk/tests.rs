//! One test for each effect and kind of file.

mod compose;
mod kubernetes;
mod prometheus;
mod nginx;
mod dotenv;
mod files;

use std::collections::BTreeMap;

use super::*;

/// What the change of one file says: effect, service, sentence.
fn risks(path: &str, old: &str, new: &str) -> Vec<(Effect, String, String)> {
    files(&[(path, Some(old), Some(new))])
}

fn files(sides: &[(&str, Option<&str>, Option<&str>)]) -> Vec<(Effect, String, String)> {
    let sides: Vec<Side<'_>> =
        sides.iter().map(|&(path, old, new)| Side { path, old, new }).collect();
    let shorts = BTreeMap::from([("prod".to_owned(), "production".to_owned())]);
    let found = assess(&sides, &shorts);
    assert!(found.iter().all(|risk| risk.environment == "production"), "{found:?}");
    found.into_iter().map(|risk| (risk.effect, risk.service, risk.says)).collect()
}

/// Asserts that the change has this effect on this service, and says so.
fn assert_says(found: &[(Effect, String, String)], effect: Effect, service: &str, says: &str) {
    let hit = found.iter().any(|(e, s, text)| *e == effect && s == service && text.contains(says));
    assert!(hit, "no {effect:?} of {service:?} that says {says:?} in {found:#?}");
}

#[test]
fn environments_are_told_apart_and_the_worst_comes_first() {
    let old = "name: a\nservices: { db: { image: 'postgres:16' }, api: { image: 'x:1' } }\n";
    let new = "name: b\nservices: { db: { image: 'postgres:16' } }\n";
    let side = |path| Side { path, old: Some(old), new: Some(new) };
    let found = assess(
        &[side("docker-compose.staging.yml"), side("docker-compose.live.yml"), side("README.md")],
        &BTreeMap::new(),
    );
    let all: Vec<_> = found.iter().map(|risk| (risk.environment.as_str(), risk.effect)).collect();
    assert_eq!(
        all,
        [
            ("live", Effect::LosesData),
            ("live", Effect::Stops),
            ("staging", Effect::LosesData),
            ("staging", Effect::Stops)
        ]
    );
}

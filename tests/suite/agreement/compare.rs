//! Compares the two forms of an environment: each finding names the service, the fact, and what each form says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_yaml::Value;

use super::Environment;
use super::roles::{ALONE, Alone, Form, INSIDE, OTHER, Since, UNASKED};
use super::side::{Health, Service, Side, at, entries, list, text};

/// The rows of the table that were needed.
#[derive(Default)]
pub(super) struct Used(BTreeSet<String>);

impl Used {
    /// The rows that nothing needed.
    pub(super) fn idle(&self) -> Vec<String> {
        let alone = ALONE.iter().map(|row| row.service.to_owned());
        let other = OTHER.iter().map(|row| format!("{} {}", row.image, row.fact));
        alone.chain(other).filter(|row| !self.0.contains(row)).collect()
    }
}

pub(super) fn compare(environment: &Environment, used: &mut Used) -> Vec<String> {
    let Environment { compose, kubernetes } = environment;
    let (addresses, none) = (addresses(compose), BTreeSet::new());
    let mut found = [compose.found.clone(), kubernetes.found.clone()].concat();
    for (name, ours) in &compose.services {
        match kubernetes.services.get(name) {
            Some(theirs) => {
                both(name, (ours, theirs), addresses.get(name).unwrap_or(&none), used, &mut found);
            }
            None => found.extend(alone(environment, Form::Compose, name, ours, used)),
        }
    }
    for (name, theirs) in &kubernetes.services {
        if !compose.services.contains_key(name) {
            found.extend(alone(environment, Form::Kubernetes, name, theirs, used));
        }
    }
    for (name, theirs) in &kubernetes.settings {
        let ours = compose.settings.get(name);
        if ours != Some(theirs) {
            found.push(format!("{name}: is {ours:?} in Compose, {theirs:?} in Kubernetes"));
        }
    }
    found
}

fn is_of_image(service: &Service, end: &str) -> bool {
    end.is_empty()
        || service.facts["image"].split([':', '@']).next().unwrap().ends_with(&format!("/{end}"))
}

fn alone(
    environment: &Environment,
    form: Form,
    name: &str,
    service: &Service,
    used: &mut Used,
) -> Option<String> {
    let is_it = |row: &&Alone| {
        row.form == form && is_called(row.service, name) && is_of_image(service, row.image)
    };
    let Some(row) = ALONE.iter().find(is_it) else {
        return Some(format!("{name}: stands in {form:?} only"));
    };
    used.0.insert(row.service.to_owned());
    let missing = row.since.iter().find(|since| !holds(since, environment, form, service))?;
    Some(format!("{name}: stands in {form:?} only, without {missing:?}"))
}

fn is_called(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

fn holds(since: &Since, environment: &Environment, form: Form, service: &Service) -> bool {
    let Environment { compose, kubernetes } = environment;
    let mut objects = kubernetes.objects.iter();
    match since {
        Since::Object(kinds) => {
            objects.any(|object| kinds.contains(&text(object, "kind").unwrap().as_str()))
        }
        Since::Annotation(start) => objects.any(|object| {
            entries(object, "metadata.annotations").iter().any(|(name, _)| name.starts_with(start))
        }),
        Since::Groups => objects.all(|object| !claims(object) || has_group(object)),
        Since::SameImage => {
            let others = if form == Form::Compose { kubernetes } else { compose };
            others.services.values().any(|other| other.facts["image"] == service.facts["image"])
        }
        Since::Alone(service) => {
            let has = |side: &Side| side.services.contains_key(*service);
            (has(compose), has(kubernetes)) == (form == Form::Compose, form == Form::Kubernetes)
        }
    }
}

/// Whether an object's pods claim a volume.
fn claims(object: &Value) -> bool {
    let mut volumes = list(object, "spec.template.spec.volumes").iter();
    !list(object, "spec.volumeClaimTemplates").is_empty()
        || volumes.any(|volume| volume.get("persistentVolumeClaim").is_some())
}

fn has_group(object: &Value) -> bool {
    let of = |key: &str| at(object, &format!("spec.template.spec.securityContext.{key}"));
    of("fsGroup").is_some() && of("fsGroup") == of("runAsGroup")
}

/// The ports at which any service's words address others: `db:5432`.
fn addresses(side: &Side) -> BTreeMap<String, BTreeSet<u64>> {
    static ADDRESS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("([A-Za-z0-9_.-]+):([0-9]+)").unwrap());
    let mut found: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for words in side.services.values().flat_map(Service::words) {
        for address in ADDRESS.captures_iter(words) {
            // What is no port of a service, such as the minutes of a time, has no service's name before it.
            let Ok(port) = address[2].parse() else { continue };
            found.entry(address[1].to_owned()).or_default().insert(port);
        }
    }
    found
}

fn both(
    name: &str,
    (ours, theirs): (&Service, &Service),
    addressed: &BTreeSet<u64>,
    used: &mut Used,
    found: &mut Vec<String>,
) {
    let facts: BTreeSet<&String> = ours.facts.keys().chain(theirs.facts.keys()).collect();
    for fact in facts {
        let (one, other) = (ours.facts.get(fact), theirs.facts.get(fact));
        if one == other || (one.is_none() && theirs.helpers.contains(fact)) {
            continue;
        }
        let row = OTHER.iter().find(|row| {
            row.fact == fact
                && is_of_image(ours, row.image)
                && (row.compose, row.kubernetes)
                    == (one.map(String::as_str), other.map(String::as_str))
        });
        match row {
            Some(row) => _ = used.0.insert(format!("{} {}", row.image, row.fact)),
            None => {
                found
                    .push(format!("{name}: {fact} is {one:?} in Compose, {other:?} in Kubernetes"));
            }
        }
    }
    // Compose publishes what is reached from outside, and declares nothing for others: they know the address, and the
    // service itself names the port in its command, its variables or its health check.
    for port in ours.ports.union(addressed).filter(|port| !theirs.ports.contains(port)) {
        found.push(format!("{name}: port {port} is not opened in Kubernetes"));
    }
    let inside =
        |port: &u64| INSIDE.iter().any(|(end, all)| is_of_image(ours, end) && all.contains(port));
    let is_known = |port: &u64| {
        [&ours.ports, &ours.numbers, addressed].iter().any(|all| all.contains(port)) || inside(port)
    };
    for port in theirs.ports.iter().filter(|port| !is_known(port)) {
        found.push(format!("{name}: port {port} is unknown in Compose"));
    }
    let unasked = ours.health.is_none() && is_of_image(ours, UNASKED);
    if !unasked && !is_same(ours.health.as_ref(), theirs.health.as_ref()) {
        found.push(format!(
            "{name}: health is {:?} in Compose, {:?} in Kubernetes",
            ours.health, theirs.health
        ));
    }
}

/// Whether both forms ask the same: by the same command, or by one that names the port and the path that the cluster asks for.
fn is_same(ours: Option<&Health>, theirs: Option<&Health>) -> bool {
    match (ours, theirs) {
        (None, None) => true,
        (Some(Health::Command(ours)), Some(Health::Command(theirs))) => ours == theirs,
        (Some(Health::Command(ours)), Some(Health::Get(port, path))) => {
            let url = format!("http://127.0.0.1:{port}{path}");
            let parts = || ours.iter().flat_map(|word| word.split([' ', '\'', '"', '\n', ')']));
            let has = |part: &str| parts().any(|one| one == part);
            has(&url) || (has(path) && has(&port.to_string()))
        }
        (Some(Health::Command(ours)), Some(Health::Connect(port))) => {
            let mut numbers =
                ours.iter().flat_map(|word| word.split(|c: char| !c.is_ascii_digit()));
            numbers.any(|number| *number == port.to_string())
        }
        _ => false,
    }
}

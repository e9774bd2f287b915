//! Holds the documents against the rows that describe them: each test names its row, and reads its figures from there and
//! from the compiled files with another reader than ours.

use std::collections::{BTreeMap, BTreeSet};

use formwork::tree::Tree;
use serde_yaml::Value;

use super::reader::{Page, spans};
use super::{Compiled, compiled, pages};
use crate::support;

fn system(name: &str) -> &'static Compiled {
    let file = format!("blueprints/{name}.yaml");
    compiled().iter().find(|one| one.path.ends_with(&file)).unwrap()
}

fn composed(tree: &Tree, file: &str) -> Value {
    serde_yaml::from_str(tree.get(file).unwrap().text()).unwrap()
}

/// What the containers may use that run with the environment's profiles: processors and GiB, from the compose file.
fn limits(compose: &Value, profiles: &[&str]) -> (f64, f64) {
    let (mut cpus, mut bytes) = (0.0, 0.0);
    for service in compose["services"].as_mapping().unwrap().values() {
        let of = service.get("profiles").and_then(Value::as_sequence);
        if of.is_some_and(|of| !of.iter().any(|one| profiles.contains(&one.as_str().unwrap()))) {
            continue;
        }
        let deploy = &service["deploy"];
        let replicas = deploy.get("replicas").and_then(Value::as_f64).unwrap_or(1.0);
        let limits = &deploy["resources"]["limits"];
        cpus += replicas * limits["cpus"].as_str().unwrap().parse::<f64>().unwrap();
        let memory = limits["memory"].as_str().unwrap();
        let (number, unit) = memory.split_at(memory.len() - 1);
        let unit = match unit {
            "K" => 1024.0,
            "M" => 1024.0 * 1024.0,
            "G" => 1024.0 * 1024.0 * 1024.0,
            other => panic!("{other}"),
        };
        bytes += replicas * number.parse::<f64>().unwrap() * unit;
    }
    (cpus, bytes / 1024.0 / 1024.0 / 1024.0)
}

/// The row of a machine: processors at most, memory at most.
fn machine(page: &Page, environment: &str) -> (f64, f64) {
    let rows = page.rows("Hardware");
    let row = rows.iter().find(|row| row.len() == 9 && row[0] == environment).unwrap();
    let memory = row[5].strip_suffix(" GiB").unwrap().parse().unwrap();
    (row[3].parse().unwrap(), memory)
}

/// What an item names: its code, and where it leads.
fn named(item: &str) -> Vec<String> {
    let mut names = spans(item);
    if let Some((_, rest)) = item.split_once("](") {
        names.push(rest.split(')').next().unwrap().to_owned());
    }
    names
}

/// Every item names something, and no two name the same.
fn distinct(page: &Page) -> usize {
    let mut seen: BTreeMap<Vec<String>, String> = BTreeMap::new();
    for (_, item) in page.items() {
        let names = named(&item);
        assert!(!names.is_empty(), "{item:?} names nothing");
        if let Some(first) = seen.insert(names.clone(), item.clone()) {
            panic!("{first:?} and {item:?} both name {names:?}");
        }
    }
    seen.len()
}

#[test]
fn v7_the_guide_has_every_part_in_order() {
    let page = &system("vulnzero").pages["DEPLOYMENT.md"];
    let headings: Vec<&str> = page
        .headings
        .iter()
        .filter(|(level, _)| *level == 2)
        .map(|(_, text)| text.as_str())
        .collect();
    let wanted = [
        "Prerequisites",
        "Before a deployment",
        "Environment set-up",
        "Deployment",
        "Verification",
        "Rollback",
        "Metrics and alerts",
        "Backup and recovery",
        "Troubleshooting",
        "Reference",
    ];
    let places: Vec<usize> = wanted
        .iter()
        .map(|wanted| headings.iter().position(|heading| heading == wanted).unwrap())
        .collect();
    assert!(places.is_sorted(), "{headings:?}");
    let before = distinct(page);
    assert!(before >= 40, "{before} things to see to before a deployment");
}

#[test]
fn v7_backup_and_migrations_come_before_the_start() {
    let one = system("vulnzero");
    let text = one.tree.get("DEPLOYMENT.md").unwrap().text();
    let deploy = text.split("### Deploy production").nth(1).unwrap();
    let deploy = deploy.split("### Deploy staging").next().unwrap();
    let place = |what: &str| deploy.find(what).unwrap_or_else(|| panic!("no {what} in {deploy}"));
    assert!(place("Back up") < place("Fetch the images"), "{deploy}");
    assert!(place("Fetch the images") < place("up -d --wait"), "{deploy}");
    if deploy.contains("Migrate") {
        assert!(place("Back up") < place("Migrate") && place("Migrate") < place("up -d --wait"));
    }
}

#[test]
fn v7_hardware_is_what_the_limits_add_up_to() {
    for (name, environments) in [
        ("vulnzero", [("production", "prod", vec![]), ("staging", "staging", vec![])]),
        ("sira", [("production", "prod", vec!["monitoring"]), ("staging", "staging", vec![])]),
    ] {
        let one = system(name);
        let page = &one.pages["DEPLOYMENT.md"];
        for (environment, short, profiles) in environments {
            let compose = composed(&one.tree, &format!("docker-compose.{short}.yml"));
            let (cpus, memory) = limits(&compose, &profiles);
            // One row, where environments share a machine.
            let rows = page.rows("Hardware");
            if !rows.iter().any(|row| row.len() == 9 && row[0] == environment) {
                continue;
            }
            let (said_cpus, said_memory) = machine(page, environment);
            assert!((said_cpus - cpus).abs() < 0.001, "{name} {environment}: {said_cpus} {cpus}");
            assert!(
                (said_memory - memory).abs() < 0.1,
                "{name} {environment}: {said_memory} {memory}"
            );
        }
    }
}

/// A changed limit changes the guide by as much.
#[test]
fn v7_hardware_follows_the_blueprint() {
    let path = std::path::Path::new("blueprints/sira.yaml");
    let text = support::whole(path);
    let of =
        |text: &str| machine(&pages(&support::compiled(text).tree)["DEPLOYMENT.md"], "production");
    let (before, memory) = of(&text);
    let changed =
        text.replacen("cpu: 250m..1, memory: 256Mi..1Gi", "cpu: 250m..3, memory: 256Mi..4Gi", 1);
    assert_ne!(changed, text);
    let (after, more) = of(&changed);
    assert!((after - before - 2.0).abs() < 0.001, "{before} {after}");
    assert!((more - memory - 3.0).abs() < 0.1, "{memory} {more}");
}

#[test]
fn v7_every_variable_port_and_service_has_its_row() {
    let one = system("vulnzero");
    let page = &one.pages["DEPLOYMENT.md"];
    let all: BTreeSet<String> = page
        .headings
        .iter()
        .filter(|(_, text)| text.starts_with("Variables: "))
        .flat_map(|(_, text)| page.rows(text))
        .flat_map(|row| spans(&row[0]))
        .collect();
    let mut variables = 0;
    for environment in ["production", "staging"] {
        let template = one.tree.get(&format!(".env.{environment}.template")).unwrap().text();
        for line in template.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once('=') {
                assert!(all.contains(name), "{name} has no row");
                variables += 1;
            }
        }
    }
    assert!(variables > 100, "{variables}");
    let rows = page.rows("Ports of the machines");
    let services: BTreeSet<&str> =
        page.headings.iter().filter_map(|(_, text)| text.strip_prefix("Trouble with ")).collect();
    for (environment, short) in [("production", "prod"), ("staging", "staging")] {
        let compose = composed(&one.tree, &format!("docker-compose.{short}.yml"));
        let mut ports = 0;
        for (name, service) in compose["services"].as_mapping().unwrap() {
            assert!(services.contains(name.as_str().unwrap()), "{name:?}");
            for port in service.get("ports").and_then(Value::as_sequence).into_iter().flatten() {
                let words: Vec<&str> = port.as_str().unwrap().rsplitn(3, ':').collect();
                let is_row = |row: &&Vec<String>| row[0] == environment && row[2] == words[1];
                let row = rows.iter().find(is_row).unwrap_or_else(|| panic!("{port:?}: {rows:?}"));
                assert_eq!(row[3], format!("{}:{}", name.as_str().unwrap(), words[0]));
                ports += 1;
            }
        }
        let said = rows.iter().filter(|row| row[0] == environment).count();
        assert_eq!(said, ports, "no port is invented in {environment}");
    }
}

#[test]
fn s11_and_c9_no_two_items_are_the_same() {
    for one in compiled() {
        distinct(&one.pages["DEPLOYMENT_CHECKLIST.md"]);
    }
    let count = |name: &str| {
        let page = &system(name).pages["DEPLOYMENT_CHECKLIST.md"];
        let count = distinct(page);
        let said = page.lines.iter().find_map(|(_, line)| line.split_once(" items, for "));
        assert_eq!(said.unwrap().0, count.to_string(), "{name} says how many");
        count
    };
    assert!(count("sira") > 100);
    let large = count("saas-chat");
    assert!(large >= 250, "{large}");
}

/// Quick and full, and the commands of every day.
#[test]
fn v7_rollback_and_commands_are_those_of_the_system() {
    let one = system("vulnzero");
    let page = &one.pages["DEPLOYMENT.md"];
    let below = |heading: &str| -> Vec<&str> {
        let text = one.tree.get("DEPLOYMENT.md").unwrap().text();
        let rest = text
            .split(&format!("\n### {heading}\n"))
            .nth(1)
            .unwrap_or_else(|| panic!("no {heading}"));
        rest.lines().take_while(|line| !line.starts_with('#')).map(str::trim).collect()
    };
    for environment in ["production", "staging"] {
        let quick = below(&format!("Quick: {environment}"));
        assert!(
            quick.contains(&format!("scripts/rollback.sh {environment} --quick").as_str()),
            "{quick:?}"
        );
        let full = below("Full");
        assert!(
            full.contains(&format!("scripts/rollback.sh {environment} --full").as_str()),
            "{full:?}"
        );
    }
    let commands = page.rows("Commands");
    assert!(commands.len() >= 10, "{commands:?}");
    assert!(!page.rows("Dashboards").is_empty() && !page.rows("Alerts").is_empty());
}

/// The last line of the rows: sizing, incidents and security operations, for each of the five; and, as row V7 says, where
/// each file is.
#[test]
fn v7_every_system_is_told_of_hardware_incidents_security_and_files() {
    for name in ["agenthub", "saas-chat", "sira", "vibe-ensemble", "vulnzero"] {
        let one = system(name);
        let page = &one.pages["DEPLOYMENT.md"];
        for heading in ["Hardware", "Incidents", "Security operations", "Change a secret"] {
            assert!(page.headings.iter().any(|(_, text)| text == heading), "{name}: no {heading}");
        }
        assert!(!page.rows("Hardware").is_empty(), "{name}");
        // Each folder and file at the top has its row, and each row is there.
        let rows = page.rows("Files");
        assert!(rows.len() > 20, "{rows:?}");
        let listed: BTreeSet<String> = rows
            .iter()
            .filter_map(|row| Some(row[0].split("](").nth(1)?.trim_end_matches(')').to_owned()))
            .collect();
        for (path, _) in one.tree.iter() {
            let path = path.as_str();
            let covered =
                listed.iter().any(|known| path == known || path.starts_with(&format!("{known}/")));
            assert!(covered || path == "DEPLOYMENT.md", "{path} has no row");
        }
        for known in listed.iter().filter(|known| *known != "formwork.lock") {
            let there = |path: &str| path == known || path.starts_with(&format!("{known}/"));
            assert!(one.tree.iter().any(|(path, _)| there(path.as_str())), "{known} is not there");
        }
    }
}

/// What is taken away has no item any more.
#[test]
fn c9_items_follow_what_the_system_has() {
    let text = include_str!("../../../examples/ten-lines.yaml");
    let items = |text: &str| {
        let tree = support::compiled(text).tree;
        let page = &pages(&tree)["DEPLOYMENT_CHECKLIST.md"];
        page.items().into_iter().map(|(_, item)| item).collect::<Vec<_>>()
    };
    let all = items(text);
    let with = items(&text.replacen("services:\n", "services:\n  cache: { uses: redis@8 }\n", 1));
    assert!(with.len() >= all.len() + 3, "{} {}", with.len(), all.len());
    assert!(!all.iter().any(|item| item.contains("`cache`")));
    assert!(with.iter().any(|item| item.contains("`cache`")));
}

#[test]
fn g8_recovery_keeps_what_was_promised() {
    let one = system("agenthub");
    let page = &one.pages["DISASTER_RECOVERY.md"];
    let rows = page.rows("What is kept");
    let kept: Vec<&Vec<String>> = rows.iter().filter(|row| row.len() == 7).collect();
    assert!(!kept.is_empty(), "{rows:?}");
    for row in &kept {
        assert_eq!((row[2].as_str(), row[4].as_str()), ("1 hour", "4 hours"), "RPO and RTO");
        let lost = row[3].split_once(' ').unwrap();
        assert!(lost.1.starts_with("minute") && lost.0.parse::<u32>().unwrap() <= 60, "{row:?}");
        assert!(row[5].contains(", "), "two buckets: {row:?}");
    }
    // The schedules are those by which the jobs run.
    let crontab = one.tree.get("backup/production/crontab").unwrap().text();
    let schedules = one.pages["DEPLOYMENT.md"].rows("Schedules");
    assert!(schedules.len() >= kept.len());
    for row in &schedules {
        assert!(crontab.contains(spans(&row[1])[0].as_str()), "{row:?} in {crontab}");
    }
    for row in kept {
        assert!(page.headings.iter().any(|(_, text)| *text == format!("Restore {}", row[0])));
    }
}

/// What is lost with a machine or a cluster comes back as far as the archive reaches; where none is kept, by the newest dump.
#[test]
fn g8_what_is_lost_comes_back_to_the_newest_moment() {
    let one = system("saas-chat");
    let text = one.tree.get("DISASTER_RECOVERY.md").unwrap().text();
    let part = |heading: &str| {
        let begin = text.find(&format!("\n## {heading}\n")).unwrap();
        let rest = &text[begin + 4..];
        rest[..rest.find("\n## ").unwrap()].to_owned()
    };
    let machine = part("The machine is lost");
    assert!(
        machine.contains("scripts/restore.sh production postgres --time latest\n"),
        "{machine}"
    );
    assert!(
        machine.contains("scripts/restore.sh production mongodb --without-safety-backup\n"),
        "{machine}"
    );
    let cluster = part("The cluster is lost");
    // Nothing is written before the data are back, and nothing runs before its Secret.
    let order = [
        "kubectl apply -k kubernetes/production\n",
        " scale statefulset/postgres --replicas=0\n",
        " scale statefulset/postgres-archive --replicas=0\n",
        " patch cronjob/backup-mongodb-daily --patch '{\"spec\":{\"suspend\":true}}'\n",
        "kubectl create -f kubernetes/production/_restore/job-restore-mongodb.yaml\n",
        "kubectl create -f kubernetes/production/_restore/job-recover-postgres.yaml\n",
        " wait job/recover-postgres --for=condition=complete ",
        " scale statefulset/postgres --replicas=1\n",
        " patch cronjob/backup-mongodb-daily --patch '{\"spec\":{\"suspend\":false}}'\n",
    ];
    let mut rest = cluster.as_str();
    for command in order {
        let (_, after) =
            rest.split_once(command).unwrap_or_else(|| panic!("no {command:?} in {rest}"));
        rest = after;
    }
    assert!(!cluster.contains("scale statefulset/mongodb"), "a dump wants its server: {cluster}");
    // Whoever restores in a cluster is told there what writes, and how it starts again.
    let damaged = part("Data are damaged");
    let damaged = damaged.split_once("### Restore mongodb\n").unwrap().1;
    let mut rest = damaged.split("\n### ").next().unwrap();
    for command in [
        " scale statefulset/chat-service --replicas=0\n",
        "scripts/restore-kubernetes.sh production mongodb\n",
        " scale statefulset/chat-service --replicas=1\n",
    ] {
        let (_, after) =
            rest.split_once(command).unwrap_or_else(|| panic!("no {command:?} in {rest}"));
        rest = after;
    }
    // What must be typed is what the script asks for.
    assert!(!text.contains("`yes`") && text.contains("the name of the environment, `production`"));
    // Each bucket is told once, by a command that is in the checklist too.
    let rules = "aws s3api put-bucket-lifecycle-configuration --bucket ";
    let file = "--lifecycle-configuration file://backup/production/lifecycle-backups.json";
    let told: Vec<&str> = text.lines().filter(|line| line.trim().starts_with(rules)).collect();
    assert!(told.len() == 2 && told[0].ends_with(file), "of both environments: {told:?}");
    let list = one.tree.get("DEPLOYMENT_CHECKLIST.md").unwrap().text();
    assert_eq!(list.matches(told[0].trim()).count(), 1, "{}", told[0]);
}

#[test]
fn g8_without_backups_there_is_no_such_document() {
    let with: Vec<bool> = compiled()
        .iter()
        .map(|one| {
            let backs_up = one.tree.iter().any(|(path, _)| path.as_str().starts_with("backup/"));
            assert_eq!(backs_up, one.pages.contains_key("DISASTER_RECOVERY.md"), "{:?}", one.path);
            backs_up
        })
        .collect();
    assert!(with.contains(&true) && with.contains(&false));
}

#[test]
fn s12_the_guide_leads_through_each_kind_of_certificate() {
    let one = system("sira");
    let page = &one.pages["DEPLOYMENT.md"];
    for heading in ["Let's Encrypt", "Own files", "Self-signed"] {
        assert!(page.headings.iter().any(|(_, text)| text == heading), "{heading}");
    }
    let hosts: BTreeSet<String> =
        page.rows("Certificates").iter().flat_map(|row| spans(&row[0])).collect();
    let mut served = BTreeSet::new();
    for (path, artifact) in one.tree.below("nginx/production/conf.d") {
        let names = artifact.text().lines().filter_map(|line| {
            line.trim().strip_prefix("server_name ")?.strip_suffix(';').map(str::to_owned)
        });
        served.extend(names);
        assert_eq!(path.as_str().rsplit_once('.').map(|(_, end)| end), Some("conf"));
    }
    served.remove("_");
    assert_eq!(hosts, served);
    // The watching services are reached from the machine alone.
    let rows = page.rows("Ports of the machines");
    for (port, service) in
        [("3001", "grafana:3000"), ("9090", "prometheus:9090"), ("9093", "alertmanager:9093")]
    {
        let row = rows.iter().find(|row| row[0] == "production" && row[2] == port).unwrap();
        assert_eq!((spans(&row[1])[0].as_str(), row[3].as_str()), ("127.0.0.1", service));
        assert_eq!(row[4], "the machine alone");
    }
}

/// Each way of getting certificates has its own commands.
#[test]
fn s12_own_files_are_put_in_place_by_commands() {
    let text = support::whole(std::path::Path::new("blueprints/sira.yaml"));
    let own = text.replacen("by: letsencrypt", "by: files", 1);
    assert_ne!(own, text);
    // What gets certificates is not there then.
    let own: Vec<&str> = own.lines().filter(|line| !line.starts_with("  certbot: ")).collect();
    let own = own.join("\n");
    let commands = |text: &str| {
        let pages = pages(&support::compiled(text).tree);
        let blocks = &pages["DEPLOYMENT.md"].blocks;
        let lines = blocks.iter().flat_map(|(_, lines)| lines);
        lines.filter(|line| line.starts_with("tar -C certificates/")).count()
    };
    assert_eq!(commands(&text), 0);
    assert!(commands(&own) >= 2);
}

#[test]
fn the_picture_shows_every_service_and_route() {
    for one in compiled() {
        let page = &one.pages["ARCHITECTURE.md"];
        let mermaid = &page.blocks.iter().find(|(language, _)| language == "mermaid").unwrap().1;
        let mermaid = mermaid.join("\n");
        let picture = one.tree.get("architecture.svg").unwrap().text();
        let compose = one.names.composed.keys().find(|file| file.contains(".prod")).unwrap();
        for service in &one.names.composed[compose].services {
            let label = |end: &str| mermaid.contains(&format!("\"{service}{end}"));
            assert!(label("\"") || label(":"), "{service} in {mermaid}");
            let shown = if service.len() > 26 { &service[..25] } else { service };
            assert!(picture.contains(&format!(">{shown}")), "{service} in the picture");
        }
        let opened = mermaid.matches("subgraph").count();
        assert_eq!(opened, mermaid.lines().filter(|line| line.trim() == "end").count());
    }
}

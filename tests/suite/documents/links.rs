//! Follows every link of every document, and every link of every alert.

use std::fs;

use serde_yaml::Value;

use super::compiled;

#[test]
fn every_link_leads_to_a_file_and_a_place_that_exist() {
    let mut followed = 0;
    for one in compiled() {
        for (page, read) in &one.pages {
            for link in read.links() {
                let (file, place) = link.split_once('#').unwrap_or((&link, ""));
                let at = format!("{}: {page} links to {link}", one.path.display());
                if file.starts_with("http") {
                    continue;
                }
                let file = if file.is_empty() { page } else { file };
                assert!(one.tree.below(file).next().is_some(), "{at}, which is not compiled");
                if !place.is_empty() {
                    let anchors = one.pages[file].anchors();
                    assert!(anchors.iter().any(|anchor| anchor == place), "{at}: {anchors:?}");
                }
                followed += 1;
            }
        }
    }
    assert!(followed > 500, "{followed} links");
}

/// Read from the rule files that Prometheus loads, and from the objects that its operator does.
#[test]
fn every_alert_leads_to_its_section() {
    let (mut alerts, mut linked) = (0, 0);
    for one in compiled() {
        for (path, artifact) in one.tree.iter() {
            let path = path.as_str();
            let is_rule = path.contains("/rules/") || path.contains("/prometheusrule-");
            if !is_rule || !path.contains(".y") {
                continue;
            }
            let value: Value = serde_yaml::from_str(artifact.text()).unwrap();
            let groups = value.get("groups").or_else(|| value.get("spec")?.get("groups"));
            for group in groups.unwrap().as_sequence().unwrap() {
                for rule in group["rules"].as_sequence().unwrap() {
                    let Some(name) = rule.get("alert") else { continue };
                    // An address where somebody says it, and else no dead link.
                    let annotations = &rule["annotations"];
                    let link =
                        annotations.get("runbook_url").or_else(|| annotations.get("runbook"));
                    let url = link.unwrap().as_str().unwrap();
                    linked += usize::from(url.starts_with("https://"));
                    let (file, place) = url.split_once('#').unwrap();
                    let file = file.rsplit('/').next().unwrap();
                    assert_eq!(file, "RUNBOOK.md");
                    let page = &one.pages[file];
                    assert!(page.anchors().contains(&place.to_owned()), "{path}: {name:?}: {url}");
                    let heading =
                        page.headings.iter().find(|(_, text)| Some(text.as_str()) == name.as_str());
                    assert!(heading.is_some(), "{path}: {name:?} has a heading of its own");
                    alerts += 1;
                }
            }
        }
    }
    assert!(alerts > 100 && linked > 100, "{alerts} alerts, {linked} with an address");
}

#[test]
fn an_address_of_the_documents_stands_before_every_link() {
    let text = fs::read_to_string("examples/monitoring.yaml").unwrap();
    let there = "https://git.example.com/notes/";
    assert!(text.contains("\nmonitoring:\n"), "{text}");
    let text = text.replace("\nmonitoring:\n", &format!("\nmonitoring:\n  runbooks: {there}\n"));
    let tree = crate::support::compiled(&text).tree;
    let rules = crate::compiled::text(&tree, "prometheus/production/rules/alert_rules.yml");
    let links: Vec<&str> = rules.lines().filter(|line| line.contains("runbook_url")).collect();
    assert!(links.len() > 3);
    for link in links {
        assert!(link.contains("https://git.example.com/notes/RUNBOOK.md#"), "{link}");
    }
    for wrong in ["notes", "https://a b", "https://a#b", "https://a/{{ x }}"] {
        let text = text.replace(there, &format!("{wrong:?}"));
        assert!(!crate::compiled::codes(&text).is_empty(), "{wrong}");
    }
}

//! Holds what the checklists say is shown against what there is to show it.

use std::fs;
use std::path::Path;

#[test]
fn a_checklist_names_dashboards_that_are_there_and_have_something_to_show() {
    let mut named = 0;
    for system in fs::read_dir("out").unwrap() {
        let system = system.unwrap().path();
        let Ok(text) = fs::read_to_string(system.join("DEPLOYMENT_CHECKLIST.md")) else { continue };
        for line in text.lines().filter(|line| line.ends_with(" shows figures")) {
            let name = line.split('`').nth(1).unwrap();
            let file = format!("grafana/production/dashboards/{name}.json");
            assert!(system.join(&file).is_file(), "{}: {line}", system.display());
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
    // Off in production, and shown nothing of there.
    let sira = fs::read_to_string(Path::new("out/sira/DEPLOYMENT_CHECKLIST.md")).unwrap();
    assert!(!sira.contains("(`redis`) shows figures") && sira.contains("(`db`) shows figures"));
    let facts = fs::read_to_string("out/sira/scripts/environments/production.sh").unwrap();
    assert!(!facts.contains("with-redis\n"), "{facts}");
}

//! Tries to write each class of defect that files kept by hand have, and shows that it is refused or cannot be written.
//!
//! `tests/DEFECTS.md` tells the classes; the name of a test begins with its class.

mod capacity;
mod edge;
mod monitoring;
mod names;
mod networks;
mod read_back;
mod table;
mod values;

use formwork::tree::Tree;

use crate::all_faults::found;

/// A small system that has every kind of file.
const SHOP: &str = r#"blueprint: v1
name: shop
environments: { production: { domain: shop.example.com, short: prod } }
services:
  db: { uses: postgres@17 }
  api:
    image: "ghcr.io/example/api:1.4.2"
    port: 8431
    health: /is-well
    metrics: { path: /measured, series: { orders_total: { type: counter } } }
    needs: [db]
    environment: { DATABASE_URL: "${db.url}", LOG_LEVEL: hushed }
routes: { "${env.domain}": { /shop/: { to: api, limit: "50r/s burst 100", body: 7Mi } } }
monitoring: {}
"#;

/// What is found in the system with further sections, each as its code and what it underlines.
fn with(sections: &str) -> Vec<String> {
    found(&[("blueprint.yaml", &format!("{SHOP}{sections}"))])
}

/// What is found in the system once a part of it is another.
fn instead(part: &str, other: &str) -> Vec<String> {
    assert!(SHOP.contains(part), "{part}");
    found(&[("blueprint.yaml", &SHOP.replace(part, other))])
}

/// What is found in the system with a patch of these keys, which is the place of every finding.
fn patched(keys: &str) -> Vec<String> {
    let found = with(&format!("patches:\n  change: {{ {keys} }}\n"));
    let code = |one: &String| one.split(' ').next().unwrap().to_owned();
    let mut codes: Vec<String> = found.iter().map(code).collect();
    for one in &found {
        assert!(one.ends_with(" change") || one.ends_with(" merge"), "{one} is not at the patch");
    }
    codes.dedup();
    codes
}

/// What is found in the system with a file of the author's own beside it, which is where every finding is.
fn beside(path: &str, text: &str) -> Vec<String> {
    found(&[("blueprint.yaml", SHOP), (path, text)])
}

fn tree(text: &str) -> Tree {
    crate::support::compiled(text).tree
}

/// A value that is changed in the blueprint is another in every file that names it, and nothing else is.
/// Returns how many files name it.
fn follows(value: &str, other: &str) -> usize {
    assert_eq!(SHOP.matches(value).count(), 1, "`{value}` stands in the blueprint once");
    let (before, after) = (tree(SHOP), tree(&SHOP.replace(value, other)));
    // Sums of what was read change with it.
    let lines = |text: &str| -> Vec<String> {
        let is_sum =
            |line: &str| ["checksum/", "formwork.config"].iter().any(|sum| line.contains(sum));
        text.lines().filter(|line| !is_sum(line)).map(str::to_owned).collect()
    };
    let paths = |tree: &Tree| tree.iter().map(|(path, _)| path.to_string()).collect::<Vec<_>>();
    let renamed = |text: &str| text.replace(value, other);
    assert_eq!(paths(&before).iter().map(|path| renamed(path)).collect::<Vec<_>>(), paths(&after));
    let mut naming = 0;
    for (path, artifact) in before.iter() {
        let now = crate::compiled::text(&after, &renamed(path.as_str()));
        let expected = renamed(artifact.text());
        assert_eq!(lines(&expected), lines(now), "{path}");
        naming += usize::from(expected != artifact.text());
    }
    naming
}

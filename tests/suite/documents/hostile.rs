//! Compiles a blueprint whose texts try to break out of their place in a page.

use super::pages;
use crate::support::compiled;

const TEXTS: &[&str] = &[
    "a | b | c",
    "`code` and ``more``",
    "<script>alert(1)</script>",
    "--> out of the comment",
    "```\nblock\n```",
    "# heading",
    "- item\n- [ ] item",
    "[link](https://example.com) ![x](y)",
    "| a |\n| --- |\n| b |",
    "*bold* _it_ ~~no~~ $x$",
    "a\\",
    "a\\|b",
];

/// A blueprint with a text wherever people may write one.
fn blueprint(text: &str) -> String {
    let reason = serde_json::to_string(&format!("a reason: {text}")).unwrap();
    let text = serde_json::to_string(text).unwrap();
    format!(
        r#"blueprint: v1
name: notes
description: {text}
environments: {{ production: {{ short: prod, domain: notes.example.com }} }}
services:
  api:
    about: {text}
    image: ghcr.io/example/api:1.0.0
    port: 8000
    health: /health
    metrics: {{ path: /metrics, series: {{ notes_total: {{ type: counter }} }} }}
    variables: [own]
    volumes: {{ files: /files }}
routes: {{ "${{env.domain}}": {{ /: api }} }}
edge: {{ limit: 50r/s }}
volumes: {{ files: {{ about: {text}, size: 1Gi }} }}
variables:
  own:
    PLAIN: {{ default: {text}, about: {text} }}
    KEY: {{ secret: true, about: {text} }}
monitoring:
  alerts:
    Lost:
      expr: notes_total > 1
      summary: {text}
      description: {text}
      fires: {{ series: {{ 'notes_total{{job="api"}}': "5x80" }}, at: 5m }}
      quiet: {{ series: {{ 'notes_total{{job="api"}}': "0x80" }}, at: 5m }}
waivers:
  CL-0019: {reason}
"#
    )
}

/// The headings, the shape of tables and the number of items are those that harmless text gives.
#[test]
fn no_text_changes_the_shape_of_a_page() {
    let shape = |text: &str| {
        let tree = compiled(&blueprint(text)).tree;
        let pages = pages(&tree);
        assert!(pages.len() >= 3, "{:?}", pages.keys());
        let mut shape = Vec::new();
        for (name, page) in &pages {
            for (level, heading) in &page.headings {
                shape.push(format!("{name} {level} {heading}"));
                for row in page.rows(heading) {
                    shape.push(format!("{} cells", row.len()));
                }
            }
            shape.push(format!("{} items, {} blocks", page.items().len(), page.blocks.len()));
            for link in page.links() {
                shape.push(link);
            }
        }
        shape
    };
    let harmless = shape("harmless");
    assert!(harmless.iter().any(|line| line.contains("Lost")), "{harmless:?}");
    for text in TEXTS {
        assert_eq!(shape(text), harmless, "{text}");
    }
}

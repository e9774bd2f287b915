//! What changes of dotenv files do.

use super::*;

#[test]
fn needs_a_value() {
    let old = "# the key\nKEY=\nLEVEL='info'\n";
    let new = "# the key\nKEY=\nLEVEL='info'\nTOKEN=''\nSIZE='3'\n";
    let found = risks(".env.production.template", old, new);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_says(&found, Effect::NeedsValue, "", "`TOKEN` must be set");
    let found = risks(".env.production.template", old, &old.replace("'info'", ""));
    assert_says(&found, Effect::NeedsValue, "", "`LEVEL` must be set");
}

#[test]
fn loosens() {
    let old =
        "# Required; secret; at least 32 characters\n# Read by api\nKEY=\n\n# Required\nNAME=\n";
    let edit =
        |from: &str, to: &str| risks(".env.production.template", old, &old.replace(from, to));
    assert_says(&edit("32", "12"), Effect::Loosens, "", "12 characters in place of 32");
    assert_says(&edit("; at least 32 characters", ""), Effect::Loosens, "", "any length");
    assert_eq!(edit("32", "64"), []);
    assert_eq!(edit("KEY=\n", ""), []);
}

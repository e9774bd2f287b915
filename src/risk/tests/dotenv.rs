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

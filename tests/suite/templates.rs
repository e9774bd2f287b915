//! Compiles templates of an author's own: extra files under the same ownership, check and diff.

use std::path::Path;

use crate::harness::{Folder, NOTES};
use crate::support;

/// The example with everything that lies beside it.
fn example() -> Folder {
    let folder = Folder::empty();
    let from = Path::new("examples/own-files");
    let mut left = vec![from.to_owned()];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let name = path.strip_prefix(from).unwrap().to_str().unwrap();
            folder.write(name, &support::read(&path));
        }
    }
    folder
}

#[test]
fn templates_become_files_like_all_others() {
    let folder = example();
    let run = folder.run(&["build"]).exits(0);
    assert_eq!(run.stderr, "");
    let docs = folder.read("docs/services.md");
    assert!(docs.contains("## production") && docs.contains("## staging"), "{docs}");
    assert!(docs.contains("| api | `ghcr.io/example/notes-api:1.4.2` | 8000 |\n"), "{docs}");
    for environment in ["production", "staging"] {
        let text = folder.read(&format!("catalogue/{environment}/components.yaml"));
        assert!(text.starts_with("# Compiled by Formwork from blueprint.yaml.\n"), "{text}");
        let names: Vec<String> = serde_yaml::Deserializer::from_str(&text)
            .filter_map(|document| {
                let value: serde_yaml::Value = serde::Deserialize::deserialize(document).unwrap();
                assert!(value.is_null() || value["spec"]["lifecycle"] == environment);
                Some(value["metadata"]["name"].as_str()?.to_owned())
            })
            .collect();
        assert!(names.contains(&"api".to_owned()) && names.contains(&"db".to_owned()), "{names:?}");
    }
    folder.run(&["check"]).exits(0);
    // Owned: what is edited by hand is found, what is stale too, and what is gone is removed.
    folder.edit("docs/services.md", "## production", "## here");
    folder.run(&["check"]).exits(1).says("hand-edited: `docs/services.md`");
    folder.run(&["build"]).exits(1);
    folder.run(&["build", "--force", "docs"]).exits(0);
    folder.edit("templates/docs/services.md.j2", "# Services", "# All services");
    folder.run(&["check"]).exits(1).says("stale: `docs/services.md`");
    folder.run(&["diff", "--target", "template"]).exits(1).says("+# All services");
    assert!(!folder.run(&["diff", "--target", "compose"]).stdout.contains("services.md"));
    std::fs::remove_file(folder.file("templates/docs/services.md.j2")).unwrap();
    folder.run(&["build"]).exits(0).says("removed").says("docs/services.md");
    assert!(!folder.file("docs/services.md").exists());
}

/// What is said of one template beside a small blueprint.
fn said(path: &str, text: &str) -> String {
    let folder = Folder::with(NOTES);
    folder.write(&format!("templates/{path}.j2"), text);
    folder.run(&["build"]).exits(2).stderr
}

#[test]
fn what_is_wrong_is_found_in_the_template() {
    for (path, text, what) in [
        ("a.txt", "one\n{{ nme }}\n", "templates/a.txt.j2:2:1"),
        ("a.txt", "one\n{{ nme }}\n", "error[broken-template]: undefined value"),
        ("a.txt", "{% for %}", "error[broken-template]: syntax error"),
        ("{environment}.txt", "{{ services }}", "a list or mapping has no text"),
        ("a.json", "{ \"a\": {{ name | json_string }}, }", "`a.json` would not be JSON"),
        ("a.yml", "a: [{{ name }}", "`a.yml` would not be YAML"),
        ("b/a.yaml", "a: 1\n---\na: 1\na: 2\n", "`b/a.yaml` would not be YAML"),
    ] {
        let found = said(path, text);
        assert!(found.contains(what), "{path}: {found}");
    }
}

#[test]
fn nothing_leads_out_or_over_another_file() {
    for (path, what) in [
        ("docker-compose.production.yml", "`docker-compose.production.yml` is compiled twice"),
        ("kubernetes", "one is a folder to the other"),
        ("formwork.lock", "are taken"),
        (".git/hooks/pre-commit", "are taken"),
        (".env.production", "is what the operator fills in"),
        ("secrets/{environment}/key", "is what the operator fills in"),
        ("blueprint.yaml", "is what is compiled from"),
        ("templates/a", "is what is compiled from"),
        ("{enviroment}/a", "only `{environment}` stands for something"),
        ("a\\b", "is not allowed"),
    ] {
        let found = said(path, "{}\n");
        assert!(
            found.contains("error[misplaced-template]") && found.contains(what),
            "{path}: {found}"
        );
    }
}

#[test]
fn a_link_leads_to_no_secret() {
    let folder = Folder::with(NOTES);
    folder.write(".env.production", "KEY=hunter2\n");
    folder.write("templates/here", "");
    std::os::unix::fs::symlink("../.env.production", folder.file("templates/a.j2")).unwrap();
    let run = folder.run(&["build"]).exits(2).complains("leads to what is no template");
    assert!(!run.stderr.contains("hunter2"));
}

#[test]
fn what_begins_as_a_script_can_be_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::with(NOTES);
    folder.write(
        "templates/bin/say.j2",
        "#!/bin/sh\nset -eu\nprintf '%s\\n' {{ name | sh_quote }}\n",
    );
    folder.run(&["build"]).exits(0);
    let mode = std::fs::metadata(folder.file("bin/say")).unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0o111);
}

#[test]
fn a_template_is_explained_with_every_filter_that_there_is() {
    let said = Folder::empty().run(&["explain", "templates"]).exits(0).stdout;
    let source = support::read(Path::new("src/format/template/filters.rs"));
    let filters: Vec<&str> =
        source.split("add_filter(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(filters.len() > 8, "{filters:?}");
    for filter in filters {
        assert!(said.contains(filter), "{filter}");
    }
}

//! Reads every compiled configuration with crossplane, and asks which headers hold in each location.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::everywhere;
use crate::judge::judge;

/// What crossplane reads of a folder: the files that it met, and everything where it is included. `None` where there is no
/// crossplane.
pub(crate) fn parsed(folder: &Path) -> Option<(BTreeSet<String>, Value)> {
    let crossplane = judge("crossplane")?;
    let place = TempDir::new().unwrap();
    let root = format!("{}/", place.path().display());
    for path in files(folder, "") {
        let text = fs::read_to_string(folder.join(&path)).unwrap();
        fs::create_dir_all(place.path().join(&path).parent().unwrap()).unwrap();
        fs::write(
            place.path().join(&path),
            text.replace("include /etc/nginx/", &format!("include {root}")),
        )
        .unwrap();
    }
    // A file of the image.
    fs::write(place.path().join("mime.types"), "").unwrap();
    let run = |arguments: &[&str]| -> Value {
        let main = format!("{root}nginx.conf");
        let output =
            Command::new(&crossplane).arg("parse").args(arguments).arg(main).output().unwrap();
        let read: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(read["status"], "ok", "{}: {}", folder.display(), read["errors"]);
        read
    };
    let read = run(&[]);
    let met = read["config"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["file"].as_str().unwrap().strip_prefix(&root).unwrap().to_owned());
    let met = met.filter(|file| file != "mime.types").collect();
    Some((met, run(&["--combine"])["config"][0]["parsed"].clone()))
}

/// The configuration files below a folder.
pub(crate) fn files(folder: &Path, below: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder.join(below)).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.path().is_dir() {
            found.extend(files(folder, &path));
        } else if entry.path().extension().is_some_and(|ending| ending == "conf") {
            found.insert(path);
        }
    }
    found
}

/// The arguments of each directive of a name in a block.
fn arguments<'a>(block: &'a Value, name: &str) -> Vec<Vec<&'a str>> {
    let all = block.as_array().unwrap().iter().filter(|one| one["directive"] == name);
    all.map(|one| {
        one["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
    })
    .collect()
}

/// What a location has of a kind: its own, or what is around it; each name once.
fn holds<'a>(blocks: [&'a Value; 3], kind: &str, place: &str) -> BTreeMap<String, &'a str> {
    let found = blocks.into_iter().map(|block| arguments(block, kind)).find(|all| !all.is_empty());
    let mut held = BTreeMap::new();
    for words in found.unwrap_or_default() {
        let value = words.get(1).copied().unwrap_or_default();
        // An answer may have several of these.
        let again = held.insert(words[0].to_lowercase(), value).is_some();
        assert!(!again || words[0] == "Vary", "{kind} {} twice in {place}", words[0]);
    }
    held
}

#[test]
fn each_location_has_every_shared_header_once() {
    let mut asked = 0;
    for (folder, _) in everywhere::sites() {
        let Some((_, main)) = parsed(&folder) else { return };
        let http = &main.as_array().unwrap().iter().find(|one| one["directive"] == "http").unwrap()
            ["block"];
        for server in http.as_array().unwrap().iter().filter(|one| one["directive"] == "server") {
            let server = &server["block"];
            if arguments(server, "ssl_certificate").is_empty() {
                continue;
            }
            for location in
                server.as_array().unwrap().iter().filter(|one| one["directive"] == "location")
            {
                let place = format!("{}: {}", folder.display(), location["args"]);
                let blocks = [&location["block"], server, http];
                let added = holds(blocks, "add_header", &place);
                assert!(added.contains_key("strict-transport-security"), "{place}: {added:?}");
                assert!(added.contains_key("x-frame-options"), "{place}: {added:?}");
                let hidden = holds(blocks, "proxy_hide_header", &place);
                assert!(hidden.contains_key("x-powered-by"), "{place}: {hidden:?}");
                let said = holds(blocks, "proxy_set_header", &place);
                assert_eq!(said.get("host"), Some(&"$host"), "{place}");
                assert_eq!(said.get("x-forwarded-for"), Some(&"$remote_addr"), "{place}");
                let upgrades = said.contains_key("upgrade");
                let connection = if upgrades { "$connection_upgrade" } else { "" };
                assert_eq!(said.get("connection"), Some(&connection), "{place}");
                asked += 1;
            }
        }
    }
    assert!(asked > 50, "{asked}");
}

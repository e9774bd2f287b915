//! Restores `MongoDB`'s backups where stand-ins refuse what the server refuses: there is no server to ask here.

use std::fs;

use serde_json::{Value, json};

use super::live::{Place, system};

const BLUEPRINT: &str = r#"
blueprint: v1
name: shop
images: { backup: "ghcr.io/example/shop-backup:1.0.0" }
services:
  db: { uses: mongodb@8.0 }
backups:
  db: {}
"#;

/// A place whose database holds these collections.
fn place(live: &Value) -> Option<Place> {
    let node = system("node")?;
    let settings = [
        ("BACKUP_DB_MONGO_HOST", "127.0.0.1"),
        ("BACKUP_DB_MONGO_PORT", "27017"),
        ("BACKUP_DB_MONGO_USER", "root"),
        ("BACKUP_DB_MONGO_DATABASE", "shop"),
        ("BACKUP_DB_PASSWORD_FILE", "FOLDER/password"),
        ("STATE", "FOLDER/state"),
    ];
    let mut place = Place::new(BLUEPRINT, &settings);
    fs::create_dir(place.path("bin")).unwrap();
    for name in ["mongosh", "mongodump", "mongorestore"] {
        let script = format!("#!{}\n{}", node.display(), stand_in());
        fs::write(place.path("bin").join(name), script).unwrap();
    }
    let path = std::env::var("PATH").unwrap();
    place.set("PATH", &format!("FOLDER/bin:{path}"));
    hold(&place, live);
    let mut command = place.command("chmod".as_ref());
    let programs = ["0755", "bin/mongosh", "bin/mongodump", "bin/mongorestore"];
    assert!(command.args(programs).status().unwrap().success());
    Some(place)
}

/// The stand-in, without the line that names its interpreter.
fn stand_in() -> &'static str {
    include_str!("mongodb.js").split_once('\n').unwrap().1
}

fn hold(place: &Place, live: &Value) {
    fs::write(place.path("state"), json!({ "shop": live }).to_string()).unwrap();
    place.give_away();
}

/// What the live database holds, in the order of names; nothing else may be left.
fn held(place: &Place) -> Value {
    let state: Value =
        serde_json::from_str(&fs::read_to_string(place.path("state")).unwrap()).unwrap();
    let beside = state.get("shop_new").and_then(Value::as_array);
    assert!(beside.is_none_or(Vec::is_empty), "{state}");
    let mut live = state["shop"].as_array().unwrap().clone();
    live.retain(|one| !one["name"].as_str().unwrap().starts_with("system."));
    live.sort_by_key(|one| one["name"].to_string());
    Value::Array(live)
}

fn collection(name: &str, rows: u32) -> Value {
    json!({ "name": name, "type": "collection", "options": {}, "rows": rows })
}

fn view(name: &str, on: &str) -> Value {
    let options = json!({ "viewOn": on, "pipeline": [], "collation": { "locale": "de" } });
    json!({ "name": name, "type": "view", "options": options })
}

#[test]
fn views_are_made_anew_and_only_collections_are_swapped() {
    let views = collection("system.views", 1);
    let saved =
        json!([view("a_view", "orders"), collection("orders", 3), views, view("turned", "orders")]);
    let Some(place) = place(&saved) else { return };
    let before = held(&place);
    place.job(&["run", "db", "daily"]).exits(0);
    // Since then: other rows, another view, a view that is a collection now, and one thing more.
    let other = view("a_view", "left_over");
    hold(
        &place,
        &json!([
            other,
            collection("orders", 9),
            views,
            collection("turned", 1),
            view("left_over", "orders")
        ]),
    );
    place.job(&["restore", "db", "--yes", "--without-safety-backup"]).exits(0);
    assert_eq!(held(&place), before);
    // And the other way round.
    hold(&place, &json!([view("orders", "a_view"), collection("a_view", 1)]));
    place.job(&["restore", "db", "--yes", "--without-safety-backup"]).exits(0);
    assert_eq!(held(&place), before);
}

#[test]
fn a_time_series_is_told_of_before_anything_is_touched() {
    let series = json!({ "name": "weather", "type": "timeseries", "options": {} });
    let saved = json!([collection("orders", 3), collection("system.buckets.weather", 5), series]);
    let Some(place) = place(&saved) else { return };
    place.job(&["run", "db", "daily"]).exits(0);
    hold(&place, &json!([collection("orders", 9), series]));
    let live = held(&place);
    place
        .job(&["restore", "db", "--yes", "--without-safety-backup"])
        .exits(1)
        .says("time series")
        .says("weather; nothing was changed");
    assert_eq!(held(&place), live);
}

//! Turns the catalogue's YAML files into a table of JSON texts, which the program reads quickly.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::Deserialize as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new("src/catalog/entries");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    let mut table = String::from(
        "/// The embedded entries: name and content, as JSON.\npub const EMBEDDED: &[(&str, &str)] = &[\n",
    );
    let mut entries = BTreeMap::new();
    for file in files {
        println!("cargo:rerun-if-changed={}", file.display());
        let text = fs::read_to_string(&file)?;
        for document in serde_yaml::Deserializer::from_str(&text) {
            let value = serde_json::Value::deserialize(document)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            let name = value["component"]
                .as_str()
                .ok_or(format!("{}: a nameless entry", file.display()))?;
            if entries.insert(name.to_owned(), value.to_string()).is_some() {
                return Err(format!("{}: `{name}` is there twice", file.display()).into());
            }
        }
    }
    for (name, text) in entries {
        writeln!(table, "    ({name:?}, {text:?}),")?;
    }
    table.push_str("];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("entries.rs"), table)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}

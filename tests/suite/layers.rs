//! Keeps imports pointing down: a layer knows those below it, and nothing above.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers, from the top. Those of one line stand beside each other: the first of them may know the second, and
/// the two of the last line, places in texts and what is said about them, know each other.
const LAYERS: &[&[&str]] = &[
    &["main"],
    &["command"],
    &["cli", "console"],
    &["project"],
    &["compile"],
    &["env"],
    &["target"],
    &["rules"],
    &["resolve"],
    &["proof"],
    &["model"],
    &["catalog"],
    &["blueprint"],
    &["check"],
    &["risk"],
    &["format"],
    &["tree"],
    &["value", "map"],
    &["diagnostic", "source"],
];

/// What a target may not look at, though it lies below: the model is all that it is told.
const NOT_FOR_TARGETS: &[&str] = &["rules", "resolve", "catalog", "check", "source", "diagnostic"];

/// A line that names a module of the crate.
struct Import {
    file: PathBuf,
    line: usize,
    from: String,
    to: String,
    below: Option<String>,
}

impl Import {
    fn told(&self, why: &str) -> String {
        let (file, line) = (self.file.display(), self.line);
        format!("{file}:{line}: `{}` names `{}`: {why}", self.from, self.to)
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The module of the crate that a file belongs to.
fn module(file: &Path) -> String {
    let first = file.strip_prefix("src").unwrap().components().next().unwrap();
    first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

fn imports() -> Vec<Import> {
    let mut found = Vec::new();
    for file in sources(Path::new("src")) {
        let from = module(&file);
        if from == "lib" {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        for (index, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap();
            for start in ["crate::", "formwork::"] {
                for (at, _) in code.match_indices(start) {
                    for path in paths(&code[at + start.len()..]) {
                        let mut segments = path.split("::").map(str::to_owned);
                        let to = segments.next().unwrap();
                        let below = segments.next();
                        let (file, from) = (file.clone(), from.clone());
                        found.push(Import { file, line: index + 1, from, to, below });
                    }
                }
            }
        }
    }
    found
}

/// The paths that a text starts with: one, or those of a list in braces.
fn paths(text: &str) -> Vec<String> {
    let path = |text: &str| -> String {
        let is_path = |letter: &char| letter.is_alphanumeric() || matches!(letter, '_' | ':');
        text.trim_start().chars().take_while(is_path).collect()
    };
    match text.strip_prefix('{') {
        Some(list) => list.split(',').map(path).filter(|path| !path.is_empty()).collect(),
        None => vec![path(text)],
    }
}

fn place(name: &str) -> Option<(usize, usize)> {
    LAYERS.iter().enumerate().find_map(|(depth, layer)| {
        layer.iter().position(|module| *module == name).map(|beside| (depth, beside))
    })
}

#[test]
fn imports_point_down() {
    let wrong: Vec<String> = imports()
        .iter()
        .filter(|import| import.from != import.to)
        .filter_map(|import| {
            let (from, to) = match (place(&import.from), place(&import.to)) {
                (Some(from), Some(to)) => (from, to),
                (None, _) => {
                    return Some(import.told("the first has no layer in this test's table"));
                }
                (_, None) => {
                    return Some(import.told("the second has no layer in this test's table"));
                }
            };
            let last = LAYERS.len() - 1;
            let down = from.0 < to.0 || (from.0 == to.0 && (from.1 < to.1 || from.0 == last));
            (!down).then(|| import.told("that lies above it, or beside it"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_every_module_and_no_other() {
    let mut known: Vec<String> =
        sources(Path::new("src")).iter().map(|file| module(file)).collect();
    known.retain(|module| module != "lib");
    known.sort();
    known.dedup();
    let mut listed: Vec<&str> = LAYERS.iter().flat_map(|layer| layer.iter().copied()).collect();
    listed.sort_unstable();
    assert_eq!(known, listed);
}

#[test]
fn targets_see_the_model_and_never_each_other() {
    let targets: Vec<String> = fs::read_dir("src/target")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(targets.len() > 3, "{targets:?}");
    let mut wrong = Vec::new();
    for import in imports().iter().filter(|import| import.from == "target") {
        let own =
            import.file.components().nth(2).unwrap().as_os_str().to_string_lossy().into_owned();
        if !targets.contains(&own) {
            continue; // What all targets share may know them all.
        }
        if NOT_FOR_TARGETS.contains(&import.to.as_str()) {
            wrong.push(import.told("a target is told everything by the model"));
        }
        let other = import.below.as_ref().filter(|_| import.to == "target");
        if other.is_some_and(|other| targets.contains(other) && *other != own) {
            wrong.push(import.told("targets do not see each other"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_source_names_a_system() {
    let mut systems = Vec::new();
    let paths = fs::read_dir("blueprints").unwrap().map(|entry| entry.unwrap().path());
    for path in paths.filter(|path| path.is_file()) {
        let text = fs::read_to_string(path).unwrap();
        systems.extend(
            text.lines().filter_map(|line| Some(line.strip_prefix("name:")?.trim().to_owned())),
        );
    }
    assert!(!systems.is_empty());
    for file in sources(Path::new("src")) {
        let text = fs::read_to_string(&file).unwrap().to_lowercase();
        for (index, line) in text.lines().enumerate() {
            let mut words = line.split(|letter: char| !letter.is_ascii_alphanumeric());
            let named = words.find(|word| systems.iter().any(|system| system == word));
            assert_eq!(named, None, "{}:{}", file.display(), index + 1);
        }
    }
}

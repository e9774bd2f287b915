//! Turns files that are only read as a whole into which services start again.

use super::{Effect, Notes, Side, kept, listed, told};

/// A Dockerfile, or what stays out of the image: the image is another after the next build.
pub(super) fn dockerfile(sides: &[(&str, Side<'_>)], notes: &mut Notes) {
    for (name, side) in sides {
        let service = name.split_once('.').map_or(*name, |(service, _)| service);
        if let (Some(old), Some(new)) = (side.old, side.new)
            && old != new
        {
            notes.add(
                Effect::Restarts,
                service,
                "its image is built anew, and replaces the old one",
            );
        }
    }
}

/// The configuration of a component: read when it starts.
pub(super) fn component(sides: &[(&str, Side<'_>)], notes: &mut Notes) {
    let mut folders: Vec<&str> = sides.iter().map(|(path, _)| first(path).0).collect();
    folders.dedup();
    for (path, side) in sides {
        let (folder, below) = first(path);
        kept::file(folder, below, side, notes);
        told::file(folder, side, notes);
    }
    for folder in folders {
        let changed = sides.iter().filter(|(path, side)| {
            first(path).0 == folder && side.old != side.new && side.old.is_some()
        });
        let changed = listed(changed.map(|(path, _)| first(path).1));
        if !changed.is_empty() {
            notes.add(Effect::Restarts, folder, format!("it reads another {changed} at its start"));
        }
    }
}

fn first(path: &str) -> (&str, &str) {
    path.split_once('/').unwrap_or((path, ""))
}

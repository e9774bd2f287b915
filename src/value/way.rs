//! Turns pairs of places in a file system into the way from one to the other, as text and without looking at the disk.

/// The place that a relative path leads to from a folder, without detours; `.` for the start itself.
pub fn join(folder: &str, path: &str) -> String {
    let rooted = folder.starts_with('/');
    let mut found: Vec<&str> = Vec::new();
    for segment in segments(folder).chain(segments(path)) {
        match (segment, found.last()) {
            ("..", Some(last)) if *last != ".." => {
                found.pop();
            }
            ("..", None) if rooted => {}
            _ => found.push(segment),
        }
    }
    let mut path = String::with_capacity(folder.len() + path.len() + 1);
    match (rooted, found.is_empty()) {
        (true, true) => path.push('/'),
        (false, true) => path.push('.'),
        (true, false) => found.iter().for_each(|segment| path.extend(["/", segment])),
        (false, false) => found.iter().for_each(|segment| add(&mut path, segment)),
    }
    path
}

/// The way from a folder to another place, both absolute; empty where they are the same.
pub fn between(folder: &str, place: &str) -> String {
    let (from, to) = (segments(folder), segments(place));
    let shared = from.clone().zip(to.clone()).take_while(|(a, b)| a == b).count();
    let mut way = String::with_capacity(folder.len() + place.len());
    from.skip(shared).for_each(|_| add(&mut way, ".."));
    to.skip(shared).for_each(|segment| add(&mut way, segment));
    way
}

/// Puts a segment behind others.
fn add(way: &mut String, segment: &str) {
    if !way.is_empty() {
        way.push('/');
    }
    way.push_str(segment);
}

fn segments(path: &str) -> impl Iterator<Item = &str> + Clone {
    path.split('/').filter(|segment| !matches!(*segment, "" | "."))
}

#[cfg(test)]
mod tests {
    use super::{between, join};

    #[test]
    fn paths_are_joined_without_detours() {
        assert_eq!(join("../../blueprints", "../backend"), "../../backend");
        assert_eq!(join("", "./app"), "app");
        assert_eq!(join("", "."), ".");
        assert_eq!(join("..", "../x"), "../../x");
        assert_eq!(join("/a/b", "../c"), "/a/c");
        assert_eq!(join("/a", "../../c"), "/c");
        assert_eq!(join("/a/./b/../c", ""), "/a/c");
    }

    #[test]
    fn ways_lead_from_folder_to_place() {
        assert_eq!(between("/repo/backend", "/repo/out/shop/docker/a"), "../out/shop/docker/a");
        assert_eq!(between("/repo/api", "/repo/deploy/docker/a"), "../deploy/docker/a");
        assert_eq!(between("/repo", "/repo/docker/a"), "docker/a");
        assert_eq!(between("/repo", "/repo"), "");
    }
}

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
    match (rooted, found.is_empty()) {
        (true, _) => format!("/{}", found.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => found.join("/"),
    }
}

/// The way from a folder to another place, both absolute; empty where they are the same.
pub fn between(folder: &str, place: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) =
        (segments(folder).collect(), segments(place).collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    up.chain(to[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty() && *segment != ".")
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

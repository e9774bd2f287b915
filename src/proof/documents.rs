//! Turns Markdown into the files that it leads to.

use super::end::{Facts, Kind};

/// Reads the links of a document that lead to files beside it.
pub(super) fn read(path: &str, text: &str, facts: &mut Facts) {
    let folder: Vec<&str> = path.split('/').rev().skip(1).collect();
    let mut in_code = false;
    for line in text.lines() {
        in_code ^= line.trim_start().starts_with("```");
        if in_code {
            continue;
        }
        for rest in line.split("](").skip(1) {
            let link = rest.split([')', ' ', '#']).next().unwrap_or_default();
            if link.is_empty() || link.contains(':') || link.starts_with('/') {
                continue;
            }
            let mut place: Vec<&str> = folder.iter().rev().copied().collect();
            for segment in link.split('/') {
                match segment {
                    "." | "" => {}
                    ".." => {
                        if place.pop().is_none() {
                            // Outside the output folder is not ours.
                            place.push("..");
                        }
                    }
                    other => place.push(other),
                }
            }
            if place.first() != Some(&"..") {
                facts.want(Kind::File, place.join("/"));
            }
        }
    }
}

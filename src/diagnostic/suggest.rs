//! Turns a name that nothing has into the nearest name that something has.

/// The longest name that is compared with others, in bytes: nobody mistypes more, and comparing takes a time that grows with
/// the product of the lengths.
pub const LONGEST: usize = 256;

/// The candidate that the author most probably meant, if one is near enough.
///
/// Case, `-` and `_` do not count as differences; a third of the letters may differ; a name may also
/// be the beginning of the candidate. Of equally near candidates the first in the alphabet is taken.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let wanted = folded(name);
    let near = candidates.into_iter().filter_map(|candidate| {
        Some((
            distance(&wanted, &folded(candidate))?,
            strsim::osa_distance(name, candidate),
            candidate,
        ))
    });
    near.min().map(|(_, _, candidate)| candidate)
}

/// How far apart two folded names are; nothing if too far for one to be meant by the other.
fn distance(wanted: &str, candidate: &str) -> Option<usize> {
    let (letters, others) = (wanted.chars().count(), candidate.chars().count());
    let length = letters.max(others);
    // One letter of two or three would make anything near.
    let allowed = if length < 3 { 0 } else { length / 3 };
    // What one has more letters than the other is the least that differs, and is known at once.
    if letters.abs_diff(others) <= allowed {
        let distance = strsim::osa_distance(wanted, candidate);
        // Two letters that changed places are the same letters.
        if distance <= allowed || (distance == 1 && is_swap(wanted, candidate)) {
            return Some(distance);
        }
    }
    // An abbreviation comes after every misspelling.
    let short = letters >= 3 && candidate.starts_with(wanted);
    short.then_some(usize::MAX)
}

fn is_swap(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(one) == sorted(other)
}

fn folded(name: &str) -> String {
    let kept = name.chars().filter(|letter| !matches!(letter, '-' | '_'));
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 10] = [
        "image",
        "port",
        "ports",
        "environments",
        "depends_on",
        "needs",
        "health",
        "live",
        "replicas",
        "to",
    ];

    fn guess(name: &str) -> Option<&str> {
        nearest(name, KEYS)
    }

    #[test]
    fn misspelt_names_are_found() {
        assert_eq!(guess("prot"), Some("port"));
        assert_eq!(guess("imge"), Some("image"));
        assert_eq!(guess("helath"), Some("health"));
        assert_eq!(guess("replica"), Some("replicas"));
        assert_eq!(guess("pOrtz"), Some("port"));
    }

    #[test]
    fn case_and_separators_do_not_count() {
        assert_eq!(guess("dependsOn"), Some("depends_on"));
        assert_eq!(guess("DEPENDS-ON"), Some("depends_on"));
        assert_eq!(nearest("api_key", ["API_KEYS", "API_KEY", "api-key"]), Some("api-key"));
    }

    #[test]
    fn abbreviations_are_found_after_misspellings() {
        assert_eq!(guess("env"), Some("environments"));
        assert_eq!(nearest("liv", ["livelihood", "live"]), Some("live"));
        assert_eq!(guess("en"), None);
    }

    #[test]
    fn two_letters_that_changed_places_are_found_in_the_shortest_name() {
        assert_eq!(nearest("bd", ["db", "web"]), Some("db"));
        assert_eq!(nearest("bd", ["bb", "dd", "ab"]), None);
    }

    #[test]
    fn what_is_far_is_not_offered() {
        for name in ["", "x", "tp", "command", "volumes", "restart"] {
            assert_eq!(guess(name), None, "{name}");
        }
        assert_eq!(nearest("port", []), None);
    }

    #[test]
    fn a_name_that_nobody_mistypes_is_compared_with_nothing() {
        let long = "x".repeat(LONGEST);
        assert_eq!(nearest(&long, [&*format!("{long}y")]), Some(&*format!("{long}y")));
        assert_eq!(nearest(&format!("{long}z"), [&*format!("{long}y")]), None);
    }

    #[test]
    fn the_order_of_candidates_does_not_matter() {
        assert_eq!(nearest("bat", ["cat", "bar"]), Some("bar"));
        assert_eq!(nearest("bat", ["bar", "cat"]), Some("bar"));
    }
}

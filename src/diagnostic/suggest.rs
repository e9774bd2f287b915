//! Turns a name that nothing has into the nearest name that something has.

/// The longest name that is compared with others, in bytes: nobody mistypes more, and comparing takes a time that grows with
/// the product of the lengths.
pub const LONGEST: usize = 256;

/// How many candidates are compared in earnest, which takes a time that grows with the product of the lengths.
const COMPARED: usize = 32;

/// How many candidates are looked at: where thousands of names are each mistyped among thousands, the time for each stays
/// the same.
const LOOKED_AT: usize = 2000;

/// The candidate that the author most probably meant, if one is near enough.
///
/// Case, `-` and `_` do not count as differences; a third of the letters may differ; a name may also
/// be the beginning of the candidate. Of equally near candidates the first in the alphabet is taken.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let wanted = folded(name);
    let near = likeliest(name, candidates).into_iter().filter_map(|candidate| {
        Some((
            distance(&wanted, &folded(candidate))?,
            strsim::osa_distance(name, candidate),
            candidate,
        ))
    });
    near.min().map(|(_, _, candidate)| candidate)
}

/// The candidates that have most letters in common with the name: all of them where they are few.
fn likeliest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut all: Vec<&str> = candidates.into_iter().take(LOOKED_AT).collect();
    if all.len() > COMPARED {
        let mut letters = Letters::of(name);
        let rank = |one: &&'a str| {
            let differing = letters.differing(one);
            // What is abbreviated lacks many letters, and differs in none.
            (if one.starts_with(name) { differing / 4 } else { differing }, *one)
        };
        let mut ranked: Vec<_> = all.iter().map(rank).collect();
        ranked.select_nth_unstable(COMPARED);
        ranked.truncate(COMPARED);
        all = ranked.into_iter().map(|(_, one)| one).collect();
    }
    all
}

/// How often each byte occurs in a name, without regard to case.
struct Letters {
    counts: [u16; 256],
    all: usize,
}

impl Letters {
    fn of(name: &str) -> Self {
        let mut counts = [0; 256];
        name.bytes().for_each(|byte| counts[usize::from(byte.to_ascii_lowercase())] += 1);
        Self { counts, all: name.len() }
    }

    /// How many letters only one of the two has.
    fn differing(&mut self, other: &str) -> usize {
        let other = &other.as_bytes()[..other.len().min(LONGEST)];
        let place = |byte: &u8| usize::from(byte.to_ascii_lowercase());
        let mut shared = Vec::with_capacity(other.len());
        for at in other.iter().map(place) {
            if let Some(left) = self.counts[at].checked_sub(1) {
                self.counts[at] = left;
                shared.push(at);
            }
        }
        for at in &shared {
            self.counts[*at] += 1;
        }
        self.all + other.len() - 2 * shared.len()
    }
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
    fn of_many_names_only_the_likeliest_are_compared() {
        let many: Vec<String> = (0..LOOKED_AT).map(|at| format!("service-{at:04}")).collect();
        let all = || many.iter().map(String::as_str);
        assert_eq!(likeliest("servce-1234", all()).len(), COMPARED);
        for name in ["servce-1234", "service-1234x", "Service_1234", "esrvice-1234", "servce-1234x"]
        {
            assert_eq!(nearest(name, all()), Some("service-1234"), "{name}");
        }
        assert_eq!(nearest("worker", all()), None);
        let abbreviated = std::iter::once("ser-of-many-letters").chain(all());
        assert_eq!(nearest("ser-of-", abbreviated), Some("ser-of-many-letters"));
        let more = all().chain(std::iter::once("worker"));
        assert_eq!(nearest("workr", more), None, "nobody looks that far");
        let few = || KEYS.iter().copied();
        assert_eq!(likeliest("prot", few()), KEYS);
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

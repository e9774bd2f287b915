//! Says which texts are paths, names and names of packages to every shell and every pattern.

use std::fmt::Display;

use crate::catalog::parameter::Refusal;
use crate::value::RelativePath;

pub(super) fn range<T: Display>(noun: &str, min: Option<T>, max: Option<T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{noun} from {min} to {max}"),
        (Some(min), None) => format!("{noun} of {min} or more"),
        (None, Some(max)) => format!("{noun} of {max} or less"),
        (None, None) => noun.to_owned(),
    }
}

fn plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "_.-/".contains(letter)
}

/// A path below the build context that is the same to every shell and every pattern.
pub(super) fn path(value: &str) -> Result<(), Refusal> {
    let path = RelativePath::parse(value).map_err(|bad| Refusal::Malformed(Box::new(bad)))?;
    let expected = |what: &str| Err(Refusal::Expected(what.to_owned()));
    match path.climbs() {
        0 if value.chars().all(plain) => Ok(()),
        0 => expected("a path of letters, digits, `_`, `.` and `-`"),
        _ => expected("a path below the build context"),
    }
}

pub(super) fn is_name(value: &str) -> bool {
    value.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && value.chars().all(|letter| letter != '/' && plain(letter))
}

/// No option, and nothing that a shell or a package manager reads as more than a name: `name-` takes a package away
/// (apt-get(8)).
pub(super) fn is_package(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-._:=~".contains(letter))
        && !name.ends_with('-')
}

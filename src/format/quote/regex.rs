//! Turns a path into a regular expression that matches nothing else.

/// Whether a letter of a path has a meaning in a regular expression.
fn has_meaning(letter: char) -> bool {
    ".()+".contains(letter)
}

/// The path, with a backslash before what has a meaning there.
pub fn literally(path: &str) -> String {
    let mut pattern = String::new();
    for letter in path.chars() {
        if has_meaning(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::literally;

    #[test]
    fn paths_match_nothing_but_themselves() {
        assert_eq!(literally("/a.b(c)+d~!&,=:@-_"), r"/a\.b\(c\)\+d~!&,=:@-_");
    }
}

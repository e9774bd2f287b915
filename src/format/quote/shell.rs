//! Turns a text into one word of a POSIX shell command.

/// Leaves the single quotes, has `printf` print the character, and enters them again.
const CARRIAGE_RETURN: &str = r#"'"$(printf '\r')"'"#;

/// The bytes that a word can have without quotes.
const BARE: [bool; 256] = {
    let mut bare = super::PLAIN;
    bare[b'=' as usize] = false;
    bare
};

/// Quotes a word; the shell gives back exactly `text`.
///
/// Single quotes preserve every character but `'` itself (POSIX.1-2024, Shell Command Language, 2.2.2), which
/// is written `'\''`. A word of safe characters stays bare, except that `=` is quoted: `NAME=value` in
/// command position would be an assignment. A NUL cannot be part of any argument and is the caller's to
/// refuse.
///
/// A carriage return is printed: before a line end it would be dropped from the file, as it is by a checkout.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push(&mut out, text);
    out
}

/// As [`quote`], behind what is written already.
pub fn push(out: &mut String, text: &str) {
    if !text.is_empty() && text.bytes().all(|byte| BARE[usize::from(byte)]) {
        out.push_str(text);
        return;
    }
    out.push('\'');
    if memchr::memchr2(b'\'', b'\r', text.as_bytes()).is_some() {
        out.push_str(&text.replace('\'', r"'\''").replace('\r', CARRIAGE_RETURN));
    } else {
        out.push_str(text);
    }
    out.push('\'');
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::super::{HOSTILE, MULTILINE};
    use super::quote;

    /// What a shell makes of the quoted texts, in one run.
    fn read_back(shell: &str, texts: &[&str]) -> Option<Vec<String>> {
        let words: Vec<_> = texts.iter().map(|text| quote(text)).collect();
        let script = format!("printf '%s\\0' {}", words.join(" "));
        let output = Command::new(shell).args(["-c", &script]).output().ok()?;
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        Some(text.split_terminator('\0').map(str::to_owned).collect())
    }

    #[test]
    fn words_look_as_a_person_would_write_them() {
        assert_eq!(quote("pg_dump"), "pg_dump");
        assert_eq!(quote("db:5432/app"), "db:5432/app");
        assert_eq!(quote("A=1"), "'A=1'");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote("~"), "'~'");
        assert_eq!(quote("a\r\n"), "'a'\"$(printf '\\r')\"'\n'");
    }

    #[test]
    fn every_shell_reads_hostile_words_back() {
        let texts: Vec<_> = HOSTILE.iter().chain(MULTILINE).copied().collect();
        for shell in ["sh", "dash", "bash"] {
            if let Some(read) = read_back(shell, &texts) {
                assert_eq!(read, texts, "{shell}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(200) })]
        #[test]
        fn the_shell_reads_any_word_back(text in "[^\\x00]{0,40}") {
            if let Some(read) = read_back("sh", &[&text]) {
                prop_assert_eq!(read, [text]);
            }
        }
    }
}

//! Splits command lines into commands and words, as a shell does.

/// The simple commands of a line, each as its words; redirections are left out.
pub(super) fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut letters = line.chars().peekable();
    let mut redirects = false;
    macro_rules! end {
        () => {
            if let Some(word) = word.take() {
                if !std::mem::take(&mut redirects) {
                    commands.last_mut().unwrap().push(word);
                }
            }
        };
    }
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                let word = word.get_or_insert_default();
                for quoted in letters.by_ref().take_while(|c| *c != '\'') {
                    word.push(quoted);
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                let mut depth = 0;
                while let Some(quoted) = letters.next() {
                    match quoted {
                        '"' if depth == 0 => break,
                        '(' => depth += 1,
                        ')' => depth -= 1,
                        '\\' => word.extend(letters.next()),
                        _ => {}
                    }
                    word.push(quoted);
                }
            }
            '\\' => word.get_or_insert_default().extend(letters.next()),
            ' ' => end!(),
            '|' | ';' | '&' => {
                end!();
                if !commands.last().unwrap().is_empty() {
                    commands.push(Vec::new());
                }
            }
            '<' | '>' => {
                if word.as_deref().is_some_and(|word| word.chars().all(|c| c.is_ascii_digit())) {
                    word = None;
                }
                end!();
                redirects = true;
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    end!();
    commands.retain(|command| !command.is_empty());
    commands
}

/// Whether every quotation has an end.
pub(super) fn is_whole(text: &str) -> bool {
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (None | Some('"'), '\\') => {
                letters.next();
            }
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    quote.is_none()
}

#[test]
fn words_are_those_of_a_shell() {
    let words = |line| commands(line);
    assert_eq!(words("a 'b c' \"d e\"f\\ g"), [["a", "b c", "d ef g"]]);
    assert_eq!(
        words("a b | c -d > e 2>/dev/null && f"),
        [vec!["a", "b"], vec!["c", "-d"], vec!["f"]]
    );
    assert_eq!(words("df -h \"$(docker info --format '{{.X}}')\"")[0].len(), 3);
}

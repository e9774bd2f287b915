//! Reads Markdown as far as the tests look at it: headings, links, code, lists and tables.

use std::collections::BTreeMap;

/// A page, line by line.
pub(super) struct Page {
    /// Its headings: level, then text.
    pub(super) headings: Vec<(usize, String)>,
    /// Code blocks: language, then lines.
    pub(super) blocks: Vec<(String, Vec<String>)>,
    /// Every line outside code blocks and comments, with the heading that it stands under.
    pub(super) lines: Vec<(String, String)>,
}

impl Page {
    pub(super) fn of(text: &str) -> Self {
        let mut page = Self { headings: Vec::new(), blocks: Vec::new(), lines: Vec::new() };
        let (mut fence, mut comment) = (None::<String>, false);
        for line in text.lines() {
            let bare = line.trim();
            if let Some(open) = &fence {
                if bare == open {
                    fence = None;
                } else {
                    let indent = line.len().min(line.len() - line.trim_start().len()).min(3);
                    page.blocks.last_mut().unwrap().1.push(line[indent..].to_owned());
                }
                continue;
            }
            if bare.starts_with("<!--") || comment {
                comment = !bare.ends_with("-->");
                continue;
            }
            if bare.starts_with("```") {
                let ticks = bare.chars().take_while(|c| *c == '`').count();
                fence = Some(bare[..ticks].to_owned());
                page.blocks.push((bare[ticks..].to_owned(), Vec::new()));
                continue;
            }
            let level = line.chars().take_while(|c| *c == '#').count();
            if level > 0 && line[level..].starts_with(' ') {
                page.headings.push((level, line[level + 1..].trim().to_owned()));
                continue;
            }
            let under = page.headings.last().map(|(_, text)| text.clone()).unwrap_or_default();
            page.lines.push((under, line.to_owned()));
        }
        assert!(fence.is_none() && !comment, "every block and comment ends");
        page
    }

    /// The places that headings lead to, as GitHub names them: a second heading of a name gets a number.
    pub(super) fn anchors(&self) -> Vec<String> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let anchor = |(_, heading): &(usize, String)| {
            let plain: String = heading
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .collect();
            let name = plain.replace(' ', "-");
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count == 1 { name } else { format!("{name}-{}", *count - 1) }
        };
        self.headings.iter().map(anchor).collect()
    }

    /// The targets of all links.
    pub(super) fn links(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (_, line) in &self.lines {
            // What is escaped links to nothing.
            let line = without_code(line).replace("\\]", "");
            let mut rest = line.as_str();
            while let Some((_, after)) = rest.split_once("](") {
                let (target, after) = after.split_once(')').unwrap();
                found.push(target.to_owned());
                rest = after;
            }
        }
        found
    }

    /// The code spans of a line.
    pub(super) fn spans(&self) -> Vec<String> {
        self.lines.iter().flat_map(|(_, line)| spans(line)).collect()
    }

    /// The rows of the tables under a heading, without those that head them; each is a list of cells.
    pub(super) fn rows(&self, heading: &str) -> Vec<Vec<String>> {
        let lines: Vec<&str> = self
            .lines
            .iter()
            .filter(|(under, _)| under == heading)
            .map(|(_, line)| line.as_str())
            .collect();
        let mut rows = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let is_head = lines.get(index + 1).is_some_and(|next| next.starts_with("| ---"));
            if line.starts_with("| ") && !line.starts_with("| ---") && !is_head {
                rows.push(cells(line));
            }
        }
        rows
    }

    /// The items of checklists.
    pub(super) fn items(&self) -> Vec<(String, String)> {
        let item = |(under, line): &(String, String)| {
            Some((under.clone(), line.strip_prefix("- [ ] ")?.to_owned()))
        };
        self.lines.iter().filter_map(item).collect()
    }
}

/// The cells of a row of a table.
pub(super) fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut letters = line.trim().trim_start_matches('|').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&'|') => {
                letters.next();
                cells.last_mut().unwrap().push('|');
            }
            '|' => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells.pop();
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// The code spans of a line or cell.
pub(super) fn spans(line: &str) -> Vec<String> {
    let in_table = line.starts_with("| ");
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        // What a backslash stands before is no fence.
        if rest[..at].ends_with('\\') {
            rest = &rest[at + 1..];
            continue;
        }
        let ticks: String = rest[at..].chars().take_while(|c| *c == '`').collect();
        let after = &rest[at + ticks.len()..];
        let Some(end) = after.find(&ticks) else { break };
        let text = after[..end].trim();
        found.push(if in_table { text.replace("\\|", "|") } else { text.to_owned() });
        rest = &after[end + ticks.len()..];
    }
    found
}

/// A line with its code spans taken out.
fn without_code(line: &str) -> String {
    let mut out = line.to_owned();
    for span in spans(line) {
        let written = if line.starts_with("| ") { span.replace('|', "\\|") } else { span };
        for fence in ["```", "``", "`"] {
            out = out.replace(&format!("{fence}{written}{fence}"), "");
        }
    }
    out
}

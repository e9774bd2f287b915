//! Turns the template of an annotation into what is wrong with it, or into its text where labels alone are put in.
//!
//! Annotations are Go templates. Prometheus parses them all when it loads a rule file, and one unknown function keeps
//! the server from starting (prometheus, model/rulefmt/rulefmt.go, `testTemplateParsing`).

use crate::map::IndexMap;

/// What a template may call: Prometheus' own (template/template.go, `NewTemplateExpander`), then Go's (text/template,
/// "Functions").
const FUNCTIONS: &[&str] = &[
    "query",
    "first",
    "label",
    "value",
    "strvalue",
    "args",
    "reReplaceAll",
    "safeHtml",
    "match",
    "title",
    "toUpper",
    "toLower",
    "graphLink",
    "tableLink",
    "sortByLabel",
    "stripPort",
    "stripDomain",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "toTime",
    "pathPrefix",
    "externalURL",
    "parseDuration",
    "and",
    "or",
    "not",
    "call",
    "html",
    "index",
    "slice",
    "js",
    "len",
    "print",
    "printf",
    "println",
    "urlquery",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
];

/// The words of the language itself.
const KEYWORDS: &[&str] = &[
    "if", "else", "end", "range", "with", "define", "template", "block", "break", "continue",
    "true", "false", "nil",
];

/// The variables that Prometheus declares (template/template.go, `AlertTemplateData` and rules/alerting.go).
const VARIABLES: &[&str] = &["labels", "value", "externalLabels", "externalURL"];

/// Says what keeps Prometheus from reading a template.
///
/// # Errors
/// A sentence fragment that names the fault.
pub fn check(template: &str) -> Result<(), String> {
    let mut declared: Vec<&str> = Vec::new();
    let mut open = 0_usize;
    for action in actions(template)? {
        let words = words(action)?;
        for (at, word) in words.iter().enumerate() {
            if let Some(name) = word.strip_prefix('$') {
                let name = name.split('.').next().unwrap_or_default();
                match words.get(at + 1) {
                    Some(&":=" | &",") => declared.push(name),
                    _ if name.is_empty() || VARIABLES.contains(&name) => {}
                    _ if declared.contains(&name) => {}
                    _ => return Err(format!("no variable is named `${name}`")),
                }
                continue;
            }
            let name = word.split('.').next().unwrap_or_default();
            if is_name(name) && !KEYWORDS.contains(&name) && !FUNCTIONS.contains(&name) {
                return Err(format!("no function is named `{name}`"));
            }
        }
        match words.first() {
            Some(&"if" | &"range" | &"with" | &"define" | &"block") => open += 1,
            Some(&"end") => {
                open =
                    open.checked_sub(1).ok_or_else(|| "an `{{ end }}` ends nothing".to_owned())?;
            }
            _ => {}
        }
    }
    if open > 0 { Err("an `{{ end }}` is missing".to_owned()) } else { Ok(()) }
}

/// The functions that a template may call, for suggestions.
pub fn functions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().copied()
}

/// The conditions that a template asks Prometheus for with `query`, where they stand in it as they are.
pub fn queries(template: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !template.contains("query") {
        return found;
    }
    for action in actions(template).unwrap_or_default() {
        let tokens = tokens(action).unwrap_or_default();
        for pair in tokens.windows(2).filter(|pair| pair[0] == "query") {
            let inner = |quote| pair[1].strip_prefix(quote)?.strip_suffix(quote);
            let plain = inner('`').map(str::to_owned);
            let quoted = || inner('"').map(|text| text.replace("\\\"", "\"").replace("\\\\", "\\"));
            found.extend(plain.or_else(quoted));
        }
    }
    found
}

/// The text for an alert with these labels; `None` where the template asks for more than labels.
pub fn render(template: &str, labels: &IndexMap<String, String>) -> Option<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (action, after) = after.split_once("}}")?;
        let label = action.trim().strip_prefix("$labels.")?;
        if !is_name(label) {
            return None;
        }
        text.push_str(before);
        text.push_str(labels.get(label).map_or("", String::as_str));
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// What stands between `{{` and `}}`, without comments and marks that trim blanks.
fn actions(template: &str) -> Result<Vec<&str>, String> {
    let mut actions = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once("{{") {
        let end = end(after).ok_or_else(|| "a `{{` is not closed by `}}`".to_owned())?;
        let action = after[..end].trim();
        let action = action.strip_prefix("- ").unwrap_or(action);
        let action = action.strip_suffix(" -").unwrap_or(action).trim();
        if !action.starts_with("/*") {
            actions.push(action);
        }
        rest = &after[end + 2..];
    }
    Ok(actions)
}

/// Where an action ends: at the first `}}` outside of strings.
fn end(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].find(['}', '"', '`', '\''])?;
        let rest = &text[at..];
        if rest.starts_with("}}") {
            return Some(at);
        }
        at += literal(rest).unwrap_or(1);
    }
}

/// The length of the string or character that starts here, quotes included.
fn literal(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '`' | '\''))?;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The words of an action; strings and numbers are left out.
fn words(action: &str) -> Result<Vec<&str>, String> {
    let text = |word: &&str| {
        !word.starts_with(|first: char| "\"`'".contains(first) || first.is_ascii_digit())
    };
    Ok(tokens(action)?.into_iter().filter(text).collect())
}

/// Everything in an action, strings with their quotes.
fn tokens(action: &str) -> Result<Vec<&str>, String> {
    let mut words = Vec::new();
    let mut rest = action.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
        let length = match first {
            '"' | '`' | '\'' => literal(rest).ok_or_else(|| "a string is not closed".to_owned())?,
            _ if rest.starts_with(":=") => 2,
            c if is_part(c) => rest.find(|c| !is_part(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prometheus_reads_passes() {
        for template in [
            "plain",
            "{{ $labels.job }} at {{ $value | humanizePercentage }}",
            "{{- $value -}}",
            "{{ printf \"%.2f }}\" $value }}",
            "{{ with query \"up{job='a'}\" }}{{ . | first | value }}{{ end }}",
            "{{ range $i, $e := query `up` }}{{ $i }}{{ $e.Labels.job }}{{ end }}",
            "{{/* a note: {nothing} */}}{{ .Labels.job }} {{ $externalLabels.system }}",
            "{{ if eq $value 0.0 }}down{{ else if gt $value 1.5 }}up{{ end }}",
            "a } b }} c",
        ] {
            assert_eq!(check(template), Ok(()), "{template}");
        }
    }

    #[test]
    fn what_keeps_prometheus_from_starting_is_named() {
        for (template, fault) in [
            ("{{ $value | humanizePercent }}", "no function is named `humanizePercent`"),
            ("{{ $label.job }}", "no variable is named `$label`"),
            ("{{ labels.job }} }}", "no function is named `labels`"),
            ("{{ $value", "a `{{` is not closed by `}}`"),
            ("{{ printf \"%s }}", "a string is not closed"),
            ("{{ if $value }}a", "an `{{ end }}` is missing"),
            ("a{{ end }}", "an `{{ end }}` ends nothing"),
        ] {
            assert_eq!(check(template), Err(fault.to_owned()), "{template}");
        }
    }

    #[test]
    fn what_a_template_asks_for_is_read_out() {
        let two = "{{ with query `up{job=\"a\"}` }}{{ . }}{{ end }}{{ query \"up{job=\\\"b\\\"}\" | first }}";
        assert_eq!(queries(two), ["up{job=\"a\"}", "up{job=\"b\"}"]);
        assert_eq!(queries("{{ query $x }} query \"up\" {{ $labels.query }}"), [""; 0]);
    }

    #[test]
    fn labels_alone_are_put_in() {
        let labels = IndexMap::from_iter([("job".to_owned(), "api".to_owned())]);
        let text = |template| render(template, &labels);
        assert_eq!(text("{{ $labels.job }} is {{$labels.gone}}down }}").unwrap(), "api is down }}");
        assert_eq!(text("{{ $value }}"), None);
        assert_eq!(text("{{ $labels.job | title }}"), None);
        assert_eq!(text("{{ $labels.job"), None);
    }
}

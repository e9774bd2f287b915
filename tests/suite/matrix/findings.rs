//! Turns what a judge prints into findings: file, line, rule.

use std::fmt;
use std::process::Output;

use serde_json::Value;

/// Something that a judge holds against a file.
#[derive(Clone)]
pub(crate) struct Finding {
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) rule: String,
    pub(crate) message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}: {}", self.file, self.line, self.rule, self.message)
    }
}

/// A judge that ran, and the files that it was given.
pub(super) struct Ran {
    pub(super) output: Output,
    pub(super) files: Vec<String>,
}

impl Ran {
    pub(super) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    pub(super) fn said(&self) -> String {
        format!("{}{}", self.stdout(), String::from_utf8_lossy(&self.output.stderr))
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.output.stdout).unwrap_or_default()
    }
}

fn finding(file: &str, line: u64, rule: &str, message: &str) -> Finding {
    let message = message.lines().next().unwrap_or_default().to_owned();
    Finding { file: file.to_owned(), line, rule: rule.to_owned(), message }
}

/// One finding for each item of a list, its parts under these keys.
fn listed(list: &Value, [file, line, rule, message]: [&str; 4]) -> Vec<Finding> {
    let text = |item: &Value, key: &str| match &item[key] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let one = |item: &Value| {
        let line = item[line].as_u64().unwrap_or(1);
        finding(&text(item, file), line, &text(item, rule), &text(item, message))
    };
    list.as_array().into_iter().flatten().map(one).collect()
}

/// What was found; or that the judge failed and said nothing that was understood.
pub(super) fn or_failed(found: Vec<Finding>, ran: &Ran) -> Vec<Finding> {
    if !found.is_empty() || ran.output.status.success() {
        return found;
    }
    vec![Finding {
        file: ran.files.join(" "),
        line: 1,
        rule: "failed".to_owned(),
        message: ran.said(),
    }]
}

/// A judge that says only by its exit status whether it accepts the file.
pub(super) fn by_status(ran: &Ran) -> Vec<Finding> {
    if ran.output.status.success() {
        return Vec::new();
    }
    let said = ran.said();
    let last = said.lines().last().unwrap_or_default();
    vec![finding(&ran.files.join(" "), 1, "refused", last)]
}

pub(super) fn json_schema(ran: &Ran) -> Vec<Finding> {
    let report = ran.json();
    let mut found = Vec::new();
    for list in ["errors", "parse_errors"] {
        for mut one in listed(&report[list], ["filename", "line", "path", "message"]) {
            one.message = format!("{}: {}", one.rule, one.message);
            one.rule = "schema".to_owned();
            found.push(one);
        }
    }
    found
}

pub(super) fn compose_lint(ran: &Ran) -> Vec<Finding> {
    let report = ran.json();
    let mut found = listed(&report["findings"], ["file", "line", "rule_id", "message"]);
    for (one, full) in found.iter_mut().zip(report["findings"].as_array().into_iter().flatten()) {
        one.message = format!("{}: {}", full["service"].as_str().unwrap_or("?"), one.message);
    }
    let unread = report["errors"].as_array().into_iter().flatten();
    found.extend(unread.map(|one| finding(&ran.files.join(" "), 1, "unread", &one.to_string())));
    found
}

pub(super) fn kubernetes_validate(ran: &Ran) -> Vec<Finding> {
    let said = ran.said();
    let mut found = Vec::new();
    for line in said.lines() {
        // A kind without a schema is a warning.
        let told = line.strip_prefix("ERROR ").or_else(|| line.strip_prefix("WARN"));
        if let Some((file, message)) = told.and_then(|told| told.trim_start().split_once(' ')) {
            found.push(finding(file, 1, "schema", message));
        }
    }
    let passed = said.lines().filter(|line| line.contains(" passed for resource ")).count();
    if passed + found.len() < ran.files.len() {
        found.push(finding(&ran.files.join(" "), 1, "unread", &format!("only {passed} were read")));
    }
    found
}

/// `file:line:column: [level] message (rule)`
pub(super) fn yamllint(ran: &Ran) -> Vec<Finding> {
    let one = |line: &str| {
        let (place, said) = line.split_once(": [")?;
        let mut place = place.split(':');
        let (file, number) = (place.next()?, place.next()?.parse().ok()?);
        let (message, rule) = said.rsplit_once(" (")?;
        Some(finding(file, number, rule.trim_end_matches(')'), message))
    };
    ran.stdout().lines().filter_map(one).collect()
}

/// `Checking 'file'  FAILED: message`, or `SUCCESS`
pub(super) fn amtool(ran: &Ran) -> Vec<Finding> {
    let one = |line: &str| {
        let (file, message) = line.strip_prefix("Checking '")?.split_once("'  FAILED: ")?;
        Some(finding(file, 1, "config", message))
    };
    ran.stdout().lines().filter_map(one).collect()
}

pub(super) fn hadolint(ran: &Ran) -> Vec<Finding> {
    listed(&ran.json(), ["file", "line", "code", "message"])
}

pub(super) fn shellcheck(ran: &Ran) -> Vec<Finding> {
    let mut found = listed(&ran.json()["comments"], ["file", "line", "code", "message"]);
    for one in &mut found {
        one.rule = format!("SC{}", one.rule);
    }
    found
}

/// The names of files that are not as it writes them, and `file:line:column: message` for what it cannot read.
pub(super) fn shfmt(ran: &Ran) -> Vec<Finding> {
    let mut found: Vec<Finding> = ran
        .stdout()
        .lines()
        .map(|file| finding(file, 1, "format", "shfmt writes it otherwise"))
        .collect();
    for line in String::from_utf8_lossy(&ran.output.stderr).lines() {
        let mut parts = line.splitn(4, ':');
        let (Some(file), Some(number), _, Some(message)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        found.push(finding(file, number.parse().unwrap_or(1), "syntax", message.trim()));
    }
    found
}

pub(super) fn zizmor(ran: &Ran) -> Vec<Finding> {
    let report = ran.json();
    let mut found = Vec::new();
    for one in report.as_array().into_iter().flatten().filter(|one| one["ignored"] != true) {
        let places = one["locations"].as_array().into_iter().flatten();
        let mut places = places.filter(|place| place["symbolic"]["kind"] == "Primary");
        let place = places.next().unwrap_or(&one["locations"][0]);
        let file = place["symbolic"]["key"]["Local"]["verbatim_path"].as_str().unwrap_or("?");
        let row = place["concrete"]["location"]["start_point"]["row"].as_u64().unwrap_or(0);
        let text = |key: &str| one[key].as_str().unwrap_or("?");
        found.push(finding(file, row + 1, text("ident"), text("desc")));
    }
    found
}

/// `file:line[:column] level rule[/alias...] message`
pub(super) fn markdownlint(ran: &Ran) -> Vec<Finding> {
    let one = |line: &str| {
        let mut words = line.splitn(4, ' ');
        let (place, _, rule, message) =
            (words.next()?, words.next()?, words.next()?, words.next()?);
        let mut place = place.split(':');
        let (file, number) = (place.next()?, place.next()?.parse().ok()?);
        Some(finding(file, number, rule.split('/').next()?, message))
    };
    String::from_utf8_lossy(&ran.output.stderr).lines().filter_map(one).collect()
}

/// One report, or a list of them: one for each kind of file.
pub(super) fn checkov(ran: &Ran) -> Vec<Finding> {
    let report = ran.json();
    let reports = report.as_array().map_or(std::slice::from_ref(&report), Vec::as_slice);
    let mut found = Vec::new();
    for results in reports.iter().map(|report| &report["results"]) {
        for failed in results["failed_checks"].as_array().into_iter().flatten() {
            let text = |key: &str| failed[key].as_str().unwrap_or("?");
            let file = text("repo_file_path").trim_start_matches('/');
            let line = failed["file_line_range"][0].as_u64().unwrap_or(1);
            let message = format!("{}: {}", text("resource"), text("check_name"));
            found.push(finding(file, line, text("check_id"), &message));
        }
        for unread in results["parsing_errors"].as_array().into_iter().flatten() {
            found.push(finding(unread.as_str().unwrap_or("?"), 1, "unread", "it cannot be read"));
        }
    }
    found
}

pub(super) fn dclint(ran: &Ran) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in ran.json().as_array().into_iter().flatten() {
        let path = file["filePath"].as_str().unwrap_or("?");
        let told = listed(&file["messages"], ["filePath", "line", "rule", "message"]);
        found.extend(told.into_iter().map(|one| Finding { file: path.to_owned(), ..one }));
    }
    found
}

/// `file:line rule: message`
pub(super) fn dotenv_linter(ran: &Ran) -> Vec<Finding> {
    let one = |line: &str| {
        let (place, message) = line.split_once(": ")?;
        let (place, rule) = place.split_once(' ')?;
        let (file, number) = place.rsplit_once(':')?;
        Some(finding(file, number.parse().ok()?, rule, message))
    };
    ran.stdout().lines().filter_map(one).collect()
}

/// `file: what is wrong`
pub(super) fn dashboards(ran: &Ran) -> Vec<Finding> {
    let one = |line: &str| {
        let (file, message) = line.split_once(": ")?;
        Some(finding(file, 1, "refused", message))
    };
    ran.stdout().lines().filter_map(one).collect()
}

/// What is wrong in a configuration, or in a part of it.
pub(super) fn crossplane(ran: &Ran) -> Vec<Finding> {
    listed(&ran.json()["errors"], ["file", "line", "rule", "error"])
        .into_iter()
        .map(|one| Finding { file: ran.files.join(" "), rule: "syntax".to_owned(), ..one })
        .collect()
}

pub(super) fn gitleaks(ran: &Ran) -> Vec<Finding> {
    listed(&ran.json(), ["File", "StartLine", "RuleID", "Description"])
}

/// What nginx says with a level: `nginx: [warn] message in file:line`
pub(super) fn nginx(ran: &Ran) -> Vec<Finding> {
    let said = String::from_utf8_lossy(&ran.output.stderr).into_owned();
    let one = |line: &str| {
        let (level, message) = line.split_once('[')?.1.split_once("] ")?;
        let place = message.rsplit_once(" in ").and_then(|(_, place)| place.rsplit_once(':'));
        let (file, number) = place.unwrap_or(("nginx.conf", "1"));
        let file = file.strip_prefix("/etc/nginx/").unwrap_or(file);
        let file = format!("{}/{file}", ran.files.join(" "));
        Some(finding(&file, number.parse().unwrap_or(1), level, message))
    };
    said.lines().filter_map(one).collect()
}

pub(super) fn gixy(ran: &Ran) -> Vec<Finding> {
    let mut found = listed(&ran.json(), ["file", "line", "plugin", "summary"]);
    for one in &mut found {
        one.file = ran.files.join(" ");
    }
    found
}

//! Turns what changes into text for a terminal, or into a summary in Markdown.

use crate::command::diff::{Difference, Differences};
use crate::command::session::System;
use crate::console;
use crate::format::quote::markdown;
use crate::risk::{Effect, Risk};

/// A summary longer than this is cut: GitHub shows no more than 1 MiB of it.
const LONGEST_SUMMARY: usize = 900_000;

/// For people: what the change does, then the diffs.
pub(super) fn text(system: &System, differences: &Differences) -> String {
    let (name, output) = (system.name(), system.output());
    let files = &differences.files;
    if files.is_empty() {
        return format!("{name}: nothing changes in `{output}`\n");
    }
    let count =
        if files.len() == 1 { "1 file changes" } else { &format!("{} files change", files.len()) };
    let mut text = format!("{name}: {count} in `{output}`\n");
    for (environment, risks) in by_environment(&differences.risks) {
        text.push_str(&format!("\n{}\n", console::paint(console::BOLD, environment)));
        for risk in risks {
            let label = console::paint(style(risk.effect), &format!("{:<13}", risk.effect));
            text.push_str(&format!("  {label} {}\n", sentence(risk)));
        }
    }
    for file in files {
        text.push('\n');
        if let Some(words) = file.refused {
            let label = console::paint(console::CAUTION, words.name);
            let path = system.path(file.path.as_str());
            text.push_str(&format!("{label}: `{path}` {}; {}\n", words.meaning, words.remedy));
        }
        text.push_str(&console::paint_diff(&file.diff));
    }
    text
}

/// For a job's summary.
pub(super) fn markdown(system: &System, differences: &Differences) -> String {
    let name = markdown::escape(system.name());
    if differences.files.is_empty() {
        return format!("### {name}: nothing changes\n");
    }
    let mut text = format!("### {name}: {} files change\n", differences.files.len());
    for (environment, risks) in by_environment(&differences.risks) {
        text.push_str(&format!("\n**{}**\n\n", markdown::escape(environment)));
        for risk in risks {
            // Sentences hold backticks of their own and nothing else that Markdown reads.
            text.push_str(&format!("- **{}** {}\n", risk.effect.name(), sentence(risk)));
        }
    }
    let mut left = differences.files.len();
    for file in &differences.files {
        let details = details(system, file);
        if text.len() + details.len() > LONGEST_SUMMARY {
            text.push_str(&format!("\n{left} more files change; see `formwork diff`\n"));
            break;
        }
        text.push_str(&details);
        left -= 1;
    }
    text
}

fn details(system: &System, file: &Difference) -> String {
    let path = system.path(file.path.as_str());
    // A fence must be longer than any in the text.
    let longest = file.diff.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!(
        "\n<details><summary>{}</summary>\n\n{fence}diff\n{}{fence}\n\n</details>\n",
        markdown::escape(&path),
        file.diff
    )
}

fn by_environment(risks: &[Risk]) -> impl Iterator<Item = (&str, &[Risk])> {
    let groups = risks.chunk_by(|a, b| a.environment == b.environment);
    groups.map(|risks| (risks.first().map_or("", |risk| risk.environment.as_str()), risks))
}

fn sentence(risk: &Risk) -> String {
    if risk.service.is_empty() {
        risk.says.clone()
    } else {
        format!("{}: {}", risk.service, risk.says)
    }
}

fn style(effect: Effect) -> anstyle::Style {
    match effect {
        Effect::LosesData | Effect::Exposes => console::BAD,
        Effect::Loosens | Effect::Recreates | Effect::Stops => console::CAUTION,
        Effect::Restarts | Effect::NeedsValue => console::BOLD,
    }
}

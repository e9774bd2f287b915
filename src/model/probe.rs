//! Turns a way of asking for health into the command that asks from inside the container.

use std::borrow::Cow;
use std::fmt;

use crate::model::service::{Health, Probe, Scheme, Tool};
use crate::model::text::Text;

impl Health {
    /// The command of the container's health check; `None` where nothing in the image can ask, such as over TLS: not every tool can be told to trust a certificate of nobody's.
    pub fn command(&self) -> Option<Cow<'_, [Text]>> {
        self.check.as_deref().map(Cow::Borrowed).or_else(|| self.ready.command())
    }

    /// Whether there is such a command.
    pub fn has_command(&self) -> bool {
        self.check.is_some() || self.ready.has_command()
    }
}

impl Probe {
    /// The command that asks, and exits with another status than 0 when all is not well; `None` where nothing in
    /// the image can ask.
    pub fn command(&self) -> Option<Cow<'_, [Text]>> {
        match self {
            Self::Command(command) => Some(Cow::Borrowed(command)),
            Self::Http { scheme: Scheme::Https, .. } | Self::Tcp { .. } => None,
            Self::Http { port, path, tool, .. } => {
                let url = format_args!("http://127.0.0.1:{port}{path}");
                Some(Cow::Owned(asking((*tool)?, url)))
            }
        }
    }

    /// Whether there is such a command.
    fn has_command(&self) -> bool {
        match self {
            Self::Command(_) => true,
            Self::Http { scheme: Scheme::Https, .. } | Self::Tcp { .. } => false,
            Self::Http { tool, .. } => tool.is_some(),
        }
    }
}

/// A command that exits 0 only if the URL answers with success: each tool counts 4xx and 5xx as failure.
fn asking(tool: Tool, url: fmt::Arguments<'_>) -> Vec<Text> {
    let (words, last): (&[&'static str], String) = match tool {
        Tool::Curl => (
            &["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null"],
            url.to_string(),
        ),
        Tool::Wget => (&["wget", "-q", "-O", "/dev/null"], url.to_string()),
        Tool::Python => {
            (&["python", "-c"], format!("import urllib.request; urllib.request.urlopen('{url}')"))
        }
        Tool::Node => (
            &["node", "-e"],
            format!(
                "fetch('{url}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
            ),
        ),
    };
    let words = words.iter().map(|&word| Text::literal(word));
    words.chain([Text::literal(last)]).collect()
}

//! Turns a way of asking for health into the command that asks from inside the container.

use std::borrow::Cow;

use crate::model::service::{Health, Probe, Scheme, Tool};
use crate::model::text::Text;

impl Health {
    /// The command of the container's health check; `None` where nothing in the image can ask, such as over TLS: not every tool can be told to trust a certificate of nobody's.
    pub fn command(&self) -> Option<Cow<'_, [Text]>> {
        match &self.check {
            Some(check) => Some(Cow::Borrowed(check)),
            None => self.ready.command(),
        }
    }

    /// Whether [`Self::command`] is there.
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
                let url = format!("http://127.0.0.1:{port}{path}");
                Some(asking(*tool.as_ref()?, &url).into_iter().map(Text::literal).collect())
            }
        }
    }

    /// Whether [`Self::command`] is there.
    fn has_command(&self) -> bool {
        match self {
            Self::Command(_) => true,
            Self::Tcp { .. } => false,
            Self::Http { scheme, tool, .. } => *scheme != Scheme::Https && tool.is_some(),
        }
    }
}

/// A command that exits 0 only if the URL answers with success: each tool counts 4xx and 5xx as failure.
fn asking(tool: Tool, url: &str) -> Vec<String> {
    let words: &[&str] = match tool {
        Tool::Curl => &["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", url],
        Tool::Wget => &["wget", "-q", "-O", "/dev/null", url],
        Tool::Python => {
            return vec![
                "python".to_owned(),
                "-c".to_owned(),
                format!("import urllib.request; urllib.request.urlopen('{url}')"),
            ];
        }
        Tool::Node => {
            return vec![
                "node".to_owned(),
                "-e".to_owned(),
                format!(
                    "fetch('{url}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
                ),
            ];
        }
    };
    words.iter().map(|&word| word.to_owned()).collect()
}

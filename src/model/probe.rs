//! Turns a way of asking for health into the command that asks from inside the container.

use crate::model::service::{Health, Probe, Tool};
use crate::model::text::Text;

impl Health {
    /// The command of the container's health check; `None` where nothing in the image can ask.
    pub fn command(&self) -> Option<Vec<Text>> {
        self.check.clone().or_else(|| self.ready.command())
    }
}

impl Probe {
    /// The command that asks, and exits with another status than 0 when all is not well; `None` where nothing in
    /// the image can ask.
    pub fn command(&self) -> Option<Vec<Text>> {
        match self {
            Self::Command(command) => Some(command.clone()),
            Self::Http { port, path, tls, tool } => {
                let scheme = if *tls { "https" } else { "http" };
                let url = format!("{scheme}://127.0.0.1:{port}{path}");
                let words = asking(*tool.as_ref()?, &url, *tls);
                Some(words.into_iter().map(Text::literal).collect())
            }
            Self::Tcp { .. } => None,
        }
    }
}

/// A command that exits 0 only if the URL answers with success: each tool counts 4xx and 5xx as failure. Over TLS no
/// tool checks the certificate, which is for another name than 127.0.0.1.
fn asking(tool: Tool, url: &str, tls: bool) -> Vec<String> {
    let curl = ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null"];
    let unchecked = |option: &'static str| tls.then_some(option);
    let words: Vec<&str> = match tool {
        Tool::Curl => curl.into_iter().chain(unchecked("--insecure")).chain([url]).collect(),
        Tool::Wget => {
            let wget = ["wget", "-q", "-O", "/dev/null"].into_iter();
            wget.chain(unchecked("--no-check-certificate")).chain([url]).collect()
        }
        Tool::Python => {
            let (module, context) = if tls {
                (", ssl", ", context=ssl._create_unverified_context()")
            } else {
                ("", "")
            };
            let program =
                format!("import urllib.request{module}; urllib.request.urlopen('{url}'{context})");
            return vec!["python".to_owned(), "-c".to_owned(), program];
        }
        Tool::Node => {
            let off = if tls { "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; " } else { "" };
            let program = format!(
                "{off}fetch('{url}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
            );
            return vec!["node".to_owned(), "-e".to_owned(), program];
        }
    };
    words.into_iter().map(str::to_owned).collect()
}

//! Turns a path and its route into its block in the file of a host.

use crate::format::quote::Refused;
use crate::format::quote::nginx::pattern;

/// A path, its route, and how nginx finds it.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct Location {
    /// The path as the author wrote it: what patches name.
    pub(super) route: String,
    pub(super) matcher: String,
    pub(super) upstream: String,
    /// Empty where the host's hold.
    pub(super) limits: Vec<Limit>,
    /// How large a request may be; empty where the edge's default holds.
    pub(super) body: String,
    /// Whether requests go to the service as they come, because they would not fit into memory.
    pub(super) unbuffered: bool,
    /// How long an answer may take; empty where the edge's default holds.
    pub(super) timeout: String,
    /// The path as a regular expression, and what takes its place; `None` where it stays.
    pub(super) rewrite: Option<Rewrite>,
    /// For how long answers are kept; `None` for not at all.
    pub(super) kept: Option<Kept>,
    pub(super) cors: Option<Shared>,
    pub(super) websocket: bool,
    pub(super) stream: bool,
    /// What patches put in.
    pub(super) insert: String,
}

/// How many requests a client may make.
#[derive(Debug)]
pub(super) struct Limit {
    pub(super) zone: String,
    pub(super) burst: u32,
}

/// What takes the place of a path.
#[derive(Debug)]
pub(super) struct Rewrite {
    pub(super) pattern: String,
    pub(super) replacement: String,
}

/// For how long answers are kept, and the variable with what browsers are told.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) time: String,
    pub(super) variable: String,
}

/// Which rule about origins holds.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) variable: String,
    pub(super) credentials: bool,
}

/// Writes a directive of a location on a line of its own.
fn line(out: &mut String, parts: &[&str]) {
    out.push_str("        ");
    for part in parts {
        out.push_str(part);
    }
    out.push('\n');
}

impl Location {
    /// Writes the block behind an empty line.
    pub(super) fn push(&self, out: &mut String) -> Result<(), Refused> {
        for part in ["\n    location ", &self.matcher, " {\n"] {
            out.push_str(part);
        }
        self.headers(out);
        if self.cors.is_some() {
            line(out, &["if ($is_preflight) {"]);
            line(out, &["    return 204;"]);
            line(out, &["}"]);
        }
        for Limit { zone, burst } in &self.limits {
            let burst = burst.to_string();
            line(out, &["limit_req zone=", zone, " burst=", &burst, " nodelay;"]);
        }
        self.passing(out);
        self.answers(out);
        if !self.insert.is_empty() {
            line(out, &["# From the blueprint's patches"]);
            for (at, text) in self.insert.trim().lines().enumerate() {
                match text {
                    "" if at > 0 => out.push('\n'),
                    text => line(out, &[text]),
                }
            }
        }
        if let Some(Rewrite { pattern: from, replacement }) = &self.rewrite {
            line(out, &["rewrite ", &pattern(from)?, " ", &pattern(replacement)?, " break;"]);
        }
        line(out, &["proxy_pass http://", &self.upstream, ";"]);
        out.push_str("    }\n");
        Ok(())
    }

    /// The headers of requests and answers: where a location sets any, or a file may that a patch includes, it inherits
    /// none.
    fn headers(&self, out: &mut String) {
        let sets = self.cors.is_some() || self.kept.is_some() || self.websocket;
        if sets || !self.insert.is_empty() {
            line(out, &["include /etc/nginx/snippets/shared.conf;"]);
            if self.websocket {
                line(out, &["proxy_set_header Upgrade $http_upgrade;"]);
                line(out, &["proxy_set_header Connection $connection_upgrade;"]);
            } else {
                line(out, &["proxy_set_header Connection \"\";"]);
            }
        }
        if let Some(Shared { variable, credentials }) = &self.cors {
            line(out, &["add_header Vary Origin always;"]);
            let mut add = |header: &str, suffix: &str| {
                let parts = ["add_header Access-Control-", header, " $", variable, suffix];
                line(out, &[&parts.concat(), " always;"]);
            };
            add("Allow-Origin", "");
            add("Allow-Methods", "_methods");
            add("Allow-Headers", "_headers");
            add("Max-Age", "_max_age");
            if *credentials {
                add("Allow-Credentials", "_credentials");
            }
        }
        if let Some(Kept { variable, .. }) = &self.kept {
            line(out, &["add_header Cache-Control $", variable, " always;"]);
        }
    }

    /// How requests are passed on.
    fn passing(&self, out: &mut String) {
        if !self.body.is_empty() {
            line(out, &["client_max_body_size ", &self.body, ";"]);
        }
        if self.unbuffered {
            line(out, &["# Larger than what fits into memory: goes to the service as it comes."]);
            line(out, &["proxy_request_buffering off;"]);
        }
        if !self.timeout.is_empty() {
            line(out, &["proxy_read_timeout ", &self.timeout, ";"]);
            line(out, &["proxy_send_timeout ", &self.timeout, ";"]);
        }
        if self.stream {
            line(out, &["proxy_buffering off;"]);
        }
    }

    /// What becomes of answers: what the edge says itself is hidden, and some are kept.
    fn answers(&self, out: &mut String) {
        if self.cors.is_some() {
            for header in
                ["Allow-Origin", "Allow-Methods", "Allow-Headers", "Allow-Credentials", "Max-Age"]
            {
                line(out, &["proxy_hide_header Access-Control-", header, ";"]);
            }
        }
        let Some(Kept { time, .. }) = &self.kept else { return };
        line(out, &["proxy_hide_header Cache-Control;"]);
        line(out, &["proxy_hide_header Expires;"]);
        line(out, &["proxy_ignore_headers Cache-Control Expires;"]);
        line(out, &["proxy_cache cache_answers;"]);
        line(out, &["proxy_cache_valid 200 206 ", time, ";"]);
        line(out, &["proxy_cache_lock on;"]);
        line(out, &["proxy_cache_background_update on;"]);
        line(
            out,
            &["proxy_cache_use_stale error timeout updating http_500 http_502 http_503 http_504;"],
        );
        line(out, &["proxy_cache_bypass $http_authorization;"]);
        line(out, &["proxy_no_cache $http_authorization $is_private;"]);
    }
}

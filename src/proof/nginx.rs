//! Turns nginx configuration into the names in it, and finds what cannot stand where a patch puts it.

mod headers;

pub use headers::Shared;

use super::address;
use super::end::{Facts, Kind};

/// A directive with its arguments, and what stands in its braces.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Directive {
    name: String,
    arguments: Vec<String>,
    block: Option<Vec<Self>>,
}

/// Reads a configuration file.
pub(super) fn read(text: &str, facts: &mut Facts) {
    walk(&parse(text).unwrap_or_default(), facts);
}

/// The names in a text that is put into a configuration file.
pub fn inserted(text: &str) -> Facts {
    let mut facts = Facts::default();
    read(text, &mut facts);
    facts
}

fn walk(directives: &[Directive], facts: &mut Facts) {
    for directive in directives {
        let first = directive.arguments.first().map_or("", String::as_str);
        let zone = || {
            let zones = directive.arguments.iter().filter_map(|one| {
                one.strip_prefix("zone=").or_else(|| one.strip_prefix("keys_zone="))
            });
            zones.map(|zone| zone.split(':').next().unwrap_or(zone).to_owned()).next()
        };
        match directive.name.as_str() {
            "upstream" => facts.give(Kind::Upstream, first),
            "limit_req_zone" | "limit_conn_zone" | "proxy_cache_path" => {
                facts.given.extend(zone().map(|zone| super::End::new(Kind::Zone, zone)));
            }
            "limit_req" => {
                facts.wanted.extend(zone().map(|zone| super::End::new(Kind::Zone, zone)));
            }
            "limit_conn" => facts.want(Kind::Zone, first),
            "proxy_cache" if first != "off" => facts.want(Kind::Zone, first),
            "server" if directive.block.is_none() => {
                if let Some(address) = address::of(first) {
                    address::want(address, facts);
                }
            }
            "include" | "ssl_certificate" | "ssl_certificate_key" | "auth_basic_user_file"
                if first.starts_with('/') && !OF_IMAGE.contains(&first) && !first.contains('*') =>
            {
                facts.want(Kind::Mounted, first);
            }
            "proxy_pass" | "grpc_pass" | "fastcgi_pass" | "uwsgi_pass" => passes(first, facts),
            _ => {}
        }
        walk(directive.block.as_deref().unwrap_or_default(), facts);
    }
}

/// Files of the image itself (nginx: conf/).
const OF_IMAGE: &[&str] = &[
    "/etc/nginx/fastcgi_params",
    "/etc/nginx/mime.types",
    "/etc/nginx/scgi_params",
    "/etc/nginx/uwsgi_params",
];

/// A name alone is a group of servers: nginx does not start while a host of that name is down.
fn passes(to: &str, facts: &mut Facts) {
    let place = to.split_once("://").map_or(to, |(_, place)| place);
    let host = place.split('/').next().unwrap_or_default();
    match address::of(host) {
        Some(found) if found.port.is_some() => address::want(found, facts),
        _ if host.is_empty() || host.contains(['$', '.', ':']) => {}
        _ => facts.want(Kind::Upstream, host),
    }
}

/// The directives that stand in `http` only (nginx.org, "Alphabetical index of directives", each one's context).
const OF_HTTP: &[&str] = &[
    "geo",
    "limit_conn_zone",
    "limit_req_zone",
    "log_format",
    "map",
    "proxy_cache_path",
    "split_clients",
    "upstream",
];

/// What the blueprint says for nginx and the cluster at once, and how.
const SAID_ONCE: &[(&str, &str)] =
    &[("client_max_body_size", "body: …"), ("ssl_protocols", "edge: { tls: { min: … } }")];

/// What is wrong with a text that is put in at a point, in words.
pub fn misplaced(point: &str, text: &str, shared: Shared<'_>) -> Vec<String> {
    let directives = match parse(text) {
        Ok(directives) => directives,
        Err(why) => return vec![why],
    };
    let inside = point == "server" || point.starts_with("location");
    let mut wrong = Vec::new();
    for directive in &directives {
        let name = directive.name.as_str();
        if inside && OF_HTTP.contains(&name) {
            wrong.push(format!("`{name}` stands in `http` only: put it in at `/http`"));
        }
        if let Some((_, write)) = SAID_ONCE.iter().find(|(known, _)| *known == name) {
            wrong.push(format!(
                "`{name}` would differ from what a cluster has: write `{write}` in the blueprint"
            ));
        }
        if name == "listen" && directive.arguments.iter().any(|one| one == "http2") {
            wrong.push("`listen … http2` is deprecated: `http2 on` is there already".to_owned());
        }
    }
    headers::misplaced(point, &directives, shared, &mut wrong);
    wrong
}

/// The directives of a text: words, quotes, `;` and braces (nginx, `ngx_conf_read_token`).
fn parse(text: &str) -> Result<Vec<Directive>, String> {
    let mut open: Vec<(Vec<Directive>, Vec<String>)> = Vec::new();
    let (mut directives, mut words): (Vec<Directive>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            ' ' | '\t' | '\r' | '\n' => {}
            '#' => while rest.next_if(|letter| *letter != '\n').is_some() {},
            ';' if words.is_empty() => return Err("a `;` ends no directive".to_owned()),
            ';' => directives.push(directive(std::mem::take(&mut words), None)),
            '{' => open.push((std::mem::take(&mut directives), std::mem::take(&mut words))),
            '}' => {
                let block = std::mem::take(&mut directives);
                if !words.is_empty() {
                    return Err(format!("a `;` is missing after `{}`", words.join(" ")));
                }
                let Some((around, head)) = open.pop() else {
                    return Err("a `}` closes what it does not open".to_owned());
                };
                directives = around;
                directives.push(directive(head, Some(block)));
            }
            '"' | '\'' => {
                let mut word = String::new();
                loop {
                    match rest.next() {
                        None => return Err("a quote is not closed".to_owned()),
                        Some('\\') => word.extend(rest.next()),
                        Some(other) if other == letter => break,
                        Some(other) => word.push(other),
                    }
                }
                words.push(word);
            }
            first => {
                let mut word = String::from(first);
                // `${name}` is a variable, not a block.
                while let Some(next) = rest.next_if(|next| {
                    !next.is_ascii_whitespace()
                        && *next != ';'
                        && (*next != '{' || word.ends_with('$'))
                        && (*next != '}' || word.contains("${"))
                }) {
                    word.push(next);
                }
                words.push(word);
            }
        }
    }
    match (open.is_empty(), words.is_empty()) {
        (true, true) => Ok(directives),
        (false, _) => Err("a `{` is not closed".to_owned()),
        (true, false) => Err(format!("a `;` is missing after `{}`", words.join(" "))),
    }
}

fn directive(words: Vec<String>, block: Option<Vec<Directive>>) -> Directive {
    let mut words = words.into_iter();
    Directive { name: words.next().unwrap_or_default(), arguments: words.collect(), block }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nginx_would_refuse_is_found() {
        let wrong = |point: &str, text: &str| misplaced(point, text, SHARED).join("; ");
        assert_eq!(wrong("server", "allow 10.0.0.0/8; deny all;"), "");
        assert_eq!(wrong("server", "return 200 \"a;b}\"; # }"), "");
        assert_eq!(wrong("server", "set $a ${b}c; if ($a ~ x) { return 404; }"), "");
        for (text, part) in [
            ("allow all", "`;` is missing"),
            ("}", "closes what it does not open"),
            ("if ($a) {", "is not closed"),
            ("return \"a;", "quote"),
            ("limit_req_zone $a zone=b:1m rate=1r/s;", "`http` only"),
            ("location /a { add_header A b; }", "drops every header"),
            ("listen 443 ssl http2;", "deprecated"),
        ] {
            assert!(wrong("server", text).contains(part), "{text}: {}", wrong("server", text));
        }
        assert_eq!(wrong("http", "limit_req_zone $a zone=b:1m rate=1r/s;"), "");
    }

    const SHARED: Shared<'_> = Shared { answers: &[], patched: "add_header X-Team a;" };

    #[test]
    fn headers_are_put_in_where_they_hold_everywhere() {
        let answers = [("X-Frame-Options".to_owned(), "DENY".to_owned())];
        let wrong = |point: &str, text: &str| {
            misplaced(point, text, Shared { answers: &answers, ..SHARED }).join("; ")
        };
        let kinds = ["add_header A b;", "proxy_set_header A b;", "proxy_hide_header A;"];
        for text in kinds {
            for point in ["http", "server", "location/", "location/a"] {
                let told = wrong(point, text);
                assert!(told.contains("at `/headers` of `nginx/*/snippets/shared.conf`"), "{told}");
            }
            for point in ["server", "http"] {
                let dropped = wrong(point, &format!("location /a {{ {text} return 200; }}"));
                assert!(dropped.contains("drops every header"), "{point}, {text}: {dropped}");
                assert!(dropped.contains("proxy_set_header Connection \"\";"), "{dropped}");
                let kept =
                    "include /etc/nginx/snippets/shared.conf; proxy_set_header Connection \"\";";
                assert_eq!(wrong(point, &format!("location /a {{ {kept} {text} }}")), "");
            }
            let nested = format!("location /a {{ {text} }}");
            assert!(wrong("location/a", &nested).contains("put it in at"), "{text}");
            assert_eq!(wrong("headers", text), "");
        }
        for point in ["server", "location/"] {
            assert!(wrong(point, "include /etc/nginx/snippets/shared.conf;").contains("already"));
            assert!(wrong(point, "if ($a) { add_header A b; }").contains("of a `map` at `/http`"));
        }
        for text in [
            "add_header x-frame-options SAMEORIGIN;",
            "add_header A b; add_header a c;",
            "add_header X-Team b;",
            "add_header Cache-Control no-store;",
            "add_header Access-Control-Allow-Origin *;",
            "proxy_set_header host b;",
            "proxy_set_header Upgrade b;",
            "proxy_set_header Connection \"\";",
            "proxy_hide_header A; proxy_hide_header A;",
        ] {
            assert!(wrong("headers", text).contains("twice"), "{text}: {}", wrong("headers", text));
        }
        assert_eq!(wrong("headers", "proxy_hide_header Cache-Control;"), "");
        assert!(wrong("headers", "limit_req zone=a;").contains("only headers"));
        for text in
            ["add_header X-Frame-Options a;", "proxy_set_header Host b;", "add_header X-Team b;"]
        {
            let own = format!("location /a {{ include /etc/nginx/snippets/shared.conf; {text} }}");
            assert!(wrong("server", &own).contains("twice"), "{text}");
        }
    }

    #[test]
    fn servers_groups_and_zones_are_named() {
        let facts = inserted(
            "upstream a { server api:80 resolve; } location / { proxy_pass http://b; limit_req zone=c; } \
             limit_req_zone $x zone=d:1m rate=1r/s; proxy_pass http://web:3000/x; proxy_pass http://$u;",
        );
        let told = |ends: &std::collections::BTreeSet<super::super::End>| {
            ends.iter().map(|end| end.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(told(&facts.given), ["a", "d"]);
        assert_eq!(told(&facts.wanted), ["api:80", "web:3000", "b", "c"]);
    }
}

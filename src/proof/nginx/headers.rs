//! Finds what a text that is put into nginx configuration would do to the headers around it.

use super::Directive;

/// The file of the headers that all requests and answers of a host have: each server includes it, and each location with
/// headers of its own.
const SHARED: &str = "/etc/nginx/snippets/shared.conf";

/// Where a patch puts in headers, so that they hold wherever that file is included.
const PLACE: &str = "`/headers` of `nginx/*/snippets/shared.conf`";

/// What each server and each location that includes the file says to services.
const SAID_TO_SERVICES: &[&str] = &[
    "Connection",
    "Forwarded",
    "Host",
    "Proxy",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "X-Request-ID",
];

/// Directives that are inherited only where there is none of the kind (nginx.org, `ngx_http_headers_module` and
/// `ngx_http_proxy_module`).
const OF_ALL_OR_NONE: &[&str] = &["add_header", "proxy_hide_header", "proxy_set_header"];

/// What routes say about answers, each with the key of a route that says it.
const SAID_BY_ROUTES: &[(&str, &str)] = &[
    ("Access-Control-Allow-Credentials", "cors"),
    ("Access-Control-Allow-Headers", "cors"),
    ("Access-Control-Allow-Methods", "cors"),
    ("Access-Control-Allow-Origin", "cors"),
    ("Access-Control-Max-Age", "cors"),
    ("Cache-Control", "cache"),
];

/// The headers that stand in the shared file.
#[derive(Debug, Clone, Copy)]
pub struct Shared<'a> {
    /// Those of every answer.
    pub answers: &'a [(String, String)],
    /// What other patches put in there.
    pub patched: &'a str,
}

impl Shared<'_> {
    /// Whether a directive sets a header that is set already.
    fn has(self, patched: &[Directive], directive: &Directive) -> bool {
        let name = header(directive);
        let is_named = |known: &str| known.eq_ignore_ascii_case(name);
        let again = |other: &Directive| other.name == directive.name && is_named(header(other));
        patched.iter().any(again)
            || match directive.name.as_str() {
                "add_header" => self.answers.iter().any(|(known, _)| is_named(known)),
                "proxy_set_header" => {
                    SAID_TO_SERVICES.iter().any(|known| is_named(known) && *known != "Connection")
                }
                _ => false,
            }
    }
}

fn header(directive: &Directive) -> &str {
    directive.arguments.first().map_or("", String::as_str)
}

fn sets_headers(directive: &Directive) -> bool {
    OF_ALL_OR_NONE.contains(&directive.name.as_str())
}

fn includes_shared(directive: &Directive) -> bool {
    directive.name == "include" && header(directive) == SHARED
}

/// What is wrong with the headers in what is put in.
pub(super) fn misplaced(
    point: &str,
    directives: &[Directive],
    shared: Shared<'_>,
    wrong: &mut Vec<String>,
) {
    let patched = super::parse(shared.patched).unwrap_or_default();
    if point == "headers" {
        return in_shared(directives, (shared, &patched), wrong);
    }
    let is_location = point.starts_with("location");
    for directive in directives {
        if includes_shared(directive) && point != "http" {
            wrong.push(format!("`{SHARED}` is included there already: leave it out"));
        } else if sets_headers(directive) {
            let (why, how) = if is_location {
                (
                    "would drop or double what the location says",
                    ", with a variable of a `map` at `/http` where it is for this path alone (an empty value sends none)",
                )
            } else {
                ("is lost where a location has others", "")
            };
            wrong.push(format!("`{}` {why}: put it in at {PLACE}{how}", directive.name));
        }
        match &directive.block {
            // It would take those of the location from what is inside it.
            Some(block) if is_location => misplaced(point, block, shared, wrong),
            Some(block) => inside(directive, block, (shared, &patched), wrong),
            None => {}
        }
    }
}

/// What cannot stand in the shared file: it is included in servers and in locations, and no header comes twice.
fn in_shared(
    directives: &[Directive],
    (shared, patched): (Shared<'_>, &[Directive]),
    wrong: &mut Vec<String>,
) {
    for (at, directive) in directives.iter().enumerate() {
        let name = header(directive);
        let is_named = |known: &str| known.eq_ignore_ascii_case(name);
        let of_route = SAID_BY_ROUTES.iter().find(|(known, _)| is_named(known));
        let of_location = is_named("Connection") || is_named("Upgrade");
        let earlier = directives.get(..at).unwrap_or_default();
        if !sets_headers(directive) {
            wrong.push(format!(
                "`{}` would stand in servers and locations at once: only headers are put in at {PLACE}",
                directive.name
            ));
        } else if shared.has(patched, directive) || shared.has(earlier, directive) {
            wrong.push(twice(directive));
        } else if let Some((_, key)) = of_route.filter(|_| directive.name == "add_header") {
            wrong.push(format!(
                "`{name}` would come twice where a route says it: write `{key}: …` at the route"
            ));
        } else if of_location && directive.name == "proxy_set_header" {
            wrong.push(format!("`{name}` would be sent twice, as locations say it: leave it out"));
        }
    }
}

fn twice(directive: &Directive) -> String {
    let name = header(directive);
    match directive.name.as_str() {
        "add_header" => format!(
            "`{name}` would come twice: write it once, or say under `edge: {{ headers: … }}` what it is"
        ),
        "proxy_set_header" => format!("`{name}` would be sent to the service twice"),
        _ => format!("`{name}` is hidden twice"),
    }
}

/// What a block of an author's own drops of the headers around it, or says again.
fn inside(
    around: &Directive,
    block: &[Directive],
    (shared, patched): (Shared<'_>, &[Directive]),
    wrong: &mut Vec<String>,
) {
    let kept = block.iter().any(includes_shared);
    for (at, directive) in block.iter().enumerate() {
        let name = &directive.name;
        let earlier = block.get(..at).unwrap_or_default();
        let sets = sets_headers(directive);
        if sets && around.name == "if" {
            // What is said to services cannot stand in an `if`, so that the file cannot be included there.
            wrong.push(format!(
                "`{name}` in an `if` drops every header from outside: put it in at {PLACE}, with a variable of a `map` at \
                 `/http` (an empty value sends none)"
            ));
        } else if sets && !kept {
            wrong.push(format!(
                "`{name}` drops every header of its kind from outside: write \
                 `include {SHARED}; proxy_set_header Connection \"\";` beside it"
            ));
        } else if sets && (shared.has(patched, directive) || shared.has(earlier, directive)) {
            wrong.push(twice(directive));
        }
        if let Some(block) = &directive.block {
            inside(directive, block, (shared, patched), wrong);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_to_services_is_what_the_file_says() {
        let file = include_str!("../../target/nginx/shared.conf.j2");
        let said = file.lines().filter_map(|line| line.strip_prefix("proxy_set_header "));
        let mut said: Vec<&str> = said.filter_map(|line| line.split(' ').next()).collect();
        said.push("Connection");
        said.sort_unstable();
        assert_eq!(said, SAID_TO_SERVICES);
    }
}

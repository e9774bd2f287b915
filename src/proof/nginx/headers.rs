//! Finds what a text that is put into nginx configuration would do to the headers around it.

use super::Directive;

/// The file of the headers that all requests and answers of a host have: each server includes it, and each location that
/// a patch puts something in.
const SHARED: &str = "/etc/nginx/snippets/shared.conf";

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

/// What is wrong with the headers in what is put in.
pub(super) fn misplaced(point: &str, directives: &[Directive], wrong: &mut Vec<String>) {
    for directive in directives {
        let name = directive.name.as_str();
        let first = directive.arguments.first().map_or("", String::as_str);
        if point == "http" {
            if OF_ALL_OR_NONE.contains(&name) {
                wrong.push(format!(
                    "`{name}` is lost, as every host has its own: put it in at `/server`"
                ));
            }
        } else if name == "include" && first == SHARED {
            wrong.push(format!("`{SHARED}` is included there already: leave it out"));
        } else if name == "proxy_set_header"
            && SAID_TO_SERVICES.iter().any(|known| known.eq_ignore_ascii_case(first))
        {
            wrong.push(format!("`{first}` would be sent to the service twice"));
        }
        inner_headers(directive, wrong);
    }
}

/// What a block inside drops of the headers around it.
fn inner_headers(around: &Directive, wrong: &mut Vec<String>) {
    let Some(block) = &around.block else { return };
    let has = |name: &str| block.iter().find(|one| one.name == name);
    let kept = block.iter().any(|one| {
        one.name == "include" && one.arguments.first().is_some_and(|path| path == SHARED)
    });
    if around.name == "if" && has("add_header").is_some() {
        // What is said to services cannot stand in an `if`, so that the file cannot be included there.
        wrong.push(
            "`add_header` in an `if` drops every header from outside: write it beside the `if`, with a variable of a `map` \
             at `/http` (an empty value sends none)"
                .to_owned(),
        );
    } else if has("add_header").is_some() && !kept {
        wrong.push(format!(
            "`add_header` drops every header from outside: write `include {SHARED};` beside it"
        ));
    }
    for inner in block {
        inner_headers(inner, wrong);
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

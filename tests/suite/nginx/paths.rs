//! Asserts what the paths of `blueprint.yaml` answer.

use super::{assert_secured, facts, header};

#[test]
fn paths_lead_to_their_services() {
    let Some(facts) = facts() else { return };
    for (what, service, path) in [
        ("deeper", "frontend", "/gonefishing"),
        ("rewritten", "api", "/internal/a%20b/c?d=e"),
        ("rewritten_itself", "api", "/internal?d=e"),
        ("not_rewritten", "api", "/v10"),
        ("stripped", "api", "/a"),
    ] {
        let body = &facts[what]["body"];
        assert_eq!((&body["service"], &body["path"]), (&service.into(), &path.into()), "{what}");
    }
}

#[test]
fn headers_are_on_the_answers_of_nginx_itself() {
    let Some(facts) = facts() else { return };
    for (what, status) in
        [("gone", 502), ("gone_itself", 502), ("timeout", 504), ("too_large", 413), ("feed", 200)]
    {
        assert_eq!(facts[what]["status"], status, "{what}");
        assert_secured(what, &facts[what]);
        assert_eq!(header(&facts[what], "permissions-policy"), ["camera=(), price=\"5$\""]);
    }
}

#[test]
fn preflights_tell_what_the_author_wrote() {
    let Some(facts) = facts() else { return };
    let answer = &facts["preflight_port"];
    assert_eq!(header(answer, "access-control-allow-origin"), ["https://admin.shop.test:8443"]);
    assert_eq!(header(answer, "access-control-max-age"), ["600"]);
    assert_eq!(header(answer, "access-control-allow-credentials"), ["true"]);
    assert_eq!(header(&facts["cors"], "access-control-allow-credentials"), ["true"]);
}

/// A location inherits headers only where it has none of the kind.
#[test]
fn a_header_of_a_patch_drops_no_other() {
    let Some(facts) = facts() else { return };
    let docs = &facts["docs"];
    assert_secured("docs", docs);
    assert_eq!(header(docs, "x-docs"), ["yes"]);
    assert_eq!(docs["body"]["headers"]["host"], "api.shop.test");
    assert_eq!(docs["body"]["headers"]["x-forwarded-proto"], "https");
    assert_eq!(docs["body"]["headers"]["x-tenant"], "shop");
    // Locations that have headers for cross-origin readers, and for what is kept, have those of the patch too.
    for place in ["cors", "feed", "own"] {
        assert_eq!(header(&facts[place], "x-docs"), ["yes"], "{place}");
        assert_secured(place, &facts[place]);
    }
    assert_eq!(facts["cors"]["body"]["headers"]["x-tenant"], "shop");
    assert_eq!(header(&facts["own"], "x-own"), ["own"]);
}

/// Only what is kept for a year is said never to change.
#[test]
fn answers_are_kept_for_as_long_as_the_author_wrote() {
    let Some(facts) = facts() else { return };
    assert_eq!(header(&facts["feed"], "cache-control"), ["public, max-age=300"]);
}

#[test]
fn websockets_are_passed_on() {
    let Some(facts) = facts() else { return };
    let head = facts["websocket"]["head"].as_str().unwrap();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert_eq!(facts["websocket"]["echo"], "hello");
    assert_eq!(facts["websocket_plain"], 400, "without a handshake there is no upgrade");
}

#[test]
fn streams_come_as_they_are_sent() {
    let Some(facts) = facts() else { return };
    let time = |word: &str| facts["events"][word].as_f64().unwrap();
    assert!(time("one") < 0.7 && time("two") >= 0.9, "{}", facts["events"]);
}

#[test]
fn bodies_and_times_have_limits() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["too_large"]["status"], 413);
    assert_eq!(facts["large"]["status"], 200);
    assert_eq!(facts["timeout"]["status"], 504);
    assert_eq!(header(&facts["gzip"], "content-encoding"), ["gzip"]);
}

/// Who has a token is counted by it, wherever the requests come from; who has none by the address.
#[test]
fn requests_are_counted_by_token_where_the_author_wants_that() {
    let Some(facts) = facts() else { return };
    let passed = |fact: &serde_json::Value| fact["passed"].as_u64().unwrap();
    let limited = |fact: &serde_json::Value| {
        assert!((11..=14).contains(&passed(fact)), "{fact}");
        assert!(fact["refused"].as_u64().unwrap() > 0, "{fact}");
    };
    limited(&facts["token_shared"]);
    for one in ["token_first", "token_second"] {
        limited(&facts[one]);
    }
    for without in facts["token_none"].as_array().unwrap() {
        limited(without);
    }
}

#[test]
fn a_service_that_moves_is_found_again() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["moved"], true, "{}", facts["error_log"]);
}

/// The requests of five clients, one after the other, go over one connection.
#[test]
fn connections_to_services_are_kept() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["connections"], true, "{}", facts["error_log"]);
}

#[test]
fn all_replicas_get_requests() {
    let Some(facts) = facts() else { return };
    assert_eq!(facts["replicas"], true, "{}", facts["error_log"]);
}

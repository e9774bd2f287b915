//! Asserts what every site and its API answer.

use serde_json::{Value, json};

use super::{assert_secured, header, sites};

#[test]
fn it_starts_from_an_empty_certificate_volume() {
    for (site, facts) in sites() {
        for host in [site.to_owned(), format!("api.{site}")] {
            let pair = &facts["pairs"][&host];
            assert_eq!(pair["served"], true, "{pair}");
            let text = pair["text"].as_str().unwrap();
            assert!(text.contains("placeholder"), "{text}");
            assert!(text.contains(&format!("DNS:{host}\n")), "{text}");
            let files = json!({ "fullchain.pem": "0o600", "privkey.pem": "0o600" });
            assert_eq!(pair["files"], files);
        }
        assert_eq!(facts["stopped"], 0);
    }
}

#[test]
fn plain_http_redirects_to_the_same_address() {
    for (site, facts) in sites() {
        assert_eq!(facts["redirect"]["status"], 301);
        let location = format!("https://{site}/some/path?a=1");
        assert_eq!(header(&facts["redirect"], "location"), [location]);
        assert_eq!(header(&facts["redirect_api"], "location"), [format!("https://api.{site}/")]);
    }
}

#[test]
fn challenges_are_answered_on_port_80_and_not_redirected() {
    for (_, facts) in sites() {
        assert_eq!(facts["challenge"]["status"], 200);
        assert_eq!(facts["challenge"]["text"], "token.thumbprint");
        assert_eq!(facts["challenge_missing"]["status"], 404);
        assert_ne!(facts["challenge_climbs"]["status"], 200);
    }
}

#[test]
fn hosts_that_are_not_ours_get_nothing() {
    for (_, facts) in sites() {
        assert_eq!(facts["unknown_host"]["status"], 0, "{}", facts["unknown_host"]);
        assert_eq!(facts["tls_unknown_host"]["refused"], "TLSV1_UNRECOGNIZED_NAME");
    }
}

#[test]
fn tls_starts_with_1_2() {
    for (_, facts) in sites() {
        assert_eq!(facts["tls_1_1"]["refused"], "TLSV1_ALERT_PROTOCOL_VERSION");
        assert_eq!(facts["tls_1_2"]["version"], "TLSv1.2");
        assert_eq!(facts["tls_1_3"]["version"], "TLSv1.3");
        assert_eq!(facts["http2"], "2 200");
    }
}

#[test]
fn hosts_lead_to_their_services() {
    for (_, facts) in sites() {
        for (what, service, path) in
            [("site", "frontend", "/a?b=%2F"), ("api", "api", "/"), ("docs", "api", "/docs")]
        {
            let body = &facts[what]["body"];
            assert_eq!(
                (&body["service"], &body["path"]),
                (&service.into(), &path.into()),
                "{what}"
            );
        }
    }
}

#[test]
fn services_learn_who_asks_from_the_edge_alone() {
    for (site, facts) in sites() {
        let got = &facts["site"]["body"]["headers"];
        assert_eq!(got["host"], site);
        assert_eq!(got["x-forwarded-for"], facts["client"]);
        assert_eq!(got["x-real-ip"], facts["client"]);
        assert_eq!(got["x-forwarded-proto"], "https");
        assert_eq!(got["x-forwarded-host"], site);
        assert_eq!(got["proxy"], Value::Null);
        assert_eq!(got["x-request-id"].as_str().map(str::len), Some(32));
    }
}

#[test]
fn headers_are_on_every_answer() {
    for (_, facts) in sites() {
        for (what, status) in [
            ("site", 200),
            ("missing", 404),
            ("limited", 429),
            ("preflight", 204),
            ("preflight_foreign", 204),
            ("cors", 200),
        ] {
            assert_eq!(facts[what]["status"], status, "{what}");
            assert_secured(what, &facts[what]);
        }
        assert_secured("a kept answer", &facts["cached"][1]);
        assert_eq!(header(&facts["site"], "server"), ["nginx"]);
        assert_eq!(header(&facts["site"], "x-powered-by"), [""; 0]);
    }
}

/// At first the burst and one more pass, then ten a second.
#[test]
fn a_route_is_limited_to_10_a_second_and_a_burst_of_10() {
    // The limit of `/` is not that of `/docs`, which has none in the first system and the same in the second.
    let [(_, free), (_, limited)] = sites()[..] else { panic!("two systems are asked") };
    for facts in [free, limited] {
        assert_limited(&facts["limit"], 40, 10.0, 10);
        assert_eq!(facts["limit_over"]["status"], 200, "it passes again");
    }
    assert_eq!(free["limit_docs"]["counts"]["200"], 25);
    assert_limited(&limited["limit_docs"], 25, 10.0, 10);
}

#[test]
fn all_routes_together_are_limited_to_50_a_second_and_a_burst() {
    for ((_, facts), burst) in sites().into_iter().zip([30, 100]) {
        assert_limited(&facts["limit_all"], 200, 50.0, burst);
        let passed = facts["limit_all_hosts"]["counts"]["200"].as_u64().unwrap_or_default();
        assert!(passed <= burst, "each host has its own: {}", facts["limit_all_hosts"]);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
fn assert_limited(seen: &Value, asked: u64, rate: f64, burst: u64) {
    let count = |status: &str| seen["counts"][status].as_u64().unwrap_or_default();
    let (passed, refused) = (count("200"), count("429"));
    assert_eq!(passed + refused, asked, "{seen}");
    let later = (seen["seconds"].as_f64().unwrap() * rate).ceil() as u64;
    assert!((burst + 1..=burst + 2 + later).contains(&passed), "{seen}");
    assert!(refused > 0, "{seen}");
}

#[test]
fn preflights_are_answered_for_allowed_origins_only() {
    for (site, facts) in sites() {
        let answer = &facts["preflight"];
        assert_eq!(answer["status"], 204);
        for (name, value) in [
            ("access-control-allow-origin", format!("https://{site}").as_str()),
            ("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE"),
            ("access-control-allow-headers", "Authorization, Content-Type"),
            ("vary", "Origin"),
        ] {
            assert_eq!(header(answer, name), [value], "{name}");
        }
        for what in ["preflight_foreign", "preflight_suffix", "cors_foreign", "options"] {
            let headers = facts[what]["headers"].as_object().unwrap();
            let told = headers.keys().find(|name| name.starts_with("access-control-"));
            assert_eq!(told, None, "{what}");
        }
        assert_eq!(facts["preflight_hits"], 0, "the service was asked");
        assert_eq!(facts["options"]["body"]["method"], "OPTIONS", "the service was not asked");
    }
}

/// The service says `*`, which the edge does not pass on.
#[test]
fn allowed_origins_may_read_answers() {
    for (site, facts) in sites() {
        let answer = &facts["cors"];
        let origin = header(answer, "access-control-allow-origin");
        assert_eq!(origin, [format!("https://{site}")]);
        assert!(header(answer, "vary").contains(&"Origin"));
        assert_eq!(header(answer, "access-control-allow-methods"), [""; 0]);
    }
}

#[test]
fn answers_are_kept_for_365_days() {
    for (_, facts) in sites() {
        for answer in facts["cached"].as_array().unwrap() {
            assert_eq!(answer["status"], 200);
            let told = header(answer, "cache-control");
            assert_eq!(told, ["public, max-age=31536000, immutable"]);
        }
        assert_eq!(facts["cached_hits"], 1, "the second came from the edge");
    }
}

#[test]
fn what_is_missing_or_for_one_reader_is_not_kept() {
    for (_, facts) in sites() {
        assert_eq!(facts["uncached"][1]["status"], 404);
        assert_eq!(facts["uncached_hits"], 2);
        assert_eq!(header(&facts["uncached"][1], "cache-control"), ["public, max-age=0"]);
        assert_eq!(facts["cached_authorized_hits"], 2, "credentials lead to the service");
        assert_eq!(facts["private_hits"], 2);
        assert_eq!(header(&facts["private"][1], "cache-control"), ["private"]);
    }
}

#[test]
fn renewed_certificates_are_picked_up() {
    for (_, facts) in sites() {
        assert_eq!(facts["renewed"], true, "{}", facts["error_log"]);
    }
}

#[test]
fn health_and_figures_are_on_a_port_of_their_own() {
    for (_, facts) in sites() {
        assert_eq!(facts["healthz"]["text"], "ok\n");
        let figures = facts["status_page"]["text"].as_str().unwrap();
        assert!(figures.starts_with("Active connections:"), "{figures}");
    }
}

#[test]
fn the_access_log_is_json_with_times() {
    for (site, facts) in sites() {
        let log = facts["access_log"].as_str().unwrap();
        let read = |line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{line}: {why}"));
        let lines: Vec<Value> = log.lines().map(read).collect();
        let line = lines.iter().find(|line| line["uri"] == "/a?b=%2F").expect("the request");
        assert_eq!(line["user_agent"], "a \"b\"");
        assert_eq!((&line["host"], &line["status"]), (&site.into(), &"200".into()));
        assert!(line["upstream_seconds"].as_str().unwrap().parse::<f64>().is_ok(), "{line}");
        assert!(lines.iter().all(|line| line["uri"] != "/healthz"), "health checks are logged");
    }
}

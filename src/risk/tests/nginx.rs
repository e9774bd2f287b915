//! What changes of nginx files do.

use super::*;

const CONF: &str = r#"
http {
  limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;
  server {
    listen 443 ssl;
    server_name a.example;
    ssl_protocols TLSv1.2 TLSv1.3;
    client_max_body_size 10m;
    add_header X-Frame-Options "DENY; { not a block }" always;
    location / { limit_req zone=api burst=20; proxy_pass http://api:80; }
    location /status { allow 10.0.0.0/8; deny all; stub_status; }
  }
}
"#;

fn edit(from: &str, to: &str) -> Vec<(Effect, String, String)> {
    assert!(CONF.contains(from), "{from}");
    risks("nginx/production/nginx.conf", CONF, &CONF.replace(from, to))
}

#[test]
fn exposes() {
    let found = edit("location /status", "location /new { return 204; }\n location /status");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_says(&found, Effect::Exposes, "", "`/new` on `a.example` answers");
    let site = "server { server_name b.example; location / { return 204; } }";
    let found = files(&[
        ("nginx/production/nginx.conf", Some(CONF), Some(CONF)),
        ("nginx/production/sites/b.conf", None, Some(site)),
    ]);
    assert_says(&found, Effect::Exposes, "", "`b.example` answers");
}

#[test]
fn loosens() {
    for (from, to, says) in [
        ("limit_req zone=api burst=20;", "", "`limit_req` is gone (`/` on `a.example`)"),
        ("burst=20", "burst=40", "burst of `api`"),
        ("rate=10r/s", "rate=20r/s", "rate of `api`"),
        ("TLSv1.2 TLSv1.3", "TLSv1.1 TLSv1.2 TLSv1.3", "`TLSv1.1` is accepted"),
        ("client_max_body_size 10m", "client_max_body_size 1g", "larger"),
        ("deny all;", "", "`deny` is gone"),
        ("allow 10.0.0.0/8", "allow 0.0.0.0/0", "lets in `0.0.0.0/0`"),
        ("add_header", "# add_header", "`X-Frame-Options` is gone"),
    ] {
        assert_says(&edit(from, to), Effect::Loosens, "", says);
    }
    assert_eq!(edit("rate=10r/s", "rate=60r/m"), []);
    assert_eq!(edit("TLSv1.2 TLSv1.3", "TLSv1.3"), []);
}

const SNIPPET: &str = r#"
add_header "Strict-Transport-Security" "max-age=31536000; includeSubDomains" always;
add_header X-Frame-Options DENY always;
add_header Content-Security-Policy "default-src 'self'; img-src 'self'" always;
"#;

#[test]
fn loosens_headers() {
    let edit = |from: &str, to: &str| {
        assert!(SNIPPET.contains(from), "{from}");
        let path = "nginx/production/snippets/shared.conf";
        risks(path, SNIPPET, &SNIPPET.replace(from, to))
    };
    for (from, to, says) in [
        ("31536000", "60", "holds for 60 seconds"),
        ("; includeSubDomains", "", "leaves subdomains out"),
        ("DENY", "SAMEORIGIN", "allows frames"),
        ("img-src 'self'", "img-src 'self' https://a.example", "allows `https://a.example`"),
        ("; img-src 'self'", "", "says nothing of `img-src`"),
    ] {
        assert_says(&edit(from, to), Effect::Loosens, "", says);
    }
    assert_eq!(edit("31536000", "63072000"), []);
    assert_eq!(edit("default-src 'self'", "default-src 'none'"), []);
}

const SHARED: &str = r#"
http {
  map $http_origin $cors_1 { default ""; https://a.example https://a.example; }
  map "$is_preflight $cors_1" $cors_1_methods { default ""; "~^1 ." "GET, POST"; }
  server { server_name api.example; location / { add_header Vary Origin always; } }
}
"#;

#[test]
fn loosens_what_other_origins_may_do() {
    let edit = |from: &str, to: &str| {
        assert!(SHARED.contains(from), "{from}");
        risks("nginx/production/nginx.conf", SHARED, &SHARED.replace(from, to))
    };
    let more = "https://a.example; https://b.example https://b.example;";
    assert_says(
        &edit("https://a.example;", more),
        Effect::Loosens,
        "",
        "`https://b.example` may read answers",
    );
    assert_says(&edit("GET, POST", "GET, POST, DELETE"), Effect::Loosens, "", "`DELETE`");
    let cookies = "Vary Origin always; add_header Access-Control-Allow-Credentials true always;";
    assert_says(&edit("Vary Origin always;", cookies), Effect::Loosens, "", "cookies");
    assert_eq!(edit("GET, POST", "GET"), []);
}

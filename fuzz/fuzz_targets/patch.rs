//! The patches of a blueprint that is right without them: what they make of its files is read like any other.
#![no_main]

use formwork_fuzz::{claims, inputs, tree};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

const BLUEPRINT: &str = r#"{
"blueprint": "v1", "name": "shop", "environments": { "production": { "domain": "shop.example.com" } },
"services": {
  "db": { "uses": "postgres@17" },
  "api": { "image": "ghcr.io/example/api:1.0.0", "port": 8000, "health": "/health", "needs": ["db"] } },
"routes": { "${env.domain}": { "/": "api" } }, "edge": { "tls": { "by": "self-signed" } },
"monitoring": { "scrape": "15s" },
"patches": "#;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    tree::mutate(data, size, max_size, seed)
});

fuzz_target!(|text: &str| {
    claims::soon(|| {
        claims::compiles_or_tells(&inputs(&format!("{BLUEPRINT}{text}\n}}"), &[]));
    });
});

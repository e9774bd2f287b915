//! A catalogue entry's text, in a project that uses it as a component and as the stack of an image.
#![no_main]

use formwork_fuzz::{claims, inputs, tree};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    tree::mutate(data, size, max_size, seed)
});

/// What the entry calls itself, if that can be written down.
fn name(entry: &str) -> &str {
    let (_, after) = entry.split_once("component").unwrap_or_default();
    let start = after.trim_start_matches(['"', ':', ' ']);
    let length =
        start.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(start.len());
    &start[..length]
}

fuzz_target!(|text: &str| {
    let name = name(text);
    let path = format!("catalog/{name}.yaml");
    let used = format!(
        "blueprint: v1\nname: shop\nenvironments: {{ production: {{ domain: shop.example.com }} }}\nservices:\n  \
         thing: {{ uses: \"{name}\", needs: [db] }}\n  db: {{ uses: postgres@17 }}\n"
    );
    let built = format!(
        "blueprint: v1\nname: shop\nenvironments: {{ production: {{ domain: shop.example.com }} }}\nservices:\n  \
         thing:\n    image: ghcr.io/example/thing:1.0.0\n    build: {{ context: ., stack: \"{name}\" }}\n    port: 8000\n    \
         resources: {{ cpu: 100m..1, memory: 64Mi..1Gi }}\nmonitoring: {{ scrape: 15s }}\n"
    );
    for blueprint in [used, built] {
        claims::soon(|| {
            claims::compiles_or_tells(&inputs(&blueprint, &[(&path, text)]));
        });
    }
});

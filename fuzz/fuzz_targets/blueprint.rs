//! A blueprint's text: either there are files, the same twice, or there are faults with their places.
#![no_main]

use formwork_fuzz::{claims, inputs, tree};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    tree::mutate(data, size, max_size, seed)
});

fuzz_target!(|text: &str| {
    claims::soon(|| {
        claims::compiles_or_tells(&inputs(text, &[]));
    });
});

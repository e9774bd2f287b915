//! Turns texts into a short digest, which changes when one of them does.

use sha2::{Digest, Sha256};

/// How many bytes of the hash are kept: enough to tell versions of a file apart, short enough for a label.
const KEPT: usize = 8;

/// The beginning of a SHA-256 over texts or hashes, in hexadecimal; where one ends and the next begins counts too.
pub fn short(texts: impl IntoIterator<Item: AsRef<[u8]>>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text);
        hash.update([0]);
    }
    let digit = |bits: u8| char::from_digit(u32::from(bits), 16);
    let kept = hash.finalize().into_iter().take(KEPT);
    kept.flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn every_text_and_every_border_counts() {
        assert_eq!(short(["a", "b"]).len(), 16);
        assert_eq!(short(["a", "b"]), short(["a", "b"]));
        assert_ne!(short(["a", "b"]), short(["ab"]));
        assert_ne!(short(["a", "b"]), short(["a", "c"]));
    }
}

//! Turns texts into a short digest, which changes when one of them does.

use std::fmt::Write as _;

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
    hash.finalize().iter().take(KEPT).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
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

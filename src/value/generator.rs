//! Reads how a secret is made, and makes it.

use std::fmt;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::number::whole;
use crate::value::scalar::{scalar, written};

/// How many bytes or characters may be asked for: fewer can be guessed, more is no safer.
const SIZES: std::ops::RangeInclusive<u64> = 8..=256;

const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// How a secret is made. What comes out consists of `[A-Za-z0-9_-]`, so that it can stand in a URL as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generator {
    /// So many random bytes as hexadecimal digits, as `openssl rand -hex` prints them: two characters a byte.
    Hex(usize),
    /// So many random bytes in unpadded base64url: four characters for three bytes.
    Base64Url(usize),
    /// So many random letters and digits.
    Alnum(usize),
    /// A random UUID (version 4).
    Uuid,
}

impl Generator {
    /// Reads `hex N`, `base64url N` (N bytes), `alnum N` (N characters) or `uuid`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| {
            Malformed::new(Code::InvalidGenerator, text, why)
                .help("write `hex 32`, `base64url 32`, `alnum 24` or `uuid`")
        };
        let (kind, size) = match text.split_once(' ') {
            None if text == "uuid" => return Ok(Self::Uuid),
            None => return Err(bad("is not a way to make a secret")),
            Some((kind, size)) => (kind, size),
        };
        let kind = match kind {
            "hex" => Self::Hex,
            "base64url" => Self::Base64Url,
            "alnum" => Self::Alnum,
            _ => return Err(bad("is not a way to make a secret")),
        };
        let size = whole(size)
            .filter(|size| SIZES.contains(size))
            .and_then(|size| usize::try_from(size).ok());
        size.map(kind).ok_or_else(|| bad("has a bad size: sizes run from 8 to 256"))
    }

    /// How many characters come out.
    pub fn length(self) -> usize {
        match self {
            Self::Hex(bytes) => bytes * 2,
            Self::Base64Url(bytes) => (bytes * 4).div_ceil(3),
            Self::Alnum(characters) => characters,
            Self::Uuid => 36,
        }
    }

    /// The shell command with which a person makes such a secret.
    pub fn command(self) -> String {
        match self {
            Self::Hex(bytes) => format!("openssl rand -hex {bytes}"),
            Self::Base64Url(bytes) => {
                format!("openssl rand -base64 {bytes} | tr '+/' '-_' | tr -d '=\\n'")
            }
            Self::Alnum(characters) => {
                format!("LC_ALL=C tr -dc 'A-Za-z0-9' < /dev/urandom | head -c {characters}")
            }
            Self::Uuid => "uuidgen | tr 'A-F' 'a-f'".to_owned(),
        }
    }

    /// Makes one; `fill` fills a buffer with random bytes, again and again.
    pub fn generate(self, fill: &mut dyn FnMut(&mut [u8])) -> String {
        let mut bytes = |count: usize| {
            let mut bytes = vec![0; count];
            fill(&mut bytes);
            bytes
        };
        match self {
            Self::Hex(count) => hexadecimal(&bytes(count)),
            Self::Base64Url(count) => base64url(&bytes(count)),
            Self::Alnum(count) => alnum(count, fill),
            Self::Uuid => uuid(bytes(16)),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn base64url(bytes: &[u8]) -> String {
    let digits = |chunk: &[u8]| {
        let bits =
            (0..3).fold(0, |bits, at| bits << 8 | usize::from(chunk.get(at).copied().unwrap_or(0)));
        let digit = move |at: usize| char::from(BASE64URL[bits >> (18 - 6 * at) & 63]);
        (0..=chunk.len()).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(digits).collect()
}

/// Takes each byte below 248 modulo 62 and drops the rest: every character is equally likely.
fn alnum(count: usize, fill: &mut dyn FnMut(&mut [u8])) -> String {
    let mut text = String::new();
    let mut bytes = [0; 64];
    while text.len() < count {
        fill(&mut bytes);
        let fair = bytes.iter().filter(|byte| **byte < 248).take(count - text.len());
        text.extend(fair.map(|byte| char::from(BASE64URL[usize::from(byte % 62)])));
    }
    text
}

/// Sets version and variant as RFC 9562 has them.
fn uuid(mut bytes: Vec<u8>) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = hexadecimal(&bytes);
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    text
}

impl fmt::Display for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hex(bytes) => write!(f, "hex {bytes}"),
            Self::Base64Url(bytes) => write!(f, "base64url {bytes}"),
            Self::Alnum(characters) => write!(f, "alnum {characters}"),
            Self::Uuid => f.write_str("uuid"),
        }
    }
}

written!(Generator);
scalar!(Generator {
    format: "generator",
    description: "How a secret is made: `hex N` and `base64url N` of N bytes, `alnum N` of N characters, or `uuid`",
    examples: ["hex 32", "base64url 32", "alnum 24", "uuid"],
    pattern: "^(uuid|(hex|base64url|alnum) [1-9][0-9]{0,2})$",
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn generators() {
        canonical::<Generator>(&[("hex 8", "hex 8"), ("alnum 256", "alnum 256"), ("uuid", "uuid")]);
        refused::<Generator>(&[
            ("hex", "write `hex 32`"),
            ("hex 7", "8 to 256"),
            ("hex 257", "8 to 256"),
            ("hex  32", "8 to 256"),
            ("base64 32", "is not a way"),
            ("uuid 4", "is not a way"),
            ("", "is not a way"),
        ]);
        assert_eq!(Generator::Hex(32).command(), "openssl rand -hex 32");
    }

    #[test]
    fn secrets_have_their_length_and_alphabet() {
        let mut state: u32 = 1;
        let mut fill = |bytes: &mut [u8]| {
            for byte in bytes {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = state.to_be_bytes()[0];
            }
        };
        for text in [
            "hex 32",
            "base64url 8",
            "base64url 9",
            "base64url 31",
            "alnum 24",
            "alnum 200",
            "uuid",
        ] {
            let generator = Generator::parse(text).unwrap();
            let secret = generator.generate(&mut fill);
            assert_eq!(secret.len(), generator.length(), "{text}: {secret}");
            assert!(secret.bytes().all(|byte| BASE64URL.contains(&byte)), "{secret}");
        }
    }

    #[test]
    fn encodings_are_exact() {
        let mut ones = |bytes: &mut [u8]| bytes.fill(0xfb);
        assert_eq!(Generator::Base64Url(8).generate(&mut ones), "-_v7-_v7-_s");
        assert_eq!(Generator::Hex(8).generate(&mut ones), "fbfbfbfbfbfbfbfb");
        assert_eq!(Generator::Uuid.generate(&mut ones), "fbfbfbfb-fbfb-4bfb-bbfb-fbfbfbfbfbfb");
        let mut next = 248;
        let mut biased = |bytes: &mut [u8]| {
            bytes.fill(next);
            next = 61;
        };
        assert_eq!(Generator::Alnum(8).generate(&mut biased), "99999999");
    }
}

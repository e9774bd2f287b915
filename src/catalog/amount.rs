//! Holds amounts that are fixed, or that follow the memory limit of a service.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::blueprint::reference::Text;
use crate::value::{Memory, Percent};

/// What holds when the blueprint does not say.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Preset {
    /// A part of the memory that the service may use.
    Share(Share),
    /// A text.
    Text(Text),
}

/// A part of the memory that a service may use: it follows the limit, in every environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// How much of the limit.
    pub share_of_memory: Percent,
}

/// An amount of memory: fixed, or a part of what the service may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Amount {
    /// A part of the limit.
    Share(Share),
    /// So much.
    Fixed(Memory),
}

impl Share {
    /// So much of a limit: whole MiB, rounded down, one at least.
    pub fn of(self, limit: Memory) -> Memory {
        let whole = Memory::from_mebibytes(1).bytes();
        Memory::from_mebibytes((self.share_of_memory.of(limit.bytes()) / whole).max(1))
    }
}

impl Amount {
    /// How much it is under a limit.
    pub fn of(self, limit: Memory) -> Memory {
        match self {
            Self::Share(share) => share.of(limit),
            Self::Fixed(memory) => memory,
        }
    }
}

impl Preset {
    /// The value as a blueprint would write it, in a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Share(share) => format!("{} of the memory limit", share.share_of_memory),
            Self::Text(text) if text.0.is_empty() => String::new(),
            Self::Text(text) => format!("`{}`", text.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_follows_the_limit() {
        let share = |text: &str, limit: &str| {
            let share = Share { share_of_memory: Percent::parse(text).unwrap() };
            share.of(Memory::parse(limit).unwrap()).to_string()
        };
        assert_eq!(share("75%", "512Mi"), "384Mi");
        assert_eq!(share("25%", "1Gi"), "256Mi");
        assert_eq!(share("33%", "100Mi"), "33Mi");
        assert_eq!(share("1%", "6Mi"), "1Mi");
    }
}

//! Reads the user that a container runs as.

use std::fmt;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::number::{push, whole, with_unit};
use crate::value::scalar::{Numbers, scalar, written};

/// The largest id that Kubernetes accepts.
const LARGEST: u64 = 2_147_483_647;

/// A numeric user and group. Names are of no use: Kubernetes cannot prove that a name is not root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId {
    /// The user.
    pub uid: u32,
    /// The group; the number of the user where none is written.
    pub gid: u32,
}

impl UserId {
    /// That user and group.
    pub const fn new(uid: u32, gid: u32) -> Self {
        Self { uid, gid }
    }

    /// Reads `UID` or `UID:GID`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidUser, text, why);
        let (user, group) = text.split_once(':').unwrap_or((text, text));
        if user.starts_with(char::is_alphabetic) || group.starts_with(char::is_alphabetic) {
            return Err(bad("is a name, and Kubernetes cannot prove that a name is not root")
                .help("write the number, which `docker run --rm --entrypoint id IMAGE` prints"));
        }
        let id =
            |text| whole(text).filter(|id| *id <= LARGEST).and_then(|id| u32::try_from(id).ok());
        match (id(user), id(group)) {
            (Some(uid), Some(gid)) => Ok(Self { uid, gid }),
            _ => Err(bad("is not a user: ids run from 0 to 2147483647")
                .help("write `1000` or `1000:1000`")),
        }
    }

    /// Whether the user is root; root's group alone gives no rights over the system.
    pub fn is_root(self) -> bool {
        self.uid == 0
    }

    /// Both numbers, `1000:1000`: with the user alone a container runtime looks the group up in the image.
    pub fn both(self) -> String {
        let mut text = with_unit(self.uid.into(), ":");
        push(&mut text, self.gid.into());
        text
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.uid == self.gid { self.uid.fmt(f) } else { f.write_str(&self.both()) }
    }
}

written!(UserId);
scalar!(UserId {
    format: "user-id",
    description: "A numeric user, or user and group; the group is the user's number where none is written",
    examples: ["1000", "1000:1001"],
    pattern: "^[0-9]+(:[0-9]+)?$",
    numbers: Numbers::Whole(0, LARGEST),
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn users() {
        canonical::<UserId>(&[("1000:1000", "1000"), ("999:1000", "999:1000"), ("0", "0")]);
        assert_eq!(UserId::parse("1000").unwrap().both(), "1000:1000");
        assert!(
            UserId::parse("0:5").unwrap().is_root() && !UserId::parse("1000:0").unwrap().is_root()
        );
        refused::<UserId>(&[
            ("postgres", "is a name"),
            ("1000:staff", "is a name"),
            ("2147483648", "ids run from"),
            ("-1", "ids run from"),
            ("", "ids run from"),
            ("1:2:3", "ids run from"),
            ("1000:", "ids run from"),
        ]);
    }
}

//! Where a stream ends.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::Seq;

/// The hash of a line, 64 lower-case hex digits; 64 zeros stand before the first line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Head(pub(crate) [u8; 64]);

impl Head {
    /// What stands before the first line.
    pub const ZERO: Self = Self([b'0'; 64]);

    /// Reads 64 lower-case hex digits.
    pub fn parse(hex: &[u8]) -> Option<Self> {
        let digits: [u8; 64] = hex.try_into().ok()?;
        digits
            .iter()
            .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
            .then_some(Self(digits))
    }

    /// The digits as bytes.
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// The digits as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hex digits are ASCII")
    }
}

impl From<Head> for String {
    fn from(head: Head) -> Self {
        head.as_str().to_owned()
    }
}

impl TryFrom<String> for Head {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(text.as_bytes()).ok_or("a head has 64 hex digits in lower case")
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place between two lines of a log: what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Bytes of the lines before it.
    pub offset: u64,
    /// The last event before it. Line numbers and `seq` are the same.
    pub seq: Seq,
    /// That event's hash.
    pub head: Head,
}

impl Position {
    /// Before the first line.
    pub const START: Self = Self {
        offset: 0,
        seq: Seq(0),
        head: Head::ZERO,
    };
}

//! Ids as types of their own, so that a chat's id is never taken for a user's.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    };
}

pub(super) use id;

id! {
    /// A Telegram chat: negative for groups, equal to the user's id for a DM.
    ChatId(i64)
}
id! {
    /// A Telegram user. User ids reach 52 bits.
    UserId(i64)
}
id! {
    /// A Telegram bot, by its user id.
    BotId(i64)
}
id! {
    /// A bounty within one board: 1, 2, 3 …, never used twice.
    BountyId(u64)
}
id! {
    /// The place of an event in its stream: 1, 2, 3 … without a gap; 0 is "before the first".
    Seq(u64)
}

impl Seq {
    /// The place after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl BountyId {
    /// The id after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl ChatId {
    /// Whether this is the id of a group. Only for ids that have no Telegram `chat.type` with them.
    pub fn is_group(self) -> bool {
        self.0 < 0
    }
}

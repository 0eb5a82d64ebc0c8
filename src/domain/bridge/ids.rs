//! Ids of the bridge's entities: 1, 2, 3 … each kind for itself, never used twice.

use crate::domain::ids::id;

/// What all ids of entities have in common.
pub trait RowId: Copy + Ord {
    /// The id of this number.
    fn of(number: u64) -> Self;

    /// Its number.
    fn number(self) -> u64;
}

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        $(
            id! {
                $(#[$doc])*
                $name(u64)
            }

            impl RowId for $name {
                fn of(number: u64) -> Self {
                    Self(number)
                }

                fn number(self) -> u64 {
                    self.0
                }
            }
        )+
    };
}

row_ids! {
    /// A user of the bridge, who owns entities: no Telegram user. 0 owns what the system made, 1 is the operator.
    BridgeUserId,
    ServiceProviderId,
    /// A bot as an entity: not the id that Telegram gave it.
    TelegramBotId,
    CommandConfigId,
    CommandTrackerId,
    CommandTrackerListenerId,
    NotificationTargetId,
    NotificationTrackerId,
    NotificationTrackerTargetId,
}

impl BridgeUserId {
    /// Owns what the program made by itself.
    pub const SYSTEM: Self = Self(0);
    /// Whoever runs the program.
    pub const OPERATOR: Self = Self(1);
}

impl NotificationTrackerId {
    /// No tracker has this id: what an older program left of trackers that are gone is kept under it.
    pub const GONE: Self = Self(0);
}

//! The bridge: which bots there are, which commands each of them answers, in which language and within which limits.
//!
//! One stream of its own, with entities in place of bounties: [`decide`] turns a command of the operator into an event or a refusal,
//! [`Bridge::evolve`] turns events into state, [`resolve`] and [`active_bots`] answer what the state means for a bot. Texts are made
//! elsewhere, and nothing here knows a token: only where one is to be found.

mod changes;
mod choice;
mod command;
mod decide;
mod default;
mod edit;
mod entity;
mod event;
mod ids;
mod judge;
mod refusal;
mod registry;
mod resolve;
mod secret;
mod snapshot;
mod state;
mod table;

pub use changes::{Deed, SettingChange, Subject, changes};
pub use choice::{ListenerType, Locale, ResponseMode, Role, UpdateMode};
pub use command::{
    BotParts, BridgeCommand, ConfigParts, ProviderParts, TokenWish, TrackerParts, UsernameWish,
};
pub use decide::{Context, decide, missing_from};
pub use default::defaults;
pub use edit::{
    BridgeOpened, CommandConfigEdited, CommandTrackerEdited, Removed, ServiceProviderEdited,
    TelegramBotEdited,
};
pub use entity::{
    CommandConfig, CommandTracker, CommandTrackerListener, ServiceProvider, TelegramBot, User,
};
pub use event::BridgeEvent;
pub use ids::{
    BridgeUserId, CommandConfigId, CommandTrackerId, CommandTrackerListenerId,
    NotificationTargetId, NotificationTrackerId, ServiceProviderId, TelegramBotId,
};
pub use refusal::{EntityKind, Named, Refusal, TypesDiffer};
pub use registry::{BOUNTY, CommandSpec, commands_of};
pub use resolve::{Resolution, Unreachable, active_bots, resolve, unreachable};
pub use secret::{SecretRef, find_token};
pub use state::Bridge;

#[cfg(test)]
mod tests;

//! The bridge: which bots there are, which commands each of them answers, in which language and within which limits; and whom
//! it is told what happens on which boards.
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
mod notify;
mod refusal;
mod registry;
mod resolve;
mod secret;
mod snapshot;
mod state;
mod table;
mod twins;
mod upcast;

pub use changes::{Deed, Subject, changes};
pub use choice::{ChatAction, EventType, ListenerType, ResponseMode, Role, UpdateMode};
pub use command::{
    BotParts, BridgeCommand, Change, ConfigParts, ProviderParts, SecretWish, TrackerParts,
};
pub use decide::{Context, decide, missing_from};
pub use default::defaults;
pub use edit::{
    BridgeOpened, CommandConfigEdited, CommandTrackerEdited, NotificationTargetEdited,
    NotificationTrackerEdited, NotificationTrackerTargetEdited, Removed, ServiceProviderEdited,
    TelegramBotEdited,
};
pub use entity::{
    CommandConfig, CommandTracker, CommandTrackerListener, ServiceProvider, TelegramBot, User,
};
pub use event::BridgeEvent;
pub use ids::{
    BridgeUserId, CommandConfigId, CommandTrackerId, CommandTrackerListenerId,
    NotificationTargetId, NotificationTrackerId, NotificationTrackerTargetId, ServiceProviderId,
    TelegramBotId,
};
pub use notify::{
    Address, ClockTime, CollectionId, Collections, Destination, Forwarding, LinkParts,
    NotificationCommand, NotificationTarget, NotificationTracker, NotificationTrackerTarget,
    NotifierParts, Place, QuietHours, QuietWish, TELEGRAM, TargetParts, TelegramPlace, UrlWish,
    WEBHOOK, WebhookPlace, forwarded_from,
};
pub use refusal::{EntityKind, Named, Refusal, TypesDiffer};
pub use registry::{BOUNTY, CommandSpec, commands_of};
pub use resolve::{
    Resolution, Unreachable, active_bots, answered, first_heard, resolve, unreachable,
};
pub use secret::{SecretRef, bot_of_token, find_token, has_secret, hide, without_tokens};
pub use state::Bridge;
pub use twins::{Identities, Twins, twins};

/// The name before the refactor of the bridge that these entities come from.
#[deprecated(note = "the name is NotificationTracker")]
pub type Tracker = NotificationTracker;
/// The name before the refactor of the bridge that these entities come from.
#[deprecated(note = "the name is NotificationTrackerTarget")]
pub type TrackerTarget = NotificationTrackerTarget;
/// The name before the refactor of the bridge that these entities come from.
#[deprecated(note = "a tracker's state is a stream of its own: its name is notifier::Notifier")]
pub type TrackerState = super::notifier::Notifier;

#[cfg(test)]
mod tests;

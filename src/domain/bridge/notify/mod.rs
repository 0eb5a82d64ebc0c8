//! Notifications: which boards are followed, and whom it is told what happens there.
//!
//! A [`NotificationTracker`] follows collections of a provider (boards, by the ids of their chats), a [`NotificationTarget`] is a chat
//! or a web hook, a [`NotificationTrackerTarget`] links the two. What was delivered is in each tracker's own stream, not here.

mod collection;
mod command;
mod decide;
mod entity;
mod forward;
mod idle;
mod judge;
mod place;
mod quiet;

pub use collection::{CollectionId, Collections};
pub use command::{LinkParts, NotificationCommand, NotifierParts, QuietWish, TargetParts, UrlWish};
pub use decide::{decide, notifier_name, target_name, targets_of};
pub use entity::{NotificationTarget, NotificationTracker, NotificationTrackerTarget};
pub use forward::{Destination, Forwarding, forwarded_from};
pub use idle::unreachable;
pub use place::{Address, Place, TELEGRAM, TelegramPlace, WEBHOOK, WebhookPlace};
pub use quiet::{ClockTime, QuietHours};

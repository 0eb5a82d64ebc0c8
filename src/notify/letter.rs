//! What is sent, and who sends it.

use std::future::Future;
use std::pin::Pin;

use chrono_tz::Tz;
use uuid::Uuid;

use crate::domain::bridge::{NotificationTarget, NotificationTrackerId};
use crate::domain::notifier::{DeliveryId, NamedTarget, Outcome, Told};
use crate::domain::{BotId, ChatId, Locale, Timestamp};

/// One message to one target.
#[derive(Clone, Debug)]
pub struct Letter {
    pub tracker: NotificationTrackerId,
    pub delivery: DeliveryId,
    /// The same for each attempt to send it, and no other letter's.
    pub key: Uuid,
    pub target: NotificationTarget,
    pub locale: Locale,
    /// The board that it tells of.
    pub collection: ChatId,
    pub title: Option<String>,
    /// The board's own time zone, if it has one.
    pub zone: Option<Tz>,
    pub told: Vec<Told>,
    /// When it was made: what "in 3 days" is seen from.
    pub at: Timestamp,
}

/// Tells a chat that its board is forwarded, or is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub chat: ChatId,
    pub locale: Locale,
    /// The names of the targets to which it is forwarded from now on, …
    pub started: Vec<String>,
    /// … and of those to which it is no more.
    pub stopped: Vec<String>,
    /// All that it is forwarded to.
    pub now: Vec<NamedTarget>,
    /// The bots that were heard in the chat.
    pub bots: Vec<BotId>,
}

impl Notice {
    /// Whether the chat's board is forwarded to anybody, so that the chat must know.
    pub fn is_forwarded(&self) -> bool {
        !self.now.is_empty()
    }
}

/// What came of sending, once that is known.
pub type Sending<'s> = Pin<Box<dyn Future<Output = Outcome> + Send + 's>>;

/// Sends. One attempt each: when it is repeated is decided elsewhere.
pub trait Courier: Send + Sync + 'static {
    fn send<'s>(&'s self, letter: &'s Letter) -> Sending<'s>;

    fn tell<'s>(&'s self, notice: &'s Notice) -> Sending<'s>;
}

//! The courier of the program: letters to Telegram chats and to web hooks.

mod bots;
mod payload;

use std::sync::Arc;

use chrono_tz::Tz;
use tokio::sync::watch;

use crate::domain::Timestamp;
use crate::domain::bridge::{Bridge, Place, TelegramPlace, WebhookPlace};
use crate::domain::notifier::Outcome;
use crate::text::{Notification, Texts, View};

use super::letter::{Courier, Letter, Notice, Sending};
use super::telegram;
use super::webhook::{self, ClientError, Guard, Hook};

use bots::Bots;

/// Sends letters where their targets are.
pub struct Post {
    bots: Bots,
    webhooks: webhook::Sender,
    texts: Texts,
    /// The zone of times where a board has none of its own.
    zone: Tz,
    now: fn() -> Timestamp,
}

impl Post {
    /// A post for the bots of this bridge; `api_url` is another Bot API server than Telegram's, `guard` says to whom web hooks may lead.
    pub fn new(
        bridge: watch::Receiver<Arc<Bridge>>,
        api_url: Option<url::Url>,
        guard: Guard,
        zone: Tz,
        now: fn() -> Timestamp,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            bots: Bots::new(bridge, api_url),
            webhooks: webhook::Sender::new(guard)?,
            texts: Texts::new(),
            zone,
            now,
        })
    }

    async fn to_chat(&self, letter: &Letter, place: &TelegramPlace) -> Outcome {
        let sender = match self.bots.sender(place.bot_id) {
            Ok(sender) => sender,
            Err(reason) => {
                return Outcome::Retry {
                    after: None,
                    reason,
                };
            }
        };
        let message = self
            .texts
            .notification(&notification(letter), &self.view(letter));
        let post = telegram::Post {
            chat: place.chat_id,
            topic: place.topic_id,
            action: letter.target.chat_action,
            html: &message.html,
        };
        let sent = sender.send(&post).await;
        if let Some(chat) = sent.moved_to {
            tracing::warn!(
                target_id = letter.target.id.0,
                from = place.chat_id.0,
                to = chat.0,
                "the chat of a notification target has another id now; change the target with `bounty bridge target edit`"
            );
        }
        sent.outcome.into()
    }

    async fn to_hook(&self, letter: &Letter, place: &WebhookPlace) -> Outcome {
        let hook = match Hook::read(place) {
            Ok(hook) => hook,
            Err(error) => {
                let reason = error.to_string();
                return Outcome::Retry {
                    after: None,
                    reason,
                };
            }
        };
        let message = self
            .texts
            .notification(&notification(letter), &self.view(letter));
        let event = payload::event(letter, message.plain());
        from_webhook(self.webhooks.send(&hook, &event, (self.now)()).await)
    }

    fn view(&self, letter: &Letter) -> View {
        View {
            locale: letter.locale,
            zone: letter.zone.unwrap_or(self.zone),
            at: letter.at.seconds(),
        }
    }

    /// Tells a chat through one of the bots that can write there.
    async fn to_board(&self, notice: &Notice) -> Outcome {
        let view = View {
            locale: notice.locale,
            zone: self.zone,
            at: (self.now)().seconds(),
        };
        let message = self
            .texts
            .forwarding(&notice.started, &notice.stopped, &view);
        let post = telegram::Post {
            chat: notice.chat,
            topic: None,
            action: None,
            html: &message.html,
        };
        let mut outcome = Outcome::Unreachable {
            reason: "no bot of the bridge was heard in the chat".to_owned(),
        };
        for sender in self.bots.heard_by(&notice.bots) {
            outcome = sender.send(&post).await.outcome.into();
            if !matches!(
                outcome,
                Outcome::Refused { .. } | Outcome::Unreachable { .. }
            ) {
                break;
            }
        }
        outcome
    }
}

impl Courier for Post {
    fn send<'s>(&'s self, letter: &'s Letter) -> Sending<'s> {
        Box::pin(async move {
            match letter.target.place() {
                Some(Place::Telegram(place)) => self.to_chat(letter, &place).await,
                Some(Place::Webhook(place)) => self.to_hook(letter, &place).await,
                None => Outcome::Refused {
                    reason: format!(
                        "the target's type {} is not served, or its config lacks something",
                        letter.target.target_type
                    ),
                },
            }
        })
    }

    fn tell<'s>(&'s self, notice: &'s Notice) -> Sending<'s> {
        Box::pin(self.to_board(notice))
    }
}

fn notification(letter: &Letter) -> Notification<'_> {
    Notification {
        chat: letter.collection,
        title: letter.title.as_deref(),
        told: &letter.told,
    }
}

/// What may have arrived is sent again: a receiver knows it by its idempotency key.
fn from_webhook(outcome: webhook::Outcome) -> Outcome {
    match outcome {
        webhook::Outcome::Unknown { reason } => Outcome::retry(None, reason),
        known => known.into(),
    }
}

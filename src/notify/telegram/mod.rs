//! A notification in a Telegram chat: one message, with a chat action before it for as long as it takes.
//!
//! This module sends one message once and says what came of it. When something is sent again, and what is recorded of it, is decided
//! elsewhere.

mod outcome;

use std::convert::Infallible;
use std::time::Duration;

use serde::Serialize;
use teloxide::Bot;
use teloxide::payloads::SendMessage;
use teloxide::payloads::setters::*;
use teloxide::requests::Payload;
use teloxide::types::{
    ChatId as TgChatId, LinkPreviewOptions, MessageId, ParseMode, ThreadId, True,
};
use tokio::select;
use tokio::time::sleep;

use crate::domain::ChatId;
use crate::domain::bridge::ChatAction;
use crate::telegram::{Failure, exchange};
use crate::text;

pub use outcome::Outcome;
use outcome::Step;

/// An action is shown for five seconds at most, so it is sent anew after this.
const SHOWN: Duration = Duration::from_secs(4);
/// How long an action may take: the message does not wait for it any longer.
const ACTION_LIMIT: Duration = Duration::from_secs(5);
/// How long a message may take.
const MESSAGE_LIMIT: Duration = Duration::from_secs(17);
/// How many new ids of a chat are followed for one message.
const MOVES: usize = 2;

/// One message to one chat.
#[derive(Clone, Copy, Debug)]
pub struct Post<'p> {
    pub chat: ChatId,
    /// The forum topic.
    pub topic: Option<i32>,
    /// What the bot is shown to be doing until the message is there.
    pub action: Option<ChatAction>,
    pub html: &'p str,
}

/// What came of a message, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub outcome: Outcome,
    /// The chat's new id, when Telegram named one: messages go there from now on.
    pub moved_to: Option<ChatId>,
}

/// Sends as one bot.
#[derive(Clone)]
pub struct Sender {
    bot: Bot,
    shown: Duration,
}

impl Sender {
    /// A sender for a bot as [`crate::telegram::bot`] makes it.
    pub fn new(bot: Bot) -> Self {
        Self { bot, shown: SHOWN }
    }

    /// The same with another time after which an action is sent anew.
    #[must_use]
    pub fn showing_every(self, shown: Duration) -> Self {
        Self { shown, ..self }
    }

    /// Sends one message, with its action before it, and anew while it takes longer.
    pub async fn send(&self, post: &Post<'_>) -> Sent {
        let (mut post, mut moved_to) = (*post, None);
        for _ in 0..=MOVES {
            match self.attempt(&post).await {
                Step::Ended(outcome) => return Sent { outcome, moved_to },
                Step::Moved(chat) => {
                    // Topics are the old chat's.
                    post = Post {
                        chat,
                        topic: None,
                        ..post
                    };
                    moved_to = Some(chat);
                }
            }
        }
        let reason = "Telegram names one new id of the chat after the other".to_owned();
        Sent {
            outcome: Outcome::Refused { reason },
            moved_to,
        }
    }

    async fn attempt(&self, post: &Post<'_>) -> Step {
        let Some(action) = post.action else {
            return self.message(post).await;
        };
        self.show(post, action).await;
        select! {
            biased;
            step = self.message(post) => step,
            never = self.keep_showing(post, action) => match never {},
        }
    }

    async fn keep_showing(&self, post: &Post<'_>, action: ChatAction) -> Infallible {
        loop {
            sleep(self.shown).await;
            self.show(post, action).await;
        }
    }

    /// An action is an ornament: that it cannot be shown is no reason to tell nothing.
    async fn show(&self, post: &Post<'_>, action: ChatAction) {
        let payload = ShowAction {
            chat_id: post.chat,
            message_thread_id: post.topic,
            action,
        };
        if let Err(error) = exchange(&self.bot, &payload, ACTION_LIMIT).await {
            tracing::debug!(chat = post.chat.0, %error, "a chat action could not be shown");
        }
    }

    /// A text whose markup is not accepted is sent without.
    async fn message(&self, post: &Post<'_>) -> Step {
        let html = payload(post, post.html).parse_mode(ParseMode::Html);
        let answered = exchange(&self.bot, &html, MESSAGE_LIMIT).await;
        let answered = match answered {
            Err(error) if error.failure == Failure::Markup => {
                tracing::warn!(
                    chat = post.chat.0,
                    "Telegram refused the markup of a notification; it is sent without"
                );
                let plain = payload(post, &text::plain(post.html));
                exchange(&self.bot, &plain, MESSAGE_LIMIT).await
            }
            answered => answered,
        };
        outcome::of(answered)
    }
}

fn payload(post: &Post<'_>, text: &str) -> SendMessage {
    let no_preview = LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    };
    let message = SendMessage::new(TgChatId(post.chat.0), text).link_preview_options(no_preview);
    match post.topic {
        Some(topic) => message.message_thread_id(ThreadId(MessageId(topic))),
        None => message,
    }
}

/// `sendChatAction`, whose actions the library does not all know.
#[derive(Clone, Serialize)]
struct ShowAction {
    chat_id: ChatId,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_thread_id: Option<i32>,
    action: ChatAction,
}

impl Payload for ShowAction {
    type Output = True;
    const NAME: &'static str = "SendChatAction";
}

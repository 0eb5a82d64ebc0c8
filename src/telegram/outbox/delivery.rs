//! Delivering one call: what is tried again and what is not, and where a chat is that has a new id.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use serde::Serialize;
use teloxide::payloads::{EditMessageText, SendMessage};
use teloxide::requests::Payload;
use teloxide::types::{ParseMode, Recipient};
use tokio::sync::{oneshot, watch};

use crate::domain::ChatId;
use crate::text;

use super::super::api::{BACKOFF, carry_out};
use super::super::call::Call;
use super::super::failure::{CallError, Failure};
use super::super::vitals::Sent;
use super::{Inner, Outbox, lock};

/// The pause in a chat when Telegram asks for one and does not say how long: a group may get twenty messages a minute.
const PAUSE: Duration = Duration::from_secs(3);

/// How many new ids of a chat are followed for one text: two chats may name each other.
const MOVES: usize = 3;

/// A call that puts a text into a chat.
trait Writing: Payload + Serialize {
    /// Whether it can be made under the chat's new id as well.
    const MOVES: bool;

    /// Leaves out what has a number that means something else under another id.
    fn forget_place(&mut self);

    fn parts(&mut self) -> Parts<'_>;
}

struct Parts<'p> {
    chat: &'p mut Recipient,
    text: &'p mut String,
    parse_mode: &'p mut Option<ParseMode>,
}

impl Writing for SendMessage {
    const MOVES: bool = true;

    fn forget_place(&mut self) {
        self.reply_parameters = None;
        self.message_thread_id = None;
    }

    fn parts(&mut self) -> Parts<'_> {
        Parts {
            chat: &mut self.chat_id,
            text: &mut self.text,
            parse_mode: &mut self.parse_mode,
        }
    }
}

impl Writing for EditMessageText {
    /// Another message has the number there.
    const MOVES: bool = false;

    fn forget_place(&mut self) {}

    fn parts(&mut self) -> Parts<'_> {
        Parts {
            chat: &mut self.chat_id,
            text: &mut self.text,
            parse_mode: &mut self.parse_mode,
        }
    }
}

impl Inner {
    /// Carries out a call. While Telegram makes its chat wait, `pausing` is true.
    pub(super) async fn deliver(self: &Arc<Self>, call: Call, pausing: &watch::Sender<bool>) {
        match call {
            Call::Send(message) => {
                let end = self.write(*message, pausing).await;
                self.vitals.sent(end);
            }
            Call::Edit(edit) => {
                // Whatever it comes to, pressing the button once more does it again.
                self.write(*edit, pausing).await;
            }
            Call::AnswerCallback(answer) => {
                if let Err(error) = carry_out(&self.bot, &*answer).await {
                    tracing::warn!(%error, "a button could not be answered");
                }
            }
        }
    }

    /// Writes a text. Only what surely did not arrive is tried again, for a while: a message has no idempotency key.
    async fn write<W: Writing>(
        self: &Arc<Self>,
        mut writing: W,
        pausing: &watch::Sender<bool>,
    ) -> Sent {
        let (mut attempt, mut moves) = (0, 0);
        loop {
            let Recipient::Id(chat) = *writing.parts().chat else {
                return Sent::Refused;
            };
            let chat = ChatId(chat.0);
            if lock(&self.unreachable).contains(&chat) {
                return Sent::Forbidden;
            }
            let Err(error) = carry_out(&self.bot, &writing).await else {
                return Sent::Delivered;
            };
            match error.failure {
                Failure::Wait(pause) => {
                    pausing.send_replace(true);
                    self.pause(chat, pause.unwrap_or(PAUSE)).await;
                    pausing.send_replace(false);
                }
                Failure::NotSent if attempt < BACKOFF.len() => {
                    tokio::time::sleep(BACKOFF[attempt]).await;
                    attempt += 1;
                }
                Failure::Migrated(new) if new != chat && moves < MOVES => {
                    moves += 1;
                    self.follow(chat, new).await;
                    if !W::MOVES {
                        tracing::info!(
                            chat = chat.0,
                            "a list of a chat that has a new id stays as it is"
                        );
                        return Sent::Refused;
                    }
                    *writing.parts().chat = Recipient::Id(teloxide::types::ChatId(new.0));
                    writing.forget_place();
                }
                Failure::Markup if writing.parts().parse_mode.is_some() => {
                    tracing::warn!(
                        chat = chat.0,
                        "Telegram refused the markup of a message; it is sent without"
                    );
                    let Parts {
                        text, parse_mode, ..
                    } = writing.parts();
                    *text = text::plain(text);
                    *parse_mode = None;
                }
                _ => return self.end(chat, &error),
            }
        }
    }

    /// What a text came to that is not sent again.
    fn end(&self, chat: ChatId, error: &CallError) -> Sent {
        match error.failure {
            Failure::NotModified => Sent::Delivered,
            Failure::Forbidden => {
                tracing::info!(
                    chat = chat.0,
                    "the bot may not write to this chat; it is tried again when the chat writes"
                );
                lock(&self.unreachable).insert(chat);
                Sent::Forbidden
            }
            Failure::NotSent => {
                tracing::warn!(chat = chat.0, %error, "an answer was given up: Telegram could not be reached");
                Sent::GivenUp
            }
            Failure::Broken | Failure::Unknown => {
                tracing::warn!(chat = chat.0, %error, "an answer was given up: it may or may not have arrived");
                Sent::GivenUp
            }
            _ => {
                tracing::warn!(chat = chat.0, %error, "Telegram refused an answer: it did not arrive");
                Sent::Refused
            }
        }
    }

    async fn pause(&self, chat: ChatId, pause: Duration) {
        self.vitals.pauses.fetch_add(1, Relaxed);
        tracing::info!(
            chat = chat.0,
            seconds = pause.as_secs(),
            "Telegram asks for a pause in this chat"
        );
        tokio::time::sleep(pause).await;
    }

    /// Has the board moved before anyone is answered under the chat's new id, who could then write to a board that is not there.
    async fn follow(self: &Arc<Self>, from: ChatId, to: ChatId) {
        let notices = (self.on_migrated)(from, to).await.unwrap_or_default();
        if notices.is_empty() {
            return;
        }
        let outbox = Outbox {
            inner: Arc::clone(self),
        };
        let (sender, calls) = oneshot::channel();
        // Both receivers live as long as they are needed.
        let _ = sender.send(notices);
        drop(outbox.push(to, calls));
    }
}

//! Where answers go.

use teloxide::payloads::SendMessage;
use teloxide::payloads::setters::*;
use teloxide::types::{ChatId as TgChatId, MessageId, ReplyParameters, ThreadId};

use crate::domain::ChatId;
use crate::domain::board::ChatKind;

use super::update::Place;

/// Where an answer goes.
#[derive(Clone, Copy)]
pub struct Spot {
    pub chat: ChatId,
    pub kind: ChatKind,
    /// The forum topic.
    pub thread: Option<i64>,
    /// The message that is answered.
    pub message: Option<i64>,
}

impl Spot {
    /// The place of a message.
    pub fn of(place: &Place) -> Self {
        Self {
            chat: place.chat,
            kind: place.kind,
            thread: place.thread,
            message: Some(place.message),
        }
    }

    /// The same place under a group's new id: message and topic are the old chat's.
    pub fn at_chat(self, chat: ChatId) -> Self {
        if chat == self.chat {
            self
        } else {
            Self {
                chat,
                thread: None,
                message: None,
                ..self
            }
        }
    }

    /// A message there; in a group it answers the one that it is about, quietly.
    pub fn message(self, text: impl Into<String>) -> SendMessage {
        let mut message = SendMessage::new(TgChatId(self.chat.0), text);
        if let Some(thread) = self.thread.and_then(|thread| i32::try_from(thread).ok()) {
            message = message.message_thread_id(ThreadId(MessageId(thread)));
        }
        if let Some(to) = self.message.and_then(|message| i32::try_from(message).ok())
            && self.kind == ChatKind::Group
        {
            let reply = ReplyParameters::new(MessageId(to)).allow_sending_without_reply();
            message = message.reply_parameters(reply).disable_notification(true);
        }
        message
    }
}

//! One call of the Bot API, as an answer to an update.

use serde::Serialize;
use serde_json::Value;
use teloxide::payloads::{AnswerCallbackQuery, SendMessage};
use teloxide::requests::Payload;
use teloxide::types::Recipient;

use crate::domain::ChatId;

/// What the bot does in answer to an update.
#[derive(Clone, Debug)]
pub enum Call {
    Send(Box<SendMessage>),
    AnswerCallback(Box<AnswerCallbackQuery>),
}

impl Call {
    /// The chat that a message goes to.
    pub fn chat(&self) -> Option<ChatId> {
        match self {
            Self::Send(message) => match &message.chat_id {
                Recipient::Id(id) => Some(ChatId(id.0)),
                Recipient::ChannelUsername(_) => None,
            },
            Self::AnswerCallback(_) => None,
        }
    }

    /// The call as `bounty feed` prints it: one object with `method` and the call's parameters.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Send(message) => with_method("sendMessage", &**message),
            Self::AnswerCallback(answer) => with_method("answerCallbackQuery", &**answer),
        }
    }
}

fn with_method<P: Payload + Serialize>(method: &str, payload: &P) -> Value {
    let mut call = serde_json::Map::new();
    call.insert("method".to_owned(), method.into());
    if let Ok(Value::Object(parameters)) = serde_json::to_value(payload) {
        call.extend(parameters);
    }
    Value::Object(call)
}

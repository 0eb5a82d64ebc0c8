//! One call of the Bot API, as an answer to an update.

use std::io::Write;

use serde::Serialize;
use teloxide::payloads::{AnswerCallbackQuery, EditMessageText, SendMessage};
use teloxide::requests::Payload;

/// What the bot does in answer to an update.
#[derive(Clone, Debug)]
pub enum Call {
    Send(Box<SendMessage>),
    Edit(Box<EditMessageText>),
    AnswerCallback(Box<AnswerCallbackQuery>),
}

impl Call {
    /// Whether it tells who pressed a button that it was heard.
    pub fn is_for_button(&self) -> bool {
        matches!(self, Self::AnswerCallback(_))
    }

    /// The call as `bounty feed` prints it: one object with `method` and the call's parameters, on one line.
    pub fn write_json(&self, out: impl Write) -> serde_json::Result<()> {
        match self {
            Self::Send(message) => write_named("sendMessage", &**message, out),
            Self::Edit(edit) => write_named("editMessageText", &**edit, out),
            Self::AnswerCallback(answer) => write_named("answerCallbackQuery", &**answer, out),
        }
    }
}

#[derive(Serialize)]
struct Named<'p, P> {
    method: &'static str,
    #[serde(flatten)]
    parameters: &'p P,
}

fn write_named<P: Payload + Serialize>(
    method: &'static str,
    parameters: &P,
    out: impl Write,
) -> serde_json::Result<()> {
    serde_json::to_writer(out, &Named { method, parameters })
}

//! What came of sending a message.

use std::time::Duration;

use crate::domain::ChatId;
use crate::domain::bridge::without_tokens;
use crate::domain::notifier;

use super::call::{Answer, Body, Lost, Message};

/// What came of sending a message once. No reason has a token in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered {
        /// None when the answer does not say it.
        message_id: Option<i64>,
    },
    /// It surely did not arrive, and may later.
    Retry {
        /// The pause that Telegram asks for.
        after: Option<Duration>,
        reason: String,
    },
    /// It surely did not arrive, and never will as it is.
    Refused { reason: String },
    /// The bot cannot write to the chat, until someone there lets it.
    Unreachable { reason: String },
    /// It may have arrived: the request was on its way when something broke.
    Unknown { reason: String },
}

impl Outcome {
    /// The message, when it arrived.
    pub fn message_id(&self) -> Option<i64> {
        match self {
            Self::Delivered { message_id } => *message_id,
            _ => None,
        }
    }
}

impl From<Outcome> for notifier::Outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Delivered { .. } => Self::Delivered,
            Outcome::Retry { after, reason } => Self::retry(after, reason),
            Outcome::Refused { reason } => Self::Refused { reason },
            Outcome::Unreachable { reason } => Self::Unreachable { reason },
            Outcome::Unknown { reason } => Self::Unknown { reason },
        }
    }
}

/// What follows from an answer.
pub enum Step {
    Ended(Outcome),
    /// The chat has this id now.
    Moved(ChatId),
}

/// Refusals that mean the chat, and no message in particular.
const UNREACHABLE: [&str; 7] = [
    "chat not found",
    "bot was kicked",
    "bot was blocked",
    "bot is not a member",
    "user is deactivated",
    "have no rights to send",
    "group chat was deactivated",
];

/// What a call came to.
pub fn of(answered: Result<Answer, Lost>) -> Step {
    let answer = match answered {
        Ok(answer) => answer,
        Err(Lost::Before(reason)) => return Step::Ended(retry(None, reason)),
        Err(Lost::Perhaps(reason)) => return Step::Ended(Outcome::Unknown { reason }),
    };
    let Some(body) = &answer.body else {
        let reason = format!(
            "the answer, of status {}, is none of Telegram's",
            answer.status
        );
        return Step::Ended(Outcome::Unknown { reason });
    };
    if body.ok {
        let message_id = match &body.result {
            Some(Message::Sent { message_id }) => Some(*message_id),
            Some(Message::Other(_)) | None => None,
        };
        return Step::Ended(Outcome::Delivered { message_id });
    }
    match body.parameters.migrate_to_chat_id {
        Some(chat) => Step::Moved(ChatId(chat)),
        None => Step::Ended(refusal(&answer, body)),
    }
}

fn refusal(answer: &Answer, body: &Body) -> Outcome {
    let description = body.description.as_deref().unwrap_or("without a reason");
    let reason = format!("Telegram refused it: {}", without_tokens(description));
    let after = body.parameters.retry_after.map(Duration::from_secs);
    match answer.status {
        429 | 500..=599 => retry(after, reason),
        // The token may be put right.
        401 | 404 => retry(None, format!("{reason}; the bot's token may be wrong")),
        403 => Outcome::Unreachable { reason },
        _ if UNREACHABLE.iter().any(|words| answer.says(words)) => Outcome::Unreachable { reason },
        _ => Outcome::Refused { reason },
    }
}

fn retry(after: Option<Duration>, reason: String) -> Outcome {
    Outcome::Retry { after, reason }
}

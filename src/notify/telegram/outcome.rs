//! What came of sending a message.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::ChatId;
use crate::domain::notifier;
use crate::telegram::{CallError, Failure};

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
pub fn of(answered: Result<Box<RawValue>, CallError>) -> Step {
    match answered {
        Ok(message) => Step::Ended(Outcome::Delivered {
            message_id: message_id(&message),
        }),
        Err(CallError {
            failure: Failure::Migrated(chat),
            ..
        }) => Step::Moved(chat),
        Err(error) => Step::Ended(failed(&error)),
    }
}

/// The one part of a message that is of use.
fn message_id(message: &RawValue) -> Option<i64> {
    #[derive(Deserialize)]
    struct Message {
        message_id: i64,
    }
    let message: Option<Message> = serde_json::from_str(message.get()).ok();
    message.map(|message| message.message_id)
}

fn failed(error: &CallError) -> Outcome {
    let refused = || format!("Telegram refused it: {error}");
    let is_about_chat = || {
        let words = error.to_string().to_ascii_lowercase();
        UNREACHABLE.iter().any(|about| words.contains(about))
    };
    match error.failure {
        Failure::NotSent => retry(None, error.to_string()),
        Failure::Unknown => Outcome::Unknown {
            reason: error.to_string(),
        },
        Failure::Wait(after) => retry(after, refused()),
        Failure::Broken => retry(None, refused()),
        // The token may be put right.
        Failure::Unauthorized => {
            let reason = refused();
            retry(None, format!("{reason}; the bot's token may be wrong"))
        }
        Failure::Forbidden => Outcome::Unreachable { reason: refused() },
        _ if is_about_chat() => Outcome::Unreachable { reason: refused() },
        _ => Outcome::Refused { reason: refused() },
    }
}

fn retry(after: Option<Duration>, reason: String) -> Outcome {
    Outcome::Retry { after, reason }
}

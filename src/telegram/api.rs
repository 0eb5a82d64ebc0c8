//! The Bot API as this program calls it: with teloxide's payloads, and answers read as little as possible, since a field that
//! teloxide does not know must not turn a sent message into a failed one.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use teloxide::Bot;
use teloxide::payloads::GetMe;
use teloxide::requests::Payload;

use crate::domain::BotId;

use super::exchange::exchange;
use super::failure::CallError;
use super::update::BotIdentity;

/// How long Telegram holds a poll open when there is nothing to tell.
pub const POLL_SECONDS: u64 = 25;
/// How long any call may take besides that.
const CALL_LIMIT: Duration = Duration::from_secs(17);
/// The growing pauses after failed calls.
pub const BACKOFF: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
];
/// The kinds of update that are asked for, in every poll.
const ALLOWED: [&str; 4] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
];

/// A bot at Telegram's server, or at this one.
pub fn bot(token: &str, api_url: Option<url::Url>) -> Result<Bot, CallError> {
    let client = teloxide::net::default_reqwest_settings().build()?;
    let bot = Bot::with_client(token, client);
    Ok(match api_url {
        Some(url) => bot.set_api_url(url),
        None => bot,
    })
}

/// `getUpdates`, whose updates stay as they came: one that cannot be read must not lose the batch.
#[derive(Clone, Debug, Serialize)]
pub struct GetRawUpdates {
    /// Confirms every update below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
    pub limit: u8,
    /// Seconds to wait for an update.
    pub timeout: u64,
    pub allowed_updates: [&'static str; 4],
}

impl GetRawUpdates {
    /// Asks for what comes next, waiting for it.
    pub fn wait(offset: Option<i64>) -> Self {
        Self {
            offset,
            limit: 100,
            timeout: POLL_SECONDS,
            allowed_updates: ALLOWED,
        }
    }

    /// Asks for what is there, without waiting.
    pub fn at_once(offset: Option<i64>) -> Self {
        Self {
            timeout: 0,
            ..Self::wait(offset)
        }
    }

    /// Only confirms.
    pub fn confirm(offset: i64) -> Self {
        Self {
            offset: Some(offset),
            limit: 1,
            timeout: 0,
            allowed_updates: ALLOWED,
        }
    }
}

impl Payload for GetRawUpdates {
    type Output = Vec<Box<RawValue>>;
    const NAME: &'static str = "GetUpdates";
}

/// Makes the call; only whether it succeeded is looked at.
pub async fn carry_out<P: Payload + Serialize>(bot: &Bot, payload: &P) -> Result<(), CallError> {
    exchange(bot, payload, CALL_LIMIT).await.map(|_| ())
}

/// Asks Telegram who the bot is. Of what it tells, which differs from one version of the server to another, this is all that is of use.
pub async fn get_me(bot: &Bot) -> Result<BotIdentity, CallError> {
    #[derive(Deserialize)]
    struct Me {
        id: BotId,
        username: String,
    }
    let me = exchange(bot, &GetMe::new(), CALL_LIMIT).await?;
    let me = serde_json::from_str(me.get());
    let Me { id, username } = me.map_err(|_| CallError::misread("the answer names no bot"))?;
    Ok(BotIdentity { id, username })
}

/// Polls once.
pub async fn get_updates(bot: &Bot, poll: GetRawUpdates) -> Result<Vec<Box<RawValue>>, CallError> {
    let limit = CALL_LIMIT + Duration::from_secs(poll.timeout);
    let updates = exchange(bot, &poll, limit).await?;
    serde_json::from_str(updates.get())
        .map_err(|_| CallError::misread("the answer has no list of updates in it"))
}

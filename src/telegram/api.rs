//! The Bot API as this program calls it: through teloxide's bot and errors, with answers read as little as possible, since a
//! field that teloxide does not know must not turn a sent message into a failed one.

use std::time::Duration;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use teloxide::requests::{JsonRequest, Payload, Request};
use teloxide::{ApiError, Bot, RequestError};

use crate::causes::causes;
use crate::domain::bridge::without_tokens;

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

/// A bot whose calls may take as long as a poll does.
pub fn bot(token: &str, api_url: Option<url::Url>) -> Result<Bot, RequestError> {
    let limit = CALL_LIMIT + Duration::from_secs(POLL_SECONDS);
    let client = teloxide::net::default_reqwest_settings()
        .timeout(limit)
        .build()?;
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

/// A call whose result does not matter, only that it was carried out.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
struct Carried<P>(P);

impl<P: Payload> Payload for Carried<P> {
    type Output = IgnoredAny;
    const NAME: &'static str = P::NAME;
}

/// Makes the call; only whether it succeeded is looked at.
pub async fn carry_out<P: Payload + Serialize + Send + Sync + 'static>(
    bot: &Bot,
    payload: P,
) -> Result<(), RequestError> {
    let carried = JsonRequest::new(bot.clone(), Carried(payload)).send().await;
    carried.or_else(reread).map(|_| ())
}

/// Polls once.
pub async fn get_updates(
    bot: &Bot,
    poll: GetRawUpdates,
) -> Result<Vec<Box<RawValue>>, RequestError> {
    let polled = JsonRequest::new(bot.clone(), poll).send().await;
    polled.or_else(reread)
}

/// Reads a successful answer that teloxide could not: it reads through a buffer that holds neither raw JSON, which is every
/// batch of updates, nor half a character (a lone surrogate).
fn reread<T: DeserializeOwned>(error: RequestError) -> Result<T, RequestError> {
    #[derive(Deserialize)]
    struct Answer<T> {
        ok: bool,
        result: T,
    }
    let RequestError::InvalidJson { raw, .. } = &error else {
        return Err(error);
    };
    match serde_json::from_str::<Answer<T>>(raw) {
        Ok(answer) if answer.ok => Ok(answer.result),
        _ => Err(error),
    }
}

/// What to do about a call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing reached Telegram: it can be tried again without doing anything twice.
    NotSent,
    /// Telegram asks for this pause.
    Wait(Duration),
    /// The chat has this id now.
    Migrated(i64),
    /// The bot may not write there.
    Forbidden,
    /// The markup was not accepted.
    Markup,
    /// The message already says that.
    NotModified,
    /// Another poller of this token, or a webhook.
    Conflict,
    /// The token is not, or no longer, valid.
    Unauthorized,
    /// Telegram refused, or nobody knows whether it was carried out.
    Other,
}

/// Sorts a failed call by what is to be done about it.
pub fn failure(error: &RequestError) -> Failure {
    match error {
        RequestError::RetryAfter(seconds) => Failure::Wait(seconds.duration()),
        RequestError::MigrateToChatId(id) => Failure::Migrated(id.0),
        RequestError::Network(error) if error.is_connect() => Failure::NotSent,
        RequestError::Api(error) => refusal(error),
        _ => Failure::Other,
    }
}

fn refusal(error: &ApiError) -> Failure {
    let text = match error {
        // Its own text puts words in front.
        ApiError::Unknown(text) => text.clone(),
        known => known.to_string(),
    };
    let says = |words: &str| text.to_ascii_lowercase().contains(words);
    match error {
        ApiError::InvalidToken => Failure::Unauthorized,
        ApiError::TerminatedByOtherGetUpdates | ApiError::CantGetUpdates => Failure::Conflict,
        ApiError::MessageNotModified => Failure::NotModified,
        ApiError::CantParseEntities(_) => Failure::Markup,
        _ if says("can't parse entities") => Failure::Markup,
        _ if says("message is not modified") => Failure::NotModified,
        _ if text.starts_with("Conflict") || says("webhook is active") => Failure::Conflict,
        ApiError::BotBlocked
        | ApiError::BotKicked
        | ApiError::BotKickedFromSupergroup
        | ApiError::UserDeactivated => Failure::Forbidden,
        _ if text.starts_with("Forbidden") => Failure::Forbidden,
        _ => Failure::Other,
    }
}

/// An error as a log line may show it: without the answer's body, which may hold what users wrote, and without the token, which is
/// in the address of every call and may stand in whatever a server in between answers.
pub fn describe(error: &RequestError) -> String {
    let text = match error {
        RequestError::InvalidJson { source, .. } => {
            format!("the answer is no valid JSON ({source})")
        }
        RequestError::Network(source) => {
            // What stands between them says only in which step it failed.
            let cause = causes(source).skip(1).last();
            let cause = cause.map(|cause| format!(": {cause}"));
            format!("network error: {source}{}", cause.unwrap_or_default())
        }
        other => other.to_string(),
    };
    without_tokens(&text)
}

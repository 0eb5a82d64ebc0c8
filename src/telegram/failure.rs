//! A call of the Bot API that failed: why, and what is to be done about it.
//!
//! Errors are read as leniently as can be: what a server or something in between adds, leaves out or writes in another way must not
//! cost an answer.

use std::time::Duration;

use serde_json::Value;

use crate::causes::causes;
use crate::domain::ChatId;
use crate::domain::bridge::without_tokens;

/// What to do about a call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing reached Telegram: it can be tried again without doing anything twice.
    NotSent,
    /// Telegram asks for a pause, and says how long it is to be, or does not.
    Wait(Option<Duration>),
    /// The chat has this id now.
    Migrated(ChatId),
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
    /// Telegram refused it for another reason: it was not carried out.
    Refused,
    /// Telegram says that an error of its own came up.
    Broken,
    /// Nobody knows whether it was carried out.
    Unknown,
}

/// A call that failed. What it says is for the log: neither a token nor the answer's body, which may hold what users wrote, is in it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{reason}")]
pub struct CallError {
    pub failure: Failure,
    reason: String,
}

impl CallError {
    fn new(failure: Failure, reason: &str) -> Self {
        Self {
            failure,
            reason: without_tokens(reason),
        }
    }

    /// The request could not even be made.
    pub(super) fn unsendable(reason: &str) -> Self {
        Self::new(Failure::NotSent, reason)
    }

    /// Telegram said that it was carried out, but what it came to cannot be read.
    pub(super) fn misread(reason: &str) -> Self {
        Self::new(Failure::Unknown, reason)
    }

    /// An answer that is none of the Bot API's: something in between gave it. Who asks for a pause has passed nothing on.
    pub(super) fn of_stranger(status: u16) -> Self {
        let failure = match status {
            429 => Failure::Wait(None),
            _ => Failure::Unknown,
        };
        Self::new(
            failure,
            &format!("the answer is no valid JSON (status {status})"),
        )
    }

    /// The Bot API's refusal, as it came.
    pub(super) fn of_refusal(status: u16, answer: &str) -> Self {
        // What it can be without, it is read without.
        let answer: Value = serde_json::from_str(answer).unwrap_or_default();
        let code = answer["error_code"].as_u64().unwrap_or(status.into());
        let reason = answer["description"].as_str();
        let reason = reason.unwrap_or("refused without a reason");
        let parameters = &answer["parameters"];
        let failure = if let Some(chat) = whole(&parameters["migrate_to_chat_id"]) {
            Failure::Migrated(ChatId(chat))
        } else if let Some(pause) = pause(&parameters["retry_after"]) {
            Failure::Wait(Some(pause))
        } else {
            refusal(code, reason)
        };
        Self::new(failure, reason)
    }
}

impl From<reqwest::Error> for CallError {
    fn from(mut error: reqwest::Error) -> Self {
        if let Some(url) = error.url_mut() {
            // The token stands there, whatever form it has.
            url.set_path("");
        }
        let failure = if error.is_connect() || error.is_builder() {
            Failure::NotSent
        } else {
            Failure::Unknown
        };
        // What stands between them says only in which step it failed.
        let cause = causes(&error).skip(1).last();
        let cause = cause.map(|cause| format!(": {cause}"));
        Self::new(
            failure,
            &format!("network error: {error}{}", cause.unwrap_or_default()),
        )
    }
}

/// A whole number, also one that is written as text.
fn whole(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// The seconds that Telegram asks for; fewer than one would ask again at once.
fn pause(seconds: &Value) -> Option<Duration> {
    let seconds = whole(seconds)?;
    let seconds = u64::try_from(seconds).ok()?;
    Some(Duration::from_secs(seconds.max(1)))
}

/// What an error code, and the words with it, mean.
fn refusal(code: u64, text: &str) -> Failure {
    let text = text.to_ascii_lowercase();
    match code {
        429 => Failure::Wait(None),
        // With more words it is not about the token: a method that the server does not know, a chat that shut the bot out.
        401 | 404 if !text.contains(':') => Failure::Unauthorized,
        403 => Failure::Forbidden,
        409 => Failure::Conflict,
        500..=599 => Failure::Broken,
        _ if text.contains("can't parse entities") => Failure::Markup,
        _ if text.contains("message is not modified") => Failure::NotModified,
        _ => Failure::Refused,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CallError, Failure};
    use crate::domain::ChatId;

    fn refused(code: u16, rest: &str) -> Failure {
        let answer = format!(r#"{{"ok":false,"error_code":{code},{rest}}}"#);
        CallError::of_refusal(code, &answer).failure
    }

    #[test]
    fn whoever_is_asked_for_a_pause_makes_one_however_it_is_put() {
        let text = r#""description":"Too Many Requests: retry after 7""#;
        let seconds = |seconds| Failure::Wait(Some(Duration::from_secs(seconds)));
        for (parameters, expected) in [
            (r#"{"retry_after":7}"#, seconds(7)),
            (r#"{"retry_after":"7"}"#, seconds(7)),
            (r#"{"retry_after":7,"scope":"chat"}"#, seconds(7)),
            (r#"{"retry_after":0}"#, seconds(1)),
            (r#"{"retry_after":null}"#, Failure::Wait(None)),
            (r#"{"retry_after":-7}"#, Failure::Wait(None)),
            ("{}", Failure::Wait(None)),
            ("null", Failure::Wait(None)),
        ] {
            let failure = refused(429, &format!(r#"{text},"parameters":{parameters}"#));
            assert_eq!(failure, expected, "{parameters}");
        }
        assert_eq!(refused(429, text), Failure::Wait(None));
        assert_eq!(CallError::of_stranger(429).failure, Failure::Wait(None));
    }

    #[test]
    fn a_new_id_is_followed_whatever_stands_beside_it() {
        let moved = Failure::Migrated(ChatId(-1_001));
        for parameters in [
            r#"{"migrate_to_chat_id":-1001}"#,
            r#"{"migrate_to_chat_id":"-1001"}"#,
            r#"{"migrate_to_chat_id":-1001,"x":true}"#,
        ] {
            let rest = format!(r#""description":"Bad Request","parameters":{parameters}"#);
            assert_eq!(refused(400, &rest), moved, "{parameters}");
        }
    }

    #[test]
    fn what_is_left_out_of_a_refusal_is_made_up_for_by_what_is_there() {
        for (code, text, expected) in [
            (
                403,
                "Forbidden: bot was blocked by the user",
                Failure::Forbidden,
            ),
            (
                400,
                "Bad Request: can't parse entities: no end tag",
                Failure::Markup,
            ),
            (
                400,
                "Bad Request: message is not modified: the same",
                Failure::NotModified,
            ),
            (400, "Bad Request: chat not found", Failure::Refused),
            (
                409,
                "Conflict: terminated by other getUpdates request",
                Failure::Conflict,
            ),
            (401, "Unauthorized", Failure::Unauthorized),
            (404, "Not Found", Failure::Unauthorized),
            (404, "Not Found: method not found", Failure::Refused),
            (500, "Internal Server Error", Failure::Broken),
        ] {
            let description = format!(r#""description":"{text}""#);
            let parameters = format!(r#"{description},"parameters":{{}}"#);
            assert_eq!(refused(code, &description), expected, "{code} {text}");
            assert_eq!(refused(code, &parameters), expected, "{code} {text}");
        }
        let by_status = CallError::of_refusal(403, r#"{"ok":false}"#);
        assert_eq!(by_status.failure, Failure::Forbidden);
        assert_eq!(by_status.to_string(), "refused without a reason");
        // Half a character.
        let half = CallError::of_refusal(403, r#"{"ok":false,"description":"\ud83d"}"#);
        assert_eq!(half.failure, Failure::Forbidden);
        assert_eq!(CallError::of_stranger(403).failure, Failure::Unknown);
    }
}

//! What came of sending an event.

use std::error::Error;
use std::time::Duration;

use chrono::DateTime;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::guard::Forbidden;
use crate::causes::causes;
use crate::domain::{Timestamp, notifier};

/// A receiver's wish to be left alone is followed up to this long.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// What came of sending an event once. A reason has no part of the address but its host, and nothing that the receiver wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Delivered,
    /// It did not arrive, or the receiver said that it could not take it: it can be sent again.
    Retry {
        /// Not before this time, if the receiver named one.
        after: Option<Duration>,
        reason: String,
    },
    /// It will not be taken, now or later, until someone changes something.
    Refused { reason: String },
    /// Nobody knows whether it arrived: the connection was lost, or no answer came, after the request was on its way. It can be sent
    /// again all the same: a receiver that has it already knows it by its idempotency key.
    Unknown { reason: String },
}

impl Outcome {
    pub(super) fn refused(reason: impl ToString) -> Self {
        Self::Refused {
            reason: reason.to_string(),
        }
    }

    /// What an answer says, which came at this time.
    pub(super) fn of_answer(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Self {
        let reason = format!("the receiver answered {status}");
        match status {
            _ if status.is_success() => Self::Delivered,
            _ if status.is_redirection() => Self::Refused {
                reason: format!(
                    "{reason}: redirects are not followed, the target needs the address itself"
                ),
            },
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Self::Retry {
                after: retry_after(headers, now),
                reason,
            },
            _ if status.is_server_error() => Self::Retry {
                after: retry_after(headers, now),
                reason,
            },
            _ => Self::Refused { reason },
        }
    }

    /// What it means that there was no answer.
    pub(super) fn of_failure(error: &reqwest::Error) -> Self {
        if let Some(forbidden) = causes(error).find_map(<dyn Error>::downcast_ref::<Forbidden>) {
            return Self::refused(forbidden);
        }
        if error.is_connect() {
            let what = match error.is_timeout() {
                true => "no connection in time".to_owned(),
                false => last(error),
            };
            return Self::Retry {
                after: None,
                reason: format!("cannot connect: {what}"),
            };
        }
        let reason = match error.is_timeout() {
            true => "no answer in time".to_owned(),
            false => format!("no answer: {}", last(error)),
        };
        Self::Unknown { reason }
    }
}

impl From<Outcome> for notifier::Outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Delivered => Self::Delivered,
            Outcome::Retry { after, reason } => Self::retry(after, reason),
            Outcome::Refused { reason } => Self::Refused { reason },
            Outcome::Unknown { reason } => Self::Unknown { reason },
        }
    }
}

/// The innermost cause, which is about the connection; what is around it may name the whole address.
fn last(error: &reqwest::Error) -> String {
    let inner = causes(error).skip(1).last();
    inner.map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}

/// `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse().ok().or_else(|| {
        let date = DateTime::parse_from_rfc2822(text).ok()?;
        u64::try_from(date.timestamp().saturating_sub(now.seconds())).ok()
    })?;
    Some(Duration::from_secs(seconds).min(LONGEST))
}

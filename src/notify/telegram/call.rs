//! One call of the Bot API whose answer is looked at closely: whether it was carried out decides whether it may be repeated.
//!
//! The library's own calls say neither the status of an answer nor that none came, and rest for ten seconds after a server's error.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use teloxide::requests::Payload;
use teloxide::{Bot, RequestError};

use crate::telegram::describe;

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// None when it is none of the Bot API's: something in between answered.
    pub body: Option<Body>,
}

/// An answer of the Bot API.
#[derive(Debug, Deserialize)]
pub struct Body {
    pub ok: bool,
    pub result: Option<Message>,
    pub description: Option<String>,
    #[serde(default)]
    pub parameters: Parameters,
}

/// The part of a message that is of use. Other results have none of it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Message {
    Sent { message_id: i64 },
    Other(serde::de::IgnoredAny),
}

#[derive(Debug, Default, Deserialize)]
pub struct Parameters {
    /// In seconds.
    pub retry_after: Option<u64>,
    pub migrate_to_chat_id: Option<i64>,
}

/// No answer came.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// The request surely did not get there.
    #[error("{0}")]
    Before(String),
    /// Nobody knows what became of it.
    #[error("{0}")]
    Perhaps(String),
}

impl Answer {
    /// Whether it was refused for the markup of its text.
    pub fn is_about_markup(&self) -> bool {
        self.says("can't parse entities")
    }

    /// Whether a refusal has these words in it.
    pub fn says(&self, words: &str) -> bool {
        let description = self
            .body
            .as_ref()
            .and_then(|body| body.description.as_ref());
        description.is_some_and(|text| text.to_ascii_lowercase().contains(words))
    }
}

/// Makes the call, which is given up after `limit`.
pub async fn call<P: Payload + Serialize>(
    bot: &Bot,
    payload: &P,
    limit: Duration,
) -> Result<Answer, Lost> {
    let before = |reason: &str| Lost::Before(reason.to_owned());
    let body = serde_json::to_vec(payload).map_err(|_| before("the call cannot be written"))?;
    let path = format!("/bot{}/{}", bot.token(), P::NAME);
    let url = bot.api_url().join(&path);
    let url = url.map_err(|_| before("the bot's token fits into no address"))?;
    let request = bot.client().post(url).timeout(limit);
    let request = request
        .header("content-type", "application/json")
        .body(body);
    let answer = async {
        let response = request.send().await?;
        let status = response.status().as_u16();
        Ok((status, response.bytes().await?))
    };
    let (status, bytes) = answer.await.map_err(lost)?;
    let body = serde_json::from_slice(&bytes).ok();
    Ok(Answer { status, body })
}

fn lost(error: RequestError) -> Lost {
    let reason = describe(&error);
    match error {
        RequestError::Network(error) if error.is_connect() => Lost::Before(reason),
        _ => Lost::Perhaps(reason),
    }
}

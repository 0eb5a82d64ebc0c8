//! One exchange with the Bot API's server: a call, and what it came to.
//!
//! The library's own calls tell nothing of an answer's status, cannot read every refusal, and rest for ten seconds after a server's
//! error. So only its payloads are used, and its HTTP client.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use teloxide::Bot;
use teloxide::requests::Payload;
use url::Url;

use super::failure::CallError;

/// Makes a call, which is given up after `limit`. What it succeeded with stays as it came: whoever made the call knows how much of
/// it is of use.
pub async fn exchange<P: Payload + Serialize>(
    bot: &Bot,
    payload: &P,
    limit: Duration,
) -> Result<Box<RawValue>, CallError> {
    let body = serde_json::to_vec(payload);
    let body = body.map_err(|_| CallError::unsendable("the call cannot be written"))?;
    let url = address(bot, P::NAME);
    let url = url.ok_or_else(|| CallError::unsendable("the server's address takes no path"))?;
    let request = bot.client().post(url).timeout(limit);
    let request = request
        .header("content-type", "application/json")
        .body(body);
    let response = request.send().await?;
    let status = response.status().as_u16();
    read(status, &response.text().await?)
}

/// Behind whatever path the server's address has: a proxy may serve it below one.
fn address(bot: &Bot, method: &str) -> Option<Url> {
    let mut url = bot.api_url();
    let mut path = url.path_segments_mut().ok()?;
    path.pop_if_empty();
    path.push(&format!("bot{}", bot.token())).push(method);
    drop(path);
    Some(url)
}

fn read(status: u16, text: &str) -> Result<Box<RawValue>, CallError> {
    #[derive(Deserialize)]
    struct Answer {
        ok: bool,
        result: Option<Box<RawValue>>,
    }
    match serde_json::from_str(text) {
        Ok(Answer { ok: true, result }) => Ok(result.unwrap_or_else(|| RawValue::NULL.to_owned())),
        Ok(Answer { ok: false, .. }) => Err(CallError::of_refusal(status, text)),
        Err(_) => Err(CallError::of_stranger(status)),
    }
}

#[cfg(test)]
mod tests {
    use teloxide::Bot;

    use super::{address, read};

    #[test]
    fn the_address_is_behind_that_of_the_server() {
        let address = |server: &str| {
            let bot = Bot::new("7:ab").set_api_url(server.parse().expect("an address"));
            address(&bot, "GetMe").expect("an address").to_string()
        };
        for server in ["http://host:81", "http://host:81/"] {
            assert_eq!(address(server), "http://host:81/bot7:ab/GetMe");
        }
        for server in ["http://host/api", "http://host/api/"] {
            assert_eq!(address(server), "http://host/api/bot7:ab/GetMe");
        }
    }

    #[test]
    fn what_succeeded_stays_as_it_came_also_with_half_a_character_or_nothing_in_it() {
        let read = |text: &str| read(200, text).map(|result| result.get().to_owned());
        let half = r#"[{"text":"\ud83d"}]"#;
        let answer = format!(r#"{{"ok":true,"result":{half}}}"#);
        assert_eq!(read(&answer).expect("a result"), half);
        assert_eq!(read(r#"{"ok":true}"#).expect("a result"), "null");
        for unreadable in ["<html></html>", "{}", r#"{"ok":tr"#] {
            let error = read(unreadable).expect_err("no answer");
            assert_eq!(
                error.to_string(),
                "the answer is no valid JSON (status 200)"
            );
        }
    }
}

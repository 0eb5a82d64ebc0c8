//! `sendMessage` and `editMessageText`: checked like the real server, kept in the chat, answered as a `Message`.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::answer::{Answer, Refusal, ok};
use super::chats;
use super::html;
use super::params::Params;
use super::state::State;

/// The longest visible text, in UTF-16 units.
const TEXT_LIMIT: usize = 4096;

/// What an edit replaces as a whole: a part that the call leaves out is gone afterwards.
const EDITABLE: [&str; 5] = [
    "text",
    "parse_mode",
    "entities",
    "link_preview_options",
    "reply_markup",
];

pub fn send(state: &mut State, token: &str, params: &Params) -> Answer {
    let plain_text = visible_text(params)?;
    let reply_markup = keyboard(params)?;
    let chat_id = state.chats.reachable(params)?;
    let mut message = params.as_map().clone();
    set_content(&mut message, params, plain_text, reply_markup);
    message.insert("chat_id".to_owned(), chat_id.into());
    let message_id = state.chats.next_message_id(chat_id);
    message.insert("message_id".to_owned(), message_id.into());
    message.insert("bot_id".to_owned(), state.bot(token).id.into());
    message.insert("date".to_owned(), now().into());
    let message = Value::Object(message);
    let answer = as_message(&message, state.bot(token).user());
    state.chats.sent.push(message);
    ok(answer)
}

pub fn edit(state: &mut State, token: &str, params: &Params) -> Answer {
    let plain_text = visible_text(params)?;
    let reply_markup = keyboard(params)?;
    let chat_id = state.chats.reachable(params)?;
    let bot = state.bot(token);
    let (bot_id, user) = (bot.id, bot.user());
    let message_id = params.integer("message_id");
    let is_meant = |message: &&mut Value| {
        message["chat_id"] == chat_id
            && message["bot_id"] == bot_id
            && message["message_id"].as_i64() == message_id
    };
    let message = state.chats.sent.iter_mut().find(is_meant);
    let message = message
        .and_then(Value::as_object_mut)
        .ok_or_else(|| Refusal::bad_request("message to edit not found"))?;
    let before = message.clone();
    set_content(message, params, plain_text, reply_markup);
    if *message == before {
        return Err(not_modified());
    }
    message.insert("edit_date".to_owned(), now().into());
    ok(as_message(&Value::Object(message.clone()), user))
}

/// The text that readers see, if it is one that can be sent.
fn visible_text(params: &Params) -> Result<String, Refusal> {
    let text = params.text("text");
    let parsed = match params.text("parse_mode").to_ascii_lowercase().as_str() {
        "" => Ok(text),
        "html" => html::visible_text(&text),
        _ => return Err(Refusal::bad_request("unsupported parse_mode")),
    };
    let visible = parsed.map_err(|e| Refusal::bad_request(format!("can't parse entities: {e}")))?;
    let visible = visible.trim();
    match visible.encode_utf16().count() {
        0 => Err(Refusal::bad_request("message text is empty")),
        1..=TEXT_LIMIT => Ok(visible.to_owned()),
        _ => Err(Refusal::bad_request("message is too long")),
    }
}

/// The `reply_markup`; `callback_data` must have 1 to 64 bytes.
fn keyboard(params: &Params) -> Result<Option<Value>, Refusal> {
    let Some(markup) = params.json("reply_markup") else {
        return Ok(None);
    };
    let rows = markup["inline_keyboard"].as_array().into_iter().flatten();
    let buttons = rows.filter_map(Value::as_array).flatten();
    let mut data = buttons.filter_map(|button| button["callback_data"].as_str());
    match data.all(|data| (1..=64).contains(&data.len())) {
        true => Ok(Some(markup)),
        false => Err(Refusal::bad_request("BUTTON_DATA_INVALID")),
    }
}

fn set_content(
    message: &mut Map<String, Value>,
    params: &Params,
    plain_text: String,
    reply_markup: Option<Value>,
) {
    for name in EDITABLE {
        message.remove(name);
        if let Some(value) = params.as_map().get(name) {
            message.insert(name.to_owned(), value.clone());
        }
    }
    message.remove("reply_markup");
    if let Some(markup) = reply_markup {
        message.insert("reply_markup".to_owned(), markup);
    }
    message.insert("plain_text".to_owned(), plain_text.into());
}

/// The `Message` object of a kept message.
fn as_message(kept: &Value, from: Value) -> Value {
    let chat_id = kept["chat_id"].as_i64().expect("kept with its chat's id");
    let mut message = json!({
        "message_id": kept["message_id"],
        "from": from,
        "chat": chats::chat(chat_id),
        "date": kept["date"],
        "text": kept["plain_text"],
    });
    if kept["reply_markup"]["inline_keyboard"].is_array() {
        message["reply_markup"] = kept["reply_markup"].clone();
    }
    if let Some(thread) = kept.get("message_thread_id") {
        message["message_thread_id"] = thread.clone();
        message["is_topic_message"] = true.into();
    }
    if let Some(date) = kept.get("edit_date") {
        message["edit_date"] = date.clone();
    }
    message
}

fn not_modified() -> Refusal {
    Refusal::bad_request(
        "message is not modified: specified new message content and reply markup are exactly the same as a current \
         content and reply markup of the message",
    )
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("the clock is past 1970").as_secs()
}

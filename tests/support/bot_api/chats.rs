//! The chats as the server sees them: who can be written to, and what was written.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::answer::Refusal;
use super::params::Params;

/// The first id of a bot's message in a chat: far above the ids that tests give to users' messages.
const FIRST_MESSAGE_ID: i64 = 1_000_001;

/// Supergroups and channels have ids from here on down.
const SUPERGROUP_IDS: i64 = -1_000_000_000_000;

/// All chats.
#[derive(Default)]
pub struct Chats {
    /// Messages of bots in the order sent; an edit changes them in place.
    pub sent: Vec<Value>,
    last_id: HashMap<i64, i64>,
    forbidden: HashSet<i64>,
    migrated: HashMap<i64, i64>,
}

impl Chats {
    pub fn forbid(&mut self, chat_id: i64, on: bool) {
        match on {
            true => self.forbidden.insert(chat_id),
            false => self.forbidden.remove(&chat_id),
        };
    }

    pub fn migrate(&mut self, old: i64, new: i64) {
        self.migrated.insert(old, new);
    }

    /// The chat a call is meant for, if the bot may act there.
    pub fn reachable(&self, params: &Params) -> Result<i64, Refusal> {
        if params.text("chat_id").is_empty() {
            return Err(Refusal::bad_request("chat_id is empty"));
        }
        let chat_id = params.integer("chat_id").filter(|id| *id != 0);
        let chat_id = chat_id.ok_or_else(|| Refusal::bad_request("chat not found"))?;
        if let Some(new) = self.migrated.get(&chat_id) {
            return Err(upgraded(*new));
        }
        match self.forbidden.contains(&chat_id) {
            true => Err(Refusal::new(403, forbidden(chat_id))),
            false => Ok(chat_id),
        }
    }

    /// The next free message id of a chat.
    pub fn next_message_id(&mut self, chat_id: i64) -> i64 {
        let last = self.last_id.entry(chat_id).or_insert(FIRST_MESSAGE_ID - 1);
        *last += 1;
        *last
    }
}

/// The `Chat` object of an id, with the type that the id's range stands for.
pub fn chat(id: i64) -> Value {
    match kind(id) {
        "private" => json!({"id": id, "type": "private", "first_name": format!("User {id}")}),
        kind => json!({"id": id, "type": kind, "title": format!("Chat {id}")}),
    }
}

/// The answer of `getChat`: the `Chat` with the fields that only this method returns.
pub fn full_chat(id: i64) -> Value {
    let mut full = chat(id);
    full["accent_color_id"] = 0.into();
    full["max_reaction_count"] = 11.into();
    full["accepted_gift_types"] = json!({
        "unlimited_gifts": false,
        "limited_gifts": false,
        "unique_gifts": false,
        "premium_subscription": false,
        "gifts_from_channels": false,
    });
    if kind(id) != "private" {
        full["permissions"] = json!({"can_send_messages": true});
    }
    full
}

fn kind(id: i64) -> &'static str {
    match id {
        1.. => "private",
        _ if id <= SUPERGROUP_IDS => "supergroup",
        _ => "group",
    }
}

fn forbidden(chat_id: i64) -> String {
    match kind(chat_id) {
        "private" => "Forbidden: bot was blocked by the user".to_owned(),
        kind => format!("Forbidden: bot was kicked from the {kind} chat"),
    }
}

fn upgraded(new: i64) -> Refusal {
    Refusal {
        parameters: Some(json!({"migrate_to_chat_id": new})),
        ..Refusal::bad_request("group chat was upgraded to a supergroup chat")
    }
}

mod hostile;
mod links;
mod messages;
mod senders;
mod services;

use serde_json::{Value, json};

use super::{BotIdentity, Carrier, Inbound, Incoming, Origin, UnreadableUpdate, read};
use crate::domain::BotId;
use crate::telegram::command::Parsed;

const DATE: i64 = 1_735_603_200;

fn bot() -> BotIdentity {
    BotIdentity {
        id: BotId(7001),
        username: "bounty_bot".to_owned(),
    }
}

fn read_raw(raw: &str) -> Result<Incoming, UnreadableUpdate> {
    read(raw, &bot(), Carrier::Update)
}

#[track_caller]
fn inbound(update: &Value) -> Inbound {
    read_raw(&update.to_string()).expect("an Update").kind
}

fn ada() -> Value {
    json!({"id": 456, "is_bot": false, "first_name": "Ada", "last_name": "L.", "username": "ada", "language_code": "ru"})
}

fn group() -> Value {
    json!({"id": -100_123, "type": "supergroup", "title": "Builders", "is_forum": true})
}

fn private() -> Value {
    json!({"id": 456, "type": "private", "first_name": "Ada", "username": "ada"})
}

/// A message of Ada's in the group.
fn message(text: &str) -> Value {
    json!({"message_id": 55, "date": DATE, "chat": group(), "from": ada(), "text": text})
}

/// The same with some fields set, or taken out by null.
fn message_with(text: &str, fields: Value) -> Value {
    let mut message = message(text);
    let fields = fields.as_object().expect("an object").clone();
    message.as_object_mut().expect("an object").extend(fields);
    message
}

fn update(message: &Value) -> Value {
    json!({"update_id": 812, "message": message})
}

#[track_caller]
fn received(message: &Value) -> (Origin, Parsed) {
    match inbound(&update(message)) {
        Inbound::Message { origin, parsed, .. } => (origin, parsed),
        other => panic!("no message: {other:?}"),
    }
}

#[track_caller]
fn assert_ignored(update: &Value, reason: &str) {
    match inbound(update) {
        Inbound::Ignored(given) => assert_eq!(given, reason),
        other => panic!("not ignored: {other:?}"),
    }
}

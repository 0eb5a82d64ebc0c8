//! Builders for `Update` objects, as users, groups and channels cause them. They set no `update_id`.
//!
//! Start with a chat and [`text_message`], then change it: `in_topic(reply_to(text_message(..), &other), 7)`.

use serde_json::{Value, json};

use super::entities;

/// A user as others see them.
#[derive(Clone, Debug)]
pub struct User {
    pub id: i64,
    pub first: String,
    pub last: Option<String>,
    pub username: Option<String>,
    /// Two letters.
    pub language: Option<String>,
}

impl User {
    /// A user with nothing but a first name.
    pub fn new(id: i64, first: &str) -> Self {
        Self {
            id,
            first: first.to_owned(),
            last: None,
            username: None,
            language: None,
        }
    }

    pub fn last(mut self, last: &str) -> Self {
        self.last = Some(last.to_owned());
        self
    }

    pub fn username(mut self, username: &str) -> Self {
        self.username = Some(username.to_owned());
        self
    }

    pub fn language(mut self, language: &str) -> Self {
        self.language = Some(language.to_owned());
        self
    }

    /// The `User` object.
    pub fn to_json(&self) -> Value {
        let mut user = self.names();
        user["is_bot"] = false.into();
        set(&mut user, "language_code", &self.language);
        user
    }

    fn names(&self) -> Value {
        let mut names = json!({"id": self.id, "first_name": self.first});
        set(&mut names, "last_name", &self.last);
        set(&mut names, "username", &self.username);
        names
    }
}

fn set(object: &mut Value, name: &str, value: &Option<String>) {
    if let Some(value) = value {
        object[name] = value.as_str().into();
    }
}

/// The `Chat` of a basic group; its id is negative.
pub fn group(id: i64, title: &str) -> Value {
    json!({"id": id, "type": "group", "title": title})
}

/// The `Chat` of a supergroup; its id is at most -1000000000000.
pub fn supergroup(id: i64, title: &str) -> Value {
    json!({"id": id, "type": "supergroup", "title": title})
}

/// The `Chat` of the bot and one user; its id is the user's.
pub fn dm(user: &User) -> Value {
    let mut chat = user.names();
    chat["type"] = "private".into();
    chat
}

/// A user writes `text`; a command at its start gets its entity. `date` is in Unix seconds.
pub fn text_message(chat: &Value, from: &User, message_id: i64, date: i64, text: &str) -> Value {
    let mut message = base(chat, from, message_id, date);
    set_text(&mut message, text);
    json!({"message": message})
}

/// The author changes the text of their message.
pub fn edited(mut update: Value, date: i64, text: &str) -> Value {
    let mut message = update["message"].take();
    message["edit_date"] = date.into();
    set_text(&mut message, text);
    json!({"edited_message": message})
}

/// The message answers the one of another update.
pub fn reply_to(mut update: Value, original: &Value) -> Value {
    let mut original = original["message"].clone();
    if let Some(original) = original.as_object_mut() {
        original.remove("reply_to_message");
    }
    update["message"]["reply_to_message"] = original;
    update
}

/// The message is in a forum's topic.
pub fn in_topic(mut update: Value, thread_id: i64) -> Value {
    let message = &mut update["message"];
    message["message_thread_id"] = thread_id.into();
    message["is_topic_message"] = true.into();
    message["chat"]["is_forum"] = true.into();
    update
}

/// The text, with its entities, becomes the caption of a photo.
pub fn caption(mut update: Value) -> Value {
    let message = &mut update["message"];
    message["caption"] = message["text"].take();
    if message["entities"].is_array() {
        message["caption_entities"] = message["entities"].take();
    }
    remove_nulls(message);
    message["photo"] = json!([{
        "file_id": "photo", "file_unique_id": "photo", "width": 90, "height": 90, "file_size": 1000,
    }]);
    update
}

/// An admin of the group writes as the group itself.
pub fn anonymous_admin(mut update: Value) -> Value {
    let message = &mut update["message"];
    message["from"] = service_user(1_087_968_824, "Group", "GroupAnonymousBot");
    message["sender_chat"] = message["chat"].clone();
    update
}

/// A user writes in the group as their channel.
pub fn channel_post_as(mut update: Value, channel_id: i64, title: &str) -> Value {
    let message = &mut update["message"];
    message["from"] = service_user(136_817_688, "Channel", "Channel_Bot");
    message["sender_chat"] = json!({"id": channel_id, "type": "channel", "title": title});
    update
}

/// Puts a link behind the first `part` of the text.
///
/// # Panics
/// When the text does not contain `part`.
pub fn text_link(mut update: Value, part: &str, url: &str) -> Value {
    let message = &mut update["message"];
    entities::link(message, part, url);
    update
}

/// The group's last message: it goes on as supergroup `new_id`.
pub fn migrated_to(chat: &Value, from: &User, message_id: i64, date: i64, new_id: i64) -> Value {
    let mut message = base(chat, from, message_id, date);
    message["migrate_to_chat_id"] = new_id.into();
    json!({"message": message})
}

/// The supergroup's first message: it was group `old_id`.
pub fn migrated_from(chat: &Value, from: &User, message_id: i64, date: i64, old_id: i64) -> Value {
    let mut message = base(chat, from, message_id, date);
    message["migrate_from_chat_id"] = old_id.into();
    json!({"message": message})
}

/// A user adds the bot to a group (`my_chat_member`).
pub fn bot_added(chat: &Value, by: &User, bot_id: i64, bot_username: &str, date: i64) -> Value {
    let bot = service_user(bot_id, bot_username, bot_username);
    json!({"my_chat_member": {
        "chat": chat,
        "from": by.to_json(),
        "date": date,
        "old_chat_member": {"user": bot, "status": "left"},
        "new_chat_member": {"user": bot, "status": "member"},
    }})
}

/// A user clicks a button under the bot's message `message_id`. `id` names the click.
pub fn callback(
    id: &str,
    chat: &Value,
    from: &User,
    bot_id: i64,
    message_id: i64,
    data: &str,
) -> Value {
    json!({"callback_query": {
        "id": id,
        "from": from.to_json(),
        "chat_instance": chat["id"].to_string(),
        "data": data,
        "message": {
            "message_id": message_id,
            "from": service_user(bot_id, "Bot", "some_bot"),
            "chat": chat,
            "date": 1_700_000_000,
            "text": "…",
        },
    }})
}

fn base(chat: &Value, from: &User, message_id: i64, date: i64) -> Value {
    json!({"message_id": message_id, "from": from.to_json(), "chat": chat, "date": date})
}

fn service_user(id: i64, first: &str, username: &str) -> Value {
    json!({"id": id, "is_bot": true, "first_name": first, "username": username})
}

fn set_text(message: &mut Value, text: &str) {
    message["text"] = text.into();
    message["entities"] = Value::Null;
    entities::mark_command(message);
    remove_nulls(message);
}

fn remove_nulls(message: &mut Value) {
    if let Some(message) = message.as_object_mut() {
        message.retain(|_, value| !value.is_null());
    }
}

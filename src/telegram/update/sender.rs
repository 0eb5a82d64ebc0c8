//! Who a message is from.

use super::raw::{Chat, Message, User};
use crate::domain::{Actor, ChatId, UserId};

/// The longest name or title kept, in characters.
const NAME_LIMIT: usize = 256;

/// Stands in `from` for automatic forwards from the linked channel.
const TELEGRAM: i64 = 777_000;

/// Stands in `from` for anonymous admins.
const ANONYMOUS_ADMIN: i64 = 1_087_968_824;

/// Stands in `from` for channels that write as themselves.
const CHANNEL: i64 = 136_817_688;

/// The sender, or why it is nobody who can ask for anything. A chat that speaks as itself goes before the account that Telegram
/// puts into `from` for it.
pub(super) fn actor(message: &Message) -> Result<Actor, &'static str> {
    if message.is_automatic_forward.unwrap_or_default() {
        return Err("an automatic forward from a channel");
    }
    match (&message.sender_chat, &message.from) {
        (Some(chat), _) => Ok(chat_actor(chat)),
        (None, Some(user)) => user_actor(user),
        (None, None) => Err("no sender"),
    }
}

fn chat_actor(chat: &Chat) -> Actor {
    let names = [chat.title.as_deref(), chat.username.as_deref()];
    Actor::Chat {
        id: ChatId(chat.id),
        name: first_name_of(names, chat.id).into(),
    }
}

/// Who pressed a button: always a person.
pub(super) fn presser(user: Option<&User>) -> Option<Actor> {
    user_actor(user?).ok()
}

fn user_actor(user: &User) -> Result<Actor, &'static str> {
    if matches!(user.id, TELEGRAM | ANONYMOUS_ADMIN | CHANNEL) {
        return Err("a service account without its chat");
    }
    if user.is_bot {
        return Err("from a bot");
    }
    let last_name = user.last_name.as_deref().unwrap_or_default();
    let full_name = format!("{} {last_name}", user.first_name);
    Ok(Actor::User {
        id: UserId(user.id),
        name: first_name_of([Some(&full_name), user.username.as_deref()], user.id).into(),
    })
}

/// The first of the names that is not blank, else the id.
fn first_name_of(names: [Option<&str>; 2], id: i64) -> String {
    let mut names = names.into_iter().flatten().map(clipped);
    names
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| id.to_string())
}

/// Without white space around, and no longer than names may be.
pub(super) fn clipped(text: &str) -> String {
    text.trim().chars().take(NAME_LIMIT).collect()
}

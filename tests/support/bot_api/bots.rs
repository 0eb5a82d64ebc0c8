//! The bots that the server knows, and what it answers about them.

use std::time::Instant;

use serde_json::{Value, json};

use super::commands::CommandSets;
use super::queue::UpdateQueue;

/// One bot.
pub struct Bot {
    pub id: i64,
    pub username: String,
    pub revoked: bool,
    /// A webhook is set: `getUpdates` is refused.
    pub webhook: bool,
    pub queue: UpdateQueue,
    pub polls: Polls,
    pub commands: CommandSets,
}

/// What is known about a bot's `getUpdates` calls.
#[derive(Default)]
pub struct Polls {
    /// Rises with every poll; a poll that is no longer the latest is ended.
    pub latest: u64,
    pub in_flight: usize,
    /// Offset and start of the last poll.
    pub last: Option<(i64, Instant)>,
}

impl Bot {
    pub fn new(id: i64, username: &str) -> Self {
        Self {
            id,
            username: username.to_owned(),
            revoked: false,
            webhook: false,
            queue: UpdateQueue::default(),
            polls: Polls::default(),
            commands: CommandSets::default(),
        }
    }

    /// The bot as a `User` object.
    pub fn user(&self) -> Value {
        json!({
            "id": self.id,
            "is_bot": true,
            "first_name": self.username,
            "username": self.username,
        })
    }

    /// The answer of `getMe`: a `User` with the fields that only this method returns.
    pub fn me(&self) -> Value {
        let mut me = self.user();
        me["can_join_groups"] = true.into();
        me["can_read_all_group_messages"] = false.into();
        me["supports_inline_queries"] = false.into();
        me["can_connect_to_business"] = false.into();
        me["has_main_web_app"] = false.into();
        me["has_topics_enabled"] = false.into();
        me["allows_users_to_create_topics"] = false.into();
        me
    }

    /// The answer of `getWebhookInfo`.
    pub fn webhook_info(&self) -> Value {
        let url = match self.webhook {
            true => "https://example.org/webhook",
            false => "",
        };
        json!({
            "url": url,
            "has_custom_certificate": false,
            "pending_update_count": self.queue.len(),
        })
    }
}

//! Where a target is: what its `config` says, for the types that this program serves.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::ChatId;
use crate::domain::bridge::ids::TelegramBotId;
use crate::domain::bridge::secret::SecretRef;

/// The type of a target that is a chat.
pub const TELEGRAM: &str = "telegram";
/// The type of a target that is a web hook.
pub const WEBHOOK: &str = "webhook";

/// Where a target's messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Telegram(TelegramPlace),
    Webhook(WebhookPlace),
}

/// A chat, or a topic in it, that a bot writes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelegramPlace {
    pub bot_id: TelegramBotId,
    pub chat_id: ChatId,
    /// The forum topic, by Telegram's `message_thread_id`.
    pub topic_id: Option<i32>,
}

/// An address that requests are sent to, signed with a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookPlace {
    pub url: Address,
    pub key: SecretRef,
    /// Seconds until an answer is waited for no longer.
    pub timeout: u32,
}

/// The address of a web hook.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Address {
    /// In the clear: without credentials.
    Plain(String),
    /// One that is itself a secret.
    Hidden(SecretRef),
}

impl Place {
    /// What the config of a target of this type says; none for a type that nothing here serves, and for a config without what its
    /// type needs.
    pub fn read(target_type: &str, config: &Map<String, Value>) -> Option<Self> {
        match target_type {
            TELEGRAM => read(config).map(Self::Telegram),
            WEBHOOK => read(config).map(Self::Webhook),
            _ => None,
        }
    }
}

fn read<T: DeserializeOwned>(config: &Map<String, Value>) -> Option<T> {
    serde_json::from_value(Value::Object(config.clone())).ok()
}

//! Who caused an event, and what carried the command in.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::ids::{BotId, ChatId, UserId};
use super::time::UnixTime;

/// What the name of an import's source begins with that is the board of a chat.
const MERGED: &str = "chat ";

/// Who caused an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Actor {
    /// A person.
    User { id: UserId, name: SmolStr },
    /// A chat that speaks as itself: an anonymous admin's group, a channel.
    Chat { id: ChatId, name: SmolStr },
    /// Whoever runs the process, by the name of the OS user.
    Operator { name: SmolStr },
    /// The program itself.
    System {},
}

impl Actor {
    /// The Telegram id of a user or chat.
    pub fn id(&self) -> Option<i64> {
        match self {
            Self::User { id, .. } => Some(id.0),
            Self::Chat { id, .. } => Some(id.0),
            Self::Operator { .. } | Self::System {} => None,
        }
    }

    /// The user, when it is one.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// The name to show; empty for the program itself.
    pub fn name(&self) -> &str {
        match self {
            Self::User { name, .. } | Self::Chat { name, .. } | Self::Operator { name } => name,
            Self::System {} => "",
        }
    }

    /// The word that the log has for this kind of actor.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::Chat { .. } => "chat",
            Self::Operator { .. } => "operator",
            Self::System {} => "system",
        }
    }
}

/// What carried a command in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Cause {
    /// A Telegram update that a running bot received.
    Update(Delivery),
    /// A Telegram update read by `bounty feed`.
    Feed(Delivery),
    /// A line typed in `bounty shell`, by this OS user.
    Shell { user: String },
    /// A command line, by this OS user.
    Cli { user: String },
    /// An import or a merge: the source's name, the file, and the key of the record in it.
    Import {
        source: String,
        file: String,
        key: String,
    },
    /// The program itself.
    System {},
}

impl Cause {
    /// That the board of this chat was merged into another: its log is kept under this name, and this is the key of what came from it.
    pub fn merge(chat: ChatId, file: String, key: String) -> Self {
        let source = format!("{MERGED}{chat}");
        Self::Import { source, file, key }
    }

    /// The chat whose board was merged into another, when that is what carried the event in.
    pub fn merged_chat(&self) -> Option<ChatId> {
        match self {
            Self::Import { source, .. } => source.strip_prefix(MERGED)?.parse().ok(),
            _ => None,
        }
    }

    /// The update behind it, when there is one.
    pub fn delivery(&self) -> Option<&Delivery> {
        match self {
            Self::Update(delivery) | Self::Feed(delivery) => Some(delivery),
            _ => None,
        }
    }
}

/// One Telegram update as one bot saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub bot: BotId,
    /// Telegram's `update_id`; may restart at a lower number after a week without updates.
    pub update: i64,
    pub message: i64,
    /// The message's own date.
    pub date: UnixTime,
}

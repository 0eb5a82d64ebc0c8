//! What a tracker follows.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::ChatId;

/// Stands for every collection.
const ALL: &str = "*";

/// A collection of a provider. Those of type `bounty` have a board for each chat; other types have ids of their own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CollectionId {
    Chat(ChatId),
    /// `*`, or the id of a collection that is no board.
    Word(String),
}

impl CollectionId {
    /// As typed: a chat's id, or a word.
    pub fn read(typed: &str) -> Self {
        match typed.parse() {
            Ok(chat) => Self::Chat(chat),
            Err(_) => Self::Word(typed.to_owned()),
        }
    }

    /// Whether it can be a collection of type `bounty`.
    pub fn is_board(&self) -> bool {
        match self {
            Self::Chat(chat) => chat.0 != 0,
            Self::Word(_) => self.is_all(),
        }
    }

    fn is_all(&self) -> bool {
        matches!(self, Self::Word(word) if word == ALL)
    }
}

/// The collections that a tracker follows, each once, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Collections(Vec<CollectionId>);

impl Collections {
    /// These; `*` among them stands for the others too.
    pub fn of(ids: impl IntoIterator<Item = CollectionId>) -> Self {
        let mut ids: BTreeSet<CollectionId> = ids.into_iter().collect();
        if ids.iter().any(CollectionId::is_all) {
            ids.retain(|id| !matches!(id, CollectionId::Chat(chat) if chat.is_group()));
        }
        Self(ids.into_iter().collect())
    }

    /// Whether the board of this chat is followed. `*` is every group: a person's own board is followed only by its id.
    pub fn follows(&self, chat: ChatId) -> bool {
        let is_it = |id: &CollectionId| match id {
            CollectionId::Chat(named) => *named == chat,
            CollectionId::Word(_) => id.is_all() && chat.is_group(),
        };
        self.0.iter().any(is_it)
    }

    /// Whether every group is followed, also those that are yet to come.
    pub fn are_all(&self) -> bool {
        self.0.iter().any(CollectionId::is_all)
    }

    /// The chats that are followed by their ids.
    pub fn chats(&self) -> impl Iterator<Item = ChatId> {
        self.0.iter().filter_map(|id| match id {
            CollectionId::Chat(chat) => Some(*chat),
            CollectionId::Word(_) => None,
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = &CollectionId> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for CollectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chat(chat) => chat.fmt(f),
            Self::Word(word) => word.fmt(f),
        }
    }
}

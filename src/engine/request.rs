//! What comes into the engine, and what comes out.

use crate::domain::board::{Answer, Category, Change, ChatKind, ChatStyle, Command, CommandSet};
use crate::domain::{Actor, BountyId, Cause, ChatId, UnixTime};
use crate::store::StoreError;

/// The chat that a request came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    pub id: ChatId,
    pub kind: ChatKind,
    pub title: Option<String>,
}

/// One thing asked of a chat's board.
#[derive(Clone, Debug)]
pub struct Request {
    pub chat: Chat,
    pub actor: Actor,
    pub cause: Cause,
    /// The message's own date.
    pub at: UnixTime,
    pub ask: Ask,
    pub terms: Terms,
}

impl Request {
    /// The change that it asks for, when it asks for one.
    pub fn change(&self) -> Option<&Change> {
        match &self.ask {
            Ask::Command(Command::Change(change)) => Some(change),
            _ => None,
        }
    }
}

/// By which rules of its asker's a request is carried out, besides the board's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The most entries on a page of a list; none = as the engine is set.
    pub entries: Option<usize>,
    /// The commands that the help tells of; none = all there are.
    pub commands: Option<CommandSet>,
    /// How often such commands may be used in the chat; none = as often as one likes.
    pub limit: Option<Limit>,
}

/// So many seconds lie between two uses of a category's commands in one chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub category: Category,
    pub seconds: u32,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Ask {
    Command(Command),
    /// A message that held `/add`, or `/edit` of this bounty, was edited to say this after the command.
    MessageEdited {
        bounty: Option<BountyId>,
        arguments: String,
    },
    /// Nothing but how the chat's answers are worded: something is to be said that no board is asked about.
    Style,
    /// The group has a new id from now on.
    Migrate {
        to: ChatId,
    },
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Where the answer belongs: the chat's id of today.
    pub chat: ChatId,
    pub outcome: Outcome,
    /// How it is to be worded, as far as the board is known.
    pub style: ChatStyle,
    /// Whether the answer comes from the readable part of a damaged record.
    pub partial: bool,
}

/// The answer, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answer(Answer),
    /// Nothing is to be said.
    Silent,
    /// Nothing at all is to be said: the bot does not answer in this chat.
    Off,
    /// The request could not be carried out, through no fault of its user.
    Trouble(Trouble),
}

/// Why a request could not be carried out. The details are in the service's own log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// This chat's record was changed or lost events: it takes no writes.
    Damaged,
    /// The chat's directory holds another program's files.
    Foreign,
    /// Another process held the board's lock for too long.
    Busy,
    /// The disk is full or failing.
    Storage,
    /// Too many commands within a minute; room in that many seconds.
    Flood { seconds: i64 },
    /// Too soon after another command of its category; that many seconds are left.
    TooSoon { seconds: i64 },
    /// A bug: the command was given up, nothing else.
    Internal,
}

impl From<&StoreError> for Trouble {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Damaged(_) => Self::Damaged,
            StoreError::Foreign { .. } => Self::Foreign,
            StoreError::Busy { .. } | StoreError::Moved { .. } => Self::Busy,
            StoreError::Io { .. } | StoreError::Latched { .. } | StoreError::LineTooLong { .. } => {
                Self::Storage
            }
        }
    }
}

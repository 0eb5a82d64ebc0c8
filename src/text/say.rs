//! What can be said that is no answer of a board.

use chrono_tz::Tz;

use crate::domain::LinkError;
use crate::domain::board::Answer;
use crate::domain::bridge::Forwarding;

/// Everything that the bot can say in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Say<'a> {
    Answer(&'a Answer),
    Trouble(TroubleText),
    Usage(Usage),
    /// There is no such command; said in DMs only.
    UnknownCommand,
    /// What was typed in a terminal is no command.
    NoCommand,
    /// The bot was added to a group.
    Greeting,
    /// A message that held a command was edited; the command cannot be made an edit of a bounty.
    EditedMessage,
    /// The operator tries whether messages reach the target of this name.
    TestMessage {
        target: &'a str,
    },
}

/// What is said below an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// These words of a new bounty look like a due date, but are none: they are part of its text.
    DueNotUnderstood { words: String },
    /// The message that was edited holds an `/add`: what to do if no bounty came of it, or if it said more before.
    AddEdited,
    /// A due date was read in a zone that nobody chose; the one that is likely for who wrote.
    ZoneAssumed { guess: Option<Tz> },
    /// It is told elsewhere what happens on the chat's board.
    Forwarded(Vec<Forwarding>),
    /// The answer comes from the readable part of a damaged record.
    Partial,
}

/// What was typed after a command cannot be understood. Each is answered with an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Usage {
    /// `/add` without a text.
    Add,
    /// `/add` with nothing but a link.
    AddOnlyLink,
    /// `/add` with nothing but a link that cannot be kept.
    Link {
        link: String,
        error: LinkError,
    },
    /// `/edit` without an id, or without anything to change.
    Edit,
    Delete,
    Track,
    Untrack,
    History,
    /// `/bounty` with something that is no page number.
    List,
    /// `/my` with something that is no page number.
    Mine,
    /// `/edit` with words that were meant as a due date, but are none.
    DueNotUnderstood {
        words: String,
    },
}

/// Why a command could not be carried out, through no fault of its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleText {
    /// The chat's record is damaged: it can be read, not changed.
    Damaged,
    /// The chat's directory holds another program's files.
    Foreign,
    /// The board's lock was held for too long.
    Busy,
    /// The disk is full or failing.
    Storage,
    /// Too many commands within a minute; room again in that many seconds.
    Flood { seconds: u64 },
    /// Too soon after another command like it; that many seconds are left.
    TooSoon { seconds: u64 },
    /// A bug.
    Internal,
}

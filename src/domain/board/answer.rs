//! What a board says to a command, as typed values. `text/` makes words of them.

use smol_str::SmolStr;

use super::event::ChatKind;
use super::name::CommandSet;
use crate::domain::{Actor, BountyId, ChatId, LinkError, Seq, Timestamp, UnixTime};

/// The answer to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Welcome {
        kind: ChatKind,
    },
    Added(BountyView),
    Edited {
        bounty: BountyView,
        changes: Vec<FieldChange>,
    },
    Deleted(BountyView),
    Tracked(BountyView),
    Untracked(BountyView),
    List(Page),
    Help {
        kind: ChatKind,
        /// Those that are answered there.
        commands: CommandSet,
        /// All ids that the chat has had, today's first.
        ids: Vec<ChatId>,
    },
    History(History),
    /// In which language the chat is answered: the one of this answer; whether it chose that.
    Language {
        chosen: bool,
    },
    LanguageChosen,
    /// In which time zone its dates are; whether it chose one.
    Timezone {
        chosen: bool,
    },
    TimezoneChosen,
    /// Whether a bot answers in the chat from now on.
    CommandsSwitched {
        enabled: bool,
    },
    /// A message that held a command was edited, which changes nothing.
    MessageEdited(EditLine),
    /// The group became a supergroup whose chat already had a board: that many bounties were added to the older one.
    Merged {
        bounties: u64,
    },
    Refused(Refusal),
}

/// One bounty with all that a confirmation shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BountyView {
    pub id: BountyId,
    pub text: SmolStr,
    pub link: Option<SmolStr>,
    pub due: Option<UnixTime>,
}

/// One field's change, old to new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldChange {
    Text {
        old: SmolStr,
        new: SmolStr,
    },
    Link {
        old: Option<SmolStr>,
        new: Option<SmolStr>,
    },
    Due {
        old: Option<UnixTime>,
        new: Option<UnixTime>,
    },
}

/// Which bounties a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of a group.
    Group,
    /// A user's own, in a DM.
    Own,
    /// What a user tracks in a group.
    Tracked,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub scope: Scope,
    /// How many bounties the whole list has.
    pub total: u64,
    pub page: u64,
    pub pages: u64,
    pub entries: Vec<Entry>,
}

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub bounty: BountyView,
    /// The creator's name, in a group.
    pub creator: Option<String>,
}

/// Every change of one bounty, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    pub id: BountyId,
    pub entries: Vec<HistoryEntry>,
    /// The board's last event and its hash: what to note elsewhere.
    pub seq: Seq,
    pub head: String,
}

/// One event of a bounty's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    pub seq: Seq,
    pub time: Timestamp,
    pub actor: Actor,
    /// The event's type in the log.
    pub event: &'static str,
    /// What it changed; empty for tracking.
    pub changes: Vec<FieldChange>,
}

/// The command to send instead of editing a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditLine {
    /// The bounty that the message had added, when it is known.
    pub bounty: Option<BountyId>,
    /// What the edited message says after its command.
    pub arguments: String,
}

/// Why nothing changed. Each tells its user what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No bounty of this id is here; `deleted` when there once was.
    UnknownBounty {
        id: BountyId,
        deleted: bool,
    },
    /// Only the creator may do that.
    NotCreator {
        id: BountyId,
        creator: String,
    },
    TextTooLong {
        characters: u64,
    },
    TextMissing,
    Link {
        link: String,
        error: LinkError,
    },
    /// The due date is not after the message's own date.
    DueInPast {
        due: UnixTime,
    },
    /// The due date lies outside of the calendar.
    DueOutOfRange,
    TooManyBounties,
    TooMuchText,
    NothingChanged {
        id: BountyId,
    },
    AlreadyTracked {
        id: BountyId,
    },
    NotTracked {
        id: BountyId,
    },
    /// Tracking in a DM, where all bounties are one's own.
    TrackingInPrivate,
    /// A chat that speaks as itself has no tracking list.
    ChatCannotTrack,
    /// The operator edits and deletes; it neither adds nor tracks.
    OperatorCannot,
    /// No language that the bot speaks.
    UnknownLanguage {
        typed: String,
    },
    UnknownTimezone {
        typed: String,
    },
    NoSuchPage {
        scope: Scope,
        page: u64,
        pages: u64,
    },
}

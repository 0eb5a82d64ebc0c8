//! What can happen on a board, and how each event's `data` is written and read.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use smol_str::SmolStr;

use super::{canonical, upcast};
use crate::domain::record::{present, read_data};
use crate::domain::{
    BotId, BountyId, ChatId, Cursor, DecodeError, Event, Locale, Seq, StreamId, UnixTime, Upcaster,
};

/// Whose board it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatKind {
    /// A group or supergroup.
    Group,
    /// One user's own board, in the DM with the bot.
    Private,
}

/// One event of a board's stream. Each variant's struct is the event's `data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoardEvent {
    BoardOpened(BoardOpened),
    UserStarted(UserStarted),
    BountyAdded(BountyAdded),
    BountyEdited(BountyEdited),
    BountyDeleted(BountyDeleted),
    Tracked(Tracked),
    Untracked(Untracked),
    ChatMigrated(ChatMigrated),
    BoardRepaired(BoardRepaired),
    IdsReserved(IdsReserved),
    LanguageChosen(LanguageChosen),
    TimezoneChosen(TimezoneChosen),
    CommandsSwitched(CommandsSwitched),
}

/// The first event of every board: names the stream, so that logs cannot be swapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardOpened {
    pub chat_id: ChatId,
    pub kind: ChatKind,
    pub title: Option<String>,
}

/// A user said `/start` here for the first time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserStarted {}

/// A new bounty; its creator is the event's actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BountyAdded {
    pub id: BountyId,
    pub text: SmolStr,
    pub link: Option<SmolStr>,
    pub due_date_ts: Option<UnixTime>,
    pub created_at: UnixTime,
}

/// What changed of a bounty: an absent field is unchanged, a `null` one was cleared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BountyEdited {
    pub id: BountyId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<SmolStr>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub link: Option<Option<SmolStr>>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub due_date_ts: Option<Option<UnixTime>>,
}

/// A bounty was removed from the board and from every tracking list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BountyDeleted {
    pub id: BountyId,
}

/// The actor follows a bounty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracked {
    pub id: BountyId,
}

/// The actor follows a bounty no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Untracked {
    pub id: BountyId,
}

/// The group became a supergroup and changed its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatMigrated {
    pub from: ChatId,
    pub to: ChatId,
}

/// The operator had a damaged log cut to its valid part. What could not be kept stands in files of its own beside the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardRepaired {
    /// The last event that was kept; 0 when none was.
    pub kept_seq: Seq,
    /// The names of the files in the chat's directory to which the rest was copied.
    pub set_aside: Vec<String>,
    /// No bounty after this event has a lower id: those below may have been given in what was lost.
    pub next_id: BountyId,
}

/// Ids were given in the old world, to bounties that are there no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdsReserved {
    /// No bounty after this event has a lower id.
    pub next_id: BountyId,
}

/// The chat's language, from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageChosen {
    pub language: Locale,
}

/// The chat's time zone, from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimezoneChosen {
    /// Its IANA name. A text, so that a log stays readable when the names that a program knows change.
    pub timezone: String,
}

/// Whether a bot answers in this chat, from now on. Every bot does until it is switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandsSwitched {
    /// By the id that Telegram gave it.
    pub bot: BotId,
    pub enabled: bool,
}

/// The `data` of a [`BoardEvent`], borrowed for writing.
#[derive(Serialize)]
#[serde(untagged)]
pub enum BoardData<'a> {
    BoardOpened(&'a BoardOpened),
    UserStarted(&'a UserStarted),
    BountyAdded(&'a BountyAdded),
    BountyEdited(&'a BountyEdited),
    BountyDeleted(&'a BountyDeleted),
    Tracked(&'a Tracked),
    Untracked(&'a Untracked),
    ChatMigrated(&'a ChatMigrated),
    BoardRepaired(&'a BoardRepaired),
    IdsReserved(&'a IdsReserved),
    LanguageChosen(&'a LanguageChosen),
    TimezoneChosen(&'a TimezoneChosen),
    CommandsSwitched(&'a CommandsSwitched),
}

impl BoardEvent {
    /// The log's `type` of every event.
    pub const NAMES: [&'static str; 13] = [
        "BoardOpened",
        "UserStarted",
        "BountyAdded",
        "BountyEdited",
        "BountyDeleted",
        "Tracked",
        "Untracked",
        "ChatMigrated",
        "BoardRepaired",
        "IdsReserved",
        "LanguageChosen",
        "TimezoneChosen",
        "CommandsSwitched",
    ];

    /// The bounty that the event is about.
    pub fn bounty(&self) -> Option<BountyId> {
        match self {
            Self::BountyAdded(BountyAdded { id, .. })
            | Self::BountyEdited(BountyEdited { id, .. })
            | Self::BountyDeleted(BountyDeleted { id })
            | Self::Tracked(Tracked { id })
            | Self::Untracked(Untracked { id }) => Some(*id),
            Self::BoardOpened(_)
            | Self::UserStarted(_)
            | Self::ChatMigrated(_)
            | Self::BoardRepaired(_)
            | Self::IdsReserved(_)
            | Self::LanguageChosen(_)
            | Self::TimezoneChosen(_)
            | Self::CommandsSwitched(_) => None,
        }
    }
}

impl Event for BoardEvent {
    type Data<'a> = BoardData<'a>;

    const UPCASTERS: &'static [Upcaster] = upcast::UPCASTERS;

    fn name(&self) -> &'static str {
        match self {
            Self::BoardOpened(_) => "BoardOpened",
            Self::UserStarted(_) => "UserStarted",
            Self::BountyAdded(_) => "BountyAdded",
            Self::BountyEdited(_) => "BountyEdited",
            Self::BountyDeleted(_) => "BountyDeleted",
            Self::Tracked(_) => "Tracked",
            Self::Untracked(_) => "Untracked",
            Self::ChatMigrated(_) => "ChatMigrated",
            Self::BoardRepaired(_) => "BoardRepaired",
            Self::IdsReserved(_) => "IdsReserved",
            Self::LanguageChosen(_) => "LanguageChosen",
            Self::TimezoneChosen(_) => "TimezoneChosen",
            Self::CommandsSwitched(_) => "CommandsSwitched",
        }
    }

    fn version(&self) -> u32 {
        1
    }

    fn data(&self) -> BoardData<'_> {
        match self {
            Self::BoardOpened(data) => BoardData::BoardOpened(data),
            Self::UserStarted(data) => BoardData::UserStarted(data),
            Self::BountyAdded(data) => BoardData::BountyAdded(data),
            Self::BountyEdited(data) => BoardData::BountyEdited(data),
            Self::BountyDeleted(data) => BoardData::BountyDeleted(data),
            Self::Tracked(data) => BoardData::Tracked(data),
            Self::Untracked(data) => BoardData::Untracked(data),
            Self::ChatMigrated(data) => BoardData::ChatMigrated(data),
            Self::BoardRepaired(data) => BoardData::BoardRepaired(data),
            Self::IdsReserved(data) => BoardData::IdsReserved(data),
            Self::LanguageChosen(data) => BoardData::LanguageChosen(data),
            Self::TimezoneChosen(data) => BoardData::TimezoneChosen(data),
            Self::CommandsSwitched(data) => BoardData::CommandsSwitched(data),
        }
    }

    fn stream(&self) -> Option<StreamId> {
        match self {
            Self::BoardOpened(opened) => Some(StreamId::Chat(opened.chat_id)),
            Self::ChatMigrated(moved) => Some(StreamId::Chat(moved.to)),
            _ => None,
        }
    }

    fn decode_canonical(line: &mut Cursor<'_>) -> Option<Self> {
        canonical::decode(line)
    }

    fn decode(name: &str, version: u32, data: &RawValue) -> Result<Self, DecodeError> {
        match (name, version) {
            ("BoardOpened", 1) => read_data(name, version, data).map(Self::BoardOpened),
            ("UserStarted", 1) => read_data(name, version, data).map(Self::UserStarted),
            ("BountyAdded", 1) => read_data(name, version, data).map(Self::BountyAdded),
            ("BountyEdited", 1) => read_data(name, version, data).map(Self::BountyEdited),
            ("BountyDeleted", 1) => read_data(name, version, data).map(Self::BountyDeleted),
            ("Tracked", 1) => read_data(name, version, data).map(Self::Tracked),
            ("Untracked", 1) => read_data(name, version, data).map(Self::Untracked),
            ("ChatMigrated", 1) => read_data(name, version, data).map(Self::ChatMigrated),
            ("BoardRepaired", 1) => read_data(name, version, data).map(Self::BoardRepaired),
            ("IdsReserved", 1) => read_data(name, version, data).map(Self::IdsReserved),
            ("LanguageChosen", 1) => read_data(name, version, data).map(Self::LanguageChosen),
            ("TimezoneChosen", 1) => read_data(name, version, data).map(Self::TimezoneChosen),
            ("CommandsSwitched", 1) => read_data(name, version, data).map(Self::CommandsSwitched),
            _ => Err(DecodeError::Unknown {
                name: name.to_owned(),
                version,
            }),
        }
    }
}

//! A board: the bounties, tracking lists and settings of one chat.
//!
//! [`decide`] turns a command into an event or a refusal, [`Board::evolve`] turns events into state,
//! [`confirm`] and [`answer`] say what happened or what is there. Texts are made elsewhere.

mod answer;
mod canonical;
mod command;
mod confirm;
mod decide;
mod event;
mod history;
mod list;
mod name;
mod query;
mod seen;
mod settings;
mod snapshot;
mod state;
mod upcast;

pub use answer::{
    Answer, BountyView, EditLine, Entry, FieldChange, History, HistoryEntry, Page, Refusal, Scope,
};
pub use command::{Change, Command, DueWish, EditParts, NewBounty, Query};
pub use confirm::{changes, confirm, unchanged, view};
pub use decide::{BOARD_BOUNTIES, BOARD_TEXT_BYTES, Context, TEXT_LIMIT, decide};
pub use event::{
    BoardEvent, BoardOpened, BoardRepaired, BountyAdded, BountyDeleted, BountyEdited, ChatKind,
    ChatMigrated, CommandsSwitched, IdsReserved, LanguageChosen, TimezoneChosen, Tracked,
    Untracked, UserStarted,
};
pub use history::{HistoryFold, repeat_answer};
pub use list::PageSize;
pub use name::{Category, CommandName, CommandSet};
pub use query::answer;
pub use seen::{SEEN_PER_BOT, SeenUpdates};
pub use settings::{ChatSettings, ChatStyle, setting_change};
pub use snapshot::{board_file, board_file_name};
pub use state::{Board, Bounty, TrackingList};

#[cfg(test)]
mod tests;

//! The rules of the product, pure: no async, no files, no clock, no randomness, no Telegram types.
//!
//! A module here may be called a million times with the same arguments and must answer the same each
//! time. Everything that differs from call to call (time, actor, cause, zone) comes in as an argument.

mod actor;
pub mod board;
pub mod bridge;
mod canonical;
mod checkpoint;
mod choice;
pub mod due;
mod events;
mod ids;
mod link;
mod locale;
pub mod notifier;
mod position;
mod record;
mod setting;
mod stream;
mod time;
mod upcast;
pub mod zone;

pub use actor::{Actor, Cause, Delivery};
pub use canonical::Cursor;
pub use checkpoint::Checkpointed;
pub use ids::{BotId, BountyId, ChatId, Seq, UserId};
pub use link::{LINK_LIMIT, LinkError, normalise_link};
pub use locale::Locale;
pub use position::{Head, Position};
pub use record::{DecodeError, Event, Recorded};
pub use setting::SettingChange;
pub use stream::{Aggregate, StreamId};
pub use time::{Timestamp, UnixTime};
pub use upcast::{Fields, Upcaster, read_event};

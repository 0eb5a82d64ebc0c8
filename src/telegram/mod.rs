//! Telegram: text -> command, update -> request, reply -> Bot API calls, polling, the outgoing queue.
//!
//! teloxide's payloads and types are used for what goes out. What comes in is read by narrow structs of our own, answers as well as
//! updates: teloxide's `Update` loses the text of a message with an entity type that it does not know, and its errors know few of the
//! forms in which Telegram refuses a call.

mod api;
mod button;
mod call;
mod command;
mod crew;
mod exchange;
mod failure;
mod front;
mod lock;
mod menu;
mod outbox;
mod poller;
mod pool;
mod rules;
mod session;
mod settled;
mod spot;
mod token;
mod update;
mod vitals;
mod voice;

pub use api::bot;
pub use call::Call;
pub use command::{MessageText, Parsed, parse};
pub use crew::{Bug, Crew};
pub use exchange::exchange;
pub use failure::{CallError, Failure};
pub use front::{Front, is_migration};
pub use lock::{PollerLock, wait_alone};
pub use outbox::{OnMigrated, Outbox};
pub use poller::{PollError, Poller, Stop, identify, stopped};
pub use pool::{OnlyBotError, Pool};
pub use rules::Rules;
pub use session::{BotError, Ground};
pub use token::{Token, TokenError};
pub use update::{BotIdentity, Carrier, Inbound, Incoming, read};
pub use vitals::{BotVitals, PollState, Polling, Roster, Sent};
pub use voice::{Response, all_notes, words};

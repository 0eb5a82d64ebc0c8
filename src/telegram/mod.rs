//! Telegram: text -> command, update -> request, reply -> Bot API calls, polling, the outgoing queue.
//!
//! teloxide's requests, types and errors are used for what goes out. What comes in is read by narrow structs of our own:
//! teloxide's `Update` loses the text of a message with an entity type that it does not know.

mod api;
mod button;
mod call;
mod command;
mod crew;
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

pub use api::{bot, describe};
pub use call::Call;
pub use command::{MessageText, Parsed, parse};
pub use crew::{Bug, Crew};
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

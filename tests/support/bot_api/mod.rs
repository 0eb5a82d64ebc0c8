//! A fake Telegram Bot API server: real HTTP on the loopback interface, scripted faults.
//!
//! It runs on a thread of its own, so that a plain `#[test]` can start a bot as a child process against it. It
//! keeps the rules that bots depend on (updates come again until confirmed, one poll at a time, the limits and
//! the parsing of texts) and knows nothing about any particular bot. Rules: <https://core.telegram.org/bots/api>.

mod answer;
mod bots;
mod chats;
mod commands;
mod entities;
mod faults;
mod html;
mod log;
mod messages;
mod methods;
mod params;
mod polling;
mod queue;
mod server;
mod state;
pub mod updates;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

pub use commands::CommandSet;
pub use faults::{Fault, FaultRule};
pub use log::Call;

use bots::Bot;
use state::Shared;

use super::loopback::Server;

/// A waiting test looks again after this time even without a change: its condition may depend on other things.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How many calls a failed wait prints.
const CALLS_SHOWN: usize = 25;

/// The running server. Dropping it closes all connections and ends its thread.
pub struct FakeBotApi {
    shared: Arc<Shared>,
    server: Server,
}

impl FakeBotApi {
    /// Starts a server that knows no bot yet.
    pub fn start() -> Self {
        let shared = Arc::new(Shared::new());
        let server = server::start(Arc::clone(&shared));
        Self { shared, server }
    }

    /// The address to give to the bot, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.addr())
    }

    /// Makes a token known; calls with any other are answered 401.
    pub fn add_bot(&self, token: &str, id: i64, username: &str) {
        let bot = Bot::new(id, username);
        self.shared
            .change(|state| state.bots.insert(token.to_owned(), bot));
    }

    /// From now on the token is refused with 401, also for a poll in flight.
    pub fn revoke(&self, token: &str) {
        self.shared
            .change(|state| state.bot_mut(token).revoked = true);
    }

    /// Queues an `Update` and returns its `update_id`: its own, else the next one of the bot.
    pub fn push(&self, token: &str, update: Value) -> i64 {
        self.shared
            .change(|state| state.bot_mut(token).queue.push(update))
    }

    /// Queues a text that stands verbatim in the answer of `getUpdates`. It should carry `update_id` itself.
    pub fn push_raw(&self, token: &str, update_id: i64, raw: String) {
        self.shared
            .change(|state| state.bot_mut(token).queue.push_raw(update_id, raw));
    }

    /// How many updates would be delivered (again).
    pub fn unconfirmed(&self, token: &str) -> usize {
        self.shared.read(|state| state.bot(token).queue.len())
    }

    /// The highest accepted `offset`: every lower id is confirmed.
    ///
    /// `None` before the first. Offsets of another numbering, which the real server ignores, do not count; after
    /// a push with a lower id than before, the next accepted one replaces it.
    pub fn next_offset(&self, token: &str) -> Option<i64> {
        self.shared.read(|state| state.bot(token).queue.confirmed())
    }

    /// Every call in order of arrival, also those that met a fault.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.read(|state| state.log.all().to_vec())
    }

    /// The bots' messages in a chat, as they are now: the parameters they were sent or last edited with, and
    /// `message_id`, `bot_id`, `date` and `plain_text` (without markup). Includes those whose answer was lost.
    pub fn messages(&self, chat_id: i64) -> Vec<Value> {
        let mut messages = self.all_messages();
        messages.retain(|message| message["chat_id"] == chat_id);
        messages
    }

    /// The same for all chats, in the order sent.
    pub fn all_messages(&self) -> Vec<Value> {
        self.shared.read(|state| state.chats.sent.clone())
    }

    /// The commands that the bot has set, one entry per scope and language.
    pub fn commands(&self, token: &str) -> Vec<CommandSet> {
        self.shared
            .read(|state| state.bot(token).commands.all().to_vec())
    }

    /// The number of `getUpdates` calls now waiting.
    pub fn polls_in_flight(&self, token: &str) -> usize {
        self.shared.read(|state| state.bot(token).polls.in_flight)
    }

    /// Adds a fault; each call meets the first rule that fits it and is not used up.
    pub fn fault(&self, rule: FaultRule) {
        self.shared.change(|state| state.faults.add(rule));
    }

    /// Ends all faults; calls that are being delayed stay so.
    pub fn clear_faults(&self) {
        self.shared.change(|state| state.faults.clear());
    }

    /// Sets or deletes the bot's webhook; while set, `getUpdates` is answered 409, also one in flight.
    pub fn set_webhook(&self, token: &str, on: bool) {
        self.shared
            .change(|state| state.bot_mut(token).webhook = on);
    }

    /// Turns group `old` into supergroup `new`: calls for `old` are answered 400 with `migrate_to_chat_id`.
    pub fn migrate(&self, old: i64, new: i64) {
        self.shared.change(|state| state.chats.migrate(old, new));
    }

    /// Shuts the bots out of a chat, or lets them in again: 403 for kicked, or for blocked where the id is a user's.
    pub fn forbid(&self, chat_id: i64, on: bool) {
        self.shared.change(|state| state.chats.forbid(chat_id, on));
    }

    /// Whether a `getUpdates` with the same offset as one less than 3 s ago waits up to 3 s for updates, whatever
    /// its timeout, like on the real server. Off at first.
    pub fn slow_repeated_polls(&self, on: bool) {
        self.shared.change(|state| state.slow_repeated_polls = on);
    }

    /// Blocks until the condition holds; looks at it on every change.
    ///
    /// # Panics
    /// When `limit` is over, with `what` and the recent calls.
    pub fn wait_until(&self, limit: Duration, what: &str, f: impl Fn(&FakeBotApi) -> bool) {
        let deadline = Instant::now() + limit;
        loop {
            let seen = self.shared.version();
            if f(self) {
                return;
            }
            if Instant::now() >= deadline {
                let calls = self.shared.read(|state| state.log.recent(CALLS_SHOWN));
                panic!("not within {limit:?}: {what}; {calls}");
            }
            self.shared.wait_for_change(seen, LOOK_AGAIN);
        }
    }
}

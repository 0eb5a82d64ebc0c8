//! How one bot is doing, for whoever watches it: plain atomics. How it is shown is not known here.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::BotId;
use crate::domain::bridge::TelegramBotId;

use super::failure::Failure;

/// Whether a bot is being polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollState {
    /// Telegram has not said yet who it is, or has not answered its first poll.
    Starting,
    /// Its token was not found, or is that of a bot that is polled already.
    NoToken,
    /// Another process polls it on the same data.
    Waiting,
    /// Telegram answers.
    Polling,
    /// Another program polls it, or it has a webhook.
    Conflict,
    /// Telegram refuses its token.
    Refused,
    /// Telegram cannot be reached, or answers with errors.
    Failing,
    /// The process is ending.
    Stopped,
}

impl PollState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Starting,
        Self::NoToken,
        Self::Waiting,
        Self::Polling,
        Self::Conflict,
        Self::Refused,
        Self::Failing,
        Self::Stopped,
    ];

    /// The name, as a label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::NoToken => "no_token",
            Self::Waiting => "waiting",
            Self::Polling => "polling",
            Self::Conflict => "conflict",
            Self::Refused => "refused",
            Self::Failing => "failing",
            Self::Stopped => "stopped",
        }
    }

    /// What a failed call says about polling.
    pub(super) fn after(failure: &Failure) -> Self {
        match failure {
            Failure::Conflict => Self::Conflict,
            Failure::Unauthorized => Self::Refused,
            _ => Self::Failing,
        }
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Telegram has it.
    Delivered,
    /// The chat does not let the bot write.
    Forbidden,
    /// Telegram refused it for another reason: it did not arrive.
    Refused,
    /// Telegram could not be reached, or it may or may not have arrived.
    GivenUp,
    /// Too many waited for the chat.
    Dropped,
}

impl Sent {
    /// All of them, in the order of the enum.
    pub const ALL: [Self; 5] = [
        Self::Delivered,
        Self::Forbidden,
        Self::Refused,
        Self::GivenUp,
        Self::Dropped,
    ];

    /// The name, as a label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Forbidden => "forbidden",
            Self::Refused => "refused",
            Self::GivenUp => "given_up",
            Self::Dropped => "dropped",
        }
    }
}

/// What polling came to lately.
#[derive(Clone, Debug)]
pub struct Polling {
    pub state: PollState,
    /// For how long calls have failed; zero while they do not.
    pub failing: Duration,
    /// What the last failed call was answered, while calls fail.
    pub problem: Option<String>,
}

/// The counters and the state of one bot.
#[derive(Debug)]
pub struct BotVitals {
    /// 0 as long as its token is not known.
    pub id: BotId,
    /// What it is in the bridge, if it stands there.
    pub entry: Option<TelegramBotId>,
    pub updates: AtomicU64,
    pub polls_answered: AtomicU64,
    pub polls_failed: AtomicU64,
    /// When Telegram last answered a poll, in Unix seconds; 0 = never.
    pub polled_at: AtomicI64,
    /// Answers that wait for their turn or are being sent.
    pub outgoing: AtomicU64,
    /// How often Telegram asked for a pause in a chat.
    pub pauses: AtomicU64,
    sent: [AtomicU64; Sent::ALL.len()],
    polling: Mutex<(PollState, Option<Failing>)>,
}

#[derive(Debug)]
struct Failing {
    since: Instant,
    problem: String,
}

impl BotVitals {
    /// A bot that starts.
    pub fn new(id: BotId) -> Self {
        Self {
            id,
            entry: None,
            updates: AtomicU64::default(),
            polls_answered: AtomicU64::default(),
            polls_failed: AtomicU64::default(),
            polled_at: AtomicI64::default(),
            outgoing: AtomicU64::default(),
            pauses: AtomicU64::default(),
            sent: Default::default(),
            polling: Mutex::new((PollState::Starting, None)),
        }
    }

    /// The same, for a bot of the bridge.
    pub fn of_entry(entry: TelegramBotId, id: BotId) -> Self {
        Self {
            entry: Some(entry),
            ..Self::new(id)
        }
    }

    /// What polling came to lately.
    pub fn polling(&self) -> Polling {
        let polling = self.lock();
        let (state, failing) = (polling.0, polling.1.as_ref());
        Polling {
            state,
            failing: failing.map_or(Duration::ZERO, |failing| failing.since.elapsed()),
            problem: failing.map(|failing| failing.problem.clone()),
        }
    }

    /// Whether Telegram ever answered a poll.
    pub fn has_polled(&self) -> bool {
        self.polls_answered.load(Relaxed) > 0
    }

    /// It is in this state, and nothing fails.
    pub fn is_now(&self, state: PollState) {
        *self.lock() = (state, None);
    }

    /// Telegram answered a poll with so many updates.
    pub(super) fn polled(&self, updates: usize) {
        self.updates.fetch_add(updates as u64, Relaxed);
        self.polls_answered.fetch_add(1, Relaxed);
        self.polled_at
            .store(chrono::Utc::now().timestamp(), Relaxed);
        self.is_now(PollState::Polling);
    }

    /// A call failed on which polling depends.
    pub(super) fn failed(&self, state: PollState, problem: String) {
        self.polls_failed.fetch_add(1, Relaxed);
        let mut polling = self.lock();
        let since = polling
            .1
            .as_ref()
            .map_or_else(Instant::now, |failing| failing.since);
        *polling = (state, Some(Failing { since, problem }));
    }

    /// A message came to this end.
    pub(super) fn sent(&self, end: Sent) {
        self.sent[end as usize].fetch_add(1, Relaxed);
    }

    /// How many messages came to this end.
    pub fn count(&self, end: Sent) -> u64 {
        self.sent[end as usize].load(Relaxed)
    }

    /// Counts an answer as outgoing until the guard is dropped.
    pub(super) fn outgoing(self: &Arc<Self>) -> Outgoing {
        self.outgoing.fetch_add(1, Relaxed);
        Outgoing(Arc::clone(self))
    }

    fn lock(&self) -> MutexGuard<'_, (PollState, Option<Failing>)> {
        self.polling.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer on its way out.
pub(super) struct Outgoing(Arc<BotVitals>);

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.0.outgoing.fetch_sub(1, Relaxed);
    }
}

/// The bots of a process that are polled, or are to be.
#[derive(Clone, Debug, Default)]
pub struct Roster(Arc<Mutex<Vec<Arc<BotVitals>>>>);

impl Roster {
    /// Adds a bot.
    pub fn add(&self, bot: Arc<BotVitals>) {
        self.lock().push(bot);
    }

    /// Takes a bot off.
    pub fn remove(&self, bot: &Arc<BotVitals>) {
        self.lock().retain(|other| !Arc::ptr_eq(other, bot));
    }

    /// All of them.
    pub fn all(&self) -> Vec<Arc<BotVitals>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<BotVitals>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

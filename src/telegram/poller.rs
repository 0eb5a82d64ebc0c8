//! One bot's long polling: get a batch, make its events durable, answer, and only then confirm it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;
use teloxide::Bot;
use tokio::sync::{oneshot, watch};
use tokio::time::{sleep, timeout};

use super::api::{BACKOFF, GetRawUpdates, get_me, get_updates};
use super::failure::{CallError, Failure};
use super::front::{Front, is_migration, is_press, queue_of};
use super::outbox::{Leaving, Outbox};
use super::update::{BotIdentity, Carrier, read, update_id};
use super::vitals::{BotVitals, PollState};

/// How long the answers to a batch may hold up its confirmation. A crash in that time costs no answer.
const ANSWERS_WAIT: Duration = Duration::from_secs(2);
/// How long the confirmation at the end may take.
const LAST_CONFIRMATION: Duration = Duration::from_secs(5);
/// Becomes true when the process is to stop.
pub type Stop = watch::Receiver<bool>;

/// Why a bot is not polled any more.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    #[error("Telegram refuses the bot's token")]
    Unauthorized,
}

/// Asks Telegram who the bot is, as often as it takes. None when the process is to stop.
pub async fn identify(
    bot: &Bot,
    vitals: &BotVitals,
    stop: &mut Stop,
) -> Result<Option<BotIdentity>, PollError> {
    let mut pauses = Pauses::new("ask Telegram who the bot is", vitals);
    loop {
        let asked = tokio::select! {
            asked = get_me(bot) => asked,
            () = stopped(stop) => return Ok(None),
        };
        match asked {
            Ok(identity) => return Ok(Some(identity)),
            Err(error) if error.failure == Failure::Unauthorized => {
                vitals.failed(PollState::Refused, error.to_string());
                return Err(PollError::Unauthorized);
            }
            Err(error) => pauses.after(&error, stop).await,
        }
        if *stop.borrow() {
            return Ok(None);
        }
    }
}

/// Waits until the process is to stop.
pub async fn stopped(stop: &mut Stop) {
    // When the sender is gone the process is ending too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// An update on its way.
#[derive(Default)]
struct Begun {
    update_id: Option<i64>,
    /// Whether what follows must wait for it.
    is_barrier: bool,
    /// Ends when its event is durable.
    carried: Option<oneshot::Receiver<()>>,
    answer: Option<Leaving>,
}

/// One bot and what its updates go through.
pub struct Poller {
    pub bot: Bot,
    pub identity: BotIdentity,
    pub front: Arc<Front>,
    pub outbox: Outbox,
    pub vitals: Arc<BotVitals>,
}

impl Poller {
    /// Polls until the process is to stop; then everything received is durable and confirmed.
    pub async fn run(&self, stop: &mut Stop) -> Result<(), PollError> {
        let mut pauses = Pauses::new("poll", &self.vitals);
        self.vitals.is_now(PollState::Starting);
        let (mut offset, mut confirmed) = (None, None);
        while !*stop.borrow() {
            let polled = tokio::select! {
                polled = get_updates(&self.bot, pauses.next_poll(offset)) => polled,
                () = stopped(stop) => break,
            };
            match polled {
                Ok(batch) => {
                    self.vitals.polled(batch.len());
                    confirmed = offset;
                    let last = self.batch(&batch).await;
                    let next = last.map(|last| last.saturating_add(1)).or(offset);
                    if next == offset && !batch.is_empty() {
                        pauses.in_vain(stop).await;
                    } else {
                        pauses.success();
                    }
                    offset = next;
                }
                Err(error) if error.failure == Failure::Unauthorized => {
                    self.vitals.failed(PollState::Refused, error.to_string());
                    return Err(PollError::Unauthorized);
                }
                Err(error) => pauses.after(&error, stop).await,
            }
        }
        self.vitals.is_now(PollState::Stopped);
        if let Some(offset) = offset.filter(|_| offset != confirmed) {
            self.confirm(offset).await;
        }
        Ok(())
    }

    /// Carries out a batch. When this returns every event of it is durable, and its answers went out if they could in
    /// time. Returns the last update's id.
    async fn batch(&self, batch: &[Box<RawValue>]) -> Option<i64> {
        let (mut last, mut durable, mut answers) = (None, Vec::new(), Vec::new());
        for raw in batch {
            // A panic costs this one update: it is logged where it happens, and passed over.
            let begun = catch_unwind(AssertUnwindSafe(|| self.begin(raw.get())));
            let Ok(begun) = begun else {
                last = update_id(raw.get()).or(last);
                continue;
            };
            last = begun.update_id.or(last);
            let Some(carried) = begun.carried else {
                continue;
            };
            if begun.is_barrier {
                // What follows may be for the group's new id.
                let _ = carried.await;
            } else {
                durable.push(carried);
            }
            answers.extend(begun.answer);
        }
        for carried in durable {
            // A closed channel is a panic in that one command, logged where it happened.
            let _ = carried.await;
        }
        let all_sent = async {
            for answer in answers {
                answer.await;
            }
        };
        // Answers that are late go out later.
        let _ = timeout(ANSWERS_WAIT, all_sent).await;
        last
    }

    /// Starts one update.
    fn begin(&self, raw: &str) -> Begun {
        let incoming = match read(raw, &self.identity, Carrier::Update) {
            Ok(incoming) => incoming,
            Err(unreadable) => {
                tracing::error!(bot = self.identity.id.0, update = unreadable.update_id, %unreadable, "an update cannot be read; it is passed over");
                return Begun {
                    update_id: unreadable.update_id,
                    ..Begun::default()
                };
            }
        };
        let (update_id, is_barrier) = (Some(incoming.update_id), is_migration(&incoming));
        let (carried, is_carried) = oneshot::channel();
        let (answer, calls) = oneshot::channel();
        let (queue, outbox) = (queue_of(&incoming), &self.outbox);
        let leaving = if is_press(&incoming) {
            Some(outbox.press(queue, calls))
        } else {
            queue.map(|queue| outbox.push(queue, calls))
        };
        self.front.receive(incoming, move |response| {
            // Both receivers may be gone when the process stops.
            let _ = answer.send(response.calls);
            let _ = carried.send(());
        });
        Begun {
            update_id,
            is_barrier,
            carried: Some(is_carried),
            answer: leaving,
        }
    }

    async fn confirm(&self, offset: i64) {
        let confirmed = timeout(
            LAST_CONFIRMATION,
            get_updates(&self.bot, GetRawUpdates::confirm(offset)),
        )
        .await;
        let problem = match confirmed {
            Ok(Ok(_)) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        tracing::warn!(
            bot = self.identity.id.0,
            problem,
            "the last updates could not be confirmed; they come again and change nothing"
        );
    }
}

/// The pauses between calls that failed or gained nothing, the longest repeating, with one plain log line per failure and one when it works again.
struct Pauses<'v> {
    doing: &'static str,
    failures: usize,
    /// Whether the last call was answered.
    works: bool,
    vitals: &'v BotVitals,
}

impl<'v> Pauses<'v> {
    fn new(doing: &'static str, vitals: &'v BotVitals) -> Self {
        Self {
            doing,
            failures: 0,
            works: false,
            vitals,
        }
    }

    /// The next poll. The first one, and one after a failure, does not wait for updates, so that it shows at once that polling works.
    fn next_poll(&self, offset: Option<i64>) -> GetRawUpdates {
        if self.works {
            GetRawUpdates::wait(offset)
        } else {
            GetRawUpdates::at_once(offset)
        }
    }

    fn success(&mut self) {
        self.works = true;
        if self.failures > 0 {
            tracing::info!(
                bot = self.vitals.id.0,
                failures = self.failures,
                "Telegram answers again"
            );
            self.failures = 0;
        }
    }

    /// After updates that will come again: none has a number by which it could be confirmed, or their confirmation does nothing.
    async fn in_vain(&mut self, stop: &mut Stop) {
        let pause = self.grown();
        tracing::warn!(
            bot = self.vitals.id.0,
            seconds = pause.as_secs_f32(),
            "the last updates cannot be confirmed; asking again"
        );
        wait(pause, stop).await;
    }

    async fn after(&mut self, error: &CallError, stop: &mut Stop) {
        let grown = self.grown();
        self.works = false;
        let state = PollState::after(&error.failure);
        self.vitals.failed(state, error.to_string());
        let pause = match error.failure {
            Failure::Wait(Some(asked)) => asked,
            _ => grown,
        };
        let seconds = pause.as_secs_f32();
        if error.failure == Failure::Conflict {
            tracing::warn!(
                bot = self.vitals.id.0,
                seconds,
                "Telegram says that this bot has another poller or a webhook ({error}): stop the other program, or remove the webhook; trying again"
            );
        } else {
            tracing::warn!(
                bot = self.vitals.id.0,
                seconds,
                "cannot {}: {error}; trying again",
                self.doing
            );
        }
        wait(pause, stop).await;
    }

    /// The pause after one failure more.
    fn grown(&mut self) -> Duration {
        let pause = BACKOFF[self.failures.min(BACKOFF.len() - 1)];
        self.failures += 1;
        pause
    }
}

/// Waits for so long, or until the process is to stop.
async fn wait(pause: Duration, stop: &mut Stop) {
    tokio::select! {
        () = sleep(pause) => {}
        () = stopped(stop) => {}
    }
}

//! `getUpdates`: long polling, one poll per bot at a time.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::answer::{Answer, Refusal};
use super::bots::Bot;
use super::log::CallId;
use super::params::Params;
use super::state::Shared;

/// The real server's longest wait.
const LONGEST_WAIT: i64 = 50;

/// A short poll with the offset of the one before it, begun within this time, waits this long for updates.
const REPEAT_DELAY: Duration = Duration::from_secs(3);

/// Answers with the unconfirmed updates as soon as there are some, else with none when the time is over.
pub async fn get_updates(shared: &Shared, token: &str, params: &Params, call: CallId) -> Answer {
    let mut changes = shared.changes();
    let poll = Poll::open(shared, token, params, call)?;
    let deadline = Instant::now() + poll.wait;
    loop {
        if let Some(answer) = poll.look() {
            return answer;
        }
        if timeout_at(deadline, changes.changed()).await.is_err() {
            return Ok("[]".to_owned());
        }
    }
}

/// A poll in flight; counted until it is answered or its client is gone.
struct Poll<'a> {
    shared: &'a Shared,
    token: &'a str,
    number: u64,
    limit: usize,
    wait: Duration,
}

impl<'a> Poll<'a> {
    /// Confirms what the offset says and ends the bot's older poll.
    fn open(
        shared: &'a Shared,
        token: &'a str,
        params: &Params,
        call: CallId,
    ) -> Result<Self, Refusal> {
        let offset = params.integer("offset").unwrap_or(0);
        shared.change(|state| {
            let slow = state.slow_repeated_polls;
            let bot = state.bot_mut(token);
            check_webhook(bot)?;
            bot.queue.confirm(offset);
            bot.polls.latest += 1;
            bot.polls.in_flight += 1;
            let number = bot.polls.latest;
            let repeated = is_repeated(bot, offset);
            state.log.took_effect(call);
            Ok(Self {
                shared,
                token,
                number,
                limit: limit(params),
                wait: wait(params, slow && repeated),
            })
        })
    }

    /// The answer, if it is time for one.
    fn look(&self) -> Option<Answer> {
        let waiting = self.shared.read(|state| {
            let bot = state.bot(self.token);
            self.check(bot).map(|()| bot.queue.len())
        });
        match waiting {
            Err(refusal) => Some(Err(refusal)),
            Ok(0) => None,
            Ok(_) => self.deliver().map(Ok),
        }
    }

    fn deliver(&self) -> Option<String> {
        self.shared
            .change(|state| state.bot_mut(self.token).queue.deliver(self.limit))
    }

    fn check(&self, bot: &Bot) -> Result<(), Refusal> {
        if bot.revoked {
            return Err(Refusal::unauthorized());
        }
        if bot.polls.latest != self.number {
            return Err(Refusal::conflict(
                "terminated by other getUpdates request; make sure that only one bot instance is running",
            ));
        }
        check_webhook(bot)
    }
}

impl Drop for Poll<'_> {
    fn drop(&mut self) {
        self.shared
            .change(|state| state.bot_mut(self.token).polls.in_flight -= 1);
    }
}

fn check_webhook(bot: &Bot) -> Result<(), Refusal> {
    match bot.webhook {
        false => Ok(()),
        true => Err(Refusal::conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        )),
    }
}

/// Whether the poll before had the same offset and began a short time ago. Remembers this one.
fn is_repeated(bot: &mut Bot, offset: i64) -> bool {
    let now = std::time::Instant::now();
    let last = bot.polls.last.replace((offset, now));
    last.is_some_and(|(last_offset, began)| last_offset == offset && now - began < REPEAT_DELAY)
}

/// 1 to 100 updates; anything else means 100.
fn limit(params: &Params) -> usize {
    match params.integer("limit") {
        Some(limit @ 1..=100) => limit as usize,
        _ => 100,
    }
}

fn wait(params: &Params, slowed: bool) -> Duration {
    let seconds = params
        .integer("timeout")
        .unwrap_or(0)
        .clamp(0, LONGEST_WAIT);
    let wait = Duration::from_secs(seconds.unsigned_abs());
    match slowed {
        true => wait.max(REPEAT_DELAY),
        false => wait,
    }
}

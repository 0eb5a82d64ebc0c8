//! The counters as metrics. Names follow <https://prometheus.io/docs/practices/naming/>.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use crate::engine::{Fate, Kind, Monitor, Obstacle, Stats};
use crate::telegram::{BotVitals, PollState, Sent};

use super::exposition::Exposition;
use super::health::{unhealthy, unready};
use super::process::resident_memory;
use super::watched::Watched;

/// The whole page.
pub fn page(watched: &Watched) -> String {
    let mut page = Exposition::default();
    process(&mut page, watched);
    let stats = watched.engine.stats();
    commands(&mut page, stats);
    flushes(&mut page, stats);
    streams(&mut page, &watched.engine);
    snapshots(&mut page, &watched.engine);
    let bots = watched.bots();
    let bots: Vec<LabelledBot> = bots.into_iter().map(LabelledBot::new).collect();
    polling(&mut page, &bots);
    sending(&mut page, &bots);
    page.counter(
        "bounty_notifier_restarts_total",
        "Notification trackers that a bug ended, and that began again after a pause.",
    )
    .sample(&[], watched.notifier_bugs.load(Relaxed));
    page.into_text()
}

fn process(page: &mut Exposition, watched: &Watched) {
    page.gauge("bounty_build_info", "The version that runs; always 1.")
        .sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    page.gauge("bounty_healthy", "Whether /healthz answers 200.")
        .sample(&[], u8::from(unhealthy(watched).is_empty()));
    page.gauge("bounty_ready", "Whether /readyz answers 200.")
        .sample(&[], u8::from(unready(watched).is_empty()));
    page.gauge(
        "process_start_time_seconds",
        "When the process began, in Unix seconds.",
    )
    .sample(&[], watched.started);
    if let Some(bytes) = resident_memory() {
        page.gauge(
            "process_resident_memory_bytes",
            "Memory that the process has, in bytes.",
        )
        .sample(&[], bytes);
    }
}

fn commands(page: &mut Exposition, stats: &Stats) {
    let mut family = page.counter(
        "bounty_commands_total",
        "Commands that were answered, by what they were and what came of them.",
    );
    for kind in Kind::ALL {
        for fate in Fate::ALL {
            let labels = [("command", kind.name()), ("outcome", fate.name())];
            family.sample(&labels, stats.commands.get(kind, fate));
        }
    }
    page.gauge(
        "bounty_commands_waiting",
        "Commands that came in and are not answered yet.",
    )
    .sample(&[], stats.waiting());
}

fn flushes(page: &mut Exposition, stats: &Stats) {
    let batches = stats.batch_events.read();
    page.counter(
        "bounty_flushes_total",
        "Batches of events that were written and flushed.",
    )
    .sample(&[], batches.count);
    page.counter(
        "bounty_flush_failures_total",
        "Batches whose write or flush failed; their commands were refused.",
    )
    .sample(&[], stats.failed_flushes.load(Relaxed));
    page.histogram(
        "bounty_commit_duration_seconds",
        "From the begin of a batch until its events were durable.",
        &stats.commit_micros.read(),
        1e6,
    );
    page.histogram("bounty_batch_events", "Events per flush.", &batches, 1.0);
}

fn streams(page: &mut Exposition, engine: &Monitor) {
    page.gauge(
        "bounty_streams_in_memory",
        "Chats whose boards are in memory.",
    )
    .sample(&[], engine.streams());
    let obstacles = &engine.stats().obstacles;
    let blocked = obstacles.streams();
    let mut family = page.gauge(
        "bounty_streams_unwritable",
        "Chats, notification trackers and the bridge when they take no changes, by why; /readyz names them.",
    );
    for obstacle in Obstacle::ALL {
        let count = blocked
            .values()
            .filter(|stream| stream.obstacle == obstacle)
            .count();
        family.sample(&[("reason", obstacle.name())], count);
    }
    page.gauge(
        "bounty_disk_full",
        "Whether a write failed for want of room and none worked since.",
    )
    .sample(&[], u8::from(obstacles.disk().is_some()));
}

fn snapshots(page: &mut Exposition, engine: &Monitor) {
    let lag = engine.lag();
    page.gauge(
        "bounty_snapshots_waiting",
        "Chats whose snapshot files are behind their log.",
    )
    .sample(&[], lag.waiting);
    page.gauge(
        "bounty_snapshot_lag_seconds",
        "For how long the oldest snapshot has been due and is not written.",
    )
    .sample(&[], lag.overdue.as_secs_f64());
}

/// A bot with its labels. Its entry in the bridge tells it from all others: its own id is 0 while its token is not known, and two
/// entries can have the token of one bot.
struct LabelledBot {
    id: String,
    entry: String,
    vitals: Arc<BotVitals>,
}

impl LabelledBot {
    fn new(vitals: Arc<BotVitals>) -> Self {
        Self {
            id: vitals.id.to_string(),
            entry: vitals
                .entry
                .map_or_else(String::new, |entry| entry.0.to_string()),
            vitals,
        }
    }

    fn labels(&self) -> [(&'static str, &str); 2] {
        [("bot", &self.id), ("entry", &self.entry)]
    }

    /// The same with one more.
    fn labels_and<'l>(&'l self, name: &'l str, value: &'l str) -> [(&'l str, &'l str); 3] {
        let [bot, entry] = self.labels();
        [bot, entry, (name, value)]
    }
}

fn polling(page: &mut Exposition, bots: &[LabelledBot]) {
    let mut family = page.gauge(
        "bounty_poll_state",
        "1 for the state that each bot is in, 0 for the others.",
    );
    for bot in bots {
        let now = bot.vitals.polling().state;
        for state in PollState::ALL {
            let labels = bot.labels_and("state", state.name());
            family.sample(&labels, u8::from(state == now));
        }
    }
    let mut family = page.counter("bounty_polls_total", "Polls, by whether Telegram answered.");
    for bot in bots {
        let outcomes = [
            ("answered", &bot.vitals.polls_answered),
            ("failed", &bot.vitals.polls_failed),
        ];
        for (outcome, count) in outcomes {
            family.sample(&bot.labels_and("outcome", outcome), count.load(Relaxed));
        }
    }
    let mut family = page.gauge(
        "bounty_last_poll_timestamp_seconds",
        "When Telegram last answered a poll, in Unix seconds; 0 = never.",
    );
    for bot in bots {
        family.sample(&bot.labels(), bot.vitals.polled_at.load(Relaxed));
    }
    let mut family = page.counter("bounty_updates_received_total", "Updates that came in.");
    for bot in bots {
        family.sample(&bot.labels(), bot.vitals.updates.load(Relaxed));
    }
}

fn sending(page: &mut Exposition, bots: &[LabelledBot]) {
    let mut family = page.gauge(
        "bounty_outgoing_waiting",
        "Answers that wait for their turn or are being sent.",
    );
    for bot in bots {
        family.sample(&bot.labels(), bot.vitals.outgoing.load(Relaxed));
    }
    let mut family = page.counter("bounty_sends_total", "Messages, by what became of them.");
    for bot in bots {
        for end in Sent::ALL {
            let labels = bot.labels_and("outcome", end.name());
            family.sample(&labels, bot.vitals.count(end));
        }
    }
    let mut family = page.counter(
        "bounty_send_pauses_total",
        "How often Telegram asked for a pause in a chat.",
    );
    for bot in bots {
        family.sample(&bot.labels(), bot.vitals.pauses.load(Relaxed));
    }
}

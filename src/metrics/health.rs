//! Whether the process works, and why it does not.
//!
//! Health is what a restart may mend: threads that ended, commands that nobody carries out. Readiness is what it may not mend:
//! Telegram, the disk, a chat's record. So a supervisor that restarts by `/healthz` never restarts in vain.

use std::time::Duration;

use crate::domain::{BotId, StreamId};
use crate::engine::Monitor;
use crate::telegram::{BotVitals, PollState};

use super::watched::Watched;

/// So long may commands wait without any being answered: more than a lock's patience and a slow disk.
const STALLED: Duration = Duration::from_secs(120);
/// So long may polling fail before the bot counts as not ready: a few attempts.
const FAILING: Duration = Duration::from_secs(10);
/// The most streams that are named.
const NAMED: usize = 20;

/// Why the process should be started anew; empty when it should not.
pub fn unhealthy(watched: &Watched) -> Vec<String> {
    if watched.engine.is_closing() {
        return Vec::new();
    }
    let stats = watched.engine.stats();
    let ended = threads(stats.threads());
    ended
        .into_iter()
        .chain(stalled(stats.waiting(), stats.stalled()))
        .collect()
}

/// Why it does not do its work; empty when it does.
pub fn unready(watched: &Watched) -> Vec<String> {
    let mut reasons = unhealthy(watched);
    if watched.is_stopping() {
        reasons.push("the process is stopping".to_owned());
    }
    let bots = watched.bots();
    if bots.is_empty() {
        reasons.push("no bot is polled".to_owned());
    }
    reasons.extend(bots.iter().filter_map(|bot| unpolled(bot)));
    reasons.extend(unwritable(&watched.engine));
    reasons
}

fn threads((started, ended): (usize, usize)) -> Option<String> {
    (ended > 0).then(|| format!("{ended} of {started} threads of the boards have ended: restart"))
}

fn stalled(waiting: u64, stalled: Duration) -> Option<String> {
    let seconds = stalled.as_secs();
    (stalled > STALLED)
        .then(|| format!("{waiting} commands wait, and none was answered for {seconds} s: restart"))
}

fn unpolled(bot: &BotVitals) -> Option<String> {
    let polling = bot.polling();
    let why = match polling.state {
        PollState::Starting if polling.problem.is_none() => {
            "Telegram has not answered its first poll yet"
        }
        PollState::NoToken => "it has no token of its own",
        PollState::Waiting => "another process polls it on the same data; this one waits",
        PollState::Stopped => "it is polled no more",
        PollState::Polling => return None,
        // That does not pass by itself.
        PollState::Refused => "Telegram refuses its token",
        // Not known to be wrong for long enough.
        _ if polling.failing < FAILING && bot.has_polled() => return None,
        PollState::Conflict => "it has another poller or a webhook",
        PollState::Starting | PollState::Failing => "Telegram cannot be polled",
    };
    let (bot, seconds) = (name(bot), polling.failing.as_secs());
    Some(match polling.problem {
        Some(problem) => format!("bot {bot}: {why}, for {seconds} s: {problem}"),
        None => format!("bot {bot}: {why}"),
    })
}

/// By Telegram's number, or by the bridge's while that is not known.
fn name(bot: &BotVitals) -> String {
    match bot.entry {
        Some(entry) if bot.id == BotId(0) => format!("{entry} of the bridge"),
        _ => bot.id.to_string(),
    }
}

fn unwritable(engine: &Monitor) -> Vec<String> {
    let obstacles = &engine.stats().obstacles;
    let disk = obstacles.disk();
    let mut reasons: Vec<String> = disk
        .map(|error| format!("disk: {error}"))
        .into_iter()
        .collect();
    let streams = obstacles.streams();
    // Many chats depend on each of the few others.
    let (chats, others): (Vec<_>, Vec<_>) = streams
        .iter()
        .partition(|(stream, _)| stream.chat().is_some());
    let named = others.into_iter().chain(chats).take(NAMED);
    reasons.extend(named.map(|(stream, blocked)| {
        let (stream, obstacle) = (stream_name(*stream), blocked.obstacle.name());
        format!("{stream}: {obstacle}: {}", blocked.error)
    }));
    if let Some(more) = streams.len().checked_sub(NAMED + 1) {
        reasons.push(format!("and {} more", more + 1));
    }
    reasons
}

fn stream_name(stream: StreamId) -> String {
    match stream {
        StreamId::Chat(chat) => format!("chat {chat}"),
        StreamId::Bridge => "bridge".to_owned(),
        StreamId::Notifier(tracker) => format!("notification tracker {tracker}"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{STALLED, stalled, threads};

    #[test]
    fn a_thread_that_ended_is_a_reason_to_restart() {
        assert_eq!(threads((17, 0)), None);
        let reason = threads((17, 1)).expect("a reason");
        assert!(reason.contains("1 of 17"), "{reason}");
    }

    #[test]
    fn commands_may_wait_for_a_slow_disk_but_not_for_ever() {
        assert_eq!(stalled(0, Duration::ZERO), None);
        assert_eq!(stalled(9, STALLED), None);
        let reason = stalled(9, STALLED + Duration::from_secs(1)).expect("a reason");
        assert!(
            reason.contains("9 commands") && reason.contains("121 s"),
            "{reason}"
        );
    }
}

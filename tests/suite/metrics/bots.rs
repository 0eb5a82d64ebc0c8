//! Readiness follows what Telegram says to the bot; health does not, since no restart mends that.

use std::sync::Arc;
use std::time::Duration;

use bounty_ledger::domain::BotId;
use bounty_ledger::domain::bridge::TelegramBotId;
use bounty_ledger::telegram::{BotVitals, PollState};

use crate::support::bot::{LIMIT, Stage, TOKEN};
use crate::support::bot_api::{Fault, FaultRule};
use crate::support::http::{get, wait_get, wait_metric};

use super::disk::Lab;
use super::run;

const CONFLICT: &str = "bounty_poll_state{bot=\"7001\",entry=\"1\",state=\"conflict\"}";
const POLLING: &str = "bounty_poll_state{bot=\"7001\",entry=\"1\",state=\"polling\"}";

#[test]
fn a_bot_with_a_webhook_is_not_ready_until_the_webhook_is_gone() {
    let stage = Stage::new();
    stage.api.set_webhook(TOKEN, true);
    let (bot, server) = run(&stage);
    let answer = wait_get(server, "/readyz", |answer| {
        answer.body.contains("webhook is active")
    });
    assert_eq!(answer.status, 503);
    assert!(
        answer
            .body
            .contains("bot 7001: it has another poller or a webhook")
    );
    let metrics = wait_metric(server, CONFLICT, 1.0);
    assert_eq!(
        (metrics.get(POLLING), metrics.get("bounty_ready")),
        (0.0, 0.0)
    );
    assert_eq!(get(server, "/healthz").status, 200);
    stage.api.set_webhook(TOKEN, false);
    wait_get(server, "/readyz", |answer| answer.status == 200);
    wait_metric(server, POLLING, 1.0);
    bot.stop().ok();
}

#[test]
fn a_network_that_stays_away_makes_it_unready_and_its_return_is_seen() {
    let stage = Stage::new();
    let (bot, server) = run(&stage);
    stage.wait_polling();
    wait_get(server, "/readyz", |answer| answer.status == 200);
    let lost = FaultRule::new(Fault::ResetBefore).method("getUpdates");
    stage.api.fault(lost.forever());
    // The poll in flight ends.
    stage.api.set_webhook(TOKEN, true);
    stage.api.set_webhook(TOKEN, false);
    let answer = wait_get(server, "/readyz", |answer| answer.status == 503);
    assert!(
        answer.body.contains("Telegram cannot be polled"),
        "{answer:?}"
    );
    assert!(answer.body.contains("network error"), "{answer:?}");
    assert_eq!(get(server, "/healthz").status, 200);
    stage.api.clear_faults();
    wait_get(server, "/readyz", |answer| answer.status == 200);
    bot.stop().ok();
}

#[test]
fn before_telegram_answers_at_all_it_is_healthy_and_not_ready() {
    let stage = Stage::new();
    let unknown = FaultRule::new(Fault::ResetBefore).method("getMe");
    stage.api.fault(unknown.forever());
    let (bot, server) = run(&stage);
    wait_get(server, "/readyz", |answer| {
        answer.status == 503 && answer.body.contains("bot 7001: Telegram cannot be polled")
    });
    assert_eq!(get(server, "/healthz").status, 200);
    stage.api.clear_faults();
    wait_get(server, "/readyz", |answer| answer.status == 200);
    bot.stop().ok();
}

#[test]
fn a_second_process_that_waits_for_the_first_is_not_ready_until_it_polls() {
    let stage = Stage::new();
    let (first, _) = run(&stage);
    stage.wait_polling();
    let (second, server) = run(&stage);
    wait_get(server, "/readyz", |answer| {
        answer.status == 503 && answer.body.contains("another process polls it")
    });
    assert_eq!(get(server, "/healthz").status, 200);
    first.stop().ok();
    wait_get(server, "/readyz", |answer| answer.status == 200);
    second.stop().ok();
}

#[test]
fn before_the_first_poll_is_answered_it_is_not_ready_and_that_poll_does_not_wait() {
    let stage = Stage::new();
    let late = Fault::Delay(Duration::from_secs(3_600));
    stage.api.fault(FaultRule::new(late).method("getUpdates"));
    let (bot, server) = run(&stage);
    let first_poll = || {
        let calls = stage.api.calls();
        calls.into_iter().find(|call| call.is("getUpdates"))
    };
    stage
        .api
        .wait_until(LIMIT, "a poll", |_| first_poll().is_some());
    let timeout = first_poll().and_then(|call| call.params.get("timeout").cloned());
    assert!(timeout.is_none_or(|timeout| timeout == 0));
    let answer = get(server, "/readyz");
    assert_eq!(answer.status, 503);
    assert!(
        answer.body.contains("has not answered its first poll"),
        "{answer:?}"
    );
    wait_metric(server, &POLLING.replace("polling", "starting"), 1.0);
    bot.stop().ok();
    let (bot, server) = run(&stage);
    wait_get(server, "/readyz", |answer| answer.status == 200);
    bot.stop().ok();
}

#[test]
fn each_entry_of_the_bridge_is_shown_also_without_a_token_or_with_anothers() {
    let lab = Lab::new();
    let entries = [
        (1, 0, PollState::NoToken),
        (2, 0, PollState::NoToken),
        (3, 77, PollState::Refused),
        (4, 77, PollState::Refused),
    ];
    for (entry, bot, state) in entries {
        let bot = BotVitals::of_entry(TelegramBotId(entry), BotId(bot));
        bot.is_now(state);
        lab.roster.add(Arc::new(bot));
    }
    for (entry, bot, state) in entries {
        let (entry, state) = (format!("entry=\"{entry}\""), state.name());
        let sample = format!("bounty_poll_state{{bot=\"{bot}\",{entry},state=\"{state}\"}}");
        wait_metric(lab.server, &sample, 1.0);
    }
}

//! Readiness follows what Telegram says to the bot; health does not, since no restart mends that.

use crate::support::bot::{Stage, TOKEN};
use crate::support::bot_api::{Fault, FaultRule};
use crate::support::http::{get, wait_get, wait_metric};

use super::run;

const CONFLICT: &str = "bounty_poll_state{bot=\"7001\",state=\"conflict\"}";
const POLLING: &str = "bounty_poll_state{bot=\"7001\",state=\"polling\"}";

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

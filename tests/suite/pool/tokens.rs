//! A bot whose token is missing, refused or another's rests, is shown, and is tried again; the others go on.

use super::{GROUP, REVOKED, TOKENS, Troupe};
use crate::metrics::address;
use crate::support::bot::LIMIT;
use crate::support::bot_api::{Fault, FaultRule};
use crate::support::http::{get, wait_get};

#[test]
fn a_refused_token_is_shown_and_tried_again_when_the_bots_entry_changes() {
    let troupe = Troupe::new();
    troupe.bridge("listener add --tracker 1 --bot 1");
    troupe.bridge("listener add --tracker 1 --bot 4");
    let bot = troupe.run(&["--metrics", ":0"]);
    let server = address(&bot);
    troupe.wait_polled([true, false, false]);
    let answer = wait_get(server, "/readyz", |answer| {
        answer.body.contains("Telegram refuses its token")
    });
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("bot 7004"), "{answer:?}");
    assert_eq!(get(server, "/healthz").status, 200);
    // The same token is valid again.
    troupe.stage.api.add_bot(REVOKED, 7004, "four_bot");
    troupe.bridge("bot edit 4 --name Again");
    let is_polled = |api: &crate::support::bot_api::FakeBotApi| api.polls_in_flight(REVOKED) > 0;
    (troupe.stage.api).wait_until(LIMIT, "bot 4 is polled", is_polled);
    wait_get(server, "/readyz", |answer| answer.status == 200);
    bot.stop().ok();
}

#[test]
fn a_bot_whose_token_is_revoked_while_it_runs_is_shown_at_once_and_does_not_disturb_the_others() {
    let troupe = Troupe::new();
    troupe.bridge("listener add --tracker 1 --bot 1");
    troupe.bridge("listener add --tracker 1 --bot 2");
    let bot = troupe.run(&["--metrics", ":0"]);
    let server = address(&bot);
    troupe.wait_polled([true, true, false]);
    wait_get(server, "/readyz", |answer| answer.status == 200);
    troupe.stage.api.revoke(TOKENS[1]);
    bot.wait_says("a bot cannot be polled");
    let answer = get(server, "/readyz");
    let refused = "bot 7002: Telegram refuses its token";
    assert!(answer.body.contains(refused), "{answer:?}");
    troupe.say(TOKENS[0], "/add Goes on");
    troupe.stage.wait_texts(GROUP, 1);
    bot.stop().ok();
}

#[test]
fn a_token_that_is_not_there_is_named_by_its_place() {
    let troupe = Troupe::new();
    troupe.bridge("bot edit 2 --token-file nowhere/token");
    troupe.bridge("bot edit 3 --token-env NOT_SET");
    for id in 1..=3 {
        troupe.bridge(&format!("listener add --tracker 1 --bot {id}"));
    }
    let bot = troupe.run(&["--metrics", ":0"]);
    let server = address(&bot);
    troupe.wait_polled([true, false, false]);
    wait_get(server, "/readyz", |answer| {
        answer.status == 503
            && answer
                .body
                .contains("bot 2 of the bridge: it has no token of its own")
            && answer.body.contains("nowhere/token")
            && answer.body.contains("NOT_SET")
    });
    troupe.bridge("bot edit 3 --token-env TOKEN_3");
    troupe.wait_polled([true, false, true]);
    bot.stop().ok();
}

#[test]
fn the_only_bot_without_a_token_ends_the_process_with_its_place() {
    let troupe = Troupe::new();
    troupe.bridge("bot edit 1 --token-env NOT_SET");
    troupe.bridge("listener add --tracker 1 --bot 1");
    let ended = troupe.run(&[]).wait();
    assert_eq!(ended.code, Some(1), "{}", ended.output);
    assert!(ended.output.contains("NOT_SET"), "{}", ended.output);
}

#[test]
fn the_only_bot_with_a_refused_token_ends_the_process_and_names_botfather() {
    let troupe = Troupe::new();
    troupe.bridge("listener add --tracker 1 --bot 4");
    let ended = troupe.run(&[]).wait();
    assert_eq!(ended.code, Some(1), "{}", ended.output);
    assert!(ended.output.contains("BotFather"), "{}", ended.output);
    assert!(ended.output.contains("TOKEN_4"), "{}", ended.output);
}

#[test]
fn of_two_bots_with_one_token_the_first_is_polled() {
    let troupe = Troupe::new();
    troupe.bridge("bot edit 2 --token-env TOKEN_1");
    troupe.bridge("listener add --tracker 1 --bot 1");
    troupe.bridge("listener add --tracker 1 --bot 2");
    let bot = troupe.run(&[]);
    troupe.wait_polled([true, false, false]);
    bot.wait_says("its token is that of bot 1");
    troupe.say(TOKENS[0], "/add Once");
    troupe.stage.wait_texts(GROUP, 1);
    troupe.wait_confirmed(TOKENS[0]);
    bot.stop().ok();
    assert_eq!(troupe.stage.texts(GROUP).len(), 1);
}

#[test]
fn a_bot_with_another_poller_and_one_without_a_network_do_not_disturb_the_others() {
    let troupe = Troupe::new();
    for id in 1..=3 {
        troupe.bridge(&format!("listener add --tracker 1 --bot {id}"));
    }
    let conflict = Fault::status(409, "Conflict: terminated by other getUpdates request");
    for (token, fault) in [(TOKENS[1], conflict), (TOKENS[2], Fault::ResetBefore)] {
        let rule = FaultRule::new(fault).method("getUpdates").token(token);
        troupe.stage.api.fault(rule.forever());
    }
    let bot = troupe.run(&[]);
    bot.wait_says("terminated by other");
    bot.wait_says("cannot poll: network error");
    troupe.say(TOKENS[0], "/add Goes on");
    troupe.stage.wait_texts(GROUP, 1);
    troupe.stage.api.clear_faults();
    troupe.say(TOKENS[1], "/add Comes back");
    troupe.stage.wait_texts(GROUP, 2);
    troupe.wait_polled([true, true, true]);
    bot.stop().ok();
}

#[test]
fn why_the_only_bots_token_cannot_be_read_is_said_once_with_the_bots_name() {
    let troupe = Troupe::new();
    troupe.bridge("bot edit 1 --token-file nowhere/token");
    troupe.bridge("listener add --tracker 1 --bot 1");
    let ended = troupe.run(&[]).wait();
    assert_eq!(ended.code, Some(1), "{}", ended.output);
    let output = ended.output;
    for said in ["nowhere/token", "os error 2", "cannot be read"] {
        assert_eq!(output.matches(said).count(), 1, "{said}: {output}");
    }
    assert!(output.contains("bot 1 \"One\""), "{output}");
}

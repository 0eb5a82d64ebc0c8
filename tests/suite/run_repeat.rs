//! Updates that come again: they change nothing, and are answered again.

use crate::support::bot::{LIMIT, Stage, TOKEN};
use crate::support::bot_api::updates::{User, group};
use crate::support::bot_api::{Fault, FaultRule};

const GROUP: i64 = -42;

fn no_confirmation() -> FaultRule {
    FaultRule::new(Fault::ResetBefore).method("getUpdates")
}

#[test]
fn updates_that_come_again_after_a_crash_change_nothing_and_get_the_same_answers() {
    let stage = Stage::new();
    let (chat, ada) = (group(GROUP, "Group"), User::new(1, "Ada"));
    let bot = stage.run(&[]);
    stage.wait_polling();
    stage.api.fault(no_confirmation().forever());
    let texts = [
        "/start",
        "/add First https://e.com/1 tomorrow 18:00",
        "/add Second",
        "/edit 1 The first",
        "/track 2",
        "/untrack 2",
        "/delete 2",
    ];
    // All in one batch, or in several: a poll that was under way may see the first ones only.
    for text in texts {
        stage.say(&chat, &ada, text);
    }
    stage.wait_texts(GROUP, 1);
    let first = bot.kill();
    let known = stage.data.events(GROUP);
    stage.api.clear_faults();

    let bot = stage.run(&[]);
    stage.wait_confirmed();
    bot.stop().ok();
    let events = stage.data.events(GROUP);
    assert_eq!(events[..known.len()], known, "{}", first.output);
    assert_eq!(events.len(), texts.len() + 1);

    let again = stage.texts(GROUP);
    let (before, after) = again.split_at(again.len() - texts.len());
    assert!(!before.is_empty());
    assert_eq!(before, &after[..before.len()]);
    stage.assert_sound();
}

#[test]
fn an_update_that_is_delivered_again_is_answered_as_it_was_then() {
    let stage = Stage::new();
    let (chat, ada) = (group(GROUP, "Group"), User::new(1, "Ada"));
    let bot = stage.run(&[]);
    let texts = ["/add First", "/edit 1 Changed", "/track 1", "/delete 1"];
    let updates: Vec<_> = texts
        .iter()
        .map(|text| {
            let mut update = stage.message(&chat, &ada, text);
            update["update_id"] = stage.push(update.clone()).into();
            update
        })
        .collect();
    let first = stage.wait_texts(GROUP, 4);
    stage.wait_confirmed();
    let log = stage.data.log_bytes(GROUP);
    for update in &updates {
        stage.push(update.clone());
    }
    let all = stage.wait_texts(GROUP, 8);
    bot.stop().ok();
    assert_eq!(first, all[4..], "the same words, though the bounty is gone");
    assert_eq!(log, stage.data.log_bytes(GROUP));
    stage.assert_sound();
}

#[test]
fn a_batch_whose_answer_was_lost_is_carried_out_when_it_comes_again() {
    let stage = Stage::new();
    let (chat, ada) = (group(GROUP, "Group"), User::new(1, "Ada"));
    let bot = stage.run(&[]);
    stage.wait_polling();
    let lost = FaultRule::new(Fault::LostResponse).method("getUpdates");
    stage.api.fault(lost);
    stage.say(&chat, &ada, "/add First");
    stage.wait_texts(GROUP, 1);
    // The poll that confirms the first one now waits for the second, and loses it.
    stage.say(&chat, &ada, "/add Second");
    stage.wait_texts(GROUP, 2);
    stage.wait_confirmed();
    let output = bot.stop().ok().output;
    assert!(output.contains("cannot poll"), "{output}");
    assert_eq!(stage.texts(GROUP).len(), 2);
    let ids: Vec<_> = stage.data.events(GROUP)[1..]
        .iter()
        .map(|event| event["data"]["id"].clone())
        .collect();
    assert_eq!(ids, [1, 2]);
}

#[test]
fn the_same_update_id_in_another_numbering_is_another_update() {
    let stage = Stage::new();
    let (chat, ada) = (group(GROUP, "Group"), User::new(1, "Ada"));
    let bot = stage.run(&[]);
    let mut first = stage.message(&chat, &ada, "/add Before the restart");
    first["update_id"] = 900_000.into();
    stage.push(first);
    stage.wait_texts(GROUP, 1);
    stage.wait_confirmed();
    // After a week without updates Telegram may begin anywhere, also below.
    for (id, text) in [(5_000, "/add After it"), (5_001, "/add And on")] {
        let mut update = stage.message(&chat, &ada, text);
        update["update_id"] = id.into();
        stage.push(update);
    }
    let mut same_id = stage.message(&chat, &ada, "/add Under an old number");
    same_id["update_id"] = 900_000.into();
    stage.push(same_id);
    stage.api.wait_until(LIMIT, "all answered", |api| {
        api.messages(GROUP).len() >= 4 && api.unconfirmed(TOKEN) == 0
    });
    bot.stop().ok();
    assert_eq!(stage.data.json(GROUP, "group.json")["next_id"], 5);
}

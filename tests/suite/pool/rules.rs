//! Each bot answers by its own config, as it is when the command comes in.

use serde_json::Value;

use super::{GROUP, TOKENS, Troupe};
use crate::support::DATE;
use crate::support::bot::{Bot, LIMIT};
use crate::support::bot_api::updates::{User, dm, group, text_message};

const ADA: i64 = 1;

/// Bot 1 answers everything, bot 2 what can be read and two entries at a time.
fn run() -> (Troupe, Bot) {
    run_with(&[])
}

fn run_with(changes: &[&str]) -> (Troupe, Bot) {
    let troupe = Troupe::new();
    let setup = [
        "config add --name Reader --commands bounty,help --default-count 2",
        "tracker add --name Reading --provider 1 --config 2",
        "listener add --tracker 1 --bot 1",
        "listener add --tracker 2 --bot 2",
    ];
    for line in setup.iter().chain(changes) {
        troupe.bridge(line);
    }
    let bot = troupe.run(&[]);
    troupe.wait_polled([true, true, false]);
    (troupe, bot)
}

/// Ada writes this to bot 2 in their private chat.
fn say_privately(troupe: &Troupe, text: &str) {
    let ada = User::new(ADA, "Ada");
    let message = troupe.stage.message(&dm(&ada), &ada, text);
    troupe.stage.api.push(TOKENS[1], message);
}

#[test]
fn a_command_that_no_config_enables_is_answered_like_one_that_nobody_knows() {
    let (troupe, bot) = run();
    let second = TOKENS[1];
    troupe.say(second, "/add Silent in a group");
    troupe.say(second, "/unknown");
    troupe.say(second, "/add@two_bot Named");
    troupe.say(second, "/unknown@two_bot");
    let texts = troupe.stage.wait_texts(GROUP, 2);
    assert_eq!(texts[0], texts[1]);
    say_privately(&troupe, "/add Private");
    say_privately(&troupe, "/delete");
    say_privately(&troupe, "/unknown");
    let private = troupe.stage.wait_texts(ADA, 3);
    assert!(
        private.iter().all(|text| *text == private[2]),
        "{private:?}"
    );
    say_privately(&troupe, "/help");
    assert_ne!(troupe.stage.wait_texts(ADA, 4)[3], private[2]);
    troupe.wait_confirmed(second);
    bot.stop().ok();
    assert!(!troupe.stage.data.log(GROUP).exists(), "nothing was added");
    assert!(!troupe.stage.data.log(ADA).exists());
}

#[test]
fn two_bots_in_one_chat_see_one_board_on_pages_of_their_own_size() {
    let (troupe, bot) = run();
    for number in 1..=5 {
        troupe.say(TOKENS[0], &format!("/add Number {number}"));
        troupe.stage.wait_texts(GROUP, number);
    }
    let shown = |count: usize| {
        let texts = troupe.stage.wait_texts(GROUP, count);
        let list = texts.last().expect("a list").clone();
        list.matches("Number ").count()
    };
    troupe.say(TOKENS[1], "/bounty");
    assert_eq!(shown(6), 2);
    troupe.say(TOKENS[0], "/bounty");
    assert_eq!(shown(7), 5);
    bot.stop().ok();
}

#[test]
fn a_change_of_a_config_holds_for_the_next_commands_of_the_running_process() {
    let (troupe, bot) = run();
    troupe.bridge("config edit 2 --commands bounty,add,help");
    // Which of them comes after the change was seen nobody knows; the last one does.
    troupe
        .stage
        .api
        .wait_until(LIMIT, "the change to hold", |_| {
            troupe.say(TOKENS[1], "/add Now enabled");
            !troupe.stage.texts(GROUP).is_empty()
        });
    assert!(troupe.stage.texts(GROUP)[0].contains("Added #1"));
    bot.stop().ok();
}

/// Ada writes this in the group to this bot at that second; returns when that is confirmed.
fn say_at(troupe: &Troupe, token: &str, second: i64, text: &str) -> Value {
    let stage = &troupe.stage;
    let (chat, ada) = (group(GROUP, "Group"), User::new(ADA, "Ada"));
    let mut update = text_message(&chat, &ada, stage.message_id(), DATE + second, text);
    update["update_id"] = stage.api.push(token, update.clone()).into();
    troupe.wait_confirmed(token);
    update
}

#[test]
fn commands_that_come_too_soon_are_told_so_once_across_bots_and_duplicates_do_not_count() {
    let (troupe, bot) = run_with(&[
        "config edit 1 --limit write=30",
        "config edit 2 --commands add,bounty --limit write=20 --limit read=5",
    ]);
    let [one, two, _] = TOKENS;
    let mut first = None;
    let mut answers = 0;
    let said = [
        (one, 0, "/add One", Some("Added #1")),
        (two, 5, "/add Too soon", Some("again in 15 seconds")),
        (one, 6, "/add Silent", None),
        (two, 7, "/bounty", Some("One")),
        (two, 8, "/bounty", Some("again in 4 seconds")),
        (one, 9, "/bounty", Some("One")),
        (one, 29, "/add Silent too", None),
        (two, 30, "/add Two", Some("Added #2")),
        (one, 31, "/add Too soon again", Some("again in 29 seconds")),
    ];
    for (token, second, text, expected) in said {
        let update = say_at(&troupe, token, second, text);
        first.get_or_insert(update);
        if let Some(part) = expected {
            answers += 1;
            let answer = &troupe.stage.wait_texts(GROUP, answers)[answers - 1];
            assert!(answer.contains(part), "{text}: {answer}");
        }
    }
    // It comes again, which is no use and no event.
    troupe.stage.api.push(one, first.expect("the first update"));
    let answer = &troupe.stage.wait_texts(GROUP, answers + 1)[answers];
    assert!(answer.contains("Added #1"), "{answer}");
    bot.stop().ok();
    assert_eq!(troupe.stage.texts(GROUP).len(), answers + 1);
}

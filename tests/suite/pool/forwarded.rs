//! A group is told when forwarding of its board starts and stops, and its help says to whom it goes.

use super::{GROUP, TOKENS, Troupe};
use crate::support::DATE;
use crate::support::bot::{Bot, LIMIT};
use crate::support::bot_api::updates::{User, group, migrated_to, supergroup, text_message};
use crate::support::bot_api::{Fault, FaultRule};

const STARTED: &str = "From now on";
const STOPPED: &str = "no longer told to";
/// The group's id after it became a supergroup.
const NEW: i64 = -1_001_000_000_042;

fn run(setup: &[&str]) -> (Troupe, Bot) {
    let troupe = Troupe::new();
    troupe.bridge("listener add --tracker 1 --bot 1");
    setup.iter().for_each(|line| drop(troupe.bridge(line)));
    let bot = troupe.run(&[]);
    troupe.wait_polled([true, false, false]);
    (troupe, bot)
}

/// One chat is told what happens on these boards.
fn run_with_team(boards: &str) -> (Troupe, Bot) {
    run(&[
        "target add --name Team --bot 1 --chat -77",
        &format!("notifier add --name News --provider 1 --collections {boards}"),
        "link add --notifier 1 --target 1",
    ])
}

/// The help, as it is when it says something about this.
fn help(troupe: &Troupe, what: &str, is_that: impl Fn(&str) -> bool) -> String {
    let stage = &troupe.stage;
    stage.api.wait_until(LIMIT, what, |_| {
        troupe.say(TOKENS[0], "/help");
        stage.texts(GROUP).last().is_some_and(|text| is_that(text))
    });
    stage.texts(GROUP).pop().expect("a help")
}

#[test]
fn the_help_names_the_targets_as_long_as_they_are_told() {
    let (troupe, bot) = run(&[
        "target add --name Team --bot 1 --chat -77",
        "target add --name Here --bot 1 --chat -42",
        "target add --name Hook --type webhook --url https://example.com/private --key-env K",
        "notifier add --name News --provider 1 --collections *",
        "link add --notifier 1 --target 1",
        "link add --notifier 1 --target 2",
        "link add --notifier 1 --target 3",
    ]);
    let told = "also told to the web hook “Hook”, the chat “Team”.";
    let help_text = help(
        &troupe,
        "the help of a group whose board is forwarded",
        |text| text.contains(told),
    );
    assert!(
        !help_text.contains("Here") && !help_text.contains("private"),
        "{help_text}"
    );
    troupe.bridge("link disable 1");
    let told = "also told to the web hook “Hook”.";
    help(&troupe, "the change to hold", |text| text.contains(told));
    troupe.bridge("notifier disable 1");
    help(&troupe, "the end to hold", |text| !text.contains("told to"));
    bot.stop().ok();
}

/// Waits until something with this text is in a chat.
#[track_caller]
fn wait_said(troupe: &Troupe, chat: i64, part: &str) {
    let is_said = || texts_with(troupe, chat, part) > 0;
    troupe.stage.api.wait_until(LIMIT, part, |_| is_said());
}

/// How many messages of a chat have this text.
fn texts_with(troupe: &Troupe, chat: i64, part: &str) -> usize {
    let texts = troupe.stage.texts(chat);
    texts.iter().filter(|text| text.contains(part)).count()
}

/// A chat was told so often that its board is forwarded, and so often that it is not any more.
#[track_caller]
fn assert_told(troupe: &Troupe, chat: i64, times: [usize; 2]) {
    let told = [STARTED, STOPPED].map(|part| texts_with(troupe, chat, part));
    assert_eq!(told, times, "{:?}", troupe.stage.texts(chat));
}

/// Someone writes this in the supergroup.
fn say_after(troupe: &Troupe, text: &str) {
    let (chat, ada) = (supergroup(NEW, "Group"), User::new(1, "Ada"));
    let id = troupe.stage.message_id();
    let message = text_message(&chat, &ada, id, DATE, text);
    troupe.stage.api.push(TOKENS[0], message);
}

#[test]
fn a_chat_that_blocked_the_bot_is_told_what_waited_once_somebody_writes_there() {
    let (troupe, bot) = run_with_team("*");
    let api = &troupe.stage.api;
    let blocked = Fault::status(403, "Forbidden: bot was kicked from the group chat");
    api.fault(FaultRule::new(blocked).method("sendMessage").chat_id(-77));
    troupe.say(TOKENS[0], "/add One");
    bot.wait_says("does not want to hear from the bot");
    assert_eq!(texts_with(&troupe, -77, "One"), 0);
    let (chat, ada) = (group(-77, "Team"), User::new(1, "Ada"));
    let message = text_message(&chat, &ada, troupe.stage.message_id(), DATE, "Hello again");
    api.push(TOKENS[0], message);
    wait_said(&troupe, -77, "One");
    bot.stop().ok();
}

#[test]
fn after_its_id_changed_a_group_is_told_nothing_and_its_help_names_the_targets_still() {
    let (troupe, bot) = run_with_team("-42");
    troupe.say(TOKENS[0], "/add One");
    wait_said(&troupe, GROUP, STARTED);
    let (chat, ada) = (group(GROUP, "Group"), User::new(1, "Ada"));
    let moved = migrated_to(&chat, &ada, troupe.stage.message_id(), DATE, NEW);
    troupe.stage.api.migrate(GROUP, NEW);
    troupe.stage.api.push(TOKENS[0], moved);
    say_after(&troupe, "/add Two");
    say_after(&troupe, "/help");
    wait_said(&troupe, NEW, "also told to the chat “Team”.");
    wait_said(&troupe, -77, "Two");
    // After what was told: the tracker has seen the new id by then.
    say_after(&troupe, "/add Three");
    wait_said(&troupe, -77, "Three");
    troupe.wait_confirmed(TOKENS[0]);
    bot.stop().ok();
    assert_told(&troupe, GROUP, [1, 0]);
    assert_told(&troupe, NEW, [0, 0]);
}

#[test]
fn a_group_is_told_once_more_when_a_target_of_the_same_name_becomes_another_chat() {
    let (troupe, bot) = run_with_team("-42");
    troupe.say(TOKENS[0], "/add One");
    wait_said(&troupe, GROUP, STARTED);
    troupe.bridge("target edit 1 --chat -78");
    wait_said(&troupe, GROUP, STOPPED);
    troupe.bridge("target edit 1 --chat-action typing");
    troupe.say(TOKENS[0], "/add Two");
    wait_said(&troupe, -78, "Two");
    troupe.wait_confirmed(TOKENS[0]);
    bot.stop().ok();
    assert_told(&troupe, GROUP, [2, 1]);
}

//! A group's help says to whom else it is told what happens on its board.

use super::{GROUP, TOKENS, Troupe};
use crate::support::bot::{Bot, LIMIT};

fn run(setup: &[&str]) -> (Troupe, Bot) {
    let troupe = Troupe::new();
    troupe.bridge("listener add --tracker 1 --bot 1");
    setup.iter().for_each(|line| drop(troupe.bridge(line)));
    let bot = troupe.run(&[]);
    troupe.wait_polled([true, false, false]);
    (troupe, bot)
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

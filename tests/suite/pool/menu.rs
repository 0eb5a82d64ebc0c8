//! The command menu of each bot, and what its help tells of, follow the configs that answer there.

use std::collections::BTreeMap;

use bounty_ledger::domain::Locale;

use super::{GROUP, TOKENS, Troupe};
use crate::support::Data;
use crate::support::bot::{Bot, LIMIT};
use crate::support::bot_api::updates::{User, dm};
use crate::support::bot_api::{Call, CommandSet, FakeBotApi, Fault, FaultRule};

/// The kinds of chat that a menu is set for.
const PRIVATE: &str = "all_private_chats";
const GROUPS: &str = "all_group_chats";
const ALL: [&str; 12] = [
    "add", "bounty", "track", "untrack", "my", "edit", "delete", "history", "language", "timezone",
    "help", "start",
];

/// Bot 1 answers everything; bot 2 tells what there is and lets it be tracked.
fn run(args: &[&str]) -> (Troupe, Bot) {
    let troupe = Troupe::new();
    for line in [
        "config add --name Reader --commands bounty,help,track",
        "tracker add --name Reading --provider 1 --config 2",
        "listener add --tracker 1 --bot 1",
        "listener add --tracker 2 --bot 2",
    ] {
        troupe.bridge(line);
    }
    let bot = troupe.run(args);
    troupe.wait_polled([true, true, false]);
    (troupe, bot)
}

fn names(set: &CommandSet) -> Vec<&str> {
    let commands = set.commands.iter();
    commands.filter_map(|one| one["command"].as_str()).collect()
}

/// The commands of a bot for this kind of chat: in every language the same ones, one list for each and one for all others.
fn menu(api: &FakeBotApi, token: &str, scope: &str) -> Option<Vec<String>> {
    let mut sets = api.commands(token);
    sets.retain(|set| set.scope["type"] == scope);
    let lists: BTreeMap<&str, Vec<&str>> = sets
        .iter()
        .map(|set| (set.language_code.as_str(), names(set)))
        .collect();
    let others = lists.get("")?;
    let all = Locale::ALL
        .iter()
        .all(|locale| lists.contains_key(locale.as_str()));
    let is_same = all && lists.values().all(|list| list == others);
    is_same.then(|| others.iter().map(ToString::to_string).collect())
}

#[track_caller]
fn wait_menu(troupe: &Troupe, token: &str, scope: &str, expected: &[&str]) {
    let what = format!("{scope}: {expected:?}");
    (troupe.stage.api).wait_until(LIMIT, &what, |api| {
        menu(api, token, scope).is_some_and(|found| found == expected)
    });
}

/// Waits until a bot has no list of this kind.
#[track_caller]
fn wait_none(troupe: &Troupe, token: &str, scope: &str) {
    let what = format!("no menu for {scope}");
    (troupe.stage.api).wait_until(LIMIT, &what, |api| {
        let sets = api.commands(token);
        !sets.iter().any(|set| set.scope["type"] == scope)
    });
}

/// The changes of a bot's menu so far.
fn changes(troupe: &Troupe, token: &str) -> usize {
    let calls = troupe.stage.api.calls();
    let is_change = |call: &&Call| {
        call.token == token && (call.is("setMyCommands") || call.is("deleteMyCommands"))
    };
    calls.iter().filter(is_change).count()
}

#[test]
fn each_bot_shows_what_it_answers_and_follows_the_bridge_where_that_differs() {
    let (troupe, bot) = run(&["--menu-delay", "0"]);
    let [one, two, _] = TOKENS;
    wait_menu(&troupe, one, GROUPS, &ALL);
    let private: Vec<&str> = ALL
        .into_iter()
        .filter(|name| !name.contains("track"))
        .collect();
    wait_menu(&troupe, one, PRIVATE, &private);
    wait_menu(
        &troupe,
        two,
        PRIVATE,
        &["bounty", "language", "timezone", "help"],
    );
    wait_menu(
        &troupe,
        two,
        GROUPS,
        &["bounty", "track", "language", "timezone", "help"],
    );
    let before = (changes(&troupe, one), changes(&troupe, two));
    // In DMs it stays what it was.
    troupe.bridge("config edit 2 --commands bounty,help,untrack");
    wait_menu(
        &troupe,
        two,
        GROUPS,
        &["bounty", "untrack", "language", "timezone", "help"],
    );
    assert_eq!(changes(&troupe, two), before.1 + before.1 / 2);
    // A list without a command is removed, not set.
    troupe.bridge("config edit 2 --commands=");
    wait_none(&troupe, two, PRIVATE);
    wait_none(&troupe, two, GROUPS);
    // In DMs nothing is left but what every bot answers that answers anything.
    troupe.bridge("config edit 2 --commands track");
    wait_menu(&troupe, two, GROUPS, &["track", "language", "timezone"]);
    wait_menu(&troupe, two, PRIVATE, &["language", "timezone"]);
    // A second tracker adds what the first does not answer.
    troupe.bridge("config add --name Writer --commands add");
    troupe.bridge("tracker add --name Writing --provider 1 --config 3");
    troupe.bridge("listener add --tracker 3 --bot 2");
    wait_menu(
        &troupe,
        two,
        GROUPS,
        &["add", "track", "language", "timezone"],
    );
    wait_menu(&troupe, two, PRIVATE, &["add", "language", "timezone"]);
    assert_eq!(changes(&troupe, one), before.0, "nothing changed for bot 1");
    bot.stop().ok();
    assert!(menu(&troupe.stage.api, one, GROUPS).is_some(), "it stays");
}

#[test]
fn the_menu_of_a_bot_that_nothing_listens_through_any_more_is_removed_and_comes_back() {
    let (troupe, bot) = run(&["--menu-delay", "0"]);
    let two = TOKENS[1];
    wait_menu(
        &troupe,
        two,
        PRIVATE,
        &["bounty", "language", "timezone", "help"],
    );
    troupe.bridge("tracker disable 2");
    wait_none(&troupe, two, PRIVATE);
    wait_none(&troupe, two, GROUPS);
    troupe.bridge("tracker enable 2");
    wait_menu(
        &troupe,
        two,
        PRIVATE,
        &["bounty", "language", "timezone", "help"],
    );
    wait_menu(
        &troupe,
        two,
        GROUPS,
        &["bounty", "track", "language", "timezone", "help"],
    );
    bot.stop().ok();
}

#[test]
fn a_change_waits_until_the_bridge_has_rested_while_commands_already_follow_it() {
    let (troupe, bot) = run(&["--menu-delay", "100000"]);
    let two = TOKENS[1];
    wait_menu(
        &troupe,
        two,
        GROUPS,
        &["bounty", "track", "language", "timezone", "help"],
    );
    let before = changes(&troupe, two);
    troupe.bridge("config edit 2 --commands add");
    (troupe.stage.api).wait_until(LIMIT, "the change to hold", |_| {
        troupe.say(two, "/add Now enabled");
        !troupe.stage.texts(GROUP).is_empty()
    });
    assert_eq!(changes(&troupe, two), before);
    bot.stop().ok();
}

#[test]
fn a_menu_that_fails_for_a_while_is_set_at_last_and_holds_up_nothing() {
    let (troupe, bot) = run(&["--menu-delay", "0"]);
    let two = TOKENS[1];
    wait_menu(
        &troupe,
        two,
        GROUPS,
        &["bounty", "track", "language", "timezone", "help"],
    );
    for fault in [
        Fault::ResetBefore,
        Fault::LostResponse,
        Fault::too_many_requests(1),
        Fault::status(400, "Bad Request: no"),
    ] {
        let rule = FaultRule::new(fault).token(two);
        troupe.stage.api.fault(rule.method("setMyCommands"));
    }
    troupe.bridge("config edit 2 --commands bounty,help,add");
    bot.wait_says("the command menu could not be set");
    troupe.say(two, "/bounty");
    troupe.stage.wait_texts(GROUP, 1);
    wait_menu(
        &troupe,
        two,
        PRIVATE,
        &["add", "bounty", "language", "timezone", "help"],
    );
    wait_menu(
        &troupe,
        two,
        GROUPS,
        &["add", "bounty", "language", "timezone", "help"],
    );
    bot.stop().ok();
}

#[test]
fn the_help_tells_of_what_the_bot_answers_where_it_was_asked() {
    let (troupe, bot) = run(&[]);
    let ada = User::new(1, "Ada");
    let shown = |text: &str| -> Vec<String> {
        let commands = text.lines().filter(|line| line.starts_with('/'));
        let name = |line: &str| line.split([' ', '\n']).next().map(str::to_owned);
        commands.filter_map(name).collect()
    };
    troupe.say(TOKENS[1], "/help@two_bot");
    let texts = troupe.stage.wait_texts(GROUP, 1);
    assert_eq!(
        shown(&texts[0]),
        ["/bounty", "/track", "/language", "/timezone", "/help"]
    );
    let message = troupe.stage.message(&dm(&ada), &ada, "/help");
    troupe.stage.api.push(TOKENS[1], message);
    let texts = troupe.stage.wait_texts(ada.id, 1);
    assert_eq!(
        shown(&texts[0]),
        ["/bounty", "/language", "/timezone", "/help"]
    );
    troupe.say(TOKENS[0], "/help@bounty_bot");
    let texts = troupe.stage.wait_texts(GROUP, 2);
    assert_eq!(shown(&texts[1]), ALL.map(|name| format!("/{name}")));
    bot.stop().ok();
}

#[test]
fn unless_told_otherwise_a_menu_follows_within_half_a_minute_of_the_last_change() {
    let help = Data::new().run(&["run", "--help"]).ok().stdout;
    let (_, about) = help.split_once("--menu-delay").expect("the option");
    let (_, default) = about.split_once("[default: ").expect("its default");
    let seconds = default.split(']').next().and_then(|text| text.parse().ok());
    // The log is looked at every second, and setting the lists takes its time.
    assert!(seconds.is_some_and(|seconds: u32| seconds <= 20), "{about}");
}

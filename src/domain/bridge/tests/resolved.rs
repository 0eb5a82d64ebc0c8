//! Which bots are active, and what answers a command.

use super::given::{Given, add_bot, add_config, add_provider, add_tracker, listen, switch};
use crate::domain::BotId;
use crate::domain::bridge::{
    BridgeCommand, CommandTrackerListenerId, Identities, TelegramBotId, Unreachable, active_bots,
    first_heard, resolve, twins, unreachable,
};

const BOT: TelegramBotId = TelegramBotId(1);

fn config_of(given: &Given, command: &str) -> Option<u64> {
    resolve(&given.bridge, BOT, command).map(|found| found.config.id.0)
}

fn active(given: &Given) -> Vec<(u64, u64)> {
    let counts = active_bots(&given.bridge).into_iter();
    counts.map(|(bot, count)| (bot.0, count)).collect()
}

/// Tracker 2 comes second, whatever the order of listening, with a config that enables more.
fn overlapping() -> Given {
    Given::one_bot()
        .and(add_config("bounty", &["add", "my"]))
        .and(add_tracker(1, 2))
        .and(listen(2, 1))
}

#[test]
fn the_first_enabled_tracker_whose_config_has_the_command_answers() {
    let given = overlapping();
    assert_eq!(config_of(&given, "add"), Some(1));
    assert_eq!(config_of(&given, "my"), Some(2));
    assert_eq!(config_of(&given, "delete"), None);
    assert_eq!(resolve(&given.bridge, TelegramBotId(2), "add"), None);
    let given = given.and(switch(1, false));
    assert_eq!(config_of(&given, "add"), Some(2));
    assert_eq!(config_of(&given, "bounty"), None);
}

#[test]
fn the_chats_own_settings_are_answered_by_every_bot_that_answers_anything() {
    let given = overlapping();
    assert_eq!(config_of(&given, "language"), Some(1));
    assert_eq!(config_of(&given, "timezone"), Some(1));
    assert_eq!(config_of(&given, "help"), None);
    let enabled = Given::one_bot()
        .and(add_config("bounty", &["timezone"]))
        .and(add_tracker(1, 2))
        .and(listen(2, 1));
    assert_eq!(config_of(&enabled, "timezone"), Some(2));
    let empty = Given::opened()
        .and(add_provider("bounty"))
        .and(add_bot("ONE"))
        .and(add_config("bounty", &[]))
        .and(add_tracker(1, 1))
        .and(listen(1, 1));
    assert_eq!(config_of(&empty, "language"), None);
    assert!(first_heard(&empty.bridge, BOT).is_some());
    let silent = given.and(switch(1, false)).and(switch(2, false));
    assert_eq!(config_of(&silent, "language"), None);
    let first = first_heard(&silent.bridge, BOT);
    assert!(first.is_none());
}

#[test]
fn trackers_are_asked_by_their_ids_not_by_who_listened_first() {
    let given = Given::one_bot()
        .and(BridgeCommand::RemoveListener(CommandTrackerListenerId(1)))
        .and(add_config("bounty", &["add"]))
        .and(add_tracker(1, 2))
        .and(listen(2, 1))
        .and(listen(1, 1));
    assert_eq!(config_of(&given, "add"), Some(1));
}

#[test]
fn a_provider_that_nothing_here_serves_leaves_its_commands_to_the_next_tracker() {
    let given = Given::opened()
        .and(add_provider("immich"))
        .and(add_provider("bounty"))
        .and(add_bot("ONE"))
        .and(add_config("immich", &["add"]))
        .and(add_config("bounty", &["add"]))
        .and(add_tracker(1, 1))
        .and(add_tracker(2, 2))
        .and(listen(1, 1))
        .and(listen(2, 1));
    assert_eq!(config_of(&given, "add"), Some(2));
}

#[test]
fn a_bot_is_active_while_an_enabled_tracker_has_it_as_a_listener() {
    let given = overlapping().and(add_bot("TWO"));
    assert_eq!(active(&given), [(1, 2)]);
    let given = given.and(switch(1, false));
    assert_eq!(active(&given), [(1, 1)]);
    let given = given.and(listen(1, 2));
    assert_eq!(active(&given), [(1, 1)]);
    let given = given.and(switch(1, true)).and(switch(2, false));
    assert_eq!(active(&given), [(1, 1), (2, 1)]);
}

#[test]
fn what_has_no_effect_is_named_with_the_reason() {
    let given = Given::one_bot();
    let unknown = Identities::new();
    assert_eq!(unreachable(&given.bridge, &unknown), []);
    let given = given
        .and(add_bot("ONE"))
        .and(add_config("bounty", &["add"]))
        .and(add_config("bounty", &[]))
        .and(add_tracker(1, 2))
        .and(listen(2, 1));
    let found = unreachable(&given.bridge, &unknown);
    assert!(matches!(&found[..], [
        Unreachable::BotUnheard(_),
        Unreachable::SameToken(twins),
        Unreachable::ConfigEmpty(_),
        Unreachable::Shadowed { tracker, by },
    ] if (twins.first.id, twins.other.id) == (1, 2) && tracker.id == 2 && by[0].id == 1));
    let given = given.and(switch(1, false)).and(switch(2, false));
    let found = unreachable(&given.bridge, &unknown);
    let silenced =
        |found: &&Unreachable| matches!(found, Unreachable::BotSilenced(bot) if bot.id == 1);
    assert_eq!(found.iter().filter(silenced).count(), 1);
}

#[test]
fn bots_are_one_when_their_tokens_are_one_bots_or_in_one_place() {
    let given = Given::one_bot().and(add_bot("TWO")).and(add_bot("TWO"));
    let same = |known: &[(u64, i64)]| {
        let known = known
            .iter()
            .map(|(bot, id)| (TelegramBotId(*bot), BotId(*id)));
        let found = twins(given.bridge.bots.iter(), &known.collect());
        let ids = found.iter().map(|twins| (twins.first.id, twins.other.id));
        ids.collect::<Vec<_>>()
    };
    assert_eq!(same(&[]), [(2, 3)]);
    assert_eq!(same(&[(1, 7001), (2, 7002)]), [(2, 3)]);
    assert_eq!(same(&[(1, 7001), (2, 7001), (3, 7001)]), [(1, 2), (1, 3)]);
}

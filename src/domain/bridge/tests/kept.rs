//! What events carry, and what the state and the snapshot make of them.

use serde_json::{Value, json};

use super::given::{Given, NOW, add_config, add_provider, edit_bot, edit_config, switch};
use crate::domain::bridge::{
    BotParts, BridgeCommand, BridgeEvent, Change, CommandTrackerId, ConfigParts, changes,
};
use crate::domain::{Aggregate, Event};

fn data(event: &BridgeEvent) -> Value {
    serde_json::to_value(event.data()).expect("JSON")
}

#[test]
fn a_config_begins_with_the_defaults_and_all_commands_of_its_type() {
    let parts = ConfigParts {
        name: Some(" Plain ".to_owned()),
        ..ConfigParts::default()
    };
    let command = BridgeCommand::AddConfig {
        provider_type: "Bounty".to_owned(),
        parts,
    };
    let event = Given::opened().when(command).expect("accepted");
    let commands = [
        "add", "bounty", "track", "untrack", "my", "edit", "delete", "history", "language",
        "timezone", "help", "start",
    ];
    let expected = json!({
        "id": 1, "user_id": 1, "provider_type": "bounty", "name": "Plain", "icon": "",
        "enabled_commands": commands, "locale": "en", "response_mode": "media",
        "default_count": 5, "rate_limits": {}, "created_at": NOW,
    });
    assert_eq!(
        (event.name(), data(&event)),
        ("CommandConfigAdded", expected)
    );
}

#[test]
fn an_edit_carries_only_what_changes() {
    let given = Given::one_bot();
    let parts = ConfigParts {
        locale: Some("ru".to_owned()),
        default_count: Some(5),
        limits: vec![("write".to_owned(), "30".to_owned())],
        ..ConfigParts::default()
    };
    let event = given.when(edit_config(parts)).expect("accepted");
    let expected = json!({"id": 1, "locale": "ru", "rate_limits": {"write": 30}});
    assert_eq!(data(&event), expected);
    let event = given.when(switch(1, false)).expect("accepted");
    assert_eq!(data(&event), json!({"id": 1, "enabled": false}));
}

#[test]
fn a_limit_changes_by_category_and_zero_removes_it() {
    let limit = |category: &str, seconds: &str| {
        edit_config(ConfigParts {
            limits: vec![(category.to_owned(), seconds.to_owned())],
            ..ConfigParts::default()
        })
    };
    let given = Given::one_bot()
        .and(limit("read", "5"))
        .and(limit("write", "30"))
        .and(limit("read", "0"));
    let config = given.bridge.configs.iter().next().expect("a config");
    assert_eq!(json!(config.rate_limits), json!({"write": 30}));
}

#[test]
fn a_username_is_set_without_its_mark_and_cleared_by_null() {
    let username = |wish| {
        edit_bot(BotParts {
            username: Some(wish),
            ..BotParts::default()
        })
    };
    let given = Given::one_bot().and(username(Change::Set("@a_bot".to_owned())));
    let bot = given.bridge.bots.iter().next().expect("a bot");
    assert_eq!(bot.bot_username.as_deref(), Some("a_bot"));
    let event = given.when(username(Change::Clear)).expect("accepted");
    assert_eq!(data(&event), json!({"id": 1, "bot_username": null}));
}

#[test]
fn a_removed_tracker_takes_its_listeners_along_and_no_id_is_given_twice() {
    let given = Given::one_bot()
        .and(BridgeCommand::RemoveTracker(CommandTrackerId(1)))
        .and(super::given::add_tracker(1, 1))
        .and(super::given::listen(2, 1));
    let listeners: Vec<u64> = given.bridge.listeners.iter().map(|row| row.id.0).collect();
    assert_eq!(listeners, [2]);
}

#[test]
fn another_type_is_kept_with_commands_that_nothing_here_knows() {
    let given = Given::opened()
        .and(add_provider("immich"))
        .and(add_config("immich", &["search", "/latest", "search"]))
        .and(super::given::add_tracker(1, 1));
    let config = given.bridge.configs.iter().next().expect("a config");
    assert_eq!(config.enabled_commands, ["search", "latest"]);
}

#[test]
fn every_event_is_read_back_as_it_was_written() {
    let given = Given::one_bot();
    let commands = [switch(1, false), add_config("bounty", &["add"])];
    for command in commands {
        let event = given.when(command).expect("accepted");
        let text = serde_json::to_string(&event.data()).expect("JSON");
        let raw = serde_json::value::RawValue::from_string(text).expect("JSON");
        let read = BridgeEvent::decode(event.name(), 1, &raw).expect("known");
        assert_eq!(read, event);
    }
    let raw = serde_json::value::RawValue::from_string("{}".to_owned()).expect("JSON");
    assert!(BridgeEvent::decode("CommandConfigAdded", 2, &raw).is_err());
}

#[test]
fn the_snapshot_has_an_array_per_entity_under_its_tables_name() {
    let given = Given::one_bot();
    let bytes = given.bridge.snapshot("bridge.json", "head").expect("bytes");
    let file: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(file["user"].as_array().map(Vec::len), Some(2));
    assert_eq!(file["telegram_bot"][0]["token"], json!({"env": "ONE"}));
    let listener = json!({
        "id": 1, "command_tracker_id": 1, "listener_type": "telegram_bot", "listener_id": 1,
        "created_at": NOW,
    });
    assert_eq!(file["command_tracker_listener"], json!([listener]));
    assert_eq!((&file["seq"], &file["head"]), (&json!(8), &json!("head")));
    assert_eq!(file["next_id"]["command_tracker"], 2);
}

#[test]
fn changes_tell_old_and_new_of_every_field() {
    let given = Given::one_bot();
    let told = |event: &BridgeEvent| -> Vec<_> {
        let changes = changes(&given.bridge, event).into_iter();
        changes
            .map(|change| (change.field, change.old, change.new))
            .collect()
    };
    let off = given.when(switch(1, false)).expect("accepted");
    let expected = ("enabled".to_owned(), Some(json!(true)), Some(json!(false)));
    assert_eq!(told(&off), [expected]);
    let removed = BridgeCommand::RemoveTracker(CommandTrackerId(1));
    let removed = given.when(removed).expect("accepted");
    assert!(told(&removed).contains(&("name".to_owned(), Some(json!("A tracker")), None)));
}

//! What events carry, and what the state and the snapshot make of them.

use serde_json::{Value, json, value::RawValue};

use super::{
    Given, add_target, chat, edit_link, edit_notifier, edit_target, follow, hook, link,
    other_provider, text, words,
};
use crate::domain::bridge::tests::given::NOW;
use crate::domain::bridge::{
    Address, BridgeCommand, BridgeEvent, Change, LinkParts, NotificationCommand as Command,
    NotificationTrackerId, NotifierParts, Place, QuietWish, SecretRef, SecretWish, TargetParts,
    UrlWish, changes,
};
use crate::domain::{Aggregate, ChatId, Event};

fn snapshot(given: &Given) -> Value {
    let bytes = given.bridge.snapshot("bridge.json", "head").expect("bytes");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn data(given: &Given, command: BridgeCommand) -> Value {
    let event = given.when(command).expect("accepted");
    serde_json::to_value(event.data()).expect("JSON")
}

fn quiet(start: &str, end: &str) -> LinkParts {
    LinkParts {
        quiet_hours: Some(Change::Set(QuietWish {
            start: start.to_owned(),
            end: end.to_owned(),
        })),
        zone: text("Europe/Berlin"),
        ..LinkParts::default()
    }
}

#[test]
fn each_begins_with_its_defaults() {
    let given = Given::one_bot();
    let expected = json!({
        "id": 1, "user_id": 1, "type": "telegram", "name": "A target", "icon": "",
        "config": {"bot_id": 1, "chat_id": -200, "topic_id": null}, "chat_action": null,
        "created_at": NOW,
    });
    assert_eq!(data(&given, chat(-200)), expected);
    let config = json!({"key": {"env": "HOOK_KEY"}, "timeout": 10, "url": "https://e.com/"});
    assert_eq!(data(&given, hook("HTTPS://e.com"))["config"], config);
    let expected = json!({
        "id": 1, "user_id": 1, "provider_id": 1, "name": "A notifier", "icon": "",
        "collection_ids": [-100], "scan_interval": 60, "batch_duration": 0,
        "event_types": ["added", "edited", "deleted", "tracked", "untracked"],
        "due_soon_lead": 86400, "locale": "en", "enabled": true, "created_at": NOW,
    });
    assert_eq!(data(&given, follow(1, &["-100", " -100 "])), expected);
    let given = given.and(chat(-200)).and(follow(1, &["-100"]));
    let expected = json!({
        "id": 1, "notification_tracker_id": 1, "target_id": 1, "enabled": true,
        "quiet_hours_start": null, "quiet_hours_end": null, "quiet_hours_zone": "UTC",
    });
    assert_eq!(data(&given, link(1, 1)), expected);
}

#[test]
fn an_edit_carries_only_what_changes() {
    let given = Given::told().and(hook("https://e.com/a"));
    let action = |action| TargetParts {
        chat: Some(ChatId(-200)),
        chat_action: Some(action),
        ..TargetParts::default()
    };
    let typing = edit_target(1, action(Change::Set("Typing".to_owned())));
    assert_eq!(
        data(&given, typing.clone()),
        json!({"id": 1, "chat_action": "typing"})
    );
    let cleared = edit_target(1, action(Change::Clear));
    let expected = json!({"id": 1, "chat_action": null});
    assert_eq!(data(&given.and(typing), cleared), expected);

    let given = Given::told().and(hook("https://e.com/a"));
    let slow = TargetParts {
        timeout: Some(60),
        ..TargetParts::default()
    };
    let config = json!({"key": {"env": "HOOK_KEY"}, "timeout": 60, "url": "https://e.com/a"});
    assert_eq!(
        data(&given, edit_target(2, slow)),
        json!({"id": 2, "config": config})
    );
    let reminders = NotifierParts {
        event_types: words(&["overdue", "DUE_SOON", "overdue"]),
        batch_duration: Some(0),
        ..NotifierParts::default()
    };
    let expected = json!({"id": 1, "event_types": ["due_soon", "overdue"]});
    assert_eq!(data(&given, edit_notifier(reminders)), expected);
}

#[test]
fn quiet_hours_are_set_and_cleared_together() {
    let given = Given::told();
    assert_eq!(
        given
            .bridge
            .links
            .iter()
            .next()
            .and_then(|row| row.quiet_hours()),
        None
    );
    let set = edit_link(quiet("22:00", "08:30"));
    let expected = json!({
        "id": 1, "quiet_hours_start": "22:00", "quiet_hours_end": "08:30",
        "quiet_hours_zone": "Europe/Berlin",
    });
    assert_eq!(data(&given, set.clone()), expected);
    let given = given.and(set);
    let hours = given
        .bridge
        .links
        .iter()
        .next()
        .and_then(|row| row.quiet_hours());
    let hours = hours.map(|hours| (hours.start.minutes(), hours.end.minutes(), hours.zone));
    assert_eq!(hours, Some((1320, 510, chrono_tz::Europe::Berlin)));
    let clear = LinkParts {
        quiet_hours: Some(Change::Clear),
        ..LinkParts::default()
    };
    let expected = json!({"id": 1, "quiet_hours_start": null, "quiet_hours_end": null});
    assert_eq!(data(&given, edit_link(clear)), expected);
}

#[test]
fn everyone_is_every_group_and_makes_groups_by_name_needless() {
    let given = Given::one_bot().and(follow(1, &["-100", "*", "7"]));
    let notifier = given.bridge.notifiers.iter().next().expect("a notifier");
    let collections = &notifier.collection_ids;
    assert_eq!(json!(collections), json!([7, "*"]));
    let follows = |chat| collections.follows(ChatId(chat));
    assert!(follows(-100) && follows(-1) && follows(7) && !follows(8));
}

#[test]
fn an_address_that_is_a_secret_is_kept_as_a_reference() {
    let parts = TargetParts {
        url: Some(UrlWish::Hidden(SecretWish::File("/run/hook".to_owned()))),
        ..super::to_url("")
    };
    let given = Given::one_bot().and(add_target("webhook", parts));
    let target = given.bridge.targets.iter().next().expect("a target");
    let Some(Place::Webhook(place)) = target.place() else {
        panic!("{target:?}");
    };
    assert_eq!(
        place.url,
        Address::Hidden(SecretRef::File("/run/hook".to_owned()))
    );
    assert_eq!(place.timeout, 10);
}

#[test]
fn other_types_are_kept_as_they_are() {
    let parts = TargetParts {
        config: Some(json!({"room": "#a", "key": {"env": "KEY"}})),
        ..TargetParts::default()
    };
    let given = Given::opened()
        .and(other_provider())
        .and(add_target("Matrix", parts))
        .and(follow(1, &["album-7", "12"]))
        .and(link(1, 1));
    let target = given.bridge.targets.iter().next().expect("a target");
    assert_eq!(
        (target.target_type.as_str(), target.place()),
        ("matrix", None)
    );
    let notifier = given.bridge.notifiers.iter().next().expect("a notifier");
    assert_eq!(json!(notifier.collection_ids), json!([12, "album-7"]));
}

#[test]
fn every_event_is_read_back_as_it_was_written() {
    let given = Given::told();
    let parts = || NotifierParts {
        collections: words(&["*"]),
        ..NotifierParts::default()
    };
    let commands = [
        chat(-300),
        hook("https://e.com"),
        follow(1, &["-1", "2"]),
        edit_notifier(parts()),
        edit_link(quiet("22:00", "08:00")),
        BridgeCommand::Notification(Command::RemoveNotifier(NotificationTrackerId(1))),
    ];
    for command in commands {
        let event = given.when(command).expect("accepted");
        let text = serde_json::to_string(&event.data()).expect("JSON");
        let raw = RawValue::from_string(text).expect("JSON");
        let read = BridgeEvent::decode(event.name(), 1, &raw).expect("known");
        assert_eq!(read, event);
    }
    let unknown = r#"{"id":1,"quiet_hours_zone":"Mars/Olympus"}"#.to_owned();
    let unknown = RawValue::from_string(unknown).expect("JSON");
    assert!(BridgeEvent::decode("NotificationTrackerTargetEdited", 1, &unknown).is_ok());
    let raw = RawValue::from_string(r#"{"id":1,"quiet_hours_start":"24:00"}"#.to_owned());
    let raw = raw.expect("JSON");
    assert!(BridgeEvent::decode("NotificationTrackerTargetEdited", 1, &raw).is_err());
}

#[test]
fn a_removed_notifier_takes_its_links_along_and_no_id_is_given_twice() {
    let removed = Command::RemoveNotifier(NotificationTrackerId(1));
    let given = Given::told()
        .notified(removed)
        .and(follow(1, &["*"]))
        .and(link(2, 1));
    let links: Vec<u64> = given.bridge.links.iter().map(|row| row.id.0).collect();
    assert_eq!(links, [2]);
}

#[test]
fn the_snapshot_has_notifications_from_the_first_one_on() {
    let before = snapshot(&Given::one_bot());
    assert!(before.get("notification_target").is_none());
    assert!(before["next_id"].get("notification_target").is_none());
    let first = Given::one_bot().and(chat(-200));
    assert_eq!(snapshot(&first)["notification_tracker_target"], json!([]));
    let file = snapshot(&Given::told());
    assert_eq!(file["notification_target"][0]["config"]["chat_id"], -200);
    assert_eq!(file["next_id"]["notification_tracker_target"], 2);
    let keys: Vec<String> = file
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    assert_eq!(keys.len(), 12);
}

#[test]
fn changes_tell_old_and_new() {
    let given = Given::told();
    let parts = NotifierParts {
        enabled: Some(false),
        ..NotifierParts::default()
    };
    let event = given.when(edit_notifier(parts)).expect("accepted");
    let told = changes(&given.bridge, &event);
    let change = told.first().expect("a change");
    assert_eq!(
        (&change.old, &change.new),
        (&Some(json!(true)), &Some(json!(false)))
    );
    let removed = Command::RemoveNotifier(NotificationTrackerId(1));
    let event = given.when(BridgeCommand::Notification(removed));
    let event = event.expect("accepted");
    assert_eq!(
        event.subject().map(|subject| subject.entity),
        Some("notification_tracker")
    );
    let told = changes(&given.bridge, &event);
    assert!(
        told.iter()
            .any(|change| change.old == Some(json!("A notifier")))
    );
}

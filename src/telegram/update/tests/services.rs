//! Migrations and memberships.

use serde_json::{Value, json};

use super::{
    DATE, ada, assert_ignored, group, inbound, message, message_with, private, read_raw, update,
};
use crate::domain::{Actor, ChatId, UserId};
use crate::telegram::update::Inbound;

fn service(fields: Value) -> Value {
    let mut message = message_with("", json!({"text": null}));
    message
        .as_object_mut()
        .expect("an object")
        .extend(fields.as_object().expect("an object").clone());
    update(&message)
}

#[test]
fn a_migration_is_told_in_the_old_chat() {
    let old = json!({"id": -555, "type": "group", "title": "Builders"});
    let told = inbound(&service(
        json!({"chat": old, "migrate_to_chat_id": -100_123}),
    ));
    let Inbound::Migrated { origin, from, to } = told else {
        panic!("{told:?}")
    };
    assert_eq!(
        (from, to, origin.place.chat),
        (ChatId(-555), ChatId(-100_123), ChatId(-555))
    );
    assert_eq!(
        origin.actor,
        Actor::User {
            id: UserId(456),
            name: "Ada L.".into()
        }
    );
    assert_eq!(
        origin
            .cause
            .delivery()
            .expect("it came by an update")
            .message,
        55
    );
}

#[test]
fn a_migration_is_told_in_the_new_chat() {
    let from = json!({"id": 1_087_968_824, "is_bot": true, "first_name": "Group"});
    let fields = json!({"migrate_from_chat_id": -555, "from": from, "sender_chat": group()});
    let told = inbound(&service(fields));
    let Inbound::Migrated { origin, from, to } = told else {
        panic!("{told:?}")
    };
    assert_eq!(
        (from, to, origin.place.chat),
        (ChatId(-555), ChatId(-100_123), ChatId(-100_123))
    );
    assert_eq!(
        origin.actor,
        Actor::Chat {
            id: ChatId(-100_123),
            name: "Builders".into()
        }
    );
}

#[test]
fn a_migration_needs_no_known_sender() {
    for from in [
        json!(null),
        json!({"id": 777_000, "first_name": "Telegram"}),
    ] {
        let told = inbound(&service(
            json!({"migrate_from_chat_id": -555, "from": from}),
        ));
        let Inbound::Migrated { origin, .. } = told else {
            panic!("{told:?}")
        };
        assert_eq!(origin.actor, Actor::System {});
    }
}

#[test]
fn a_migration_that_is_none_between_groups_is_ignored() {
    for to in [-100_123, 0, 456] {
        let update = service(json!({"migrate_to_chat_id": to}));
        assert_ignored(&update, "a migration that is none between groups");
    }
    let update = service(json!({"chat": private(), "migrate_to_chat_id": -5}));
    assert_ignored(&update, "a migration that is none between groups");
}

fn change(chat: &Value, old: Value, new: Value) -> Value {
    json!({"update_id": 813, "my_chat_member": {
        "chat": chat, "from": ada(), "date": DATE, "old_chat_member": old, "new_chat_member": new}})
}

fn member(status: &str) -> Value {
    json!({"status": status, "user": {"id": 7001, "is_bot": true, "first_name": "Bounty"}})
}

#[test]
fn the_bot_comes_into_a_group() {
    let expected = Inbound::AddedToGroup {
        chat: ChatId(-100_123),
        title: Some("Builders".to_owned()),
    };
    for old in ["left", "kicked"] {
        for new in ["member", "administrator"] {
            let update = change(&group(), member(old), member(new));
            assert_eq!(inbound(&update), expected, "{old} -> {new}");
        }
    }
    let outside = json!({"status": "restricted", "is_member": false});
    let inside = json!({"status": "restricted", "is_member": true});
    assert_eq!(inbound(&change(&group(), outside, inside)), expected);
}

#[test]
fn other_changes_of_membership_are_ignored() {
    let reason = "its rights changed, or it left";
    for (old, new) in [
        ("member", "administrator"),
        ("administrator", "member"),
        ("member", "kicked"),
        ("left", "kicked"),
        ("left", "new in 2040"),
    ] {
        assert_ignored(&change(&group(), member(old), member(new)), reason);
    }
    let unblocked = change(&private(), member("kicked"), member("member"));
    assert_ignored(&unblocked, "its membership changed outside of groups");
}

fn heard(update: &Value) -> Option<ChatId> {
    read_raw(&update.to_string()).expect("an Update").heard
}

#[test]
fn a_chat_is_heard_whatever_is_written_there_and_when_the_bot_comes_in() {
    let group_id = Some(ChatId(-100_123));
    let written = message("no command at all");
    assert_eq!(heard(&update(&written)), group_id);
    assert_eq!(
        heard(&json!({"update_id": 1, "edited_message": written})),
        group_id
    );
    let query = json!({"id": "1", "from": ada(), "data": "x", "message": written});
    assert_eq!(
        heard(&json!({"update_id": 1, "callback_query": query})),
        group_id
    );
    assert_eq!(
        heard(&change(&group(), member("left"), member("member"))),
        group_id
    );
    assert_eq!(
        heard(&change(&group(), member("member"), member("kicked"))),
        None
    );
    assert_eq!(heard(&json!({"update_id": 1, "poll": {}})), None);
}

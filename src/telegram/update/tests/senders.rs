//! Who a message is from.

use serde_json::{Value, json};

use super::{assert_ignored, group, message_with, received, update};
use crate::domain::{Actor, ChatId, UserId};

fn sent_by(fields: Value) -> Value {
    message_with("/my", fields)
}

fn actor(fields: Value) -> Actor {
    received(&sent_by(fields)).0.actor
}

fn named(user: Value) -> String {
    actor(json!({"from": user})).name().to_owned()
}

#[test]
fn a_user_has_first_and_last_name() {
    let user =
        json!({"id": 4_503_599_627_370_495_i64, "first_name": "Grace", "last_name": "Hopper"});
    let id = UserId(4_503_599_627_370_495);
    assert_eq!(
        actor(json!({"from": user})),
        Actor::User {
            id,
            name: "Grace Hopper".into()
        }
    );
}

#[test]
fn a_name_is_trimmed_and_clipped_and_never_empty() {
    assert_eq!(named(json!({"id": 1, "first_name": " Ada "})), "Ada");
    assert_eq!(
        named(json!({"id": 1, "first_name": "я".repeat(300)})),
        "я".repeat(256)
    );
    assert_eq!(
        named(json!({"id": 1, "first_name": "", "username": "ada"})),
        "ada"
    );
    assert_eq!(
        named(json!({"id": 1, "first_name": " ", "last_name": null})),
        "1"
    );
}

#[test]
fn an_anonymous_admin_is_the_group() {
    let from = json!({"id": 1_087_968_824, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"});
    let expected = Actor::Chat {
        id: ChatId(-100_123),
        name: "Builders".into(),
    };
    assert_eq!(
        actor(json!({"from": from, "sender_chat": group()})),
        expected
    );
}

#[test]
fn a_channel_that_writes_as_itself_is_the_channel() {
    let from = json!({"id": 136_817_688, "is_bot": true, "first_name": "Channel", "username": "Channel_Bot"});
    let channel = json!({"id": -1009, "type": "channel", "title": "News"});
    let expected = Actor::Chat {
        id: ChatId(-1009),
        name: "News".into(),
    };
    assert_eq!(
        actor(json!({"from": from, "sender_chat": channel})),
        expected
    );
    let unnamed = json!({"id": -1009, "type": "channel", "username": "news"});
    assert_eq!(
        actor(json!({"from": null, "sender_chat": unnamed})).name(),
        "news"
    );
}

#[test]
fn bots_and_service_accounts_ask_for_nothing() {
    let robot = json!({"id": 99, "is_bot": true, "first_name": "Robot"});
    assert_ignored(&update(&sent_by(json!({"from": robot}))), "from a bot");
    for id in [777_000, 1_087_968_824, 136_817_688] {
        let service = sent_by(json!({"from": {"id": id, "first_name": "Telegram"}}));
        assert_ignored(&update(&service), "a service account without its chat");
    }
    assert_ignored(&update(&sent_by(json!({"from": null}))), "no sender");
}

#[test]
fn an_automatic_forward_is_ignored() {
    let channel = json!({"id": -1009, "type": "channel", "title": "News"});
    let forward = json!({"from": {"id": 777_000, "first_name": "Telegram"},
        "sender_chat": channel, "is_automatic_forward": true});
    assert_ignored(
        &update(&sent_by(forward)),
        "an automatic forward from a channel",
    );
}

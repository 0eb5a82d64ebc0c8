//! Messages, edited messages, buttons: where they stand and what they ask.

use serde_json::{Value, json};

use super::{DATE, assert_ignored, bot, inbound, message, message_with, private, received, update};
use crate::domain::board::{Change, ChatKind, Command, CommandName, NewBounty, Query};
use crate::domain::{Actor, BotId, BountyId, Cause, ChatId, Delivery, UserId};
use crate::telegram::command::{Called, EditedCommand, Parsed};
use crate::telegram::update::{Carrier, Inbound, Origin, Place, read};
use crate::text::Usage;

fn origin() -> Origin {
    let delivery = Delivery {
        bot: BotId(7001),
        update: 812,
        message: 55,
        date: DATE,
    };
    Origin {
        place: Place {
            chat: ChatId(-100_123),
            kind: ChatKind::Group,
            title: Some("Builders".to_owned()),
            thread: None,
            message: 55,
        },
        actor: Actor::User {
            id: UserId(456),
            name: "Ada L.".into(),
        },
        cause: Cause::Update(delivery),
        at: DATE,
        language: Some("ru".to_owned()),
    }
}

#[test]
fn a_command_in_a_group_is_read_with_all_that_belongs_to_it() {
    let command = Command::Query(Query::List { page: 2 });
    let expected = (origin(), Parsed::Command(command, vec![]));
    assert_eq!(received(&message("/bounty 2")), expected);
}

#[test]
fn a_fed_update_has_a_cause_of_its_own() {
    let raw = update(&message("/my")).to_string();
    let incoming = read(&raw, &bot(), Carrier::Feed).expect("an Update");
    assert_eq!(incoming.update_id, 812);
    let Inbound::Message { origin, .. } = incoming.kind else {
        panic!("no message")
    };
    let delivery = Delivery {
        bot: BotId(7001),
        update: 812,
        message: 55,
        date: DATE,
    };
    assert_eq!(origin.cause, Cause::Feed(delivery));
}

#[test]
fn a_private_chat_has_no_title() {
    let (origin, _) = received(&message_with("/my", json!({"chat": private()})));
    assert_eq!(origin.place.chat, ChatId(456));
    assert_eq!(origin.place.kind, ChatKind::Private);
    assert_eq!(origin.place.title, None);
}

#[test]
fn the_kind_of_a_chat_goes_by_its_type_and_not_its_id() {
    for (id, kind) in [
        (i64::MIN, "group"),
        (-1, "supergroup"),
        (-2_000_000_000_001, "group"),
    ] {
        let chat = json!({"id": id, "type": kind, "title": "T"});
        let (origin, _) = received(&message_with("/my", json!({"chat": chat})));
        assert_eq!(
            (origin.place.chat, origin.place.kind),
            (ChatId(id), ChatKind::Group)
        );
    }
}

#[test]
fn a_topic_is_answered_in_and_a_thread_of_replies_is_not() {
    let topic = json!({"message_thread_id": 9, "is_topic_message": true});
    assert_eq!(
        received(&message_with("/my", topic)).0.place.thread,
        Some(9)
    );
    let thread = json!({"message_thread_id": 9});
    assert_eq!(received(&message_with("/my", thread)).0.place.thread, None);
}

#[test]
fn a_command_in_a_caption_counts() {
    let caption =
        json!({"text": null, "caption": "/add Fix the roof", "photo": [{"file_id": "x"}]});
    let (_, parsed) = received(&message_with("", caption));
    let bounty = NewBounty {
        text: "Fix the roof".to_owned(),
        link: None,
        due: None,
    };
    assert_eq!(
        parsed,
        Parsed::Command(Command::Change(Change::Add(bounty)), vec![])
    );
}

#[test]
fn what_asks_for_nothing_is_ignored() {
    assert_ignored(&update(&message("good morning")), "no command");
    assert_ignored(
        &update(&message("/add@other_bot x")),
        "a command for another bot",
    );
    assert_ignored(&update(&message_with("", json!({"text": null}))), "no text");
    let new_member = json!({"text": null, "new_chat_members": [{"id": 1}]});
    assert_ignored(&update(&message_with("", new_member)), "no text");
}

#[test]
fn an_unknown_command_is_answered_only_where_it_can_be_meant_for_this_bot() {
    assert_ignored(&update(&message("/foo")), "an unknown command in a group");
    let named = received(&message("/foo@Bounty_Bot")).1;
    assert_eq!(named, Parsed::Unknown { named: true });
    let in_private = received(&message_with("/foo", json!({"chat": private()}))).1;
    assert_eq!(in_private, Parsed::Unknown { named: false });
}

#[test]
fn a_command_that_could_not_be_understood_is_answered_in_groups_too() {
    assert_eq!(
        received(&message("/delete it")).1,
        Parsed::Usage(Usage::Delete)
    );
}

#[test]
fn channels_are_ignored() {
    let channel = json!({"id": -1009, "type": "channel", "title": "News"});
    let posted = message_with(
        "/my",
        json!({"chat": channel, "sender_chat": channel, "from": null}),
    );
    assert_ignored(&update(&posted), "no private chat and no group");
    assert_ignored(
        &json!({"update_id": 812, "channel_post": posted}),
        "a kind of update that is not used",
    );
}

#[test]
fn an_edited_message_with_a_command_is_told_from_a_new_one() {
    let edited = |text: &str| inbound(&json!({"update_id": 812, "edited_message": message(text)}));
    let expected = |name, edited| Inbound::EditedMessage {
        origin: origin(),
        called: Called {
            name,
            named: false,
            plain: false,
        },
        edited,
    };
    let arguments = "Fix it fri".to_owned();
    assert_eq!(
        edited("/add Fix it fri"),
        expected(CommandName::Add, EditedCommand::Add { arguments })
    );
    let edit = EditedCommand::Edit {
        bounty: Some(BountyId(3)),
        arguments: "New".to_owned(),
    };
    assert_eq!(edited("/edit #3 New"), expected(CommandName::Edit, edit));
    assert_eq!(
        edited("/track 3"),
        expected(CommandName::Track, EditedCommand::Other)
    );
    let reason = "edited, and no command of this bot";
    assert_eq!(edited("good morning"), Inbound::Ignored(reason));
    assert_eq!(edited("/foo"), Inbound::Ignored(reason));
    assert_eq!(edited("/add@other_bot x"), Inbound::Ignored(reason));
}

#[test]
fn a_pressed_button_keeps_its_id_and_chat() {
    let query = json!({"id": "4382", "from": super::ada(), "chat_instance": "1", "data": "1:p:2",
        "message": {"message_id": 60, "date": 0, "chat": super::group()}});
    let expected = Inbound::Callback {
        id: "4382".to_owned(),
        chat: Some(ChatId(-100_123)),
        language: Some("ru".to_owned()),
        press: None,
    };
    assert_eq!(
        inbound(&json!({"update_id": 812, "callback_query": query})),
        expected
    );
    let inline = json!({"update_id": 812, "callback_query": {"id": "1", "inline_message_id": "x"}});
    let expected = Inbound::Callback {
        id: "1".to_owned(),
        chat: None,
        language: None,
        press: None,
    };
    assert_eq!(inbound(&inline), expected);
}

#[test]
fn a_button_of_this_version_says_who_wants_which_page_of_what() {
    let pressed = |data: &str, date: i64, from: Value| {
        let message = json!({"message_id": 60, "date": date, "chat": super::group()});
        let query = json!({"id": "4382", "from": from, "data": data, "message": message});
        match inbound(&json!({"update_id": 812, "callback_query": query})) {
            Inbound::Callback { press, .. } => press,
            other => panic!("{other:?}"),
        }
    };
    let press = pressed("1:page:board:2", DATE, super::ada()).expect("a page");
    assert_eq!(press.button.page, 2);
    assert_eq!(press.origin.place.message, 60);
    assert!(matches!(press.origin.actor, Actor::User { .. }));
    let bot = json!({"id": 5, "is_bot": true, "first_name": "B"});
    for none in [
        pressed("1:page:board:2", 0, super::ada()),
        pressed("1:page:board:2", DATE, bot),
        pressed("1:list:2", DATE, super::ada()),
    ] {
        assert_eq!(none, None);
    }
}

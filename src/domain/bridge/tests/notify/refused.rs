//! What is refused, and why.

use super::{
    Given, add_target, chat, edit_link, edit_notifier, edit_target, follow, hook, link,
    other_provider, text, to_chat, to_url, words,
};
use crate::domain::ChatId;
use crate::domain::bridge::{
    BridgeCommand, Change, ChatAction, EntityKind, EventType, LinkParts, Named,
    NotificationCommand as Command, NotificationTargetId, NotificationTrackerId, NotifierParts,
    QuietWish, Refusal, SecretWish, ServiceProviderId, TargetParts, TelegramBotId, UrlWish,
};

fn named(kind: EntityKind, id: u64, name: &str) -> Named {
    Named {
        kind,
        id,
        name: name.to_owned(),
    }
}

fn secret(field: &str) -> Refusal {
    Refusal::Secret {
        field: field.to_owned(),
    }
}

#[test]
fn an_action_that_the_bot_api_does_not_have_is_refused_with_those_it_has() {
    let action = |word: &str| TargetParts {
        chat_action: Some(Change::Set(word.to_owned())),
        ..TargetParts::default()
    };
    let expected = Refusal::UnknownWord {
        field: "chat-action",
        word: "dancing".to_owned(),
        known: ChatAction::WORDS,
    };
    assert_eq!(
        Given::told().refusal(edit_target(1, action("dancing"))),
        expected
    );
    assert_eq!(ChatAction::WORDS.len(), 11);
    let given = Given::told().and(hook("https://e.com"));
    let expected = Refusal::NotOfType {
        field: "chat-action",
        target_type: "webhook".to_owned(),
    };
    assert_eq!(given.refusal(edit_target(2, action("typing"))), expected);
}

#[test]
fn a_target_has_what_its_type_needs_and_nothing_else() {
    let given = Given::one_bot();
    let refusal = |target_type: &str, parts| given.refusal(add_target(target_type, parts));
    let missing = |field| Refusal::TextMissing { field };
    let no_bot = TargetParts {
        bot: None,
        ..to_chat(-1)
    };
    assert_eq!(refusal("telegram", no_bot), missing("bot"));
    let no_chat = TargetParts {
        chat: None,
        ..to_chat(-1)
    };
    assert_eq!(refusal("telegram", no_chat), missing("chat"));
    let no_key = TargetParts {
        key: None,
        ..to_url("https://e.com")
    };
    let field = "key".to_owned();
    assert_eq!(
        refusal("webhook", no_key),
        Refusal::ReferenceMissing { field }
    );
    let no_url = TargetParts {
        url: None,
        ..to_url("")
    };
    assert_eq!(refusal("webhook", no_url), missing("url"));
    let foreign = |field, of: &str| Refusal::NotOfType {
        field,
        target_type: of.to_owned(),
    };
    assert_eq!(refusal("webhook", to_chat(-1)), foreign("bot", "webhook"));
    assert_eq!(refusal("matrix", to_chat(-1)), foreign("bot", "matrix"));
    let config = TargetParts {
        config: Some(serde_json::json!({})),
        ..TargetParts::default()
    };
    assert_eq!(refusal("telegram", config), foreign("config", "telegram"));
    let other_bot = TargetParts {
        bot: Some(TelegramBotId(9)),
        ..to_chat(-1)
    };
    let unknown = Refusal::Unknown {
        kind: EntityKind::Bot,
        id: 9,
        removed: false,
    };
    assert_eq!(refusal("telegram", other_bot.clone()), unknown);
    assert_eq!(Given::told().refusal(edit_target(1, other_bot)), unknown);
    assert!(matches!(
        refusal("telegram", to_chat(0)),
        Refusal::NotReadable { field: "chat", .. }
    ));
}

#[test]
fn an_address_has_no_credentials_and_is_http() {
    let given = Given::one_bot();
    for typed in [
        "https://ada:pw@e.com/hook",
        "https://ada@e.com",
        "https://e.com/?api_key=x",
        "https://e.com/7001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    ] {
        assert_eq!(given.refusal(hook(typed)), secret("url"), "{typed}");
    }
    for typed in ["", "e.com", "ftp://e.com", "https://", "mailto:a@e.com"] {
        assert_eq!(given.refusal(hook(typed)), Refusal::NoUrl, "{typed}");
    }
    let hidden = TargetParts {
        url: Some(UrlWish::Hidden(SecretWish::Env("https://e.com".to_owned()))),
        ..to_url("")
    };
    assert_eq!(given.refusal(add_target("webhook", hidden)), secret("url"));
    let key = TargetParts {
        key: Some(SecretWish::InTheClear),
        ..to_url("https://e.com")
    };
    assert_eq!(given.refusal(add_target("webhook", key)), secret("key"));
}

#[test]
fn a_bountys_collections_are_boards() {
    let given = Given::told();
    for collection in ["album", "0", "-1.5", "**", "99999999999999999999"] {
        let expected = Refusal::NoBoard {
            collection: collection.to_owned(),
        };
        assert_eq!(given.refusal(follow(1, &["-1", collection])), expected);
    }
    assert_eq!(given.refusal(follow(1, &[])), Refusal::FollowsNothing);
    let none = NotifierParts {
        collections: words(&[]),
        ..NotifierParts::default()
    };
    assert_eq!(given.refusal(edit_notifier(none)), Refusal::FollowsNothing);
    // A change of the provider is judged by what is followed already.
    let given = Given::opened()
        .and(other_provider())
        .and(follow(1, &["album"]))
        .and(super::add_provider("bounty"));
    let provider = NotifierParts {
        provider: Some(ServiceProviderId(2)),
        ..NotifierParts::default()
    };
    assert!(matches!(
        given.refusal(edit_notifier(provider)),
        Refusal::NoBoard { .. }
    ));
}

#[test]
fn the_values_of_a_notifier_are_judged() {
    let given = Given::told();
    let refusal = |change: fn(&mut NotifierParts)| {
        let mut parts = NotifierParts::default();
        change(&mut parts);
        given.refusal(edit_notifier(parts))
    };
    let range = |field, number, least, most| Refusal::OutOfRange {
        field,
        number,
        least,
        most,
    };
    let scan = refusal(|parts| parts.scan_interval = Some(0));
    assert_eq!(scan, range("scan-interval", 0, 1, 86_400));
    let batch = refusal(|parts| parts.batch_duration = Some(-1));
    assert_eq!(batch, range("batch-duration", -1, 0, 86_400));
    let lead = refusal(|parts| parts.due_soon_lead = Some(59));
    assert_eq!(lead, range("due-soon-lead", 59, 60, 31_536_000));
    let huge = refusal(|parts| parts.scan_interval = Some(4_294_967_356));
    assert!(matches!(huge, Refusal::OutOfRange { .. }));
    let word = |word: &str| Refusal::UnknownWord {
        field: "events",
        word: word.to_owned(),
        known: EventType::WORDS,
    };
    assert_eq!(
        refusal(|parts| parts.event_types = words(&["added", "moved"])),
        word("moved")
    );
    assert_eq!(refusal(|parts| parts.event_types = words(&[])), word(""));
    let locale = refusal(|parts| parts.locale = text("de"));
    assert!(matches!(locale, Refusal::UnknownLocale { .. }));
    assert!(matches!(refusal(|_| {}), Refusal::NothingChanged { .. }));
}

#[test]
fn quiet_hours_are_two_different_times_of_day_in_a_known_zone() {
    let given = Given::told();
    let hours = |start: &str, end: &str| LinkParts {
        quiet_hours: Some(Change::Set(QuietWish {
            start: start.to_owned(),
            end: end.to_owned(),
        })),
        ..LinkParts::default()
    };
    for (start, end) in [
        ("22:00", "22:00"),
        ("24:00", "08:00"),
        ("22:60", "08:00"),
        ("9:00", "10:00"),
        ("", "08:00"),
        ("+1:00", "08:00"),
        ("22", "08"),
    ] {
        let refusal = given.refusal(edit_link(hours(start, end)));
        let expected = Refusal::NotReadable {
            field: "quiet-hours",
            typed: format!("{start}-{end}"),
        };
        assert_eq!(refusal, expected);
    }
    let zone = LinkParts {
        zone: text("Mars/Olympus"),
        ..LinkParts::default()
    };
    let refusal = given.refusal(edit_link(zone));
    assert!(matches!(
        refusal,
        Refusal::NotReadable {
            field: "quiet-zone",
            ..
        }
    ));
}

#[test]
fn a_target_is_linked_to_a_notifier_once() {
    let expected = Refusal::DuplicateLink {
        link: 1,
        notifier: named(EntityKind::Notifier, 1, "A notifier"),
        target: named(EntityKind::Target, 1, "A target"),
    };
    assert_eq!(Given::told().refusal(link(1, 1)), expected);
    let unknown = |kind, id| Refusal::Unknown {
        kind,
        id,
        removed: false,
    };
    assert_eq!(
        Given::told().refusal(link(2, 1)),
        unknown(EntityKind::Notifier, 2)
    );
    assert_eq!(
        Given::told().refusal(link(1, 2)),
        unknown(EntityKind::Target, 2)
    );
}

#[test]
fn what_is_in_use_stays_and_its_users_are_named() {
    let given = Given::told();
    let in_use = |what, users: &[Named]| Refusal::InUse {
        what,
        users: users.to_vec(),
    };
    let target = named(EntityKind::Target, 1, "A target");
    let notifier = named(EntityKind::Notifier, 1, "A notifier");
    let remove = Command::RemoveTarget(NotificationTargetId(1));
    let link = named(EntityKind::Link, 1, "A notifier");
    let refused = given.refusal(BridgeCommand::Notification(remove));
    assert_eq!(refused, in_use(target.clone(), &[link]));
    let provider = named(EntityKind::Provider, 1, "Boards");
    let tracker = named(EntityKind::Tracker, 1, "A tracker");
    let refused = given.refusal(BridgeCommand::RemoveProvider(ServiceProviderId(1)));
    assert_eq!(refused, in_use(provider, &[tracker, notifier]));
    let bot = named(EntityKind::Bot, 1, "A bot");
    let listener = named(EntityKind::Listener, 1, "A tracker");
    let refused = given.refusal(BridgeCommand::RemoveBot(TelegramBotId(1)));
    assert_eq!(refused, in_use(bot, &[listener, target]));
    let given = given.notified(Command::RemoveNotifier(NotificationTrackerId(1)));
    let remove = Command::RemoveTarget(NotificationTargetId(1));
    assert!(given.when(BridgeCommand::Notification(remove)).is_ok());
}

#[test]
fn nothing_is_added_without_a_name() {
    let nameless = BridgeCommand::Notification(Command::AddTarget {
        target_type: "telegram".to_owned(),
        parts: Box::new(to_chat(-1)),
    });
    let given = Given::one_bot();
    assert_eq!(
        given.refusal(nameless),
        Refusal::TextMissing { field: "name" }
    );
    let same = TargetParts {
        chat: Some(ChatId(-200)),
        ..TargetParts::default()
    };
    let refused = given.and(chat(-200)).refusal(edit_target(1, same));
    assert!(matches!(refused, Refusal::NothingChanged { .. }));
}

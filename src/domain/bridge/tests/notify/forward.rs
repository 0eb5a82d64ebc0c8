//! From where to where it is told what happens on a board.

use super::{Given, chat, edit_notifier, edit_target, follow, hook, link, other_provider, words};
use crate::domain::ChatId;
use crate::domain::bridge::{
    Bridge, Destination, Forwarding, LinkParts, NotifierParts, TargetParts, forwarded_from,
    forwarding_changes,
};

const GROUP: ChatId = ChatId(-100);

fn targets(found: &[Forwarding]) -> Vec<(u64, u64)> {
    let ids = found.iter().map(|found| (found.tracker.0, found.target.0));
    ids.collect()
}

fn from(bridge: &Bridge, chat: ChatId) -> Vec<(u64, u64)> {
    targets(&forwarded_from(bridge, chat))
}

fn switch(enabled: bool) -> NotifierParts {
    NotifierParts {
        enabled: Some(enabled),
        ..NotifierParts::default()
    }
}

#[test]
fn another_chat_and_a_web_hook_are_told_and_the_chat_itself_is_none() {
    let given = Given::told()
        .and(hook("https://e.com/secret-path"))
        .and(chat(GROUP.0))
        .and(link(1, 3))
        .and(link(1, 2));
    let found = forwarded_from(&given.bridge, GROUP);
    assert_eq!(targets(&found), [(1, 1), (1, 2)]);
    assert_eq!(found[0].to, Destination::Chat(ChatId(-200)));
    assert_eq!(found[0].name, "A target");
    assert!(matches!(&found[1].to, Destination::WebHook(_)));
    assert_eq!(from(&given.bridge, ChatId(-101)), []);
    let [one, two] = [&found[0], &found[1]].map(serde_json::to_string);
    let read = |text: Result<String, _>| serde_json::from_str(&text.expect("JSON")).ok();
    assert_eq!(
        (read(one), read(two)),
        (Some(found[0].clone()), Some(found[1].clone()))
    );
}

#[test]
fn what_is_switched_off_or_not_served_forwards_nothing() {
    let given = Given::told();
    let off = LinkParts {
        enabled: Some(false),
        ..LinkParts::default()
    };
    assert_eq!(from(&given.bridge, GROUP), [(1, 1)]);
    let given = given.and(edit_notifier(switch(false)));
    assert_eq!(from(&given.bridge, GROUP), []);
    let given = given
        .and(edit_notifier(switch(true)))
        .and(super::edit_link(off));
    assert_eq!(from(&given.bridge, GROUP), []);
    let other = Given::one_bot()
        .and(other_provider())
        .and(chat(-200))
        .and(follow(2, &["-100"]))
        .and(link(1, 1));
    assert_eq!(from(&other.bridge, GROUP), []);
}

#[test]
fn changes_are_those_of_the_chats_that_are_asked_for() {
    let before = Given::told();
    let wider = NotifierParts {
        collections: words(&["*"]),
        ..NotifierParts::default()
    };
    let after = Given::told().and(edit_notifier(wider));
    let chats = [GROUP, ChatId(-101), ChatId(-200), ChatId(5)];
    let changes = forwarding_changes(&before.bridge, &after.bridge, chats);
    assert_eq!(changes.len(), 1, "{changes:?}");
    let change = &changes[0];
    assert_eq!((change.chat, change.stopped.len()), (ChatId(-101), 0));
    assert_eq!(targets(&change.started), [(1, 1)]);
    let changes = forwarding_changes(&after.bridge, &before.bridge, chats);
    assert_eq!((changes[0].started.len(), changes[0].stopped.len()), (0, 1));
}

#[test]
fn a_target_that_becomes_another_chat_ends_one_forwarding_and_begins_another() {
    let before = Given::told();
    let moved = TargetParts {
        chat: Some(ChatId(-300)),
        ..TargetParts::default()
    };
    let after = Given::told().and(edit_target(1, moved));
    let changes = forwarding_changes(&before.bridge, &after.bridge, [GROUP]);
    assert_eq!(changes[0].stopped[0].to, Destination::Chat(ChatId(-200)));
    assert_eq!(changes[0].started[0].to, Destination::Chat(ChatId(-300)));
}

//! From where to where it is told what happens on a board.

use super::{Given, chat, edit_notifier, follow, hook, link, other_provider};
use crate::domain::ChatId;
use crate::domain::bridge::{
    Bridge, Destination, Forwarding, LinkParts, NotifierParts, forwarded_from,
};

const GROUP: ChatId = ChatId(-100);

fn targets(found: &[Forwarding]) -> Vec<(u64, u64)> {
    let ids = found.iter().map(|found| (found.tracker.0, found.target.0));
    ids.collect()
}

fn from(bridge: &Bridge, chat: ChatId) -> Vec<(u64, u64)> {
    targets(&forwarded_from(bridge, &[chat]))
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
    let found = forwarded_from(&given.bridge, &[GROUP]);
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
fn a_tracker_that_names_an_earlier_id_forwards_still_and_a_target_there_is_the_chat_itself() {
    let given = Given::told();
    let moved = [ChatId(-1_100), GROUP];
    assert_eq!(targets(&forwarded_from(&given.bridge, &moved)), [(1, 1)]);
    assert_eq!(targets(&forwarded_from(&given.bridge, &moved[..1])), []);
    let own = given.and(chat(GROUP.0)).and(link(1, 2));
    assert_eq!(targets(&forwarded_from(&own.bridge, &moved)), [(1, 1)]);
}

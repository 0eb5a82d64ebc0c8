//! Tracking and starting.

use super::*;

#[test]
fn tracking_is_for_users_in_groups_and_twice_is_refused_kindly() {
    let given = Given::group().bounty(1, "a");
    assert_eq!(
        given.when(&user(2), Change::Track(BountyId(1))),
        Ok(Some(tracked(1)))
    );
    assert_eq!(
        given.when(&user(2), Change::Untrack(BountyId(1))),
        Err(Refusal::NotTracked { id: BountyId(1) })
    );
    let given = given.event(user(2), tracked(1));
    assert_eq!(
        given.when(&user(2), Change::Track(BountyId(1))),
        Err(Refusal::AlreadyTracked { id: BountyId(1) })
    );
    let chat = Actor::Chat {
        id: ChatId(-100),
        name: "Group".into(),
    };
    assert_eq!(
        given.when(&chat, Change::Track(BountyId(1))),
        Err(Refusal::ChatCannotTrack)
    );
    let dm = Given::dm(1).bounty(1, "a");
    assert_eq!(
        dm.when(&user(1), Change::Track(BountyId(1))),
        Err(Refusal::TrackingInPrivate)
    );
}

#[test]
fn start_is_recorded_once_per_user() {
    let given = Given::group();
    let started = BoardEvent::UserStarted(UserStarted {});
    assert_eq!(
        given.when(&user(1), Change::Start),
        Ok(Some(started.clone()))
    );
    let given = given.event(user(1), started.clone());
    assert_eq!(given.when(&user(1), Change::Start), Ok(None));
    assert_eq!(given.when(&user(2), Change::Start), Ok(Some(started)));
    let chat = Actor::Chat {
        id: ChatId(-100),
        name: "Group".into(),
    };
    assert_eq!(given.when(&chat, Change::Start), Ok(None));
}

#[test]
fn a_deleted_bounty_leaves_every_tracking_list_and_the_lists_say_when() {
    let given = Given::group().bounty(1, "a").bounty(1, "b");
    let given = given
        .event(user(2), tracked(1))
        .event(user(2), tracked(2))
        .event(user(3), tracked(2));
    let given = given.event(
        user(1),
        BoardEvent::BountyDeleted(BountyDeleted { id: BountyId(1) }),
    );
    let list = |user| {
        given
            .board
            .list(UserId(user))
            .map(|list| (list.ids.len(), list.seq))
    };
    assert_eq!(list(2), Some((1, Seq(7))));
    assert_eq!(list(3), Some((1, Seq(6))));
}

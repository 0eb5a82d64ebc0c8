//! What the board keeps through migrations, repairs and redeliveries.

use super::*;

#[test]
fn a_migrated_group_keeps_everything_and_its_own_bounties() {
    let chat = |id| Actor::Chat {
        id: ChatId(id),
        name: "Group".into(),
    };
    let given = Given::group()
        .event(chat(-100), added(1, "by the group", None, None))
        .bounty(1, "b");
    let given = given.event(
        Actor::System {},
        BoardEvent::ChatMigrated(ChatMigrated {
            from: ChatId(-100),
            to: ChatId(-100_200),
        }),
    );
    assert_eq!(given.board.chat_id(), Some(ChatId(-100_200)));
    assert!(
        given
            .when(&chat(-100_200), Change::Delete(BountyId(1)))
            .is_ok()
    );
    assert!(
        given
            .when(&chat(-100), Change::Delete(BountyId(1)))
            .is_err()
    );
}

#[test]
fn updates_are_remembered_as_a_set_of_the_last_thousand_per_bot() {
    let delivery = |update| Delivery {
        bot: crate::domain::BotId(7),
        update,
        message: update,
        date: NOW,
    };
    let mut given = Given::group();
    for update in (1..=SEEN_PER_BOT as i64 + 1).rev() {
        let id = given.board.next_id();
        given.apply(
            user(1),
            Cause::Update(delivery(update)),
            added(id.0, "a", None, None),
        );
    }
    let seen = given.board.seen();
    assert_eq!(
        seen.event_of(&delivery(1)),
        Some(given.board.seq()),
        "numbers may restart lower"
    );
    assert_eq!(
        seen.event_of(&delivery(SEEN_PER_BOT as i64 + 1)),
        None,
        "the oldest is forgotten"
    );
    let other = Delivery {
        bot: crate::domain::BotId(8),
        ..delivery(1)
    };
    assert_eq!(
        seen.event_of(&other),
        None,
        "the same person's update through two bots is two updates"
    );
    let edited = Delivery {
        update: 5_000,
        ..delivery(2)
    };
    assert_eq!(
        seen.bounty_of_message(&edited),
        Some(BountyId(SEEN_PER_BOT as u64))
    );
}

fn repaired(next_id: u64) -> BoardEvent {
    BoardEvent::BoardRepaired(BoardRepaired {
        kept_seq: Seq(3),
        set_aside: vec!["events.jsonl.damaged-700-0123abcd".to_owned()],
        next_id: BountyId(next_id),
    })
}

#[test]
fn after_a_repair_ids_count_on_from_what_was_lost() {
    let operator = Actor::Operator { name: "ada".into() };
    let given = Given::group().bounty(1, "One").bounty(1, "Two");
    let given = given.event(operator, repaired(6)).bounty(1, "Six");
    let ids: Vec<_> = given.board.bounties().map(|bounty| bounty.id.0).collect();
    assert_eq!(ids, [1, 2, 6]);
    let had: Vec<u64> = (0..9)
        .filter(|id| given.board.ever_had(BountyId(*id)))
        .collect();
    assert_eq!(had, [1, 2, 6], "what was lost is unknown, not deleted");
}

#[test]
fn a_repair_that_lost_no_id_changes_nothing_but_the_position() {
    for next_id in [0, 1, 2, 3] {
        let given = Given::group().bounty(1, "One").bounty(1, "Two");
        let mut expected = given.board.clone();
        expected.seq = expected.seq.next();
        let given = given.event(Actor::System {}, repaired(next_id));
        assert_eq!(given.board, expected);
    }
}

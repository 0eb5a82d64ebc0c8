//! Given these events, when this command, then this event or refusal.

mod settings;

use chrono_tz::UTC;
use uuid::Uuid;

use super::*;
use crate::domain::due;
use crate::domain::{
    Actor, BountyId, Cause, ChatId, Delivery, LinkError, Recorded, Seq, Timestamp, UserId,
};

const NOW: i64 = 1_735_603_200; // Tue 31 Dec 2024 00:00 UTC

fn user(id: i64) -> Actor {
    Actor::User {
        id: UserId(id),
        name: format!("User {id}"),
    }
}

/// A board in the making.
struct Given {
    board: Board,
    kind: ChatKind,
}

impl Given {
    fn group() -> Self {
        Self::opened(-100, ChatKind::Group)
    }

    fn dm(user: i64) -> Self {
        Self::opened(user, ChatKind::Private)
    }

    fn opened(chat: i64, kind: ChatKind) -> Self {
        let given = Self {
            board: Board::default(),
            kind,
        };
        let opened = BoardOpened {
            chat_id: ChatId(chat),
            kind,
            title: None,
        };
        given.event(Actor::System {}, BoardEvent::BoardOpened(opened))
    }

    fn event(mut self, actor: Actor, event: BoardEvent) -> Self {
        self.apply(actor, Cause::System {}, event);
        self
    }

    fn bounty(self, creator: i64, text: &str) -> Self {
        let id = self.board.next_id();
        self.event(user(creator), added(id.0, text, None, None))
    }

    fn apply(&mut self, actor: Actor, cause: Cause, event: BoardEvent) {
        let (seq, time) = (self.board.seq().next(), Timestamp::from_millis(NOW * 1_000));
        self.board.evolve(&Recorded {
            seq,
            id: Uuid::nil(),
            time,
            actor,
            cause,
            event,
        });
    }

    fn when(&self, actor: &Actor, change: Change) -> Result<Option<BoardEvent>, Refusal> {
        decide(
            &self.board,
            &change,
            &Context {
                actor,
                at: NOW,
                zone: UTC,
                kind: self.kind,
            },
        )
    }

    fn ask(&self, actor: &Actor, query: Query, size: PageSize) -> Answer {
        let context = Context {
            actor,
            at: NOW,
            zone: UTC,
            kind: self.kind,
        };
        answer(&self.board, query, &context, size).expect("answered from the state")
    }
}

fn added(id: u64, text: &str, link: Option<&str>, due: Option<i64>) -> BoardEvent {
    BoardEvent::BountyAdded(BountyAdded {
        id: BountyId(id),
        text: text.to_owned(),
        link: link.map(str::to_owned),
        due_date_ts: due,
        created_at: NOW,
    })
}

fn add(text: &str) -> Change {
    Change::Add(NewBounty {
        text: text.to_owned(),
        link: None,
        due: None,
    })
}

fn add_due(text: &str, due: &[&str]) -> Change {
    Change::Add(NewBounty {
        text: text.to_owned(),
        link: None,
        due: due::parse(due),
    })
}

fn edit(id: u64, parts: EditParts) -> Change {
    Change::Edit(BountyId(id), parts)
}

fn text_edit(text: &str) -> EditParts {
    EditParts {
        text: Some(text.to_owned()),
        ..EditParts::default()
    }
}

fn tracked(id: u64) -> BoardEvent {
    BoardEvent::Tracked(Tracked { id: BountyId(id) })
}

#[test]
fn adding_trims_the_text_normalises_the_link_and_reads_the_due_date_from_the_message() {
    let new = NewBounty {
        text: "  Fix login bug ".to_owned(),
        link: Some("HTTPS://E.com".to_owned()),
        due: due::parse(&["tomorrow", "18:00"]),
    };
    let event = Given::group().when(&user(1), Change::Add(new));
    let due = NOW + 86_400 + 18 * 3_600;
    assert_eq!(
        event,
        Ok(Some(added(
            1,
            "Fix login bug",
            Some("https://e.com/"),
            Some(due)
        )))
    );
}

#[test]
fn an_id_is_never_given_twice_also_after_the_last_was_deleted() {
    let given = Given::group().bounty(1, "a").bounty(1, "b");
    let given = given.event(
        user(1),
        BoardEvent::BountyDeleted(BountyDeleted { id: BountyId(2) }),
    );
    assert_eq!(
        given.when(&user(1), add("c")),
        Ok(Some(added(3, "c", None, None)))
    );
}

#[test]
fn the_limits_of_texts_links_and_due_dates_are_refused() {
    let given = Given::group();
    let longest = "я".repeat(TEXT_LIMIT);
    assert!(given.when(&user(1), add(&longest)).is_ok());
    let refused = given.when(&user(1), add(&format!("{longest}я")));
    assert_eq!(refused, Err(Refusal::TextTooLong { characters: 1_001 }));
    assert_eq!(given.when(&user(1), add(" \n ")), Err(Refusal::TextMissing));
    let past = given.when(&user(1), add_due("a", &["2001-01-01"]));
    assert_eq!(past, Err(Refusal::DueInPast { due: 978_393_540 }));
    let link = |link: &str| {
        Change::Add(NewBounty {
            text: "a".into(),
            link: Some(link.into()),
            due: None,
        })
    };
    let error = |error| {
        Err(Refusal::Link {
            link: "ftp://e.com".into(),
            error,
        })
    };
    assert_eq!(
        given.when(&user(1), link("ftp://e.com")),
        error(LinkError::Scheme)
    );
}

#[test]
fn a_full_board_takes_no_more_and_says_so() {
    let mut given = Given::group();
    for id in 1..=BOARD_BOUNTIES as u64 {
        given.apply(user(1), Cause::System {}, added(id, "a", None, None));
    }
    assert_eq!(
        given.when(&user(1), add("one more")),
        Err(Refusal::TooManyBounties)
    );

    let mut given = Given::group();
    let long = "😀".repeat(TEXT_LIMIT);
    for id in 1..=2_000 {
        given.apply(user(1), Cause::System {}, added(id, &long, None, None));
    }
    assert_eq!(given.when(&user(1), add("a")), Err(Refusal::TooMuchText));
    assert!(
        given.when(&user(1), edit(1, text_edit("shorter"))).is_ok(),
        "a shorter text always fits"
    );
}

#[test]
fn only_the_creator_and_the_operator_change_a_bounty() {
    let given = Given::group().bounty(1, "a").event(user(2), tracked(1));
    let refused = Err(Refusal::NotCreator {
        id: BountyId(1),
        creator: "User 1".into(),
    });
    assert_eq!(given.when(&user(2), Change::Delete(BountyId(1))), refused);
    assert_eq!(given.when(&user(2), edit(1, text_edit("b"))), refused);
    assert!(given.when(&user(1), Change::Delete(BountyId(1))).is_ok());
    let operator = Actor::Operator {
        name: "root".into(),
    };
    assert!(given.when(&operator, Change::Delete(BountyId(1))).is_ok());
    assert_eq!(
        given.when(&operator, add("b")),
        Err(Refusal::OperatorCannot)
    );
    assert_eq!(
        given.when(&operator, Change::Track(BountyId(1))),
        Err(Refusal::OperatorCannot)
    );
}

#[test]
fn an_edit_records_only_what_changes() {
    let given = Given::group().event(
        user(1),
        added(1, "a", Some("https://e.com/"), Some(NOW + 5)),
    );
    let parts = EditParts {
        text: Some("a".into()),
        link: Some(None),
        due: due::parse(&["2031-01-31"]).map(DueWish::Set),
    };
    let expected = BountyEdited {
        id: BountyId(1),
        text: None,
        link: Some(None),
        due_date_ts: Some(Some(1_927_670_340)),
    };
    assert_eq!(
        given.when(&user(1), edit(1, parts)),
        Ok(Some(BoardEvent::BountyEdited(expected)))
    );
    let same = Err(Refusal::NothingChanged { id: BountyId(1) });
    assert_eq!(given.when(&user(1), edit(1, text_edit(" a "))), same);
}

#[test]
fn an_unknown_bounty_is_told_from_a_deleted_one() {
    let given = Given::group().bounty(1, "a");
    let given = given.event(
        user(1),
        BoardEvent::BountyDeleted(BountyDeleted { id: BountyId(1) }),
    );
    let unknown = |id, deleted| {
        Err(Refusal::UnknownBounty {
            id: BountyId(id),
            deleted,
        })
    };
    assert_eq!(
        given.when(&user(1), Change::Delete(BountyId(1))),
        unknown(1, true)
    );
    assert_eq!(
        given.when(&user(1), Change::Track(BountyId(9))),
        unknown(9, false)
    );
}

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

#[test]
fn lists_show_overdue_first_then_by_due_then_by_id_and_page() {
    let due = |days: i64| Some(NOW + days * 86_400);
    let given = Given::group()
        .event(user(1), added(1, "no due", None, None))
        .event(user(1), added(2, "later", None, due(9)))
        .event(user(1), added(3, "overdue", None, due(-2)))
        .event(user(1), added(4, "sooner", None, due(1)))
        .event(user(1), added(5, "no due either", None, None));
    let size = PageSize {
        entries: 2,
        units: 4_000,
        entry_overhead: 10,
    };
    let page = |page| match given.ask(&user(1), Query::List { page }, size) {
        Answer::List(page) => Ok((
            page.entries
                .iter()
                .map(|entry| entry.bounty.id.0)
                .collect::<Vec<_>>(),
            page.pages,
        )),
        other => Err(other),
    };
    assert_eq!(page(1), Ok((vec![3, 4], 3)));
    assert_eq!(page(2), Ok((vec![2, 1], 3)));
    assert_eq!(page(3), Ok((vec![5], 3)));
    assert_eq!(
        page(4),
        Err(Answer::Refused(Refusal::NoSuchPage {
            scope: Scope::Group,
            page: 4,
            pages: 3
        }))
    );
    assert_eq!(
        page(0),
        Err(Answer::Refused(Refusal::NoSuchPage {
            scope: Scope::Group,
            page: 0,
            pages: 3
        }))
    );
}

#[test]
fn a_page_ends_early_before_its_message_would_be_too_long() {
    let long = "x".repeat(900);
    let given = (0..5).fold(Given::dm(1), |given, _| given.bounty(1, &long));
    let size = PageSize {
        entries: 20,
        units: 2_100,
        entry_overhead: 50,
    };
    let Answer::List(page) = given.ask(&user(1), Query::Mine { page: 1 }, size) else {
        panic!("a list")
    };
    assert_eq!((page.entries.len(), page.pages, page.total), (2, 3, 5));
    assert!(
        page.entries.iter().all(|entry| entry.creator.is_none()),
        "in a DM all are one's own"
    );
}

#[test]
fn my_lists_what_one_tracks_in_a_group() {
    let given = Given::group()
        .bounty(1, "a")
        .bounty(1, "b")
        .event(user(2), tracked(2));
    let size = PageSize {
        entries: 20,
        units: 4_000,
        entry_overhead: 10,
    };
    let Answer::List(page) = given.ask(&user(2), Query::Mine { page: 1 }, size) else {
        panic!("a list")
    };
    assert_eq!(
        page.entries
            .iter()
            .map(|entry| entry.bounty.id.0)
            .collect::<Vec<_>>(),
        [2]
    );
    let Answer::List(page) = given.ask(&user(3), Query::Mine { page: 1 }, size) else {
        panic!("a list")
    };
    assert_eq!((page.total, page.page, page.pages), (0, 1, 1));
}

#[test]
fn an_edit_event_tells_an_absent_field_from_a_cleared_one() {
    let json = r#"{"id":3,"link":null}"#;
    let edited: BountyEdited = serde_json::from_str(json).expect("valid data");
    let expected = BountyEdited {
        id: BountyId(3),
        text: None,
        link: Some(None),
        due_date_ts: None,
    };
    assert_eq!(edited, expected);
    assert_eq!(serde_json::to_string(&edited).expect("serialises"), json);
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

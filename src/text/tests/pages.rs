//! Lists, through the board that makes them.

use chrono_tz::{America, Tz, UTC};
use uuid::Uuid;

use super::{DAY, FRIDAY, NOON, TEXTS, plain, view};
use crate::domain::board::{
    Answer, Board, BoardEvent, BountyAdded, ChatKind, Context, Query, answer,
};
use crate::domain::{Actor, BountyId, Cause, Locale, Recorded, Seq, Timestamp, UnixTime, UserId};
use crate::text::html::units;
use crate::text::{MESSAGE_UNITS, Say, View, page_size};

fn ada(name: &str) -> Actor {
    Actor::User {
        id: UserId(456),
        name: name.into(),
    }
}

/// A group's board with so many bounties of this text, link and due date, added by this name.
fn board(count: u64, name: &str, text: &str, link: Option<&str>, due: Option<UnixTime>) -> Board {
    let mut board = Board::default();
    for id in 1..=count {
        board.evolve(&Recorded {
            seq: Seq(id),
            id: Uuid::nil(),
            time: Timestamp::from_millis(0),
            actor: ada(name),
            cause: Cause::System {},
            event: BoardEvent::BountyAdded(BountyAdded {
                id: BountyId(id),
                text: text.into(),
                link: link.map(Into::into),
                due_date_ts: due,
                created_at: 0,
            }),
        });
    }
    board
}

fn page(board: &Board, page: u64, kind: ChatKind) -> Answer {
    let actor = ada("Ada L.");
    let context = Context {
        actor: &actor,
        at: NOON,
        zone: UTC,
        kind,
    };
    answer(board, Query::List { page }, &context, page_size(20)).expect("nothing refuses a list")
}

/// All pages of a board, each checked to fit unshortened in every language; returns how many entries each has.
fn assert_all_fit(board: &Board, zone: Tz) -> Vec<usize> {
    let sizes = Locale::ALL
        .iter()
        .map(|&locale| assert_all_fit_in(locale, board, zone));
    let sizes: Vec<_> = sizes.collect();
    assert!(sizes.iter().all(|same| *same == sizes[0]));
    sizes[0].clone()
}

fn assert_all_fit_in(locale: Locale, board: &Board, zone: Tz) -> Vec<usize> {
    let view = View {
        locale,
        ..view(zone)
    };
    let mut sizes = Vec::new();
    while let Answer::List(list) = page(board, sizes.len() as u64 + 1, ChatKind::Group) {
        sizes.push(list.entries.len());
        let answer = Answer::List(list);
        let text = TEXTS.render(&Say::Answer(&answer), &[], &view).plain();
        assert!(units(&text) <= MESSAGE_UNITS, "{} units", units(&text));
        let is_alone = sizes.last() == Some(&1);
        assert!(
            is_alone || !text.contains('…'),
            "only what is alone is shortened: {text}"
        );
    }
    sizes
}

/// The zone with the longest name.
const LONGEST: Tz = America::Argentina::ComodRivadavia;

#[test]
fn pages_fit_into_messages_whatever_is_on_them() {
    let emoji = "😀".repeat(1_000);
    let link = format!("https://e.com/{}", "x".repeat(2_034));
    let name = "😀".repeat(64);
    let old = Some(NOON - 700 * DAY);
    assert_eq!(
        assert_all_fit(&board(20, "Ada", &emoji, None, None), UTC),
        [1; 20]
    );
    assert_eq!(
        assert_all_fit(&board(5, &name, &emoji, Some(&link), old), LONGEST),
        [1; 5]
    );
    for length in [1, 30, 60, 100, 150, 300, 600] {
        let text = "😀".repeat(length);
        let sizes = assert_all_fit(
            &board(200, &name, &text, Some("https://e.com/1"), old),
            LONGEST,
        );
        assert_eq!(sizes.iter().sum::<usize>(), 200);
        assert!(sizes.iter().all(|size| *size <= 20), "{sizes:?}");
    }
}

#[test]
fn a_page_of_ordinary_bounties_has_all_20() {
    let text = "Fix the login bug that locks people out";
    let link = Some("https://github.com/example/repo/issues/1");
    let board = board(60, "Ada Lovelace", text, link, Some(FRIDAY));
    assert_eq!(assert_all_fit(&board, UTC), [20, 20, 20]);
}

#[test]
fn the_pager_names_the_next_page_until_the_last() {
    let board = board(41, "Ada", "x", None, None);
    let last_line = |number| {
        let text = plain(&page(&board, number, ChatKind::Group));
        text.lines().last().expect("a list has lines").to_owned()
    };
    assert_eq!(last_line(1), "page 1 of 3, /bounty 2");
    assert_eq!(last_line(2), "page 2 of 3, /bounty 3");
    assert_eq!(last_line(3), "page 3 of 3");
    assert_eq!(
        last_line(4),
        "There is no page 4. The last one is /bounty 3"
    );
}

#[test]
fn a_list_shows_link_due_date_and_in_groups_the_creator() {
    let link = Some("https://example.com/1");
    let board = board(1, "Ada L.", "Fix login bug", link, Some(FRIDAY));
    assert_eq!(
        plain(&page(&board, 1, ChatKind::Group)),
        "Bounties: 1\n\n#1 Fix login bug\nhttps://example.com/1\n\
         due Fri 31 Jan 2031 23:59 (in 3 days) · by Ada L.\n\ntimes in UTC"
    );
    assert_eq!(
        plain(&page(&board, 1, ChatKind::Private)),
        "Your bounties: 1\n\n#1 Fix login bug\nhttps://example.com/1\n\
         due Fri 31 Jan 2031 23:59 (in 3 days)\n\ntimes in UTC"
    );
}

#[test]
fn an_empty_list_says_how_to_fill_it() {
    let empty = Board::default();
    assert_eq!(
        plain(&page(&empty, 1, ChatKind::Group)),
        "No bounties here yet. Add the first:\n/add Fix login bug https://example.com/1 tomorrow 18:00"
    );
    assert_eq!(
        plain(&page(&empty, 2, ChatKind::Private)),
        "There is no page 2: /bounty shows all there is"
    );
}

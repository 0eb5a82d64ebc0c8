//! Lists and their pages.

use super::*;

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

//! Adding: what is taken, and what is refused.

use super::*;

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

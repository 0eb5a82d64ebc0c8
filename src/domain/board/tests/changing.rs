//! Editing and deleting.

use super::*;

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

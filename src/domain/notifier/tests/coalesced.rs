use super::world::{CHAT, World, rules};
use crate::domain::BountyId;
use crate::domain::board::{BoardEvent, BountyEdited, FieldChange};
use crate::domain::bridge::EventType;
use crate::domain::notifier::coalesce::coalesce;
use crate::domain::notifier::{News, news};

/// What happened from the second event on, made short.
fn short(world: &World, tells: impl Fn(EventType) -> bool) -> Vec<News> {
    let mut board = crate::domain::board::Board::default();
    let mut all = Vec::new();
    for record in &world.logs[&CHAT] {
        all.extend(news(&board, record, World::place(record.seq)));
        board.evolve(record);
    }
    coalesce(all.split_off(1), tells)
}

fn world() -> World {
    let mut world = World::new(rules(), &[]);
    world.add(1, Some(50));
    world
}

#[test]
fn edits_of_the_same_and_of_other_fields_are_one_from_the_oldest_to_the_newest() {
    let mut world = world();
    world.edit_text(1, "A");
    world.edit_due(1, Some(60));
    world.edit_text(1, "B");
    let short = short(&world, |_| true);
    assert_eq!(short.len(), 1);
    let text = FieldChange::Text {
        old: "Bounty 1".into(),
        new: "B".into(),
    };
    let due = FieldChange::Due {
        old: Some(50),
        new: Some(60),
    };
    assert_eq!(short[0].changes, [text, due]);
    assert_eq!(short[0].seqs.len(), 3);
    assert_eq!((short[0].text.as_str(), short[0].due), ("B", Some(60)));
}

#[test]
fn edits_that_lead_back_are_nothing() {
    let mut world = world();
    world.edit_due(1, None);
    world.edit_due(1, Some(50));
    assert!(short(&world, |_| true).is_empty());
    let link = |link: Option<&str>| {
        BoardEvent::BountyEdited(BountyEdited {
            id: BountyId(1),
            text: None,
            link: Some(link.map(Into::into)),
            due_date_ts: None,
        })
    };
    world.happen(CHAT, 7, link(Some("https://example.com/")));
    assert_eq!(short(&world, |_| true).len(), 1);
    world.happen(CHAT, 7, link(None));
    assert!(short(&world, |_| true).is_empty());
}

#[test]
fn edits_of_a_bounty_whose_add_is_not_told_are_told() {
    let mut world = world();
    world.add(2, None);
    world.edit_text(2, "A");
    world.edit_text(2, "B");
    let kinds = |tells: &dyn Fn(EventType) -> bool| -> Vec<EventType> {
        short(&world, tells).iter().map(|news| news.kind).collect()
    };
    assert_eq!(kinds(&|_| true), [EventType::Added]);
    assert_eq!(
        kinds(&|kind| kind == EventType::Edited),
        [EventType::Edited]
    );
    assert!(kinds(&|kind| kind == EventType::Deleted).is_empty());
}

#[test]
fn following_and_leaving_by_one_person_is_nothing_and_by_two_is_both() {
    let mut world = world();
    world.track(5, 1);
    world.track(6, 1);
    world.untrack(5, 1);
    let short = short(&world, |_| true);
    assert_eq!(short.len(), 1);
    assert_eq!(
        (short[0].kind, short[0].actor_id),
        (EventType::Tracked, Some(6))
    );
}

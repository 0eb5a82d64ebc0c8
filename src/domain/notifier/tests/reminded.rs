use std::collections::BTreeMap;

use proptest::prelude::*;

use super::world::{ONE, TWO, World, link, rules};
use crate::domain::UnixTime;
use crate::domain::bridge::EventType;
use crate::domain::notifier::{
    MESSAGE_ENTRIES, NotifierEvent, Outcome, ReminderRules, Rules, next_reminder,
};

use EventType::{DueSoon, Overdue};

const HOUR: i64 = 3_600;
const YEAR: i64 = 365 * 24 * HOUR;

fn reminders() -> Rules {
    let mut rules = rules();
    rules.kinds = [DueSoon, Overdue].into();
    rules.reminders = ReminderRules {
        due_soon: Some(HOUR as u32),
        overdue: true,
    };
    rules
}

fn world() -> World {
    World::new(reminders(), &[link(ONE)])
}

/// Waits until the next reminder and makes it.
fn until_next(world: &mut World) {
    let next = next_reminder(&world.state).expect("a reminder is to come");
    world.now = world.now.max(next * 1_000);
    world.deliver();
}

#[test]
fn a_bounty_is_told_due_soon_before_and_overdue_at_its_time() {
    let mut world = world();
    let due = world.seconds() + 5 * HOUR;
    world.add(1, Some(due));
    world.deliver();
    until_next(&mut world);
    assert_eq!(world.seconds(), due - HOUR);
    world.restart();
    until_next(&mut world);
    assert_eq!(world.seconds(), due);
    assert_eq!(world.told(ONE), [[(DueSoon, 1)], [(Overdue, 1)]]);
    assert_eq!(next_reminder(&world.state), None);
}

#[test]
fn a_due_date_that_is_edited_counts_anew_and_one_that_comes_back_does_not() {
    let mut world = world();
    let first = world.seconds() + 2 * HOUR;
    world.add(1, Some(first));
    world.deliver();
    until_next(&mut world);
    world.edit_due(1, Some(first + 10 * HOUR));
    world.deliver();
    world.edit_due(1, Some(first));
    world.deliver();
    until_next(&mut world);
    assert_eq!(world.seconds(), first);
    world.edit_due(1, Some(first + 10 * HOUR));
    world.deliver();
    until_next(&mut world);
    until_next(&mut world);
    let told = world.told(ONE).concat();
    assert_eq!(
        told,
        [(DueSoon, 1), (Overdue, 1), (DueSoon, 1), (Overdue, 1)]
    );
}

#[test]
fn a_deleted_bounty_has_no_reminders_also_when_one_waits() {
    let mut world = world();
    let due = world.seconds() + 2 * HOUR;
    world.add(1, Some(due));
    world.add(2, Some(due));
    world.deliver();
    world.pass(HOUR);
    world.delete(1);
    world.work(&mut |_| {
        Some(Outcome::Retry {
            after: None,
            reason: "x".to_owned(),
        })
    });
    world.pass(HOUR);
    world.delete(2);
    world.deliver();
    assert_eq!(
        world.told(ONE),
        vec![vec![(DueSoon, 2)]; 2],
        "one was being sent already"
    );
    assert_eq!(next_reminder(&world.state), None);
}

/// Three reminders of overdue bounties are settled and wait for a message that cannot be sent now; returns the last bounty.
fn with_three_settled(world: &mut World) -> u64 {
    let due = world.seconds() + 2 * HOUR;
    let last = MESSAGE_ENTRIES as u64 + 3;
    for id in 1..=last {
        world.add(id, Some(due));
    }
    world.deliver();
    world.pass(2 * HOUR);
    world.work(&mut |_| {
        Some(Outcome::Retry {
            after: None,
            reason: "x".to_owned(),
        })
    });
    world.pass(1);
    last
}

#[test]
fn reminders_that_were_settled_are_not_told_when_their_due_dates_changed_since() {
    let mut world = world();
    let last = with_three_settled(&mut world);
    world.delete(last);
    world.edit_due(last - 1, None);
    world.edit_text(last - 2, "Other");
    world.deliver();
    let told = world.told(ONE);
    assert_eq!(told.len(), 3, "the first of them twice");
    assert_eq!(told[2], [(Overdue, last - 2)]);
}

#[test]
fn nothing_is_sent_of_settled_reminders_when_all_of_them_are_dropped() {
    let mut world = world();
    let last = with_three_settled(&mut world);
    for id in last - 2..=last {
        world.delete(id);
    }
    world.deliver();
    assert_eq!(world.told(ONE).len(), 2);
    assert!(world.state.queue(ONE).expect("a queue").is_empty());
}

#[test]
fn a_longer_time_before_leaves_out_no_bounty_that_was_not_told_yet() {
    let mut world = world();
    let now = world.seconds();
    world.add(1, Some(now + 5 * HOUR));
    world.add(2, Some(now + 90 * HOUR));
    world.add(3, Some(now + HOUR / 2));
    world.deliver();
    world.rules.reminders.due_soon = Some(24 * HOUR as u32);
    world.follow();
    world.deliver();
    assert_eq!(world.told(ONE), [[(DueSoon, 3)], [(DueSoon, 1)]]);
    until_next(&mut world);
    assert_eq!(world.told(ONE)[2..], [[(Overdue, 3)]]);
    until_next(&mut world);
    assert_eq!(world.told(ONE)[3..], [[(Overdue, 1)]]);
    until_next(&mut world);
    assert_eq!(world.seconds(), now + 66 * HOUR);
}

#[test]
fn a_due_date_that_a_clock_far_ahead_set_is_reminded_of_in_time() {
    let mut world = world();
    let due = world.seconds() + 5 * HOUR;
    world.pass(YEAR);
    world.add(1, Some(due));
    world.pass(-YEAR);
    world.deliver();
    until_next(&mut world);
    assert_eq!(world.seconds(), due);
    assert_eq!(world.told(ONE), [[(Overdue, 1)]]);
}

#[test]
fn dates_of_the_past_are_old_news_for_a_new_tracker_and_for_new_reminders() {
    let mut world = World::new(rules(), &[link(ONE)]);
    let now = world.seconds();
    world.add(1, Some(now - HOUR));
    world.add(2, Some(now + HOUR / 2));
    world.add(3, Some(now + 2 * HOUR));
    world.deliver();
    world.sent.clear();
    world.rules = reminders();
    world.follow();
    world.deliver();
    assert!(world.sent.is_empty());
    world.pass(2 * HOUR);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Overdue, 2), (Overdue, 3)]]);
}

#[test]
fn a_due_date_within_the_lead_time_is_told_at_once() {
    let mut world = world();
    let due = world.seconds() + 60;
    world.add(1, Some(due));
    world.deliver();
    assert_eq!(world.told(ONE), [[(DueSoon, 1)]]);
}

#[test]
fn when_nothing_ran_until_it_was_overdue_only_that_is_told() {
    let mut world = world();
    let due = world.seconds() + 5 * HOUR;
    world.add(1, Some(due));
    world.deliver();
    world.pass(9 * HOUR);
    world.restart();
    world.deliver();
    assert_eq!(world.told(ONE), [[(Overdue, 1)]]);
    world.rules.reminders.overdue = false;
    world.follow();
    let due = world.seconds() + 5 * HOUR;
    world.add(2, Some(due));
    world.deliver();
    world.pass(9 * HOUR);
    world.deliver();
    assert_eq!(
        world.told(ONE)[1..],
        [[(DueSoon, 2)]],
        "nothing else would tell it"
    );
}

#[derive(Clone, Debug)]
enum Move {
    Add {
        due: Option<i64>,
    },
    Edit {
        which: prop::sample::Index,
        due: Option<i64>,
    },
    Delete {
        which: prop::sample::Index,
    },
    Pass {
        seconds: i64,
    },
    Restart,
    Fail,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let due = || prop::option::weighted(0.8, 1..6 * HOUR);
    let one = prop_oneof![
        3 => due().prop_map(|due| Move::Add { due }),
        3 => (any::<prop::sample::Index>(), due()).prop_map(|(which, due)| Move::Edit { which, due }),
        1 => any::<prop::sample::Index>().prop_map(|which| Move::Delete { which }),
        6 => (1..3 * HOUR).prop_map(|seconds| Move::Pass { seconds }),
        1 => Just(Move::Restart),
        1 => Just(Move::Fail),
    ];
    prop::collection::vec(one, 1..80)
}

/// What a simple reading of the rules says was to be told: (bounty, due date, kind).
#[derive(Default)]
struct Model {
    living: BTreeMap<u64, Option<(UnixTime, UnixTime)>>,
    made: Vec<(u64, UnixTime, EventType)>,
}

impl Model {
    /// Everything that came due up to now, looked at once a second by whoever looks that often.
    fn look(&mut self, now: UnixTime) {
        for (bounty, due) in &self.living {
            let Some((due, since)) = *due else { continue };
            let soon = (due - HOUR).max(since);
            for (kind, at) in [(DueSoon, soon), (Overdue, due.max(since))] {
                let is_replaced = kind == DueSoon && now >= due;
                let known = (*bounty, due, kind);
                let over = (*bounty, due, Overdue);
                if at <= now
                    && !is_replaced
                    && !self.made.contains(&known)
                    && !self.made.contains(&over)
                {
                    self.made.push(known);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_reminder_is_made_exactly_once(moves in moves()) {
        let mut world = World::new(reminders(), &[link(ONE), link(TWO)]);
        let (mut model, mut last) = (Model::default(), 0);
        for next in moves {
            let now = world.seconds();
            let pick = |model: &Model, which: prop::sample::Index| {
                let living: Vec<u64> = model.living.keys().copied().collect();
                (!living.is_empty()).then(|| living[which.index(living.len())])
            };
            match next {
                Move::Add { due } => {
                    last += 1;
                    let due = due.map(|due| now + due);
                    world.add(last, due);
                    model.living.insert(last, due.map(|due| (due, now)));
                }
                Move::Edit { which, due } => if let Some(id) = pick(&model, which) {
                    let due = due.map(|due| now + due);
                    let before = model.living.get(&id).copied().flatten();
                    if before.map(|(due, _)| due) != due {
                        world.edit_due(id, due);
                        model.living.insert(id, due.map(|due| (due, now)));
                    }
                }
                Move::Delete { which } => if let Some(id) = pick(&model, which) {
                    world.delete(id);
                    model.living.remove(&id);
                }
                Move::Pass { seconds } => world.pass(seconds),
                Move::Restart => world.restart(),
                Move::Fail => {
                    world.work(&mut |_| None);
                    model.look(world.seconds());
                    world.restart();
                }
            }
            world.deliver();
            model.look(world.seconds());
        }
        for target in [ONE, TWO] {
            let mut told: Vec<_> = world.events.iter().filter_map(|record| match &record.event {
                NotifierEvent::DeliveryStarted(started) if started.target == target => Some(&started.batch.told),
                _ => None,
            }).flatten().map(|told| (told.bounty.0, told.due.unwrap_or(0), told.kind)).collect();
            let mut made = model.made.clone();
            told.sort_unstable();
            made.sort_unstable();
            prop_assert_eq!(told, made);
        }
    }
}

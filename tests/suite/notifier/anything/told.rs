//! What is told, checked while it is: nothing twice, nothing out of order, nothing that is not to be told.

use std::collections::{BTreeMap, BTreeSet};

use bounty_ledger::domain::bridge::EventType;
use bounty_ledger::domain::notifier::{News, Told as Telling};
use bounty_ledger::notify::Letter;

use super::board::Board;
use super::history::Hash;
use super::oracle::Oracle;

/// Why letters do not arrive, when it is the targets' doing.
pub const REASON: &str = "the test says so";
/// How long before its due date a bounty is due soon.
const LEAD: i64 = 3_600;

/// Of which event or reminder a letter told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    Event(Hash),
    Reminder(Hash, i64, EventType),
}

#[derive(Default)]
pub struct Told {
    /// The first letter of each delivery.
    letters: BTreeMap<u64, Letter>,
    /// What each delivery told, and the key of its letters.
    pub items: BTreeMap<u64, BTreeSet<Item>>,
    /// The last event of a board that a target was told of.
    last: BTreeMap<(usize, usize), u64>,
}

impl Told {
    /// The last delivery.
    pub fn last(&self) -> u64 {
        self.letters.keys().max().copied().unwrap_or(0)
    }

    /// A board's log is another one.
    pub fn restored(&mut self, board: usize) {
        self.last.retain(|(_, of), _| *of != board);
    }

    /// A letter is sent.
    pub fn letter(&mut self, oracle: &mut Oracle, boards: &[Board], letter: &Letter, now: i64) {
        let id = letter.delivery.0;
        if let Some(first) = self.letters.get(&id) {
            assert_eq!(first.key, letter.key, "the same key: {letter:?}");
            let told = (first.told.len(), letter.told.len());
            assert_eq!(told.0, told.1, "another attempt says the same: {letter:?}");
            return;
        }
        let items: BTreeSet<Item> = letter
            .told
            .iter()
            .flat_map(|told| items(oracle, boards, letter, told))
            .collect();
        let again = self.letters.values().find(|first| first.key == letter.key);
        let again = again.map(|first| first.delivery.0);
        self.letters.insert(id, letter.clone());
        self.items.insert(id, items.clone());
        match again {
            Some(again) => {
                let first = &self.items[&again];
                assert!(items.is_subset(first), "it repeats {first:?}: {letter:?}");
            }
            None => self.first_told(oracle, letter, now),
        }
    }

    fn first_told(&mut self, oracle: &mut Oracle, letter: &Letter, now: i64) {
        let target = letter.target.id.0 as usize - 1;
        for told in &letter.told {
            match told {
                Telling::News(news) => self.news(oracle, target, letter.delivery.0, news),
                Telling::Reminder { .. } => {}
            }
        }
        for item in &self.items[&letter.delivery.0] {
            if let Item::Reminder(added, due, kind) = item {
                remind(oracle, target, (added.clone(), *due), *kind, now);
            }
        }
    }

    fn news(&mut self, oracle: &mut Oracle, target: usize, delivery: u64, news: &News) {
        let end = news.at.head.as_str().to_owned();
        let hashes = news.seqs.iter().map(|seq| oracle.event_at(&end, seq.0));
        for (at, hash) in hashes.collect::<Vec<_>>().into_iter().enumerate() {
            let known = oracle.events.get_mut(&hash).expect("an event");
            let to = &mut known.to[target];
            let event = &known.event;
            assert_eq!(event.bounty, Some(news.bounty), "{news:?}");
            assert_eq!(to.told, None, "target {}: told twice: {news:?}", target + 1);
            let is_wanted = known.is_followed && to.is_wanted && !to.is_dropped;
            // An edit that is made short with others takes their kind.
            let is_part = news.seqs.len() > 1 && Some(news.kind) != event.kind;
            assert!(
                is_wanted || is_part || known.is_open,
                "target {}: it is not to be told: {news:?}, {known:?}",
                target + 1
            );
            if at == 0 {
                let last = self.last.insert((target, known.board), event.seq);
                let is_after = known.is_open || last.is_none_or(|last| last < event.seq);
                assert!(is_after, "target {}: out of order: {news:?}", target + 1);
            }
            if news.seqs.len() == 1
                && event.kind != Some(EventType::Deleted)
                && event.text.is_some()
            {
                assert_eq!(event.text.as_deref(), Some(news.text.as_str()), "{news:?}");
            }
            known.to[target].told = Some(delivery);
        }
    }
}

fn items(oracle: &Oracle, boards: &[Board], letter: &Letter, told: &Telling) -> Vec<Item> {
    match told {
        Telling::News(news) => {
            let end = news.at.head.as_str().to_owned();
            let seqs = news.seqs.iter();
            seqs.map(|seq| Item::Event(oracle.event_at(&end, seq.0)))
                .collect()
        }
        Telling::Reminder {
            kind, bounty, due, ..
        } => {
            let mut there = boards.iter().filter(|board| !board.is_gone);
            let board = there.find(|board| board.id == letter.collection.0);
            let board = board.unwrap_or_else(|| panic!("no such board: {letter:?}"));
            let end = board.log.last().expect("an event");
            vec![Item::Reminder(oracle.added(end, *bounty), *due, *kind)]
        }
    }
}

fn remind(oracle: &mut Oracle, target: usize, key: (Hash, i64), kind: EventType, now: i64) {
    let (from, which) = match kind {
        EventType::DueSoon => (key.1 - LEAD, 0),
        _ => (key.1, 1),
    };
    let of = format!("target {}: {kind:?} of {key:?}", target + 1);
    let due = oracle.dues.get_mut(&key);
    let due = due.unwrap_or_else(|| panic!("no such due date: {of}"));
    assert!(now >= from, "too early: {of}");
    let before = std::mem::replace(&mut due.told[target][which], true);
    assert!(!before, "told twice: {of}");
}

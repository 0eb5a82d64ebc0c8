//! A group gets a new id while processes work, and perhaps die.

use bounty_ledger::domain::ChatId;
use bounty_ledger::domain::board::Answer;
use bounty_ledger::engine::{Ask, Outcome, Reply};
use bounty_ledger::store::Layout;
use serde_json::Value;

use super::process::{Process, plan_of_move};
use super::world::World;
use crate::properties::model::Board;
use crate::properties::request_of;
use crate::properties::steps::Step;
use crate::support::law::events;
use crate::support::scenario::ROOT;

/// The groups and their new ids.
const MOVES: [(i64, i64); 2] = [(-100, -1_100), (-555, -1_555)];

impl World {
    /// A group moves, or is said once more to have moved.
    pub fn move_group(&mut self) {
        let (from, to) = MOVES[usize::try_from(self.rng.below(2)).expect("few")];
        self.settle(from, to);
        if self.is_opened_only(from) || self.is_opened_only(to) {
            return;
        }
        let slot = self.slot();
        if self.rng.coin() {
            self.replace(slot, false);
        }
        self.trip(slot);
        let told = self.tell_move(&self.slots[slot], from, to);
        let process = &self.slots[slot].disk;
        let mut merged = match told.outcome {
            Outcome::Silent if process.is_alive() => None,
            Outcome::Answer(Answer::Merged { bounties }) if process.is_alive() => Some(bounties),
            outcome => {
                assert!(
                    process.fired(),
                    "{from} to {to}: {outcome:?} without a fault"
                );
                self.half_moved = Some((from, to));
                self.happens_between();
                self.half_moved = None;
                if !self.finish_move(from, to) {
                    self.counts.moves_not_begun += 1;
                    return;
                }
                None
            }
        };
        if self.moved.insert(from, to).is_none() {
            self.follow(from, to, &mut merged);
        }
        assert_eq!(merged, None, "{from} to {to}");
    }

    /// The process that was told could not, or died: before the next one sees to it, it may be told to others that cannot either, the
    /// power may fail, and the other chats go on.
    fn happens_between(&mut self) {
        for _ in 0..self.rng.below(6) {
            self.counts.between += 1;
            match self.rng.below(8) {
                0..=2 => self.tell_another(),
                3 => self.cut_power(),
                4 => self.kill(),
                _ => self.ask_one(),
            }
            self.bury_the_dead();
        }
    }

    /// A process may meet a fault in what it does next.
    fn trip(&mut self, slot: usize) {
        let plan = plan_of_move(&mut self.rng);
        let disk = &self.slots[slot].disk;
        if self.rng.coin() && disk.is_alive() && !disk.fired() {
            disk.replan(Some(plan));
        }
    }

    /// Another process, which may meet a fault, is told of the move that is under way.
    fn tell_another(&mut self) {
        let (from, to) = self.half_moved.expect("a move under way");
        let slot = self.slot();
        if self.rng.coin() {
            self.replace(slot, false);
        }
        self.trip(slot);
        let told = self.tell_move(&self.slots[slot], from, to).outcome;
        let disk = &self.slots[slot].disk;
        let is_done = matches!(
            told,
            Outcome::Silent | Outcome::Answer(Answer::Merged { .. })
        );
        let has_reason = self.slots.iter().any(|process| process.disk.fired());
        assert!(
            is_done || has_reason,
            "{from} to {to}: {told:?} without a fault, alive: {}",
            disk.is_alive()
        );
    }

    /// Everything that happened before in these chats is known.
    fn settle(&mut self, from: i64, to: i64) {
        for slot in 0..self.slots.len() {
            if self.slots[slot].disk.fired() {
                self.replace(slot, true);
            }
        }
        for chat in [from, to] {
            self.look(chat);
        }
    }

    /// Whether a log has nothing but its first line, because the write was cut behind it: the model knows no such board.
    fn is_opened_only(&self, chat: i64) -> bool {
        let has_events = |board: &Board| board.lines() > 0;
        !self.content(chat).is_empty() && !self.boards.get(&chat).is_some_and(has_events)
    }

    fn tell_move(&self, process: &Process, from: i64, to: i64) -> Reply {
        let mut request = request_of(&(from, Some(1), 1_000_000 - from, Step::Help));
        request.ask = Ask::Migrate { to: ChatId(to) };
        process.engine.ask(request)
    }

    /// Somebody who meets no fault is told, or only looks: what was begun is carried out then. Returns whether it was begun. How many
    /// bounties were merged is not known.
    fn finish_move(&mut self, from: i64, to: i64) -> bool {
        // Whoever waited for a log in vain tries again by itself, as long as it lives.
        for slot in 0..self.slots.len() {
            self.replace(slot, true);
        }
        let is_told = self.rng.coin();
        loop {
            self.replace(0, true);
            let process = &self.slots[0];
            let mut outcomes = Vec::new();
            if is_told {
                outcomes.push(self.tell_move(process, from, to).outcome);
            }
            for chat in [from, to] {
                let list = request_of(&(chat, Some(1), 0, Step::List));
                outcomes.push(process.engine.ask(list).outcome);
            }
            if process.disk.fired() {
                continue;
            }
            for outcome in outcomes {
                assert!(
                    matches!(outcome, Outcome::Silent | Outcome::Answer(_)),
                    "{from} to {to}: {outcome:?} without a fault"
                );
            }
            break;
        }
        let note = Layout::new(ROOT).moved(ChatId(from));
        let is_begun = self.disk.content(&note).is_some();
        assert!(is_begun || !is_told, "{from} to {to}: told in vain");
        is_begun
    }

    /// Every log of a board that was merged goes along, and is what it was.
    fn follow_kept(&mut self, from: i64, to: i64) {
        let mut kept = self.kept.remove(&from).unwrap_or_default();
        kept.extend(self.kept.remove(&to).unwrap_or_default());
        let files = self.disk.files(&Layout::new(ROOT).chat(ChatId(to)));
        let merged = files.into_iter();
        let merged = merged.filter(|(path, _)| path.to_string_lossy().contains(".merged-"));
        let merged: Vec<Vec<u8>> = merged.map(|(_, content)| content).collect();
        for log in &kept {
            assert!(
                merged.contains(log),
                "{from} to {to}: another log is not kept"
            );
        }
        self.kept.insert(to, kept);
    }

    /// The model follows a move, and the logs are what it says.
    fn follow(&mut self, from: i64, to: i64, merged: &mut Option<u64>) {
        self.counts.moves += 1;
        let Some(mut board) = self.boards.remove(&from).filter(|board| board.lines() > 0) else {
            return;
        };
        let (old, new) = (self.logs.remove(&from), self.logs.remove(&to));
        let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
        board.move_to(from, to);
        if let Some(other) = self.boards.remove(&to).filter(|board| board.lines() > 0) {
            self.counts.merges += 1;
            if let Some(told) = merged.take() {
                assert_eq!(told, other.count(), "{from} to {to}");
            }
            self.kept.entry(from).or_default().push(new);
            board.absorb(other);
        }
        self.follow_kept(from, to);
        let content = self.content(to);
        assert!(
            content.starts_with(&old),
            "{from} to {to}: the log is not the same"
        );
        let came: Vec<Value> = events(&content[old.len()..]);
        assert_eq!(came[0]["type"], "ChatMigrated", "{from} to {to}");
        assert!(
            came[1..]
                .iter()
                .all(|event| event["cause"]["kind"] == "import"),
            "{from} to {to}"
        );
        let lines = content.iter().filter(|byte| **byte == b'\n').count() as u64;
        assert_eq!(lines, board.lines(), "{from} to {to}");
        self.logs.insert(to, content);
        self.boards.insert(to, board);
    }
}

//! The boards, the tracker and its targets, and what happens to them.

mod boards;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicI64, Ordering};

use bounty_ledger::domain::notifier::Outcome;
use bounty_ledger::domain::{ChatId, Timestamp};
use bounty_ledger::engine::{Engine, Settings};
use bounty_ledger::notify::{Ended, Letter, News, Notice};
use bounty_ledger::text::page_size;

use super::super::lab::Lab;
use super::board::Board;
use super::op::{Change, Op};
use super::oracle::Oracle;
use super::plan::{KINDS, Plan, TARGETS};
use super::told::Told;
use crate::library::{disk, layout};
use crate::support::Data;

/// The clock of the engines: worlds live one after the other.
static NOW: AtomicI64 = AtomicI64::new(0);
const BOARDS: usize = 3;

pub struct World {
    pub lab: Lab,
    pub oracle: Oracle,
    pub told: Told,
    /// All there ever were.
    pub boards: Vec<Board>,
    /// Which of them the numbers of operations stand for.
    places: [usize; BOARDS],
    pub plan: Plan,
    /// What is on its way.
    pub pending: Vec<Letter>,
    pub notice: Option<Notice>,
    pub happened: News,
    /// No round of this process looked at all boards.
    is_fresh: bool,
    is_blocked: bool,
}

impl World {
    /// A tracker of all groups that has not begun.
    pub fn new() -> Self {
        let plan = Plan::new();
        let order = plan.order().expect("it is on");
        Self {
            lab: Lab::new(Data::in_memory(), order),
            oracle: Oracle::default(),
            told: Told::default(),
            boards: (0..BOARDS).map(|at| Board::new(-100 - at as i64)).collect(),
            places: std::array::from_fn(|at| at),
            plan,
            pending: Vec::new(),
            notice: None,
            happened: News::default(),
            is_fresh: true,
            is_blocked: false,
        }
    }

    pub fn apply(&mut self, op: &Op) {
        match op {
            Op::Happen(board, deeds) => self.happen(self.place(*board), deeds),
            Op::Migrate(from, to) => {
                let to = to.map(|to| self.place(to));
                self.migrate(self.place(*from), to);
            }
            Op::Away(board) => self.harm(*board, |board, data| board.leave(data)),
            Op::Damage(board, line) => self.harm(*board, |board, data| {
                board.damage(data, 1 + usize::from(*line) % (board.log.len() - 1));
            }),
            Op::Spoil(board) => self.spoil(*board),
            Op::Mend(board) => {
                let at = self.place(*board);
                self.mend(at);
            }
            Op::Backup(board) => {
                let at = self.place(*board);
                let board = &mut self.boards[at];
                if board.is_here() && board.has_log() {
                    board.backup = Some(self.lab.data.log_bytes(board.id));
                }
            }
            Op::Restore(board) => self.restore(self.place(*board)),
            Op::Change(change) => self.change(*change),
            Op::Pass(minutes) => self.lab.pass(i64::from(*minutes) * 60 + 7),
            Op::Round(is_full) => self.round(*is_full),
            Op::Answer(target, answer) => self.answer(*target, *answer),
            Op::Restart(is_orderly) => self.restart(*is_orderly),
            Op::Block(is_blocked) => self.block(*is_blocked),
            Op::Retry(number) => self.retry(*number),
            Op::Hear(target) => {
                let chat = ChatId(-901 - i64::from(*target));
                self.happened.heard.insert(chat);
            }
        }
    }

    fn place(&self, number: u8) -> usize {
        self.places[usize::from(number) % BOARDS]
    }

    pub fn now(&self) -> i64 {
        self.lab.now / 1_000
    }

    fn changed(&mut self, id: i64) {
        self.happened.changed.insert(ChatId(id));
    }

    /// What a process does meanwhile with the boards.
    fn engine(&self) -> Engine {
        NOW.store(self.lab.now, Ordering::SeqCst);
        let settings = Settings {
            workers: 1,
            now: || Timestamp::from_millis(NOW.load(Ordering::SeqCst)),
            ..Settings::new(chrono_tz::UTC, page_size(20))
        };
        Engine::open(disk(), layout(&self.lab.data), settings).expect("an engine")
    }

    fn change(&mut self, change: Change) {
        let plan = &mut self.plan;
        match change {
            Change::All => plan.named = None,
            Change::Named(mask, is_old) => {
                let meant = (0..BOARDS).filter(|at| mask & (1 << at) != 0);
                let boards = meant.map(|at| &self.boards[self.places[at]]);
                // Ids descend as time goes by.
                let id = |board: &Board| match is_old {
                    true => board.ids.iter().max().copied().unwrap_or(board.id),
                    false => board.id,
                };
                let ids: BTreeSet<i64> = boards.map(id).collect();
                plan.named = Some(ids);
            }
            Change::Kinds(mask) => {
                let is_meant = |at: &usize| mask & (1 << at) != 0;
                let meant = (0..KINDS.len()).filter(is_meant);
                plan.kinds = meant.map(|at| KINDS[at]).collect();
            }
            Change::Batches(is) => plan.is_batched = is,
            Change::Quiet(target, is) => plan.quiet[usize::from(target) % TARGETS] = is,
            Change::Link(target, is) => plan.linked[usize::from(target) % TARGETS] = is,
            Change::Enabled(is) => plan.is_on = is,
        }
        self.lab.order = self.plan.order();
    }

    pub fn round(&mut self, is_full: bool) {
        let happened = std::mem::take(&mut self.happened);
        let is_full = is_full || self.is_fresh;
        let all: Option<BTreeMap<ChatId, u64>> = is_full.then(|| self.lab.lengths());
        let (order, now) = (self.lab.order.clone(), self.lab.time());
        let round = self
            .lab
            .worker
            .round(order.as_ref(), happened, all.as_ref(), now);
        let round = match round {
            Ok(round) => round,
            Err(error) => {
                assert!(self.is_blocked, "a round failed: {error}");
                self.oracle.lose_unrecorded();
                return;
            }
        };
        self.is_fresh &= !is_full;
        let seconds = self.now();
        self.oracle
            .observe(&self.plan, &mut self.boards, is_full, seconds);
        self.notice = round.notice.or(self.notice.take());
        for letter in round.letters {
            self.told
                .letter(&mut self.oracle, &self.boards, &letter, seconds);
            self.pending.push(letter);
        }
    }

    pub fn answer(&mut self, target: u8, answer: super::op::Answer) {
        let is_meant = |letter: &Letter| {
            usize::from(target) >= TARGETS || letter.target.id.0 == u64::from(target) + 1
        };
        let (answered, left): (Vec<_>, _) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(is_meant);
        self.pending = left;
        for letter in answered {
            let outcome = outcome(&letter, answer);
            self.happened.ended.push(Ended {
                target: letter.target.id,
                delivery: letter.delivery,
                outcome,
            });
        }
        if let Some(notice) = self.notice.take() {
            self.happened.noticed = Some((notice, Outcome::Delivered));
        }
    }

    fn restart(&mut self, is_orderly: bool) {
        let happened = std::mem::take(&mut self.happened);
        if is_orderly {
            let now = self.lab.time();
            self.lab.worker.close(happened, now);
        }
        if !is_orderly || self.is_blocked {
            self.oracle.lose_unrecorded();
        }
        self.pending.clear();
        self.notice = None;
        self.lab.restart();
        self.is_fresh = true;
    }

    pub fn block(&mut self, is_blocked: bool) {
        let stream = self.lab.data.path().join("notifier-1");
        let away = self.lab.data.path().with_file_name("stream");
        if is_blocked == self.is_blocked || (is_blocked && !stream.exists()) {
            return;
        }
        self.is_blocked = is_blocked;
        if is_blocked {
            fs::rename(&stream, &away).expect("renamed");
            fs::write(&stream, "").expect("written");
        } else {
            fs::remove_file(&stream).expect("removed");
            fs::rename(&away, &stream).expect("renamed");
        }
    }

    /// One of the last deliveries is sent again, unless that process has it in hand.
    fn retry(&mut self, number: u8) {
        let last = self.told.last();
        let Some(id) = last.checked_sub(u64::from(number) % 8).filter(|id| *id > 0) else {
            return;
        };
        let on_the_way = self.pending.iter().map(|letter| letter.delivery);
        let ended = self.happened.ended.iter().map(|ended| ended.delivery);
        let mut in_hand = on_the_way.chain(ended);
        if !self.is_blocked && !in_hand.any(|delivery| delivery.0 == id) {
            // Whether it can be is another test's.
            let _ = super::super::deliveries::retry(&self.lab, id);
        }
    }
}

/// A web hook is never unreachable: it has no chat that could write.
fn outcome(letter: &Letter, answer: super::op::Answer) -> Outcome {
    use super::op::Answer;
    let reason = super::told::REASON.to_owned();
    match answer {
        Answer::Delivered => Outcome::Delivered,
        Answer::Unreachable if letter.target.id.0 != 3 => Outcome::Unreachable { reason },
        Answer::Retry | Answer::Unreachable => Outcome::retry(None, reason),
        Answer::Refused => Outcome::Refused { reason },
        Answer::Unknown => Outcome::Unknown { reason },
    }
}

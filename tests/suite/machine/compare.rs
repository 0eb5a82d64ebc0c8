//! Every reply, and every line that it leaves, against the model.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc;

use bounty_ledger::domain::board::{Answer, Refusal};
use bounty_ledger::engine::{Outcome, Reply, Trouble};
use serde_json::Value;

use super::process::Process;
use super::world::{Doubt, World};
use crate::properties::model::Expected;
use crate::properties::steps::Step;
use crate::properties::{Asked, request_of, who};
use crate::support::sim_disk::SimDisk;

/// What stands in a log behind what is known: each line's length, and its event.
type Fresh = VecDeque<(usize, Value)>;

/// The type of a log's first event.
const OPENED: &str = "BoardOpened";

impl World {
    /// Somebody who meets no fault reads a chat: all of it is known then. Whoever is the first to be told of a flush that failed for
    /// another one meets a fault too.
    pub fn look(&mut self, chat: i64) {
        loop {
            self.replace(0, true);
            self.ask(0, vec![(chat, who(chat, 1), 0, Step::List)]);
            if !self.slots[0].disk.fired() {
                return;
            }
        }
    }

    /// Asks all at once, and compares what comes of it with the model.
    pub fn ask(&mut self, slot: usize, many: Vec<Asked>) {
        let replies = submit(&self.slots[slot], &many);
        let process = self.slots[slot].number;
        let (mut fresh, mut written, mut read) = (BTreeMap::new(), Vec::new(), Vec::new());
        self.turn += 1;
        for (asked, reply) in many.into_iter().zip(replies) {
            let board = self.board_of(asked.0);
            let lines = fresh.entry(board).or_insert_with(|| self.fresh(board));
            let alive = self.slots[slot].disk.is_alive();
            if is_told(&self.slots[slot].disk, &asked.3, &reply.outcome) {
                self.believe(board, lines, asked.2);
                if alive {
                    read.push(board);
                }
            }
            if self.judge(slot, board, lines, asked, reply) && alive {
                written.push(board);
            }
        }
        // What the dead left may also stand behind what was asked again.
        for board in read {
            if let Some(lines) = fresh.get_mut(&board) {
                self.believe(board, lines, i64::MIN);
            }
        }
        // Before it wrote, somebody has seen the log to its end and cut off what was no event; what was cut off in vain is gone too.
        let turn = self.turn;
        self.doubts
            .retain(|doubt| doubt.turn == turn || !written.contains(&doubt.board));
        for (board, lines) in &fresh {
            for (_, event) in lines {
                let update = event["cause"]["update"].as_i64();
                let is_doubt =
                    |doubt: &Doubt| doubt.board == *board && Some(doubt.asked.2) == update;
                assert!(
                    event["type"] == OPENED || self.doubts.iter().any(is_doubt),
                    "process {process} left in {board}: {event}"
                );
            }
        }
    }

    /// The whole lines behind what is known of a log.
    fn fresh(&self, board: i64) -> Fresh {
        let content = self.content(board);
        let known = self.logs.get(&board).map_or(&[][..], Vec::as_slice);
        assert!(
            content.starts_with(known),
            "{board} lost what was known of it"
        );
        let lines = content[known.len()..].split_inclusive(|byte| *byte == b'\n');
        lines
            .map_while(|line| {
                Some((
                    line.len(),
                    serde_json::from_slice(line.strip_suffix(b"\n")?).ok()?,
                ))
            })
            .collect()
    }

    /// Takes the first fresh event for known, and the line that opens the board with it: alone it tells nobody anything.
    fn know(&mut self, board: i64, lines: &mut Fresh) -> Value {
        let (len, event) = lines.pop_front().expect("a fresh line");
        let content = self.content(board);
        let known = self.logs.entry(board).or_default();
        let from = known.len();
        known.extend_from_slice(&content[from..from + len]);
        if event["type"] == OPENED {
            return self.know(board, lines);
        }
        event
    }

    /// What the dead left unanswered before the line of this update came true.
    fn believe(&mut self, board: i64, lines: &mut Fresh, until: i64) {
        while let Some(event) = first_event(lines) {
            let update = event["cause"]["update"].as_i64().expect("an update");
            let living: Vec<u64> = self.living();
            let is_doubt = |doubt: &Doubt| {
                doubt.board == board && doubt.asked.2 == update && !living.contains(&doubt.process)
            };
            let Some(at) = self
                .doubts
                .iter()
                .position(is_doubt)
                .filter(|_| update != until)
            else {
                return;
            };
            let asked = self.doubts[at].asked.clone();
            let update = asked.2;
            self.record(board, lines, &asked);
            self.doubts.retain(|doubt| doubt.asked.2 != update);
            self.counts.came_true += 1;
            self.counts.recorded += 1;
        }
    }

    /// What was asked is the next event of its board; the model takes it too.
    fn record(&mut self, board: i64, lines: &mut Fresh, asked: &Asked) -> Value {
        let (chat, who, update, step) = asked;
        let model = self.boards.entry(board).or_default();
        let expected = model.take(*chat, *who, *update, step);
        let event = self.know(board, lines);
        assert_is(&expected, &event);
        event
    }

    fn living(&self) -> Vec<u64> {
        let alive = self.slots.iter().filter(|process| process.disk.is_alive());
        alive.map(|process| process.number).collect()
    }

    /// Compares one reply, and the line that it made, with the model. Returns whether it made one.
    fn judge(
        &mut self,
        slot: usize,
        board: i64,
        lines: &mut Fresh,
        asked: Asked,
        reply: Reply,
    ) -> bool {
        let (chat, who, update, step) = asked.clone();
        self.counts.asked += 1;
        let alive = self.slots[slot].disk.is_alive();
        let outcome = reply.outcome;
        assert!(!reply.partial, "{asked:?}: {outcome:?} from a damaged log");
        let trouble = match &outcome {
            Outcome::Trouble(trouble) => Some(*trouble),
            _ => None,
        };
        if let Some(trouble) = trouble.filter(|_| alive) {
            self.assert_has_reason(slot, trouble, &asked);
            self.waited |= trouble == Trouble::Busy;
        }
        let is_there = first_event(lines).is_some_and(|event| event["cause"]["update"] == update);
        if is_there && is_told(&self.slots[slot].disk, &step, &outcome) {
            let event = self.record(board, lines, &asked);
            assert!(is_accepted(&outcome), "{asked:?}: {outcome:?}, but {event}");
            self.answers.insert(update, outcome);
            self.doubts.retain(|doubt| doubt.asked.2 != update);
            self.counts.recorded += 1;
            return true;
        }
        let model = self.boards.entry(board).or_default();
        let was_recorded = model.has_seen(update);
        let is_told = is_told(&self.slots[slot].disk, &step, &outcome);
        if !is_told || !alive {
            let is_told = is_told && !matches!(step, Step::Start);
            assert!(
                !is_told || was_recorded,
                "{asked:?}: told {outcome:?}, and lost"
            );
            if is_change(&step) && !was_recorded {
                self.counts.refused_by_faults += 1;
                let process = self.slots[slot].number;
                self.doubts.push(Doubt {
                    board,
                    turn: self.turn,
                    process,
                    asked,
                });
            }
            return false;
        }
        let expected = model.take(chat, who, update, &step);
        let total = model.count();
        assert!(
            self.fits(&expected, &outcome, update),
            "{asked:?}: {expected:?}, but {outcome:?}"
        );
        if let (Step::List, Outcome::Answer(Answer::List(page))) = (&step, &outcome) {
            assert_eq!(page.total, total, "{asked:?} {page:?}");
        }
        false
    }

    /// A living process refuses because of a fault of its own, or of another's that holds the log.
    fn assert_has_reason(&self, slot: usize, trouble: Trouble, asked: &Asked) {
        let own = self.slots[slot].disk.fired();
        let any = self.slots.iter().any(|process| process.disk.fired());
        let has_reason = match trouble {
            Trouble::Storage => own,
            Trouble::Busy => any,
            _ => false,
        };
        assert!(has_reason, "{asked:?}: {trouble:?} without a fault");
    }

    fn fits(&self, expected: &Expected, outcome: &Outcome, update: i64) -> bool {
        let refusal = match outcome {
            Outcome::Answer(Answer::Refused(refusal)) => Some(refusal),
            _ => None,
        };
        let not_creator = matches!(refusal, Some(Refusal::NotCreator { .. }));
        match expected {
            // It would be in the log.
            Expected::Event(..) => false,
            Expected::Nothing => is_accepted(outcome),
            Expected::Refused => refusal.is_some() && !not_creator,
            Expected::NotCreator => not_creator,
            Expected::Silent => *outcome == Outcome::Silent,
            Expected::Again(_) => match self.answers.get(&update) {
                Some(told) => outcome == told,
                None => is_accepted(outcome),
            },
        }
    }
}

/// The first fresh event but for the one that opens the board.
fn first_event(lines: &Fresh) -> Option<&Value> {
    let mut events = lines.iter().map(|(_, event)| event);
    events.find(|event| event["type"] != OPENED)
}

fn submit(process: &Process, many: &[Asked]) -> Vec<Reply> {
    let receivers: Vec<_> = many
        .iter()
        .map(|asked| {
            let (sender, receiver) = mpsc::channel();
            let reply = move |reply| sender.send(reply).expect("somebody waits");
            process.engine.submit(request_of(asked), reply);
            receiver
        })
        .collect();
    receivers
        .into_iter()
        .map(|receiver| receiver.recv().expect("a reply"))
        .collect()
}

fn is_change(step: &Step) -> bool {
    !matches!(
        step,
        Step::List | Step::Mine | Step::Help | Step::History(_)
    )
}

/// Whether somebody may rely on what the log had then: it was read to its end by a living process, or a dead one had told of its
/// change before. A process whose disk failed may answer a read from what it knew before.
fn is_told(process: &SimDisk, step: &Step, outcome: &Outcome) -> bool {
    let has_answered = !matches!(outcome, Outcome::Trouble(_));
    let has_looked = process.is_alive() && (is_change(step) || !process.fired());
    has_answered && has_looked || is_change(step) && is_accepted(outcome)
}

fn is_accepted(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Answer(answer) if !matches!(answer, Answer::Refused(_)))
}

/// The model expects this event.
#[track_caller]
fn assert_is(expected: &Expected, event: &Value) {
    let Expected::Event(kind, id) = expected else {
        panic!("{expected:?}, but {event}");
    };
    assert_eq!(event["type"], *kind, "{event}");
    assert_eq!(
        event["data"].get("id").and_then(Value::as_u64),
        *id,
        "{event}"
    );
}
